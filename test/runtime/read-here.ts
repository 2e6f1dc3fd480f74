import { AppError } from '#core/errors';
import type { SheetData } from '#core/workbook';
import { workbookLimits } from '#runtime/workbook/limits';
import { readWorkbook } from '#runtime/workbook/read-workbook';
import { readFile } from '../../src/runtime/workbook/read-file.mjs';

/** 判的是内容，不是机器快慢：测试里给足时间。 */
const limits = { ...workbookLimits, timeoutMs: 60_000 };

/** 经读表的进程读，与收文件时一样 — the rows, or why not. */
export const readApart = (bytes: Uint8Array, fileName: string): Promise<readonly SheetData[] | string> =>
  readWorkbook(bytes, fileName, limits).catch((error: unknown) => {
    // 只有业务拒绝才算“说清了原因”；别的错误照原样抛出，让测试变红。
    if (error instanceof AppError) return error.publicMessage;
    throw error;
  });

/**
 * 就地读 — the same code without a process of its own: for what is to be said about a file, not for what it may do to a machine.
 * What never comes to that code is refused at the door.
 */
export async function readHere(bytes: Uint8Array, fileName: string): Promise<readonly SheetData[] | string> {
  if (bytes.byteLength === 0 || bytes.byteLength > limits.fileBytesMax) return readApart(bytes, fileName);
  return readFile(Buffer.from(bytes), fileName, limits).catch((error: Error) => error.message);
}
