import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sabotages } from './sabotage/patches.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

// 拆了会不会变红，由 npm run sabotage 看；这里只看每一处都还拆得到。
test.each(sabotages)('拆得到：$name（$guard）', ({ edits, test: file }) => {
  expect(existsSync(`${root}/${file}`)).toBe(true);
  for (const { file: source, from, to } of edits) {
    expect(readFileSync(`${root}/${source}`, 'utf8').split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
  }
});

test('至少三十处，名字不重', () => {
  expect(new Set(sabotages.map(({ name }) => name)).size).toBe(sabotages.length);
  expect(sabotages.length).toBeGreaterThanOrEqual(30);
});
