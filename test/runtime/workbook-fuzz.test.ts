import { expect, test } from 'vitest';
import { AppError } from '#core/errors';
import type { SheetData } from '#core/workbook';
import { workbookLimits } from '#runtime/workbook/limits';
import { readWorkbook } from '#runtime/workbook/read-workbook';
import { fc } from '../fast-check.ts';
import { type Entry, entriesWith, sheetXml, text, zip } from './odd-workbooks.ts';

// 夜里 FUZZ_RUNS=20000，一份一个进程，所以只跑它的百分之一；白天几份。
const runs = process.env.FUZZ_RUNS === undefined ? 5 : Math.ceil(Number(process.env.FUZZ_RUNS) / 100);

const honest = entriesWith({
  data: sheetXml(
    `<row r="1">${text('A1', '序号')}${text('B1', '任务名称')}</row><row r="2">${text('A2', '管-001')}<c r="B2"><v>46203.5</v></c></row>`,
  ),
});
const pieces = [
  ...['<', '>', '&', '"', '<c', '</row>', '<row r="1048576">', '&#0;', '&#xD800;', '_x0000_', '<!DOCTYPE w>', '<mergeCell ref="A1:XFD9"/>'],
  ...['t="s"', 't="d"', '<v>1e999</v>', '<v>-1</v>', 'r="ZZZZ1"', 'r="A0"', '\u0000', '\ufffd', '督'.repeat(3_000), '9'.repeat(400)],
];
/** 部件的正文里，某处删去几个字、插进一段 */
const partChange = fc.record({
  part: fc.nat(9),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(12),
  put: fc.constantFrom('', ...pieces),
});
/** 部件的头里说谎 */
const lie = fc.record({ claimedSize: fc.nat(2 ** 32 - 1), crc: fc.nat(2 ** 32 - 1), flags: fc.nat(0xffff) }, { requiredKeys: [] });
/** 压缩包的字节里，某处换成别的 */
const byteChange = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255) });
const anyFile = fc.record({
  parts: fc.array(partChange, { maxLength: 4 }),
  lies: fc.array(fc.record({ part: fc.nat(9), lie }), { maxLength: 1 }),
  bytes: fc.array(byteChange, { maxLength: 3 }),
  keep: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
});

type Change = typeof anyFile extends fc.Arbitrary<infer One> ? One : never;

function fileOf({ parts, lies, bytes, keep }: Change): Buffer {
  const entries: Entry[] = honest.map((entry) => ({ ...entry }));
  const indexOf = (part: number): number => part % entries.length;
  for (const { part, at, cut, put } of parts) {
    const entry = entries[indexOf(part)] as Entry;
    const data = String(entry.data);
    const from = Math.floor(at * data.length);
    entries[indexOf(part)] = { ...entry, data: data.slice(0, from) + put + data.slice(from + cut) };
  }
  for (const { part, lie: said } of lies) entries[indexOf(part)] = { ...(entries[indexOf(part)] as Entry), ...said };
  const file = zip(entries);
  for (const { at, byte } of bytes) file[Math.min(file.length - 1, Math.floor(at * file.length))] = byte;
  return file.subarray(0, Math.ceil(keep * file.length));
}

/** 读出来的都在上限之内、存得下 */
function expectWithinLimits(sheets: readonly SheetData[]): void {
  const { rowsMax, columnsMax, cellLengthMax } = workbookLimits;
  for (const { name, rows } of sheets) {
    expect(name.isWellFormed()).toBe(true);
    expect(rows.length).toBeLessThanOrEqual(rowsMax);
    for (const cells of rows) {
      expect(cells.length).toBeLessThanOrEqual(columnsMax);
      for (const cell of cells) {
        if (typeof cell !== 'string') continue;
        expect(cell.length).toBeLessThanOrEqual(cellLengthMax);
        expect(cell.isWellFormed() && !cell.includes('\0')).toBe(true);
      }
    }
  }
}

test('改坏了的表格文件：不是照上限读出，就是说清原因地拒绝', { timeout: 3_600_000 }, async () => {
  const counts = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(anyFile, async (change) => {
      const outcome = await readWorkbook(fileOf(change), '任务.xlsx', { ...workbookLimits, timeoutMs: 60_000 }).catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        return error.publicMessage;
      });
      if (typeof outcome === 'string') expect(outcome).toMatch(/[\u4e00-\u9fff]{4,}/);
      else expectWithinLimits(outcome);
      const kind = typeof outcome === 'string' ? outcome.replace(/\d+|“[^”]*”/g, '…') : '读出';
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }),
    { numRuns: runs, examples: [[{ parts: [], lies: [], bytes: [], keep: 1 }]], endOnFailure: true },
  );
  process.stdout.write(`改坏的表格文件：${JSON.stringify(Object.fromEntries(counts))}\n`);
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(runs);
  expect(counts.get('读出') ?? 0).toBeGreaterThan(0);
});
