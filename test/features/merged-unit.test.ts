import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, type TestPerson, textOfCard } from '../harness.ts';
import { inDatabase, startWithBooks } from './given-books.ts';
import { keepButton, type OldButton } from './old-button.ts';

let it: TestApp;
let zhou: TestPerson;
beforeAll(async () => {
  it = await startWithBooks();
  zhou = it.person('周启明');
}, 120_000);
afterAll(() => it.close());

const last = (person: TestPerson): string => textOfCard(person.lastCard());
const former = ['曾宏斌', '梁天佑'];
const bookCardOf = (name: string): string =>
  it
    .person(name)
    .cards()
    .map(textOfCard)
    .findLast((card) => card.includes('重点工作任务书\n土地整备事务中心')) ?? '';

let onBook: OldButton;
let onReminder: OldButton;
let received: number[];

test('土整还没有签收，6月2日收到签收提醒；当天10:00五项全部改派给规资，已撤并', async () => {
  onBook = keepButton(it, '梁天佑', 'task-books.acknowledge');
  await it.moveTo('2026-06-02 09:05');
  onReminder = keepButton(it, '梁天佑', 'task-books.acknowledge');
  expect(onReminder.messageId).not.toBe(onBook.messageId);
  await it.moveTo('2026-06-02 10:00');
  await zhou.says('改派 土地整备事务中心 全部 → 规划和自然资源管理局');
  expect(await zhou.clicks('改派5项', { form: { reason: '机构改革方案' } })).toMatchObject({ toast: { type: 'success' } });
});

test('没签收的那本收起：写明不用签收，没有按钮；群里的一张也是；旧卡片、提醒上的“签收”按不成，什么也不变', async () => {
  for (const name of former) {
    expect(bookCardOf(name)).toContain('这本任务书的事项已全部改由别的单位牵头，不用签收');
    expect(bookCardOf(name)).not.toMatch(/待签收|签收时限|退件/);
  }
  const [inGroup] = it.group('土整中心督办工作群').messages();
  expect(inGroup?.content).toContain('不用签收');
  expect(inGroup?.content).not.toContain('task-books.acknowledge');
  const trail = () => inDatabase(it, (db) => db.auditEntry.count());
  const before = await trail();
  for (const { openId, messageId, value } of [onBook, onReminder]) {
    const { seen } = await it.acts.forgesClick(openId, messageId, { tag: 'button', value });
    expect(seen).toMatchObject({ toast: { type: 'info', content: '这本任务书里没有要办的事项了，不用签收' } });
    // 按下之后，提醒卡片也换成那本任务书。
    expect(JSON.stringify(seen)).toContain('这本任务书的事项已全部改由别的单位牵头');
    expect(JSON.stringify(seen)).not.toContain('task-books.acknowledge');
  }
  expect(await trail()).toBe(before);
});

test('签收情况不再等它：30家里数，另写明没有要签收的一家；它自己要任务书，也看得到不用签收', async () => {
  await it.person('林晓').says('签收情况');
  const text = last(it.person('林晓'));
  expect(text).toContain('已签收0/30');
  expect(text).toContain('没有要签收的1家：土地整备事务中心');
  expect(text.slice(text.indexOf('待签收30家'), text.indexOf('逾期未签收'))).not.toContain('土地整备事务中心');
  await it.person('林晓').says('任务书 土地整备事务中心');
  expect(last(it.person('林晓'))).toContain('没有要签收的了');
  received = former.map((name) => it.person(name).cards().length + it.person(name).texts().length);
});

test('此后十天，原来的主要负责人、联络员和群再收不到一条：没有提醒、换发、简报', async () => {
  const group = it.group('土整中心督办工作群');
  const heard = group.messages().length;
  await it.moveTo('2026-06-12 19:00');
  expect(former.map((name) => it.person(name).cards().length + it.person(name).texts().length)).toEqual(received);
  expect(group.messages()).toHaveLength(heard);
});

test('今年的简报、通报里没有它，往日的还查得到；它的人问简报，说得出怎样看往日', async () => {
  await zhou.says('简报');
  expect(last(zhou)).not.toContain('土整');
  await zhou.says('通报月报');
  expect(last(zhou)).not.toContain('土整');
  await it.person('梁天佑').says('简报');
  expect(last(it.person('梁天佑'))).toContain('土地整备事务中心现在没有下达的事项。改派走了的，写上日子可以看往日，例如“简报 截至5月30日”');
  await it.person('梁天佑').says('简报 截至5月30日');
  expect(last(it.person('梁天佑'))).toContain('土地整备事务中心\n5项｜已办结0');
});
