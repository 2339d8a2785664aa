import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { OptimizationBias } from '../../../app/components/optimization-bias.tsx';
import type { BiasReport } from '../../../jobs/trading/research/bias-check.ts';

const reportOf = (change: Partial<BiasReport>): BiasReport => ({
  ...{ checked: 2_000, acting: 112, differing: 0, share: 0, first: null, lines: [] },
  ...change,
});

/** What a reader reads of look-ahead and of warm-up, with | between the lines. */
function read(lookAhead: Partial<BiasReport>, warmUp: Partial<BiasReport>): string[] {
  const verdict = { lookAhead: reportOf(lookAhead), warmUp: reportOf(warmUp) };
  const html = renderToStaticMarkup(<OptimizationBias verdict={verdict} />);
  const items = html.split('<li').slice(1);
  return items.map((item) =>
    item
      .replace(/^[^>]*>/, '')
      .replace(/<\/p>/g, '|')
      .replace(/<[^>]+>/g, ''),
  );
}

describe('what the checks of a result say', () => {
  it('tells of a strategy that gives signals by the candles examined', () => {
    expect(read({ checked: 150, acting: 40 }, { checked: 150, acting: 40 })).toEqual([
      'Look-ahead: No signal knows the future: 150 candles examined, 40 of them with a signal.|Each signal is made again without the candles after it.|',
      'Warm-up: Its warm-up is long enough: 150 candles examined, 40 of them with a signal.|Each signal is made again from no more candles than a live bot loads.|',
    ]);
  });

  it('tells of deals that wait for candles how often they begin', () => {
    const [lookAhead, warmUp] = read({ by: 'orders', checked: 20, acting: 18 }, { by: 'orders' });
    expect(lookAhead).toContain('20 places where candles were cut, 18 of them with trades before them.');
    expect(warmUp).toBe(
      'Warm-up: Its warm-up is long enough: 2,000 candles examined, 112 of them with a first buy.|Whether to begin is decided again from no more candles than a live bot loads.|',
    );
  });

  it('says that orders which look at no candle of the past need no warm-up', () => {
    const none = { by: 'orders', checked: 0, acting: 0 } as const;
    expect(read({ by: 'orders' }, none)[1]).toBe(
      'Warm-up: Needs none: its orders follow the price and its books, no candle of the past.|',
    );
    expect(read(none, none)[0]).toBe('Look-ahead: Too few candles to cut them short.|');
  });

  it('warns where something differs, and shows the first place', () => {
    const signal = { confidence: 0, reason: 'Waits for candles.' };
    const first = {
      ...{ index: 5, openTimeMs: Date.UTC(2024, 0, 1), isHolding: false },
      whole: { ...signal, kind: 'BUY' as const },
      part: { ...signal, kind: 'HOLD' as const },
    };
    const [, warmUp] = read({}, { by: 'orders', differing: 7, first });
    expect(warmUp).toContain('its warm-up is too short (7 of 2,000 candles examined).');
    expect(warmUp).toContain('BUY with all candles, HOLD without. Waits for candles.');
  });
});
