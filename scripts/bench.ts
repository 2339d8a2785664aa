/** `npm run bench [-- NAME …]`: runs the benchmarks of scripts/bench, one file each. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Benchmark } from './measure.ts';

const FOLDER = path.join(import.meta.dirname, 'bench');
const wanted = process.argv.slice(2);

const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.ts')).sort();
for (const file of files) {
  if (wanted.length > 0 && !wanted.includes(path.basename(file, '.ts'))) continue;
  const { benchmark } = (await import(pathToFileURL(path.join(FOLDER, file)).href)) as {
    benchmark: Benchmark;
  };
  const { unit, ours, yardstick, notes = [] } = await benchmark.run();
  const ratio = (ours / yardstick).toFixed(2);
  console.log(benchmark.title);
  console.log(`  ${ours.toFixed(2)} ${unit}; yardstick ${yardstick.toFixed(2)} ${unit}; ratio ${ratio}`);
  for (const note of notes) console.log(`  ${note}`);
}
