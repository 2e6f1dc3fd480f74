import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** 跑过的测试 */
export interface Ran {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** what was printed */
  readonly said: string;
}

interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly { readonly title: string; readonly status: string }[] }[];
}

const killAfterMs = 900_000;

/** 跑几条测试 — in a project folder, in a process of its own. */
export async function runTests(root: string, { files, names }: { files: readonly string[]; names: readonly string[] }): Promise<Ran> {
  const report = join(root, 'sabotage-report.json');
  rmSync(report, { force: true });
  const pattern = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const child = spawn(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', ...files, '-t', pattern, '--reporter=json', `--outputFile=${report}`, '--no-cache'],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: killAfterMs, env: { ...process.env, NO_COLOR: '1' } },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  await once(child, 'close');
  if (!existsSync(report)) return { passed: [], failed: [], said };
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const of = (wanted: string): string[] => all.filter(({ status }) => status === wanted).map(({ title }) => title);
  return { passed: of('passed'), failed: of('failed'), said };
}
