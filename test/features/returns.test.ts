import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '#core/dates';
import { type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, startWithBooks, trailOf } from './given-books.ts';
import { expectPowerless, keepButton, type OldButton } from './old-button.ts';

let it: TestApp;
/** 原单位联络员手上的旧按钮 */
let old: OldButton;
beforeAll(async () => {
  it = await startWithBooks();
}, 120_000);
afterAll(() => it.close());

const reason = '采石场修复用地的规划调整属规划和自然资源管理局职责';
const mobileOf = async (name: string) => (await inDatabase(it, (db) => db.person.findFirstOrThrow({ where: { name } }))).mobile;
const byUnit = (series: string) =>
  inDatabase(it, async (db) => {
    const groups = await db.workItem.groupBy({ by: ['leadUnit'], where: { series, parentId: null }, _count: true });
    return new Map(groups.map(({ leadUnit, _count }) => [leadUnit, _count]));
  });

describe('S2：土地整备事务中心退件党-058，改派给规划和自然资源管理局', () => {
  test('6月2日10:20签收后退件：写明理由和建议单位，事项成为退件待裁，任务书上看得见', async () => {
    await it.moveTo('2026-06-02 10:20');
    const head = it.person('曾宏斌');
    await head.clicks('签收');
    await it.person('梁天佑').says('党-058');
    old = keepButton(it, '梁天佑', 'progress.open-form');
    expect(textOfCard(head.lastCard())).toContain('可在6月2日（周二）前退件');
    expect(await head.clicks('退件')).toMatchObject({ toast: { content: '退件单已发到与您的单聊' } });
    const form = { item: '党-058 青螺山废弃采石场修复用地整备', unit: '规划和自然资源管理局', reason };
    await it.person('梁天佑').says('党-058 10%');
    await it.person('梁天佑').clicks('提交反馈', { form: { content: '已摸底' } });
    expect(textOfCard(head.lastCard())).toContain('待审签1件');
    const later = { requestedOn: addDays((await itemOf(it, '党-058')).dueOn, 3), reason: '权属不清', progress: '已摸底' };
    for (const [button, wanted] of [
      ['申请办结', { result: '已移交' }],
      ['申请延期', later],
    ] as const) {
      await it.person('梁天佑').says('党-058');
      await it.person('梁天佑').clicks(button);
      expect(await it.person('梁天佑').clicks('提交申请', { form: wanted })).toMatchObject({ toast: { content: `已${button}，待单位审签` } });
    }
    await it.person('林晓').says('起草督办令 党-058');
    await it.person('林晓').clicks('报签发', { card: '党-058', form: { basis: '李文博批示', requirement: '立即整改', evidence: '整改报告' } });
    expect(await it.person('周启明').clicks('签发')).toMatchObject({ toast: { content: '已签发：湾督〔2026〕1号，正在下达' } });
    expect(await head.clicks('提交退件', { form })).toMatchObject({ toast: { content: '已退件，待督查室裁定' } });
    expect((await itemOf(it, '党-058')).status).toBe('declinePending');
    // 报上来的一件等着裁定：清单上没有它了。
    expect(textOfCard(head.cards())).not.toContain('待审签1件');
    expect(await head.clicks('审签', { card: '申请办结' })).toMatchObject({
      toast: { type: 'error', content: '党-058正在裁定退件，暂不能审签；裁定的结果会发给本单位' },
    });
    // 裁定维持，还由他审签：按钮还在。
    expect(JSON.stringify(head.cards())).toContain('completion.sign-off');
    expect(JSON.stringify(head.cards()[0])).toContain('（退件待裁）青螺山废弃采石场修复用地整备');
    expect(textOfCard(it.person('梁天佑').lastCard())).toContain('土地整备事务中心提出不由本单位牵头｜待督查室提意见');
  });

  test('再退一次：已退件，无需重复退件；还没裁定，事项仍由原单位牵头', async () => {
    const { id, bookId, leadUnit } = await itemOf(it, '党-058');
    expect(leadUnit).toBe('U22');
    const liaison = it.person('梁天佑');
    await liaison.says('党-058');
    expect(textOfCard(liaison.lastCard())).toContain('退件待裁');
    expect(JSON.stringify(liaison.lastCard())).not.toContain('task-books.open-decline');
    expect([id, bookId].every((value) => value !== null)).toBe(true);
  });

  test('何俊建议改派，周启明14:00裁定：党-058由规资牵头、土整配合，规资收到签收时限6月4日18:00的任务书', async () => {
    const he = it.person('何俊');
    await it.moveTo('2026-06-02 11:00');
    expect(textOfCard(he.lastCard())).toContain(reason);
    expect(await he.clicks('提出意见', { form: { note: '职责分工明确' } })).toMatchObject({ toast: { content: '已提出意见，待主任裁定' } });
    expect(textOfCard(he.lastCard())).toContain('待主任裁定');
    const zhou = it.person('周启明');
    await it.moveTo('2026-06-02 14:00');
    expect(textOfCard(zhou.lastCard())).toContain('何俊：改派，由规划和自然资源管理局牵头。职责分工明确');
    expect(await zhou.clicks('裁定')).toMatchObject({ toast: { content: '已裁定，已通知有关单位' } });
    const item = await itemOf(it, '党-058');
    expect(item).toMatchObject({ leadUnit: 'U15', status: 'issued' });
    expect(item.supportingUnits).toContain('U22');
    // 下给原单位的令到此为止：原单位不必再签收、回复，也不由新单位办。
    const order = await inDatabase(it, (db) => db.supervisionOrder.findFirstOrThrow());
    expect(order).toMatchObject({ itemId: item.id, status: 'closed' });
    expect(textOfCard(it.person('曾宏斌').cards())).toContain('土地整备事务中心　党-058');
    expect(textOfCard(it.person('曾宏斌').cards())).toContain('事项已改由规划和自然资源管理局牵头，已销号');
    expect(JSON.stringify(it.person('曾宏斌').cards())).not.toContain('orders.acknowledge');
    const card = textOfCard(it.person('韩素芬').lastCard());
    expect(card).toContain('2026年重点工作任务书（改派）');
    expect(card).toContain('6月4日（周四）18:00');
    expect(JSON.stringify(it.person('韩素芬').lastCard())).toContain('青螺山废弃采石场修复用地整备');
    const book = await inDatabase(it, (db) => db.taskBook.findUniqueOrThrow({ where: { id: item.bookId ?? '' } }));
    expect(book).toMatchObject({ kind: 'reassigned', importId: null, unitCode: 'U15', itemCount: 1 });
  });

  test('按单位的数：土整党2→1，规资党5→6，党合计仍是103', async () => {
    const counts = await byUnit('党');
    expect([counts.get('U22'), counts.get('U15')]).toEqual([1, 6]);
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(103);
  });

  test('原单位两人得到一句话，任务书卡片上少了这一项；各处的退件卡都写着裁定；原联络员的旧按钮、打字、发文件都不收', async () => {
    const [head, liaison] = [it.person('曾宏斌'), it.person('梁天佑')];
    for (const person of [head, liaison]) {
      expect(person.texts()).toContain('党-058的退件已裁定：改由规划和自然资源管理局牵头，贵单位改为配合单位。');
      expect(JSON.stringify(person.cards()[0])).not.toContain('青螺山废弃采石场修复用地整备');
      expect(textOfCard(person.cards())).toContain('裁定：改派，由规划和自然资源管理局牵头｜已裁定改派');
    }
    expect(textOfCard(it.person('何俊').lastCard())).toContain('已裁定改派');
    expect(JSON.stringify(it.person('何俊').lastCard())).not.toContain('提出意见');
    await expectPowerless(it, old, '党-058');
    // 报上去的人知道那一次到此为止、由谁接着办；没有“重新填报”。
    const lapsed = liaison.cards().filter((card) => textOfCard(card).includes('这次反馈到此为止'));
    expect(lapsed.map(textOfCard)).toEqual([
      expect.stringContaining('事项已改由规划和自然资源管理局牵头，这次反馈到此为止，由新的牵头单位接着反馈。'),
    ]);
    expect(textOfCard(lapsed)).toContain('已失效');
    expect(JSON.stringify(lapsed)).not.toContain('progress.open-form');
  });

  test('令是下给原单位的：登记簿、网页上的主送仍是原单位，网页写明改派；原单位还查得到，新单位查不到', async () => {
    const lin = it.person('林晓');
    await lin.says('督办令');
    expect(textOfCard(lin.lastCard())).toContain('土地整备事务中心　党-058');
    const { accessKey } = await inDatabase(it, (db) => db.supervisionOrder.findFirstOrThrow());
    const html = await (await fetch(`http://127.0.0.1:${it.app.port}/p/order/${accessKey}`)).text();
    for (const words of ['<dd>土地整备事务中心</dd>', '土地整备事务中心：', '事项已改由规划和自然资源管理局牵头']) expect(html).toContain(words);
    expect(html).not.toContain('规划和自然资源管理局：');
    await it.person('曾宏斌').says('督办令 1号');
    expect(textOfCard(it.person('曾宏斌').lastCard())).toContain('立即整改');
    await it.person('韩素芬').says('督办令 1号');
    expect(textOfCard(it.person('韩素芬').lastCard())).toContain('您无权查看该督办令');
  });

  test('新牵头单位签收：责任人暂为联络员，事项在办；经过都有留痕', async () => {
    const han = it.person('韩素芬');
    expect(await han.clicks('签收', { card: '（改派）' })).toMatchObject({ toast: { content: '已签收' } });
    const item = await itemOf(it, '党-058');
    expect(item.status).toBe('inProgress');
    expect(item.responsiblePostId).not.toBeNull();
    expect(await trailOf(it, '党-058')).toEqual([
      '周启明 issue draft→issued',
      '曾宏斌 acknowledge issued→inProgress',
      '梁天佑 report →submitted',
      '梁天佑 applyForCompletion →submitted',
      '梁天佑 requestExtension →submitted',
      '曾宏斌 decline inProgress→declinePending',
      '曾宏斌 light green→grey',
      '周启明 reassign declinePending→issued',
      '周启明 light grey→green',
      '韩素芬 acknowledge issued→inProgress',
    ]);
  });

  test('原单位报了还没有审签的那一次到此为止，办结、延期的申请也是：不由新单位的负责人审签，卡片上没有按钮，新单位照常反馈', async () => {
    const reports = () => inDatabase(it, (db) => db.progressReport.findMany({ where: { item: { code: '党-058' } }, orderBy: { round: 'asc' } }));
    expect(await reports()).toMatchObject([{ status: 'returned', returnedBy: '周启明', returnReason: '事项已改由规划和自然资源管理局牵头' }]);
    const { id: itemId, responsiblePostId } = await itemOf(it, '党-058');
    expect(await inDatabase(it, (db) => db.completionRequest.findMany({ where: { itemId } }))).toMatchObject([{ status: 'lapsed' }]);
    expect(await inDatabase(it, (db) => db.extensionRequest.findMany({ where: { itemId } }))).toMatchObject([
      { status: 'lapsed', note: '事项已改派' },
    ]);
    const head = it.person('曾宏斌').cards();
    expect(textOfCard(head)).toContain('事项已改由规划和自然资源管理局牵头，这次申请到此为止。');
    expect(textOfCard(head)).toContain('已失效，时限不变');
    expect(JSON.stringify(head)).not.toMatch(/completion\.sign-off|extensions\.sign-off/);
    const held = await inDatabase(it, (db) =>
      db.postHolding.findFirstOrThrow({ where: { postId: responsiblePostId ?? '' }, include: { person: true } }),
    );
    const liaison = it.person(held.person.name);
    // 一位数也读得懂。
    await liaison.says('党-058 5%');
    expect(await liaison.clicks('提交反馈', { form: { content: '已接手' } })).toMatchObject({ toast: { content: '已提交，待单位审签' } });
    expect((await reports()).map(({ status }) => status)).toEqual(['returned', 'submitted']);
  });

  test('6月3日再退：已超过退件期限(2026-06-02)；新牵头单位的期限另算，到6月4日', async () => {
    await it.moveTo('2026-06-03 09:30');
    const liaison = it.person('梁天佑');
    expect(await liaison.clicks('退件')).toMatchObject({ toast: { type: 'error', content: '已超过退件期限(2026-06-02)' } });
    const han = it.person('韩素芬');
    await han.says('党-058');
    expect(await han.clicks('退件')).toMatchObject({ toast: { content: '退件单已发到与您的单聊' } });
    expect(textOfCard(han.lastCard())).toContain('6月4日（周四）');
  });
});

describe('裁定维持、权限、重复', () => {
  test('未签收的任务书里的事项也能退；裁定维持后回到已下达，签收时再转入办理', async () => {
    await it.moveTo('2026-06-03 10:00');
    const han = it.person('韩素芬');
    const form = { item: '党-058 青螺山废弃采石场修复用地整备', unit: '生态环境管理局', reason: '以生态修复为主' };
    await han.clicks('提交退件', { form });
    // 周启明兼着督查员的岗，休假时委托出去：等提意见的这一件，代他办的人也收到。
    await inDatabase(it, async (db) => {
      const { id: postId } = await db.post.findFirstOrThrow({ where: { role: 'inspector' } });
      const { id: personId } = await db.person.findFirstOrThrow({ where: { name: '周启明' } });
      await db.postHolding.create({ data: { id: 'both', postId, personId, fromOn: '2026-06-03', toOn: '2026-06-03' } });
    });
    await it.person('周启明').says('委托');
    await it.person('周启明').clicks('提交委托', { form: { mobile: await mobileOf('徐立新'), fromOn: '2026-06-03', toOn: '2026-06-03' } });
    expect(JSON.stringify(it.person('徐立新').cards())).toContain('task-books.propose-decline');
    await it.person('何俊').clicks('提出意见', { form: { decision: '维持原单位' } });
    const zhou = it.person('周启明');
    expect(await zhou.clicks('裁定', { form: { note: '以用地规划为主' } })).toMatchObject({ toast: { type: 'success' } });
    const item = await itemOf(it, '党-058');
    expect(item).toMatchObject({ leadUnit: 'U15', status: 'inProgress' });
    expect(it.person('王楚瑶').texts()).toContain('党-058的退件已裁定：维持原单位，请继续办理，时限不变。');
  });

  test('不是主要负责人或联络员的人在群里的任务书上点退件：明确拒绝', async () => {
    const message = it
      .group('住建局督办工作群')
      .messages()
      .find(({ content }) => content.includes('重点工作任务书'));
    const { seen } = await it.acts.clicks(it.person('马骁').person.openId, message?.messageId ?? '', { button: '退件' });
    expect(seen).toMatchObject({ toast: { type: 'error', content: '您无权退件，请联系本单位主要负责人或联络员' } });
  });
});
