import type { SheetToWrite } from '#core/workbook';
import type { Database } from '#db/client';
import { keepStream } from '../long-files.ts';
import { writeWorkbook } from './write-workbook.ts';

/** 写表格入库 — the rows pass through, and so does the file: memory grows neither with the rows nor with the file. Returns the id of the blob. */
export const storeWorkbook = (database: Database, sheet: SheetToWrite, now: Date): Promise<string> =>
  keepStream(database, writeWorkbook(sheet) as AsyncIterable<Uint8Array>, now);
