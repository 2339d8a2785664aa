import type { BacktestView } from '../schemas/backtests.ts';
import type { StrategyView } from '../schemas/views.ts';
import { sayFraction, sayStake } from './backtest-words.ts';
import { sayRiskRules } from './bot-rules.tsx';
import { Card } from './card.tsx';
import { Facts, type Fact } from './facts.tsx';
import { countOf, formatMoney, formatPercent, moneyDecimals } from './format.ts';
import { paramFields } from './params-schema.ts';
import { Time } from './time.tsx';

type SettingsProps = { backtest: BacktestView; strategy: StrategyView | undefined };

/** Everything that the result depends on. */
export function BacktestSettings({ backtest, strategy }: SettingsProps) {
  const { quote, params, risk } = backtest;
  const paramFacts = (strategy ? paramFields(strategy.paramsSchema) : []).map(({ name, title }): Fact => [
    title,
    sayParam(params[name]),
  ]);
  const rules = sayRiskRules(risk, quote);
  return (
    <Card title="Settings used" flush>
      <Facts
        facts={[
          ['Market', `${backtest.symbols.join(', ')} on ${backtest.venueName}`],
          ['Candles', sayCandles(backtest)],
          ...listDetail(backtest),
          ['Period', <Period key="period" backtest={backtest} />],
          ['Strategy', backtest.strategyTitle],
          ...paramFacts,
          [
            'Balance',
            `${formatMoney(backtest.initialBalance, moneyDecimals(quote))} ${quote}${backtest.symbols.length > 1 ? ', shared' : ''}`,
          ],
          ['Each buy spends', sayStake(backtest)],
          ['Open positions, at most', backtest.maxOpen ?? undefined],
          ...listFees(backtest),
          ['Slippage', Number(backtest.slippage) === 0 ? 'none' : sayFraction(backtest.slippage)],
          ['Steps of the market', saySteps(backtest)],
          ...rules,
          ['Risk rules', rules.length > 0 ? undefined : 'all off'],
        ]}
      />
    </Card>
  );
}

/** Which finer candles were used, and in what part of the others they were there. */
function listDetail({ detailTimeframe, timeframe, bySymbol, symbols }: BacktestView): Fact[] {
  if (detailTimeframe === null) return [];
  if (bySymbol === null) return [['Finer candles', detailTimeframe]];
  return bySymbol.map(({ symbol, detail }): Fact => {
    const label = symbols.length > 1 ? `Finer candles, ${symbol}` : 'Finer candles';
    if (!detail?.from || !detail.to) return [label, `${detailTimeframe}: none were there`];
    return [
      label,
      <span key={symbol}>
        {countOf(detail.candles, 'candle')} of {detailTimeframe}, in {formatPercent(100 * detail.covered, 1)}{' '}
        of those of {timeframe}: <Time at={detail.from} style="day" /> to <Time at={detail.to} style="day" />
      </span>,
    ];
  });
}

function listFees({ fee, makerFee, keepsOrders }: BacktestView): Fact[] {
  if (!keepsOrders || fee === makerFee) return [['Fee of a fill', sayFraction(fee)]];
  return [
    ['Fee at the market', sayFraction(fee)],
    ['Fee of resting orders', sayFraction(makerFee)],
  ];
}

function Period({ backtest }: { backtest: BacktestView }) {
  return (
    <>
      <Time at={backtest.fromTime} style="day" /> to <Time at={Date.parse(backtest.toTime) - 1} style="day" />
    </>
  );
}

const ORIGINS = { stored: 'stored', fetched: 'fetched for it', computed: 'computed' } as const;

function sayCandles({ candles, timeframe, source, elapsedMs }: BacktestView): string {
  if (candles === null) return timeframe;
  const origins = (['stored', 'fetched', 'computed'] as const)
    .filter((origin) => (source?.[origin] ?? 0) > 0)
    .map((origin) => ORIGINS[origin]);
  const time = elapsedMs === null ? '' : `, simulated in ${formatMoney(elapsedMs.toFixed(3), 0)} ms`;
  return `${countOf(candles, 'candle')} of ${timeframe}, ${origins.join(' and ')}${time}`;
}

function saySteps({ lotSize, tickSize, minNotional, quote }: BacktestView): string {
  if (lotSize === null && tickSize === null && minNotional === null) return 'not counted';
  const steps = [
    lotSize !== null && `quantity ${lotSize}`,
    tickSize !== null && `price ${tickSize}`,
    minNotional !== null && `least order ${minNotional} ${quote}`,
  ];
  return steps.filter(Boolean).join(', ');
}

const sayParam = (value: unknown) =>
  ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
