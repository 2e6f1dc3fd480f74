import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const [good, faulty] = ['食堂改造-7-60-178.xlsx', '食堂改造-7-60-178-问题件.xlsx'];

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-09-22 15:10' });
});
afterAll(() => it.close());

const nodes = (where: object = {}) =>
  withTransaction(it.app.database, (tx) =>
    rows(tx).workItem.findMany({
      where,
      select: { id: true, code: true, kind: true, title: true, percent: true, status: true, parentId: true, responsiblePostId: true },
    }),
  );
const node = async (code: string) => (await nodes({ code }))[0];
/** 单聊里最新的一张有这几个字的卡片，照现在的样子 */
const cardWith = (name: string, words: string): string =>
  it
    .person(name)
    .cards()
    .map(textOfCard)
    .filter((text) => text.includes(words))
    .at(-1) ?? '';

describe('7-60-178：从一份表到一棵树', () => {
  test('别的单位的联络员发来：不收，什么都没写', async () => {
    const outsider = it.person('曾小雨');
    await outsider.sendsFile(good, fixture(good));
    expect(textOfCard(outsider.lastCard())).toContain('您无权导入项目分解表，请联系承担单位的主要负责人、联络员或督查室');
    const responsible = it.person('罗晓东');
    await responsible.sendsFile(good, fixture(good));
    expect(textOfCard(responsible.lastCard())).toContain('您无权导入');
    expect(await nodes()).toEqual([]);
  });

  test('问题件：两位责任党员、没有责任党员，两处都指到单元格，其余176行无误', async () => {
    const liaison = it.person('李雅雯');
    await liaison.sendsFile(faulty, fixture(faulty));
    const text = textOfCard(liaison.lastCard());
    expect(text).toContain('共178个任务｜可导入176｜需修改2｜尚未写入任何数据');
    expect(text).toContain('任务分解 E32（2.5.2）：写了2位责任党员：曾一鸣、王静怡。请只留一位');
    expect(text).toContain('任务分解 E106（4.12.1）：没有责任党员。请填写一位');
    expect(text).toContain('需修改2处');
    expect(text).not.toContain('确认导入');
    expect(await nodes()).toEqual([]);
  });

  test('改好的表：一张卡片报清部分、事项、任务和责任党员，没有写入；再发认得出来', async () => {
    const liaison = it.person('李雅雯');
    await liaison.sendsFile(good, fixture(good));
    const text = textOfCard(liaison.lastCard());
    expect(text).toContain('7个部分｜60个事项｜178个任务｜24名责任党员｜尚未写入任何数据');
    expect(text).toContain('24人：10人各8项、14人各7项');
    expect(text).toContain('9月22日（周二）');
    expect(await nodes()).toEqual([]);
    await liaison.sendsFile(good, fixture(good));
    expect(textOfCard(liaison.lastCard())).toContain('与15:10发来的文件相同，结果不变。');
  });

  test('确认之后是一棵树：178个任务各有恰好一位责任党员，上面三级没有；再点一次什么也不发生', async () => {
    const liaison = it.person('李雅雯');
    expect(await liaison.clicks('确认导入')).toMatchObject({ toast: { content: '已导入178个任务，任务卡已发给24名责任党员' } });
    const tree = await nodes();
    const count = (kind: string): number => tree.filter((each) => each.kind === kind).length;
    expect([count('project'), count('part'), count('projectItem'), count('task')]).toEqual([1, 7, 60, 178]);
    expect(tree.filter(({ kind, responsiblePostId }) => (kind === 'task') !== (responsiblePostId !== null))).toEqual([]);
    const owners = tree.flatMap(({ responsiblePostId }) => responsiblePostId ?? []);
    const loads = [...new Set(owners)].map((postId) => owners.filter((owner) => owner === postId).length);
    expect([loads.filter((load) => load === 8).length, loads.filter((load) => load === 7).length, loads.length]).toEqual([10, 14, 24]);
    const parents = new Map(tree.map((each) => [each.id, each]));
    for (const { code, kind, parentId } of tree) {
      const parent = parents.get(parentId ?? '');
      if (kind === 'project') expect(parent).toBeUndefined();
      else expect(parent?.code).toBe(code.includes('.') ? code.slice(0, code.lastIndexOf('.')) : '食-0');
    }
    expect(textOfCard(liaison.lastCard())).toContain('总进度48.36%');
  });

  test('同一个项目不会导入两次', async () => {
    const head = it.person('梁念慈');
    await head.sendsFile('食堂改造（再发）.xlsx', Buffer.concat([fixture(good)]));
    expect(textOfCard(head.lastCard())).toContain('项目已导入');
    expect(await nodes()).toHaveLength(246);
  });

  test('发“任务 食-2.8.3”或编号本身：看到这一项任务；不相干的人看不到，没有的编号说没有', async () => {
    const liaison = it.person('李雅雯');
    for (const words of ['任务 食-2.8.3', '食-2.8.3']) {
      await liaison.says(words);
      const text = textOfCard(liaison.lastCard());
      for (const part of ['食-2.8.3 逐条回复意见采纳情况', '责任党员：朱浩然', '完成90%', '必办']) expect(text).toContain(part);
    }
    await it.person('马骁').says('任务 食-2.8.3');
    expect(textOfCard(it.person('马骁').lastCard())).toContain('您无权查看该事项');
    await liaison.says('任务 食-9.9.9');
    expect(textOfCard(liaison.lastCard())).toContain('请写明事项编号');
  });

  test('项目的任务不进全区的台账，也不进“我的任务”', async () => {
    const owner = it.person('朱浩然');
    await owner.says('我的任务');
    expect(textOfCard(owner.lastCard())).not.toContain('逐条回复意见采纳情况');
  });
});

describe('进度由任务汇总', () => {
  test('2026-09-22：七个部分100%、95%、75.93%、48%、25%、0、0，共48.36%', async () => {
    const head = it.person('梁念慈');
    await head.says('食堂改造');
    const text = textOfCard(head.lastCard());
    expect(text).toContain('总进度48.36%｜178个任务，已完成71');
    const table = JSON.stringify(head.lastCard());
    const percents = [...table.matchAll(/"done":\{?[^}]*?(\d+\.\d\d)%/g)].map(([, percent]) => percent);
    expect(percents).toEqual(['100.00', '95.00', '75.93', '48.00', '25.00', '0.00', '0.00']);
  });

  test('别的单位看不到；督查室看得到，但办结不归督查室', async () => {
    const outsider = it.person('曾小雨');
    await outsider.says('食堂改造');
    expect(textOfCard(outsider.lastCard())).toContain('您无权查看该事项');
    const lin = it.person('林晓');
    await lin.says('食堂改造');
    expect(textOfCard(lin.lastCard())).toContain('总进度48.36%');
    expect(textOfCard(lin.lastCard())).not.toContain('办结部分');
  });

  test('办结第二部分：指名必办的2.8.3还没办完，不提非必办的2.3.3', async () => {
    const head = it.person('梁念慈');
    const second = await node('食-2');
    const seen = await head.clicks('办结部分', { form: { branchId: second?.id ?? '' } });
    expect(seen).toMatchObject({
      toast: {
        type: 'error',
        content: '二、方案与功能布局还不能办结：必办任务2.8.3 逐条回复意见采纳情况（完成90%）没有办完。请责任党员办完后再办结。',
      },
    });
    expect((await node('食-2'))?.status).toBe('inProgress');
    const first = await node('食-1');
    expect(await head.clicks('办结部分', { form: { branchId: first?.id ?? '' } })).toMatchObject({ toast: { content: '一、立项报批与资金已办结' } });
  });
});

describe('责任党员的一张卡片', () => {
  test('24人各一张，8项或7项都在上面，不超元素限额', async () => {
    const tree = await nodes({ kind: 'task' });
    for (const name of ['朱浩然', '许锐', '罗晓东', '梁宛如']) {
      const person = it.person(name);
      const cards = person.cards().filter((card) => textOfCard(card).includes('食堂改造：我的任务'));
      expect(cards, name).toHaveLength(1);
      expect(tree.filter(({ title }) => textOfCard(cards[0]).includes(title)).length, name).toBeGreaterThanOrEqual(7);
    }
  });

  test('一点“完成”：卡片就地变，事项、部分、总进度和项目卡跟着变', async () => {
    const owner = it.person('朱浩然');
    expect(cardWith('梁念慈', '总进度')).toContain('总进度48.36%');
    await owner.clicks('填写', { within: '逐条回复意见采纳情况' });
    expect(cardWith('朱浩然', '填写 2.8.3')).toContain('签字扫描件');
    expect(await owner.clicks('提交进展', { form: { percent: '95', content: '37条已回复35条' } })).toMatchObject({
      toast: { content: '2.8.3已记为95%' },
    });
    expect(await owner.clicks('完成', { within: '逐条回复意见采纳情况' })).toMatchObject({ toast: { content: '2.8.3已完成' } });
    expect(await node('食-2.8.3')).toMatchObject({ status: 'completed', percent: 100 });
    // 2.8的任务都完成，事项随之办结；部分等人来办结。21/22 = 95.45%，(8608+10)/178 = 48.42%
    expect(await node('食-2.8')).toMatchObject({ status: 'completed', percent: 100 });
    expect(await node('食-2')).toMatchObject({ status: 'inProgress', percent: 95 });
    expect(JSON.stringify(it.person('梁念慈').cards())).toContain('95.45%');
    expect(cardWith('梁念慈', '总进度')).toContain('总进度48.42%');
    const task = await node('食-2.8.3');
    const trail = await withTransaction(it.app.database, (tx) =>
      rows(tx).auditEntry.findMany({ where: { subjectId: task?.id ?? '' }, orderBy: { seq: 'asc' } }),
    );
    expect(trail).toMatchObject([
      { event: 'progress', before: '90', after: '95', actorName: '朱浩然', detail: { reason: '37条已回复35条' } },
      { event: 'finish', before: 'inProgress', after: 'completed', actorName: '朱浩然' },
    ]);
  });

  test('双击“完成”只算一次', async () => {
    const owner = it.person('许锐');
    const chat = it.world.store.directChat(owner.person.openId).chatId;
    const message = it.world.store.messagesOf(chat).findLast(({ content }) => content.includes('设计母婴洗手区'));
    const before = (await nodes({ kind: 'task', status: 'completed' })).length;
    const click = { button: '完成', within: '设计母婴洗手区' };
    const seen = await Promise.all([1, 2].map(() => it.acts.clicks(owner.person.openId, message?.messageId ?? '', click)));
    await it.settled();
    const toasts = seen.map((each) => (each.seen.kind === 'answered' ? each.seen.toast?.content : undefined)).sort();
    expect(toasts).toEqual(['2.3.3已完成', '2.3.3已完成，无需重复点击']);
    expect((await nodes({ kind: 'task', status: 'completed' })).length).toBe(before + 1);
  });

  test('完成点错了可以更正：任务和事项重新打开，总进度退回去', async () => {
    const owner = it.person('许锐');
    await owner.says('项目任务');
    await owner.clicks('更正', { within: '设计母婴洗手区' });
    expect(await owner.clicks('提交进展', { form: { percent: '0' } })).toMatchObject({ toast: { content: '2.3.3已记为0%' } });
    expect(await node('食-2.3.3')).toMatchObject({ status: 'inProgress', percent: 0 });
    expect(cardWith('梁念慈', '总进度')).toContain('总进度48.42%');
    expect(await owner.clicks('进展50%', { within: '设计母婴洗手区' })).toMatchObject({ toast: { content: '2.3.3已记为50%' } });
  });

  test('必办的都办完了，非必办的2.3.3还开着，第二部分可以办结；已办结的部分里不能再更正', async () => {
    const head = it.person('梁念慈');
    const second = await node('食-2');
    await head.says('食堂改造');
    expect(await head.clicks('办结部分', { form: { branchId: second?.id ?? '' } })).toMatchObject({ toast: { content: '二、方案与功能布局已办结' } });
    expect(await node('食-2')).toMatchObject({ status: 'completed' });
    const owner = it.person('朱浩然');
    await owner.says('项目任务');
    await owner.clicks('更正', { within: '逐条回复意见采纳情况' });
    expect(await owner.clicks('提交进展', { form: { percent: '80' } })).toMatchObject({
      toast: { content: expect.stringContaining('二、方案与功能布局已经办结') },
    });
    expect(await node('食-2.8.3')).toMatchObject({ status: 'completed' });
  });

  test('填的不是0到100：不收；不是责任党员也不是本单位联络员的，点了也没用', async () => {
    const owner = it.person('许锐');
    await owner.says('项目任务');
    await owner.clicks('填写', { within: '设计母婴洗手区' });
    expect(await owner.clicks('提交进展', { form: { percent: '120' } })).toMatchObject({
      toast: { content: expect.stringContaining('完成百分比请填0到100的整数') },
    });
    const nobody = it.person('白露');
    await nobody.says('项目任务');
    expect(textOfCard(nobody.lastCard())).toContain('目前没有由您负责的项目任务');
  });
});
