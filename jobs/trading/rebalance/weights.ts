/** How much of the whole one symbol is to be: `pct` is 0..100. */
export type Weight = { symbol: string; pct: number };

/** Assets that one rebalancing holds at most. */
export const MOST_WEIGHTS = 20;

const ENTRY = /^(\S.*?)\s*:\s*(\d{1,3}(?:\.\d{1,2})?)\s*%?$/;

type Read = { weights: Weight[]; fault: null } | { weights: null; fault: string };

/**
 * Reads `BTC/USDT:40, ETH/USDT:30`: symbols with their percent of the whole, parted by commas or lines; what is left stays in
 * the quote currency. The fault is a sentence that says what is wrong and what to write.
 */
export function readWeights(text: string): Read {
  const entries = text
    .split(/[,;\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const weights = entries.map(readWeight);
  const wrong = weights.findIndex((weight) => weight === null);
  if (wrong >= 0)
    return fault(`"${entries[wrong]}" is no weight. Write a symbol and its percent, such as BTC/USDT:40.`);
  const read = weights.filter((weight) => weight !== null);
  const message = findFault(read);
  return message === undefined ? { weights: read, fault: null } : fault(message);
}

const fault = (message: string): Read => ({ weights: null, fault: message });

function readWeight(entry: string): Weight | null {
  const [, symbol, pct] = ENTRY.exec(entry) ?? [];
  return symbol === undefined ? null : { symbol, pct: Number(pct) };
}

function findFault(weights: readonly Weight[]): string | undefined {
  if (weights.length === 0) return 'Give at least one weight, such as BTC/USDT:40.';
  if (weights.length > MOST_WEIGHTS)
    return `There are ${weights.length} weights; at most ${MOST_WEIGHTS} are possible.`;
  const empty = weights.find(({ pct }) => pct === 0);
  if (empty) return `The weight of ${empty.symbol} is 0 %. Leave it out, or give it more.`;
  const symbols = weights.map(({ symbol }) => symbol);
  const twice = symbols.find((symbol, at) => symbols.indexOf(symbol) !== at);
  if (twice !== undefined) return `${twice} has two weights. Give it one.`;
  const quotes = [...new Set(symbols.map((symbol) => symbol.split('/')[1] ?? ''))];
  if (quotes.length > 1)
    return `The symbols are priced in ${quotes.join(' and ')}; all need the same quote currency.`;
  const hundredths = weights.reduce((total, { pct }) => total + Math.round(pct * 100), 0);
  return hundredths > 10_000
    ? `The weights come to ${hundredths / 100} %. Together they may be 100 % at most.`
    : undefined;
}

/** Returns weights as `readWeights` reads them. */
export function writeWeights(weights: readonly Weight[]): string {
  return weights.map(({ symbol, pct }) => `${symbol}:${pct}`).join(', ');
}

/** Returns weights that were checked before. Throws a RangeError with the fault of those that were not. */
export function parseWeights(text: string): Weight[] {
  const { weights, fault: message } = readWeights(text);
  if (weights === null) throw new RangeError(message);
  return weights;
}

/** Returns why weights do not fit the pairs that are given, as a sentence; each has one, and there is no other. */
export function findMismatch(weights: readonly Weight[], symbols: readonly string[]): string | undefined {
  const named = weights.map(({ symbol }) => symbol);
  const lacking = named.filter((symbol) => !symbols.includes(symbol));
  const extra = symbols.filter((symbol) => !named.includes(symbol));
  if (lacking.length > 0)
    return `The weights name ${lacking.join(', ')}, but the pairs are ${symbols.join(', ')}. Name the same in both.`;
  return extra.length > 0
    ? `The weights do not name ${extra.join(', ')}. Give each pair its weight, or leave it out.`
    : undefined;
}
