import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ExcelJS from 'exceljs';
import { systemClock } from '#core/clock';
import { closeLines, type LoadResult, openLines, paced, quantile } from './load.ts';
import type { BenchOptions } from './main.ts';
import { type Subject, startSubject, unpinSelf } from './processes.ts';
import { makeRequests } from './requests.ts';
import { type BenchWorld, buildWorld } from './world.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const office = fixture('2026年重点工作任务.xlsx');
const clicksPerSecond = 50;
const connections = 8;
const quietSeconds = 5;
const longRows = 20_000;

/** 导入压测 — the dry run of the office's workbook and of 20 000 rows, with clicks answered meanwhile. Issue goals: 2 s, 15 s, p99 unchanged. */
export async function benchImport({ rounds, out }: BenchOptions): Promise<void> {
  unpinSelf();
  const turns = Math.min(rounds, 3);
  const world = await buildWorld(turns * 7_800 + 2_000);
  const folder = mkdtempSync(join(tmpdir(), 'shuling-bench-import-'));
  const subject = await startSubject('program', {
    BENCH_DATABASE_URL: world.url,
    BENCH_DATA_DIR: world.dataDir,
    BENCH_PEOPLE: world.people.join(','),
  });
  const scene = { world, subject };
  await underLoad(scene, () => new Promise((resolve) => setTimeout(resolve, 2_000)));
  const files = [
    { title: `254 行（要求 ≤ 2 秒）`, make: () => Promise.resolve(office) },
    {
      title: `${longRows} 行，没有错的（要求 ≤ 15 秒）`,
      make: (turn: number) => longWorkbook(join(folder, `2026年${longRows}行-${turn}.xlsx`), false),
    },
    { title: `${longRows} 行，几乎行行有错`, make: (turn: number) => longWorkbook(join(folder, `2026年${longRows}行错-${turn}.xlsx`), true) },
  ];
  out(
    '\n| 预检 | 用时 秒：中位数 最长 | 其间回调 p50 / p99 毫秒 | 平时回调 p50 / p99 毫秒 | 主线程最长停顿 毫秒：其间 / 平时 | 读到 |\n|---|---|---|---|---|---|',
  );
  for (const { title, make } of files) {
    const taken: number[] = [];
    const during: LoadResult[] = [];
    const quiet: LoadResult[] = [];
    const pauses = { during: 0, quiet: 0 };
    let found = '';
    for (let turn = 0; turn < turns; turn += 1) {
      const path = await make(turn);
      await pauseOf(subject);
      quiet.push((await underLoad(scene, () => new Promise((resolve) => setTimeout(resolve, quietSeconds * 1000)))).load);
      pauses.quiet = Math.max(pauses.quiet, await pauseOf(subject));
      const { load, value } = await underLoad(scene, () => importing(subject, path));
      pauses.during = Math.max(pauses.during, await pauseOf(subject));
      during.push(load);
      taken.push(value.ms / 1000);
      found = value.found;
    }
    taken.sort((left, right) => left - right);
    const each = (loads: readonly LoadResult[], part: number): string =>
      quantile(Float64Array.from(loads.flatMap(({ latencies }) => [...latencies])).sort(), part).toFixed(1);
    const both = (loads: readonly LoadResult[]): string => `${each(loads, 0.5)} / ${each(loads, 0.99)}`;
    out(
      `| ${title} | ${quantile(taken, 0.5).toFixed(1)} ${quantile(taken, 1).toFixed(1)} | ${both(during)} | ${both(quiet)} | ${pauses.during.toFixed(0)} / ${pauses.quiet.toFixed(0)} | ${found} |`,
    );
  }
  subject.stop();
  await world.close();
  rmSync(folder, { recursive: true, force: true });
}

interface Scene {
  readonly world: BenchWorld;
  readonly subject: Subject;
}

async function underLoad<Value>({ world, subject }: Scene, work: () => Promise<Value>): Promise<{ load: LoadResult; value: Value }> {
  const lines = await openLines(subject.port, connections);
  const requests = makeRequests(world.take(clicksPerSecond * 25), systemClock.now().getTime());
  let index = 0;
  let over = false;
  const loading = paced(lines, () => (over ? undefined : requests[index++]), clicksPerSecond);
  const value = await work();
  over = true;
  const load = await loading;
  closeLines(lines);
  if (load.notOk > 0) throw new Error(`${load.notOk} 个回调没有办成：${load.sample.slice(0, 200)}`);
  return { load, value };
}

/** 主线程自上次问起最长停了多久，毫秒 */
async function pauseOf(subject: Subject): Promise<number> {
  return (JSON.parse(await subject.ask('pause')) as { ms: number }).ms;
}

async function importing(subject: Subject, path: string): Promise<{ ms: number; found: string }> {
  return JSON.parse(await subject.ask(path)) as { ms: number; found: string };
}

/** 两万行的表：照办公室改好的表接着写，编号往后排 @param faulty every row that is added has a limit that is no day */
async function longWorkbook(path: string, faulty: boolean): Promise<string> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.readFile(fixture('2026年重点工作任务-修订.xlsx'));
  const sheet = workbook.getWorksheet('管委会');
  const other = workbook.getWorksheet('党工委');
  if (!sheet || !other) throw new Error('样表变了');
  const due = (sheet.getRow(1).values as ExcelJS.CellValue[]).indexOf('完成时限');
  const sample = Array.from({ length: 40 }, (_, index) => sheet.getRow(index + 20).values as ExcelJS.CellValue[]);
  for (let number = sheet.rowCount; sheet.rowCount - 1 + other.rowCount - 1 < longRows; number += 1) {
    // 从1数起，0位是空的：连它一起抄，整行就错开一列。
    const values = (sample[number % sample.length] ?? []).slice(1);
    values[0] = `管-${String(number).padStart(3, '0')}`;
    if (faulty) values[due - 1] = '2026-02-30';
    sheet.addRow(values);
  }
  await workbook.xlsx.writeFile(path);
  return path;
}
