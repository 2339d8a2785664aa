import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { CandleChart } from '../../../app/components/candle-chart.tsx';
import { Delta } from '../../../app/components/delta.tsx';
import { EquityChart } from '../../../app/components/equity-chart.tsx';
import { Field } from '../../../app/components/field.tsx';
import { StrategyForm } from '../../../app/components/strategy-form.tsx';
import { Time } from '../../../app/components/time.tsx';
import type { ChartView } from '../../../app/schemas/views.ts';
import { rsiCross } from '../../../jobs/trading/strategies/rsi-cross.ts';
import { paramsJsonSchema } from '../../../jobs/trading/strategies/strategy.ts';

describe('Delta', () => {
  it('tells a gain from a loss by glyph and sign, not by colour alone', () => {
    expect(renderToStaticMarkup(<Delta value="126.4" />)).toMatch(/▲.*\+126\.40/);
    expect(renderToStaticMarkup(<Delta value="-63.55" />)).toMatch(/▼.*−63\.55/);
  });

  it('shows nothing gained as neither', () => {
    expect(renderToStaticMarkup(<Delta value="0.001" />)).not.toMatch(/▲|▼|\+|−/);
  });
});

describe('Time', () => {
  it('carries the moment for machines and the full date for a closer look', () => {
    const html = renderToStaticMarkup(<Time at="2026-08-02T14:02:07Z" style="clock" />);
    expect(html).toContain('dateTime="2026-08-02T14:02:07.000Z"');
    expect(html).toContain('title="2 Aug 2026, 14:02:07 UTC"');
    expect(html).toContain('>14:02:07<');
  });
});

describe('Field', () => {
  it('ties an error to its control', () => {
    const html = renderToStaticMarkup(<Field label="E-mail" name="email" error="Give one." hint="Yours." />);
    expect(html).toMatch(/<label for="email"/);
    expect(html).toMatch(/<input id="email"[^>]*aria-invalid="true" aria-describedby="email-note"/);
    expect(html).toContain('<p id="email-note" class="mt-1 text-xs text-loss">Give one.</p>');
    expect(html).not.toContain('Yours.');
  });
});

describe('StrategyForm', () => {
  const schema = paramsJsonSchema(rsiCross);

  it('fills fields with defaults, or with what was typed', () => {
    const html = renderToStaticMarkup(
      <StrategyForm schema={schema} values={{ 'params.oversold': '25' }} refusal={undefined} />,
    );
    expect(html).toMatch(/name="params.rsi_period"[^>]*value="14"/);
    expect(html).toMatch(/name="params.oversold"[^>]*value="25"/);
  });

  it('shows a refusal beside its parameter', () => {
    const refusal = {
      message: '',
      values: { 'params.rsi_period': '1' },
      errors: [{ path: 'params.rsi_period', message: 'RSI period must be at least 2.' }],
    };
    const html = renderToStaticMarkup(
      <StrategyForm schema={schema} values={refusal.values} refusal={refusal} />,
    );
    expect(html).toMatch(/value="1"/);
    expect(html).toContain('RSI period must be at least 2.');
  });
});

const chart: ChartView = {
  candles: Array.from({ length: 120 }, (_, index) => ({
    timeMs: index * 1_000,
    open: 100 + (index % 7),
    high: 110,
    low: 95,
    close: 100 + (index % 5),
    volume: 1,
  })),
  indicators: [
    {
      name: 'RSI 14',
      pane: 'own',
      values: Array.from({ length: 120 }, (_, index) => (index < 14 ? null : 50)),
      levels: [
        { label: '30', value: 30 },
        { label: '70', value: 70 },
      ],
      range: { min: 0, max: 100 },
    },
  ],
  markers: [
    { timeMs: 30_000, side: 'BUY', price: 100, quantity: '1', label: 'Bought 1 BTC at 100' },
    { timeMs: 90_000, side: 'SELL', price: 104, quantity: '1', label: 'Sold 1 BTC at 104' },
  ],
  lines: [{ label: 'Stop', price: '96.5', kind: 'stop' }],
  problem: null,
};

describe('CandleChart', () => {
  const html = renderToStaticMarkup(
    <CandleChart title="BTC/USDT" chart={chart} priceDecimals={2} withoutTrips={false} />,
  );

  it('says in words what it shows', () => {
    expect(html).toMatch(
      /aria-label="BTC\/USDT, 120 candles from 1 Jan 1970, 00:00:00 UTC .*low 95\.00, high 110\.00/,
    );
  });

  it('names fills, the stop and the last price', () => {
    for (const text of ['Bought 1 BTC at 100', 'Sold 1 BTC at 104', 'Stop 96.50', 'RSI 14'])
      expect(html).toContain(text);
    expect(html).toContain('>104.00<');
  });

  it('offers its newest candles as a table', () => {
    expect(html).toContain('The last 20 candles as a table');
    expect(html.match(/<tr /g)).toHaveLength(21);
  });

  it('draws nothing without candles', () => {
    const empty = { ...chart, candles: [] };
    const props = { title: '', chart: empty, priceDecimals: 2, withoutTrips: false };
    expect(renderToStaticMarkup(<CandleChart {...props} />)).toBe('');
  });
});

describe('EquityChart', () => {
  it('needs two points', () => {
    const point = { time: '2026-01-01T00:00:00Z', equity: '10000' };
    expect(renderToStaticMarkup(<EquityChart curve={[point]} currency="USDT" />)).toBe('');
  });

  it('says in words from where to where the money went', () => {
    const curve = [
      { time: '2026-01-01T00:00:00Z', equity: '10000' },
      { time: '2026-01-02T00:00:00Z', equity: '10120.5' },
    ];
    expect(renderToStaticMarkup(<EquityChart curve={curve} currency="USDT" />)).toContain(
      'from 10,000.00 to 10,120.50 USDT',
    );
  });
});
