import { randomUUID } from 'node:crypto';
import type { Webhook } from '../../db/queries/webhooks.ts';
import type { Sealed, Vault } from '../../jobs/vault.ts';
import { createOpaqueToken } from './opaque-token.server.ts';

type Place = Pick<Webhook, 'id' | 'userId'>;

const at = ({ id, userId }: Place) => ({ owner: userId, row: id, field: 'secret' });

/** Makes a secret for a webhook: 256 random bits, and the same sealed. */
export function makeSecret(vault: Vault, webhook: Place): { secret: string; sealed: Sealed } {
  const secret = createOpaqueToken('whs_');
  return { secret, sealed: vault.seal(secret, at(webhook)) };
}

/** Opens a webhook's secret. Throws a VaultError where it does not open. */
export function openSecret(vault: Vault, webhook: Place & Pick<Webhook, 'secret'>): string {
  return vault.open(webhook.secret, at(webhook));
}

/** What an address that leads nowhere is compared with, so that it takes as long as one that does. */
const decoys = new WeakMap<Vault, Place & Pick<Webhook, 'secret'>>();

/** Returns a secret that nobody knows, in the time that opening one takes. */
export function openDecoy(vault: Vault): string {
  const place = { id: randomUUID(), userId: randomUUID() };
  const decoy = decoys.get(vault) ?? { ...place, secret: makeSecret(vault, place).sealed };
  decoys.set(vault, decoy);
  return openSecret(vault, decoy);
}
