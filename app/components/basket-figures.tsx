import type { BasketDetailView } from '../schemas/basket-views.ts';
import { Card } from './card.tsx';
import { Delta } from './delta.tsx';
import { formatMoney, formatSignedPercent, moneyDecimals } from './format.ts';
import { KeyFigure, KeyFigures } from './key-figure.tsx';

/** A basket's money and places, each figure with what it is measured in or against. */
export function BasketFigures({ view }: { view: BasketDetailView }) {
  const { basket, freeQuote } = view;
  const { quote, profitPct } = basket;
  const decimals = moneyDecimals(quote);
  return (
    <Card flush>
      <KeyFigures>
        <KeyFigure
          label={`Equity, ${quote}`}
          note={`began with ${formatMoney(basket.initialBalance, decimals)}`}
        >
          {formatMoney(basket.equity, decimals)}
        </KeyFigure>
        <KeyFigure
          label={`Profit, ${quote}`}
          note={profitPct === null ? 'after fees' : `${formatSignedPercent(profitPct)} after fees`}
        >
          <Delta value={basket.profit} decimals={decimals} />
        </KeyFigure>
        <KeyFigure label="Realised" note="by average cost, after fees">
          <Delta value={basket.realizedPnl} decimals={decimals} />
        </KeyFigure>
        <KeyFigure label="Unrealised" note="at the last prices">
          <Delta value={basket.unrealizedPnl} decimals={decimals} />
        </KeyFigure>
        <KeyFigure label="Open positions" note={`of ${String(basket.legs.length)} pairs`}>
          {basket.openPositions} of {basket.maxOpen}
        </KeyFigure>
        <KeyFigure label={`Free, ${quote}`} note="less what buys on their way cost">
          {formatMoney(freeQuote, decimals)}
        </KeyFigure>
      </KeyFigures>
      <p className="border-t px-4 py-2.5 text-xs text-ink-2">
        Fees paid: {formatMoney(basket.fees, decimals)} {quote}, counted in the profit. All pairs share one
        balance; what one has sold, another may spend from the next candle on.
      </p>
    </Card>
  );
}
