export type HealthChecks = {
  version: string;
  uptimeS: () => number;
  /** Resolves when the database answered. */
  database: () => Promise<unknown>;
  /** Seconds since a jobs process last watched the clock; `null` when none ever did. */
  jobsLagS: () => Promise<number | null>;
  /** Whether this process itself runs jobs: then stale jobs are its own failure. */
  isRunningJobs: boolean;
};

type CheckStatus = 'ok' | 'stale' | 'failed';

export type Health = {
  httpStatus: 200 | 503;
  body: {
    status: 'ok' | 'failed';
    version: string;
    uptime_s: number;
    checks: {
      database: { status: CheckStatus; latency_ms: number | null };
      jobs: { status: CheckStatus; lag_s: number | null };
    };
  };
};

const CHECK_LIMIT_MS = 3_000;
const STALE_AFTER_S = 10;

function withLimit<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`No answer within ${String(CHECK_LIMIT_MS)} ms.`));
    }, CHECK_LIMIT_MS);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

async function checkDatabase(
  database: HealthChecks['database'],
): Promise<Health['body']['checks']['database']> {
  const began = performance.now();
  try {
    await withLimit(database());
    return { status: 'ok', latency_ms: Math.round((performance.now() - began) * 10) / 10 };
  } catch {
    return { status: 'failed', latency_ms: null };
  }
}

async function checkJobs(jobsLagS: HealthChecks['jobsLagS']): Promise<Health['body']['checks']['jobs']> {
  try {
    const lagS = await withLimit(jobsLagS());
    const isFresh = lagS !== null && lagS <= STALE_AFTER_S;
    return { status: isFresh ? 'ok' : 'stale', lag_s: lagS === null ? null : Math.round(lagS * 10) / 10 };
  } catch {
    return { status: 'failed', lag_s: null };
  }
}

/** Returns what /health says: 503 when something that this process itself provides fails, else 200. */
export async function checkHealth(checks: HealthChecks): Promise<Health> {
  const [database, jobs] = await Promise.all([checkDatabase(checks.database), checkJobs(checks.jobsLagS)]);
  const isWell = database.status === 'ok' && (!checks.isRunningJobs || jobs.status === 'ok');
  return {
    httpStatus: isWell ? 200 : 503,
    body: {
      status: isWell ? 'ok' : 'failed',
      version: checks.version,
      uptime_s: Math.round(checks.uptimeS()),
      checks: { database, jobs },
    },
  };
}
