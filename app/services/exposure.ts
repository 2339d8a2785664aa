import type { BotRun } from '../../db/queries/bots.ts';
import { sumExposure, type Exposure } from '../../db/queries/risk-limits.ts';
import { sum, ZERO, type Money } from '../../jobs/trading/decimal.ts';
import type { RiskLimits } from '../../jobs/trading/risk/owner-rule.ts';
import type { ExposureRow, ExposureView } from '../schemas/risk.ts';
import { isInPosition, listExitPrices } from './bot-state.ts';
import { toPct, worthOf } from './bot-views.ts';

type Known = {
  bots: BotRun[];
  exposures: Exposure[];
  limits: RiskLimits;
  /** Names of exchange keys and baskets by id; a paper bot's account is the bot itself. */
  accounts: ReadonlyMap<string, string>;
};

/** Returns what is in the market against what is allowed, by kind of money and quote currency; real money first. */
export function toExposureViews(known: Known): ExposureView[] {
  const groups = new Map<string, BotRun[]>();
  for (const bot of known.bots) {
    const key = `${bot.mode} ${bot.quote}`;
    groups.set(key, [...(groups.get(key) ?? []), bot]);
  }
  return [...groups.keys()].sort().map((key) => toView(groups.get(key) ?? [], known));
}

function toView(bots: BotRun[], { exposures, limits, accounts }: Known): ExposureView {
  const { mode, quote } = bots[0] ?? { mode: 'paper' as const, quote: '' };
  const mine = exposures.filter((each) => each.mode === mode && each.quote === quote && each.amount.gt(0));
  const equity = sum(bots.map((bot) => worthOf(bot).equity));
  const inCoins = sumExposure(mine, () => true);
  const limit = limits.maxExposureTotalQuote ?? null;
  const nameOf = (id: string) => accounts.get(id) ?? bots.find((bot) => bot.id === id)?.name ?? 'Account';
  const rowOf = (of: Pick<ExposureRow, 'kind' | 'name'>, amount: Money, most: Money | undefined) => ({
    ...of,
    amount: amount.toFixed(),
    pct: toPct(amount, equity),
    limit: most?.toFixed() ?? null,
  });
  const distinct = (values: string[]) => [...new Set(values)].sort();
  const symbols = distinct(mine.map(({ symbol }) => symbol)).map((symbol) =>
    rowOf(
      { kind: 'symbol', name: symbol },
      sumExposure(mine, (each) => each.symbol === symbol),
      limits.maxExposureSymbolQuote,
    ),
  );
  const byAccount = distinct(mine.map(({ accountId }) => accountId)).map((id) =>
    rowOf(
      { kind: 'account', name: nameOf(id) },
      sumExposure(mine, (each) => each.accountId === id),
      limits.maxExposureAccountQuote,
    ),
  );
  return {
    mode,
    currency: quote,
    equity: equity.toFixed(),
    inCoins: inCoins.toFixed(),
    inCoinsPct: toPct(inCoins, equity),
    limit: limit?.toFixed() ?? null,
    limitPct: limit && toPct(limit, equity),
    ...sumStops(bots, equity),
    rows: [...symbols, ...byAccount],
  };
}

type Stops = Pick<ExposureView, 'stopsLoss' | 'stopsLossPct' | 'withoutStop'>;

/** What the nearest stop of each open trade would cost from the last price on; a price already beyond it costs nothing more. */
function sumStops(bots: BotRun[], equity: Money): Stops {
  let loss = ZERO;
  let withoutStop = ZERO;
  let stops = 0;
  for (const bot of bots.filter(isInPosition)) {
    const price = bot.lastPrice ?? bot.position.entryPrice;
    const levels = listExitPrices(bot).filter(({ kind }) => kind === 'stop');
    const nearest = levels.sort((a, b) => b.price.comparedTo(a.price))[0];
    if (!nearest) {
      withoutStop = withoutStop.plus(bot.position.quantity.times(price));
      continue;
    }
    stops++;
    const fall = nearest.price.minus(price);
    if (fall.lt(0)) loss = loss.plus(fall.times(bot.position.quantity));
  }
  return {
    stopsLoss: stops === 0 ? null : loss.toFixed(),
    stopsLossPct: stops === 0 ? null : toPct(loss, equity),
    withoutStop: withoutStop.toFixed(),
  };
}
