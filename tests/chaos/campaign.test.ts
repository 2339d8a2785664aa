import { describe, expect, it } from 'vitest';
import { runCampaign } from '../support/chaos/campaign.ts';

const LIMIT_MS = 600_000;
const CLEAN = { duplicates: [], lost: [], drift: [] };

describe('orders under faults and dying processes', () => {
  it.each(['first', 'second'])(
    'are placed once each, known to the last fill and booked to the last decimal (seed "%s")',
    async (seed) => {
      const { findings, counts, orders, steps } = await runCampaign({ seed, steps: 100 });
      expect(findings).toEqual(CLEAN);
      expect(steps).toBe(100);
      expect(orders).toBeGreaterThan(30);
      expect(counts.get('worker killed')).toBeGreaterThan(8);
    },
    LIMIT_MS,
  );

  it(
    'are placed twice once an order of unknown outcome is sent again: the campaign can fail',
    async () => {
      const { findings } = await runCampaign({ seed: 'unsafe', steps: 100, isUnsafe: true });
      expect(findings.duplicates).not.toEqual([]);
    },
    LIMIT_MS,
  );
});
