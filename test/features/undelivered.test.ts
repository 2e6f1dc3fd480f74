import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, type TestPerson, textOfCard } from '../harness.ts';
import { inDatabase, startWithBooks } from './given-books.ts';

let it: TestApp;
let lin: TestPerson;
beforeAll(async () => {
  it = await startWithBooks();
  lin = it.person('林晓');
}, 120_000);
afterAll(() => it.close());

const reports = (person: TestPerson): string[] =>
  person
    .cards()
    .map((card) => textOfCard(card))
    .filter((text) => /有\d+件没有送到/.test(text));
const bindingOf = (purpose: string) => inDatabase(it, (db) => db.chatBinding.findUniqueOrThrow({ where: { purpose } }));

test('没有送到的，第二个工作日早上管理员和督查室各收一张：给谁的、几件、为什么；没有新的，就不再说', async () => {
  const [fang, zeng] = [it.person('方伟'), it.person('曾小雨')];
  it.world.store.changePerson(fang.person.openId, { mutedBot: true });
  it.world.store.changePerson(zeng.person.openId, { seesBot: false });
  await it.moveTo('2026-05-29 10:00');
  await inDatabase(it, async (db) => {
    const rows = [fang, fang, zeng].map(({ person }, nth) => ({
      ...{ id: `lost${nth}`, kind: 'sendText', priority: 2, lane: `lost${nth}`, recipient: `person:${person.openId}`, dedupeKey: `lost${nth}` },
      ...{ payload: { text: '请看任务书' }, notBefore: it.clock.now(), createdAt: it.clock.now() },
    }));
    await db.outboxEntry.createMany({ data: rows });
  });
  it.app.outbox.wake();
  await it.settled();
  expect(reports(lin)).toEqual([]);
  // 周末不说，到周一。
  await it.moveTo('2026-06-01 08:36');
  const [report, ...others] = reports(lin);
  expect(others).toEqual([]);
  expect(report).toContain('有3件没有送到');
  // 要办什么写在名单前面，手机上才看得到。
  expect(report).toMatch(/请核对账号[\s\S]*方伟（/);
  expect(report).toMatch(/方伟（.+） 2件：停用了机器人的消息/);
  expect(report).toMatch(/曾小雨（.+） 1件：看不到机器人：不在应用的可用范围，或者已经离职/);
  expect(reports(it.person('江岩'))).toEqual([report]);
  expect(reports(it.person('周启明'))).toEqual([]);
  await it.moveTo('2026-06-02 08:36');
  expect(reports(lin)).toEqual([report]);
});

test('群里把机器人移出、把群解散：当时就告诉管理员和督查室是哪个群、怎么办；绑定记作失效', async () => {
  const group = it.group('应急局督办工作群');
  await it.acts.removesBot(it.person('方伟').person.openId, group.chatId);
  await it.settled();
  expect(textOfCard(lin.lastCard())).toMatch(/机器人已不在“应急局督办工作群”里[\s\S]*绑定本群 U11/);
  expect(textOfCard(it.person('江岩').lastCard())).toContain('机器人离开了工作群');
  const seen = lin.cards().length;
  await it.acts.removesBot(it.person('方伟').person.openId, group.chatId);
  await it.settled();
  expect(lin.cards().length).toBe(seen);
  const dissolved = it.group('城管局督办工作群');
  await it.acts.dissolvesGroup(it.person('方伟').person.openId, dissolved.chatId);
  await it.settled();
  expect(textOfCard(lin.lastCard())).toContain('机器人已不在“城管局督办工作群”里');
  expect((await bindingOf('unit:U10')).lostAt).not.toBeNull();
});

test('平台没有来说，发的时候才知道群没有了：早上的一张里写着，绑定随之失效，诊断看得见', async () => {
  const { chatId } = it.group('住建局督办工作群');
  it.world.store.changeChat(chatId, { dissolved: true });
  await inDatabase(it, (db) =>
    db.outboxEntry.create({
      data: {
        ...{ id: 'lostChat', kind: 'sendText', priority: 2, lane: 'lostChat', recipient: `chat:${chatId}`, dedupeKey: 'lostChat' },
        ...{ payload: { text: '请看任务书' }, notBefore: it.clock.now(), createdAt: it.clock.now() },
      },
    }),
  );
  it.app.outbox.wake();
  await it.settled();
  expect(await inDatabase(it, (db) => db.outboxEntry.findUniqueOrThrow({ where: { id: 'lostChat' } }))).toMatchObject({
    state: 'dead',
    lastError: expect.stringMatching(/^群已解散/),
  });
  expect((await bindingOf('unit:U09')).lostAt).toBeNull();
  await it.moveTo('2026-06-03 08:36');
  expect(reports(lin).at(-1)).toContain('住建局督办工作群 1件：群已解散');
  expect((await bindingOf('unit:U09')).lostAt).not.toBeNull();
});

test('停用了机器人消息的，头一次第二天早上说，以后一周说一次：头一个工作日说这一周没有送到的几件', async () => {
  const fang = it.person('方伟').person.openId;
  const lose = async (nth: string, recipient: string): Promise<void> => {
    await inDatabase(it, (db) =>
      db.outboxEntry.create({
        data: {
          ...{ id: nth, kind: 'sendText', priority: 2, lane: nth, recipient, dedupeKey: nth },
          ...{ payload: { text: '请看任务书' }, notBefore: it.clock.now(), createdAt: it.clock.now() },
        },
      }),
    );
    it.app.outbox.wake();
    await it.settled();
  };
  // 方伟的已经在6月1日说过。
  await it.moveTo('2026-06-03 10:00');
  await lose('again1', `person:${fang}`);
  const told = reports(lin).length;
  await it.moveTo('2026-06-04 08:36');
  expect(reports(lin)).toHaveLength(told);
  // 别人的照说，里面没有他。
  await it.moveTo('2026-06-04 10:00');
  await lose('again2', `person:${fang}`);
  await lose('other', `person:${it.person('曾小雨').person.openId}`);
  await it.moveTo('2026-06-05 08:36');
  expect(reports(lin).at(-1)).toContain('曾小雨');
  expect(reports(lin).at(-1)).not.toContain('方伟');
  await it.moveTo('2026-06-08 08:36');
  expect(reports(lin).at(-1)).toMatch(/方伟（.+） \d+件：停用了机器人的消息/);
  const weekly = reports(lin).length;
  await it.moveTo('2026-06-08 10:00');
  await lose('again3', `person:${fang}`);
  await it.moveTo('2026-06-12 08:36');
  expect(
    reports(lin)
      .slice(weekly)
      .filter((text) => text.includes('方伟')),
  ).toEqual([]);
});
