import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { OrderTimeline } from '../../../app/components/order-timeline.tsx';
import type { OrderDetailView } from '../../../app/schemas/views.ts';

const at = (ms: number) => new Date(Date.UTC(2030, 0, 1) + ms).toISOString();

/** What a reader reads, step by step. */
function read(view: Pick<OrderDetailView, 'events' | 'fills'>): string[] {
  const order = { decidedAt: at(0), submittedAt: at(20), acknowledgedAt: null, exchangeOrderId: '7' };
  const html = renderToStaticMarkup(<OrderTimeline {...({ ...view, order } as OrderDetailView)} />);
  const steps = html.split('<li').slice(1);
  return steps.map((step) => step.replace(/^[^>]*>|<time.*?<\/time>/g, '').replace(/<[^>]+>/g, '|'));
}

const events: OrderDetailView['events'] = [
  { status: 'intended', detail: '', at: at(0) },
  { status: 'submitting', detail: '', at: at(20) },
  { status: 'unknown', detail: '', at: at(10_000) },
  { status: 'filled', detail: 'Found by its id.', at: at(12_000) },
];

const sale = {
  id: '1',
  side: 'SELL',
  quantity: '0.5',
  base: 'BTC',
  price: '50000.5',
  quote: 'USDT',
  fee: '0.01',
  feeCurrency: 'BNB',
  feeQuote: '6',
  pnl: '-12.345',
  executedAt: at(5),
} as OrderDetailView['fills'][number];

describe('an order’s timeline', () => {
  it('says what is done about an unclear answer, and how it was cleared up', () => {
    const steps = read({ events, fills: [] });
    expect(steps[2]).toMatch(/No clear answer.*asked for it by its id.*\+10 s/);
    expect(steps[3]).toMatch(/Cleared up: filled.*Found by its id/);
  });

  it('shows each execution with its fee and its profit, never before the order was sent', () => {
    const steps = read({ events, fills: [sale] });
    expect(steps.findIndex((step) => step.includes('Sold'))).toBe(2);
    expect(steps[2]).toContain('Sold 0.5 BTC at 50,000.50 USDT');
    expect(steps[2]!.replaceAll('|', '')).toContain('Fee 0.01 BNB (6 USDT) · profit ▼−12.35 USDT');
  });
});
