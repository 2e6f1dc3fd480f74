import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestApp, type TestApp, type TestPerson, textOfCard } from '../harness.ts';
import { inDatabase } from './given-books.ts';

const name = '2026年重点工作任务-修订.xlsx';
const bytes = readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const reason = '管-040至管-046已由市里统一部署，请删去';

let it: TestApp;
let lin: TestPerson;
let zhou: TestPerson;
beforeEach(async () => {
  it = await startTestApp({ at: '2026-05-28 15:58' });
  [lin, zhou] = [it.person('林晓'), it.person('周启明')];
  await lin.sendsFile(name, bytes);
  await lin.clicks('确认导入');
});
afterEach(() => it.close());

const items = () => inDatabase(it, (db) => db.workItem.count());
const returns = (person: TestPerson, why = reason) => person.clicks('退回修改', { form: { reason: why } });
const heard = (person: TestPerson): string => person.cards().map(textOfCard).join('\n');

test('主任第二天早上才看，不同意：写明原因退回，254项全部撤回，导入人知道为什么；同一份表改好再发，编号照用，重新送审', async () => {
  await it.moveTo('2026-05-29 09:05');
  expect(await zhou.clicks('退回修改', {})).toMatchObject({ toast: { type: 'warning', content: '请写明退回的原因，再点退回' } });
  expect(await items()).toBe(254);
  expect(await returns(zhou)).toMatchObject({ toast: { content: '已退回，已告知导入人' } });
  await it.settled();
  expect([await items(), await inDatabase(it, (db) => db.taskBook.count())]).toEqual([0, 0]);
  expect(textOfCard(zhou.lastCard())).toContain(`《${name}》254项已退回，没有下达：${reason}（周启明）`);
  expect(textOfCard(lin.lastCard())).toMatch(/任务表被退回[\s\S]*周启明退回：管-040至管-046[\s\S]*254项和任务书已全部撤回，编号可以照用/);
  expect(heard(lin)).toContain(`的导入已由周启明退回：${reason}`);
  // 再按一次，撤回不了第二遍。
  const trail = await inDatabase(it, (db) => db.auditEntry.findMany({ where: { subjectType: 'workbookImport', event: 'return' } }));
  expect(trail.map(({ before, after, actorName, detail }) => [before, after, actorName, detail])).toEqual([
    ['confirmed', 'returned', '周启明', { reason, items: 254 }],
  ]);
  await lin.sendsFile(name, bytes);
  await lin.clicks('确认导入');
  expect(await items()).toBe(254);
  expect(await zhou.clicks('审定')).toMatchObject({ toast: { content: '已审定' } });
});

test('审定了还没有下达，发现不对，也退得回；下达之后没有这个按钮，旧卡片上按也不行', async () => {
  await zhou.clicks('审定');
  const { chatId } = it.world.store.directChat(zhou.person.openId);
  const old = { ...it.world.store.messagesOf(chatId).findLast(({ content }) => content.includes('退回修改')) };
  expect(await returns(zhou)).toMatchObject({ toast: { content: '已退回，已告知导入人' } });
  expect(await items()).toBe(0);
  await it.moveTo('2026-05-29 09:05');
  await lin.sendsFile(name, bytes);
  await lin.clicks('确认导入');
  await zhou.clicks('审定');
  const second = { ...it.world.store.messagesOf(chatId).findLast(({ content }) => content.includes('退回修改')) };
  await zhou.clicks('下达');
  await it.settled();
  expect(textOfCard(zhou.lastCard())).not.toContain('退回修改');
  const press = (message: { content?: string; messageId?: string }) =>
    it.acts.forgesClick(zhou.person.openId, message.messageId ?? '', { tag: 'button', value: valueIn(message.content), form_value: { reason } });
  expect((await press(second)).seen).toMatchObject({
    toast: { type: 'error', content: expect.stringMatching(/已经下达或正在下达，不能退回；下达之后写错的，发“更正 编号”/) },
  });
  expect((await press(old)).seen).toMatchObject({ toast: { type: 'error', content: '已退回，无需重复退回' } });
  expect(await items()).toBe(254);
});

test('填了原因却点了审定：不当作审定，请他看清再点', async () => {
  expect(await zhou.clicks('审定', { form: { reason } })).toMatchObject({
    toast: { content: '您填了退回的原因：要退回请点“退回修改”，要审定请先把原因清空' },
  });
  expect(await inDatabase(it, (db) => db.taskBook.count({ where: { status: 'pendingApproval' } }))).toBe(31);
});

test('正在下达的退不回：一本已经在路上，一项也不撤', async () => {
  await zhou.clicks('审定');
  await it.app.database.pool.query(`UPDATE "TaskBook" SET "issueRound" = 1 WHERE "unitCode" = 'U09'`);
  expect(await returns(zhou)).toMatchObject({ toast: { type: 'error', content: expect.stringContaining('已经下达或正在下达，不能退回') } });
  expect(await items()).toBe(254);
});

test('退回是审定人的事：督查员按不了；导入人过了十分钟想撤，告诉他请主任退回', async () => {
  // 他改任督查员了，手上的卡片还在。
  await it.app.database.pool.query(`UPDATE "Post" SET role = 'inspector' WHERE role = 'chiefInspector'`);
  expect(await returns(zhou)).toMatchObject({ toast: { type: 'error', content: expect.stringContaining('您无权') } });
  expect(await items()).toBe(254);
  await it.moveTo('2026-05-28 16:20');
  await lin.says('撤销');
  expect(textOfCard(lin.lastCard())).toContain('还没有下达的，请督查室主任在审定卡上退回');
});

/** 卡片里“退回修改”按钮带的值 */
function valueIn(content = '{}'): unknown {
  let found: unknown;
  JSON.parse(content, (key, value: unknown) => {
    if (key === 'value' && JSON.stringify(value)?.includes('task-books.return-import')) found = value;
    return value;
  });
  return found;
}
