import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withTransaction } from '#db/transaction';
import { loadCalendar } from '#domain/calendar/store';
import { isWorkingDay } from '#domain/calendar/working-days';
import { type TestApp, textOfCard } from '../harness.ts';
import { notice2027 } from '../notices.ts';
import { inDatabase, startWithBooks } from './given-books.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startWithBooks();
}, 120_000);
afterAll(() => it.close());

const works = (day: string): Promise<boolean> => withTransaction(it.app.database, async (tx) => isWorkingDay(await loadCalendar(tx), day));
const knows = (year: number): Promise<boolean> => withTransaction(it.app.database, async (tx) => (await loadCalendar(tx)).knownYears.has(year));
const limits = (): Promise<string[]> =>
  inDatabase(it, async (db) => (await db.taskBook.findMany()).map(({ acknowledgeBy }) => acknowledgeBy?.toISOString() ?? ''));

describe('看日历', () => {
  test('“日历”：2026年248个工作日，每段假期、每个调休日都带星期；没有安排的年份写明暂定', async () => {
    const lin = it.person('林晓');
    await lin.says('日历');
    expect(textOfCard(lin.lastCard())).toContain('全年工作日248天');
    expect(JSON.stringify(lin.lastCard())).toContain('10月1日(周四)至10月7日(周三) 共7天');
    expect(JSON.stringify(lin.lastCard())).toContain('9月20日(周日)、10月10日(周六)');
    await lin.clicks('下一年');
    expect(textOfCard(lin.lastCard())).toContain('2027年放假安排未公布，法定节假日先按休息算，调休算不到');
    expect(JSON.stringify(lin.lastCard())).toContain('2月5日(周五)至2月8日(周一) 共4天');
    expect([await works('2027-01-01'), await works('2027-02-05'), await works('2027-02-09'), await works('2027-10-04')]).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(await knows(2027)).toBe(false);
    await lin.says('日历 2066');
    expect(textOfCard(lin.lastCard())).toContain('2066年放假安排未公布，暂按周一至周五上班');
  });

  test('单位的人不能看也不能改；听不懂的年份说得清', async () => {
    await it.person('方伟').says('日历');
    expect(textOfCard(it.person('方伟').lastCard())).toContain('您无权查看和调整工作日历，请联系系统管理员或督查室');
    await it.person('方伟').says(notice2027);
    expect(textOfCard(it.person('方伟').lastCard())).toContain('您无权查看和调整工作日历');
    await it.person('林晓').says('日历 明年');
    expect(textOfCard(it.person('林晓').lastCard())).toContain('请写年份，例如“日历 2027”');
  });
});

describe('导入国务院的通知', () => {
  test('粘贴的全文有矛盾：逐处指出，没有导入的按钮，什么都没写', async () => {
    const lin = it.person('林晓');
    await lin.says(notice2027.replace('共8天', '共7天').replace('5月8日（周六）', '5月8日（周日）'));
    const text = textOfCard(lin.lastCard());
    expect(text).toContain('有2处对不上，还不能导入');
    expect(text).toContain('春节写的是共7天，按日期是8天');
    expect(text).toContain('通知写5月8日是周日，实际是5月8日（周六）');
    expect(JSON.stringify(lin.lastCard())).not.toContain('确认导入');
    expect(await knows(2027)).toBe(false);
  });

  test('对得上的：先看每一天和与现行日历的不同，确认了才生效，再点一次不再导入', async () => {
    const he = it.person('何俊');
    await he.says(notice2027);
    const text = textOfCard(he.lastCard());
    expect(text).toContain('放假28天，调休上班6天');
    expect(text).toContain('2月9日（周二）放假');
    expect(text).not.toContain('1月1日（周五）放假'); // 法定的那几天，本来就按休息算
    expect(JSON.stringify(he.lastCard())).toContain('2月5日(周五)');
    expect(await knows(2027)).toBe(false);
    const [offer] = he.cards().slice(-1);
    expect(await he.clicks('确认导入')).toMatchObject({ toast: { content: '已导入2027年放假安排' } });
    expect(textOfCard(he.lastCard())).toContain('何俊已导入');
    expect(JSON.stringify(offer)).toContain('确认导入');
    expect(JSON.stringify(he.lastCard())).not.toContain('确认导入');
    expect([await knows(2027), await works('2027-01-01'), await works('2027-01-31'), await works('2027-02-06')]).toEqual([true, false, true, false]);
    await he.says('日历 2027年');
    expect(textOfCard(he.lastCard())).toContain('按国务院通知');
  });

  test('通知更正了：先收到的一份取代不了后导入的，点它说清楚；被取代的一份，卡片写明已被取代', async () => {
    const he = it.person('何俊');
    const lin = it.person('林晓');
    // 林晓先粘贴了有误的一份，没有确认；何俊过一会儿导入了更正的。
    await lin.says(notice2027.replace('1月31日（周日）、', '1月30日（周六）、'));
    await it.moveTo('2026-05-29 09:20');
    await he.says(notice2027);
    await he.clicks('确认导入');
    const notices = he
      .cards()
      .map(textOfCard)
      .filter((text) => text.includes('年放假安排\n已'));
    expect(notices.map((text) => /已被取代|已导入/.exec(text)?.[0])).toEqual(['已被取代', '已导入']);
    await it.moveTo('2026-05-29 09:25');
    expect(await lin.clicks('确认导入')).toMatchObject({
      toast: { content: '2027年的放假安排在这份预览之后又导入过一份，这份作废；仍要用这份，请重新发送通知全文' },
    });
    expect([await works('2027-01-30'), await works('2027-01-31')]).toEqual([false, true]);
    // 重新发来，看过与现行日历的不同，就是他的主意了。
    await lin.says(notice2027.replace('1月31日（周日）、', '1月30日（周六）、'));
    expect(textOfCard(lin.lastCard())).toContain('与现行日历有2天不同：1月30日（周六）上班、1月31日（周日）不再上班');
    await lin.clicks('确认导入');
    expect(await works('2027-01-30')).toBe(true);
    // 没有变的日子，哪天知道的照旧：法定的一向知道，调休的是头一次导入时，挪了的是这一次。
    const since = (date: string) =>
      inDatabase(it, async (db) => (await db.calendarDay.findUniqueOrThrow({ where: { date_source: { date, source: 'notice' } } })).at?.getTime());
    const [law, first, moved] = [await since('2027-01-01'), await since('2027-02-09'), await since('2027-01-30')];
    expect([law, moved]).toEqual([undefined, it.clock.now().getTime()]);
    expect(first).toBeLessThan(new Date('2026-05-29T09:20:00+08:00').getTime());
    await he.says(notice2027);
    await he.clicks('确认导入');
    expect(await works('2027-01-31')).toBe(true);
  });

  test('元旦的假期从上一年年底起的，更正的一份不再放那几天：预览里写出来，导入之后那几天照旧', async () => {
    const he = it.person('何俊');
    // 假设先收到的一份从12月31日（周四）放起，12月27日（周日）上班。
    const bridged = notice2027.replace(
      '1月1日（周五）至3日（周日）放假，共3天。',
      '2026年12月31日（周四）至1月3日（周日）放假调休，共4天。2026年12月27日（周日）上班。',
    );
    await he.says(bridged);
    expect(textOfCard(he.lastCard())).toContain('与现行日历有2天不同：12月27日（周日）上班、12月31日（周四）放假');
    await he.clicks('确认导入');
    expect([await works('2026-12-27'), await works('2026-12-31')]).toEqual([true, false]);
    await he.says(notice2027);
    expect(textOfCard(he.lastCard())).toContain('与现行日历有2天不同：12月27日（周日）不再上班、12月31日（周四）不再放假');
    await he.clicks('确认导入');
    expect([await works('2026-12-27'), await works('2026-12-31')]).toEqual([false, true]);
  });

  test('holiday-cn 的文件也收：同一年后来的取代先前的，留痕都在；不是这种文件的说清楚', async () => {
    const days = notice2027Days();
    const file = (content: object): Uint8Array => new TextEncoder().encode(JSON.stringify(content));
    const he = it.person('何俊');
    await he.sendsFile('2027.json', file({ year: 2027, days: [...days, { name: '国庆节', date: '2027-10-08', isOffDay: true }] }));
    expect(textOfCard(he.lastCard())).toContain('与现行日历有1天不同：10月8日（周五）放假');
    await he.clicks('确认导入');
    expect(await works('2027-10-08')).toBe(false);
    await he.sendsFile('package.json', file({ name: 'x' }));
    expect(textOfCard(he.lastCard())).toContain('不是 holiday-cn 的年度放假数据');
    await it.person('方伟').sendsFile('2027.json', file({ year: 2027, days }));
    expect(textOfCard(it.person('方伟').lastCard())).toContain('您无权导入放假数据');
    const trail = await inDatabase(it, (db) => db.auditEntry.findMany({ where: { subjectType: 'calendarNotice' }, orderBy: { seq: 'asc' } }));
    expect(trail.map(({ event, actorName }) => `${actorName} ${event}`)).toEqual([
      '何俊 import',
      ...['何俊 supersede', '何俊 import', '林晓 supersede', '林晓 import', '何俊 supersede', '何俊 import'],
      ...['何俊 supersede', '何俊 import', '何俊 supersede', '何俊 import'],
      ...['何俊 supersede', '何俊 import'],
    ]);
  });
});

describe('调整一天', () => {
  test('6月1日台风停工：31本任务书的签收时限顺延到6月3日，卡片换成新的，没有人多收一张', async () => {
    expect(new Set(await limits())).toEqual(new Set(['2026-06-02T10:00:00.000Z']));
    const head = it.person('曾宏斌');
    const before = head.cards().length;
    const lin = it.person('林晓');
    await lin.says('日历');
    await lin.clicks('调整一天');
    const form = { date: '2026-06-01', kind: '放假', reason: '台风停工' };
    expect(await lin.clicks('保存', { form })).toMatchObject({
      toast: { content: '已调整；31本任务书的签收时限有变，卡片已更新；提醒和反馈日按新的安排重算，已发过的不重发' },
    });
    expect(textOfCard(lin.lastCard())).toContain('6月1日(周一)放假：台风停工（林晓）');
    expect(textOfCard(lin.lastCard())).toContain('全年工作日247天');
    expect(new Set(await limits())).toEqual(new Set(['2026-06-03T10:00:00.000Z']));
    expect(head.cards()).toHaveLength(before);
    expect(textOfCard(head.cards())).toContain('6月3日（周三）18:00');
    const moved = await inDatabase(it, (db) => db.auditEntry.count({ where: { event: 'moveReceiptLimit' } }));
    expect(moved).toBe(31);
  });

  test('时限一行说出原因；恢复全国安排之后，时限也回到原来', async () => {
    await it.person('林晓').says('党-058');
    expect(textOfCard(it.person('林晓').lastCard())).toContain('含台风停工');
    await it.person('林晓').says('日历');
    await it.person('林晓').clicks('调整一天');
    const again = { date: '2026-06-01', kind: '放假', reason: '再停一天' };
    expect(await it.person('林晓').clicks('保存', { form: again })).toMatchObject({ toast: { content: '这一天本来就休息，无需调整' } });
    const back = { date: '2026-06-01', kind: '恢复全国安排', reason: '台风转向' };
    await it.person('林晓').clicks('保存', { form: back });
    expect(await works('2026-06-01')).toBe(true);
    expect(new Set(await limits())).toEqual(new Set(['2026-06-02T10:00:00.000Z']));
    const trail = await inDatabase(it, (db) => db.auditEntry.findMany({ where: { subjectType: 'calendarDay' }, orderBy: { seq: 'asc' } }));
    expect(trail.map(({ before, after, detail }) => `${before}→${after} ${(detail as { reason: string }).reason}`)).toEqual([
      'work→off 台风停工',
      'off→work 台风转向',
    ]);
  });
});

test('下达之后才定的周六、周日上班：签收时限不提前，周日不催', async () => {
  await it.moveTo('2026-05-29 20:00');
  const lin = it.person('林晓');
  for (const date of ['2026-05-30', '2026-05-31']) {
    await lin.says('日历');
    await lin.clicks('调整一天');
    const form = { date, kind: '上班', reason: '重点项目攻坚' };
    expect(await lin.clicks('保存', { form })).toMatchObject({ toast: { content: '已调整；提醒和反馈日按新的安排重算，已发过的不重发' } });
  }
  expect(new Set(await limits())).toEqual(new Set(['2026-06-02T10:00:00.000Z']));
  await it.moveTo('2026-05-31 20:00');
  expect(await inDatabase(it, (db) => db.reminderSend.count({ where: { kind: 'receipt' } }))).toBe(0);
  await it.moveTo('2026-06-02 09:10');
  expect(await inDatabase(it, (db) => db.reminderSend.count({ where: { kind: 'receipt' } }))).toBe(31);
});

function notice2027Days(): { name: string; date: string; isOffDay: boolean }[] {
  const span = (name: string, month: string, from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => ({ name, date: `2027-${month}-${String(from + index).padStart(2, '0')}`, isOffDay: true }));
  const work = (name: string, date: string) => ({ name, date, isOffDay: false });
  return [
    ...span('元旦', '01', 1, 3),
    ...span('春节', '02', 5, 12),
    ...span('清明节', '04', 3, 5),
    ...span('劳动节', '05', 1, 5),
    ...span('端午节', '06', 9, 9),
    ...span('中秋节', '09', 15, 15),
    ...span('国庆节', '10', 1, 7),
    ...[work('春节', '2027-01-31'), work('春节', '2027-02-20'), work('劳动节', '2027-04-25'), work('劳动节', '2027-05-08')],
    ...[work('国庆节', '2027-09-26'), work('国庆节', '2027-10-09')],
  ];
}
