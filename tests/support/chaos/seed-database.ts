import { botRuns, strategies } from '../../../db/schema/bots.ts';
import { exchangeKeys } from '../../../db/schema/exchange-keys.ts';
import { users } from '../../../db/schema/users.ts';
import type { Db } from '../../../db/client.ts';
import { makeSecret } from '../../../app/services/webhook-secret.ts';
import { insertWebhook } from '../../../db/queries/webhooks.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { WEBHOOK } from '../../../jobs/trading/strategies/webhook.ts';
import { createVault } from '../../../jobs/vault.ts';
import type { ChaosAccount, ChaosBot, ChaosWorld } from './world.ts';

/** Stores the owner, the keys and the running bots of a world. */
export async function seedDatabase(db: Db, world: ChaosWorld, encryptionKey: string): Promise<void> {
  const vault = createVault({ current: Buffer.from(encryptionKey, 'base64'), retired: [] });
  const { userId } = world;
  await db.insert(users).values({ id: userId, email: 'chaos@example.org', passwordHash: 'none' });
  const names = [...new Set(world.bots.map(({ strategy }) => strategy))];
  await db.insert(strategies).values(names.map((name) => ({ name, description: name })));
  for (const account of world.accounts) await insertKey(db, { vault, userId, account });
  for (const bot of world.bots) await insertBot(db, world, bot);
  for (const bot of world.bots.filter(({ strategy }) => strategy === WEBHOOK)) {
    const { id: botRunId, webhookId: id } = bot;
    await insertWebhook(db, { id, userId, botRunId, secret: makeSecret(vault, { id, userId }).sealed });
  }
}

type KeyParts = { vault: ReturnType<typeof createVault>; userId: string; account: ChaosAccount };

async function insertKey(db: Db, { vault, userId, account }: KeyParts): Promise<void> {
  const id = account.keyId;
  const seal = (plain: string, field: string) => vault.seal(plain, { owner: userId, row: id, field });
  const apiKey = seal(account.apiKey, 'api_key');
  const apiSecret = seal(account.secret, 'api_secret');
  await db.insert(exchangeKeys).values({
    id,
    userId,
    exchange: account.exchange,
    label: account.apiKey,
    keyHint: account.apiKey.slice(-4),
    encryptedApiKey: apiKey.encrypted,
    ivApiKey: apiKey.iv,
    encryptedApiSecret: apiSecret.encrypted,
    ivApiSecret: apiSecret.iv,
  });
}

async function insertBot(db: Db, world: ChaosWorld, bot: ChaosBot): Promise<void> {
  const [base = '', quote = ''] = bot.symbol.split('/');
  await db.insert(botRuns).values({
    id: bot.id,
    userId: world.userId,
    name: `${bot.account.apiKey} ${bot.symbol}`,
    strategy: bot.strategy,
    venue: bot.account.exchange,
    symbol: bot.symbol,
    base,
    quote,
    timeframe: '1m',
    mode: 'live',
    exchangeKeyId: bot.account.keyId,
    accountId: bot.account.keyId,
    parameters: bot.parameters,
    sizingType: 'quote_amount',
    sizingValue: money(bot.quoteAmount),
    risk: bot.risk,
    initialBalance: money('5000'),
    status: 'RUNNING',
    startedAt: new Date(world.startMs),
  });
}
