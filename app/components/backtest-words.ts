import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import type { BacktestStatus, BacktestView } from '../schemas/backtests.ts';
import type { Tone } from './badge.tsx';
import { countOf, formatMoney, formatPercent, moneyDecimals } from './format.ts';

export const STATUS_WORDS: Record<BacktestStatus, { word: string; tone: Tone }> = {
  queued: { word: 'Waiting', tone: 'plain' },
  running: { word: 'Running', tone: 'accent' },
  done: { word: 'Done', tone: 'gain' },
  failed: { word: 'Failed', tone: 'loss' },
  canceled: { word: 'Called off', tone: 'plain' },
};

export const isUnderWay = ({ status }: Pick<BacktestView, 'status'>) =>
  status === 'queued' || status === 'running';

/** A fraction as per cent without trailing zeros: `0.001` is `0.1 %`. */
export const sayFraction = (fraction: string) =>
  formatPercent(100 * Number(fraction), 4).replace(/\.?0+(?=\D*$)/, '');

export function sayStake({ strategy, stake, sizing, quote, symbols }: BacktestView): string {
  if (strategy === REBALANCE) return 'what its weights say';
  if (sizing?.type === 'equity_fraction') return `${sayFraction(sizing.value)} of its equity`;
  if (sizing) return `${formatMoney(sizing.value, moneyDecimals(quote))} ${quote}`;
  if (stake !== 'all') return `${formatMoney(stake, moneyDecimals(quote))} ${quote}`;
  return symbols.length > 1 ? 'an equal part of the free balance' : 'the whole balance';
}

/** Fewer trades than these prove little. */
const ENOUGH_TRADES = 30;
const ENOUGH_DAYS = 90;

export type BacktestNote = { text: string; isWarning: boolean };

/** What a trader must know before believing the figures, the most important first. */
export function listNotes(backtest: BacktestView, endsOpen: boolean): BacktestNote[] {
  const { metrics } = backtest;
  if (!metrics) return [];
  const warn = (text: string | false) => (text === false ? [] : [{ text, isWarning: true }]);
  const note = (text: string | false) => (text === false ? [] : [{ text, isWarning: false }]);
  return [
    ...warn(sayFewTrades(metrics.trades)),
    ...warn(
      metrics.days < ENOUGH_DAYS &&
        metrics.trades > 0 &&
        `The period is ${formatMoney(metrics.days.toFixed(4), 1)} days: figures a year are far from what was seen.`,
    ),
    ...warn(
      backtest.venue === 'demo' &&
        'The demo market’s prices are made up. They show how a strategy works, not whether it pays.',
    ),
    ...warn(sayMissing(backtest)),
    ...warn(sayLittleDetail(backtest)),
    ...note(sayFills(backtest)),
    ...note(sayStops(backtest)),
    ...note(endsOpen && 'The last position was still open: it counts as sold at the last close.'),
    ...note(
      'The parameters may fit this period by luck. Try another period before you trust them; the past promises nothing.',
    ),
  ];
}

function sayFewTrades(trades: number): string | false {
  if (trades === 0) return 'It never traded: nothing can be concluded but that.';
  if (trades >= ENOUGH_TRADES) return false;
  return `Only ${countOf(trades, 'trade')}: below about ${ENOUGH_TRADES} a result may well be luck.`;
}

function sayMissing({ source, problem }: BacktestView): string | false {
  if (problem !== null) return `${problem} It ran on what was stored.`;
  if (!source || source.missing === 0) return false;
  return `${countOf(source.missing, 'candle')} of the period asked for ${source.missing === 1 ? 'is' : 'are'} not there: gaps, or days before the first and after the last.`;
}

/** Below this share of finer candles the rest decides. */
const ENOUGH_DETAIL = 0.99;

function sayLittleDetail({ bySymbol, detailTimeframe, timeframe }: BacktestView): string | false {
  if (detailTimeframe === null || bySymbol === null) return false;
  const least = Math.min(...bySymbol.map(({ detail }) => detail?.covered ?? 0));
  if (least >= ENOUGH_DETAIL) return false;
  return `The ${detailTimeframe} candles were there in only ${formatPercent(100 * least, 1)} of the ${timeframe} candles: in the others a stop counts before a target.`;
}

function sayFills({ fee, makerFee, slippage, metrics, quote, keepsOrders }: BacktestView): string {
  const fees = `${formatMoney((metrics?.fees ?? 0).toFixed(8), moneyDecimals(quote))} ${quote}`;
  const worse = Number(slippage) > 0 ? `, ${sayFraction(slippage)} worse` : '';
  if (keepsOrders)
    return `A limit order fills whole at its own price once the price touches it; who else stands in the queue is not counted. Each of its fills costs a fee of ${sayFraction(makerFee)}, each one at the market ${sayFraction(fee)}: ${fees} in all.`;
  const spread = worse === '' ? ' No slippage is counted: real fills are usually a little worse.' : '';
  return `A signal is made at a candle’s close and filled at the next open${worse}. Each fill costs a fee of ${sayFraction(fee)}: ${fees} in all.${spread}`;
}

const EXITS = ['stop_loss_pct', 'trailing_stop_pct', 'take_profit_pct'];

function sayStops({ risk, detailTimeframe }: BacktestView): string | false {
  if (!EXITS.some((rule) => risk[rule] !== undefined)) return false;
  const both =
    detailTimeframe === null
      ? 'Where one candle touches both, the stop counts.'
      : `Candles of ${detailTimeframe} tell which came first; where one of those touches both, the stop counts.`;
  return `Stops and targets fill inside a candle at their own price, or at its open where it opened beyond them. ${both}`;
}
