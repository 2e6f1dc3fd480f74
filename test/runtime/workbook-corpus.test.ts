import { readFileSync } from 'node:fs';
import { writeOds, writeXlsx } from 'hucre';
import { describe, expect, test } from 'vitest';
import type { CellValue } from '#core/workbook';
import { fc } from '../fast-check.ts';
import { readable, refused, withExcelJs } from './corpus/office.ts';
import { writeXls, type XlsCell } from './corpus/xls.ts';
import { readApart, readHere } from './read-here.ts';

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

describe('办公室会发来的各种文件，每一份都有说法', () => {
  test('一共不少于60份', () => {
    expect(readable.length + refused.length).toBeGreaterThanOrEqual(60);
  });

  test.each(readable)('读得出：%s', async (_, fileName, make, expected) => {
    const outcome = await readHere(await make(), fileName);
    expect(typeof outcome === 'string' ? outcome : outcome[0]?.rows).toEqual(expected);
  });

  test.each(refused)('不读并说明：%s', async (_, fileName, make, pattern) => {
    const outcome = await readHere(await make(), fileName);
    expect(outcome).toMatch(pattern);
    expect(outcome).not.toMatch(/error|invalid|undefined|null|heap|worker/i);
  });

  test.each(['xlsx', 'xls', 'ods'])('同一份任务表另存为 .%s，每一格都一样；经读表的进程也一样', async (extension) => {
    const name = '2026年重点工作任务-修订';
    const original = await readHere(fixture(`${name}.xlsx`), `${name}.xlsx`);
    expect(await readApart(fixture(`${name}.${extension}`), `${name}.${extension}`)).toEqual(original);
  });

  test('不读的，经读表的进程说的是同一句', async () => {
    const page = Buffer.from('<html><table><tr><td>序号</td></tr></table></html>');
    expect(await readApart(page, '任务.csv')).toEqual(await readHere(page, '任务.csv'));
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
      const outcome = await readHere((await writers[fileName]?.(cells)) ?? Buffer.alloc(0), fileName);
      expect(typeof outcome === 'string' ? outcome : outcome[0]?.rows).toEqual(tidy(cells));
    }),
    { numRuns: 40 },
  );
}, 120_000);
