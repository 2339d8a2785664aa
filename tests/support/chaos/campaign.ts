import { randomBytes } from 'node:crypto';
import type postgres from 'postgres';
import { startBoss } from '../../../jobs/boss.ts';
import { createLog } from '../../../jobs/log.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { audit, findDuplicates, findUnsettled, type Findings } from './audit.ts';
import type { Blow, StepCommand, WorkerSetup, Wish } from './protocol.ts';
import { createRandom, type Random } from './random.ts';
import { seedDatabase } from './seed-database.ts';
import { openVenue, type ChaosVenue } from './venue.ts';
import { startWorker, type WorkerProcess } from './worker-process.ts';
import { createWorld, type ChaosWorld } from './world.ts';

export type CampaignOptions = {
  seed: string;
  steps: number;
  /** Without the protection: an order of unknown outcome is sent again. */
  isUnsafe?: boolean;
  /** Says how far it is, and each step's figures. */
  say?: (line: string) => void;
  /** Asked before each step: ends the campaign early, with its last audit. */
  isStopped?: () => boolean;
  /** Takes what the digest is made of, line by line: where two runs of a seed part, their traces differ. */
  trace?: (line: string) => void;
};

export type CampaignResult = {
  findings: Findings;
  /** The steps between which the first finding came up. */
  foundAt: { from: number; to: number } | null;
  steps: number;
  counts: Map<string, number>;
  orders: number;
  fills: number;
  /** Same seed, same digest: what happened at every step, in a few characters. */
  digest: string;
};

/** Steps between two times of rest, after which everything must agree. */
const AUDIT_EVERY = 50;
const QUIET_ROUNDS = 40;
const QUIET_STEP_MS = 61_000;

const NOTHING_FOUND: Findings = { duplicates: [], lost: [], drift: [] };
const isClean = (found: Findings) => Object.values(found).every((list) => list.length === 0);

/** Runs a campaign on a database, a venue and worker processes of its own. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const campaign = await openCampaign(options);
  try {
    return await campaign.run();
  } finally {
    await campaign.close();
  }
}

type Parts = {
  options: CampaignOptions;
  world: ChaosWorld;
  venue: ChaosVenue;
  database: TestDatabase;
  crew: Crew;
};

async function openCampaign(options: CampaignOptions) {
  const world = createWorld(options.seed, options.steps);
  const database = await createTestDatabase();
  const encryptionKey = randomBytes(32).toString('base64');
  const boss = await startBoss({ url: database.url, log: createLog({ level: 'silent' }), supervise: false });
  await boss.stop();
  await seedDatabase(database.db, world, encryptionKey);
  const cutting = { crew: undefined as Crew | undefined };
  const venue = await openVenue(world, {
    seed: options.seed,
    cutDatabase: () => void cutting.crew?.cutDatabase(),
  });
  const crew = createCrew(database.sql, {
    seed: options.seed,
    databaseUrl: database.url,
    venueUrl: venue.url,
    encryptionKey,
    userId: world.userId,
    isUnsafe: options.isUnsafe ?? false,
  });
  cutting.crew = crew;
  return {
    run: () => march({ options, world, venue, database, crew }),
    close: async () => {
      await crew.stop();
      await venue.stop();
      await database.drop();
    },
  };
}

/** The worker at work, and the one that is loading to take its place. */
type Crew = {
  takeStep(command: StepCommand): Promise<{ isDead: boolean; hasFallen: boolean; writes: number }>;
  cutDatabase(): Promise<void>;
  stop(): Promise<void>;
};

function createCrew(sql: postgres.Sql, setup: Omit<WorkerSetup, 'applicationName'>): Crew {
  let count = 0;
  const start = () => startWorker({ ...setup, applicationName: `chaos-worker-${String((count += 1))}` });
  let active: WorkerProcess = start();
  let standby: WorkerProcess = start();

  const gone = async (applicationName: string) => {
    for (;;) {
      const rows = await sql`select 1 from pg_stat_activity where application_name = ${applicationName}`;
      if (rows.length === 0) return;
      await pause(3);
    }
  };
  return {
    async takeStep(command) {
      await active.ready;
      const report = await active.takeStep(command);
      if (report?.error) throw new Error(`Step ${String(command.step)}: ${report.error}`);
      if (report) return { isDead: false, hasFallen: report.hasFallen, writes: report.writes };
      // What the dead process had written is still on its way: to the venue, and to its database sessions.
      await pause(20);
      await gone(active.applicationName);
      active = standby;
      standby = start();
      return { isDead: true, hasFallen: true, writes: 0 };
    },
    async cutDatabase() {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = ${active.applicationName}`;
    },
    async stop() {
      await Promise.all([active.stop(), standby.stop()]);
    },
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A campaign on its way. */
type March = Parts & {
  step: number;
  nowMs: number;
  auditedAt: number;
  findings: Findings;
  foundAt: CampaignResult['foundAt'];
  digest: Digest;
};

async function march(parts: Parts): Promise<CampaignResult> {
  const { options, world } = parts;
  const start = { step: 0, nowMs: world.startMs, auditedAt: 0, findings: NOTHING_FOUND, foundAt: null };
  const run: March = { ...parts, ...start, digest: createDigest(options.trace) };
  while (run.step < options.steps && !run.foundAt && options.isStopped?.() !== true) {
    run.step += 1;
    await takeStep(run);
    await look(run);
  }
  if (!run.foundAt && run.auditedAt < run.step) await lookAtAll(run);
  return tally(run);
}

const note = ({ venue }: March, what: string) => venue.counts.set(what, (venue.counts.get(what) ?? 0) + 1);

async function takeStep(run: March): Promise<void> {
  const { options, venue, world, crew, step } = run;
  const random = createRandom(`${options.seed}:step:${String(step)}`);
  const plan = planStep(random, { world, venue, step });
  run.nowMs += plan.passMs;
  venue.advanceTo(run.nowMs);
  if (plan.skewMs !== null) {
    venue.setSkew(plan.skewMs);
    note(run, 'venue clock moved');
  }
  for (const act of plan.byHand) if (act()) note(run, 'traded or cancelled by hand');
  venue.setWeather({ ...plan.weather, step });
  const command = { ...plan.command, step, nowMs: run.nowMs, wishes: plan.wishes(venue) };
  const outcome = await crew.takeStep(command);
  await countBlow(run, plan, outcome);
  run.digest.add([step, outcome.isDead, outcome.writes, JSON.stringify(command)].join(' '));
}

async function countBlow(
  run: March,
  plan: StepPlan,
  { isDead, hasFallen }: { isDead: boolean; hasFallen: boolean },
): Promise<void> {
  if (hasFallen && plan.command.blow?.what === 'cut') note(run, 'database connection cut');
  if (!isDead) return;
  note(run, 'worker killed');
  if (!plan.isHandedOutAgain) return;
  await run.database.sql`update pgboss.job set state = 'retry' where state = 'active'`;
  note(run, 'job handed out again');
}

/** Looks for duplicates after each step, and at everything after some. */
async function look(run: March): Promise<void> {
  const { options, step, venue, world } = run;
  if (step % AUDIT_EVERY === 0 || step === options.steps) return lookAtAll(run);
  run.findings = { ...NOTHING_FOUND, duplicates: findDuplicates(world, venue) };
  if (!isClean(run.findings)) run.foundAt = { from: run.auditedAt + 1, to: step };
}

async function lookAtAll(run: March): Promise<void> {
  const { options, step, venue } = run;
  run.findings = await rest(run);
  if (!isClean(run.findings)) run.foundAt = { from: run.auditedAt + 1, to: step };
  run.auditedAt = step;
  options.say?.(`  step ${String(step)}, ${String(venue.counts.get('worker killed') ?? 0)} kills`);
}

/** Lets time pass without faults until nothing is under way any more, then compares all records. */
async function rest(run: March): Promise<Findings> {
  const { crew, database, venue, world, step } = run;
  venue.setWeather(null);
  let unsettled: string[] = [];
  for (let round = 0; round < QUIET_ROUNDS; round += 1) {
    run.nowMs += QUIET_STEP_MS;
    venue.advanceTo(run.nowMs);
    await crew.takeStep({ ...QUIET, step: step * 1_000 + round, nowMs: run.nowMs });
    unsettled = await findUnsettled(database.sql, { world, venue });
    if (unsettled.length === 0) break;
  }
  const found = await audit(database.sql, { world, venue });
  return { ...found, lost: [...found.lost, ...unsettled] };
}

async function tally({ database, digest, findings, foundAt, step, venue }: March): Promise<CampaignResult> {
  const orders = await database.sql<{ line: string }[]>`
    select concat_ws(' ', client_order_id, status, filled_quantity, exchange_order_id) as line
    from orders order by account_id, client_order_id`;
  const fills = await database.sql`select id from fills`;
  for (const { line } of orders) digest.add(line);
  return {
    findings,
    foundAt,
    steps: step,
    counts: venue.counts,
    orders: orders.length,
    fills: fills.length,
    digest: digest.value(),
  };
}

const QUIET = { wishes: [], hasTicks: false, hasWatches: true, rounds: 3, blow: null };

type StepPlan = {
  passMs: number;
  skewMs: number | null;
  byHand: (() => boolean)[];
  weather: { faults: number; hiding: number };
  command: Pick<StepCommand, 'hasTicks' | 'hasWatches' | 'rounds' | 'blow'>;
  wishes: (venue: ChaosVenue) => Wish[];
  isHandedOutAgain: boolean;
};

/** Everything that happens in a step follows from its random numbers. */
function planStep(
  random: Random,
  { world, venue, step }: { world: ChaosWorld; venue: ChaosVenue; step: number },
): StepPlan {
  const passMs = random.chance(0.1) ? random.int(20_000, 60_000) : random.int(500, 12_000);
  const isStormy = random.chance(0.6);
  return {
    passMs,
    skewMs: random.chance(0.03) ? random.int(-4_000, 4_000) : null,
    byHand: random.chance(0.25) ? [actByHand(random, { world, venue, step })] : [],
    weather: isStormy
      ? { faults: random.pick([0.05, 0.15, 0.3, 0.6]), hiding: random.pick([0, 0.2, 0.6]) }
      : { faults: 0, hiding: random.pick([0, 0, 0.3]) },
    command: {
      hasTicks: random.chance(0.9),
      hasWatches: random.chance(0.6),
      rounds: random.int(1, 3),
      blow: planBlow(random),
    },
    wishes: planWishes(random, world),
    isHandedOutAgain: random.chance(0.5),
  };
}

function planBlow(random: Random): Blow | null {
  const kind = random.next();
  if (kind > 0.33) return null;
  const what = kind > 0.26 ? 'cut' : 'kill';
  const from = random.pick(['any', 'order'] as const);
  const at = from === 'order' ? random.int(0, 9) : Math.floor(2 ** (random.next() * 7.5));
  return { what, from, at, when: random.pick(['before', 'after'] as const) };
}

type HandParts = { world: ChaosWorld; venue: ChaosVenue; step: number };

function actByHand(random: Random, { world, venue, step }: HandParts): () => boolean {
  const { apiKey } = random.pick(world.accounts);
  if (random.chance(0.6)) return () => venue.cancelByHand(apiKey, random);
  const symbol = random.pick(['BTC/USDT', 'ETH/USDT', 'SOL/USDT']);
  const side = random.pick(['BUY', 'SELL'] as const);
  const quantity = symbol === 'BTC/USDT' ? '0.001' : symbol === 'ETH/USDT' ? '0.02' : '0.3';
  return () => venue.tradeByHand(apiKey, { symbol, side, quantity, id: `hand${String(step)}` });
}

function planWishes(random: Random, world: ChaosWorld): (venue: ChaosVenue) => Wish[] {
  const count = random.pick([0, 1, 1, 2, 3]);
  const makers = Array.from({ length: count }, (_each, index) => planWish(random, world, 10 + index));
  return (venue) => makers.map((make) => make(venue));
}

function planWish(random: Random, world: ChaosWorld, leg: number): (venue: ChaosVenue) => Wish {
  const bot = random.pick(world.bots);
  const kind = random.next();
  if (kind < 0.1) {
    const closePosition = random.chance(0.5);
    return () => ({ kind: 'stop', botRunId: bot.id, closePosition });
  }
  if (kind < 0.25) return () => ({ kind: 'start', botRunId: bot.id });
  const side = random.pick(['BUY', 'BUY', 'SELL'] as const);
  const type = random.pick(['market', 'limit', 'limit'] as const);
  const away = 1 + (side === 'BUY' ? -1 : 1) * (random.next() * 0.003 - 0.0005);
  const spend = random.int(100, 900);
  return (venue) => {
    const price = venue.priceOf(bot.symbol);
    return {
      kind: 'intend',
      botRunId: bot.id,
      side,
      type,
      quantity: price.pow(-1).times(spend).toDecimalPlaces(3).toFixed(),
      limitPrice: price.times(away).toDecimalPlaces(2).toFixed(),
      leg,
    };
  };
}

type Digest = { add(line: string): void; value(): string };

function createDigest(trace: (line: string) => void = () => undefined): Digest {
  let text = '';
  return {
    add: (line) => {
      trace(line);
      text = createRandom(`${text}\n${line}`).uuid();
    },
    value: () => text.slice(0, 8),
  };
}
