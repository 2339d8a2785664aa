import type { AlertMessage } from './channel.ts';

const two = (n: number) => String(n).padStart(2, '0');

function clockOf(timeMs: number): string {
  const at = new Date(timeMs);
  return `${at.toISOString().slice(0, 10)} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())} UTC`;
}

/** Returns a message as plain text: what happened, when, and where to look. */
export function toText(message: AlertMessage, link: string | null): string {
  const lines = [message.detail, '', clockOf(message.createdAtMs)];
  return link === null ? lines.join('\n') : [...lines, link].join('\n');
}
