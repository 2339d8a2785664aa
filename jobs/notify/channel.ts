/** What one message says; nothing of it is secret. */
export type AlertMessage = {
  /** Names the alert for a receiver that wants to know repeated ones; a test message has none. */
  alertId: string | null;
  code: string;
  title: string;
  detail: string;
  botRunId: string | null;
  botName: string | null;
  createdAtMs: number;
};

/** Where messages go, in the clear: lives from the vault to the request, nowhere else. */
export type ChannelConfig =
  | { kind: 'email'; address: string }
  | { kind: 'telegram'; botToken: string; chatId: string }
  | { kind: 'webhook'; url: string; secret: string };
