import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ourRoot = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(ourRoot, 'node_modules/.cache/shuling-child');
const made = new Map<string, Promise<string>>();

/**
 * 编好的程序 — one file to start a child process with, as `npm start` makes it, made once by each process that asks.
 * @param entry path of the program's first file
 * @param root of the tree that it belongs to: another version is built by its own hand
 */
export function builtProgram(entry: string, root = ourRoot): Promise<string> {
  const making = made.get(entry) ?? make(entry, root);
  made.set(entry, making);
  return making;
}

async function make(entry: string, root: string): Promise<string> {
  const { buildProgram } = (await import(pathToFileURL(join(root, 'src/build-program.mjs')).href)) as {
    buildProgram: (entry: string, outfile: string) => Promise<void>;
  };
  const outfile = join(folder, `${basename(entry, '.ts')}-${process.pid}-${made.size}.mjs`);
  process.once('exit', () => {
    for (const path of [outfile, `${outfile}.map`]) rmSync(path, { force: true });
  });
  await buildProgram(entry, outfile);
  return outfile;
}
