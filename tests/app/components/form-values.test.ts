import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toMarketOf, withFees } from '../../../app/components/backtest-form-values.ts';
import { estimateStakes, percentToFraction, toStartInput } from '../../../app/components/bot-form-input.ts';
import { errorOf, parseInput, toNested, toValues } from '../../../app/components/form-values.ts';
import { paramFields } from '../../../app/components/params-schema.ts';
import { readTheme, themeCookie } from '../../../app/components/theme.ts';
import { ownPath } from '../../../app/page.server.ts';
import { startBotInput } from '../../../app/schemas/bots.ts';
import { paramsJsonSchema } from '../../../jobs/trading/strategies/strategy.ts';
import { rsiCross } from '../../../jobs/trading/strategies/rsi-cross.ts';

describe('a form’s values', () => {
  it('never hold what is secret', () => {
    const form = new FormData();
    form.set('label', 'main');
    form.set('api_secret', 'hush');
    expect(toValues(form, ['api_secret'])).toEqual({ label: 'main' });
  });

  it('take the last value of a name, so that a ticked box overrules its hidden "off"', () => {
    const form = new FormData();
    form.append('params.flag', 'false');
    form.append('params.flag', 'on');
    expect(toValues(form)).toEqual({ 'params.flag': 'on' });
  });

  it('nest by the dots of their names, and cannot reach a prototype', () => {
    expect(toNested({ name: 'a', 'risk.stop_loss_pct': '3', 'risk.cooldown_candles': '' })).toEqual({
      name: 'a',
      risk: { stop_loss_pct: '3', cooldown_candles: '' },
    });
    toNested({ '__proto__.polluted': 'yes' });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('name the field of each refusal by its path', () => {
    const parsed = parseInput(z.object({ sizing: z.object({ value: z.string().min(2) }) }), {
      sizing: { value: '' },
    });
    expect(parsed.ok).toBe(false);
    const refusal = { message: '', values: {}, errors: parsed.ok ? [] : parsed.errors };
    expect(errorOf(refusal, 'sizing.value')).toMatch(/2/);
    expect(errorOf(refusal, 'sizing')).toBeUndefined();
  });
});

describe('the form of a new bot', () => {
  const values = {
    exchange: 'demo',
    symbol: 'BTC/USDT',
    timeframe: '1s',
    account: 'paper',
    strategy: 'RSI_CROSS',
    'params.rsi_period': '14',
    'sizing.type': 'equity_fraction',
    'sizing.value': '7.5',
    'risk.stop_loss_pct': '',
    initial_balance: '1000',
  };

  it('is what POST /bot/start takes', () => {
    const parsed = startBotInput.safeParse(toStartInput(values));
    expect(parsed.data).toMatchObject({
      mode: 'paper',
      sizing: { type: 'equity_fraction', value: '0.075' },
      params: { rsi_period: '14' },
    });
  });

  it('asks for live trading by the key, whose own balance counts', () => {
    const input = toStartInput({ ...values, account: 'key-1', confirm_live: 'on' });
    expect(input).toMatchObject({ mode: 'live', exchange_key_id: 'key-1', initial_balance: undefined });
    expect(startBotInput.safeParse(input).success).toBe(true);
  });

  it.each([
    ['7.5', '0.075'],
    ['100', '1.00'],
    ['12.3', '0.123'],
    ['0.05', '0.0005'],
    ['abc', 'abc'],
  ])('reads %s percent as %s, digit by digit', (percent, fraction) => {
    expect(percentToFraction(percent)).toBe(fraction);
  });

  it('estimates a loss by the nearest stop and the fees, and all of it without one', () => {
    const stakes = estimateStakes({ 'sizing.value': '1000', 'risk.stop_loss_pct': '3.8' }, 'USDT');
    expect(stakes).toMatchObject({ size: 1000, hasStop: true });
    expect(stakes?.loss).toBeCloseTo(40, 6);
    expect(estimateStakes({ 'sizing.value': '1000' }, 'USDT')).toMatchObject({ loss: 1000, hasStop: false });
    expect(estimateStakes({ 'sizing.value': 'abc' }, 'USDT')).toBeUndefined();
  });
});

describe('a strategy’s parameters', () => {
  it('become fields with bounds, defaults and choices', () => {
    expect(paramFields(paramsJsonSchema(rsiCross))).toMatchObject([
      { name: 'rsi_period', kind: 'number', isWhole: true, min: 2, max: 200, fallback: '14' },
      { name: 'oversold', kind: 'number', isWhole: false, fallback: '30' },
      { name: 'overbought', kind: 'number', fallback: '70' },
      { name: 'smoothing', kind: 'choice', choices: ['simple', 'wilder'], fallback: 'simple' },
    ]);
  });

  it('have no bounds where the schema only says "a safe integer"', () => {
    const schema = z.toJSONSchema(z.object({ count: z.int(), isOn: z.boolean().default(true) }), {
      io: 'input',
    });
    expect(paramFields(schema)).toMatchObject([
      { name: 'count', min: undefined, max: undefined },
      { name: 'isOn', kind: 'flag', fallback: 'true' },
    ]);
  });
});

describe('the theme', () => {
  it('is read from its cookie, and follows the system where there is none', () => {
    expect(readTheme('a=b; theme=dark')).toBe('dark');
    expect(readTheme('theme=neon')).toBe('system');
    expect(readTheme(null)).toBe('system');
  });

  it('is forgotten once the system’s is wanted again', () => {
    expect(themeCookie('system')).toMatch(/Max-Age=0;/);
    expect(readTheme(themeCookie('light').split(';')[0] ?? '')).toBe('light');
  });
});

describe('ownPath', () => {
  it('goes on to pages of this site alone', () => {
    expect(ownPath('/bots?x=1', '/')).toBe('/bots?x=1');
    for (const path of ['//evil.example', '/\\evil.example', 'https://evil.example', '', null])
      expect(ownPath(path, '/dashboard')).toBe('/dashboard');
  });
});

describe('the fees of a backtest’s form', () => {
  const fees = { taker: '0.001', maker: '0.00075' };

  it('are those of the exchange, in per cent', () => {
    expect(withFees({ exchange: 'binance' }, fees)).toEqual({
      exchange: 'binance',
      fees_of: 'binance',
      fee: '0.1',
      maker_fee: '0.075',
    });
  });

  it('stay as they were typed until another exchange is chosen', () => {
    const typed = { exchange: 'binance', fee: '0.02', maker_fee: '', fees_of: 'binance' };
    expect(withFees(typed, fees)).toEqual(typed);
    expect(withFees({ ...typed, exchange: 'kraken' }, fees)).toMatchObject({ fee: '0.1', fees_of: 'kraken' });
  });

  it('ask for the first symbol', () => {
    expect(toMarketOf({ exchange: 'demo', symbol: 'BTC/USDT, ETH/USDT' })).toEqual({
      venue: 'demo',
      symbol: 'BTC/USDT',
    });
  });
});
