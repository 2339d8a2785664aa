import type { AlertMessage, ChannelConfig } from './channel.ts';
import { sendEmail } from './email.ts';
import { sendTelegram, TELEGRAM_API } from './telegram.ts';
import { postWebhook } from './webhook.ts';

export type Notifier = {
  /** Whether this server has a mail server to hand messages to. */
  hasEmail: boolean;
  /** Resolves once the receiver has taken the message. Throws `NotifyError`. Takes 10 s at most. */
  send(config: ChannelConfig, message: AlertMessage): Promise<void>;
};

export type NotifierOptions = {
  clock: { now(): number };
  smtpUrl?: string | undefined;
  /** Lets webhooks reach this machine and private networks. */
  mayReachPrivate?: boolean | undefined;
  /** The public address of the pages, for links. */
  origin?: string | undefined;
  /** Stands in for Telegram's own address. */
  telegramApi?: string | undefined;
};

/** Returns what sends alerts; nothing connects before the first message. */
export function createNotifier(options: NotifierOptions): Notifier {
  const { clock, smtpUrl, origin, mayReachPrivate = false, telegramApi = TELEGRAM_API } = options;
  const linkOf = ({ botRunId }: AlertMessage) =>
    origin === undefined || botRunId === null ? null : `${origin}/bots/${botRunId}`;
  return {
    hasEmail: smtpUrl !== undefined,
    async send(config, message) {
      const link = linkOf(message);
      if (config.kind === 'email') return sendEmail({ smtpUrl, to: config.address, message, link });
      if (config.kind === 'telegram') return sendTelegram({ api: telegramApi, config, message, link });
      return postWebhook({ config, message, link, mayReachPrivate, nowMs: clock.now() });
    },
  };
}
