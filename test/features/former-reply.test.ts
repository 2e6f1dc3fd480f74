import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, startWithBooks } from './given-books.ts';

// 急件下达没两天就到期、就被催，单位答应了日子，又退了件：改派之后，原单位答应的不算新单位的。
let it: TestApp;
beforeAll(async () => {
  it = await startWithBooks();
  await it.moveTo('2026-06-01 09:30');
  await it.person('曾宏斌').clicks('签收');
  const { id } = await itemOf(it, '党-058');
  await inDatabase(it, (db) => db.workItem.update({ where: { id }, data: { dueOn: '2026-05-29', originalDueOn: '2026-05-29' } }));
  await it.moveTo('2026-06-02 09:30');
}, 120_000);
afterAll(() => it.close());

const person = (name: string) => it.person(name);
const answer = { cause: '权属不清', measure: '两家一起确权', promisedOn: '2026-06-30' };
const planOf = async () => {
  const { id } = await itemOf(it, '党-058');
  return inDatabase(it, (db) => db.reminderPlan.findUniqueOrThrow({ where: { itemId: id } }));
};
const repliesOf = async () => {
  const { id } = await itemOf(it, '党-058');
  return inDatabase(it, (db) => db.urgeReply.findMany({ where: { itemId: id }, orderBy: { at: 'asc' } }));
};
async function reassign(from: string, to: string, at: string): Promise<void> {
  await person(from).says('任务书');
  await person(from).clicks('退件');
  const form = { item: `党-058 ${(await itemOf(it, '党-058')).title}`, unit: to, reason: '职责已划转' };
  expect(await person(from).clicks('提交退件', { form })).toMatchObject({ toast: { content: '已退件，待督查室裁定' } });
  await person('何俊').clicks('提出意见', { form: { decision: '改派', unit: to } });
  await it.skipTo(at);
  await person('周启明').clicks('裁定', { form: { decision: '改派', unit: to } });
}
const toReply = async (name: string) => {
  await person(name).says('收到');
  await person(name).clicks('回复', { card: '党-058' });
  return person(name).clicks('提交回复', { form: answer });
};

describe('改派之后，原单位对催办的回复到此为止', () => {
  test('等采纳的那一份退回，回复的人知道；督查员手上不再有“采纳”', async () => {
    expect(await toReply('梁天佑')).toMatchObject({ toast: { content: '已提交，待督查室采纳' } });
    await reassign('曾宏斌', '规划和自然资源管理局', '2026-06-02 14:00');
    expect(await repliesOf()).toMatchObject([{ status: 'incomplete' }, { status: 'returned', returnReason: '事项已改派' }]);
    const mine = textOfCard(person('梁天佑').cards());
    expect(mine).toContain('事项已改派，这份回复到此为止，由新的牵头单位回复');
    expect(JSON.stringify(person('林晓').cards())).not.toContain('reminders.accept-reply');
  });

  test('新单位照常被催、照常回复，采纳了才停表', async () => {
    await person('韩素芬').clicks('签收', { card: '（改派）' });
    await it.skipTo('2026-06-03 09:30');
    expect(await toReply('韩素芬')).toMatchObject({ toast: { content: '已提交，待督查室采纳' } });
    expect((await planOf()).promisedOn).toBeNull();
    expect(await person('林晓').clicks('采纳', { card: '催办回复 党-058' })).toMatchObject({ toast: { content: '已采纳，已停表' } });
    expect((await planOf()).promisedOn).toBe('2026-06-30');
  });

  test('采纳过的承诺也只约束答应它的单位：再改派，提醒又按事项的时限', async () => {
    await reassign('韩素芬', '生态环境管理局', '2026-06-03 14:00');
    expect((await planOf()).promisedOn).toBeNull();
    await person('林晓').says('党-058');
    expect(textOfCard(person('林晓').lastCard())).toContain('原单位承诺的完成日期不再作数');
  });
});
