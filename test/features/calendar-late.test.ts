import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, startWithBooks } from './given-books.ts';

// 日子后来才改的：报过的不白报，停工那天谁也不收提醒。
let it: TestApp;
beforeAll(async () => {
  it = await startWithBooks();
  await it.person('丁一凡').clicks('签收');
}, 120_000);
afterAll(() => it.close());

const adjusts = async (date: string, kind: '放假' | '上班', reason: string): Promise<unknown> => {
  const lin = it.person('林晓');
  await lin.says('日历');
  await lin.clicks('调整一天');
  return lin.clicks('保存', { form: { date, kind, reason } });
};
const remindersOf = async (code: string): Promise<string[]> => {
  const { id } = await itemOf(it, code);
  const found = await inDatabase(it, (db) => db.reminderSend.findMany({ where: { subjectId: id, kind: 'feedback' }, orderBy: { at: 'asc' } }));
  return found.map(({ at, baseOn }) => `${new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10)} ${baseOn}`);
};
const lightOf = async (code: string): Promise<string> => {
  await it.person('林晓').says(code);
  return textOfCard(it.person('林晓').lastCard());
};

const sentOn = async (day: string): Promise<string[]> => {
  const within = { gte: new Date(`${day}T00:00:00+08:00`), lt: new Date(`${day}T24:00:00+08:00`) };
  const found = await inDatabase(it, (db) =>
    db.outboxEntry.findMany({ where: { kind: { in: ['sendCard', 'sendText', 'sendFile'] }, priority: { gt: 0 }, state: 'sent', settledAt: within } }),
  );
  return found.map(({ dedupeKey }) => dedupeKey);
};
const urgesTo = (name: string): string[] =>
  it
    .person(name)
    .cards()
    .map(textOfCard)
    .filter((text) => text.includes('林晓催办'));
const reports = async (code: string): Promise<void> => {
  await it.person('丁一凡').says(`${code} 95%`);
  await it.person('丁一凡').clicks('提交反馈', { form: { content: '已完成招标' } });
  // 审签、采纳不是这里的事；进度不落后，灯只看反馈。
  await inDatabase(it, async (db) => {
    await db.progressReport.updateMany({ data: { status: 'adopted', adoptedAt: it.clock.now(), adoptedBy: '林晓' } });
    await db.workItem.updateMany({ where: { code }, data: { percent: 95 } });
  });
};

describe('反馈日当天台风停工', () => {
  test('8月25日是反馈日，早上八点半宣布停工：当天谁也收不到提醒、简报、前一晚的催办，反馈日顺延到26日，没报的当天不算迟', async () => {
    await it.skipTo('2026-07-22 10:00');
    await reports('管-112');
    await reports('管-077');
    await it.skipTo('2026-08-20 09:05');
    expect(await remindersOf('管-112')).toContain('2026-08-20 2026-08-25');
    await it.skipTo('2026-08-24 21:30');
    const lin = it.person('林晓');
    await lin.says('催办 管-101');
    expect(textOfCard(lin.lastCard())).toContain('8月25日');
    await lin.clicks('发送催办');
    await it.moveTo('2026-08-25 08:30');
    await adjusts('2026-08-25', '放假', '台风停工');
    await it.moveTo('2026-08-26 08:30');
    expect(await sentOn('2026-08-25')).toEqual([]);
    expect(urgesTo('丁一凡')).toHaveLength(0);
    expect(await lightOf('管-112')).not.toContain('反馈迟');
    await it.moveTo('2026-08-26 09:10');
    expect(await remindersOf('管-112')).toEqual(['2026-08-20 2026-08-25']);
    expect(urgesTo('丁一凡')).toHaveLength(1);
    expect((await sentOn('2026-08-26')).length).toBeGreaterThan(0);
  });

  test('26日报的管-112及时，没有报的管-077过了26日才算迟', async () => {
    await reports('管-112');
    await it.skipTo('2026-08-27 10:00');
    expect(await lightOf('管-112')).not.toContain('反馈迟');
    expect(await lightOf('管-077')).toContain('反馈迟1个工作日');
  });
});

describe('报过之后才定的上班日', () => {
  test('10月20日报的，21日才定24日（周六）上班，窗口晚开一天：报过的仍算这一期，过了24日不亮灯', async () => {
    await it.skipTo('2026-10-20 09:05');
    await reports('管-112');
    await it.skipTo('2026-10-21 10:00');
    await adjusts('2026-10-24', '上班', '重点项目攻坚');
    await it.skipTo('2026-10-28 10:00');
    expect(await lightOf('管-112')).not.toContain('反馈迟');
    expect(await lightOf('管-077')).toContain('反馈迟');
    expect((await remindersOf('管-112')).filter((line) => line.startsWith('2026-10'))).toEqual(['2026-10-20 2026-10-23']);
  });
});
