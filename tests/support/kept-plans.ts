const EACH = { type: 'quote_amount' as const, value: '1000' };
/** Five levels around 50,000, with a first buy for the two above. */
export const GRID = {
  strategy: 'GRID',
  sizing: EACH,
  parameters: {
    lower_price: 46_000,
    upper_price: 54_000,
    levels: 5,
    spacing: 'arithmetic',
    initial_buy: true,
    trails_up: false,
    stop_price: 0,
    take_profit_pct: 0,
  },
};
/** One deal: a first buy, and two safety orders below it. */
export const DCA = {
  strategy: 'DCA',
  sizing: EACH,
  parameters: {
    base_order: 'market',
    safety_orders: 2,
    deviation_pct: 2,
    step_scale: 1,
    safety_volume: 1,
    volume_scale: 2,
    take_profit_pct: 2,
    stop_loss_pct: 0,
    cooldown_minutes: 0,
    max_deals: 1,
  },
};
