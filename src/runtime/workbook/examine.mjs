// 核对与批注：功能自己的代码在读表的进程里运行，主进程只收结果。
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { compileFunction } from 'node:vm';
import { gzip } from 'node:zlib';

/** 核对 — runs the feature's own examiner over the rows, and writes what it found into a copy of the file. */
export async function examineWorkbook({ bytes, sheets }, { code, input }) {
  const { examine, annotateWorkbook } = load(code);
  const { found, bulk, marks } = examine(sheets, input);
  const packed = await promisify(gzip)(JSON.stringify(bulk));
  const marked = await annotateWorkbook(bytes, sheets, marks);
  return { found, bulk: Uint8Array.from(packed), marked: Uint8Array.from(marked) };
}

/** 装入主进程备好的代码（reader-code.ts）；里面只用得到 Node 自带的模块。 */
function load(code) {
  const module = { exports: {} };
  compileFunction(code, ['module', 'exports', 'require'])(module, module.exports, createRequire('/'));
  return module.exports;
}
