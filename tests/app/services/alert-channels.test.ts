import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { action } from '../../../app/routes/_app.settings_.alerts.tsx';
import type { UserView } from '../../../app/schemas/views.ts';
import {
  addChannel,
  changeChannel,
  deleteChannel,
  listChannels,
  testChannel,
} from '../../../app/services/alert-channels.server.ts';
import { acknowledgeAlert, listAlertsOf } from '../../../app/services/alerts.server.ts';
import { addChannelInput } from '../../../app/schemas/alert-channels.ts';
import { alerts } from '../../../db/schema/reports.ts';
import { cookieOf, createUser, startWeb, type Web } from '../../support/web.ts';

let web: Web;
let owner: UserView;
let other: UserView;

beforeAll(async () => {
  web = await startWeb();
});

beforeEach(async () => {
  [owner, other] = await Promise.all([createUser(web), createUser(web)]);
});

afterAll(() => web.stop());

const HOOK = { kind: 'webhook', url: 'https://192.168.0.9/services/T0KEN-in-path' } as const;
const add = (userId = owner.id) => addChannel(web.deps, userId, addChannelInput.parse(HOOK));

describe('an alert channel', () => {
  it('keeps what leads to it sealed, and shows a webhook’s secret once', async () => {
    const { channel, secret } = await add();
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(channel).toMatchObject({ label: 'Webhook', target: '192.168.0.9', isOn: true });
    const rows = await web.database.sql`select * from alert_channels`;
    const seen = JSON.stringify([rows, await listChannels(web.deps, owner.id)]) + web.logged();
    expect(seen).not.toContain('T0KEN-in-path');
    expect(seen).not.toContain(secret);
  });

  it('is nobody else’s to see, change, test or delete', async () => {
    const { channel } = await add();
    expect(await listChannels(web.deps, other.id)).toEqual([]);
    const refused = { code: 'not_found' };
    const change = { channel_id: channel.id, is_on: false };
    await expect(changeChannel(web.deps, other.id, change)).rejects.toMatchObject(refused);
    await expect(testChannel(web.deps, other.id, channel.id)).rejects.toMatchObject(refused);
    await expect(deleteChannel(web.deps, other.id, channel.id)).rejects.toMatchObject(refused);
    expect(await listChannels(web.deps, owner.id)).toMatchObject([{ id: channel.id, isOn: true }]);
  });

  it('shows how its test went, and sends ten tests at most', async () => {
    const { channel } = await add();
    const tested = await testChannel(web.deps, owner.id, channel.id);
    expect(tested.failure).toContain('private network');
    const [shown] = await listChannels(web.deps, owner.id);
    expect(shown?.failure?.message).toBe(tested.failure);
    for (let n = 1; n < 10; n += 1) await testChannel(web.deps, owner.id, channel.id);
    await expect(testChannel(web.deps, owner.id, channel.id)).rejects.toMatchObject({ code: 'too_many' });
  });

  it('has a label of its own', async () => {
    const labels = [(await add()).channel.label, (await add()).channel.label];
    expect(labels).toEqual(['Webhook', 'Webhook 2']);
    const taken = addChannelInput.parse({ ...HOOK, label: 'Webhook' });
    await expect(addChannel(web.deps, owner.id, taken)).rejects.toMatchObject({ code: 'refused' });
  });

  it.each([
    { kind: 'webhook', url: 'ftp://example.org/' },
    { kind: 'webhook', url: 'https://user:pass@example.org/' },
    { kind: 'telegram', bot_token: '../../evil', chat_id: '1' },
    { kind: 'telegram', bot_token: `123456:${'a'.repeat(35)}`, chat_id: 'not a chat' },
    { kind: 'email', address: 'a@b.example\r\nBcc: all@example.org' },
    { kind: 'pigeon' },
  ])('is not made of %j', (input) => {
    expect(addChannelInput.safeParse(input).success).toBe(false);
  });

  it('is added, changed and deleted by the page’s forms', async () => {
    const headers = await cookieOf(web, owner);
    const post = (fields: Record<string, string>) => {
      const body = new URLSearchParams(fields);
      const request = new Request('http://localhost/settings/alerts', { method: 'POST', headers, body });
      return action({ request, context: web.context(), params: {} });
    };
    await post({ intent: 'add', kind: 'email', address: 'me@example.org', 'topic.halt': 'on' });
    const [made] = await listChannels(web.deps, owner.id);
    expect(made).toMatchObject({ kind: 'email', target: 'me@example.org', topics: ['halt'] });
    const channel = { channel_id: made?.id ?? '' };
    await post({ intent: 'change', ...channel, 'topic.fill': 'on' });
    expect(await listChannels(web.deps, owner.id)).toMatchObject([{ isOn: false, topics: ['fill'] }]);
    await post({ intent: 'delete', ...channel });
    expect(await listChannels(web.deps, owner.id)).toEqual([]);
  });
});

describe('an alert', () => {
  it('is open until its owner, and nobody else, acknowledges it', async () => {
    const [row] = await web.deps.db
      .insert(alerts)
      .values({ userId: owner.id, code: 'drift', title: 'T', detail: 'D' })
      .returning({ id: alerts.id });
    const id = String(row?.id);
    await expect(acknowledgeAlert(web.deps, other.id, id)).rejects.toMatchObject({ code: 'not_found' });
    expect((await listAlertsOf(web.deps, owner.id)).open).toMatchObject([{ id }]);
    await acknowledgeAlert(web.deps, owner.id, id);
    const { open, past } = await listAlertsOf(web.deps, owner.id);
    expect(open).toEqual([]);
    expect(past).toMatchObject([{ id, ending: 'acknowledged' }]);
    await expect(acknowledgeAlert(web.deps, owner.id, id)).rejects.toMatchObject({ code: 'not_found' });
  });
});
