/** The kinds of alerts that an owner can choose from, by channel. */
export const TOPICS = {
  'bot-error': {
    title: 'A bot needs a look',
    hint: 'An order was refused, a price is missing, a key does not work.',
  },
  halt: { title: 'A bot was halted', hint: 'It reached a limit that you set, and stopped itself.' },
  drift: {
    title: 'The exchange and our books differ',
    hint: 'A balance, an order or a trade that is not accounted for.',
  },
  account: {
    title: 'An exchange shuts an account out',
    hint: 'It asked for a pause, so nothing is sent for a while.',
  },
  fill: { title: 'An order was filled', hint: 'One message for each order, wins and losses.' },
} as const;

export type Topic = keyof typeof TOPICS;

export const TOPIC_NAMES = Object.keys(TOPICS) as Topic[];

/** What a new channel sends unless its owner says otherwise: everything that wants an answer. */
export const DEFAULT_TOPICS: Topic[] = ['bot-error', 'halt', 'drift', 'account'];

/** Which topic an alert belongs to, by the start of its code; one that nobody has sorted counts as a bot's trouble. */
const BY_START: [start: string, topic: Topic][] = [
  ['order-filled', 'fill'],
  ['bot-halt', 'halt'],
  ['halt', 'halt'],
  ['daily-loss', 'halt'],
  ['kill', 'halt'],
  ['drift', 'drift'],
  ['reconcil', 'drift'],
  ['foreign', 'drift'],
  ['order-contradicted', 'drift'],
  ['order-forgotten', 'drift'],
  ['order-twice', 'drift'],
  ['account', 'account'],
];

/** Returns the topic of an alert's code. */
export function topicOf(code: string): Topic {
  return BY_START.find(([start]) => code.startsWith(start))?.[1] ?? 'bot-error';
}
