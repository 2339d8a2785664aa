import { createHmac } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NotifyError } from '../../../jobs/notify/errors.ts';
import type { ChannelConfig } from '../../../jobs/notify/channel.ts';
import { createNotifier, type NotifierOptions } from '../../../jobs/notify/notifier.ts';
import { isPublicAddress } from '../../../jobs/notify/public-address.ts';
import { startHttpSink, type HttpSink } from '../../support/http-sink.ts';
import { startSmtpSink, type SmtpSink } from '../../support/smtp-sink.ts';

const NOW_MS = Date.UTC(2030, 0, 1, 14, 2, 7);
const MESSAGE = {
  alertId: '7',
  code: 'bot-error',
  title: 'NEAR breakout needs a look',
  detail: 'The exchange refused to buy 2 of NEAR/USDT: too little — 3 USDT.',
  botRunId: '5b0c7e0e-7a0e-4a43-9c0e-0a1f5a8c7a11',
  botName: 'NEAR breakout',
  createdAtMs: NOW_MS,
};
const TOKEN = '123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr';

let http: HttpSink;
let smtp: SmtpSink;

beforeAll(async () => {
  [http, smtp] = await Promise.all([startHttpSink(), startSmtpSink()]);
});

beforeEach(() => {
  http.posts.length = 0;
  http.answerWith(200);
  smtp.refuseWith(undefined);
});

afterAll(async () => {
  await Promise.all([http.stop(), smtp.stop()]);
});

const notifier = (options: Partial<NotifierOptions> = {}) =>
  createNotifier({
    clock: { now: () => NOW_MS },
    origin: 'https://bots.example.org',
    mayReachPrivate: true,
    telegramApi: http.url,
    smtpUrl: smtp.url,
    ...options,
  });

async function failureOf(
  config: ChannelConfig,
  options: Partial<NotifierOptions> = {},
): Promise<NotifyError> {
  const outcome: unknown = await notifier(options)
    .send(config, MESSAGE)
    .catch((error: unknown) => error);
  if (outcome instanceof NotifyError) return outcome;
  throw new Error(`Expected a NotifyError, got ${String(outcome)}`);
}

const webhook = (url: string): ChannelConfig => ({ kind: 'webhook', url, secret: 'signing-secret' });
const telegram: ChannelConfig = { kind: 'telegram', botToken: TOKEN, chatId: '42' };
const email: ChannelConfig = { kind: 'email', address: 'owner@example.org' };

describe('a webhook', () => {
  it('gets the alert as JSON, signed with the channel’s secret', async () => {
    await notifier().send(webhook(`${http.url}/hook`), MESSAGE);
    const [post] = http.posts;
    expect(post?.path).toBe('/hook');
    expect(JSON.parse(post?.body ?? '')).toEqual({
      id: '7',
      code: 'bot-error',
      title: MESSAGE.title,
      detail: MESSAGE.detail,
      bot_run_id: MESSAGE.botRunId,
      bot_name: 'NEAR breakout',
      created_at: '2030-01-01T14:02:07.000Z',
      link: `https://bots.example.org/bots/${MESSAGE.botRunId}`,
    });
    const timestamp = String(NOW_MS / 1_000);
    const expected = createHmac('sha256', 'signing-secret').update(`${timestamp}.${post?.body ?? ''}`);
    expect(post?.headers['x-webhook-timestamp']).toBe(timestamp);
    expect(post?.headers['x-webhook-signature']).toBe(`sha256=${expected.digest('hex')}`);
  });

  it.each([
    '127.0.0.1',
    '[::1]',
    '10.1.2.3',
    '169.254.169.254',
    '[::ffff:127.0.0.1]',
    'localhost',
    '2130706433',
  ])('does not reach %s unless the operator allows private addresses', async (host) => {
    const { port } = new URL(http.url);
    const failure = await failureOf(webhook(`http://${host}:${port}/`), { mayReachPrivate: false });
    expect(failure).toMatchObject({
      isFinal: true,
      message: expect.stringContaining('private network') as string,
    });
    expect(http.posts).toEqual([]);
  });

  it('does not follow a redirect', async () => {
    http.answerWith(302, { Location: `${http.url}/elsewhere` });
    expect(await failureOf(webhook(`${http.url}/hook`))).toMatchObject({ isFinal: true });
    expect(http.posts.map((post) => post.path)).toEqual(['/hook']);
  });

  it('is tried again after a server fault, and not after a refusal', async () => {
    http.answerWith(503);
    expect((await failureOf(webhook(http.url))).isFinal).toBe(false);
    http.answerWith(410);
    expect((await failureOf(webhook(http.url))).isFinal).toBe(true);
  });

  it('is given up after 5 s of silence', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const failure = await failureOf(webhook(`http://127.0.0.1:${String(port)}/`));
    silent.close();
    expect(failure.message).toContain('did not answer within 5 s');
    expect(failure.isFinal).toBe(false);
  }, 10_000);
});

describe('Telegram', () => {
  it('gets the alert as plain text', async () => {
    await notifier().send(telegram, MESSAGE);
    expect(http.posts[0]?.path).toBe(`/bot${TOKEN}/sendMessage`);
    const body = JSON.parse(http.posts[0]?.body ?? '') as { chat_id: string; text: string };
    expect(body.chat_id).toBe('42');
    expect(body.text).toContain(`${MESSAGE.title}\n\n${MESSAGE.detail}\n\n2030-01-01 14:02 UTC`);
  });

  it('says what to do about a wrong token or chat, and asks again when told to wait', async () => {
    http.answerWith(401);
    expect(await failureOf(telegram)).toMatchObject({
      isFinal: true,
      message: 'Telegram does not know this bot token.',
    });
    http.answerWith(403);
    expect((await failureOf(telegram)).message).toContain('Send the bot a message first');
    http.answerWith(429);
    expect((await failureOf(telegram)).isFinal).toBe(false);
  });

  it('shows no token when it cannot be reached', async () => {
    const failure = await failureOf(telegram, { telegramApi: 'http://127.0.0.1:1' });
    expect(failure).toMatchObject({ isFinal: false });
    expect(`${failure.message} ${String(failure.stack)} ${String(failure.cause)}`).not.toContain(TOKEN);
  });
});

describe('e-mail', () => {
  it('goes to the address by the server’s mail server', async () => {
    await notifier().send(email, MESSAGE);
    const [mail] = smtp.mails;
    expect(mail?.to).toContain('<owner@example.org>');
    expect(mail?.from).toContain('<bots@example.org>');
    expect(mail?.data).toContain('Subject: NEAR breakout needs a look');
    expect(mail?.data.replace(/=\n/g, '')).toContain('The exchange refused to buy 2 of NEAR/USDT');
  });

  it('says so where the server has no mail server', async () => {
    expect(await failureOf(email, { smtpUrl: undefined })).toMatchObject({
      isFinal: true,
      message: expect.stringContaining('SMTP_URL') as string,
    });
  });

  it('is tried again after a temporary refusal, and not after a final one', async () => {
    smtp.refuseWith(451);
    expect((await failureOf(email)).isFinal).toBe(false);
    smtp.refuseWith(550);
    expect((await failureOf(email)).isFinal).toBe(true);
  });

  it('does not show the password of a mail server that cannot be reached', async () => {
    const failure = await failureOf(email, { smtpUrl: 'smtp://user:hunter2hunter2@127.0.0.1:1' });
    expect(failure.message).toContain('it cannot be reached');
    expect(`${failure.message} ${String(failure.stack)}`).not.toContain('hunter2');
  });
});

describe('isPublicAddress', () => {
  it.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111'])('knows %s as public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '100.64.0.1',
    '192.168.1.1',
    '172.31.0.1',
    '255.255.255.255',
    'fd00::1',
    'fe80::1',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    'no address',
  ])('knows %s as not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
