import { link, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

async function readSecret(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Returns the secret kept in `file`, made on first use and readable by its owner alone (mode 0600). Of several processes
 * that make it at once, all return the same.
 */
export async function keepSecret(file: string, make: () => string): Promise<string> {
  const kept = await readSecret(file);
  if (kept !== undefined) return kept;
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${String(process.pid)}`);
  await writeFile(draft, `${make()}\n`, { mode: 0o600, flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return keepSecret(file, make);
}
