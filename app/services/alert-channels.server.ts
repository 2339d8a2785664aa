import { randomBytes, randomUUID } from 'node:crypto';
import {
  deleteAlertChannel,
  findAlertChannel,
  insertAlertChannel,
  listAlertChannels,
  noteChannelOutcome,
  updateAlertChannel,
  type AlertChannel,
} from '../../db/queries/alert-channels.ts';
import type { Deps } from '../../jobs/deps.ts';
import { openChannel, sealChannel } from '../../jobs/notify/channel-seal.ts';
import { NotifyError } from '../../jobs/notify/errors.ts';
import type { ChannelConfig } from '../../jobs/notify/channel.ts';
import { DEFAULT_TOPICS, TOPIC_NAMES, TOPICS } from '../../jobs/notify/topics.ts';
import type { AddChannelInput, UpdateChannelInput } from '../schemas/alert-channels.ts';
import type { ChannelView, TopicView } from '../schemas/alert-views.ts';
import { AppError, refuseField } from './app-error.ts';
import { isoOrNull } from './bot-views.ts';
import { notFound, requireId } from './ids.ts';
import { limitTestMessages } from './rate-limits.server.ts';

const CHANNELS_PER_USER = 20;
const SECRET_BYTES = 32;

/**
 * Stores a channel, sealed. Returns it, and a webhook's signing secret: shown this once, it cannot be read again.
 * A repeated label is 409.
 */
export async function addChannel(
  deps: Deps,
  userId: string,
  input: AddChannelInput,
): Promise<{ channel: ChannelView; secret: string | null }> {
  const stored = await listAlertChannels(deps.db, userId);
  if (stored.length >= CHANNELS_PER_USER)
    throw new AppError('conflict', `You have ${String(CHANNELS_PER_USER)} channels. Delete one first.`);
  const config = toConfig(input);
  const target = targetOf(config);
  const label = input.label ?? freeLabel(KIND_NAMES[input.kind], stored);
  const id = randomUUID();
  const channel = await insertAlertChannel(deps.db, {
    id,
    userId,
    kind: input.kind,
    label,
    target,
    topics: chosenTopics(input.topic),
    config: sealChannel(deps.vault, { id, userId }, config),
  });
  if (!channel) throw labelTaken(label);
  return { channel: toView(channel), secret: config.kind === 'webhook' ? config.secret : null };
}

const KIND_NAMES = { email: 'E-mail', telegram: 'Telegram', webhook: 'Webhook' } as const;

function toConfig(input: AddChannelInput): ChannelConfig {
  if (input.kind === 'email') return { kind: 'email', address: input.address };
  if (input.kind === 'telegram')
    return { kind: 'telegram', botToken: input.bot_token, chatId: input.chat_id };
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { kind: 'webhook', url: new URL(input.url).href, secret };
}

/** What may be shown: the path of a webhook often holds a token. */
function targetOf(config: ChannelConfig): string {
  if (config.kind === 'email') return config.address;
  if (config.kind === 'telegram') return `chat ${config.chatId}`;
  return new URL(config.url).host;
}

function freeLabel(name: string, stored: AlertChannel[]): string {
  const taken = new Set(stored.map((channel) => channel.label));
  let label = name;
  for (let number = 2; taken.has(label); number++) label = `${name} ${String(number)}`;
  return label;
}

function labelTaken(label: string): AppError {
  return refuseField('label', `You have a channel labelled "${label}". Choose another label.`);
}

function chosenTopics(ticked: Record<string, boolean> | undefined): string[] {
  return TOPIC_NAMES.filter((name) => ticked?.[name] === true);
}

/** Returns a user's channels, by label; nothing of them is secret. */
export async function listChannels(deps: Deps, userId: string): Promise<ChannelView[]> {
  return (await listAlertChannels(deps.db, userId)).map(toView);
}

/** Returns what a channel can be asked to send. */
export function listTopics(): TopicView[] {
  return TOPIC_NAMES.map((name) => ({ name, ...TOPICS[name], isDefault: DEFAULT_TOPICS.includes(name) }));
}

/** Changes what goes out by a channel. Throws 404. */
export async function changeChannel(deps: Deps, userId: string, input: UpdateChannelInput): Promise<void> {
  const id = requireId(input.channel_id, 'channel');
  const change = { topics: chosenTopics(input.topic), isOn: input.is_on ?? false };
  if (!(await updateAlertChannel(deps.db, { userId, id }, change))) throw notFound('channel');
}

/** Deletes a channel and what was waiting to go out by it. Throws 404. */
export async function deleteChannel(deps: Deps, userId: string, channelId: string): Promise<void> {
  if (!(await deleteAlertChannel(deps.db, userId, requireId(channelId, 'channel'))))
    throw notFound('channel');
}

/** Sends a test message now, and returns how that went; at most ten in ten minutes. Throws 404, 429. */
export async function testChannel(
  deps: Deps,
  userId: string,
  channelId: string,
): Promise<{ label: string; failure: string | null }> {
  const channel = await findAlertChannel(deps.db, userId, requireId(channelId, 'channel'));
  if (!channel) throw notFound('channel');
  await limitTestMessages(deps.db, userId);
  const failure = await trySend(deps, channel);
  await noteChannelOutcome(deps.db, channel.id, { error: failure, atMs: deps.clock.now() });
  return { label: channel.label, failure };
}

async function trySend(deps: Deps, channel: AlertChannel): Promise<string | null> {
  try {
    await deps.notifier.send(openChannel(deps.vault, channel), {
      alertId: null,
      code: 'test',
      title: 'Test message from Auto Bot Trader',
      detail: `Alerts that you choose for "${channel.label}" arrive here.`,
      botRunId: null,
      botName: null,
      createdAtMs: deps.clock.now(),
    });
    return null;
  } catch (error) {
    if (error instanceof NotifyError) return error.message;
    throw error;
  }
}

function toView(channel: AlertChannel): ChannelView {
  const { id, kind, label, target, topics, isOn, lastSentAtMs, lastFailureAtMs, lastFailure } = channel;
  const at = isoOrNull(lastFailureAtMs);
  const isNewest = lastFailureAtMs !== null && lastFailureAtMs >= (lastSentAtMs ?? 0);
  return {
    id,
    kind,
    label,
    target,
    topics,
    isOn,
    lastSentAt: isoOrNull(lastSentAtMs),
    failure: isNewest && at !== null && lastFailure !== null ? { at, message: lastFailure } : null,
  };
}
