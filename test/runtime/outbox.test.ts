import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { noticeCard } from '#cards/system/notice.card';
import { instantAt } from '#core/dates';
import type { Outbox } from '#core/outbox';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { asSystem } from '../../src/app.ts';
import { startTestApp, type TestApp, type TestPerson, textOfCard } from '../harness.ts';

let it: TestApp;
let fang: TestPerson;
let chatId: string;
beforeAll(async () => {
  it = await startTestApp();
  fang = it.person('方伟');
  chatId = it.world.store.directChat(fang.person.openId).chatId;
});
afterAll(() => it.close());
beforeEach(() => it.world.faults.clear());

const queue = (work: (outbox: Outbox) => void): Promise<void> =>
  asSystem(it.app, it.clock.now(), (ctx) => {
    work(ctx.outbox);
    return Promise.resolve();
  });
const card = (text: string) => noticeCard({ title: '测试', text, tone: 'info' });
const to = () => ({ person: fang.person.openId });
let serial = 0;
const key = (): string => {
  serial += 1;
  return `test:${serial}`;
};
const sendCard = (text: string, cardKey = key()): Promise<void> =>
  queue((outbox) => outbox.sendCard({ to: to(), cardKey, card: card(text), dedupeKey: `send:${cardKey}`, priority: 'task' }));
const received = (text: string): number => it.world.store.messagesOf(chatId).filter(({ content }) => content.includes(text)).length;
const entries = (where: object) => withTransaction(it.app.database, (tx) => rows(tx).outboxEntry.findMany({ where, orderBy: { seq: 'asc' } }));
const run = async (): Promise<void> => {
  it.app.outbox.wake();
  await it.settled();
};

describe('发件箱', () => {
  test('同一把钥匙排两次，只发一次', async () => {
    const cardKey = key();
    await sendCard('只发一次', cardKey);
    await sendCard('只发一次', cardKey);
    await run();
    expect(received('只发一次')).toBe(1);
  });

  test.each(['rate-limited', 'rate-limited-400', 'server-error', 'error-in-200', 'bad-json', 'lost-answer'] as const)(
    '平台%s一次：稍后补上，对方只收到一条',
    async (fault) => {
      it.world.faults.arm(fault, { operation: 'message.create' });
      await sendCard(`遇到 ${fault}`);
      await run();
      expect(received(`遇到 ${fault}`)).toBe(1);
      expect(it.world.faults.armed()).toEqual([]);
    },
  );

  test('平台不收这张卡片：改发更小的卡片；还不收就改发文字，绝不无声', async () => {
    it.world.faults.arm('card-refused', { times: 1 });
    await sendCard('第一种内容');
    await run();
    expect(received('第一种内容')).toBe(1);
    it.world.faults.arm('card-refused', { times: 2 });
    await sendCard('第二种内容');
    await run();
    expect(fang.texts().at(-1)).toContain('第二种内容');
    const [row] = await entries({ lastError: { contains: '已改发更简单的内容' } });
    expect(row?.state).toBe('sent');
  });

  test('收不到的人：记为放弃并说明原因，不反复试', async () => {
    const bai = it.person('白露');
    it.world.store.changePerson(bai.person.openId, { mutedBot: true });
    const dedupeKey = key();
    await queue((outbox) => outbox.sendText({ to: { person: bai.person.openId }, text: '通知', dedupeKey, priority: 'task' }));
    await run();
    const [row] = await entries({ dedupeKey });
    expect(row).toMatchObject({ state: 'dead', attempts: 1 });
    expect(row?.lastError).toContain('230053');
  });

  test('同一张卡片：更新跟在发送之后；没来得及发的更新被新的取代', async () => {
    const cardKey = key();
    await queue((outbox) => {
      outbox.sendCard({ to: to(), cardKey, card: card('初稿'), dedupeKey: key(), priority: 'task' });
    });
    for (const text of ['一稿', '二稿', '定稿']) await queue((outbox) => outbox.updateCard({ cardKey, card: card(text) }));
    await run();
    expect(textOfCard(fang.lastCard())).toContain('定稿');
    const updates = await entries({ cardKey, kind: 'updateCard' });
    expect(updates.filter(({ state }) => state === 'sent').length).toBeLessThan(3);
    expect(updates.every(({ state }) => state === 'sent' || state === 'replaced')).toBe(true);
  });

  test('发出后进程没来得及记账：租约到期再发，平台按同一编号只收一次', async () => {
    const cardKey = key();
    await sendCard('账没记上', cardKey);
    await run();
    await withTransaction(it.app.database, (tx) =>
      rows(tx).outboxEntry.updateMany({ where: { cardKey }, data: { state: 'sending', leaseUntil: new Date(0), settledAt: null, messageId: null } }),
    );
    await run();
    expect(received('账没记上')).toBe(1);
    expect((await entries({ cardKey }))[0]).toMatchObject({ state: 'sent' });
  });

  test('卡片超过14天不能再更新：换发一张新的，按钮才是活的', async () => {
    const cardKey = key();
    await sendCard('老卡片', cardKey);
    await run();
    it.clock.set(instantAt('2026-06-15', '09:00'));
    await queue((outbox) => outbox.updateCard({ cardKey, card: card('新状态') }));
    await run();
    expect(textOfCard(fang.lastCard())).toContain('新状态');
    expect(received('新状态')).toBe(1);
  });

  test('一批上百条连发：平台从不喊停；有人等着的不排在后面', async () => {
    const people = it.world.store
      .people()
      .filter(({ mobile, mutedBot }) => mobile !== null && !mutedBot)
      .slice(0, 120);
    const before = it.world.store.apiCalls().length;
    await queue((outbox) => {
      for (const { openId } of people) outbox.sendText({ to: { person: openId }, text: '成批通知', dedupeKey: key(), priority: 'digest' });
    });
    it.app.outbox.wake();
    await queue((outbox) => outbox.sendText({ to: to(), text: '有人等着', dedupeKey: key(), priority: 'interactive' }));
    await run();
    const calls = it.world.store.apiCalls().slice(before);
    expect(calls.filter(({ status }) => status === 429 || status === 400)).toEqual([]);
    const order = (await entries({ payload: { path: ['text'], string_contains: '' }, state: 'sent' })).map(({ payload, settledAt }) => ({
      text: (payload as { text?: string }).text,
      settledAt,
    }));
    expect(order.filter(({ text }) => text === '成批通知')).toHaveLength(120);
    const waitedFor = calls.findIndex((call) => JSON.stringify(call).includes('有人等着'));
    expect(waitedFor).toBeLessThan(60);
  });

  test('成批的在发，等着的人手上有过卡片：改为回复那张卡片，两边的额度互不相干；没有成批的，照常发送', async () => {
    await sendCard('手上的卡片');
    await run();
    const last = it.world.store.messagesOf(chatId).at(-1);
    const wait = (text: string): Promise<void> => queue((outbox) => outbox.sendText({ to: to(), text, dedupeKey: key(), priority: 'interactive' }));
    const people = it.world.store.people().filter(({ mobile, mutedBot, openId }) => mobile !== null && !mutedBot && openId !== fang.person.openId);
    await queue((outbox) => {
      for (const { openId } of people.slice(0, 60))
        outbox.sendText({ to: { person: openId }, text: '又一批', dedupeKey: key(), priority: 'reminder' });
      outbox.sendText({ to: to(), text: '成批时等着的', dedupeKey: key(), priority: 'interactive' });
    });
    await run();
    // 刚发满的那一秒过去了，才是平时。
    const lately = `SELECT count(*)::int AS n FROM "ApiCall" WHERE at > clock_timestamp() - interval '1.2 seconds'`;
    await expect.poll(async () => (await it.app.database.pool.query<{ n: number }>(lately)).rows[0]?.n, { timeout: 30_000 }).toBe(0);
    await wait('平时等着的');
    await run();
    const parentOf = (text: string) => it.world.store.messagesOf(chatId).find(({ content }) => content.includes(text))?.parentId;
    expect([parentOf('成批时等着的'), parentOf('平时等着的')]).toEqual([last?.messageId, null]);
    expect(received('成批时等着的')).toBe(1);
  });
});
