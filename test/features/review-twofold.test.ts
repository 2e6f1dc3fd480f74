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
  // 没有什么可投的时候，只来主持台。
  await secretary().clicks('关闭测评');
  expect(await cardsAfter('沈澄', '述职')).toEqual([expect.stringContaining('述职主持台')]);
});
