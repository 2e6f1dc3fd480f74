import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { openHall, sendPlan } from './review-hall.ts';

// 一个人两份差事：既是领导又是代表，场务秘书、监督员自己也投票。

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-12-18 10:00' });
});
afterAll(() => it.close());

const query = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
  (await it.app.database.pool.query(sql, [...values])).rows as Row[];
const secretary = () => it.person('沈澄');
const mobileOf = async (name: string): Promise<string> =>
  (await query<{ mobile: string }>('SELECT mobile FROM "Person" WHERE name = $1', [name]))[0]?.mobile ?? '';
/** 说一句，收到的几张卡片 */
async function cardsAfter(name: string, words: string): Promise<string[]> {
  const before = it.person(name).cards().length;
  await it.person(name).says(words);
  return it.person(name).cards().slice(before).map(textOfCard);
}

test('方案里一个人站在两类里：预检就不收，说清与哪一行重了、只算哪一类；没有手机号的，按同名、同单位认', async () => {
  await sendPlan(it, { add: [['陈建业', '两代表一委员', '滨湾新区', await mobileOf('陈建业')]] });
  const twice = textOfCard(secretary().lastCard());
  for (const words of ['与第2行是同一个手机号', '一人一票，只算领导或两代表一委员中的一类，请删去一行']) expect(twice).toContain(words);
  await sendPlan(it, { add: [['陈建业', '群众代表', '滨湾新区', '']] });
  const named = textOfCard(secretary().lastCard());
  for (const words of ['与第2行同名、同单位', '一人一票，只算领导或群众代表中的一类', '不是同一个人的，请写明各自的手机号'])
    expect(named).toContain(words);
  // 同名而不同单位的，是两个人。
  await sendPlan(it, { add: [['陈建业', '群众代表', '灯塔社区', '']] });
  expect(textOfCard(secretary().lastCard())).toContain('确认方案');
});

test('在聊天里新建：既是领导又是代表的算在领导里，单子上写明；确认得了，名册上一人一行；群众代表写了两次的不收', async () => {
  await query(
    `INSERT INTO "PostHolding" (id, "postId", "personId", "fromOn")
     SELECT 'deputy', post.id, p.id, '2026-01-01' FROM "Post" post, "Person" p WHERE post.role = 'voter' AND p.name = '王海峰' LIMIT 1`,
  );
  await secretary().says('述职 新建');
  expect(textOfCard(secretary().lastCard())).toContain(
    '领导9位、两代表一委员15位照花名册，用卡片投票，监督员不参加。王海峰既是领导又是代表，一人一票，算在领导里。',
  );
  const observers = (await query<{ id: string }>(`SELECT id FROM "Person" WHERE name = '罗静'`)).map(({ id }) => id);
  const form = {
    ...{ heldOn: '2027-01-15', startsAt: '9:00', units: ['U06', 'U11'], observers, guests: '张三 灯塔社区\n张三　灯塔社区', method: 'each' },
    ...{ reportMinutes: '8', questionMinutes: '6', voteSeconds: '90', scale: 'excellent', weights: '50/30/20', press: 'first', quorum: 'half' },
    ...{ show: 'delayed', secrecy: 'simple', comments: 'no', emptyClass: 'renormalise', trial: 'no' },
  };
  const refused = { toast: { content: expect.stringContaining('群众代表里“张三 灯塔社区”写了两次，一人一票') } };
  expect(await secretary().clicks('看方案', { form })).toMatchObject(refused);
  await secretary().clicks('看方案', { form: { ...form, guests: '张三 灯塔社区\n张三 坝湾社区' } });
  expect(await secretary().clicks('确认方案')).toMatchObject({ toast: { content: '已确认，主持台已发给您' } });
  const roll = await query<{ voterClass: string; n: number }>(
    `SELECT "voterClass", count(*)::int AS n FROM "ReviewVoter" v JOIN "ReviewSession" e ON e.id = v."sessionId" WHERE e.number = 'SZ-2027-01-15' GROUP BY 1`,
  );
  expect(Object.fromEntries(roll.map(({ voterClass, n }) => [voterClass, n]))).toEqual({ 领导: 9, 两代表一委员: 15, 群众代表: 2 });
  await query(`DELETE FROM "PostHolding" WHERE id = 'deputy'`);
});

test('场务秘书、监督员也在名册上：发“述职”，自己的一份和测评卡都来，投得出；签到之前也一样', { timeout: 120_000 }, async () => {
  const add = await Promise.all(['沈澄', '罗静'].map(async (name) => [name, '领导', '滨湾新区', await mobileOf(name)] as const));
  await openHall(it, { units: 1, add });
  for (const step of ['开始述职', '开始问答', '开放测评']) await secretary().clicks(step);
  const own = await cardsAfter('沈澄', '述职');
  expect(own.map((words) => (words.includes('述职主持台') ? '主持台' : words.includes('优秀') ? '测评' : words)).sort()).toEqual(['主持台', '测评']);
  expect(await secretary().clicks('优秀')).toMatchObject({ toast: { content: '已投票' } });
  const watching = await cardsAfter('罗静', '述职');
  expect(watching.some((words) => words.includes('已开签')) && watching.some((words) => words.includes('优秀'))).toBe(true);
  expect(await it.person('罗静').clicks('良好')).toMatchObject({ toast: { content: '已投票' } });
  // 提出换票，主持台跟着变：等谁同意。
  await secretary().says('述职 换票 7');
  expect((await cardsAfter('沈澄', '述职')).join()).toContain('已提出换领7号票，等监督员同意。');
  // 没有什么可投的时候，只来主持台。
  await secretary().clicks('关闭测评');
  expect(await cardsAfter('沈澄', '述职')).toEqual([expect.stringContaining('述职主持台')]);
});

test('述职人自己也在名册上：别家他评，自己的一家由别人评——票投不进，卡片、催投、大屏、票数都没有算他', { timeout: 120_000 }, async () => {
  await query(`UPDATE "ReviewSession" SET state = 'archived' WHERE state NOT IN ('checked', 'replaced')`);
  const add = [['潘晓东', '两代表一委员', '城市管理和综合执法局', await mobileOf('潘晓东')] as const];
  await openHall(it, { units: 2, add, settings: { 场次编号: 'SZ-互评', 抽签编号: 'SZ-互评' } });
  const voters = await query<{ name: string }>(
    `SELECT v.name FROM "ReviewVoter" v JOIN "ReviewSession" e ON e.id = v."sessionId" WHERE e.number = 'SZ-互评' AND v.present AND channel = 'card'`,
  );
  const own = it.person('潘晓东');
  const others = voters.map(({ name }) => name).filter((name) => name !== '潘晓东');
  await secretary().says('述职 大屏');
  const [screen = ''] = /\/p\/screen\/[\w-]+/.exec(secretary().texts().at(-1) ?? '') ?? [];
  for (let heard = 0; heard < 2; heard += 1) {
    for (const step of ['开始述职', '开始问答', '开放测评']) await secretary().clicks(step);
    const [stage] = await query<{ presenter: string }>(
      `SELECT s.presenter FROM "ReviewSlot" s JOIN "BallotRound" r ON r."slotId" = s.id AND r.state = 'open'`,
    );
    const isOwn = stage?.presenter === '潘晓东';
    expect(await own.clicks('优秀')).toMatchObject({ toast: { content: isOwn ? '这一轮是您自己述职，由别人测评' : '已投票' } });
    expect((await cardsAfter('潘晓东', '述职')).join()).toContain(isOwn ? '正在测评，您自己述职的一家由别人测评' : '您已投票');
    for (const name of others) await it.person(name).clicks('良好');
    await secretary().says('述职 未投');
    expect(secretary().texts().at(-1)).toBe('用卡片投票的都已投票。');
    const present = voters.length + 20 - (isOwn ? 1 : 0);
    const projected = await (await fetch(`http://127.0.0.1:${it.app.port}${screen}`)).text();
    expect(projected).toContain(`已投${voters.length - (isOwn ? 1 : 0)}/${present}`);
    await secretary().clicks('关闭测评');
    const [round] = await query<{ counts: { voterClass: string; present: number; issued: number; used: number }[] }>(
      `SELECT counts FROM "BallotRound" r JOIN "ReviewSlot" s ON s.id = r."slotId" JOIN "ReviewSession" e ON e.id = s."sessionId"
       WHERE s.presenter = $1 AND r.state = 'closed' AND e.number = 'SZ-互评'`,
      [stage?.presenter],
    );
    const deputies = round?.counts.find(({ voterClass }) => voterClass === '两代表一委员');
    expect(deputies && [deputies.issued, deputies.used]).toEqual(
      isOwn ? [15, 15].map(() => (deputies?.present ?? 0) - 1) : [deputies?.present, deputies?.used],
    );
  }
});

test('可证明匿名的集中测评，述职人又是测评人：锁定时说清楚，不锁', async () => {
  await query(`UPDATE "ReviewSession" SET state = 'archived' WHERE state NOT IN ('checked', 'replaced')`);
  const add = [['潘晓东', '两代表一委员', '城市管理和综合执法局', await mobileOf('潘晓东')] as const];
  const settings = { 场次编号: 'SZ-匿名', 抽签编号: 'SZ-匿名', 方式: '集中测评', 投票方式: '可证明匿名模式' };
  await sendPlan(it, { units: 2, add, settings });
  await secretary().clicks('确认方案');
  expect(await secretary().clicks('锁定名册')).toMatchObject({
    toast: {
      content: expect.stringContaining(
        '城市管理和综合执法局的述职人潘晓东也在测评人名册上。可证明匿名的集中测评，一张票投各家，分不出他给自己的那一份',
      ),
    },
  });
  expect(await query(`SELECT state FROM "ReviewSession" WHERE number = 'SZ-匿名'`)).toEqual([{ state: 'preparing' }]);
});
