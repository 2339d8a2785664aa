import { randomBytes } from 'node:crypto';
import { startBoss } from '../../../jobs/boss.ts';
import { createLog } from '../../../jobs/log.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { openAudit, type Audit, type Findings } from './audit.ts';
import { createCounts, type Counts } from './counts.ts';
import { createCrew, type Crew, type Outcome } from './crew.ts';
import { planStep, type StepPlan } from './plan.ts';
import { EXCHANGES, type StepCommand, type Unsafe } from './protocol.ts';
import { createRandom } from './random.ts';
import { seedDatabase } from './seed-database.ts';
import { takeChanceOut } from './take-chance-out.ts';
import { openVenue, type ChaosVenues, type WorkerControl } from './venue.ts';
import { createWorld, type ChaosWorld } from './world.ts';

export type CampaignOptions = {
  seed: string;
  steps: number;
  /** Takes a protection away. */
  unsafe?: Unsafe;
  /** Says how far it is. */
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
  counts: Counts;
  orders: number;
  fills: number;
  /** Same seed, same digest: what happened at every step, in a few characters. */
  digest: string;
};

/** Steps between two times of rest, after which everything must agree. */
const AUDIT_EVERY = 50;
const QUIET_ROUNDS = 40;
const QUIET_STEP_MS = 61_000;
/** How long passes in a step while a worker stands still: others must have time to take it for dead. */
const STILL_MS = { least: 4_000, most: 40_000 };

const NOTHING_FOUND: Findings = { duplicates: [], lost: [], drift: [], oversold: [] };
const isClean = (found: Findings) => Object.values(found).every((list) => list.length === 0);

/** Runs a campaign on a database, exchanges and worker processes of its own. */
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
  venues: ChaosVenues;
  database: TestDatabase;
  crew: Crew;
  counts: Counts;
  audit: Audit;
};

async function openCampaign(options: CampaignOptions) {
  const { seed, unsafe = null } = options;
  const world = createWorld(seed, options.steps);
  const database = await createTestDatabase();
  const encryptionKey = randomBytes(32).toString('base64');
  const boss = await startBoss({ url: database.url, log: createLog({ level: 'silent' }), supervise: false });
  await boss.stop();
  await takeChanceOut(database.sql);
  await seedDatabase(database.db, world, encryptionKey);
  const counts = createCounts();
  const late: { crew?: Crew } = {};
  const control: WorkerControl = {
    cutDatabase: async (worker) => late.crew?.cutDatabase(worker),
    timeOut: (worker, request) => late.crew?.timeOut(worker, request),
  };
  const [binance, kraken] = await Promise.all(
    EXCHANGES.map((exchange) => openVenue(world, { exchange, seed, counts, control })),
  );
  const venues: ChaosVenues = { binance: binance!, kraken: kraken! };
  const crew = createCrew(database.sql, {
    seed,
    databaseUrl: database.url,
    venueUrls: { binance: venues.binance.url, kraken: venues.kraken.url },
    encryptionKey,
    userId: world.userId,
    unsafe,
  });
  late.crew = crew;
  const audit = openAudit(database.sql, { world, venues });
  return {
    run: () => march({ options, world, venues, database, crew, counts, audit }),
    close: async () => {
      await crew.stop();
      await Promise.all(Object.values(venues).map((venue) => venue.stop()));
      await database.drop();
    },
  };
}

/** A campaign on its way. */
type March = Parts & {
  step: number;
  nowMs: number;
  auditedAt: number;
  /** The step in which the worker goes on that stands still. */
  wakeAt: number | null;
  findings: Findings;
  foundAt: CampaignResult['foundAt'];
  digest: Digest;
};

async function march(parts: Parts): Promise<CampaignResult> {
  const { options, world } = parts;
  const start = { step: 0, nowMs: world.startMs, auditedAt: 0, wakeAt: null };
  const found = { findings: NOTHING_FOUND, foundAt: null };
  const run: March = { ...parts, ...start, ...found, digest: createDigest(options.trace) };
  while (run.step < options.steps && !run.foundAt && options.isStopped?.() !== true) {
    run.step += 1;
    await takeStep(run);
    await look(run);
  }
  if (!run.foundAt && run.auditedAt < run.step) await lookAtAll(run);
  return tally(run);
}

async function takeStep(run: March): Promise<void> {
  const { options, counts, venues, world, step } = run;
  const plan = planStep({ seed: options.seed, world, venues, step });
  letTimePass(run, plan.passMs);
  if (plan.skew) {
    venues[plan.skew.exchange].setSkew(plan.skew.skewMs);
    counts.note('venue clock moved', plan.skew.exchange);
  }
  for (const { act, what, where } of plan.byHand) if (act()) counts.note(what, where);
  for (const exchange of EXCHANGES) venues[exchange].setWeather({ ...plan.weather[exchange], step });
  const command = { ...plan.command, step, nowMs: run.nowMs, blow: blowOf(run, plan), wishes: plan.wishes() };
  for (const { kind } of command.wishes) if (kind === 'pull') counts.note('kill switch pulled');
  const outcome = await run.crew.takeStep(command);
  run.digest.add([step, outcome.what, outcome.writes, outcome.words, JSON.stringify(command)].join(' '));
  await follow(run, plan, { command, outcome });
  if (run.wakeAt !== null && step >= run.wakeAt) await wake(run);
}

function letTimePass(run: March, passMs: number): void {
  const { least, most } = STILL_MS;
  run.nowMs += run.wakeAt === null ? passMs : least + (passMs % (most - least));
  for (const exchange of EXCHANGES) run.venues[exchange].advanceTo(run.nowMs);
}

/** One worker at a time stands still; another that would is killed there. */
function blowOf({ wakeAt }: March, { command }: StepPlan): StepCommand['blow'] {
  const { blow } = command;
  return blow?.what === 'stall' && wakeAt !== null ? { ...blow, what: 'kill' } : blow;
}

/** Counts a blow, and lets the queue hand out again what a dead worker, or one that stands still, had in its hands. */
async function follow(
  run: March,
  plan: StepPlan,
  { command, outcome }: { command: StepCommand; outcome: Outcome },
): Promise<void> {
  const { counts, step } = run;
  const { hasFallen, stalledAt, what } = outcome;
  if (what === 'done') {
    if (hasFallen && command.blow?.what === 'cut') counts.note('database connection cut');
    return;
  }
  if (what === 'stalled') {
    counts.note(stalledAt === 'order' ? 'worker stopped at an order' : 'worker stopped');
    run.wakeAt = step + plan.stallSteps;
  } else {
    counts.note('worker killed');
    if (!plan.isHandedOutAgain) return;
  }
  await run.database.sql`update pgboss.job set state = 'retry' where state = 'active'`;
  counts.note('jobs handed out again');
}

async function wake(run: March): Promise<void> {
  run.wakeAt = null;
  const { what, writes, words } = await run.crew.wake(run.nowMs);
  run.counts.note('worker went on');
  run.digest.add([run.step, 'woken', what, writes, words].join(' '));
}

/** Looks at what must hold at any time after each step, and at everything after some. */
async function look(run: March): Promise<void> {
  const { options, step, audit } = run;
  if (step % AUDIT_EVERY === 0 || step === options.steps) return lookAtAll(run);
  const { duplicates, oversold } = await audit.always();
  if (duplicates.length + oversold.length === 0) return;
  await lookAtAll(run);
  run.findings = { ...run.findings, duplicates, oversold };
  run.foundAt = { from: step, to: step };
}

async function lookAtAll(run: March): Promise<void> {
  const { options, step, counts } = run;
  run.findings = await rest(run);
  if (!isClean(run.findings)) run.foundAt = { from: run.auditedAt + 1, to: step };
  run.auditedAt = step;
  // Done at times that a seed gives: where rows lie decides the order in which they come.
  await run.database.sql`vacuum analyze`;
  options.say?.(`  step ${String(step)}, ${String(counts.of('worker killed'))} kills`);
}

/** Lets time pass without faults until nothing is under way any more, then compares all records. */
async function rest(run: March): Promise<Findings> {
  const { crew, venues, audit, step } = run;
  for (const exchange of EXCHANGES) venues[exchange].setWeather(null);
  if (run.wakeAt !== null) await wake(run);
  let unsettled: string[] = [];
  for (let round = 0; round < QUIET_ROUNDS; round += 1) {
    letTimePass(run, QUIET_STEP_MS);
    run.counts.note('rounds of rest');
    await crew.takeStep({ ...QUIET, step: step * 1_000 + round, nowMs: run.nowMs });
    unsettled = await audit.unsettled();
    if (unsettled.length === 0) break;
  }
  const found = await audit.all();
  return { ...found, lost: [...found.lost, ...unsettled] };
}

const QUIET = { wishes: [], hasTicks: false, hasWatches: true, rounds: 3, blow: null };

async function tally(run: March): Promise<CampaignResult> {
  const { counts, database, digest, findings, foundAt, step } = run;
  const orders = await database.sql<{ line: string; sends: number; isReplacing: boolean }[]>`
    select concat_ws(' ', client_order_id, status, filled_quantity, exchange_order_id) as line, sends,
      replaces_order_id is not null as "isReplacing"
    from orders order by account_id, client_order_id`;
  const fills = await database.sql`select id from fills`;
  for (const { line } of orders) digest.add(line);
  countOrders(run);
  counts.note('orders sent once more', undefined, orders.filter(({ sends }) => sends > 1).length);
  await countKept(run);
  counts.note('orders in place of others', undefined, orders.filter((order) => order.isReplacing).length);
  return {
    findings,
    foundAt,
    steps: step,
    counts,
    orders: orders.length,
    fills: fills.length,
    digest: digest.value(),
  };
}

/** How much strategies that keep orders, and posted signals, had to do. */
async function countKept({ counts, database }: March): Promise<void> {
  const [row] = await database.sql<{ kept: number; levels: number; acted: number; repeats: number }[]>`
    select (select count(*)::int from orders where slot ~ '^[gbstx][0-9]') as kept,
      (select count(*)::int from orders where slot ~ '^g[0-9]' and status = 'filled') as levels,
      (select count(*)::int from webhook_signals where outcome = 'order') as acted,
      (select coalesce(sum(repeats), 0)::int from webhook_signals) as repeats`;
  counts.note('orders that strategies keep', undefined, row?.kept);
  counts.note('levels of grids filled', undefined, row?.levels);
  counts.note('signals acted on', undefined, row?.acted);
  counts.note('signals posted again', undefined, row?.repeats);
}

const KINDS = {
  MARKET: 'orders at the market',
  LIMIT: 'orders with a limit',
  LIMIT_MAKER: 'orders post-only',
  STOP_LOSS: 'orders to stop a loss',
  STOP_LOSS_LIMIT: 'orders with stop and limit',
};

/** What became of orders, which no single fault shows. */
function countOrders({ counts, venues, world }: March): void {
  for (const account of world.accounts)
    for (const order of venues[account.exchange].orders(account)) {
      if (!order.clientOrderId.startsWith('hand')) counts.note(KINDS[order.type], account.exchange);
      if (order.trades.length > 1) counts.note('orders filled in parts', account.exchange);
      if (order.status === 'CANCELED' && order.trades.length > 0)
        counts.note('orders cancelled after a part', account.exchange);
    }
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
