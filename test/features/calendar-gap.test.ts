import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, textOfCard } from '../harness.ts';
import { notice2027 } from '../notices.ts';
import { inDatabase, silenced, startWithBooks } from './given-books.ts';

// 12月了，2027年的放假通知还没有导入；元旦过了才导入。
let it: TestApp;
beforeAll(async () => {
  it = await startWithBooks();
}, 120_000);
afterAll(() => it.close());

const sentOn = (day: string): Promise<string[]> =>
  inDatabase(it, async (db) => {
    const found = await db.outboxEntry.findMany({
      where: {
        kind: { in: ['sendCard', 'sendText'] },
        priority: { gt: 0 },
        createdAt: { gte: new Date(`${day}T00:00:00+08:00`), lt: new Date(`${day}T24:00:00+08:00`) },
      },
    });
    return found.map(({ dedupeKey }) => dedupeKey);
  });
const warnings = (name: string): string[] =>
  it
    .person(name)
    .cards()
    .map(textOfCard)
    .filter((text) => text.includes('缺2027年放假安排') || text.includes('2027年放假安排已导入'));

describe('跨年，放假通知还没有导入', () => {
  test('12月的头一个工作日警告管理员一次，写明先按什么算；当月不再说', async () => {
    await it.skipTo('2026-11-30 20:00');
    expect(warnings('江岩')).toHaveLength(0);
    await it.skipTo('2026-12-01 09:05');
    await it.skipTo('2026-12-02 09:05');
    await it.skipTo('2026-12-31 20:00');
    expect(warnings('江岩')).toHaveLength(1);
    expect(warnings('江岩')[0]).toContain('元旦、春节、清明节、劳动节、端午节、中秋节、国庆节的法定假日先按休息算，调休算不到');
  });

  test('元旦是法定节假日：通知没有导入，也不发一条提醒、简报', async () => {
    await it.moveTo('2027-01-01 20:00');
    expect(await sentOn('2027-01-01')).toEqual([]);
  });

  test('元旦之后的头一个工作日再警告一次，提醒、简报照发', async () => {
    await it.moveTo('2027-01-04 09:30');
    expect(warnings('江岩')).toHaveLength(2);
    const sent = await sentOn('2027-01-04');
    expect(sent.filter((key) => key.startsWith('calendar-missing:2027:2027-01'))).not.toHaveLength(0);
    expect(sent.length).toBeGreaterThan(10);
  });

  test('2月还缺，而管理员一个也没有账号：告诉督查室，它也能导入', async () => {
    expect(warnings('林晓')).toHaveLength(0);
    await it.skipTo('2027-01-29 20:00');
    const administrators = ['江岩', '何俊', '系统管理员'];
    await silenced(it, administrators, () => it.skipTo('2027-02-01 09:05'));
    expect(warnings('林晓').at(-1)).toContain('缺2027年放假安排');
    expect(warnings('江岩')).toHaveLength(2);
  });

  test('通知导入了，警告的卡片写明已导入，以后不再警告', async () => {
    await it.person('何俊').says(notice2027);
    await it.person('何俊').clicks('确认导入');
    expect(warnings('林晓').at(-1)).toContain('2027年放假安排已导入');
    await it.skipTo('2027-03-02 09:30');
    expect((await sentOn('2027-03-01')).concat(await sentOn('2027-03-02')).filter((key) => key.startsWith('calendar-missing'))).toEqual([]);
  });
});
