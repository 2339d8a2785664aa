import { describe, expect, it } from 'vitest';
import { createLog, toTerminal } from '../../jobs/log.ts';

function linesOf(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  const destination = { write: (line: string) => void (text += line) };
  write(createLog({ level: 'trace', destination }));
  return text;
}

describe('log', () => {
  it.each([
    'apiKey',
    'api_key',
    'secret',
    'apiSecret',
    'password',
    'passphrase',
    'token',
    'cookie',
    'sessionId',
  ])('hides the value under %s at any depth', (key) => {
    const text = linesOf((log) => {
      log.info({ [key]: 'hunter2', deep: { list: [{ [key]: 'hunter2' }] } }, 'hello');
    });
    expect(text).toContain('hello');
    expect(text).not.toContain('hunter2');
  });

  it('hides passwords in URLs and signed parameters, in messages and errors alike', () => {
    const text = linesOf((log) => {
      log.error(
        { err: new Error('GET https://x.example/order?symbol=BTC&signature=hunter2') },
        'postgres://u:hunter2@db/x',
      );
      log.trace({ note: '{"apiKey":"hunter2"}' }, 'password=hunter2');
      log.child({ token: 'hunter2', bot: 7 }).debug('from a child');
    });
    expect(text).not.toContain('hunter2');
    expect(text).toContain('symbol=BTC');
    expect(text).toContain('"bot":7');
  });

  it('keeps what is no secret', () => {
    const text = linesOf((log) => {
      log.info({ symbol: 'BTC/USDT', at: new Date(0), count: 3 }, 'tick');
    });
    expect(JSON.parse(text)).toMatchObject({
      symbol: 'BTC/USDT',
      at: '1970-01-01T00:00:00.000Z',
      count: 3,
      msg: 'tick',
    });
  });

  it('writes one short line per record for a terminal', () => {
    let text = '';
    const stream = { write: (line: string) => void (text += line) };
    createLog({ level: 'info', destination: toTerminal(stream) }).warn({ bot: 7 }, 'slow tick');
    expect(text).toMatch(/^\d\d:\d\d:\d\d warn {2}slow tick \{"bot":7\}\n$/);
  });
});
