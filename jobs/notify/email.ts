import { createTransport } from 'nodemailer';
import { failureCode, NotifyError, sayFailure } from './errors.ts';
import { toText } from './message.ts';
import type { AlertMessage } from './channel.ts';

const TIMEOUT_MS = 5_000;

type Email = { smtpUrl: string | undefined; to: string; message: AlertMessage; link: string | null };

/** Hands a message to the mail server. */
export async function sendEmail({ smtpUrl, to, message, link }: Email): Promise<void> {
  if (smtpUrl === undefined)
    throw new NotifyError('This server has no mail server: its operator sets SMTP_URL.', { isFinal: true });
  const transport = createTransport(toOptions(smtpUrl));
  try {
    await transport.sendMail({
      from: { name: 'Auto Bot Trader', address: senderOf(smtpUrl) },
      to: { name: '', address: to },
      subject: message.title,
      text: toText(message, link),
    });
  } catch (error) {
    throw toNotifyError(error);
  } finally {
    transport.close();
  }
}

function toOptions(smtpUrl: string) {
  const url = new URL(smtpUrl);
  const isTls = url.protocol === 'smtps:';
  const user = decodeURIComponent(url.username);
  return {
    host: url.hostname,
    port: url.port === '' ? (isTls ? 465 : 587) : Number(url.port),
    secure: isTls,
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    dnsTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function senderOf(smtpUrl: string): string {
  const url = new URL(smtpUrl);
  const user = decodeURIComponent(url.username);
  return url.searchParams.get('from') ?? (user.includes('@') ? user : `auto-bot-trader@${url.hostname}`);
}

/** The server's own words may repeat what we said to it, the password included: only its status is passed on. */
function toNotifyError(error: unknown): NotifyError {
  const status =
    error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'
      ? error.responseCode
      : undefined;
  const code = failureCode(error);
  if (code === 'EAUTH')
    return new NotifyError('The mail server refused our user or password (SMTP_URL).', { isFinal: true });
  if (status !== undefined) {
    const words = `The mail server refused the message (status ${String(status)}).`;
    return new NotifyError(words, { isFinal: status >= 500 });
  }
  if (code === 'ETIMEDOUT')
    return new NotifyError('The mail server did not answer within 5 s.', { isFinal: false });
  return new NotifyError(`The mail server could not be used: ${sayFailure(error)}.`, { isFinal: false });
}
