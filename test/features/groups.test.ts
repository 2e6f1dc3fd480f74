import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noticeCard } from '#cards/system/notice.card';
import type { Actor } from '#core/context';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { may } from '#domain/roster/policy';
import { readWorkbook } from '#runtime/workbook/read-workbook';
import { asSystem } from '../../src/app.ts';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const [faulty, revised] = ['一带五-69组.xlsx', '一带五-69组-修订.xlsx'];

let it: TestApp;
/** 69位组长：24位责任党员在花名册里，其余45位只在平台上有账号 */
let leaders: readonly { code: string; name: string; openId: string }[];
beforeAll(async () => {
  it = await startTestApp({ at: '2026-09-24 10:00' });
  const [sheet] = await readWorkbook(fixture(revised), revised);
  const people = new Map(it.world.store.people().map(({ mobile, openId }) => [mobile, openId]));
  leaders = (sheet?.rows ?? []).slice(2).map((cells) => {
    const [code, name, mobile] = [String(cells[0]), String(cells[2]), String(cells[3]).replace(/\D/g, '')];
    return { code, name, openId: people.get(mobile) ?? it.world.store.addPerson({ name, mobile }).openId };
  });
});
afterAll(() => it.close());

const stored = () =>
  withTransaction(it.app.database, async (tx) => {
    const db = rows(tx);
    return {
      rolls: await db.groupRoll.findMany(),
      groups: await db.mentorGroup.findMany({ orderBy: { position: 'asc' } }),
      notes: await db.groupNote.findMany(),
    };
  });
const messagesWith = (words: string) =>
  it.world.store
    .chats()
    .flatMap(({ chatId }) => it.world.store.messagesOf(chatId))
    .filter(({ content }) => content.includes(words));
const noteCardOf = (openId: string) => {
  const chat = it.world.store.findDirectChat(openId);
  return chat && it.world.store.messagesOf(chat.chatId).findLast(({ content }) => content.includes('9月组长月记'));
};

describe('一带五：69组414人', () => {
  test('第一份表：G17少一人，吴晓东在两个组，两处都指到单元格，什么都没写；两位曹丽华是两个人', async () => {
    const liaison = it.person('李雅雯');
    await liaison.sendsFile(faulty, fixture(faulty));
    const text = textOfCard(liaison.lastCard());
    expect(text).toContain('69组｜413个位置、412人｜需修改2处｜尚未写入任何数据');
    expect(text).toMatch(/ M19（G17）：只有4名组员，应为5名。请补足/);
    expect(text).toMatch(/ G43（G41）：吴晓东（尾号4372）已在G08。一个人只能在一个组，请更换/);
    expect(text).not.toContain('曹丽华');
    expect(text).not.toContain('确认导入');
    expect((await stored()).groups).toEqual([]);
  });

  test('改好的表：确认后69组414人生效；再点一次什么也不发生', async () => {
    const liaison = it.person('李雅雯');
    await liaison.sendsFile(revised, fixture(revised));
    expect(textOfCard(liaison.lastCard())).toContain('69组｜414人｜尚未写入任何数据');
    expect(await liaison.clicks('确认导入')).toMatchObject({ toast: { content: '已导入69组414人' } });
    const { groups } = await stored();
    expect(groups).toHaveLength(69);
    const people = groups.flatMap(({ leaderMobile, members }) => [leaderMobile, ...(members as { mobile: string }[]).map(({ mobile }) => mobile)]);
    expect(new Set(people).size).toBe(414);
    expect(people).toHaveLength(414);
    const namesakes = groups.flatMap(({ code, members }) =>
      (members as { name: string; mobile: string }[]).filter(({ name }) => name === '曹丽华').map(({ mobile }) => [code, mobile]),
    );
    expect(namesakes).toEqual([
      ['G12', expect.stringMatching(/5923$/)],
      ['G55', expect.stringMatching(/6047$/)],
    ]);
    expect(groups.filter(({ leaderOpenId }) => leaderOpenId === null)).toEqual([]);
  });

  test('别的单位不能导入，也看不到', async () => {
    const outsider = it.person('曾小雨');
    await outsider.sendsFile(revised, fixture(revised));
    expect(textOfCard(outsider.lastCard())).toContain('您无权导入“一带五”小组名单');
    await outsider.says('一带五');
    expect(textOfCard(outsider.lastCard())).toContain('您无权查看“一带五”小组');
  });

  test('覆盖情况：按条线列组数、人数和月记', async () => {
    const head = it.person('梁念慈');
    await head.says('一带五');
    expect(textOfCard(head.lastCard())).toContain('69组｜414人｜9月月记已交0/69组');
    expect(JSON.stringify(head.lastCard())).toContain('0/16');
  });
});

describe('组长月记', () => {
  test('9月30日是当月最后一个工作日：每位组长一张，四条；前一天没有', async () => {
    await it.skipTo('2026-09-29 09:05');
    expect(messagesWith('9月组长月记')).toEqual([]);
    await it.moveTo('2026-09-30 09:05');
    expect(messagesWith('9月组长月记')).toHaveLength(69);
    const text = textOfCard(JSON.parse(noteCardOf(leaders[0]?.openId ?? '')?.content ?? '{}'));
    for (const words of ['思想', '技能', '业绩', '作风', '10月10日（周六）', '彭柏林']) expect(text).toContain(words);
  });

  test('四条都空不收；写了就就地变成已交；同样的再交一次答无需重复', async () => {
    const [leader] = leaders;
    const messageId = noteCardOf(leader?.openId ?? '')?.messageId ?? '';
    const click = (openId: string, form: Record<string, string>) => it.acts.clicks(openId, messageId, { button: '提交月记', form });
    expect((await click(leader?.openId ?? '', {})).seen).toMatchObject({ toast: { content: '四条都是空的，请至少写一条再提交' } });
    const form = { thought: '谈心2人次', results: '节前供餐无投诉' };
    const [one, two] = await Promise.all([click(leader?.openId ?? '', form), click(leader?.openId ?? '', form)]);
    await it.settled();
    const toasts = [one.seen, two.seen].map((seen) => (seen.kind === 'answered' ? seen.toast?.content : null)).sort();
    expect(toasts).toEqual(['已提交，无需重复提交', '月记已提交']);
    expect((await stored()).notes).toMatchObject([{ groupCode: 'G01', month: '2026-09', thought: '谈心2人次', skill: '', style: '' }]);
    expect(noteCardOf(leader?.openId ?? '')?.content).toContain('已交');
  });

  test('月记认账号：只有本组组长能写，单位主要负责人、督查员也不能代写', () => {
    const actor: Actor = { kind: 'person', personId: null, openId: 'ou_leader', name: '组长', posts: [] };
    expect(may(actor, 'writeGroupNote', { groupLeader: 'ou_leader' })).toBe(true);
    expect(may({ ...actor, openId: null }, 'writeGroupNote', { groupLeader: null })).toBe(false);
    const head = { ...actor, openId: 'ou_head', posts: [{ postId: 'p', unitCode: 'U25', role: 'unitHead', title: '', field: null }] } as const;
    expect(may(head, 'writeGroupNote', { unitCode: 'U25', groupLeader: 'ou_leader' })).toBe(false);
  });

  test('到10月10日交了62组：未交的7组只告诉单位主要负责人，按组号排，没有先后快慢', async () => {
    for (const { openId } of leaders.slice(1, 62)) {
      await it.acts.clicks(openId, noteCardOf(openId)?.messageId ?? '', { button: '提交月记', form: { skill: '岗位练兵1次' } });
    }
    await it.settled();
    await it.skipTo('2026-10-10 17:00');
    expect(messagesWith('月记未交名单')).toEqual([]);
    await it.moveTo('2026-10-10 17:30');
    const sent = messagesWith('月记未交名单');
    expect(sent).toHaveLength(1);
    const head = it.person('梁念慈');
    expect(sent[0]?.chatId).toBe(it.world.store.directChat(head.person.openId).chatId);
    const text = textOfCard(head.lastCard());
    expect(text).toContain('9月月记已交62/69组，未交7组');
    expect([...text.matchAll(/(G\d\d) /g)].map(([, code]) => code)).toEqual(['G63', 'G64', 'G65', 'G66', 'G67', 'G68', 'G69']);
    for (const { name } of leaders.slice(62)) expect(text).toContain(name);
    expect(text).not.toMatch(/\d\d:\d\d|用时|第\d+名|最快|最慢/);
  });

  test('补交仍收；覆盖卡跟着变', async () => {
    const last = leaders.at(-1);
    await it.acts.clicks(last?.openId ?? '', noteCardOf(last?.openId ?? '')?.messageId ?? '', { button: '提交月记', form: { style: '到岗准时' } });
    await it.settled();
    const head = it.person('梁念慈');
    await head.says('一带五');
    expect(textOfCard(head.lastCard())).toContain('9月月记已交63/69组');
  });
});

describe('那一天没有运行，或者他当天已经收满', () => {
  test('10月30日停机，11月2日起来就补发月记卡，仍是一组一张；以后几天不再发', async () => {
    await it.skipTo('2026-11-02 09:30');
    expect(messagesWith('10月组长月记')).toHaveLength(69);
    await it.moveTo('2026-11-03 09:30');
    expect(messagesWith('10月组长月记')).toHaveLength(69);
  });

  test('截止那天停机，第二天起来就补名单，只一份；当天已收满两次自动消息的，下一个工作日给他', async () => {
    const head = it.person('梁念慈');
    const lists = (month: string) =>
      head
        .cards()
        .map(textOfCard)
        .filter((text) => text.includes(`${month}月月记已交`) && text.includes('未交'));
    await it.skipTo('2026-11-11 09:30');
    expect(lists('10')).toEqual([expect.stringContaining('10月月记已交0/69组，未交69组')]);
    await it.moveTo('2026-11-12 17:40');
    expect(lists('10')).toHaveLength(1);
    await it.skipTo('2026-12-10 09:30');
    await asSystem(it.app, it.clock.now(), ({ outbox }) => {
      for (const nth of ['full-1', 'full-2']) {
        const card = noticeCard({ title: nth, text: '自动消息', tone: 'info' });
        outbox.sendCard({ to: { person: head.person.openId }, cardKey: nth, card, dedupeKey: nth, priority: 'reminder' });
      }
      return Promise.resolve();
    });
    await it.moveTo('2026-12-10 17:40');
    expect(lists('11')).toEqual([]);
    await it.moveTo('2026-12-11 17:40');
    expect(lists('11')).toHaveLength(1);
  });
});
