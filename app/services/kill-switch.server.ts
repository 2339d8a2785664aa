import { listBotRuns, type BotRun } from '../../db/queries/bots.ts';
import { findExchangeKey, lockExchangeKey } from '../../db/queries/exchange-keys.ts';
import {
  liftKillSwitches,
  listActiveKillSwitches,
  listCoveredBots,
  lockOwner,
  pullKillSwitch,
  resumeKilledBots,
  type KillSwitch,
  type Target,
} from '../../db/queries/kill-switches.ts';
import type { Db } from '../../db/client.ts';
import type { Deps } from '../../jobs/deps.ts';
import type { KillPreview, KillSwitchInput } from '../schemas/risk.ts';
import { AppError } from './app-error.ts';
import { notFound, requireId } from './ids.ts';
import { venueName } from './markets.server.ts';

/** Returns what a pull would cover, to be confirmed; throws 404 for another user's bot or account. */
export async function previewKillSwitch(
  deps: Deps,
  userId: string,
  input: KillSwitchInput,
): Promise<KillPreview> {
  const target = toTarget(input.target);
  const targetName = await requireTarget(deps.db, userId, target);
  const bots = await listCoveredBots(deps.db, userId, target);
  return {
    ...input,
    targetName,
    bots: bots.map(({ id, name, status }) => ({ id, name, status })),
    running: bots.filter(({ status }) => status === 'RUNNING').length,
    workingOrders: bots.reduce((count, bot) => count + bot.workingOrders, 0),
    positions: bots.filter(({ holds }) => holds).length,
  };
}

/**
 * Pulls the kill switch: entries end with this call; cancelling and closing is done by jobs, whose progress the page
 * shows. Throws 404 for another user's bot or account.
 */
export async function pullSwitch(deps: Deps, userId: string, input: KillSwitchInput): Promise<KillSwitch> {
  for (let tries = 1; ; tries++) {
    try {
      return await pullOnce(deps, userId, input);
    } catch (error) {
      if (tries === PULL_TRIES || !isDeadlock(error)) throw error;
    }
  }
}

/** Ticks lock bots in an order of their own: where the two meet, Postgres lets one of them begin again. */
const PULL_TRIES = 5;

function isDeadlock(error: unknown): boolean {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === '40P01';
}

async function pullOnce(deps: Deps, userId: string, input: KillSwitchInput): Promise<KillSwitch> {
  const target = toTarget(input.target);
  return deps.db.transaction(async (tx) => {
    await lockOwner(tx, userId);
    await requireTarget(tx, userId, target);
    const bots = await listCoveredBots(tx, userId, target);
    const pulled = await pullKillSwitch(tx, {
      ...target,
      userId,
      level: input.level,
      botRunIds: bots.map(({ id }) => id),
      pulledAt: new Date(deps.clock.now()),
    });
    if (input.level === 'entries') return pulled;
    const jobs = bots.map(({ id }) => ({
      payload: { killSwitchId: pulled.id, botRunId: id, step: 0 },
      key: `${pulled.id}:${id}:0`,
    }));
    await deps.boss.enqueue(tx, 'kill-switch', jobs);
    return pulled;
  });
}

/** Returns how many switches of a user are on. */
export async function countActiveSwitches(deps: Deps, userId: string): Promise<number> {
  return (await listActiveKillSwitches(deps.db, userId)).length;
}

/** Lifts a switch: the bots that it halted trade again, unless another one covers them. Lifting it twice does no harm. */
export async function liftSwitch(deps: Deps, userId: string, killSwitchId: string): Promise<void> {
  const id = requireId(killSwitchId, 'kill switch');
  await deps.db.transaction(async (tx) => {
    await lockOwner(tx, userId);
    const active = await listActiveKillSwitches(tx, userId);
    const [lifted] = await liftKillSwitches(tx, userId, { ids: [id], atMs: deps.clock.now() });
    if (!lifted) return;
    const others = active.filter((each) => each.id !== id);
    const bots = (await listBotRuns(tx, userId)).filter((bot) => lifted.botRunIds.includes(bot.id));
    const free = bots.filter((bot) => !others.some((other) => isCovered(other, bot)));
    const startable: string[] = [];
    for (const bot of free) if (await hasItsKey(tx, bot)) startable.push(bot.id);
    await resumeKilledBots(tx, startable, deps.clock.now());
  });
}

async function hasItsKey(tx: Db, bot: BotRun): Promise<boolean> {
  if (bot.mode === 'paper') return true;
  return (
    bot.exchangeKeyId !== null && (await lockExchangeKey(tx, bot.userId, bot.exchangeKeyId)) !== undefined
  );
}

function isCovered({ scope, targetId }: KillSwitch, bot: Pick<BotRun, 'id' | 'exchangeKeyId'>): boolean {
  if (scope === 'all') return true;
  return scope === 'bot' ? targetId === bot.id : targetId === bot.exchangeKeyId;
}

/**
 * Makes sure that a bot may start, in the caller's transaction: 409 while a switch over its account or over everything is
 * pulled. A switch over this bot alone is lifted by starting it.
 */
export async function requireNoKillSwitch(
  tx: Db,
  userId: string,
  { bot, atMs }: { bot: Pick<BotRun, 'id' | 'exchangeKeyId'>; atMs: number },
): Promise<void> {
  await lockOwner(tx, userId);
  const covering = (await listActiveKillSwitches(tx, userId)).filter((each) => isCovered(each, bot));
  const wider = covering.find(({ scope }) => scope !== 'bot');
  if (wider) {
    const what = wider.scope === 'all' ? 'all your bots' : 'this account';
    throw new AppError('conflict', `The kill switch for ${what} is on. Lift it on the Risk page first.`);
  }
  await liftKillSwitches(tx, userId, { ids: covering.map(({ id }) => id), atMs });
}

function toTarget(target: string): Target {
  const [scope, targetId] = target.toLowerCase().split(':');
  if (scope === 'bot') return { scope, targetId: requireId(targetId ?? '', 'bot') };
  return scope === 'account'
    ? { scope, targetId: requireId(targetId ?? '', 'account') }
    : { scope: 'all', targetId: null };
}

async function requireTarget(db: Db, userId: string, { scope, targetId }: Target): Promise<string> {
  if (targetId === null) return 'everything';
  if (scope === 'account') {
    const key = await findExchangeKey(db, userId, targetId);
    if (!key) throw notFound('account');
    return `${venueName(key.exchange)} · ${key.label}`;
  }
  const bot = (await listBotRuns(db, userId)).find(({ id }) => id === targetId);
  if (!bot) throw notFound('bot');
  return bot.name;
}
