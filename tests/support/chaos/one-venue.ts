/** Resolves `ccxt` to the one exchange that a campaign trades on, since the whole library takes a worker most of its start. */
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const exchange = path.resolve(import.meta.dirname, '../../../node_modules/ccxt/js/src/binance.js');
const source = `import Binance from ${JSON.stringify(pathToFileURL(exchange).href)};
export default { exchanges: ['binance'], binance: Binance };`;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'ccxt'
      ? { url: `data:text/javascript,${encodeURIComponent(source)}`, shortCircuit: true }
      : next(specifier, context),
});
