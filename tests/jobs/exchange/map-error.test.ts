import ccxt from 'ccxt';
import { describe, expect, it } from 'vitest';
import { ExchangeError } from '../../../jobs/exchange/errors.ts';
import { classChain, toExchangeError, type FailedCall } from '../../../jobs/exchange/map-error.ts';
import { everyWordOf } from './binance-scenario.ts';

const sent = { venue: 'binance', wasSent: true, secrets: ['K3Y', 'S3CRET/+'] } as const;
const calls = {
  read: { ...sent, action: 'read' },
  place: { ...sent, action: 'place' },
  cancel: { ...sent, action: 'cancel' },
} satisfies Record<string, FailedCall>;

describe('the kind of an error', () => {
  it.each([
    [ccxt.NetworkError, 'transient', 'unknown-outcome'],
    [ccxt.RequestTimeout, 'transient', 'unknown-outcome'],
    [ccxt.ExchangeNotAvailable, 'transient', 'unknown-outcome'],
    [ccxt.OperationFailed, 'transient', 'unknown-outcome'],
    [ccxt.BadResponse, 'transient', 'unknown-outcome'],
    [ccxt.NullResponse, 'transient', 'unknown-outcome'],
    [ccxt.CancelPending, 'transient', 'unknown-outcome'],
    [TypeError, 'transient', 'unknown-outcome'],
    [ccxt.ExchangeError, 'transient', 'unknown-outcome'],
    [ccxt.InvalidNonce, 'transient', 'transient'],
    [ccxt.OnMaintenance, 'transient', 'transient'],
    [ccxt.RateLimitExceeded, 'rate-limited', 'rate-limited'],
    [ccxt.DDoSProtection, 'rate-limited', 'rate-limited'],
    [ccxt.AuthenticationError, 'auth', 'auth'],
    [ccxt.PermissionDenied, 'auth', 'auth'],
    [ccxt.AccountSuspended, 'auth', 'auth'],
    [ccxt.AccountNotEnabled, 'auth', 'auth'],
    [ccxt.InsufficientFunds, 'insufficient-funds', 'insufficient-funds'],
    [ccxt.InvalidOrder, 'rejected', 'rejected'],
    [ccxt.OrderNotFound, 'rejected', 'rejected'],
    [ccxt.DuplicateOrderId, 'rejected', 'rejected'],
    [ccxt.BadRequest, 'rejected', 'rejected'],
    [ccxt.BadSymbol, 'rejected', 'rejected'],
    [ccxt.NotSupported, 'rejected', 'rejected'],
    [ccxt.MarketClosed, 'rejected', 'rejected'],
    [ccxt.RestrictedLocation, 'rejected', 'rejected'],
  ] as const)('of %o is known by what the call did', (ErrorClass, read, act) => {
    const error = new ErrorClass('binance something');
    expect(toExchangeError(error, calls.read).kind).toBe(read);
    expect(toExchangeError(error, calls.place).kind).toBe(act);
    expect(toExchangeError(error, calls.cancel).kind).toBe(act);
  });

  it('is decided for every class that ccxt has', () => {
    const classes = Object.values(ccxt).filter(
      (value) => typeof value === 'function' && value.prototype instanceof ccxt.BaseError,
    );
    expect(classes.length).toBeGreaterThan(30);
    for (const ErrorClass of classes as unknown as (new (text: string) => Error)[]) {
      const chain = classChain(new ErrorClass('x'));
      const isKnown = ['ExchangeError', 'OperationFailed'].some((name) => chain.includes(name));
      expect([chain[0], isKnown]).toEqual([chain[0], chain[0] !== 'UnsubscribeError']);
    }
  });

  it('of a bare error is a refusal only where the venue itself says so', () => {
    const error = new ccxt.ExchangeError('kraken {"error":["EOrder:Tick size check failed"]}');
    const place = { ...calls.place, venue: 'kraken' };
    expect(toExchangeError(error, { ...place, reply: { status: 200, isErrorBody: true } }).kind).toBe(
      'rejected',
    );
    expect(toExchangeError(error, { ...place, reply: { status: 200, isErrorBody: false } }).kind).toBe(
      'unknown-outcome',
    );
    expect(toExchangeError(error, { ...place, reply: { status: 502, isErrorBody: true } }).kind).toBe(
      'unknown-outcome',
    );
    expect(toExchangeError(error, { ...place, wasSent: false }).kind).toBe('rejected');
  });

  it('of a rate limit behind a 5xx is not known for an order', () => {
    const reply = { status: 503, isErrorBody: true };
    expect(toExchangeError(new ccxt.DDoSProtection('x'), { ...calls.place, reply }).kind).toBe(
      'unknown-outcome',
    );
    expect(toExchangeError(new ccxt.DDoSProtection('x'), { ...calls.read, reply }).kind).toBe('rate-limited');
  });

  it('of an order that never left this process is never unknown', () => {
    expect(toExchangeError(new ccxt.RequestTimeout('x'), { ...calls.place, wasSent: false }).kind).toBe(
      'transient',
    );
    expect(toExchangeError(new TypeError('x'), { ...calls.place, wasSent: false }).kind).toBe('transient');
  });

  it('stays what it is for our own errors', () => {
    const own = new ExchangeError('auth', 'mine');
    expect(toExchangeError(own, calls.read)).toBe(own);
  });
});

describe('the words of an error', () => {
  const words = (message: string, venue = 'binance') =>
    toExchangeError(new ccxt.ExchangeError(message), { ...calls.read, venue }).message;

  it.each([
    [
      'binance {"code":-1013,"msg":"Filter failure: NOTIONAL"}',
      'binance',
      'binance: Filter failure: NOTIONAL (-1013)',
    ],
    ['kraken {"error":["EOrder:Insufficient funds"]}', 'kraken', 'kraken: EOrder:Insufficient funds'],
    ['okx {"code":"1","data":[{"sCode":"51008"}],"msg":"Order failed"}', 'okx', 'okx: Order failed (1)'],
    ['bybit {"retCode":10003,"retMsg":"API key is invalid."}', 'bybit', 'bybit: API key is invalid.'],
    ['binance GET https://api.binance.com/x?signature=abc 500 oops', 'binance', 'binance: 500 oops'],
    ['binance requires "apiKey" credential', 'binance', 'binance: requires "apiKey" credential'],
    ['', 'binance', 'binance: no reason given'],
  ])('are the venue’s own: %s', (message, venue, expected) => {
    expect(words(message, venue)).toBe(expected);
  });

  it('hold no secret in any spelling, no signature and no address', () => {
    const message =
      'binance POST https://h/p?apiKey=K3Y&signature=0a1b {"msg":"S3CRET/+ or S3CRET%2F%2B by K3Y at https://x.y/z"}';
    const all = everyWordOf(
      toExchangeError(Object.assign(new ccxt.BadRequest(message), { headers: { key: 'K3Y' } }), calls.place),
    );
    for (const secret of ['K3Y', 'S3CRET', 'https:', '0a1b']) expect(all).not.toContain(secret);
  });

  it('are cut where a venue answers with a page', () => {
    expect(words(`binance ${'<p>long</p> '.repeat(500)}`).length).toBeLessThan(330);
  });
});
