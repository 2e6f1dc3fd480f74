import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('../../node_modules/.cache/shuling-child', import.meta.url));
const made = new Map<string, Promise<string>>();

/**
 * 编好的程序 — one file to start a child process with, made once by each process that asks. Compiling hundreds of files anew at each start
 * took five of the seven seconds of processor time that a start costs; what is tested is being killed and coming back, not that.
 * @param entry path of the program's first file
 */
export function builtProgram(entry: string): Promise<string> {
  const making = made.get(entry) ?? make(entry);
  made.set(entry, making);
  return making;
}

async function make(entry: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${basename(entry, '.ts')}-${process.pid}.mjs`);
  process.once('exit', () => rmSync(outfile, { force: true }));
  // 各文件旁边的东西（迁移、网页、花名册）还在各文件旁边找。
  const placed = {
    name: 'placed',
    setup: ({ onLoad }: import('esbuild').PluginBuild) =>
      onLoad({ filter: /\.ts$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
        loader: 'ts',
      })),
  };
  await build({
    ...{ entryPoints: [entry], outfile, bundle: true, packages: 'external', format: 'esm', platform: 'node', target: 'node20' },
    ...{ sourcemap: 'inline', logLevel: 'silent', plugins: [placed] },
  });
  return outfile;
}
