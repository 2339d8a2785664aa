import { describe, expect, it } from 'vitest';
import { checkHealth, type HealthChecks } from '../../app/health.ts';

const well: HealthChecks = {
  version: '1.2.3',
  uptimeS: () => 41.6,
  database: () => Promise.resolve(),
  jobsLagS: () => Promise.resolve(0.42),
  isRunningJobs: true,
};
const fail = () => Promise.reject(new Error('down'));

describe('checkHealth', () => {
  it('reports what is well', async () => {
    expect(await checkHealth(well)).toEqual({
      httpStatus: 200,
      body: {
        status: 'ok',
        version: '1.2.3',
        uptime_s: 42,
        checks: {
          database: { status: 'ok', latency_ms: expect.any(Number) as number },
          jobs: { status: 'ok', lag_s: 0.4 },
        },
      },
    });
  });

  it('fails without a database, in every role', async () => {
    const { httpStatus, body } = await checkHealth({ ...well, database: fail, isRunningJobs: false });
    expect([httpStatus, body.status, body.checks.database]).toEqual([
      503,
      'failed',
      { status: 'failed', latency_ms: null },
    ]);
  });

  it.each([
    [true, 503],
    [false, 200],
  ])('reports stale jobs; where it runs them itself is %s it answers %i', async (isRunningJobs, expected) => {
    const { httpStatus, body } = await checkHealth({
      ...well,
      isRunningJobs,
      jobsLagS: () => Promise.resolve(11),
    });
    expect([httpStatus, body.checks.jobs]).toEqual([expected, { status: 'stale', lag_s: 11 }]);
  });

  it('takes jobs that never ran for stale', async () => {
    const { body } = await checkHealth({ ...well, jobsLagS: () => Promise.resolve(null) });
    expect(body.checks.jobs).toEqual({ status: 'stale', lag_s: null });
  });

  it('does not wait for a database that hangs', async () => {
    const { httpStatus } = await checkHealth({ ...well, database: () => new Promise(() => undefined) });
    expect(httpStatus).toBe(503);
  });
});
