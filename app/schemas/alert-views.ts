import type { AlertView } from './views.ts';

/** A way by which an owner hears of alerts; nothing of it is secret. */
export type ChannelView = {
  id: string;
  kind: 'email' | 'telegram' | 'webhook';
  label: string;
  /** An address, a chat, a host. */
  target: string;
  topics: string[];
  isOn: boolean;
  lastSentAt: string | null;
  /** The newest failure, if nothing was sent since. */
  failure: { at: string; message: string } | null;
};

export type TopicView = { name: string; title: string; hint: string; isDefault: boolean };

export type PastAlertView = AlertView & { endedAt: string; ending: 'over' | 'acknowledged' };
