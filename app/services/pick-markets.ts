import type { Market } from '../../jobs/trading/types.ts';
import type { FieldError } from '../schemas/views.ts';

export type SymbolsAsked = {
  symbols: readonly string[];
  /** The field that the messages stand at. */
  path: 'symbol' | 'symbols';
  venueName: string;
};

/** Returns the markets of these symbols, and what is wrong with them: those that the venue does not have are named together. */
export function pickMarkets(
  markets: ReadonlyMap<string, Market>,
  { symbols, path, venueName }: SymbolsAsked,
): { found: Market[]; errors: FieldError[] } {
  const found: Market[] = [];
  const unknown: string[] = [];
  for (const symbol of symbols) {
    const market = markets.get(symbol) ?? markets.get(symbol.toUpperCase());
    if (market?.isActive) found.push(market);
    else unknown.push(`"${symbol}"`);
  }
  const errors: FieldError[] = [];
  if (unknown.length > 0)
    errors.push({ path, message: `${venueName} has no market ${unknown.join(' or ')} to trade on.` });
  const twice = found.find((market, at) => found.indexOf(market) !== at);
  if (twice) errors.push({ path, message: `${twice.symbol} is given twice.` });
  return { found, errors };
}
