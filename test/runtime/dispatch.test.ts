import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp();
});
afterAll(() => it.close());

const claimed = (): Promise<number> => withTransaction(it.app.database, (tx) => rows(tx).inboundEvent.count());
const cardsOf = (name: string): number => it.person(name).cards().length;

describe('分派', () => {
  test('同一事件送两次、同一消息换号再送：只答一次', async () => {
    for (const fault of ['duplicate', 'duplicate-new-id'] as const) {
      const before = cardsOf('方伟');
      it.world.faults.arm(fault);
      await it.person('方伟').says('帮助');
      expect(cardsOf('方伟')).toBe(before + 1);
    }
  });

  test('没听懂：给出三个最接近的说法，按一下就能办', async () => {
    const fang = it.person('方伟');
    await fang.says('我任务呢');
    expect(textOfCard(fang.lastCard())).toContain('没听懂这句话');
    expect(JSON.stringify(fang.lastCard()).match(/"content":"发送"/g)).toHaveLength(3);
    expect(await fang.clicks('发送', { within: '我的任务' })).toMatchObject({ kind: 'answered' });
  });

  test('带不带斜杠、全角半角，都听得懂', async () => {
    const fang = it.person('方伟');
    for (const text of ['/帮助', '／帮助', '帮助 ', 'help']) {
      await fang.says(text);
      expect(textOfCard(fang.lastCard())).toContain('能办的事');
    }
  });

  test('群里没有@机器人的话不听，@所有人也不听', async () => {
    const { chatId, messages } = it.group('南屿办督办工作群');
    const fang = it.person('方伟');
    const before = [messages().length, await claimed()];
    await fang.says('帮助', { chatId });
    await fang.says('帮助', { chatId }, { mentionsAll: true });
    expect([messages().length, await claimed()]).toEqual([before[0] === undefined ? 0 : before[0] + 2, before[1]]);
    await fang.says('帮助', { chatId }, { mentionsBot: true });
    expect(textOfCard(messages().map(({ content }) => JSON.parse(content)))).toContain('能办的事');
  });

  test('群里问个人的事：结果单独发给本人，群里只有一行指引', async () => {
    const { chatId, messages } = it.group('南屿办督办工作群');
    const fang = it.person('方伟');
    await fang.says('我的任务', { chatId }, { mentionsBot: true });
    expect(textOfCard(fang.lastCard())).toContain('我的任务');
    expect(messages().at(-1)?.content).toContain('已单独发给您');
  });

  test('按钮的值被改过：拒绝，什么都没变', async () => {
    const fang = it.person('方伟');
    await fang.says('帮助');
    const chat = it.world.store.directChat(fang.person.openId).chatId;
    const message = it.world.store.messagesOf(chat).at(-1);
    const value = JSON.parse(message?.content ?? '{}');
    const sealed = JSON.stringify(value).match(/"value":(\{.*?"m":"[^"]+"\})/)?.[1] ?? '{}';
    const forged = { ...JSON.parse(sealed), p: { text: '诊断' } };
    const { seen } = await it.acts.forgesClick(fang.person.openId, message?.messageId ?? '', { tag: 'button', value: forged });
    expect(seen).toMatchObject({ kind: 'answered', toast: { type: 'error' } });
    expect(JSON.stringify(seen)).toContain('无法识别');
  });

  test('客户端丢了按钮的值：凭按钮名在发出的卡片里找回', async () => {
    const fang = it.person('方伟');
    await fang.says('帮助');
    const chat = it.world.store.directChat(fang.person.openId).chatId;
    const message = it.world.store.messagesOf(chat).at(-1);
    const { seen } = await it.acts.forgesClick(fang.person.openId, message?.messageId ?? '', { tag: 'button', name: 'b1' });
    expect(seen).toMatchObject({ kind: 'answered' });
    expect(JSON.stringify(seen)).toContain('我的任务');
  });

  test('名册之外的人发文件：说明无权，没有读入', async () => {
    const stranger = it.world.store.addPerson({ name: '路人甲', mobile: '13800000000' });
    await it.acts.sendsFile(stranger.openId, 'bot', { name: '花名册.xlsx', bytes: new Uint8Array([1, 2, 3]) });
    await it.settled();
    const messages = it.world.store.messagesOf(it.world.store.directChat(stranger.openId).chatId);
    expect(messages.at(-1)?.content).toContain('不是表格文件');
  });

  test('第一次打开单聊：欢迎一次，只一次', async () => {
    const zhao = it.person('赵敏之');
    await it.acts.opensChat(zhao.person.openId);
    await it.settled();
    await it.acts.opensChat(zhao.person.openId);
    await it.settled();
    const welcomed = zhao.cards().filter((card) => textOfCard(card).includes('我是督查助手'));
    expect(welcomed.map(textOfCard)).toEqual([expect.stringMatching(/系统问题请找系统管理员[\s\S]*投诉建议[\s\S]*21:00至次日8:00和非工作日不打扰/)]);
    // 管理员是谁，平台按账号显示姓名。
    expect(JSON.stringify(welcomed)).toContain(`<at id=${it.person('江岩').person.openId}></at>`);
  });

  test('诊断：管理员和督查室看得到，旁人不能', async () => {
    const zhou = it.person('周启明');
    await zhou.says('诊断');
    expect(textOfCard(zhou.lastCard())).toContain('诊断结果');
    expect(JSON.stringify(zhou.lastCard())).toContain('余宏斌');
    const fang = it.person('方伟');
    await fang.says('诊断');
    expect(textOfCard(fang.lastCard())).toContain('您无权查看诊断');
  });
});
