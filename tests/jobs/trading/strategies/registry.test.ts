import { describe, expect, it } from 'vitest';
import { findStrategy, listStrategies } from '../../../../jobs/trading/strategies/registry.ts';
import { paramsJsonSchema } from '../../../../jobs/trading/strategies/strategy.ts';

describe('the strategy registry', () => {
  it('finds a strategy by its name alone', () => {
    expect(findStrategy('RSI_CROSS')?.title).toBe('RSI cross');
    expect(findStrategy('rsi_cross')).toBeUndefined();
    expect(findStrategy('constructor')).toBeUndefined();
  });

  it('holds each name once', () => {
    const names = listStrategies().map((strategy) => strategy.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(listStrategies().map((strategy) => [strategy.name, strategy] as const))(
    '%s describes every parameter, and its defaults are valid',
    (_, strategy) => {
      expect(strategy.name).toMatch(/^[A-Z][A-Z0-9_]*$/);
      expect(strategy.description).toMatch(/\.$/);
      expect(strategy.paramsSchema.safeParse({}).success).toBe(true);
      const schema = paramsJsonSchema(strategy) as { properties: Record<string, Record<string, unknown>> };
      for (const property of Object.values(schema.properties)) {
        expect(property).toMatchObject({
          title: expect.any(String) as unknown,
          description: expect.any(String) as unknown,
        });
        expect(property).toHaveProperty('default');
      }
    },
  );

  it('gives RSI_CROSS as a JSON Schema with titles, bounds and defaults, nothing required', () => {
    const strategy = findStrategy('RSI_CROSS');
    const schema = strategy && paramsJsonSchema(strategy);
    expect(schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: {
        rsi_period: { type: 'integer', minimum: 2, maximum: 200, default: 14, title: 'RSI period' },
        oversold: { type: 'number', minimum: 1, maximum: 50, default: 30 },
        overbought: { type: 'number', minimum: 50, maximum: 99, default: 70 },
        smoothing: { type: 'string', enum: ['simple', 'wilder'], default: 'simple' },
      },
    });
    expect(schema).not.toHaveProperty('required');
  });
});
