import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'start-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

function start(env: Record<string, string>): Promise<{ code: number | null; errors: string[] }> {
  const child = spawn(process.execPath, ['scripts/start.ts'], {
    env: { ...process.env, NODE_ENV: 'test', ROLE: 'jobs', PORT: '0', DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ code, errors: errors.trim().split('\n') });
    });
  });
}

describe('a start that cannot be', () => {
  it('says in one line that the database does not answer, without its password', async () => {
    const { code, errors } = await start({ DATABASE_URL: 'postgres://bot:hunter2@127.0.0.1:1/bots' });
    expect(code).toBe(1);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(
      /^DATABASE_URL: cannot use the database bots at 127\.0\.0\.1:1: .*ECONNREFUSED/,
    );
    expect(errors[0]).not.toContain('hunter2');
  });

  it('says in one line that the key is malformed or of the wrong length, without showing it', async () => {
    for (const key of ['hunter2', Buffer.from('hunter2').toString('base64')]) {
      const { code, errors } = await start({ ENCRYPTION_KEY: key });
      expect(code).toBe(1);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatch(
        /^ENCRYPTION_KEY: found a value of \d+ characters \(not shown\).*; set base64 of 32 bytes/,
      );
      expect(errors[0]).not.toContain(key);
    }
  });
});
