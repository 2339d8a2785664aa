import { describe, expect, it } from 'vitest';
import { NO_EXITS, recordExit, type Exits } from '../../../../jobs/trading/portfolio/exits.ts';
import { applyFill, FLAT } from '../../../../jobs/trading/portfolio/ledger.ts';
import { btcUsdt } from '../../../support/markets.ts';
import { fillsOf, type Row } from '../../../support/fill-cases.ts';

const market = btcUsdt();

function exitsAfter(...rows: Row[]): Exits {
  let position = FLAT;
  let exits = NO_EXITS;
  for (const fill of fillsOf(...rows)) {
    const { position: after, realizedPnl } = applyFill(position, fill, market);
    exits = recordExit(exits, { fill, before: position, after, realizedPnl });
    position = after;
  }
  return exits;
}

const figures = ({ openTradePnl, lastExit, lossStreak }: Exits) => ({
  open: openTradePnl.toFixed(),
  last: lastExit && [lastExit.atMs, lastExit.pnl.toFixed()],
  lossStreak,
});

describe('the ends of trades', () => {
  it.each<[what: string, rows: Row[], expected: ReturnType<typeof figures>]>([
    ['are none before the first sale', [['BUY', '1', '100']], { open: '0', last: null, lossStreak: 0 }],
    [
      'are none while something is left',
      [
        ['BUY', '2', '100'],
        ['SELL', '1', '90'],
      ],
      { open: '-10', last: null, lossStreak: 0 },
    ],
    [
      'count a trade sold in two portions once, as a whole',
      [
        ['BUY', '2', '100'],
        ['SELL', '1', '90'],
        ['SELL', '1', '105'],
      ],
      { open: '0', last: [3_000, '-5'], lossStreak: 1 },
    ],
    [
      'count two lost trades in a row',
      [
        ['BUY', '1', '100'],
        ['SELL', '1', '90'],
        ['BUY', '1', '100'],
        ['SELL', '0.5', '99'],
        ['SELL', '0.5', '98'],
      ],
      { open: '0', last: [5_000, '-1.5'], lossStreak: 2 },
    ],
    [
      'begin to count anew after a gain',
      [
        ['BUY', '1', '100'],
        ['SELL', '1', '90'],
        ['BUY', '1', '100'],
        ['SELL', '1', '101'],
      ],
      { open: '0', last: [4_000, '1'], lossStreak: 0 },
    ],
    [
      'come with a rest too small to sell, and the rest is no loss of the next trade',
      [
        ['BUY', '1', '100'],
        ['SELL', '0.9999999', '120'],
        ['BUY', '1', '100'],
        ['SELL', '0.5', '90'],
      ],
      { open: '-5', last: [2_000, '19.999998'], lossStreak: 0 },
    ],
  ])('%s', (_what, rows, expected) => {
    expect(figures(exitsAfter(...rows))).toEqual(expected);
  });
});
