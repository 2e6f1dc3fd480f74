import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { harmless, hostile, odd } from '#test/runtime/corpus/hostile';
import { type Make, readable, refused } from '#test/runtime/corpus/office';
import type { BenchOptions } from './main.ts';
import { cpuOf, memoryOf, unpinSelf } from './processes.ts';

const child = fileURLToPath(new URL('servers/reader.mjs', import.meta.url));
/** 质量要求 G12、B5；秒是处理器时间，机器忙不算在谁头上 */
const limits = { seconds: 10, megabytes: 300 };
/** 什么也不算、只是等着，也只等这么久 */
const waitMaxMs = 60_000;
const atOnce = 2;
/** 吃到这么多就停手，免得拖垮机器 */
const killAtMb = 2_000;
const titles = { ours: '书令', exceljs: 'exceljs 4.4.0', xlsx: 'xlsx 0.18.5', 'read-excel-file': 'read-excel-file 9.3.17' } as const;
type Reader = keyof typeof titles;

interface CorpusFile {
  readonly name: string;
  readonly fileName: string;
  readonly make: Make;
  /** null: it is to be refused, or may be */
  readonly rows: readonly (readonly unknown[])[] | null;
}

/** 一份文件、一个库的下场 */
interface Fate {
  readonly kind: 'right' | 'refused' | 'unrefused' | 'wrong' | 'hung' | 'died' | 'swollen';
  /** processor time */
  readonly seconds: number;
  readonly peakMb: number;
  readonly said: string;
}

const isXlsx = ({ fileName }: CorpusFile): boolean => /\.xls[xm]$/.test(fileName);
const corpus: readonly CorpusFile[] = [
  ...readable.map(([name, fileName, make, rows]) => ({ name, fileName, make, rows })),
  ...refused.map(([name, fileName, make]) => ({ name, fileName, make, rows: null })),
  ...hostile.map(([name, fileName, make]) => ({ name, fileName, make, rows: null })),
  ...odd.map(([name, make]) => ({ name, fileName: '任务.xlsx', make, rows: null })),
  ...harmless.map(([name, make, rows]) => ({ name, fileName: '任务.xlsx', make, rows })),
].filter(isXlsx);

/**
 * 读表对照 — every .xlsx of the tests' corpus, read by us and by three common readers, each file in a process of its own. A reader is
 * broken by a file that hangs it, kills it or makes it grow beyond the limit; rows that are wrong are counted apart.
 */
export async function benchReaders({ out }: BenchOptions): Promise<void> {
  unpinSelf();
  const folder = mkdtempSync(join(tmpdir(), 'shuling-bench-readers-'));
  const fates = new Map<Reader, Map<string, Fate>>();
  for (const reader of Object.keys(titles) as Reader[]) fates.set(reader, new Map());
  const waiting = [...corpus.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, file] = next;
      const path = join(folder, `${index}-${file.fileName}`);
      writeFileSync(path, await file.make());
      for (const reader of Object.keys(titles) as Reader[]) fates.get(reader)?.set(file.name, await read(reader, path, file));
      rmSync(path);
      const seen = [...fates].map(([reader, found]) => `${reader} ${found.get(file.name)?.kind}`).join('，');
      process.stderr.write(`${corpus.length - waiting.length}/${corpus.length} ${file.name}：${seen}\n`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  rmSync(folder, { recursive: true, force: true });
  report(fates, out);
}

function report(fates: ReadonlyMap<Reader, ReadonlyMap<string, Fate>>, out: (line: string) => void): void {
  out(`\n${corpus.length} 份 .xlsx，各库各在自己的进程里读；限处理器时间 ${limits.seconds} 秒、内存 ${limits.megabytes} MB\n`);
  out('| 读表的库 | 挂住 | 倒下 | 超过内存 | 读错 | 该拒的照读 | 最长 处理器秒 | 内存峰值 MB |\n|---|---|---|---|---|---|---|---|');
  const kinds = ['hung', 'died', 'swollen', 'wrong', 'unrefused'] as const;
  for (const [reader, found] of fates) {
    const all = [...found.values()];
    const counts = kinds.map((kind) => all.filter((fate) => fate.kind === kind).length);
    const [longest, peak] = [Math.max(...all.map(({ seconds }) => seconds)), Math.max(...all.map(({ peakMb }) => peakMb))];
    out(`| ${titles[reader]} | ${counts.join(' | ')} | ${longest.toFixed(1)} | ${peak} |`);
  }
  const words = { hung: '挂住', died: '倒下', swollen: '超过内存', wrong: '读错' } as const;
  out('\n| 读表的库 | 文件 | 下场 | 秒 | MB | 说的 |\n|---|---|---|---|---|---|');
  for (const [reader, found] of fates) {
    for (const [name, { kind, seconds, peakMb, said }] of found) {
      if (kind in words) out(`| ${titles[reader]} | ${name} | ${words[kind as keyof typeof words]} | ${seconds.toFixed(1)} | ${peakMb} | ${said} |`);
    }
  }
  const broken = [...fates].filter(([reader, found]) => reader !== 'ours' && [...found.values()].some(({ kind }) => isBreak(kind))).length;
  out(`\n三个常用的库里，被这批文件弄坏（挂住、倒下、超过内存）的有 ${broken} 个。`);
}

const isBreak = (kind: Fate['kind']): boolean => kind === 'hung' || kind === 'died' || kind === 'swollen';

function read(reader: Reader, path: string, file: CorpusFile): Promise<Fate> {
  const startedAt = performance.now();
  const loader = reader === 'ours' ? ['--import', 'tsx'] : [];
  const running = spawn(process.execPath, [...loader, child, reader, path], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TZ: 'UTC' },
  });
  let [peakMb, seconds, hung, words, complaint] = [0, 0, false, '', ''];
  running.stdout.on('data', (chunk: Buffer) => {
    words += chunk.toString();
  });
  running.stderr.on('data', (chunk: Buffer) => {
    complaint = complaint.length > 4_000 ? complaint : complaint + chunk.toString();
  });
  const watch = setInterval(() => {
    try {
      peakMb = Math.max(peakMb, memoryOf(running.pid ?? 0, 'VmHWM'));
    } catch {
      // 它刚好结束了：峰值已看过。
    }
    seconds = Math.max(seconds, cpuOf(running.pid ?? 0));
    hung = seconds > limits.seconds || performance.now() - startedAt > waitMaxMs;
    if (hung || peakMb > killAtMb) running.kill('SIGKILL');
  }, 20);
  return new Promise((resolve) => {
    running.once('close', (code) => {
      clearInterval(watch);
      const fate = (kind: Fate['kind'], said = ''): void => resolve({ kind, seconds, peakMb, said: said.replace(/[\s|]+/g, ' ').slice(0, 80) });
      if (hung) return fate('hung');
      if (peakMb > limits.megabytes) return fate('swollen');
      if (code !== 0) return fate('died', /(?:Error|FATAL)[^\n]*/.exec(complaint)?.[0]);
      const answer = JSON.parse(words) as { rows?: unknown[][]; refused?: string };
      if (answer.refused !== undefined) return fate(file.rows === null ? 'refused' : 'wrong', answer.refused);
      if (file.rows === null) return fate('unrefused');
      return fate(sameRows(answer.rows ?? [], file) ? 'right' : 'wrong', JSON.stringify(answer.rows).slice(0, 80));
    });
  });
}

/** 一样的行 — trailing rows and cells, and blanks around a text, aside; of merged cells, a reader may give the value once or in every cell. */
function sameRows(rows: readonly (readonly unknown[])[], { name, rows: expected }: CorpusFile): boolean {
  const tidy = (all: readonly (readonly unknown[])[]): unknown[][] => {
    const trimmed = all.map((row) =>
      row.slice(0, row.findLastIndex((cell) => cell !== null) + 1).map((cell) => (typeof cell === 'string' ? cell.trim() : cell)),
    );
    return trimmed.slice(0, trimmed.findLastIndex((row) => row.length > 0) + 1);
  };
  const [read, wanted] = [tidy(rows), tidy(expected ?? [])];
  if (!name.includes('合并')) return JSON.stringify(read) === JSON.stringify(wanted);
  return wanted.every((row, at) => row.every((cell, column) => [cell, null].includes((read[at]?.[column] ?? null) as never)));
}
