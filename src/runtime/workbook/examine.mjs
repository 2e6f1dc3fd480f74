// 核对与批注：功能自己的模块在读表的线程里运行，主线程只收结果。它们是 TypeScript，所以用到时才装入装载器。
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { register } from 'tsx/esm/api';

register();

/** 核对 — runs the feature's own examiner over the rows, and writes what it found into a copy of the file. */
export async function examineWorkbook({ bytes, sheets }, { module, input }) {
  const [{ examine }, { annotateWorkbook }] = await Promise.all([import(module), import('./annotate/annotate-workbook.ts')]);
  const { found, bulk, marks } = examine(sheets, input);
  const packed = await promisify(gzip)(JSON.stringify(bulk));
  const marked = await annotateWorkbook(bytes, sheets, marks);
  return { found, bulk: Uint8Array.from(packed), marked: Uint8Array.from(marked) };
}
