import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What only Remix and tools may do: they ask for default exports. */
const DEFAULT_EXPORTS = [
  'app/root.tsx',
  'app/routes.ts',
  'app/routes/**',
  'app/entry.server.tsx',
  '*.config.{js,ts}',
  'tests/**/global-setup.ts',
];

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Name what is exported.',
};
const noEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'The environment is read in jobs/env.ts alone; take what you need as an argument.',
};
const pure = [
  { selector: ':function[async=true]', message: 'The mind does not wait.' },
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Take the time as an argument.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Take the time as an argument.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'The same input gives the same output.',
  },
];

export default defineConfig(
  globalIgnores(['build', '.cache', '.data', 'node_modules', 'public', 'test-results', 'playwright-report']),
  {
    files: ['**/*.{ts,tsx,js,mjs}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      'max-lines': ['error', 250],
      'max-lines-per-function': ['error', { max: 40, IIFEs: true }],
      'max-params': 'off',
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      'no-restricted-syntax': ['error', noDefaultExport, noEnvironment],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/only-throw-error': ['error', { allow: [{ from: 'lib', name: 'Response' }] }],
    },
  },
  {
    files: ['app/routes/**', 'app/components/**', 'app/root.tsx'],
    extends: [reactHooks.configs.flat['recommended-latest']],
    rules: {
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 80 }],
    },
  },
  { files: ['db/schema/**'], rules: { 'max-lines': 'off' } },
  { files: DEFAULT_EXPORTS, rules: { 'no-restricted-syntax': ['error', noEnvironment] } },
  {
    files: ['jobs/env.ts', 'scripts/**'],
    rules: { 'no-restricted-syntax': ['error', noDefaultExport] },
  },
  { files: ['playwright.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['jobs/trading/**'],
    rules: {
      'no-console': 'error',
      'no-restricted-globals': [
        'error',
        'process',
        'setTimeout',
        'setInterval',
        'fetch',
        'crypto',
        'performance',
      ],
      'no-restricted-imports': ['error', { patterns: ['node:*'] }],
      'no-restricted-syntax': ['error', noDefaultExport, noEnvironment, ...pure],
    },
  },
  {
    files: ['tests/**'],
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
);
