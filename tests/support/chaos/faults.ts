import type { Fault } from '../exchange-simulator/server.ts';
import type { Exchange } from './protocol.ts';
import type { Random } from './random.ts';

/** What goes wrong with a request. `after` and `late` leave something done that the caller does not hear of. */
export type Kind =
  | 'request dropped'
  | 'reply dropped'
  | 'request late'
  | 'timeout'
  | '5xx before'
  | '5xx after'
  | '429'
  | '418'
  | 'truncated JSON'
  | 'odd JSON'
  | 'odd JSON, nothing done'
  | 'error words before'
  | 'error words after'
  | 'invalid nonce'
  | 'database cut by the server';

const SHARED_READING: readonly Kind[] = [
  'request dropped',
  'reply dropped',
  'timeout',
  '5xx before',
  '429',
  'truncated JSON',
  'odd JSON',
  'database cut by the server',
];
const SHARED_CHANGING: readonly Kind[] = [
  ...SHARED_READING,
  'reply dropped',
  'request late',
  'request late',
  '5xx after',
  'odd JSON, nothing done',
];
const READING: Readonly<Record<Exchange, readonly Kind[]>> = {
  binance: [...SHARED_READING, '418'],
  kraken: [...SHARED_READING, 'error words before', 'invalid nonce'],
};
const CHANGING: Readonly<Record<Exchange, readonly Kind[]>> = {
  binance: [...SHARED_CHANGING, '418'],
  kraken: [...SHARED_CHANGING, 'error words before', 'error words after', 'invalid nonce'],
};

/** Returns which fault befalls a request, `isChange` being one that places or cancels. */
export function pickKind(exchange: Exchange, isChange: boolean, random: Random): Kind {
  return random.pick((isChange ? CHANGING : READING)[exchange]);
}

const BAN = '{"code":-1003,"msg":"Too much request weight used; please wait."}';
const DOWN: Readonly<Record<Exchange, string>> = {
  binance: '{"code":-1001,"msg":"Internal error; unable to process your request."}',
  kraken: '{"error":["EService:Unavailable"]}',
};
const ODD = ['{"hello":1}', '[]', '{}', 'null', '""', '[{}]', '<html>busy</html>'];
const ODD_OF: Readonly<Record<Exchange, readonly string[]>> = {
  binance: ODD,
  kraken: [...ODD, '{"error":[]}', '{"error":[],"result":{}}', '{"error":[],"result":null}'],
};
/** Kraken's words, said with status 200, for what may have been done and for what was not. */
const UNSURE_WORDS = ['EService:Unavailable', 'EService:Busy', 'EGeneral:Internal error'];
const REFUSAL_WORDS = [
  ...UNSURE_WORDS,
  'EAPI:Rate limit exceeded',
  'EOrder:Rate limit exceeded',
  'EGeneral:Temporary lockout',
  'EGeneral:Too many requests',
  'EService:Market in cancel_only mode',
];

/** A client that waits in vain is told so at once; this only bounds how long the answer is held back. */
const HANG_MS = 5_000;
const reply = (status: number, body: string, isHandled = false): Fault => ({
  type: 'reply',
  status,
  body,
  isHandled,
});
const words = (text: string, isHandled: boolean) => reply(200, JSON.stringify({ error: [text] }), isHandled);
const retryLater = (status: number, random: Random): Fault => ({
  type: 'reply',
  status,
  body: BAN,
  headers: { 'retry-after': String(random.int(1, 5)) },
});

type Parts = { exchange: Exchange; random: Random; cut: () => Promise<unknown> };

const FAULTS: Readonly<Record<Kind, (parts: Parts) => Fault>> = {
  'request dropped': () => ({ type: 'drop-request' }),
  'request late': () => ({ type: 'drop-request' }),
  'reply dropped': () => ({ type: 'drop-reply' }),
  timeout: () => ({ type: 'delay', ms: HANG_MS }),
  '5xx before': ({ exchange, random }) => reply(random.pick([502, 503]), DOWN[exchange]),
  '5xx after': ({ exchange, random }) =>
    reply(random.pick([500, 503, 504]), random.pick([DOWN[exchange], '', '<html>']), true),
  '429': ({ random }) => retryLater(429, random),
  '418': ({ random }) => retryLater(418, random),
  'truncated JSON': () => ({ type: 'truncate' }),
  'odd JSON': ({ exchange, random }) => reply(200, random.pick(ODD_OF[exchange]), true),
  'odd JSON, nothing done': ({ exchange, random }) => reply(200, random.pick(ODD_OF[exchange])),
  'error words before': ({ random }) => words(random.pick(REFUSAL_WORDS), false),
  'error words after': ({ random }) => words(random.pick(UNSURE_WORDS), true),
  'invalid nonce': () => words('EAPI:Invalid nonce', false),
  'database cut by the server': ({ cut }) => ({ type: 'delay', ms: 0, after: cut() }),
};

/** Returns what the server does; `cut` ends the worker's database sessions, and is called where the kind asks for it. */
export function toFault(kind: Kind, parts: Parts): Fault {
  return FAULTS[kind](parts);
}
