import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/** 对金样 — compares with the file beside the tests; `UPDATE_GOLDENS=1` rewrites it. @param file name inside `test/` */
export function expectGolden(file: string, text: string): void {
  const path = new URL(file, import.meta.url);
  if (process.env.UPDATE_GOLDENS === '1') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}
