import { expect, test } from 'vitest';
import { instantAt } from '#core/dates';
import { missedSlots } from '#runtime/schedule/missed-slots';

const at = (text: string): Date => instantAt(text.slice(0, 10), text.slice(11));
const daily = { name: 'daily', cron: '5 9,12 * * *' };

test.each([
  ['2026-09-22 09:04', '2026-09-21 12:05', [], '还没到'],
  ['2026-09-22 09:08', '2026-09-21 12:05', [], '刚到，还在办'],
  ['2026-09-22 09:09', '2026-09-21 12:05', ['2026-09-22 09:05'], '四分钟还没有记下'],
  ['2026-09-22 09:09', '2026-09-22 09:05', [], '记下了'],
  ['2026-09-22 12:09', '2026-09-22 09:05', ['2026-09-22 12:05'], '下一格漏了'],
  ['2026-09-24 08:00', '2026-09-20 09:05', ['2026-09-23 12:05'], '停了几天：只说最近的一格'],
])('%s，上次是%s：漏%j（%s）', (now, last, missed) => {
  const found = missedSlots([daily], new Map([['daily', at(last)]]), at(now));
  expect(found.map(({ slot }) => slot)).toEqual(missed.map(at));
});

test('从没见过的定时，不算漏', () => {
  expect(missedSlots([daily], new Map(), at('2026-09-22 09:09'))).toEqual([]);
});
