import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, type TestPerson, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, startWithBooks, trailOf } from './given-books.ts';

let it: TestApp;
let lin: TestPerson;
let zhou: TestPerson;
beforeAll(async () => {
  it = await startWithBooks();
  [lin, zhou] = [it.person('林晓'), it.person('周启明')];
  await it.moveTo('2026-05-29 10:00');
  for (const name of ['曾小雨', '梁天佑']) await it.person(name).clicks('签收');
}, 120_000);
afterAll(() => it.close());

const last = (person: TestPerson): string => textOfCard(person.lastCard());
const cardsSince = (person: TestPerson, before: number): string[] => person.cards().slice(before).map(textOfCard);
const reason = '排查复核为216户';
const refused = (content: string) => ({ toast: { type: expect.not.stringMatching('success'), content } });

describe('督查员提出，主任批准', () => {
  test('单位的人更正不了：卡片上没有按钮，打字明确拒绝', async () => {
    const zeng = it.person('曾小雨');
    await zeng.says('管-063');
    expect(JSON.stringify(zeng.lastCard())).not.toContain('corrections.open');
    await zeng.says('更正 管-063');
    expect(last(zeng)).toContain('您无权更正事项，请联系督查室');
  });

  test('更正单填好了现在的样子；一处没改的、不写理由的不收；时限不在表上', async () => {
    await it.skipTo('2026-07-03 10:20');
    await lin.says('更正 管-063');
    const text = JSON.stringify(lin.lastCard());
    for (const words of ['渔排清退协商签约', '签约户数：218户', '请发', '延期 管-063'].filter((words) => words !== '请发'))
      expect(text).toContain(words);
    expect(text).not.toContain('date_picker');
    expect(await lin.clicks('提交更正', { form: { reason } })).toMatchObject(refused('没有改动：表上的与现在的一样，请改了再提交'));
    expect(await lin.clicks('提交更正', { form: { title: '渔排清退协商签约和补偿' } })).not.toMatchObject({ toast: { type: 'success' } });
    expect(await lin.clicks('提交更正', { form: { metrics: '签约户数二百户', reason } })).toMatchObject(
      refused('指标“签约户数二百户”看不懂，请一行一个写成“签约户数：218户”'),
    );
    expect((await itemOf(it, '管-063')).title).toBe('渔排清退协商签约');
  });

  test('提出：主任的卡片上改之前、改之后并列；批准之前事项不变，再提一份不收', async () => {
    await it.person('曾小雨').says('管-063 10%');
    await it.person('曾小雨').clicks('提交反馈', { form: { metric1: '211', content: '已签211户' } });
    await lin.says('更正 管-063');
    const form = { title: '渔排清退协商签约和补偿', metrics: '签约户数：216户', leader: '赵敏之', reason };
    const before = zhou.cards().length;
    expect(await lin.clicks('提交更正', { form })).toMatchObject({ toast: { type: 'success', content: '已提出更正，待督查室主任批准' } });
    expect(cardsSince(zhou, before)).toHaveLength(1);
    for (const words of ['原：渔排清退协商签约', '改为：渔排清退协商签约和补偿', '改为：签约户数：216户', '改为：赵敏之', reason, '林晓'])
      expect(last(zhou)).toContain(words);
    expect(await itemOf(it, '管-063')).toMatchObject({ title: '渔排清退协商签约', leaderInCharge: '吴岚' });
    await it.person('何俊').says('更正 管-063');
    // 已有一份等着的，打开的是那一份。
    expect(last(it.person('何俊'))).toContain('待主任批准');
    expect(JSON.stringify(lin.lastCard())).not.toContain('corrections.approve');
  });

  test('批准：事项改了，状态和报过的进展不动；牵头单位的群、负责人、联络员，配合单位，前后两位分管领导，各一张', async () => {
    const names = ['梁海生', '曾小雨', '方伟', '吴岚', '赵敏之', '何俊'];
    const before = new Map(names.map((name) => [name, it.person(name).cards().length]));
    const group = it.group('南屿办督办工作群');
    const messages = group.messages().length;
    const was = await itemOf(it, '管-063');
    expect(await zhou.clicks('批准更正')).toMatchObject({ toast: { type: 'success', content: '已更正，已通知有关单位' } });
    const item = await itemOf(it, '管-063');
    expect(item).toMatchObject({
      title: '渔排清退协商签约和补偿',
      leaderInCharge: '赵敏之',
      status: was.status,
      percent: was.percent,
      dueOn: was.dueOn,
    });
    expect(item.metrics).toEqual([expect.objectContaining({ name: '签约户数', target: 216, unit: '户' })]);
    const told = (name: string) => cardsSince(it.person(name), before.get(name) ?? 0).filter((card) => card.includes('已更正'));
    for (const name of ['梁海生', '曾小雨', '方伟', '吴岚', '赵敏之']) expect([name, told(name).length]).toEqual([name, 1]);
    expect(told('何俊')).toEqual([]);
    expect(
      group
        .messages()
        .slice(messages)
        .filter(({ content }) => content.includes('已更正')),
    ).toHaveLength(1);
    expect(lin.texts().at(-1)).toBe('管-063的更正已由周启明批准，事项已改，有关单位已通知。');
    const report = await inDatabase(it, (db) => db.progressReport.findFirstOrThrow({ where: { itemId: item.id } }));
    expect([report.status, report.content]).toEqual(['submitted', '已签211户']);
  });

  test('再按一次：一次就是一次；留痕写着谁提出、谁批准、改之前和改之后', async () => {
    expect(await zhou.clicks('批准更正').catch(() => '卡片上没有了')).toBe('卡片上没有了');
    const { id } = await itemOf(it, '管-063');
    const lines = await inDatabase(it, (db) => db.auditEntry.findMany({ where: { subjectId: id, event: 'correct' } }));
    expect(lines).toHaveLength(1);
    expect(lines[0]?.detail).toMatchObject({
      was: { title: '渔排清退协商签约', leaderInCharge: '吴岚' },
      now: { title: '渔排清退协商签约和补偿', leaderInCharge: '赵敏之' },
      reason,
    });
    expect(await trailOf(it, '管-063')).toContain('林晓 proposeCorrection →');
  });

  test('从此照改过的：任务书的卡片、再要的任务书文件、事项卡写着“更正于”；改过目标值的反馈照新的算', async () => {
    await lin.says('管-063');
    expect(last(lin)).toContain('渔排清退协商签约和补偿');
    expect(last(lin)).toContain('更正于\n7月3日（周五）10:20');
    const zeng = it.person('曾小雨');
    await zeng.says('任务书');
    const book = await inDatabase(it, async (db) => db.taskBook.findUniqueOrThrow({ where: { id: (await itemOf(it, '管-063')).bookId ?? '' } }));
    expect(book.documentName).toBe('重点工作任务书（2026更正）-南屿办事处.docx');
    await it.person('梁海生').clicks('审签');
    await lin.clicks('采纳');
    expect((await itemOf(it, '管-063')).metrics).toEqual([expect.objectContaining({ target: 216, current: 211 })]);
  });
});

describe('变了的、不行的', () => {
  test('填表的时候事项变了：这张单子作废', async () => {
    await lin.says('更正 管-040');
    await inDatabase(it, (db) => db.workItem.updateMany({ where: { code: '管-040' }, data: { title: '产业空间土地整备和入库' } }));
    expect(await lin.clicks('提交更正', { form: { title: '产业用地整备入库', reason } })).toMatchObject(
      refused('管-040在您填表的时候变了，这张单子作废；请重新打开更正'),
    );
  });

  test('提出之后事项变了：主任批准不了，退回要写原因；督查员知道', async () => {
    await lin.says('更正 管-040');
    await lin.clicks('提交更正', { form: { title: '产业用地整备入库', reason } });
    await inDatabase(it, (db) => db.workItem.updateMany({ where: { code: '管-040' }, data: { title: '产业空间土地整备' } }));
    expect(await zhou.clicks('批准更正')).toMatchObject(refused('管-040在提出更正之后变了，与单子上“改之前”的不同；请退回，重新提出'));
    expect((await itemOf(it, '管-040')).title).toBe('产业空间土地整备');
    expect(await zhou.clicks('退回', { card: '更正 管-040' })).toMatchObject(refused('请写明退回的原因，再点退回'));
    expect(await zhou.clicks('退回', { card: '更正 管-040', form: { note: '先核实' } })).toMatchObject({ toast: { content: '已退回，事项照旧' } });
    expect(lin.texts().at(-1)).toBe('管-040的更正已由周启明退回：先核实。事项照旧；要再提，请发“更正 管-040”。');
  });

  test('提出的人可以撤回，别人不行；主任自己提的，看过前后再批准', async () => {
    await it.person('何俊').says('更正 管-040');
    await it.person('何俊').clicks('提交更正', { form: { title: '产业用地整备入库', reason } });
    await lin.says('更正 管-040');
    expect(await lin.clicks('撤回', { card: '更正 管-040' })).toMatchObject(refused('这份更正是何俊提出的，由本人撤回；不同意的由主任退回'));
    expect(await it.person('何俊').clicks('撤回', { card: '更正 管-040' })).toMatchObject({ toast: { content: '已撤回，事项照旧' } });
    await zhou.says('更正 管-040');
    expect(await zhou.clicks('提交更正', { form: { title: '产业用地整备入库', reason } })).toMatchObject({
      toast: { content: '已填好，请核对之后批准' },
    });
    expect(last(zhou)).toContain('改为：产业用地整备入库');
    await zhou.clicks('批准更正', { card: '更正 管-040' });
    expect((await itemOf(it, '管-040')).title).toBe('产业用地整备入库');
  });

  test('指标：等审签的时候不能改名，报过的不能少一个；没有报过的可以添', async () => {
    await it.person('曾小雨').says('管-063 50%');
    await it.person('曾小雨').clicks('提交反馈', { form: { metric1: '213', content: '已签213户' } });
    await lin.says('更正 管-063');
    expect(await lin.clicks('提交更正', { form: { metrics: '签约渔排：216户', reason } })).toMatchObject(
      refused('管-063有一次反馈正在等单位审签，采纳或退回之后再改指标的名称'),
    );
    expect(await lin.clicks('提交更正', { form: { metrics: '', reason } })).toMatchObject(
      refused('管-063已经报过进展，指标可以改、可以添，不能少；请保留1行'),
    );
    expect(await lin.clicks('提交更正', { form: { metrics: '签约户数：216户\n拆除渔排：1,200亩', reason } })).toMatchObject({
      toast: { type: 'success' },
    });
    await zhou.clicks('批准更正', { card: '更正 管-063' });
    expect((await itemOf(it, '管-063')).metrics).toEqual([
      { name: '签约户数', target: 216, unit: '户', baseline: 198, current: 211 },
      { name: '拆除渔排', target: 1200, unit: '亩', baseline: 0, current: 0 },
    ]);
  });

  test('提出之后事项撤销：更正失效，卡片上没有按钮；办结、撤销了的不能更正', async () => {
    await lin.says('更正 管-055');
    await lin.clicks('提交更正', { form: { title: '坝湾车辆段征地拆迁', reason } });
    await zhou.says('管-055');
    await zhou.clicks('撤销');
    await zhou.clicks('撤销事项', { form: { basis: '并入市级项目' } });
    const request = await inDatabase(it, async (db) => db.itemCorrection.findFirstOrThrow({ where: { itemId: (await itemOf(it, '管-055')).id } }));
    expect(request.status).toBe('lapsed');
    expect(JSON.stringify(zhou.cards())).not.toContain(`"correctionId":"${request.id}"`);
    await lin.says('更正 管-055');
    expect(last(lin)).toContain('管-055已撤销，不用更正');
  });
});

test('延期正等分管领导批：更正了分管领导，申请交到新的手里，原来的批不了，也不收第二张', async () => {
  const liang = it.person('梁天佑');
  await liang.says('延期 管-040');
  await liang.clicks('提交申请', { form: { requestedOn: '2026-12-25', reason: '等批复', progress: '过半' } });
  const { id, leaderInCharge, dueOn } = await itemOf(it, '管-040');
  const requested = await inDatabase(it, (db) => db.extensionRequest.count({ where: { itemId: id } }));
  expect([leaderInCharge, requested, dueOn]).toEqual(['王海峰', 1, '2026-11-20']);
  await it.person('曾宏斌').clicks('审签', { card: '延期申请' });
  await lin.clicks('初审通过');
  const [wang, zhao] = [it.person('王海峰'), it.person('赵敏之')];
  expect(JSON.stringify(wang.lastCard())).toContain('extensions.approve');
  const before = wang.cards().filter((card) => textOfCard(card).includes('延期申请')).length;
  await lin.says('更正 管-040');
  await lin.clicks('提交更正', { form: { leader: '赵敏之', reason } });
  await zhou.clicks('批准更正', { card: '更正 管-040' });
  expect(zhao.cards().filter((card) => JSON.stringify(card).includes('extensions.approve'))).toHaveLength(1);
  expect(wang.cards().filter((card) => textOfCard(card).includes('延期申请'))).toHaveLength(before);
  expect(await wang.clicks('批准', { card: '延期申请' })).toMatchObject(refused('您无权批准延期，请联系分管领导'));
  await zhao.clicks('批准', { card: '延期申请' });
  expect((await itemOf(it, '管-040')).dueOn).toBe('2026-12-25');
});

test('督办令已经下达：令文仍是下达时的名称，登记簿和卡片上的事项照改过的', async () => {
  await lin.says('起草督办令 党-033');
  await lin.clicks('报签发', { card: '党-033', form: { basis: '李文博批示', requirement: '立即整改', evidence: '整改报告' } });
  await zhou.clicks('签发');
  const order = await inDatabase(it, async (db) => db.supervisionOrder.findFirstOrThrow({ where: { itemId: (await itemOf(it, '党-033')).id } }));
  await it.moveTo('2026-07-06 10:00');
  await lin.says('更正 党-033');
  await lin.clicks('提交更正', { form: { title: '一块地一方案', reason } });
  await zhou.clicks('批准更正', { card: '更正 党-033' });
  const { orderFile } = await import('#features/orders/document');
  const { asSystem } = await import('../../src/app.ts');
  const written = await asSystem(it.app, it.clock.now(), (ctx) => orderFile(ctx, order.id));
  expect(JSON.stringify(written.document)).toContain('利益统筹土地整备');
  expect((await itemOf(it, '党-033')).title).toBe('一块地一方案');
});
