import { readFileSync } from 'node:fs';
import { writeOds, writeXlsx } from 'hucre';
import { describe, expect, test } from 'vitest';
import { AppError } from '#core/errors';
import type { CellValue, SheetData } from '#core/feature';
import { workbookLimits } from '#runtime/workbook/limits';
import { readWorkbook } from '#runtime/workbook/read-workbook';
import { fc } from '../fast-check.ts';
import { readable, refused, withExcelJs } from './corpus/office.ts';
import { writeXls, type XlsCell } from './corpus/xls.ts';

/** 判的是内容，不是机器快慢：测试里给足时间。 */
const limits = { ...workbookLimits, timeoutMs: 60_000 };
const outcomeOf = (bytes: Uint8Array, fileName: string): Promise<readonly SheetData[] | string> =>
  readWorkbook(bytes, fileName, limits).catch((error: unknown) => {
    if (error instanceof AppError) return error.publicMessage;
    throw error;
  });

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

describe('办公室会发来的各种文件，每一份都有说法', () => {
  test('一共不少于60份', () => {
    expect(readable.length + refused.length).toBeGreaterThanOrEqual(60);
  });

  test.each(readable)('读得出：%s', async (_, fileName, make, expected) => {
    const outcome = await outcomeOf(await make(), fileName);
    expect(typeof outcome === 'string' ? outcome : outcome[0]?.rows).toEqual(expected);
  });

  test.each(refused)('不读并说明：%s', async (_, fileName, make, pattern) => {
    const outcome = await outcomeOf(await make(), fileName);
    expect(outcome).toMatch(pattern);
    expect(outcome).not.toMatch(/error|invalid|undefined|null|heap|worker/i);
  });

  test.each(['xls', 'ods'])('同一份任务表另存为 .%s，每一格都一样', async (extension) => {
    const name = '2026年重点工作任务-修订';
    const original = await outcomeOf(fixture(`${name}.xlsx`), `${name}.xlsx`);
    expect(await outcomeOf(fixture(`${name}.${extension}`), `${name}.${extension}`)).toEqual(original);
  });
});

test('写什么格式都一样：任意的格，写出去再读回来，一格不差', async () => {
  const word = fc.array(fc.constantFrom(...'督查室一书令０9aA“”，；、/-'), { minLength: 1, maxLength: 12 }).map((signs) => signs.join(''));
  const cell = fc.oneof(fc.constant(null), word, fc.integer({ min: -1e9, max: 1e9 }));
  const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 });
  const trim = (cells: readonly CellValue[]): CellValue[] => cells.slice(0, cells.findLastIndex((value) => value !== null) + 1);
  const tidy = (cells: readonly (readonly CellValue[])[]): CellValue[][] => {
    const trimmed = cells.map(trim);
    return trimmed.slice(0, trimmed.findLastIndex((row) => row.length > 0) + 1);
  };
  const writers: Readonly<Record<string, (cells: (string | number | null)[][]) => Uint8Array | Promise<Uint8Array>>> = {
    'a.xlsx': (cells) => writeXlsx({ sheets: [{ name: '一', rows: cells }] }),
    'b.xlsx': (cells) => withExcelJs((_, sheet) => void sheet.addRows(cells)),
    'c.xls': (cells) => writeXls(cells as XlsCell[][]),
    'd.ods': (cells) => writeOds({ sheets: [{ name: '一', rows: cells }] }),
  };
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom(...Object.keys(writers)), async (cells, fileName) => {
      const outcome = await outcomeOf((await writers[fileName]?.(cells)) ?? Buffer.alloc(0), fileName);
      expect(typeof outcome === 'string' ? outcome : outcome[0]?.rows).toEqual(tidy(cells));
    }),
    { numRuns: 20 },
  );
}, 120_000);
