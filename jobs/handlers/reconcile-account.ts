import { sumOtherChanges } from '../../db/queries/account-changes.ts';
import {
  findReconciledAccount,
  findReconciliation,
  hasOrdersUnderWay,
  listBaselines,
  storeBaselines,
  storeReconciliation,
  sumFillEffects,
  syncDriftAlert,
  type ReconciledAccount,
  type Reconciliation,
} from '../../db/queries/reconciliation.ts';
import { findEngineOrder } from '../../db/queries/orders.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import type { AccountGateway } from '../exchange/gateway.ts';
import { recordVenueOrder, searchedSince } from '../orders/record-venue-order.ts';
import type { Payload } from '../queues.ts';
import { addAmounts, describeAmounts, findDifferences, findDrift } from '../reconcile/differences.ts';
import { findTransfers, noteForeignTrades } from '../reconcile/find-changes.ts';
import { findForeignOrders, findOwnOrders, type Finding } from '../reconcile/find-orders.ts';
import { readSymbol, type Where } from '../reconcile/symbol-report.ts';
import type { Money } from '../trading/decimal.ts';

/** Trades are asked for from this long before the last known one: a venue may list one late. */
const OVERLAP_MS = 300_000;
const TRANSFER_WINDOW_MS = 7 * 86_400_000;

/**
 * Compares an account with its exchange: fills that we missed are booked, trades and orders that are not ours are noted,
 * and what then still differs, twice in a row, raises an alert with the figures. The books are never bent to fit.
 */
export async function reconcileAccount(deps: Deps, payload: Payload<'reconcile-account'>): Promise<void> {
  const account = await findReconciledAccount(deps.db, payload.accountId);
  if (!account) return;
  const before = await findReconciliation(deps.db, account.accountId);
  try {
    await compare(deps, account, before);
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    await storeReconciliation(deps.db, account, withError(before, error.message, deps.clock.now()));
  }
}

/** What was found before stands; only the failure is new. */
function withError(before: Reconciliation | undefined, error: string, nowMs: number): Reconciliation {
  const nothing = { booksOpenedAtMs: null, checkedAtMs: nowMs, tradesUntilMs: nowMs, differences: {} };
  return { ...(before ?? nothing), error };
}

async function compare(
  deps: Deps,
  account: ReconciledAccount,
  before: Reconciliation | undefined,
): Promise<void> {
  const { accountId, userId, venue } = account;
  const gateway = await deps.accountFor({ accountId, userId, venue, mode: 'live' });
  const startedAtMs = deps.clock.now();
  const sinceMs = (before?.tradesUntilMs ?? startedAtMs) - OVERLAP_MS;
  const fillsBefore = await sumFillEffects(deps.db, accountId);
  const balances = await gateway.fetchBalances();
  const actual = new Map([...balances].map(([asset, balance]) => [asset, balance.total]));
  const booksOpenedAtMs = before?.booksOpenedAtMs ?? null;
  const fromMs = booksOpenedAtMs ?? startedAtMs;
  const isStill = await readSymbols(deps, { gateway, account, sinceMs }, fromMs);
  if (!before || booksOpenedAtMs === null) {
    if (isStill) await openBooks(deps, account, { actual, fillsBefore, startedAtMs });
    return;
  }
  // A transfer may take days from its first mention to its end; what came before the books is in them already.
  const transfersSinceMs = Math.max(booksOpenedAtMs, startedAtMs - TRANSFER_WINDOW_MS);
  const underWay = await findTransfers(deps, { gateway, account, sinceMs: transfersSinceMs });
  await conclude(deps, account, { before, actual, startedAtMs, underWay });
}

/**
 * Goes through all symbols: our orders follow the exchange, what is not ours is noted from `fromMs` on. Returns whether
 * nothing has moved since then that our log did not have.
 */
async function readSymbols(deps: Deps, where: Omit<Where, 'symbol'>, fromMs: number): Promise<boolean> {
  let isStill = true;
  for (const symbol of where.account.symbols) {
    const report = await readSymbol(deps, { ...where, symbol });
    const findings = findOwnOrders(report);
    isStill &&= findings.length === 0 && report.unbooked.every(({ timeMs }) => timeMs < fromMs);
    for (const finding of findings) await lookAgain(deps, where.gateway, finding);
    await noteForeignTrades(deps, report, fromMs);
    await findForeignOrders(deps, report);
  }
  return isStill;
}

type Opening = { actual: Map<string, Money>; fillsBefore: Map<string, Money>; startedAtMs: number };

/**
 * What the account held before all that we know of: the first look, less what our fills changed. Only while nothing
 * moves: a fill between the balances and our log would be counted on one side alone.
 */
async function openBooks(deps: Deps, account: ReconciledAccount, opening: Opening): Promise<void> {
  const { accountId } = account;
  if (await hasOrdersUnderWay(deps.db, accountId)) return;
  const fills = await sumFillEffects(deps.db, accountId);
  if (findDifferences(fills, opening.fillsBefore).size > 0) return;
  const totals = findDifferences(opening.actual, fills);
  const { startedAtMs: atMs } = opening;
  await deps.db.transaction(async (tx) => {
    await storeBaselines(tx, accountId, { totals, takenAtMs: atMs });
    const opened = { booksOpenedAtMs: atMs, checkedAtMs: atMs, tradesUntilMs: atMs };
    await storeReconciliation(tx, account, { ...opened, differences: {}, error: null });
  });
}

/** Brings an order of ours in line with what the exchange says of it, even of one that we held as ended. */
async function lookAgain(deps: Deps, gateway: AccountGateway, finding: Finding): Promise<void> {
  const order = await findEngineOrder(deps.db, finding.orderId);
  if (!order) return;
  const { symbol, clientOrderId } = order;
  const { exchangeOrderId } = finding;
  const ref = { symbol, clientOrderId, exchangeOrderId, sinceMs: searchedSince(order) };
  const said = finding.said ?? (await gateway.findOrder(ref));
  if (said) await recordVenueOrder(deps, { gateway, order, said });
}

type Comparison = {
  before: Reconciliation;
  actual: Map<string, Money>;
  startedAtMs: number;
  /** Assets of transfers that are not done yet. */
  underWay: ReadonlySet<string>;
};

async function conclude(deps: Deps, account: ReconciledAccount, comparison: Comparison): Promise<void> {
  const { accountId } = account;
  const { before, actual, startedAtMs, underWay } = comparison;
  const expected = addAmounts(
    await listBaselines(deps.db, accountId),
    await sumFillEffects(deps.db, accountId),
    await sumOtherChanges(deps.db, accountId),
  );
  const differences = findDifferences(actual, expected);
  const lasting = findDrift(differences, before.differences);
  const drift = new Map([...lasting].filter(([asset]) => !underWay.has(asset)));
  const detail =
    drift.size === 0
      ? null
      : `The exchange has ${describeAmounts(drift)} compared with what bots, known trades and transfers explain. Nothing was changed; look at the account's page.`;
  await deps.db.transaction(async (tx) => {
    await storeReconciliation(tx, account, {
      booksOpenedAtMs: before.booksOpenedAtMs,
      checkedAtMs: startedAtMs,
      tradesUntilMs: startedAtMs,
      differences: Object.fromEntries([...differences].map(([asset, amount]) => [asset, amount.toFixed()])),
      error: null,
    });
    await syncDriftAlert(tx, account, { detail, atMs: startedAtMs });
  });
}
