import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeXlsx } from 'hucre';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { builtProgram } from '../child/built.ts';

const folder = mkdtempSync(join(tmpdir(), 'shuling-reading-'));
const path = join(folder, '任务.xlsx');
const small = join(folder, '几行.xlsx');

beforeAll(async () => {
  // 读它要一两秒：杀在中途的，赶得上。
  const rows = Array.from({ length: 20_000 }, (_, row) => Array.from({ length: 12 }, (_, column) => `第${row}行第${column}列`));
  writeFileSync(path, await writeXlsx({ sheets: [{ name: '任务', rows }] }));
  writeFileSync(small, await writeXlsx({ sheets: [{ name: '任务', rows: rows.slice(0, 5) }] }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('程序被 kill -9，它的读表进程不留下：读完等着的，和正读着的', { skip: process.platform !== 'linux' }, async () => {
  const waiting = await startProgram();
  await said(waiting);
  const reading = await startProgram();
  const readers = [await readerOf(waiting), await readerOf(reading)];
  for (const program of [waiting, reading]) program.kill('SIGKILL');
  await vi.waitFor(() => expect(readers.filter(isReader)).toEqual([]), { timeout: 30_000, interval: 50 });
});

test('备着一个：文件来了用它，用过就丢，另备一个；程序被 kill -9 也不留下', { skip: process.platform !== 'linux' }, async () => {
  const program = await startProgram('prepared');
  await said(program);
  const spare = await readerOf(program);
  program.stdin?.write('open\n');
  await said(program);
  expect(readersOf(program)).toEqual([spare]);
  program.stdin?.write('close\n');
  const next = await vi.waitFor(
    () => {
      const [reader] = readersOf(program).filter((pid) => pid !== spare);
      if (reader === undefined) throw new Error('no other has been started');
      return reader;
    },
    { timeout: 30_000, interval: 50 },
  );
  expect(isReader(spare)).toBe(false);
  program.kill('SIGKILL');
  await vi.waitFor(() => expect(isReader(next)).toBe(false), { timeout: 30_000, interval: 50 });
});

test('备着的那一个不拦着程序结束', { skip: process.platform !== 'linux' }, async () => {
  const program = await startProgram('prepared');
  const ended = once(program, 'exit');
  await said(program);
  const spare = await readerOf(program);
  program.stdin?.write('open\n');
  await said(program);
  program.stdin?.end('close\n');
  expect((await ended)[0]).toBe(0);
  await vi.waitFor(() => expect(isReader(spare)).toBe(false), { timeout: 30_000, interval: 50 });
});

const said = (program: ChildProcess): Promise<unknown> => once(program.stdout as NodeJS.ReadableStream, 'data');

async function startProgram(...how: readonly string[]): Promise<ChildProcess> {
  const program = await builtProgram(fileURLToPath(new URL('../child/reading.ts', import.meta.url)));
  return spawn(process.execPath, [program, how.length > 0 ? small : path, ...how], { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function readerOf(program: ChildProcess): Promise<number> {
  return vi.waitFor(
    () => {
      const [reader] = readersOf(program);
      if (reader === undefined) throw new Error('the reading process has not started');
      return reader;
    },
    { timeout: 30_000, interval: 5 },
  );
}

const readersOf = ({ pid }: ChildProcess): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number).filter(isReader);

/** 还没有收尸的，命令行是空的：不算 */
function isReader(pid: number): boolean {
  return existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('compileFunction');
}
