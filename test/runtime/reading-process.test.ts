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

beforeAll(async () => {
  // 读它要一两秒：杀在中途的，赶得上。
  const rows = Array.from({ length: 20_000 }, (_, row) => Array.from({ length: 12 }, (_, column) => `第${row}行第${column}列`));
  writeFileSync(path, await writeXlsx({ sheets: [{ name: '任务', rows }] }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('程序被 kill -9，它的读表进程不留下：读完等着的，和正读着的', { skip: process.platform !== 'linux' }, async () => {
  const waiting = await startProgram();
  await once(waiting.stdout as NodeJS.ReadableStream, 'data');
  const reading = await startProgram();
  const readers = [await readerOf(waiting), await readerOf(reading)];
  for (const program of [waiting, reading]) program.kill('SIGKILL');
  await vi.waitFor(() => expect(readers.filter(isReader)).toEqual([]), { timeout: 30_000, interval: 50 });
});

async function startProgram(): Promise<ChildProcess> {
  const program = await builtProgram(fileURLToPath(new URL('../child/reading.ts', import.meta.url)));
  return spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function readerOf({ pid }: ChildProcess): Promise<number> {
  return vi.waitFor(
    () => {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
      const reader = children.find(isReader);
      if (reader === undefined) throw new Error('the reading process has not started');
      return reader;
    },
    { timeout: 30_000, interval: 5 },
  );
}

/** 还没有收尸的，命令行是空的：不算 */
function isReader(pid: number): boolean {
  return existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('compileFunction');
}
