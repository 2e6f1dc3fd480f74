import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { noticeCard } from '#cards/system/notice.card';
import { instantAt } from '#core/dates';
import type { Outbox } from '#core/outbox';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { saveBlob } from '#domain/blobs/store';
import type { Message } from '#platform/emulator/model';
import { windowsMs } from '#runtime/outbox/budget';
import { findSpent } from '#runtime/outbox/claims/store';
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

  describe('试过的，程序停了两小时才又起来（平台的防重号只管一小时）', () => {
    type Kind = (outbox: Outbox, to: { person: string } | { chat: string }, text: string) => void;
    const kinds: readonly (readonly [string, Kind])[] = [
      [
        '卡片',
        (outbox, to, text) =>
          outbox.sendCard({ to, cardKey: text, card: noticeCard({ title: text, text, tone: 'info' }), dedupeKey: text, priority: 'task' }),
      ],
      ['文字', (outbox, to, text) => outbox.sendText({ to, text: `${text}<at user_id="all"></at>`, dedupeKey: text, priority: 'task' })],
      ['文件', (outbox, to, text) => outbox.sendFile({ to, fileName: `${text}.txt`, blobId, dedupeKey: text, priority: 'task' })],
    ];
    let blobId: string;
    beforeAll(async () => {
      await sendCard('手上早有一张');
      await run();
      blobId = await withTransaction(it.app.database, (tx) => saveBlob(tx, Buffer.from('正文'), it.clock.now()));
    });
    const tryingFor = '2 hours';
    /** 试过、没记上账的样子 */
    const forget = async (...keys: string[]): Promise<void> => {
      const forgotten = { state: 'sending', leaseUntil: new Date(0), settledAt: null, messageId: null, attempts: 1 };
      await withTransaction(it.app.database, async (tx) => {
        await rows(tx).cardMessage.deleteMany({ where: { cardKey: { in: keys } } });
        await rows(tx).outboxEntry.updateMany({ where: { dedupeKey: { in: keys } }, data: forgotten });
        await rows(tx)
          .$executeRaw`UPDATE "OutboxEntry" SET "firstTriedAt" = clock_timestamp() - ${tryingFor}::interval WHERE "dedupeKey" = ANY(${keys}::text[])`;
      });
      it.clock.set(new Date(it.clock.now().getTime() + 2 * 60 * 60 * 1000));
    };
    const inChat = (place: string, name: string): Message[] =>
      it.world.store.messagesOf(place).filter(({ content }) => content.includes(name) || fileNameOf(content)?.includes(name) === true);
    const fileNameOf = (content: string): string | undefined =>
      it.world.store.file((JSON.parse(content) as { file_key?: string }).file_key ?? '')?.name;

    test.each(kinds)('%s送到了没记上账：查会话历史认下那一条，不再发', async (kind, send) => {
      const name = `认下的${kind}`;
      await queue((outbox) => send(outbox, to(), name));
      await run();
      const [arrived] = inChat(chatId, name);
      await forget(name);
      await run();
      expect(inChat(chatId, name)).toEqual([arrived]);
      expect((await entries({ dedupeKey: name }))[0]).toMatchObject({ state: 'sent', messageId: arrived?.messageId });
    });

    test.each(kinds)('%s没送到：历史里没有，补发一条', async (kind, send) => {
      const name = `补发的${kind}`;
      it.world.faults.arm('server-error', { rate: 1 });
      await queue((outbox) => send(outbox, to(), name));
      await forget(name);
      it.world.faults.clear();
      await run();
      expect(inChat(chatId, name)).toHaveLength(1);
      expect((await entries({ dedupeKey: name }))[0]).toMatchObject({ state: 'sent' });
    });

    test('两条一样的都没记上账，只送到一条：认下一条，补发一条', async () => {
      const twins = ['一样之一', '一样之二'];
      const twin = (dedupeKey: string): Promise<void> =>
        queue((outbox) => outbox.sendText({ to: to(), text: '一样的两条', dedupeKey, priority: 'task' }));
      await twin('一样之一');
      await run();
      it.world.faults.arm('server-error', { rate: 1 });
      await twin('一样之二');
      await forget(...twins);
      it.world.faults.clear();
      expect(received('一样的两条')).toBe(1);
      // 两行同时去查：谁也不认别人认下的。
      await run();
      expect(received('一样的两条')).toBe(2);
      const adopted = (await entries({ dedupeKey: { in: twins } })).map(({ messageId }) => messageId);
      expect(new Set(adopted).size).toBe(2);
    });

    test('改过样子的卡片也认得：更新跟着改那一张', async () => {
      await queue((outbox) => kinds[0]?.[1](outbox, to(), '认下再更新'));
      await run();
      await forget('认下再更新');
      await run();
      await queue((outbox) => outbox.updateCard({ cardKey: '认下再更新', card: card('更新到了') }));
      await run();
      expect(textOfCard(fang.lastCard())).toContain('更新到了');
    });

    test('查不了的不重发，停下来让人看见：没有过卡片的人；群里没有读的权限，有了就查', async () => {
      const stranger = it.world.store.people().find(({ openId, mobile }) => mobile !== null && !it.world.store.findDirectChat(openId));
      const group = it.world.store.addGroup({ name: '查历史的群', members: [fang.person.openId], botIn: true });
      const [, text] = kinds[1] ?? [];
      const sendTo = (place: { person: string } | { chat: string }, name: string): Promise<void> => queue((outbox) => text?.(outbox, place, name));
      const scopes = it.world.store.app().scopes;
      await sendTo({ person: stranger?.openId ?? '' }, '给没有卡片的人');
      await sendTo({ chat: group.chatId }, '群里没有权限');
      await run();
      await forget('给没有卡片的人', '群里没有权限');
      await run();
      for (const dedupeKey of ['给没有卡片的人', '群里没有权限'])
        expect((await entries({ dedupeKey }))[0]).toMatchObject({ state: 'dead', lastError: expect.stringContaining('发送结果不明') });
      it.world.store.changeApp({ scopes: [...scopes, 'im:message.group_msg'] });
      await sendTo({ chat: group.chatId }, '群里有权限');
      await run();
      await forget('群里有权限');
      await run();
      expect((await entries({ dedupeKey: '群里有权限' }))[0]).toMatchObject({ state: 'sent' });
      it.world.store.changeApp({ scopes });
      expect(inChat(group.chatId, '群里')).toHaveLength(2);
      expect(
        it.world.store.messagesOf(it.world.store.directChat(stranger?.openId ?? '').chatId).filter(({ content }) => content.includes('没有卡片')),
      ).toHaveLength(1);
    });
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
    expect(it.breaches).toEqual([]);
    const order = (await entries({ payload: { path: ['text'], string_contains: '' }, state: 'sent' })).map(({ payload, settledAt }) => ({
      text: (payload as { text?: string }).text,
      settledAt,
    }));
    expect(order.filter(({ text }) => text === '成批通知')).toHaveLength(120);
    const calls = it.world.store.apiCalls().slice(before);
    const waitedFor = calls.findIndex((call) => JSON.stringify(call).includes('有人等着'));
    expect(waitedFor).not.toBe(-1);
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

  test('几个进程合着数：一次调用从认领占到了结之后一个窗口，租约里在途多久都占着；进程没了的，租约一过不再算在途', async () => {
    await sendCard('了结了的');
    await run();
    const sql = (text: string): Promise<unknown> => it.app.database.pool.query(text);
    const spent = async (): Promise<{ second: number; minute: number } | undefined> => {
      const { apis } = await withTransaction(it.app.database, (tx) => findSpent(tx, windowsMs));
      const found = apis.find(({ api }) => api === 'elsewhere');
      return found && { second: found.second, minute: found.minute };
    };
    const { rows: open } = await it.app.database.pool.query(`SELECT 1 FROM "ApiCall" WHERE "endedAt" IS NULL`);
    expect(open).toEqual([]);
    await sql(`INSERT INTO "ApiCall" (api, target, interactive, at, "entryId")
               SELECT 'elsewhere', '', false, clock_timestamp() - interval '5 seconds', 'e' || n FROM generate_series(1, 49) n`);
    expect(await spent()).toEqual({ second: 49, minute: 49 });
    await sql(`UPDATE "ApiCall" SET at = clock_timestamp() - interval '25 seconds' WHERE api = 'elsewhere'`);
    expect(await spent()).toEqual({ second: 49, minute: 49 });
    await sql(`UPDATE "ApiCall" SET "endedAt" = clock_timestamp() - interval '1.1 seconds' WHERE api = 'elsewhere'`);
    expect(await spent()).toEqual({ second: 0, minute: 49 });
    await sql(`UPDATE "ApiCall" SET "endedAt" = NULL, at = clock_timestamp() - interval '31 seconds' WHERE api = 'elsewhere'`);
    expect(await spent()).toEqual({ second: 0, minute: 49 });
    // 旧版写的没有记是哪一行，照旧从认领算。
    await sql(`UPDATE "ApiCall" SET "entryId" = NULL, at = clock_timestamp() - interval '5 seconds' WHERE api = 'elsewhere'`);
    expect(await spent()).toEqual({ second: 0, minute: 49 });
    await sql(`UPDATE "ApiCall" SET at = clock_timestamp() - interval '61 seconds' WHERE api = 'elsewhere'`);
    expect(await spent()).toBeUndefined();
  });
});
