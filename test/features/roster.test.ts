import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rosterImportLists } from '#cards/roster/import-result.card';
import { localDateOf } from '#core/dates';
import type { CellValue, SheetData } from '#core/workbook';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { verifyAudit } from '#domain/audit/verify';
import { checkRoster, importRoster } from '#features/roster/import';
import { createSeal } from '#runtime/seal';
import { asSystem } from '../../src/app.ts';
import { readDemoRoster } from '../../src/demo.ts';
import { startTestApp, type TestApp, type TestPerson, textOfCard } from '../harness.ts';
import { expectPowerless } from './old-button.ts';

const tasks = '2026年重点工作任务-修订.xlsx';

let it: TestApp;
let lin: TestPerson;

beforeAll(async () => {
  it = await startTestApp({ at: '2026-07-30 15:10' });
  lin = it.person('林晓');
  await lin.sendsFile(tasks, readFileSync(new URL(`../fixtures/${tasks}`, import.meta.url)));
  await lin.clicks('确认导入');
  await it.person('周启明').clicks('审定');
  await it.person('周启明').clicks('下达');
}, 90_000);
afterAll(() => it.close());

const toast = (content: string, type = 'success') => ({ kind: 'answered', toast: { type, content } });
const refused = (content: string) => ({ kind: 'answered', toast: { content } });
const last = (person: TestPerson): string => textOfCard(person.lastCard());
const imports = async (sheets: readonly SheetData[]) => {
  const checked = await checkRoster(it.app.reader, sheets);
  return asSystem(it.app, it.clock.now(), (ctx) => importRoster(ctx, checked));
};
/** 一个人说一句话，机器人最后答的卡片 */
const answerTo = async (person: TestPerson, text: string): Promise<string> => {
  await person.says(text);
  return last(person);
};
const trail = (event: string) =>
  withTransaction(it.app.database, (tx) =>
    rows(tx).auditEntry.findMany({ where: { event }, orderBy: { seq: 'asc' }, select: { subjectType: true, actorName: true, onBehalfOf: true } }),
  );
const holdersOf = (title: string) =>
  withTransaction(it.app.database, (tx) =>
    rows(tx).postHolding.findMany({
      where: { post: { title, unitCode: 'U12' } },
      orderBy: { fromOn: 'asc' },
      select: { fromOn: true, toOn: true, person: { select: { name: true } } },
    }),
  ).then((found) => found.map(({ person, fromOn, toOn }) => [person.name, fromOn, toOn]));

describe('岗位移交', () => {
  test('只有系统管理员和督查室能办；别人说“移交”得到明确的拒绝', async () => {
    expect(await answerTo(it.person('曹永强'), '移交 许启航')).toContain('您无权办理岗位移交，请联系系统管理员或督查室');
  });

  test('没写现任是谁、写了不认识的人，都说清怎么写', async () => {
    expect(await answerTo(lin, '移交')).toContain('请写明现任的姓名或单位');
    expect(await answerTo(lin, '移交 张三丰')).toContain('花名册里没有“张三丰”');
  });

  test('同名的两个人，岗位都列出来，带着单位，由办理的人挑', async () => {
    const card = await answerTo(lin, '移交 梁云舒');
    expect(card).toContain('教育和卫生健康局 教师科科长（梁云舒）');
    expect(card).toContain('交通管理中心 道路科科长（梁云舒）');
  });

  test('许启航调离，岗位移交黄诗涵：两人都收到通知，她的任务里有了他的事项，他的没有了', async () => {
    await it.skipTo('2026-07-31 09:30');
    const [xu, huang] = [it.person('许启航'), it.person('黄诗涵')];
    expect(await answerTo(xu, '我的任务')).toContain('党-054');
    expect(await answerTo(huang, '我的任务')).not.toContain('党-054');
    await lin.says('移交 许启航');
    expect(await lin.clicks('办理移交', { form: { person: '黄诗涵（合同部负责人）' } })).toMatchObject(toast('已移交'));
    for (const person of [lin, xu, huang]) {
      expect(last(person)).toContain('岗位已移交');
      expect(last(person)).toContain('自7月31日（周五）起由黄诗涵履职');
    }
    expect(await answerTo(huang, '我的任务')).toContain('党-054');
    expect(last(huang)).toContain('管-050');
    expect(await answerTo(xu, '我的任务')).not.toContain('党-054');
    expect(await holdersOf('工程三部负责人')).toEqual([
      ['许启航', '2000-01-01', '2026-07-30'],
      ['黄诗涵', '2026-07-31', null],
    ]);
    expect(await trail('handOver')).toEqual([{ subjectType: 'post', actorName: '林晓', onBehalfOf: null }]);
  });

  test('主要负责人换了人：等他签收的任务书接任人也收到一份，前任手里的不算', async () => {
    const [former] = await withTransaction(it.app.database, (tx) =>
      rows(tx).postHolding.findMany({ where: { post: { unitCode: 'U12', role: 'unitHead' } }, include: { person: true, post: true } }),
    );
    const name = former?.person.name ?? '';
    // 接任人正休假：代他办的人也收到一份。
    await lin.says('委托 黄诗涵');
    await lin.clicks('提交委托', { form: { person: '宋思远（质安部负责人）', fromOn: '2026-07-31', toOn: '2026-07-31' } });
    await lin.says(`移交 ${name}`);
    expect(await lin.clicks('办理移交', { form: { person: '黄诗涵（工程三部负责人）' } })).toMatchObject(toast('已移交'));
    const huang = it.person('黄诗涵');
    expect(textOfCard(huang.cards())).toContain('建筑工务署');
    const book = huang.cards().find((card) => JSON.stringify(card).includes('"content":"签收"'));
    expect(textOfCard(book)).toContain('重点工作任务书');
    expect(JSON.stringify(it.person('宋思远').cards())).toContain('task-books.acknowledge');
    // 前任已没有岗位：手上的任务书写明由谁接手，没有按钮。
    const taken = (successor: string) => `建筑工务署${former?.post.title}已由${successor}接手，这张卡片不再更新。`;
    expect(textOfCard(it.person(name).cards())).toContain(taken('黄诗涵'));
    expect(JSON.stringify(it.person(name).cards())).not.toContain('task-books.acknowledge');
    // 她又交出这一岗，还有别的岗位：这一岗等着的收起，她自己的清单照旧。
    const [deng] = await withTransaction(it.app.database, (tx) => rows(tx).person.findMany({ where: { name: '邓晓东' } }));
    await lin.says(`移交 黄诗涵`);
    const post = `建筑工务署 ${former?.post.title}（黄诗涵）`;
    expect(await lin.clicks('办理移交', { form: { post, mobile: deng?.mobile ?? '' } })).toMatchObject(toast('已移交'));
    expect(textOfCard(huang.cards())).toContain(taken('邓晓东'));
    expect(JSON.stringify(huang.cards())).not.toContain('task-books.acknowledge');
    expect(huang.cards().filter((card) => textOfCard(card).includes('在办4项'))).toHaveLength(1);
    // 收起的不再变：任务书签收了，前任们手上的一个字不动。
    const inHand = () =>
      [name, '黄诗涵'].flatMap((each) =>
        it
          .person(each)
          .cards()
          .filter((card) => textOfCard(card).includes('不再更新')),
      );
    const before = inHand();
    expect(await it.person('邓晓东').clicks('签收')).toMatchObject(toast('已签收'));
    expect([before.length, inHand()]).toEqual([2, before]);
  });

  test('改了花名册再导入：换上的主要负责人收到等签收的任务书，同办理移交一样；原来安排在以后接任的随之取消', async () => {
    const sheets = await readDemoRoster();
    const people = sheets.find((sheet) => sheet.name === '人员')?.rows ?? [];
    const of = (role: string) => people.find((row) => row[2] === 'U14' && row[4] === role) ?? [];
    const [head, liaison, deputy] = [of('单位主要负责人'), of('联络员'), of('分管负责人')];
    await lin.says(`移交 ${head[0]}`);
    await lin.clicks('办理移交', { form: { mobile: String(liaison[1]), on: '2026-08-20' } });
    await lin.says(`移交 ${deputy[0]}`);
    await lin.clicks('办理移交', { form: { mobile: String(liaison[1]) } });
    const named = (row: readonly CellValue[], post: readonly CellValue[]) => [row[0] ?? null, row[1] ?? null, ...post.slice(2)];
    // 分管负责人一岗，表里原任、接任人都在：这是知道移交了，原任的那一行是另一个岗位。
    const changed = [...people.map((row) => (row === head ? named(deputy, head) : row)), named(liaison, deputy)];
    const books = () =>
      it
        .person(String(deputy[0]))
        .cards()
        .filter((card) => JSON.stringify(card).includes('task-books.acknowledge')).length;
    expect(books()).toBe(0);
    const file = sheets.map((sheet) => (sheet.name === '人员' ? { ...sheet, rows: changed } : sheet));
    const result = await imports(file);
    const { handedOver, changes, added } = result;
    // U12的是移交之前的旧表：办过移交的两岗照旧归接任人，逐条列出，没有多出岗位。
    const [former] = people.filter((row) => row[2] === 'U12' && row[4] === '单位主要负责人');
    const kept = { on: '2026-07-31' };
    expect(handedOver).toEqual([
      { ...kept, title: `U12${former?.[3]}`, from: former?.[0], to: '邓晓东' },
      { ...kept, title: 'U12工程三部负责人', from: '许启航', to: '黄诗涵' },
    ]);
    expect(changes.map(({ to }) => to)).toEqual([deputy[0]]);
    expect(added).toEqual({ units: 0, people: 0, posts: 1 });
    expect(rosterImportLists(result).flatMap(({ title, entries }) => [title, ...entries])).toEqual(
      expect.arrayContaining([
        '已经移交、表里仍是原任的2处：没有改，请更新表；如确要改回，请用“移交”',
        'U12工程三部负责人：7月31日（周五）起由黄诗涵任职，表里仍是许启航',
      ]),
    );
    expect((await holdersOf('工程三部负责人')).map(([name]) => name)).toEqual(['许启航', '黄诗涵']);
    it.app.outbox.wake();
    await it.settled();
    expect(books()).toBe(1);
    const holdings = await withTransaction(it.app.database, (tx) =>
      rows(tx).postHolding.findMany({
        where: { post: { unitCode: 'U14', role: 'unitHead' }, OR: [{ toOn: null }, { toOn: { gte: '2026-07-31' } }] },
        select: { fromOn: true, toOn: true, person: { select: { name: true } } },
      }),
    );
    expect(holdings).toEqual([{ fromOn: '2026-07-31', toOn: null, person: { name: deputy[0] } }]);
  });

  test('两个人同时打开表单：后办的被告知现任已经换了，什么都没改', async () => {
    const zhou = it.person('周启明');
    await lin.says('移交 宋思远');
    await zhou.says('移交 宋思远');
    await lin.clicks('办理移交', { form: { person: '董若曦（水务工程部负责人）' } });
    expect(await zhou.clicks('办理移交', { form: { person: '田凯旋（工程一部负责人）' } })).toMatchObject(
      refused('该岗位现任已是董若曦，请重新发送“移交”再办'),
    );
    expect((await holdersOf('质安部负责人')).map(([name]) => name)).toEqual(['宋思远', '董若曦']);
  });

  test('安排到以后的日子：到那天才换人；再办一次以新的为准；交回现任就是取消', async () => {
    await lin.says('移交 田凯旋');
    expect(await lin.clicks('办理移交', { form: { mobile: '199-0000-1817', on: '2026-08-10' } })).toMatchObject(toast('移交已安排'));
    expect(last(lin)).toContain('岗位移交已安排');
    expect(await answerTo(lin, '移交 田凯旋')).toContain('已安排宋思远于8月10日（周一）接任');
    expect(await lin.clicks('办理移交', { form: { mobile: '19900001817', on: '2026-08-10' } })).toMatchObject(
      refused('已安排宋思远于该日接任，不用再办'),
    );
    await lin.clicks('办理移交', { form: { person: '许云舒（工程二部负责人）', on: '2026-08-05' } });
    expect(await holdersOf('工程一部负责人')).toEqual([
      ['田凯旋', '2000-01-01', '2026-08-04'],
      ['许云舒', '2026-08-05', null],
    ]);
    await lin.says('移交 田凯旋');
    await lin.clicks('办理移交', { form: { person: '田凯旋（工程一部负责人）' } });
    expect((await holdersOf('工程一部负责人')).at(-1)).toEqual(['田凯旋', '2026-07-31', null]);
  });

  test('填错的一律不收：过去的日子、没选人、名单和手机号不是一个人、不在花名册的手机号、交给自己', async () => {
    await lin.says('移交 董若曦');
    const wrong: [object, string][] = [
      [{ person: '田凯旋（工程一部负责人）', on: '2026-07-30' }, '移交日期不能早于今天'],
      [{ person: '田凯旋（工程一部负责人）', on: '2036-07-31' }, '移交日期超过一年，请核对年份'],
      [{}, '请选择接任人，或填写其手机号'],
      [{ person: '田凯旋（工程一部负责人）', mobile: '19900002184' }, '选了田凯旋，手机号却是许长青的，请只留一个'],
      [{ mobile: '13800000000' }, '花名册里没有这个手机号，请核对；新来的人请先登记进花名册'],
      [{ mobile: '19900002505' }, '不能把岗位移交给您自己，请由另一位管理员或督查室办理'],
    ];
    for (const [form, message] of wrong) {
      expect(await lin.clicks('办理移交', { form: { post: '建筑工务署 水务工程部负责人（董若曦）', ...form } })).toMatchObject(refused(message));
    }
    expect(await trail('handOver')).toHaveLength(9);
  });

  test('人已离职，手上的按钮、打字、发文件都不收；按姓名、按单位都查得到他的岗位，可以补上；接任人没有账号的，提醒督促开通', async () => {
    const { openId } = it.person('许长青').person;
    await it.person('许长青').says('我的任务');
    const { chatId } = it.world.store.directChat(openId);
    const messageId = it.world.store.messagesOf(chatId).at(-1)?.messageId ?? '';
    const item = await withTransaction(it.app.database, async (tx) => {
      const { id } = await rows(tx).post.findFirstOrThrow({ where: { title: '前期部负责人', unitCode: 'U12' } });
      return rows(tx).workItem.findFirstOrThrow({ where: { responsiblePostId: id } });
    });
    const value = createSeal(it.world.connection.appSecret).seal(
      { action: 'progress.open-form', payload: { itemId: item.id } },
      `person:${openId}`,
      it.clock.now(),
    );
    await it.acts.leaves(openId);
    await it.settled();
    await expectPowerless(it, { openId, messageId, value }, item.code);
    // 离职的通知又来一次，还是一样。
    await it.acts.leaves(openId);
    await it.settled();
    await expectPowerless(it, { openId, messageId, value }, item.code);
    expect(last(lin)).toMatch(
      /许长青的飞书账号已停用。空出的岗位：建筑工务署 前期部负责人，由他负责的在办事项\d+项。移交之前，发给这个岗位的没有人收到；请发送“移交 许长青”办理。/,
    );
    expect(await answerTo(lin, '移交 工务署')).toContain('前期部负责人（许长青，已离职）');
    expect(await answerTo(lin, '移交 许长青')).toContain('前期部负责人（许长青，已离职）');
    await lin.clicks('办理移交', { form: { mobile: '19900000477' } });
    expect(last(lin)).toContain('余宏斌没有飞书账号，开通之前收不到卡片，请督促开通');
    expect((await holdersOf('前期部负责人')).map(([name]) => name)).toEqual(['许长青', '余宏斌']);
  });
});

test('分管领导离职：等他批的延期由主要领导批；岗位移交之后，没有了结的事项、等他批的都归接任的，单位的分管领导也换了', async () => {
  const [wang, huang] = [it.person('王海峰'), it.person('黄诗涵')];
  const [item, mobile] = await withTransaction(it.app.database, async (tx) => {
    const found = await rows(tx).workItem.findFirstOrThrow({ where: { leaderInCharge: '王海峰', status: 'issued' }, orderBy: { code: 'asc' } });
    const asked = { requestedOn: '2027-01-15', reason: '雨季停工', progress: '过半', former: 0, requesterId: '', requestedBy: '丁一凡' };
    await rows(tx).extensionRequest.create({
      data: { id: 'of-wang', itemId: found.id, round: 1, status: 'checked', dueBefore: found.dueOn, requestedAt: it.clock.now(), ...asked },
    });
    return [found, (await rows(tx).person.findFirstOrThrow({ where: { openId: huang.person.openId } })).mobile];
  });
  await it.acts.leaves(wang.person.openId);
  await it.settled();
  expect(JSON.stringify(it.person('李文博').lastCard())).toContain('extensions.approve');
  await lin.says('移交 王海峰');
  expect(await lin.clicks('办理移交', { form: { mobile } })).toMatchObject(toast('已移交'));
  expect(JSON.stringify(huang.lastCard())).toContain('extensions.approve');
  expect(last(huang)).toContain(`延期申请 ${item.code}`);
  const [after, unit] = await withTransaction(it.app.database, async (tx) => [
    await rows(tx).workItem.groupBy({ by: ['leaderInCharge'], where: { leaderInCharge: { in: ['王海峰', '黄诗涵'] } } }),
    await rows(tx).unit.findUniqueOrThrow({ where: { code: 'U09' } }),
  ]);
  expect([after.map(({ leaderInCharge }) => leaderInCharge), unit.leaderName]).toEqual([['黄诗涵'], '黄诗涵']);
  expect(await answerTo(huang, item.code)).toContain('分管领导换了人：由王海峰改为黄诗涵');
  // 移交之前的旧表再导入：单位的分管领导不改回。
  const { handedOver } = await imports(await readDemoRoster());
  expect(handedOver).toContainEqual({ title: '住房和建设局分管领导', from: '王海峰', to: '黄诗涵', on: localDateOf(it.clock.now()) });
  const again = await withTransaction(it.app.database, (tx) => rows(tx).unit.findUniqueOrThrow({ where: { code: 'U09' } }));
  expect(again.leaderName).toBe('黄诗涵');
});

describe('分管两个口的领导移交了一个口', () => {
  const leaderOf = (code: string) => withTransaction(it.app.database, (tx) => rows(tx).unit.findUniqueOrThrow({ where: { code } }));
  const itemsOf = (leadUnit: string, leaderInCharge: string) =>
    withTransaction(it.app.database, (tx) => rows(tx).workItem.count({ where: { leadUnit, leaderInCharge, status: { not: 'completed' } } }));
  /** 各单位归郑国栋分管的 */
  const zhengsUnits = () =>
    withTransaction(it.app.database, (tx) => rows(tx).unit.findMany({ where: { leaderName: '郑国栋' }, orderBy: { position: 'asc' } }));
  const deng = () => it.person('邓晓东');

  test('分不清哪些是移交的那一口的，都不动；办移交的人当场知道有多少、怎么分开', async () => {
    await withTransaction(it.app.database, async (tx) => {
      const { id: personId } = await rows(tx).person.findFirstOrThrow({ where: { name: '郑国栋' } });
      const post = {
        id: 'second-field',
        unitCode: null,
        title: '管委会副主任（文教）',
        role: 'leaderInCharge',
        field: '文教口',
        backup: false,
        position: 9_000,
      };
      await rows(tx).post.create({ data: post });
      await rows(tx).postHolding.create({ data: { id: 'second-held', postId: 'second-field', personId, fromOn: '2026-01-01' } });
    });
    const { mobile } = await withTransaction(it.app.database, (tx) => rows(tx).person.findFirstOrThrow({ where: { name: '邓晓东' } }));
    const units = await zhengsUnits();
    expect(units.length).toBeGreaterThanOrEqual(2);
    await lin.says('移交 郑国栋');
    expect(await lin.clicks('办理移交', { form: { post: '管委会副主任（文教）（郑国栋）', mobile } })).toMatchObject(toast('已移交'));
    const open = await withTransaction(it.app.database, (tx) =>
      rows(tx).workItem.count({ where: { leaderInCharge: '郑国栋', status: { notIn: ['completed', 'cancelled', 'archived'] } } }),
    );
    expect(last(lin)).toContain(`郑国栋还分管着别的口：他名下没有了结的${open}项分不清是哪一口的，没有动（${units[0]?.shortName}`);
    expect(last(lin)).toContain('请系统管理员在花名册的单位表里把归邓晓东的单位改成邓晓东，重新导入');
    expect(await zhengsUnits()).toHaveLength(units.length);
  });

  test('照着改了单位表再导入：那个单位和它牵头的事项、等批的延期归接任人，别的单位不动；表里少了的单位列出来，说明还有几项', async () => {
    const [moved, kept] = await zhengsUnits();
    const [toMove, toKeep] = [await itemsOf(moved?.code ?? '', '郑国栋'), await itemsOf(kept?.code ?? '', '郑国栋')];
    expect(toMove).toBeGreaterThan(0);
    await withTransaction(it.app.database, async (tx) => {
      const found = await rows(tx).workItem.findFirstOrThrow({ where: { leadUnit: moved?.code ?? '', leaderInCharge: '郑国栋' } });
      const asked = { requestedOn: '2027-01-15', reason: '雨季停工', progress: '过半', former: 0, requesterId: '', requestedBy: '丁一凡' };
      await rows(tx).extensionRequest.create({
        data: { id: 'of-zheng', itemId: found.id, round: 1, status: 'checked', dueBefore: found.dueOn, requestedAt: it.clock.now(), ...asked },
      });
    });
    const gone = 'U31';
    const open = await withTransaction(it.app.database, (tx) =>
      rows(tx).workItem.count({
        where: { leadUnit: gone, status: { in: ['issued', 'inProgress', 'declinePending', 'underVerification', 'onSiteVerification'] } },
      }),
    );
    const { name: goneName } = await leaderOf(gone);
    const sheets = (await readDemoRoster()).map((sheet) => ({
      ...sheet,
      rows: sheet.rows
        .filter((row) => !row.includes(gone))
        .map((row) => (sheet.name === '单位' && row.includes(moved?.code ?? '') ? row.map((cell) => (cell === '郑国栋' ? '邓晓东' : cell)) : row)),
    }));
    const result = await imports(sheets);
    it.app.outbox.wake();
    await it.settled();
    expect(result.fields).toContainEqual({ unitName: moved?.name, from: '郑国栋', to: '邓晓东', items: toMove });
    expect([await itemsOf(moved?.code ?? '', '邓晓东'), await itemsOf(kept?.code ?? '', '郑国栋')]).toEqual([toMove, toKeep]);
    expect(JSON.stringify(deng().cards())).toContain('extensions.approve');
    expect(result.missingUnits).toEqual([{ name: goneName, open }]);
    const words = rosterImportLists(result).flatMap(({ title, entries }) => [title, ...entries]);
    expect(words).toContain(`${moved?.name}：郑国栋 → 邓晓东（没有了结的${toMove}项随着换）`);
    expect(words).toContain(`${goneName}${open > 0 ? `（还有${open}项没有办结）` : ''}`);
    // 单位还在，事项照旧有人办：没有删。
    expect((await leaderOf(gone)).active).toBe(true);
  });
});

describe('委托代办', () => {
  /** 生态局群里的任务书，一直没有签收 */
  const signInGroup = async (name: string) => {
    const message = it
      .group('生态局督办工作群')
      .messages()
      .find(({ content }) => content.includes('签收时限'));
    return (await it.acts.clicks(it.person(name).person.openId, message?.messageId ?? '', { button: '签收' })).seen;
  };

  test('袁梦洁休假，委托蒋秋萍：两人都知道；还没到日子，蒋秋萍不能代办', async () => {
    const [yuan, jiang] = [it.person('袁梦洁'), it.person('蒋秋萍')];
    await yuan.says('委托');
    const form = { person: '蒋秋萍（水环境科科长）', fromOn: '2026-08-03', toOn: '2026-08-12', reason: '年休假' };
    expect(await yuan.clicks('提交委托', { form })).toMatchObject(toast('已委托'));
    for (const person of [yuan, jiang]) expect(last(person)).toContain('8月3日（周一）至8月12日（周三）');
    expect(await signInGroup('蒋秋萍')).toMatchObject(refused('您无权签收任务书，请联系本单位主要负责人或联络员'));
  });

  test('同一段时间不能再委托别人；代办人自己也要休假的、没有账号的、本人、日子不对的，都不收', async () => {
    const yuan = it.person('袁梦洁');
    await yuan.says('委托');
    expect(last(yuan)).toContain('未开始　蒋秋萍　8月3日（周一）至8月12日（周三）');
    await yuan.clicks('新增委托');
    const overlapping = { mobile: '19900003500', fromOn: '2026-08-12', toOn: '2026-08-13' };
    expect(await yuan.clicks('提交委托', { form: overlapping })).toMatchObject(refused('袁梦洁在8月3日至8月12日已委托蒋秋萍代办，请先收回再改'));
    expect(last(yuan)).toContain('收回委托');
    await yuan.clicks('新增委托');
    const wrong: [object, string][] = [
      [{ mobile: '19900003264' }, '不能委托给本人'],
      [{ mobile: '19900000477' }, '余宏斌没有飞书账号，收不到卡片，请另选代办人'],
      [{ person: '何云舒（大气科科长）', toOn: '2026-08-19' }, '结束日期早于开始日期，请改正后再提交'],
      [{ person: '何云舒（大气科科长）', fromOn: '2026-07-30' }, '开始日期不能早于今天'],
    ];
    for (const [form, message] of wrong) {
      expect(await yuan.clicks('提交委托', { form: { fromOn: '2026-08-20', toOn: '2026-08-21', ...form } })).toMatchObject(refused(message));
    }
    await lin.says('委托 何云舒');
    await lin.clicks('提交委托', { form: { mobile: '19900001313', fromOn: '2026-08-20', toOn: '2026-08-21' } });
    expect(await yuan.clicks('提交委托', { form: { person: '何云舒（大气科科长）', fromOn: '2026-08-21', toOn: '2026-08-24' } })).toMatchObject(
      refused('何云舒在8月20日至8月21日自己也委托了他人，请另选代办人'),
    );
  });

  test('到了日子，蒋秋萍可以代袁梦洁签收，留痕记“代”；袁梦洁的事照样是她的', async () => {
    await it.moveTo('2026-08-03 09:30');
    // 09:05的签收提醒，本人和代办人各一张。
    for (const name of ['袁梦洁', '蒋秋萍']) expect([name, textOfCard(it.person(name).cards())]).toEqual([name, expect.stringContaining('签收提醒')]);
    expect(await signInGroup('蒋秋萍')).toMatchObject(toast('已签收'));
    const signed = (await trail('acknowledge')).filter(({ subjectType }) => subjectType === 'taskBook');
    expect(signed.slice(-1)).toEqual([{ subjectType: 'taskBook', actorName: '蒋秋萍', onBehalfOf: '袁梦洁' }]);
    // 看得见的地方也写着代谁：任务书卡片、事项的经过。
    expect(textOfCard(it.group('生态局督办工作群').messages())).toContain('蒋秋萍（代袁梦洁）');
    const [signedItem] = await withTransaction(it.app.database, (tx) => rows(tx).workItem.findMany({ where: { leadUnit: 'U16' }, take: 1 }));
    expect(await answerTo(lin, signedItem?.code ?? '')).toContain('蒋秋萍（代袁梦洁）签收');
  });

  test('督查室可以替人登记，两人都收到；别人不能替人登记，也不能登记给自己', async () => {
    const ma = it.person('马骁');
    expect(await answerTo(ma, '委托 丁一凡')).toContain('您无权替他人登记委托，请联系系统管理员或督查室');
    await lin.says('委托 丁一凡');
    const form = { fromOn: '2026-08-03', toOn: '2026-08-07' };
    expect(await lin.clicks('提交委托', { form: { mobile: '19900002505', ...form } })).toMatchObject(
      refused('不能替别人委托给您自己，请由本人或另一位管理员登记'),
    );
    await lin.clicks('提交委托', { form: { person: '马骁（城市更新科科长）', ...form } });
    for (const name of ['丁一凡', '马骁']) expect(textOfCard(it.person(name).cards())).toContain('丁一凡委托马骁');
    // 等丁一凡签收的任务书，代办的人手里也有一份。
    expect(last(it.person('马骁'))).toContain('住房和建设局任务书18项');
  });

  test('提前收回：立刻生效，两人手里的卡片都变成已收回；不能收回别人的，也不能收回两次', async () => {
    const [ding, ma] = [it.person('丁一凡'), it.person('马骁')];
    await ding.says('委托');
    await lin.says('委托 丁一凡');
    expect(await ding.clicks('收回委托')).toMatchObject(toast('已收回'));
    expect(
      ma
        .cards()
        .map(textOfCard)
        .filter((text) => text.includes('丁一凡委托马骁')),
    ).toEqual([expect.stringContaining('委托已收回')]);
    expect(ma.texts().at(-1)).toBe('丁一凡的委托已收回，马骁即日起不再代办。');
    // 代办时收到的任务书，不再由他签收，也不再更新。
    expect(textOfCard(ma.cards())).toContain('代丁一凡办理已结束，这张卡片不再更新。');
    expect(await lin.clicks('收回委托')).toMatchObject(refused('这项委托已经结束'));
  });

  test('自己替别人代办的，不随自己的委托转出去，卡片上提醒', async () => {
    const jiang = it.person('蒋秋萍');
    await jiang.says('委托');
    await jiang.clicks('提交委托', { form: { person: '邓晓东（海洋生态科科长）', fromOn: '2026-08-10', toOn: '2026-08-11' } });
    expect(last(jiang)).toContain('蒋秋萍此间替袁梦洁代办的，不随之转出，请另行安排。');
  });

  test('同名的两个人：请改写手机号', async () => {
    const card = await answerTo(lin, '委托 梁云舒');
    expect(card).toContain('有2位梁云舒：教育和卫生健康局（手机尾号3238）、交通管理中心（手机尾号0655）');
    expect(await answerTo(lin, '委托 199-0000-0655')).toContain('委托人：梁云舒');
  });

  test('测评和监督须本人履行：不能委托，替人代办也得不到这些岗位', async () => {
    expect(await answerTo(it.person('白露'), '委托')).toContain('白露没有可以委托的岗位');
    expect(await answerTo(it.person('谢静怡'), '委托')).toContain('测评、监督须本人履行');
  });

  test('在群里说，表单只发给本人', async () => {
    const { chatId, messages } = it.group('生态局督办工作群');
    await it.person('朱天佑').says('委托', { chatId }, { mentionsBot: true });
    expect(textOfCard(it.person('朱天佑').lastCard())).toContain('委托人：朱天佑');
    expect(messages().at(-1)?.content).toContain('已单独发给您');
  });
});

test('办了这么多事，留痕的链完好', async () => {
  const { fault, checked } = await verifyAudit((work) => withTransaction(it.app.database, work));
  expect(fault).toBeNull();
  expect(checked).toBeGreaterThan(300);
});
