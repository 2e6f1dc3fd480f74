import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSeal } from '#runtime/seal';
import { type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, startWithBooks } from './given-books.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startWithBooks();
  await it.person('曾小雨').clicks('签收');
  // 只留两个单位：一个在办，一个还没签收。
  await inDatabase(it, async (db) => {
    await db.workItem.updateMany({ where: { leadUnit: { notIn: ['U31'] } }, data: { status: 'suspended' } });
    await db.taskBook.updateMany({ where: { unitCode: { notIn: ['U22', 'U31'] } }, data: { status: 'acknowledged' } });
  });
}, 120_000);
afterAll(() => it.close());

const messagesOf = (name: string) => it.world.store.messagesOf(it.world.store.directChat(it.person(name).person.openId).chatId);
const replaced = (name: string) => messagesOf(name).filter(({ content }) => content.includes('已更新，请看新卡片。')).length;
const books = (name: string) => messagesOf(name).filter(({ content }) => content.includes('签收时限')).length;

const handsOver = async (from: string, to: string): Promise<void> => {
  await it.person('林晓').says(`移交 ${from}`);
  expect(await it.person('林晓').clicks('办理移交', { form: { person: to } })).toMatchObject({ toast: { content: '已移交' } });
};
/** 旧卡片上的按钮，还是当时盖的印 */
const buttonOf = (content: string, action: string): object =>
  JSON.parse(content.match(new RegExp(`"value":(\\{"a":"${action}".*?"m":"[^"]+"\\})`))?.[1] ?? '{}') as object;
/** 手上还有的按钮，盖着今天的印 */
const sealedFor = (name: string, action: string, payload: Record<string, unknown>): object =>
  createSeal(it.world.connection.appSecret).seal({ action, payload }, `person:${it.person(name).person.openId}`, it.clock.now());
const press = async (name: string, messageId: string, value: object) => {
  const { seen } = await it.acts.forgesClick(it.person(name).person.openId, messageId, { tag: 'button', value });
  await it.settled();
  return seen;
};

let june = { messageId: '', content: '' };
/** 交出岗位的人当初收到的任务书 */
let received = june;

describe('卡片满13天之前换新', () => {
  test('5月29日发的任务书没人签收：满13天之前换成新的，旧的写着已更新；签了的不换；交了岗位的不换，接手的有', async () => {
    await it.skipTo('2026-06-09 09:41');
    received = messagesOf('梁天佑').find(({ content }) => content.includes('task-books.acknowledge')) ?? received;
    await handsOver('梁天佑', '高梦洁（权属部负责人）');
    expect([replaced('曾宏斌'), replaced('梁天佑')]).toEqual([0, 0]);
    const former = messagesOf('梁天佑').length;
    const before = [books('曾宏斌'), it.person('曾小雨').cards().length, messagesOf('沈澄').length];
    await it.skipTo('2026-06-10 18:30');
    expect(books('曾宏斌')).toBe(before[0]);
    expect(replaced('曾宏斌')).toBe(1);
    expect(JSON.stringify(it.person('曾宏斌').lastCard())).toContain('"content":"签收"');
    expect([it.person('曾小雨').cards().length, messagesOf('沈澄').length]).toEqual(before.slice(1));
    expect([messagesOf('梁天佑').length, replaced('梁天佑')]).toEqual([former, 0]);
    expect(JSON.stringify(it.person('高梦洁').cards())).toContain('"content":"签收"');
    const { id } = await inDatabase(it, (db) => db.taskBook.findFirstOrThrow({ where: { unitCode: 'U22' } }));
    const reopened = sealedFor('梁天佑', 'system.reopen', { cardKey: `task-book:${id}` });
    expect(await press('梁天佑', messagesOf('梁天佑').at(-1)?.messageId ?? '', reopened)).toMatchObject({
      toast: { type: 'error', content: '这件事现在不由您办，请发送“我的任务”查看现在要办的事' },
      card: null,
    });
    expect(messagesOf('梁天佑')).toHaveLength(former);
    const group = it.group('土整中心督办工作群').messages();
    expect(group.filter(({ content }) => content.includes('已更新，请看新卡片。'))).toHaveLength(1);
    await it.moveTo('2026-06-11 09:40');
  });

  test('6月的提醒卡，7月3日（周五）换新，周末没有动静；只有一张的直接换，有两张的并成一张', async () => {
    await it.skipTo('2026-06-22 09:04');
    await it.moveTo('2026-06-22 10:00');
    const [fang, zeng, head] = [it.person('方伟'), it.person('曾小雨'), it.person('梁海生')];
    await fang.says('管-063');
    await fang.clicks('申请办结');
    await fang.clicks('提交申请', { form: { result: '218户全部签约' } });
    const other = await inDatabase(it, (db) =>
      db.workItem.findFirstOrThrow({ where: { leadUnit: 'U31', status: 'inProgress', code: { not: '管-063' } } }),
    );
    await zeng.says(`${other.code} 40%`);
    await zeng.clicks('提交反馈', { form: { content: '已开工' } });
    june = messagesOf('方伟').findLast(({ content }) => content.includes('本期反馈请在')) ?? june;
    await it.skipTo('2026-07-02 18:30');
    await it.moveTo('2026-07-03 09:40');
    expect(textOfCard(fang.lastCard())).toContain('反馈｜管-063 渔排清退协商签约');
    expect(JSON.stringify(fang.lastCard())).toContain('progress.open-form');
    // 另一张是6月11日换下的“我的任务”。
    expect(replaced('方伟')).toBe(2);
    const pointer = textOfCard(head.lastCard());
    for (const words of ['还有事等您办', '2张卡片发出快满14天', '待审签1件', '申请办结']) expect(pointer).toContain(words);
    expect(replaced('梁海生')).toBe(2);
    const count = messagesOf('梁海生').length;
    await it.moveTo('2026-07-05 20:00');
    expect(messagesOf('梁海生')).toHaveLength(count);
  });

  test('点“打开”得到现在的样子；办完了的说一声', async () => {
    const head = it.person('梁海生');
    expect(await head.clicks('打开', { within: '待审签' })).toMatchObject({ toast: { content: '已发在下面' } });
    expect(textOfCard(head.lastCard())).toContain('待审签1件');
    expect(await head.clicks('审签')).toMatchObject({ toast: { content: '已审签，转督查室' } });
    expect(await head.clicks('打开', { within: '待审签' })).toMatchObject({ toast: { content: '这件事已经办完，不用再办' } });
  });
});

describe('点到过期的卡片', () => {
  const tap = (name: string, messageId: string, content: string) => press(name, messageId, buttonOf(content, 'progress.open-form'));

  test('7月10日点6月的卡片：一句话，什么都没办；新卡片已在', async () => {
    await it.skipTo('2026-07-10 10:00');
    const before = messagesOf('方伟').length;
    expect(await tap('方伟', june.messageId, june.content)).toMatchObject({ toast: { content: '此卡已过期，已为您重发最新卡片' } });
    expect(textOfCard(it.person('方伟').lastCard())).toContain('反馈｜管-063 渔排清退协商签约');
    expect(messagesOf('方伟')).toHaveLength(before);
  });

  test('交了岗位的人点旧的任务书：说明不由他办，新的一张也不给；群里的、还在任的照给', async () => {
    const head = messagesOf('曾宏斌').findLast(({ content }) => content.includes('task-books.acknowledge'));
    const before = messagesOf('梁天佑').length;
    const seen = await press('梁天佑', received.messageId, buttonOf(received.content, 'task-books.acknowledge'));
    expect(seen).toMatchObject({ toast: { content: '此卡已过期，这件事现在不由您办，请发送“我的任务”查看现在要办的事' } });
    expect(textOfCard((seen as { card: unknown }).card)).not.toContain('事项');
    expect(messagesOf('梁天佑')).toHaveLength(before);
    expect(await press('曾宏斌', head?.messageId ?? '', buttonOf(head?.content ?? '', 'task-books.acknowledge'))).toMatchObject({
      toast: { content: '此卡已过期，已为您重发最新卡片' },
    });
  });

  test('没来得及换的也一样：提示已为您重发，新的一张马上到，点几下都只有一张', async () => {
    await it.skipTo('2026-07-21 10:00');
    const old = messagesOf('方伟').findLast(({ content }) => content.includes('progress.open-form'));
    const before = messagesOf('方伟').length;
    const seen = await tap('方伟', old?.messageId ?? '', old?.content ?? '');
    expect(seen).toMatchObject({ toast: { content: '此卡已过期，已为您重发最新卡片' } });
    expect(messagesOf('方伟')).toHaveLength(before + 1);
    expect(textOfCard(it.person('方伟').lastCard())).toContain('管-063 渔排清退协商签约');
    expect(await tap('方伟', old?.messageId ?? '', old?.content ?? '')).toMatchObject({ toast: { content: '此卡已过期，已为您重发最新卡片' } });
    expect(messagesOf('方伟')).toHaveLength(before + 1);
  });

  test('没有事等他办的：说明怎么查，不发新卡片', async () => {
    const fang = it.person('方伟');
    await fang.says('管-063');
    const old = messagesOf('方伟').at(-1);
    await it.skipTo('2026-08-10 10:00');
    const before = messagesOf('方伟').length;
    const seen = await tap('方伟', old?.messageId ?? '', old?.content ?? '');
    expect(seen).toMatchObject({ toast: { content: '此卡已过期，请发送“我的任务”查看现在要办的事' } });
    expect(messagesOf('方伟')).toHaveLength(before);
  });

  test('提醒卡上的事交给了别人：再翻开，不由他办的不再给他看', async () => {
    const reminder = messagesOf('方伟').findLast(({ content }) => content.includes('本期反馈请在'));
    const { personId } = await inDatabase(it, (db) =>
      db.postHolding.findFirstOrThrow({ where: { person: { openId: it.person('方伟').person.openId }, toOn: null } }),
    );
    const { id: cardId } = await inDatabase(it, (db) => db.reminderCard.findFirstOrThrow({ where: { personId }, orderBy: { at: 'desc' } }));
    const open = () => press('方伟', reminder?.messageId ?? '', sealedFor('方伟', 'reminders.open', { cardId, page: 0 }));
    expect(textOfCard((await open()) as unknown)).toContain('管-063');
    // 接手的人手上本来就有一张“我的任务”，写着没有：接了岗位要得到新的。
    await it.person('徐立新').says('我的任务');
    expect(textOfCard(it.person('徐立新').lastCard())).not.toContain('管-063');
    await handsOver('方伟', '徐立新（综治办负责人）');
    expect(textOfCard(it.person('徐立新').lastCard())).toContain('管-063');
    expect(await open()).toMatchObject({ toast: { type: 'error', content: '这张提醒上的事现在不由您办，请发送“我的任务”查看' }, card: null });
  });
});
