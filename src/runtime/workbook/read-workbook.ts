import type { SheetData } from '#core/workbook';
import { type WorkbookLimits, workbookLimits } from './limits.ts';
import { openWorkbook } from './open-workbook.ts';

/** 读表格 — all rows of all sheets; see `openWorkbook`. @throws InvalidError with a Chinese reason */
export async function readWorkbook(bytes: Uint8Array, fileName: string, limits: WorkbookLimits = workbookLimits): Promise<readonly SheetData[]> {
  const workbook = await openWorkbook(bytes, fileName, limits);
  try {
    return await workbook.rows();
  } finally {
    workbook.close();
  }
}
