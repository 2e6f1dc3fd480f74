import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { instantAt } from '#core/dates';
import { draftDueOrders } from '#domain/orders/draft';
import { announceItem } from '#domain/work-items/item-view';
import { asSystem } from '../../src/app.ts';
import { type TestApp, type TestPerson, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, silenced, startWithBooks } from './given-books.ts';

// 走过一个多月的每一格。
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

let it: TestApp;
let codes: { replied: string; refused: string; late: string; unheard: string; early: string; wrong: string };
const all = { c1: true, c2: true, c3: true, c4: true, c5: true, c6: true };
const person = (name: string): TestPerson => it.person(name);
const ordersOf = (code: string) =>
  inDatabase(it, (db) => db.supervisionOrder.findMany({ where: { item: { code } }, orderBy: [{ draftedAt: 'asc' }, { id: 'asc' }] }));
const orderOf = async (code: string) => {
  const order = (await ordersOf(code)).at(-1);
  if (!order) throw new Error(`${code}没有督办令`);
  return order;
};
const register = () => inDatabase(it, (db) => db.documentNumber.findMany({ orderBy: { number: 'asc' } }));
const trailOf = (id: string) => inDatabase(it, (db) => db.auditEntry.findMany({ where: { subjectId: id }, orderBy: { seq: 'asc' } }));
/** 停机后再起：钟跳过去，只看最近的一格。 */
const jumpTo = async (at: string): Promise<void> => {
  it.clock.set(instantAt(at.slice(0, 10), at.slice(11)));
  await it.app.scheduler.tick();
  it.app.outbox.wake();
  await it.settled();
};
const filesOf = (name: string): number => {
  const chat = it.world.store.findDirectChat(person(name).person.openId);
  return chat ? it.world.store.messagesOf(chat.chatId).filter(({ msgType }) => msgType === 'file').length : 0;
};
/** 某人手上这道令的卡片，最新的一张 */
const cardWith = (name: string, words: string): string =>
  person(name)
    .cards()
    .map(textOfCard)
    .filter((text) => text.includes(words))
    .at(-1) ?? '';
/** 起草、核稿、签发一道 — 直接起草的 */
const signBy = async (code: string, basis: string): Promise<void> => {
  const lin = person('林晓');
  await lin.says(`起草督办令 ${code}`);
  expect(await lin.clicks('报签发', { card: code, form: { basis, requirement: '立即整改', evidence: '整改报告' } })).toMatchObject({
    toast: { content: '已报督查室主任签发' },
  });
  await person('周启明').clicks('签发', { card: code });
};

beforeAll(async () => {
  it = await startWithBooks();
  codes = await inDatabase(it, async (db) => {
    const [early, wrong] = await db.workItem.findMany({ where: { leadUnit: 'U31', series: '党' }, orderBy: { code: 'asc' } });
    const [replied, refused, late, unheard] = await db.workItem.findMany({
      where: { leadUnit: 'U09', code: { not: '党-031' } },
      orderBy: { code: 'asc' },
    });
    const kept = {
      replied: replied?.code ?? '',
      unheard: unheard?.code ?? '',
      refused: refused?.code ?? '',
      late: late?.code ?? '',
      early: early?.code ?? '',
      wrong: wrong?.code ?? '',
    };
    // 只留用得到的事项在办：全区的提醒要发很久。另几项改成与党-031同一天到期，各走一种变化。
    await db.workItem.updateMany({ where: { code: { notIn: [...Object.values(kept), '党-031', '管-063'] } }, data: { status: 'suspended' } });
    const sameDay = { dueOn: '2026-09-16', originalDueOn: '2026-09-16' };
    const overdue = [kept.replied, kept.refused, kept.late, '管-063'];
    await db.workItem.updateMany({ where: { code: { in: overdue } }, data: sameDay });
    return kept;
  });
  for (const name of ['丁一凡', '曾小雨']) await person(name).clicks('签收');
  await jumpTo('2026-09-03 10:00');
});
afterAll(() => it.close());

describe('此前的1号（销号）和2号（作废）', () => {
  test('特急、批示件直接起草：没有依据不能报签发；签发取1号；事项撤销，令即销号', async () => {
    const lin = person('林晓');
    await lin.says(`起草督办令 ${codes.early}`);
    expect(textOfCard(lin.lastCard())).toContain('督办令拟稿');
    const form = { requirement: '立即整改', evidence: '整改报告' };
    expect(await lin.clicks('报签发', { form })).toMatchObject({ toast: { content: '事项还没有逾期，请写明依据（特急，或领导批示）' } });
    await lin.says(`起草督办令 ${codes.early}`);
    expect(lin.texts().at(-1) ?? textOfCard(lin.lastCard())).toContain('已有一道督办令在办');
    await lin.clicks('报签发', { card: codes.early, form: { ...form, basis: '李文博批示' } });
    expect(
      await person('林晓')
        .clicks('起草督办令')
        .catch(() => 'none'),
    ).toBe('none');
    expect(await person('周启明').clicks('签发')).toMatchObject({ toast: { content: '已签发：湾督〔2026〕1号，正在下达' } });
    expect(await orderOf(codes.early)).toMatchObject({ status: 'issued', number: '湾督〔2026〕1号' });
    await person('周启明').says(codes.early);
    await person('周启明').clicks('撤销');
    await person('周启明').clicks('撤销事项', { form: { basis: '并入市级项目' } });
    expect(await orderOf(codes.early)).toMatchObject({ status: 'closed' });
    expect(cardWith('梁海生', '1号')).toContain('事项不再办理，已销号');
  });

  test('作废须两个人：提出的人自己同意不了；作废的号和原因留在登记簿上', async () => {
    await silenced(it, ['曾小雨'], () => signBy(codes.wrong, '王海峰批示'));
    // 谁收不到，签发的人看得到。
    expect(cardWith('周启明', '2号')).toContain('联络员曾小雨没有飞书账号');
    const lin = person('林晓');
    await lin.says('督办令 2号');
    await lin.clicks('作废');
    expect(await lin.clicks('提出作废', { form: { reason: '主送单位写错' } })).toMatchObject({ toast: { content: '已提出作废，等另一人同意' } });
    await lin.says('督办令 2号');
    expect(await lin.clicks('同意作废')).toMatchObject({ toast: { content: '作废须两个人：林晓提出的，要由督查室另一人同意' } });
    expect(await person('周启明').clicks('同意作废')).toMatchObject({ toast: { content: '湾督〔2026〕2号已作废，文号不再使用' } });
    expect(await orderOf(codes.wrong)).toMatchObject({ status: 'voided', number: '湾督〔2026〕2号', voidReason: '主送单位写错' });
    expect(cardWith('梁海生', '2号')).toContain('已作废：主送单位写错');
    expect((await register()).map(({ text, voidReason, voidedBy }) => [text, voidReason, voidedBy])).toEqual([
      ['湾督〔2026〕1号', null, null],
      ['湾督〔2026〕2号', '主送单位写错', '林晓提出，周启明同意'],
    ]);
    await inDatabase(it, (db) => db.workItem.updateMany({ where: { code: codes.wrong }, data: { status: 'suspended' } }));
  });
});

describe('S5：从催办到督办令', () => {
  test('9月17日只回“收到”；9月20日二次催办；规则在9月18日改了，在办的仍按下达时的', async () => {
    for (const day of ['09-07', '09-11', '09-15', '09-16', '09-17']) await jumpTo(`2026-${day} 09:05`);
    await jumpTo('2026-09-17 15:20');
    await person('丁一凡').says('收到');
    await jumpTo('2026-09-18 10:00');
    const steps = [{ level: 'L4', offset: 3 }];
    await inDatabase(it, (db) => db.ladderPolicy.create({ data: { rules: { steps }, savedAt: it.clock.now(), savedBy: '周启明' } }));
    await jumpTo('2026-09-20 09:05');
    expect(await ordersOf('党-031')).toEqual([]);
  });

  test('督查员都没有账号时回复催办：回复的人当场知道要当面告知', async () => {
    const inspectors = await inDatabase(it, (db) =>
      db.person.findMany({ where: { openId: { not: null }, holdings: { some: { toOn: null, post: { role: 'inspector' } } } } }),
    );
    await inDatabase(it, (db) => db.person.updateMany({ where: { id: { in: inspectors.map(({ id }) => id) } }, data: { openId: null } }));
    const ding = person('丁一凡');
    await ding.clicks('回复', { card: codes.unheard, within: codes.unheard });
    const form = { cause: '设计变更', measure: '增加人手', promisedOn: '2026-12-18' };
    expect(await ding.clicks('提交回复', { form })).toMatchObject({
      toast: { type: 'warning', content: expect.stringMatching(/^已提交；督查员.*林晓.*没有飞书账号，收不到，请当面告知$/) },
    });
    for (const { id, openId } of inspectors) await inDatabase(it, (db) => db.person.update({ where: { id }, data: { openId } }));
    await inDatabase(it, (db) => db.workItem.update({ where: { year_code: { year: 2026, code: codes.unheard } }, data: { status: 'suspended' } }));
  });

  test('9月21日采纳了回复的，22日不拟督办令', async () => {
    await jumpTo('2026-09-21 10:00');
    const ding = person('丁一凡');
    await ding.clicks('回复', { card: codes.replied, within: codes.replied });
    await ding.clicks('提交回复', { form: { cause: '设计变更', measure: '增加人手', promisedOn: '2026-12-18' } });
    expect(await person('林晓').clicks('采纳', { card: '催办回复' })).toMatchObject({ toast: { content: '已采纳，已停表' } });
    await jumpTo('2026-09-22 09:05');
    expect(await ordersOf(codes.replied)).toEqual([]);
  });

  test('9月22日09:05督办令拟稿到林晓：6次提醒、1件未采纳的回复，没有文号，单位什么也没收到', async () => {
    const lin = person('林晓');
    expect(textOfCard(lin.lastCard())).toContain('已拟4份督办令，待核稿');
    expect(await orderOf('党-031')).toMatchObject({ status: 'draft', number: null, draftedBy: '系统' });
    await lin.clicks('核稿', { within: '党-031' });
    const text = textOfCard(lin.lastCard());
    expect(text).toContain('提醒、催办6次，未采纳的回复1件');
    for (const day of ['9月7日（周一）09:05 到期预告', '9月11日（周五）09:05', '9月15日（周二）09:05', '9月16日（周三）09:05 今天到期'])
      expect(text).toContain(day);
    for (const day of ['9月17日（周四）09:05 催办', '9月20日（周日）09:05 二次催办']) expect(text).toContain(day);
    expect(text).toContain('9月17日（周四）15:20 丁一凡回复催办（未停表）：收到');
    await lin.says('督办令 拟稿');
    expect(textOfCard(lin.lastCard())).toContain('已拟4份督办令，待核稿');
    expect(textOfCard(person('罗志远').cards())).not.toContain('督办令');
    expect(await register()).toHaveLength(2);
  });

  test('报了签发，催办回复又被采纳：拟稿撤回，签发人和督查员都收到一句话，不占号', async () => {
    const [lin, ding] = [person('林晓'), person('丁一凡')];
    await lin.says(codes.late);
    await lin.clicks('看督办令', { card: codes.late });
    await lin.clicks('报签发', { card: `督办令拟稿 ${codes.late}`, form: { requirement: '限期完成', evidence: '情况说明' } });
    expect(cardWith('周启明', codes.late)).toContain('待签发');
    await ding.clicks('回复', { card: codes.late, within: codes.late });
    await ding.clicks('提交回复', { form: { cause: '材料到货晚', measure: '改用现货', promisedOn: '2026-12-18' } });
    expect(await lin.clicks('采纳', { card: '催办回复' })).toMatchObject({ toast: { content: '已采纳，已停表' } });
    expect(await orderOf(codes.late)).toMatchObject({ status: 'dropped', number: null });
    for (const name of ['周启明', '何俊']) expect(cardWith(name, `督办令拟稿 ${codes.late}`)).toContain('已撤回：催办回复已采纳，已停表');
    expect(
      await person('周启明')
        .clicks('签发', { card: codes.late })
        .catch(() => '没有这个按钮'),
    ).toBe('没有这个按钮');
  });

  test('拟稿之后延期批下来了：事项不再逾期，拟稿随之撤回，写明为什么', async () => {
    await jumpTo('2026-09-22 10:30');
    const { id } = await itemOf(it, codes.late);
    const change = (dueOn: string) => inDatabase(it, (db) => db.workItem.update({ where: { id }, data: { dueOn } }));
    await change('2026-09-15');
    await asSystem(it.app, it.clock.now(), (ctx) => draftDueOrders(ctx, [id]));
    expect(await orderOf(codes.late)).toMatchObject({ status: 'draft', origin: 'ladder' });
    await change('2026-12-25');
    await asSystem(it.app, it.clock.now(), (ctx) => announceItem(ctx, id));
    await it.settled();
    expect(await orderOf(codes.late)).toMatchObject({ status: 'dropped', number: null, dropReason: '时限已改为2026年12月25日，不再逾期' });
    expect(cardWith('林晓', `督办令拟稿 ${codes.late}`)).toContain('已撤回：时限已改为2026年12月25日，不再逾期');
    await change('2026-09-16');
  });

  test('没有逾期的拟稿签不了；退回的、不予印发的拟稿不占号：下一道还是3号；同一秒签发两道，3号、4号，不断不重', async () => {
    const [lin, zhou] = [person('林晓'), person('周启明')];
    await jumpTo('2026-09-22 11:30');
    const form = { requirement: '查明原因，限期完成', evidence: '完成情况说明' };
    await lin.clicks('报签发', { card: '党-031', form });
    for (const code of [codes.refused, '管-063']) {
      await lin.says(code);
      await lin.clicks('看督办令', { card: code });
      await lin.clicks('报签发', { card: `督办令拟稿 ${code}`, form });
    }
    await jumpTo('2026-09-22 16:20');
    // 报签发之后延期批下来了：没有逾期的，机器拟的签不了，号也不取。
    const refused = { where: { year_code: { year: 2026, code: codes.refused } } };
    await inDatabase(it, (db) => db.workItem.update({ ...refused, data: { dueOn: '2026-12-18' } }));
    expect(await zhou.clicks('签发', { card: `督办令拟稿 ${codes.refused}` })).toMatchObject({
      toast: { content: `${codes.refused}现在的时限是2026-12-18，没有逾期，督办令不能签发；请退回修改，写明依据，或不予印发` },
    });
    await inDatabase(it, (db) => db.workItem.update({ ...refused, data: { dueOn: '2026-09-16' } }));
    expect(await zhou.clicks('退回修改', { card: codes.refused })).toMatchObject({ toast: { content: '请写明退回原因，再点退回修改' } });
    expect(await zhou.clicks('退回修改', { card: codes.refused, form: { reason: '先核实' } })).toMatchObject({
      toast: { content: '已退回修改，不占文号' },
    });
    expect(textOfCard(lin.lastCard())).toContain('周启明退回：先核实');
    expect(await lin.clicks('不予印发', { card: '先核实', form: { ...form, reason: '已在现场解决' } })).toMatchObject({
      toast: { content: '不予印发，不占文号' },
    });
    expect(await register()).toHaveLength(2);
    await Promise.all([zhou.clicks('签发', { card: '督办令拟稿 党-031' }), zhou.clicks('签发', { card: '督办令拟稿 管-063' })]);
    await it.settled();
    expect((await register()).map(({ text }) => text)).toEqual([1, 2, 3, 4].map((n) => `湾督〔2026〕${n}号`));
    const [first, second] = [await orderOf('党-031'), await orderOf('管-063')];
    expect([first.number, second.number].sort((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1))).toEqual(['湾督〔2026〕3号', '湾督〔2026〕4号']);
    expect(first.acknowledgeBy?.toISOString()).toBe('2026-09-23T10:00:00.000Z');
    expect(first.replyBy?.toISOString()).toBe('2026-09-28T10:00:00.000Z');
  });

  test('罗志远收到令和公文，工作群有通知，分管领导有抄送', async () => {
    const { number, documentName } = await orderOf('党-031');
    expect(cardWith('罗志远', number ?? '')).toContain('请于9月23日（周三）18:00前签收');
    expect(documentName).toBe(`${number}-住房和建设局-党-031.docx`);
    // 任务书一份，令一份。
    expect(filesOf('罗志远')).toBe(2);
    const lin = person('林晓');
    await lin.says(`督办令 ${number}`);
    expect(await lin.clicks('已用印')).toMatchObject({ toast: { content: '已记下用印' } });
    expect(textOfCard(lin.lastCard())).toContain('用印\n林晓　9月22日（周二）16:20');
    expect(cardWith('王海峰', number ?? '')).toContain('签收');
    // 分管负责人看得到，不由他签收。
    expect(cardWith('邓一鸣', number ?? '')).toContain('由本单位主要负责人或联络员签收');
    expect(JSON.stringify(person('邓一鸣').cards())).not.toContain('orders.acknowledge');
    const { chatName } = await inDatabase(it, (db) => db.chatBinding.findUniqueOrThrow({ where: { purpose: 'unit:U09' } }));
    const group = it.group(chatName).messages();
    expect(group.filter(({ content }) => content.includes(number ?? '') && content.includes('已发给本单位主要负责人'))).toHaveLength(1);
  });

  test('下达时给罗志远应用内加急，别人不加急', async () => {
    const urged = it.world.store
      .chats()
      .flatMap(({ chatId }) => it.world.store.messagesOf(chatId))
      .filter(({ urgentTo }) => urgentTo.length > 0)
      .flatMap(({ urgentTo }) => urgentTo);
    expect(urged.filter((openId) => openId === person('罗志远').person.openId)).toHaveLength(1);
    const heads = ['罗志远', '梁海生'].map((name) => person(name).person.openId);
    expect(urged.filter((openId) => !heads.includes(openId))).toEqual([]);
  });

  test('9月23日10:12签收；28日15:40回复；采纳后时限是10月15日，原定9月16日还在', async () => {
    const luo = person('罗志远');
    await jumpTo('2026-09-23 10:12');
    expect(await luo.clicks('签收', { card: '湾督' })).toMatchObject({ toast: { content: '已签收' } });
    expect(cardWith('罗志远', '湾督')).toContain('请于9月28日（周一）18:00前回复原因、措施和完成日期');
    // 管-063 的令已过签收时限：次日早上提醒一次，当天不再提醒。
    const remindersTo = (name: string) =>
      person(name)
        .cards()
        .filter((card) => textOfCard(card).includes('湾督')).length;
    const before = remindersTo('梁海生');
    await jumpTo('2026-09-23 18:05');
    expect(remindersTo('梁海生')).toBe(before);
    await jumpTo('2026-09-24 09:05');
    expect(remindersTo('梁海生')).toBe(before + 1);
    expect(cardWith('梁海生', '湾督')).toContain('已过签收时限');
    await jumpTo('2026-09-24 12:05');
    expect(remindersTo('梁海生')).toBe(before + 1);
    // 回复到期的当天早上提醒一次。
    const toReply = remindersTo('罗志远');
    await jumpTo('2026-09-28 09:05');
    expect(remindersTo('罗志远')).toBe(toReply + 1);
    await jumpTo('2026-09-28 15:40');
    const whole = { cause: '管线迁改未批', measure: '增加两个班组', promisedOn: '2026-10-15' };
    expect(await luo.clicks('提交回复', { form: { ...whole, promisedOn: '2026-09-25' } })).toMatchObject({
      toast: { content: '完成日期已经过去，请选今天以后的日期' },
    });
    expect(await luo.clicks('提交回复', { form: whole })).toMatchObject({ toast: { content: '已回复，待督查室审核' } });
    const lin = person('林晓');
    expect(await lin.clicks('退回重办', { card: '管线迁改未批', form: { reason: '请写明每栋楼的时间' } })).toMatchObject({
      toast: { content: '已退回重办，已通知单位主要负责人' },
    });
    expect(cardWith('罗志远', '湾督')).toContain('林晓退回：请写明每栋楼的时间');
    await luo.clicks('提交回复', { form: whole });
    expect(await lin.clicks('采纳', { card: '管线迁改未批' })).toMatchObject({ toast: { content: '已采纳，时限改为2026-10-15' } });
    expect(await itemOf(it, '党-031')).toMatchObject({ dueOn: '2026-10-15', originalDueOn: '2026-09-16' });
    const { number, status } = await orderOf('党-031');
    expect(status).toBe('adopted');
    const { id } = await itemOf(it, '党-031');
    expect((await trailOf(id)).find(({ event }) => event === 'changeDue')?.detail).toMatchObject({
      dueBefore: '2026-09-16',
      dueAfter: '2026-10-15',
      reason: number,
    });
    expect(cardWith('罗志远', '湾督')).toContain('限10月15日（周四）完成');
  });

  test('28日18:00没有回复的：29日09:05约谈建议单只到周启明，不发给任何人；他决定了才有文稿', async () => {
    await jumpTo('2026-09-28 18:05');
    const proposals = () => inDatabase(it, (db) => db.escalationProposal.findMany());
    expect(await proposals()).toEqual([]);
    await jumpTo('2026-09-29 09:05');
    expect(await proposals()).toMatchObject([{ kind: 'interview', status: 'drafted' }]);
    const zhou = person('周启明');
    const { number } = await orderOf('管-063');
    expect(cardWith('周启明', '约谈建议单')).toContain(`没有在9月28日（周一）18:00前回复${number ?? ''}`);
    for (const name of ['梁海生', '曾小雨', '王海峰']) expect(cardWith(name, '约谈建议单')).toBe('');
    await jumpTo('2026-09-29 12:05');
    expect(await proposals()).toHaveLength(1);
    // 主任不在，由人代办：等他决定的也到代办的人手里。
    const { mobile } = await inDatabase(it, (db) => db.person.findFirstOrThrow({ where: { name: '何俊' } }));
    await person('林晓').says('委托 周启明');
    await person('林晓').clicks('提交委托', { form: { mobile, fromOn: '2026-09-29', toOn: '2026-09-29' } });
    expect(cardWith('何俊', '约谈建议单')).not.toBe('');
    const before = filesOf('周启明');
    expect(await zhou.clicks('提请约谈', { form: { note: '请分管领导一并参加' } })).toMatchObject({ toast: { content: '已提请约谈，文稿随后发来' } });
    expect(filesOf('周启明')).toBe(before + 1);
    // 节后头一个工作日10月8日停机，9日补拟，只一份。
    await jumpTo('2026-10-09 09:05');
    await jumpTo('2026-10-10 09:05');
    expect((await proposals()).map(({ kind }) => kind).sort()).toEqual(['interview', 'publicNotice']);
    expect(cardWith('周启明', '通报稿')).toContain('9月没有按时回复的督办令1道');
  });

  test('10月14日现场核查后办结，令销号：按原定时限逾期，按督办令时限按时', async () => {
    await jumpTo('2026-10-14 10:00');
    const [ma, lin] = [person('马骁'), person('林晓')];
    await ma.says('党-031');
    await ma.clicks('申请办结');
    await ma.clicks('提交申请', { form: { result: '全部完工' } });
    await person('罗志远').clicks('审签');
    await lin.clicks('现场核查', { form: { findings: '现场看' } });
    await lin.clicks('办结', { form: { ...all, findings: '现场属实' } });
    const order = await orderOf('党-031');
    expect(order.status).toBe('closed');
    await lin.says(`督办令 ${order.number}`);
    expect(textOfCard(lin.lastCard())).toContain('10月14日（周三）办结：按原定时限逾期，按督办令时限按时');
    expect(textOfCard(lin.lastCard())).not.toMatch(/剩余|已逾期/);
    expect((await trailOf(order.id)).map(({ event }) => event)).toEqual([
      ...['draft', 'check', 'sign', 'issue', 'seal', 'acknowledge', 'reply', 'sendBack', 'reply', 'adopt', 'close'],
    ]);
  });
});

describe('登记簿和在督', () => {
  test('督查室看全部的登记簿；单位只看得到自己在督的；别的单位的令看不了', async () => {
    const lin = person('林晓');
    await lin.says('督办令');
    const text = textOfCard(lin.lastCard());
    for (const words of ['湾督〔2026〕1号｜已销号', '湾督〔2026〕2号｜已作废', '作废：主送单位写错', '共4道']) expect(text).toContain(words);
    await lin.says('在督');
    expect(textOfCard(lin.lastCard())).toContain('共1道');
    const liang = person('梁海生');
    await liang.says('在督');
    expect(textOfCard(liang.lastCard())).toContain('管-063');
    await person('罗志远').says('在督');
    expect(textOfCard(person('罗志远').lastCard())).toContain('现在没有在督的督办令');
    await person('罗志远').says('督办令 1号');
    expect(person('罗志远').texts().at(-1) ?? textOfCard(person('罗志远').lastCard())).toContain('您无权查看该督办令');
    const before = filesOf('林晓');
    await lin.says('督办令 导出');
    expect(filesOf('林晓')).toBe(before + 1);
    await lin.says('督办令 9号');
    expect(textOfCard(lin.lastCard())).toContain('2026年还没有9号督办令');
  });

  test('作废之后重新印发：新的号，指着旧的；同一事项的第二道令说明此前的令', async () => {
    const lin = person('林晓');
    // 事项中止着，起草不得；有了新的拟稿，也不能再印发一道：卡片上都没有这个按钮。
    const offersRedraft = async (): Promise<boolean> => {
      await lin.says('督办令 2号');
      return JSON.stringify(lin.lastCard()).includes('orders.redraft');
    };
    expect(await offersRedraft()).toBe(false);
    await inDatabase(it, (db) => db.workItem.updateMany({ where: { code: codes.wrong }, data: { status: 'inProgress' } }));
    expect(await offersRedraft()).toBe(true);
    expect(await lin.clicks('重新印发')).toMatchObject({ toast: { content: '已重新拟稿，请核稿' } });
    expect(JSON.stringify(lin.cards().slice(-4)).includes('orders.redraft')).toBe(false);
    expect(cardWith('林晓', `督办令拟稿 ${codes.wrong}`)).toContain('湾督〔2026〕2号（已作废）');
    await lin.clicks('报签发', { card: codes.wrong, form: { basis: '王海峰批示', requirement: '立即整改', evidence: '整改报告' } });
    await person('周启明').clicks('签发', { card: codes.wrong });
    const [former, again] = await ordersOf(codes.wrong);
    expect(again).toMatchObject({ number: '湾督〔2026〕5号', replacesId: former?.id, previousId: null });
    const liang = person('梁海生');
    await liang.clicks('签收', { card: '5号' });
    await liang.clicks('提交回复', { card: '5号', form: { cause: '主送重发', measure: '立即整改', promisedOn: '2026-11-20' } });
    await lin.clicks('采纳', { card: '主送重发' });
    await jumpTo('2026-10-14 10:30');
    await lin.says(`起草督办令 ${codes.wrong}`);
    expect(textOfCard(lin.lastCard())).toContain('此前的令\n湾督〔2026〕5号');
    await lin.clicks('报签发', { card: codes.wrong, form: { basis: '王海峰批示', requirement: '加快', evidence: '报告' } });
    await person('周启明').clicks('签发', { card: codes.wrong });
    const second = await orderOf(codes.wrong);
    expect(second).toMatchObject({ number: '湾督〔2026〕6号', previousId: again?.id });
    expect(cardWith('梁海生', '6号')).toContain('此前的令\n湾督〔2026〕5号');
    const html = await (await fetch(`http://127.0.0.1:${it.app.port}/p/order/${second.accessKey}`)).text();
    expect(html).toContain('此前已就该事项印发督办令（湾督〔2026〕5号）');
    // 猜的钥匙、改一个字的钥匙，都没有这一页。
    for (const key of ['none', `${second.accessKey?.slice(0, -1)}~`])
      expect((await fetch(`http://127.0.0.1:${it.app.port}/p/order/${key}`)).status).toBe(404);
  });

  test('没有下达成的令：重新下达只在主任的卡片上，督查员看得到该谁办', async () => {
    const { id, number } = await orderOf(codes.wrong);
    const stuck = { status: 'signed', issueFault: '多次尝试都没有办成', issuedAt: null, acknowledgeBy: null, replyBy: null };
    await inDatabase(it, (db) => db.supervisionOrder.update({ where: { id }, data: stuck }));
    const [lin, zhou] = [person('林晓'), person('周启明')];
    await lin.says(`督办令 ${number}`);
    expect(textOfCard(lin.lastCard())).toContain('由督查室主任重新下达。');
    expect(JSON.stringify(lin.lastCard())).not.toContain('orders.retry-issue');
    await zhou.says(`督办令 ${number}`);
    expect(await zhou.clicks('重新下达')).toMatchObject({ toast: { content: '正在重新下达' } });
    expect(await orderOf(codes.wrong)).toMatchObject({ status: 'issued', issueFault: null });
  });

  test('提请过约谈的，再印发的令也抄送纪检', async () => {
    const [lin, zhou] = [person('林晓'), person('周启明')];
    const { number } = await orderOf('管-063');
    expect(cardWith('钱正', '湾督')).toBe('');
    await lin.says(`督办令 ${number}`);
    await lin.clicks('作废');
    expect(await lin.clicks('提出作废', { form: { reason: '事由写错' } })).toMatchObject({ toast: { content: '已提出作废，等另一人同意' } });
    expect(await zhou.clicks('同意作废', { card: number ?? '' })).toMatchObject({ toast: { content: `${number}已作废，文号不再使用` } });
    await lin.says(`督办令 ${number}`);
    expect(await lin.clicks('重新印发', { card: number ?? '' })).toMatchObject({ toast: { content: '已重新拟稿，请核稿' } });
    const form = { requirement: '限期完成', evidence: '情况说明' };
    expect(await lin.clicks('报签发', { card: '督办令拟稿 管-063', form })).toMatchObject({ toast: { content: '已报督查室主任签发' } });
    expect(await zhou.clicks('签发', { card: '督办令拟稿 管-063' })).toMatchObject({ toast: { content: '已签发：湾督〔2026〕7号，正在下达' } });
    const again = await orderOf('管-063');
    expect(cardWith('钱正', again.number ?? '')).toContain('管-063');
    const html = await (await fetch(`http://127.0.0.1:${it.app.port}/p/order/${again.accessKey}`)).text();
    expect(html).toMatch(/抄送：[^<]*钱正/);
  });
});
