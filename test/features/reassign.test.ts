import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SheetData } from '#core/workbook';
import { checkRoster, importRoster } from '#features/roster/import';
import { asSystem } from '../../src/app.ts';
import { readDemoRoster } from '../../src/demo.ts';
import { type TestApp, type TestPerson, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, startWithBooks, trailOf } from './given-books.ts';
import { expectPowerless, keepButton, type OldButton } from './old-button.ts';

let it: TestApp;
let zhou: TestPerson;
beforeAll(async () => {
  it = await startWithBooks();
  zhou = it.person('周启明');
}, 120_000);
afterAll(() => it.close());

const last = (person: TestPerson): string => textOfCard(person.lastCard());
const basis = '机构改革方案';
const cardsSince = (person: TestPerson, before: number): string[] => person.cards().slice(before).map(textOfCard);

const leads = (unitCode: string) =>
  inDatabase(it, (db) =>
    db.workItem.findMany({ where: { leadUnit: unitCode, parentId: null, status: { notIn: ['completed', 'cancelled'] } }, orderBy: { code: 'asc' } }),
  );

describe('过了退件期限，主任改派一项', () => {
  let old: OldButton;

  test('党-058签收、报了进展、申请了办结和延期，下了令；6月10日已不能退件', async () => {
    await it.moveTo('2026-05-29 10:00');
    await it.person('曾宏斌').clicks('签收');
    await it.person('王楚瑶').clicks('签收');
    const liang = it.person('梁天佑');
    await liang.says('党-058');
    old = keepButton(it, '梁天佑', 'progress.open-form');
    await liang.says('党-058 10%');
    await liang.clicks('提交反馈', { form: { content: '已摸底' } });
    await liang.says('党-058');
    await liang.clicks('申请办结');
    await liang.clicks('提交申请', { form: { result: '已移交' } });
    await it.skipTo('2026-06-10 10:00');
    await liang.says('党-058');
    expect(JSON.stringify(liang.lastCard())).not.toContain('task-books.open-decline');
  });

  test('督查员和单位都改派不了，卡片上没有按钮，打字也明确拒绝', async () => {
    for (const name of ['何俊', '曾宏斌']) {
      await it.person(name).says('党-058');
      expect(JSON.stringify(it.person(name).lastCard())).not.toContain('task-books.open-reassign');
      await it.person(name).says('改派 党-058');
      expect(`${it.person(name).texts().at(-1)}${last(it.person(name))}`).toContain('您无权改派，请联系督查室主任');
    }
  });

  test('周启明在事项卡上改派给规资局：与裁定的退件一样——规资牵头、土整配合、另收任务书、签收时限两个工作日', async () => {
    await zhou.says('改派 党-058');
    await zhou.says('党-058');
    await zhou.clicks('改派');
    expect(last(zhou)).toContain('土地整备事务中心');
    const wang = it.person('王楚瑶');
    const before = wang.cards().length;
    expect(await zhou.clicks('改派', { form: { unit: '规划和自然资源管理局', former: '转为配合单位', reason: basis } })).toMatchObject({
      toast: { type: 'success', content: '已改派，改由规划和自然资源管理局牵头，已通知有关单位' },
    });
    expect(last(zhou)).toContain(`${basis}（周启明）`);
    const item = await itemOf(it, '党-058');
    expect(item).toMatchObject({ leadUnit: 'U15', status: 'issued', acknowledgedAt: null });
    expect(item.supportingUnits).toContain('U22');
    expect(cardsSince(wang, before).filter((card) => card.includes('任务书（改派）'))).toHaveLength(1);
    expect(cardsSince(wang, before).join()).toContain('6月12日（周五）18:00');
    await expectPowerless(it, old, '党-058');
    // 再按一次：不另改派。
    const twice = { card: '现牵头单位', form: { unit: '住房和建设局', former: '转为配合单位', reason: basis } };
    expect(await zhou.clicks('改派', twice)).toMatchObject({
      toast: { type: 'error', content: '党-058已改由规划和自然资源管理局牵头，这张单子作废；要再改派请重新打开' },
    });
    expect((await itemOf(it, '党-058')).leadUnit).toBe('U15');
  });

  test('原单位的主要负责人、联络员各得到一句话；报上来没有办完的到此为止，留痕里有改派和依据', async () => {
    for (const name of ['曾宏斌', '梁天佑'])
      expect(
        it
          .person(name)
          .texts()
          .filter((text) => text.includes('党-058')),
      ).toEqual([
        '党-058 青螺山废弃采石场修复用地整备已改由规划和自然资源管理局牵头，土地整备事务中心改为配合单位（依据：机构改革方案）。还没有采纳的反馈不用再补，由新单位接着报。',
      ]);
    const { id } = await itemOf(it, '党-058');
    const [report, request] = await inDatabase(it, async (db) => [
      await db.progressReport.findFirstOrThrow({ where: { itemId: id } }),
      await db.completionRequest.findFirstOrThrow({ where: { itemId: id } }),
    ]);
    expect([report.status, report.content, request.status]).toEqual(['returned', '已摸底', 'lapsed']);
    expect(await trailOf(it, '党-058')).toContain('周启明 reassign inProgress→issued');
    await it.person('王楚瑶').clicks('签收', { card: '改派' });
    expect((await itemOf(it, '党-058')).status).toBe('inProgress');
    await zhou.says('党-058');
    expect(last(zhou)).toContain(`周启明改派：${basis}`);
  });
});

const imports = async (change: (row: readonly unknown[], sheet: string) => readonly (readonly unknown[])[]) => {
  const sheets = (await readDemoRoster()).map((sheet) => ({ ...sheet, rows: sheet.rows.flatMap((row) => change(row, sheet.name)) }) as SheetData);
  const checked = await checkRoster(it.app.reader, sheets);
  const result = await asSystem(it.app, it.clock.now(), (ctx) => importRoster(ctx, checked));
  it.app.outbox.wake();
  await it.settled();
  return result;
};

describe('两个单位合并：土地整备事务中心并入规划和自然资源管理局', () => {
  const leads = (unitCode: string) =>
    inDatabase(it, (db) =>
      db.workItem.findMany({
        where: { leadUnit: unitCode, parentId: null, status: { notIn: ['completed', 'cancelled'] } },
        orderBy: { code: 'asc' },
      }),
    );

  test('花名册里没有了土整，它的人到了规资：导入的结果写明单位还有几项没有办结', async () => {
    const result = await imports((row, sheet) => {
      if (!row.includes('U22')) return [row];
      if (sheet !== '人员') return [];
      const [name, mobile, , title, role] = row as string[];
      return role === '联络员' || role === '单位主要负责人' ? [[name, mobile, 'U15', `${title}（原土整）`, '责任人']] : [];
    });
    expect(result.missingUnits).toEqual([{ name: '土地整备事务中心', open: 4 }]);
    expect(result.letGo).toEqual([]);
    // 没有删：事项照旧有人办，原来的岗位还是他的。
    const liang = it.person('梁天佑');
    await liang.says('我的任务');
    expect(last(liang)).toContain('在办4项');
  });

  test('管-055中止，管-040有子任务、报了进展：改派之前单位照旧办', async () => {
    const liang = it.person('梁天佑');
    await zhou.says('管-055');
    await zhou.clicks('中止');
    await zhou.clicks('中止事项', { form: { basis: '规划调整' } });
    await liang.says('管-040');
    await liang.clicks('分解');
    const { dueOn } = await itemOf(it, '管-040');
    await liang.clicks('提交分解', { form: { title1: '权属调查', due1: dueOn, title2: '入库', due2: dueOn } });
    expect((await itemOf(it, '管-040-1')).leadUnit).toBe('U22');
    for (const code of ['管-040-1', '管-056', '党-033']) {
      await liang.says(`${code} 20%`);
      await liang.clicks('提交反馈', { form: { content: '已摸底' } });
    }
  });

  test('改派 土整 全部 → 规资：单子写明三项、中止的一项改派不了、配合的几项；数目变了的旧单子不认', async () => {
    await zhou.says('改派 土整 全部 → 规资');
    const text = last(zhou);
    for (const words of ['3项，连同子任务2个', '改派不了的1项', '管-055已中止，请先恢复办理，再改派', '配合的事项']) expect(text).toContain(words);
    await zhou.says('管-055');
    await zhou.clicks('恢复');
    await zhou.clicks('恢复办理', { form: { basis: '规划已定' } });
    expect(await zhou.clicks('改派3项', { form: { reason: basis } })).toMatchObject({
      toast: { type: 'error', content: '这个单位牵头的在办事项现在是4项，与表上的3项不同，请重新打开再改派' },
    });
    expect(await leads('U22')).toHaveLength(4);
  });

  test('一次改派四项：各人只收一张，规资收一本四项的任务书；子任务跟着走，报上来没有审签的到此为止', async () => {
    await it.moveTo('2026-06-10 10:30');
    await zhou.says('改派 土地整备事务中心 全部给U15');
    const names = ['王楚瑶', '韩素芬', '曾宏斌', '梁天佑', '王海峰', '何俊', '林晓'];
    const before = new Map(names.map((name) => [name, [it.person(name).cards().length, it.person(name).texts().length] as const]));
    expect(await zhou.clicks('改派4项', { form: { reason: basis } })).toMatchObject({
      toast: { type: 'success', content: '已改派4项，改由规划和自然资源管理局牵头，已通知有关单位' },
    });
    expect(await leads('U22')).toEqual([]);
    const news = (name: string) => {
      const [cards = 0, texts = 0] = before.get(name) ?? [];
      return { cards: cardsSince(it.person(name), cards), texts: it.person(name).texts().slice(texts) };
    };
    for (const name of ['王楚瑶', '韩素芬'])
      expect(news(name)).toEqual({ cards: [expect.stringContaining('规划和自然资源管理局任务书4项，请于6月12日（周五）18:00前签收')], texts: [] });
    for (const name of ['曾宏斌', '梁天佑']) {
      expect(news(name).cards).toEqual([]);
      expect(news(name).texts).toEqual([expect.stringMatching(/等4项已改由规划和自然资源管理局牵头，土地整备事务中心不再承担/)]);
    }
    for (const name of ['王海峰', '何俊', '林晓']) expect(news(name)).toEqual({ cards: [], texts: [] });
    const part = await itemOf(it, '管-040-1');
    expect([part.leadUnit, part.status]).toEqual(['U15', 'inProgress']);
    const reports = await inDatabase(it, (db) => db.progressReport.findMany({ where: { content: '已摸底' }, select: { status: true } }));
    expect(reports.map(({ status }) => status)).toEqual(['returned', 'returned', 'returned', 'returned']);
    // 原单位不在了：它不再是谁的配合单位，由规资接着配合。
    const still = await inDatabase(it, (db) =>
      db.workItem.count({ where: { supportingUnits: { has: 'U22' }, status: { notIn: ['completed', 'cancelled'] } } }),
    );
    expect(still).toBe(0);
    // 同一张单子再按一次：什么也不变。
    const books = await inDatabase(it, (db) => db.taskBook.count({ where: { kind: 'reassigned' } }));
    await zhou.says('改派 土整 全部');
    expect(last(zhou)).toContain('没有可以改派的事项');
    expect(await inDatabase(it, (db) => db.taskBook.count({ where: { kind: 'reassigned' } }))).toBe(books);
  });

  test('合并之后：签收一次办四项；原单位的人“我的任务”是空的，第二天的提醒和简报都到规资，不到原单位', async () => {
    await it.person('韩素芬').clicks('签收', { card: '任务书4项' });
    expect((await leads('U15')).every(({ status }) => status === 'inProgress')).toBe(true);
    await it.person('梁天佑').says('我的任务');
    expect(last(it.person('梁天佑'))).toContain('没有');
    const han = it.person('韩素芬');
    await han.says('我的任务');
    expect(last(han)).toContain('管-056 葵岭220千伏变电站用地移交');
    // 原单位那一次报的，不是退回给她的。
    expect(last(han)).not.toContain('已退回补充');
    const group = it.group('土整中心督办工作群');
    const [cards, texts, messages] = [it.person('梁天佑').cards().length, it.person('梁天佑').texts().length, group.messages().length];
    await it.moveTo('2026-06-11 19:00');
    expect([it.person('梁天佑').cards().length, it.person('梁天佑').texts().length, group.messages().length]).toEqual([cards, texts, messages]);
    expect(
      han
        .cards()
        .map(textOfCard)
        .filter((card) => card.includes('管-056') && card.includes('催办')),
    ).toHaveLength(1);
    await zhou.says('土整');
    expect(last(zhou)).toContain('0项｜已办结0');
  });
});

describe('一人在两个单位任职', () => {
  /** 梁天佑也做了生态局的联络员 */
  test('花名册里梁天佑兼生态局的联络员：规资是责任人，生态局是联络员', async () => {
    await imports((row, sheet) => {
      if (sheet !== '人员') return [row];
      if (row[2] === 'U16' && row[4] === '联络员') return [['梁天佑', '199-0000-2913', 'U16', row[3], '联络员']];
      return [row];
    });
    const liang = it.person('梁天佑');
    await liang.says('我的任务');
    expect(last(liang)).toContain('管-095 危险废物规范化管理');
    await liang.says('任务书');
    expect(last(liang)).toContain('您在3个单位任职，请写明要哪个单位的任务书：“任务书 规资”、“任务书 生态”、“任务书 土整”。');
    await liang.says('任务书 生态');
    expect(last(liang)).toContain('生态环境管理局');
  });

  test('他的简报两个单位合看一份，不只看头一个', async () => {
    const liang = it.person('梁天佑');
    await liang.says('简报');
    expect(last(liang)).toContain('规资、生态、土整');
    const open = (await leads('U15')).length + (await leads('U16')).length;
    expect(last(liang)).toContain(`${open}项｜已办结0`);
  });

  test('两个单位都配合同一项，请生态局反馈的，他答的记在生态局名下', async () => {
    const { id, leadUnit } = await itemOf(it, '管-063');
    await inDatabase(it, (db) => db.workItem.update({ where: { id }, data: { supportingUnits: ['U15', 'U16'], status: 'inProgress' } }));
    const [lead] = await inDatabase(it, (db) =>
      db.post.findMany({ where: { unitCode: leadUnit, role: 'liaison', backup: false }, include: { holdings: { include: { person: true } } } }),
    );
    const asker = it.person(lead?.holdings[0]?.person.name ?? '');
    await asker.says('管-063');
    await asker.clicks('请配合单位反馈');
    await asker.clicks('发送', { form: { unit: '生态环境管理局', words: '排放口' } });
    const liang = it.person('梁天佑');
    await liang.clicks('分工反馈', { card: '请分工反馈' });
    await liang.clicks('提交分工反馈', { form: { content: '排放口已查清' } });
    const [note, ask] = await inDatabase(it, async (db) => [
      await db.supportNote.findFirstOrThrow({ where: { itemId: id } }),
      await db.supportAsk.findFirstOrThrow({ where: { itemId: id } }),
    ]);
    expect([note.unitCode, ask.unitCode, ask.answeredAt === null]).toEqual(['U16', 'U16', false]);
  });

  test('两个单位的事项同一天到期：提醒是一张，不是两张', async () => {
    const liang = it.person('梁天佑');
    await liang.clicks('签收', { card: '生态环境管理局' });
    const { id } = await inDatabase(it, (db) =>
      db.post.findFirstOrThrow({ where: { unitCode: 'U15', holdings: { some: { person: { name: '梁天佑' } } } } }),
    );
    await inDatabase(it, async (db) => {
      for (const [code, own] of [
        ['管-141', { responsiblePostId: id }],
        ['管-095', {}],
      ] as const)
        await db.workItem.update({ where: { year_code: { year: 2026, code } }, data: { dueOn: '2026-06-15', ...own } });
    });
    const before = liang.cards().length;
    await it.moveTo('2026-06-15 12:00');
    const due = cardsSince(liang, before).filter((card) => card.startsWith('今天到期'));
    expect(due).toEqual([expect.stringContaining('管-141')]);
    expect(due[0]).toContain('管-095');
  });
});
