import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeOds, writeXlsx } from 'hucre';
import { describe, expect, test, vi } from 'vitest';
import { AppError } from '#core/errors';
import type { SheetData } from '#core/workbook';
import { workbookLimits } from '#runtime/workbook/limits';
import { openWorkbook } from '#runtime/workbook/open-workbook';
import { readWorkbook } from '#runtime/workbook/read-workbook';
import { harmless, honest, honestRows, hostile, odd } from './corpus/hostile.ts';
import { entriesWith, sheetXml, text, zip } from './odd-workbooks.ts';
import { readHere } from './read-here.ts';

/** 主线程被读表堵住多久算失败；读表若回到主线程上，这里会是好几秒。不是测速：测速在 npm run bench。 */
const blockedAtMostMs = 1_000;
/** SCHED_IDLE */
const idlePolicy = '5';
/** 判的是内容，不是机器快慢：测试里给足时间。 */
const limits = { ...workbookLimits, timeoutMs: 60_000 };

type Outcome = { readonly sheets: readonly SheetData[] } | { readonly refused: string };

/** 试读 — reads as the intake does, and holds every file to the two promises: an answer in time, a free event loop. */
async function attempt(bytes: Uint8Array, fileName = '任务.xlsx'): Promise<Outcome> {
  let [last, waited, longest] = [performance.now(), waitedForCpuMs(), 0];
  const tick = (): void => {
    const [now, waitedNow] = [performance.now(), waitedForCpuMs()];
    longest = Math.max(longest, now - last - (waitedNow - waited));
    [last, waited] = [now, waitedNow];
  };
  const timer = setInterval(tick, 5);
  const outcome = await readWorkbook(bytes, fileName, limits).then(
    (sheets): Outcome => ({ sheets }),
    (error: unknown): Outcome => {
      // 只有业务拒绝才算“说清了原因”；别的错误照原样抛出，让测试变红。
      if (!(error instanceof AppError)) throw error;
      return { refused: error.publicMessage };
    },
  );
  // 最后一段也算：结果拆开时若堵住了主线程，定时器来不及记。
  tick();
  clearInterval(timer);
  expect(longest).toBeLessThan(blockedAtMostMs);
  return outcome;
}

/**
 * 等处理器的毫秒 — how long this thread stood in the kernel's queue. On a busy machine that is no fault of the reader, so it does
 * not count as blocking. Only Linux tells; elsewhere 0, and every gap counts.
 */
function waitedForCpuMs(): number {
  const file = `/proc/self/task/${process.pid}/schedstat`;
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[1]) / 1e6 : 0;
}

/** 被拒 — in Chinese, without words of the library that read it. */
function expectRefused(outcome: Outcome): void {
  expect(outcome).toHaveProperty('refused');
  const reason = 'refused' in outcome ? outcome.refused : '';
  expect(reason).toMatch(/[\u4e00-\u9fff]{4,}/);
  expect(reason).not.toMatch(/error|invalid|zip entry|undefined|null|heap|worker/i);
}

/** 在别的进程里写一份大表 — its garbage must not be collected on the thread whose pauses are measured. */
function writtenApart(workbook: string): Buffer {
  const script = `import { writeXlsx } from 'hucre'; process.stdout.write(await ${workbook});`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { maxBuffer: 32 * 1024 * 1024 });
}

/** 在读表的进程 — the other children (esbuild) and those that are only not buried yet don't count. */
function readers(): string[] {
  const isReader = (pid: string): boolean =>
    existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('compileFunction');
  return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid !== '' && isReader(pid));
}

async function withExaminer(code: string, work: (module: URL) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'shuling-examiner-'));
  const module = join(folder, 'examiner.ts');
  writeFileSync(module, code);
  try {
    await work(pathToFileURL(module));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function cellsOf(outcome: Outcome): readonly (readonly unknown[])[] {
  if ('refused' in outcome) throw new Error(`refused: ${outcome.refused}`);
  return outcome.sheets[0]?.rows ?? [];
}

/** 会撑内存、耗时间的：经读表的进程，与收文件时一样。其余的就地读：说的话是同一段代码说的。 */
const heavy: ReadonlySet<string> = new Set([
  '压缩炸弹（展开 150 MB）',
  '共享字符串炸弹（两万格引用同一条长文字）',
  '.ods 里一行重复到表的尽头',
  '永不闭合的标签（几 MB 长）',
  '只在 XFD1048576 写了一格',
]);

async function attemptOf(name: string, bytes: Uint8Array, fileName = '任务.xlsx'): Promise<Outcome> {
  if (heavy.has(name)) return attempt(bytes, fileName);
  const outcome = await readHere(bytes, fileName);
  return typeof outcome === 'string' ? { refused: outcome } : { sheets: outcome };
}

describe('敌意文件：说清原因地拒绝，不拖垮服务', () => {
  test('最费的几份都在清单里', () => {
    const names = [...hostile, ...odd].map(([name]) => name);
    expect([...heavy].filter((name) => !names.includes(name))).toEqual([]);
  });

  test('对照：同样造法的老实文件读得出来', async () => {
    expect(cellsOf(await attempt(zip(entriesWith(honest))))).toEqual(honestRows);
  });

  test.each(hostile)('拒：%s', { timeout: 60_000 }, async (name, fileName, make, says) => {
    const outcome = await attemptOf(name, await make(), fileName);
    expectRefused(outcome);
    if (says) expect(outcome).toMatchObject({ refused: expect.stringMatching(says) });
  });

  test.each(odd)('拒，或按时读对：%s', async (name, make, rows) => {
    const outcome = await attemptOf(name, await make());
    if ('refused' in outcome) expectRefused(outcome);
    else expect(cellsOf(outcome)).toEqual(rows);
  });

  test.each(harmless)('读得出：%s', async (name, make, rows) => {
    expect(cellsOf(await attemptOf(name, await make()))).toEqual(rows);
  });

  test('上限就是要求里的数；一格正好 32,767 字的读得出', async () => {
    const megabyte = 1024 * 1024;
    expect(workbookLimits).toMatchObject({ fileBytesMax: 10 * megabyte, ratioMax: 100, partsMax: 200, rowsMax: 50_000, columnsMax: 100 });
    expect(workbookLimits).toMatchObject({ cellLengthMax: 32_767, heapMb: 256, timeoutMs: 10_000 });
    expect(workbookLimits.unpackedBytesMax).toBeLessThanOrEqual(100 * megabyte);
    const longest = '督'.repeat(32_767);
    expect(cellsOf(await attempt(zip(entriesWith({ data: sheetXml(`<row r="1">${text('A1', longest)}</row>`) }))))).toEqual([[longest]]);
  });

  test('被拒之后，下一份老实文件照常读出', async () => {
    const outcomes = await Promise.all([
      attempt(zip(entriesWith({ data: sheetXml(`<row r="1048576">${text('XFD1048576', '角')}</row>`) }))),
      attempt(zip(entriesWith(honest))),
    ]);
    expectRefused(outcomes[0]);
    expect(cellsOf(outcomes[1])).toEqual([['序号', '任务名称']]);
  });
});

describe('写法不同而可读的文件：照样读出', () => {
  const rows = [
    ['序号', '任务名称'],
    ['党-001', '推进“一网通办”'],
  ];

  test('WPS 存的 GB18030 的 csv，中文不乱码', async () => {
    // “序号,任务名称\r\n党-001,推进“一网通办”\r\n”
    const gbk = 'd0f2bac52cc8cecef1c3fbb3c60d0ab5b32d3030312ccdc6bdf8a1b0d2bbcdf8cda8b0eca1b10d0a';
    expect(cellsOf(await attemptOf('', Buffer.from(gbk, 'hex'), '任务.csv'))).toEqual(rows);
  });

  test.each([
    ['带 BOM', '\ufeff'],
    ['不带 BOM', ''],
  ])('UTF-8（%s）的 csv', async (_, bom) => {
    const body = `${bom}${rows.map((row) => row.join(',')).join('\r\n')}\r\n`;
    expect(cellsOf(await attemptOf('', Buffer.from(body), '任务.csv'))).toEqual(rows);
  });

  test('表格软件存的“Unicode 文本”（UTF-16，制表符分隔）', async () => {
    const body = Buffer.from(`\ufeff${rows.map((row) => row.join('\t')).join('\r\n')}\r\n`, 'utf16le');
    expect(cellsOf(await attemptOf('', body, '任务.txt'))).toEqual(rows);
  });

  test('带字节序标记的 GB18030', async () => {
    expect(cellsOf(await attemptOf('', Buffer.from('84319533d0f2bac50d0a', 'hex'), '任务.csv'))).toEqual([['序号']]);
  });

  test('八千行、五十列的老实大表：按时读完，点击照常应答', async () => {
    const valueAt = (row: number, column: number): number => (row * 7919 + column * 104_729) % 1_000_003;
    const bytes = writtenApart(
      `writeXlsx({ sheets: [{ name: '党工委', rows: Array.from({ length: 8000 }, (_, row) => Array.from({ length: 50 }, (_, column) => (row * 7919 + column * 104729) % 1000003)) }] })`,
    );
    const read = cellsOf(await attempt(bytes));
    expect(read).toHaveLength(8_000);
    expect(read.every((cells, row) => cells.length === 50 && cells.every((cell, column) => cell === valueAt(row, column)))).toBe(true);
  }, 60_000);

  test('读表的进程内存用尽时，被拒的是文件，服务还在', async () => {
    const rows = Array.from({ length: 400 }, (_, row) => Array.from({ length: 20 }, (_, column) => `第${row}行第${column}列`));
    await expect(
      readWorkbook(await writeXlsx({ sheets: [{ name: '党工委', rows }] }), '任务.xlsx', { ...workbookLimits, heapMb: 8 }),
    ).rejects.toThrow(/太大/);
  });

  test('读表的进程环境里什么也没有，让点击先走；用完就没了', { skip: process.platform !== 'linux' }, async () => {
    const opened = await openWorkbook(await writeXlsx({ sheets: [{ name: '任务', rows: [['一']] }] }), '任务.xlsx');
    const [pid = ''] = readers();
    const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .filter(Boolean)
      .map((line) => line.split('=')[0]);
    expect(names.every((name) => name?.startsWith('NODE_CHANNEL_'))).toBe(true);
    const statOf = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = statOf.slice(statOf.lastIndexOf(')') + 2).split(' ');
    expect({ nice: fields[16], policy: fields[38] }).toEqual({ nice: '19', policy: idlePolicy });
    opened.close();
    await vi.waitFor(() => expect(readers()).not.toContain(pid));
  });

  test('到了时间没有读完、没有核对完：被拒的是文件，说得出等了多久，进程不留下', async () => {
    // 机器忙的时候，轮不上和没读完分不开：两句都对。
    const bytes = await writeXlsx({ sheets: [{ name: '任务', rows: [['一']] }] });
    await expect(readWorkbook(bytes, '任务.xlsx', { ...workbookLimits, timeoutMs: 1 })).rejects.toThrow(/在0\.001秒内没有读完|机器正忙/);
    await withExaminer('export function examine() { for (;;); }', async (module) => {
      const opened = await openWorkbook(bytes, '任务.xlsx', { ...limits, examineTimeoutMs: 20 });
      await expect(opened.examine(module, {})).rejects.toThrow(/在0\.02秒内没有读完|机器正忙/);
    });
    if (process.platform === 'linux') await vi.waitFor(() => expect(readers()).toEqual([]));
  });

  test('机器太忙，读表的进程轮不上：说机器正忙，不说文件有毛病', { skip: process.platform !== 'linux' }, async () => {
    await withExaminer('export function examine() { for (;;); }', async (module) => {
      const bytes = await writeXlsx({ sheets: [{ name: '任务', rows: [['一']] }] });
      const opened = await openWorkbook(bytes, '任务.xlsx', { ...limits, examineTimeoutMs: 20 });
      for (const pid of readers()) process.kill(Number(pid), 'SIGSTOP');
      await expect(opened.examine(module, {})).rejects.toThrow(/机器正忙/);
    });
    await vi.waitFor(() => expect(readers()).toEqual([]));
  });

  test('核对的代码自己倒下：说得出倒在哪里，不算文件的毛病', async () => {
    await withExaminer(`export function examine() { throw new TypeError('核对倒下了'); }`, async (module) => {
      const opened = await openWorkbook(await writeXlsx({ sheets: [{ name: '任务', rows: [['一']] }] }), '任务.xlsx');
      await expect(opened.examine(module, {})).rejects.toThrow(/TypeError: 核对倒下了[\s\S]*at examine/);
      opened.close();
    });
  });

  test('空表、隐藏表与日期格；隐藏的认得出', async () => {
    const bytes = await writeXlsx({
      sheets: [
        { name: '空', rows: [] },
        { name: '任务', rows: [['时限', new Date(Date.UTC(2026, 5, 30))]], hidden: true },
      ],
    });
    expect(await attemptOf('', bytes)).toEqual({
      sheets: [
        { name: '空', rows: [] },
        { name: '任务', rows: [['时限', { date: '2026-06-30' }]], hidden: true },
      ],
    });
  });

  test('.ods 的表', async () => {
    expect(cellsOf(await attemptOf('', await writeOds({ sheets: [{ name: '党工委', rows }] }), '任务.ods'))).toEqual(rows);
  });

  test('合并的单元格用左上角的内容填满', async () => {
    const body = `<row r="1">${text('A1', '类别')}${text('B1', '一')}</row><row r="2">${text('B2', '二')}</row>`;
    const data = sheetXml(body, '<mergeCells count="1"><mergeCell ref="A1:A2"/></mergeCells>');
    expect(cellsOf(await attemptOf('', zip(entriesWith({ data }))))).toEqual([
      ['类别', '一'],
      ['类别', '二'],
    ]);
  });
});
