// 拆除一处防护，看有没有测试变红：`npm run sabotage` 全做，`npm run sabotage -- seal lease` 只做这几处。
// 只在项目的副本里动手，工作区一个字不改。
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apply } from './apply.ts';
import { type Sabotage, sabotages } from './patches.ts';
import { runTests } from './run-tests.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const leftOut = new Set(['node_modules', '.git', 'data', 'coverage', 'screenshots']);

const names = process.argv.slice(2);
const unknown = names.filter((name) => !sabotages.some((sabotage) => sabotage.name === name));
if (unknown.length > 0) throw new Error(`没有“${unknown.join('”“')}”，可选：${sabotages.map(({ name }) => name).join('、')}`);
const wanted = sabotages.filter(({ name }) => names.length === 0 || names.includes(name));

const copy = mkdtempSync(join(tmpdir(), 'shuling-sabotage-'));
try {
  cpSync(root, copy, { recursive: true, filter: (path) => !leftOut.has(basename(path)) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const failed = await runAll(wanted);
  process.stdout.write(`\n拆除${wanted.length}处，${wanted.length - failed}处有测试变红，${failed}处没有。\n`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

async function runAll(list: readonly Sabotage[]): Promise<number> {
  const red: Sabotage[] = [];
  for (const sabotage of list) {
    const started = performance.now();
    const verdict = await tryOne(sabotage);
    if (verdict === null) red.push(sabotage);
    const seconds = ((performance.now() - started) / 1_000).toFixed(1).padStart(6);
    process.stdout.write(
      `${verdict === null ? '✓' : '✗'} ${seconds}秒  ${sabotage.name}  ${sabotage.guard}${verdict === null ? '' : `\n  ${verdict}`}\n`,
    );
  }
  // 一处也没有变红，就没有要再看的；不给文件名，跑的会是全部测试。
  if (red.length === 0) return list.length;
  process.stdout.write('再看没有拆的：变红的那些都应当是绿的……\n');
  const untouched = await runTests(copy, { files: [...new Set(red.map(({ test }) => test))], names: red.flatMap(namesOf) });
  const neverGreen = red.filter((sabotage) => !isAmong(sabotage, untouched.passed));
  for (const { name, test, turns } of neverGreen) process.stdout.write(`✗ ${name}  没有拆的时候也不是绿的：${test} ${turns}\n`);
  return list.length - red.length + neverGreen.length;
}

/** @returns null: red as it should be; else why that is not so */
async function tryOne(sabotage: Sabotage): Promise<string | null> {
  const undo = apply(sabotage, copy);
  try {
    const { passed, failed, said } = await runTests(copy, { files: [sabotage.test], names: namesOf(sabotage) });
    if (isAmong(sabotage, failed)) return null;
    return isAmong(sabotage, passed) ? `仍是绿的：${sabotage.test} ${sabotage.turns}` : `没有跑成，拆坏的是程序而不是防护：\n${said.slice(-2_000)}`;
  } finally {
    undo();
  }
}

function namesOf({ turns, after = [] }: Sabotage): string[] {
  return [...after, turns];
}

function isAmong({ turns }: Sabotage, names: readonly string[]): boolean {
  return names.some((name) => name.startsWith(turns));
}
