import { InvalidError } from '#core/errors';
import type { CellValue } from '#core/workbook';
import { findWorkYear } from '#domain/work-items/store';
import { ledgerColumns, ledgerPage } from '#features/ledger/columns';
import { asSystem } from '../app.ts';
import { saveWorkbook } from './save-workbook.ts';
import { exitCodes, type Shell } from './shell.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

const pageSize = 200;

/**
 * 导出台账 — all items of a year, in the office's own columns first.
 * @param options.year the one in hand by default
 * @throws InvalidError when the file is there already, or its name is not that of a workbook
 */
export async function exportLedger(shell: Shell, file: string, { year }: { year?: number | undefined }): Promise<number> {
  if (!file.endsWith('.xlsx')) throw new InvalidError('文件名须以 .xlsx 结尾');
  const place = await openWorkplace(shell);
  try {
    const now = place.clock.now();
    const wanted = year ?? (await asSystem(place, now, (ctx) => findWorkYear(ctx.tx, now)));
    const counted = { rows: 0 };
    const sheet = { name: `${wanted}年台账`, columns: ledgerColumns.map(({ heading, width }) => ({ heading, width })) };
    await saveWorkbook(file, { ...sheet, rows: readRows(place, wanted, counted) });
    shell.out(`已导出${wanted}年${counted.rows}项：${file}`);
    return exitCodes.done;
  } finally {
    await place.close();
  }
}

/** 一页一个短事务：台账再长，也不占着数据库。 */
async function* readRows(place: Workplace, year: number, counted: { rows: number }): AsyncGenerator<readonly CellValue[]> {
  const at = place.clock.now();
  for (let after: string | null = ''; after !== null; ) {
    const from: string = after;
    const page = await asSystem(place, place.clock.now(), (ctx) => ledgerPage(ctx, { year, at, after: from, limit: pageSize, drafts: true }));
    yield* page.rows;
    counted.rows += page.rows.length;
    after = page.last;
  }
}
