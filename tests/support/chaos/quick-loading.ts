/**
 * Lets a worker load in a fraction of the time: `ccxt` is the exchanges that a campaign trades on and no others, and
 * drizzle its CommonJS build, whose files do not re-export each other in circles.
 */
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const EXCHANGES = ['binance', 'kraken'];

const folder = path.resolve(import.meta.dirname, '../../../node_modules/ccxt/js/src');
const imports = EXCHANGES.map(
  (id) => `import ${id} from ${JSON.stringify(pathToFileURL(path.join(folder, `${id}.js`)).href)};`,
);
const source = `${imports.join('\n')}
export default { exchanges: ${JSON.stringify(EXCHANGES)}, ${EXCHANGES.join(', ')} };`;
const ccxt = { url: `data:text/javascript,${encodeURIComponent(source)}`, shortCircuit: true };

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'ccxt') return ccxt;
    if (!/^drizzle-orm($|\/)/.test(specifier)) return next(specifier, context);
    return next(specifier, { ...context, conditions: ['node', 'require', 'default'] });
  },
});
