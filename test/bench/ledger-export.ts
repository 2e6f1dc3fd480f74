import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { systemClock } from '#core/clock';
import { localDateOf } from '#core/dates';
import type { BenchOptions } from './main.ts';
import { memoryOf, startSubject, unpinSelf } from './processes.ts';
import { type BenchWorld, buildWorld } from './world.ts';

const program = fileURLToPath(new URL('../../src/start.mjs', import.meta.url));
const few = 10_000;
const many = 100_000;

/** 导出压测 — the export of 10 000 and of 100 000 rows, by the command line and in chat: the memory must not grow with the rows. */
export async function benchLedgerExport({ out }: BenchOptions): Promise<void> {
  unpinSelf();
  const world = await buildWorld(few + many);
  const folder = mkdtempSync(join(tmpdir(), 'shuling-bench-export-'));
  const client = new pg.Client({ connectionString: world.url });
  await client.connect();
  await client.query('UPDATE "WorkItem" SET year = 2025 WHERE number <= $1', [few]);
  await client.end();
  out('\n| 导出台账 | 用时 秒 | 每秒行数 | 内存峰值 MB | 文件 MB |\n|---|---|---|---|---|');
  for (const [year, rows] of [
    [2025, few],
    [2026, many],
  ] as const) {
    const file = join(folder, `${year}.xlsx`);
    const { seconds, peakMb } = await exporting(file, year, { DATABASE_URL: world.url, DATA_DIR: world.dataDir });
    const sizeMb = statSync(file).size / 1024 / 1024;
    out(`| ${rows} 行 | ${seconds.toFixed(1)} | ${Math.round(rows / seconds)} | ${peakMb} | ${sizeMb.toFixed(1)} |`);
  }
  await inChat(world, out);
  await world.close();
  rmSync(folder, { recursive: true, force: true });
}

/**
 * 单聊里的导出 — the whole program under a small heap: what it keeps at most must not grow with the rows. The emulated platform lives in
 * the same process and keeps the finished file, as the real one would not: that much is taken off.
 */
async function inChat(world: BenchWorld, out: (line: string) => void): Promise<void> {
  const client = new pg.Client({ connectionString: world.url });
  await client.connect();
  const subject = await startSubject('program', {
    BENCH_DATABASE_URL: world.url,
    BENCH_DATA_DIR: world.dataDir,
    BENCH_PEOPLE: '',
    NODE_OPTIONS: '--max-old-space-size=256',
  });
  out('\n| 单聊里导出台账 | 用时 秒 | 每秒行数 | 内存峰值 MB（减去模拟平台留的文件） | 文件 MB |\n|---|---|---|---|---|');
  for (const rows of [few, few, many]) {
    // 头一遍是热身。只留这么多在今年。
    await client.query('UPDATE "WorkItem" SET year = CASE WHEN number <= $1 THEN $2::int ELSE 2000 END', [rows, thisYear()]);
    writeFileSync(`/proc/${subject.pid}/clear_refs`, '5');
    const { ms, bytes } = JSON.parse(await subject.ask('say 导出')) as { ms: number; bytes: number };
    const megabytes = bytes / 1024 / 1024;
    out(
      `| ${rows} 行 | ${(ms / 1000).toFixed(1)} | ${Math.round((rows * 1000) / ms)} | ${Math.round(memoryOf(subject.pid, 'VmHWM') - megabytes)} | ${megabytes.toFixed(1)} |`,
    );
  }
  subject.stop();
  await client.end();
}

const thisYear = (): number => Number(localDateOf(systemClock.now()).slice(0, 4));

async function exporting(file: string, year: number, env: Readonly<Record<string, string>>): Promise<{ seconds: number; peakMb: number }> {
  const started = systemClock.now().getTime();
  // 堆收紧到 200 MB：不然迟收的垃圾看着像内存随行数涨。
  const child = spawn(process.execPath, ['--max-old-space-size=200', program, 'cli/main', 'export', file, '--year', String(year)], {
    env,
    stdio: 'inherit',
  });
  let peakMb = 0;
  const watch = setInterval(() => {
    try {
      if (child.pid !== undefined) peakMb = Math.max(peakMb, memoryOf(child.pid, 'VmHWM'));
    } catch {
      // 它刚好结束了：峰值已看过。
    }
  }, 100);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`导出没有办成（${code}）`);
  return { seconds: (systemClock.now().getTime() - started) / 1000, peakMb };
}
