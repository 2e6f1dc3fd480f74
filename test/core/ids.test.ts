import { expect, test } from 'vitest';
import { newId } from '#core/ids';

test('十万个新编号没有两个相同，都是平台收得下的防重号：一行发件的编号就是它的防重号', () => {
  const ids = Array.from({ length: 100_000 }, newId);
  expect(new Set(ids).size).toBe(100_000);
  // 平台至多收50个字符，多了就不防重。
  expect(ids.every((id) => /^[\w-]{1,50}$/.test(id))).toBe(true);
});
