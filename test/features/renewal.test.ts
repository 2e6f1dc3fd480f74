import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

let june = { messageId: '', content: '' };

describe('卡片满13天之前换新', () => {
  test('5月29日发的任务书没人签收：6月11日09:40换成新的，旧的写着已更新；签了的不换', async () => {
    await it.skipTo('2026-06-10 18:30');
    await it.moveTo('2026-06-11 09:39');
    const before = [books('曾宏斌'), it.person('曾小雨').cards().length, messagesOf('沈澄').length];
    await it.moveTo('2026-06-11 09:40');
    expect(books('曾宏斌')).toBe(before[0]);
    expect(replaced('曾宏斌')).toBe(1);
    expect(JSON.stringify(it.person('曾宏斌').lastCard())).toContain('"content":"签收"');
    expect([it.person('曾小雨').cards().length, messagesOf('沈澄').length]).toEqual(before.slice(1));
    const group = it.group('土整中心督办工作群').messages();
    expect(group.filter(({ content }) => content.includes('已更新，请看新卡片。'))).toHaveLength(1);
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
  const tap = async (name: string, messageId: string, content: string) => {
    const sealed = JSON.parse(content.match(/"value":(\{"a":"progress.open-form".*?"m":"[^"]+"\})/)?.[1] ?? '{}') as object;
    const { seen } = await it.acts.forgesClick(it.person(name).person.openId, messageId, { tag: 'button', value: sealed });
    await it.settled();
    return seen;
  };

  test('7月10日点6月的卡片：一句话，什么都没办；新卡片已在', async () => {
    await it.skipTo('2026-07-10 10:00');
    const before = messagesOf('方伟').length;
    expect(await tap('方伟', june.messageId, june.content)).toMatchObject({ toast: { content: '此卡已过期，已为您重发最新卡片' } });
    expect(textOfCard(it.person('方伟').lastCard())).toContain('反馈｜管-063 渔排清退协商签约');
    expect(messagesOf('方伟')).toHaveLength(before);
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
});
