import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

let library: Promise<Buffer> | undefined;

/** 图表库 — the finished file of the package as it is, 2 MB: bundling it anew would cost seconds at every start. Read once, when it is first asked for. */
export function readChartLibrary(): Promise<Buffer> {
  library ??= readFile(join(dirname(createRequire(import.meta.url).resolve('@visactor/vchart/package.json')), 'build', 'index.min.js'));
  return library;
}
