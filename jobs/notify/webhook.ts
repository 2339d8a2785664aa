import { createHmac } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { NotifyError, sayFailure } from './errors.ts';
import type { AlertMessage, ChannelConfig } from './channel.ts';
import { lookupPublic, requirePublicHost } from './public-address.ts';

const TIMEOUT_MS = 5_000;

type Post = {
  config: Extract<ChannelConfig, { kind: 'webhook' }>;
  message: AlertMessage;
  link: string | null;
  mayReachPrivate: boolean;
  nowMs: number;
};

/**
 * Posts a message as JSON. `X-Webhook-Signature` is `sha256=` and the hex HMAC-SHA256, by the channel's secret, of
 * `X-Webhook-Timestamp` (seconds), a full stop and the body. Redirects are not followed.
 */
export async function postWebhook(post: Post): Promise<void> {
  const { config, message, link, mayReachPrivate, nowMs } = post;
  const url = new URL(config.url);
  if (!mayReachPrivate) requirePublicHost(url.hostname);
  const body = JSON.stringify({
    id: message.alertId,
    code: message.code,
    title: message.title,
    detail: message.detail,
    bot_run_id: message.botRunId,
    bot_name: message.botName,
    created_at: new Date(message.createdAtMs).toISOString(),
    link,
  });
  const status = await send({ url, mayReachPrivate, body, headers: sign(config.secret, body, nowMs) });
  if (status >= 200 && status < 300) return;
  const isFinal = status < 500 && status !== 429 && status !== 408;
  const words = status < 400 ? 'points elsewhere, which is not followed' : 'refused the message';
  throw new NotifyError(`${url.host} ${words} (status ${String(status)}).`, { isFinal });
}

function sign(secret: string, body: string, nowMs: number): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'X-Webhook-Timestamp': timestamp, 'X-Webhook-Signature': `sha256=${signature}` };
}

type Sent = { url: URL; body: string; headers: Record<string, string>; mayReachPrivate: boolean };

/** Resolves with the status; the reply's body is not read. */
function send({ url, body, headers, mayReachPrivate }: Sent): Promise<number> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: 'POST',
      agent: false,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        'User-Agent': 'auto-bot-trader',
        ...headers,
      },
      ...(mayReachPrivate ? {} : { lookup: lookupPublic }),
    });
    outgoing.once('response', (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    outgoing.once('error', (error) => {
      const words = `${url.host} could not be reached: ${sayFailure(error)}.`;
      reject(error instanceof NotifyError ? error : new NotifyError(words, { isFinal: false }));
    });
    outgoing.end(body);
  });
}
