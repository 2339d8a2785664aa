import { randomUUID } from 'node:crypto';
import {
  countActiveBotsByKey,
  deleteExchangeKey,
  insertExchangeKey,
  listExchangeKeys,
  lockExchangeKey,
  type ExchangeKey,
  type KeyPermissions,
} from '../../db/queries/exchange-keys.ts';
import type { Deps } from '../../jobs/deps.ts';
import { ExchangeError } from '../../jobs/exchange/errors.ts';
import type { Venue } from '../../jobs/exchange/venues.ts';
import type { AddKeyInput } from '../schemas/exchange-keys.ts';
import type { ExchangeKeyView } from '../schemas/views.ts';
import { AppError, refuseField } from './app-error.ts';
import { DeadlineError, within } from './deadline.ts';
import { notFound, requireId } from './ids.ts';
import { findExchange, venueName } from './markets.server.ts';

/** `POST /exchange/keys` answers within 10 s, whatever the exchange does. */
const TRIAL_LIMIT_MS = 8_000;
const HINT_LENGTH = 4;

type Trial = { permissions: KeyPermissions | null; wasReached: boolean };

/**
 * Tries a key at its exchange and stores it, each secret sealed on its own. Refuses with 422 what the exchange refuses,
 * and stores nothing then; a key that could not be tried is stored with unknown permissions. A repeated label is 409.
 */
export async function addKey(deps: Deps, userId: string, input: AddKeyInput): Promise<ExchangeKeyView> {
  const venue = requireUsableExchange(input);
  const label = await chooseLabel(deps, userId, { venue, label: input.label });
  const trial = await tryKey(deps, venue, input);
  const id = randomUUID();
  const seal = (field: string, plain: string) => deps.vault.seal(plain, { owner: userId, row: id, field });
  const key = await insertExchangeKey(deps.db, {
    id,
    userId,
    exchange: venue.id,
    label,
    keyHint: hintOf(input.api_key),
    sandbox: input.sandbox ?? false,
    permissions: trial.permissions,
    checkedAt: trial.wasReached ? new Date(deps.clock.now()) : null,
    apiKey: seal('api_key', input.api_key),
    apiSecret: seal('api_secret', input.api_secret),
    passphrase: input.passphrase === undefined ? null : seal('passphrase', input.passphrase),
  });
  if (!key) throw labelTaken(venue, label);
  return toView(key, 0);
}

function requireUsableExchange(input: AddKeyInput): Venue {
  const venue = findExchange(input.exchange);
  if (!venue && input.exchange === 'demo')
    throw refuseField('exchange', 'The demo market needs no key: choose it when you start a paper bot.');
  if (!venue)
    throw refuseField(
      'exchange',
      `There is no exchange called "${input.exchange}" here. Choose one of the list.`,
    );
  if (venue.needsPassphrase && input.passphrase === undefined)
    throw refuseField('passphrase', `${venue.name} gives a passphrase with each key: give it too.`);
  if (input.sandbox === true && !venue.hasSandbox)
    throw refuseField('sandbox', `${venue.name} has no test environment. Leave this switched off.`);
  return venue;
}

/** The label as given, if it is free; else the exchange's name, numbered where it is taken. */
async function chooseLabel(
  deps: Deps,
  userId: string,
  wish: { venue: Venue; label: string | undefined },
): Promise<string> {
  const keys = await listExchangeKeys(deps.db, userId);
  const taken = new Set(keys.filter((key) => key.exchange === wish.venue.id).map((key) => key.label));
  if (wish.label !== undefined) {
    if (taken.has(wish.label)) throw labelTaken(wish.venue, wish.label);
    return wish.label;
  }
  let label = wish.venue.name;
  for (let number = 2; taken.has(label); number++) label = `${wish.venue.name} ${String(number)}`;
  return label;
}

function labelTaken(venue: Venue, label: string): AppError {
  const message = `You have a ${venue.name} key labelled "${label}". Choose another label.`;
  return new AppError('conflict', message, { errors: [{ path: 'label', message }] });
}

async function tryKey(deps: Deps, venue: Venue, input: AddKeyInput): Promise<Trial> {
  try {
    return await within(TRIAL_LIMIT_MS, askExchangeAboutKey(deps, venue, input));
  } catch (error) {
    if (error instanceof DeadlineError) return { permissions: null, wasReached: false };
    if (!(error instanceof ExchangeError)) throw error;
    if (error.kind !== 'auth' && error.kind !== 'rejected') return { permissions: null, wasReached: false };
    throw refuseField('api_key', `${venue.name} refused this key: ${error.message}`);
  }
}

/** The balance proves that the key works; what else it may do not every exchange says. */
async function askExchangeAboutKey(deps: Deps, venue: Venue, input: AddKeyInput): Promise<Trial> {
  const { api_key: apiKey, api_secret: apiSecret, passphrase } = input;
  const credentials = { apiKey, apiSecret, ...(passphrase === undefined ? {} : { passphrase }) };
  const account = deps.accountWith(venue.id, credentials, input.sandbox ?? false);
  await account.fetchBalances();
  try {
    return { permissions: await account.fetchPermissions(), wasReached: true };
  } catch (error) {
    if (error instanceof ExchangeError) return { permissions: null, wasReached: true };
    throw error;
  }
}

/** Nothing of a key that is hardly longer than its hint. */
function hintOf(apiKey: string): string {
  return apiKey.length >= 2 * HINT_LENGTH ? apiKey.slice(-HINT_LENGTH) : '';
}

function warningOf(key: ExchangeKey): string | null {
  if (key.checkedAtMs === null)
    return `${venueName(key.exchange)} could not be asked about this key yet, so it is not known to work.`;
  if (key.permissions?.withdraw)
    return 'This key may withdraw money. Nothing here needs that: replace it by one that may only read and trade.';
  if (key.permissions && !key.permissions.trade)
    return 'This key may not trade: a live bot needs one that may.';
  return null;
}

function toView(key: ExchangeKey, activeBots: number): ExchangeKeyView {
  const { id, exchange, label, keyHint, permissions, sandbox } = key;
  return {
    id,
    exchange,
    exchangeName: venueName(exchange),
    label,
    keyHint,
    permissions,
    sandbox,
    createdAt: new Date(key.createdAtMs).toISOString(),
    checkedAt: key.checkedAtMs === null ? null : new Date(key.checkedAtMs).toISOString(),
    warning: warningOf(key),
    activeBots,
  };
}

/** Returns a user's keys, by exchange and label; nothing of them is secret. */
export async function listKeys(deps: Deps, userId: string): Promise<ExchangeKeyView[]> {
  const keys = await listExchangeKeys(deps.db, userId);
  const bots = await countActiveBotsByKey(deps.db, userId);
  return keys.map((key) => toView(key, bots.get(key.id) ?? 0));
}

/** Returns one key; throws 404. */
export async function getKey(deps: Deps, userId: string, keyId: string): Promise<ExchangeKeyView> {
  const id = requireId(keyId, 'account');
  const key = (await listKeys(deps, userId)).find((each) => each.id === id);
  if (!key) throw notFound('account');
  return key;
}

/** Deletes a key and its secrets. Throws 404, or 409 while a bot that is not stopped uses it. */
export async function deleteKey(deps: Deps, userId: string, keyId: string): Promise<void> {
  const id = requireId(keyId, 'exchange key');
  await deps.db.transaction(async (tx) => {
    const key = await lockExchangeKey(tx, userId, id);
    if (!key) throw notFound('exchange key');
    const bots = (await countActiveBotsByKey(tx, userId)).get(id) ?? 0;
    if (bots > 0) {
      const who = bots === 1 ? 'A bot trades' : `${String(bots)} bots trade`;
      throw new AppError('conflict', `${who} with this key. Stop ${bots === 1 ? 'it' : 'them'} first.`);
    }
    await deleteExchangeKey(tx, userId, id);
  });
}
