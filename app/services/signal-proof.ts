import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Returns whether a text is the secret, in a time that says nothing of either. */
export function isSameSecret(given: unknown, secret: string): boolean {
  const text = typeof given === 'string' ? given : '';
  return timingSafeEqual(digest(text), digest(secret));
}

export type Signed = {
  body: Uint8Array;
  /** The header's text: 64 hexadecimal digits, with or without `sha256=` before them. */
  signature: string | null;
  /** Where it is given, it is signed too: before the body, with a full stop between them. */
  timestamp: string | null;
};

const SIGNATURE = /^(?:sha256=)?([0-9a-f]{64})$/i;

/** Returns the HMAC-SHA256 of a message, in hexadecimal digits. */
export function signMessage({ body, timestamp }: Omit<Signed, 'signature'>, secret: string): string {
  const hmac = createHmac('sha256', secret);
  if (timestamp !== null) hmac.update(`${timestamp}.`);
  return hmac.update(body).digest('hex');
}

/** Returns whether a message is signed with the secret, in a time that says nothing of the right signature. */
export function isSigned({ signature, ...message }: Signed, secret: string): boolean {
  const [, hex] = SIGNATURE.exec(signature?.trim() ?? '') ?? [];
  const given = Buffer.from(hex ?? '0'.repeat(64), 'hex');
  const isEqual = timingSafeEqual(given, Buffer.from(signMessage(message, secret), 'hex'));
  return isEqual && hex !== undefined;
}
