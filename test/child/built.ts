import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../node_modules/.cache/shuling-child', import.meta.url));
const builder = new URL('../../src/build-program.mjs', import.meta.url).href;
const made = new Map<string, Promise<string>>();

/**
 * 编好的程序 — one file to start a child process with, as `npm start` makes it, made once by each process that asks.
 * @param entry path of the program's first file
 */
export function builtProgram(entry: string): Promise<string> {
  const making = made.get(entry) ?? make(entry);
  made.set(entry, making);
  return making;
}

async function make(entry: string): Promise<string> {
  const { buildProgram } = (await import(builder)) as { buildProgram: (entry: string, outfile: string) => Promise<void> };
  const outfile = join(folder, `${basename(entry, '.ts')}-${process.pid}.mjs`);
  process.once('exit', () => {
    for (const path of [outfile, `${outfile}.map`]) rmSync(path, { force: true });
  });
  await buildProgram(entry, outfile);
  return outfile;
}
