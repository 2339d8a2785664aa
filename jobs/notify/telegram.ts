import { NotifyError, sayFailure } from './errors.ts';
import { toText } from './message.ts';
import type { AlertMessage, ChannelConfig } from './channel.ts';

export const TELEGRAM_API = 'https://api.telegram.org';
const TIMEOUT_MS = 5_000;

type Post = {
  api: string;
  config: Extract<ChannelConfig, { kind: 'telegram' }>;
  message: AlertMessage;
  link: string | null;
};

/** Sends a message as the owner's own bot at Telegram. */
export async function sendTelegram({ api, config, message, link }: Post): Promise<void> {
  const status = await post(`${api}/bot${config.botToken}/sendMessage`, {
    chat_id: config.chatId,
    text: `${message.title}\n\n${toText(message, link)}`,
    link_preview_options: { is_disabled: true },
  });
  if (status < 300) return;
  const isFinal = status < 500 && status !== 429 && status !== 408;
  throw new NotifyError(sayRefusal(status), { isFinal });
}

/** The address holds the bot's token, so no error of the request itself is passed on. */
async function post(url: string, body: object): Promise<number> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    throw new NotifyError(`Telegram could not be reached: ${sayFailure(error)}.`, { isFinal: false });
  }
}

function sayRefusal(status: number): string {
  if (status === 401 || status === 404) return 'Telegram does not know this bot token.';
  if (status === 400) return 'Telegram does not know this chat id. Send the bot a message first.';
  if (status === 403)
    return 'Telegram lets the bot write to this chat no more. Send the bot a message first.';
  if (status === 429) return 'Telegram asks us to wait.';
  return `Telegram refused the message (status ${String(status)}).`;
}
