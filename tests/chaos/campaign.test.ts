import { describe, expect, it } from 'vitest';
import { runCampaign, type CampaignResult } from '../support/chaos/campaign.ts';

const LIMIT_MS = 600_000;
const CLEAN = { duplicates: [], lost: [], drift: [], oversold: [] };
/** What the two campaigns below must have met between them, at each exchange. */
const AT_EACH = [
  'reply dropped',
  'request dropped',
  'timeout',
  '5xx before',
  '429',
  'truncated JSON',
  'odd JSON',
  'rows repeated and reordered',
  'order invisible for a while',
  'orders filled in parts',
];
const ANYWHERE = [
  '418',
  '5xx after',
  'request late',
  'invalid nonce',
  'error words before',
  'venue clock moved',
  'traded by hand',
  'cancelled by hand',
  'database connection cut',
  'database cut by the server',
  'jobs handed out again',
  'worker killed',
  'worker went on',
  'levels of grids filled',
  'signals acted on',
  'signals posted again',
];

describe('orders under faults and dying processes', () => {
  const done: CampaignResult[] = [];

  it.each(['first', 'second'])(
    'are placed once each, known to the last fill and booked to the last decimal (seed "%s")',
    async (seed) => {
      const result = await runCampaign({ seed, steps: 100 });
      done.push(result);
      expect(result.findings).toEqual(CLEAN);
      expect(result.steps).toBe(100);
      expect(result.orders).toBeGreaterThan(30);
      expect(result.counts.of('worker killed')).toBeGreaterThan(5);
    },
    LIMIT_MS,
  );

  it('met every kind of fault on the way', () => {
    const times = (what: string, where?: 'binance' | 'kraken') =>
      done.reduce((total, { counts }) => total + counts.of(what, where), 0);
    const missed = [
      ...AT_EACH.filter((what) => times(what, 'binance') === 0 || times(what, 'kraken') === 0),
      ...ANYWHERE.filter((what) => times(what) === 0),
    ];
    expect(missed).toEqual([]);
  });

  it(
    'meet the same at every run of a seed',
    async () => {
      const [one, other] = [
        await runCampaign({ seed: 'again', steps: 30 }),
        await runCampaign({ seed: 'again', steps: 30 }),
      ];
      expect(one.digest).toBe(other.digest);
    },
    LIMIT_MS,
  );

  it.each([
    { unsafe: 'resend', what: 'placed twice', finding: 'duplicates', seed: 'unsafe' },
    { unsafe: 'give-up', what: 'sold twice', finding: 'oversold', seed: 'u3' },
    { unsafe: 'repeat-fills', what: 'booked twice', finding: 'drift', seed: 'unsafe' },
  ] as const)(
    'without a protection ($unsafe) are $what: the campaign can fail',
    async ({ unsafe, finding, seed }) => {
      const { findings } = await runCampaign({ seed, steps: 100, unsafe });
      expect(findings[finding]).not.toEqual([]);
    },
    LIMIT_MS,
  );
});
