import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { openHall, sendPlan } from './review-hall.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-12-18 14:30' });
});
afterAll(() => it.close());

const query = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
  (await it.app.database.pool.query(sql, [...values])).rows as Row[];
const http = (path: string, form?: Record<string, string>): Promise<Response> =>
  fetch(`http://127.0.0.1:${it.app.port}${path}`, form ? { method: 'POST', body: new URLSearchParams(form) } : {});
const textOf = (html: string): string => html.replace(/<style>[\s\S]*?<\/style>|<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const tables = [
  'ReviewSlot',
  'ReviewVoter',
  'Draw',
  'BallotRound',
  'BallotMark',
  'Ballot',
  'BallotSlip',
  'ReviewLink',
  'BallotKey',
  'BallotIssue',
  'BallotPass',
  'BallotComment',
];
const counts = async (): Promise<string[]> => {
  const found: string[] = [];
  for (const table of tables) {
    const [row] = await query<{ n: number }>(`SELECT count(*)::int AS n FROM "${table}"`);
    if (row && row.n > 0) found.push(`${table} ${row.n}`);
  }
  return found;
};
const secretary = () => it.person('沈澄');
const present = async (): Promise<{ name: string; voterClass: string }[]> =>
  query(`SELECT name, "voterClass" FROM "ReviewVoter" WHERE present AND channel = 'card' ORDER BY position`);

test('看不懂的结果显示、投票方式：预检就说清，指到那一格', async () => {
  await sendPlan(it, { settings: { 结果显示: '看情况', 投票方式: '举手' } });
  const text = textOfCard(secretary().lastCard());
  expect(text).toContain('“看情况”看不懂');
  expect(text).toContain('“举手”看不懂');
  expect(await counts()).toEqual([]);
});

test('试测：三位群众代表，那一类不单列分数和分布；清空之后什么都不剩，同一编号可以正式再来', { timeout: 120_000 }, async () => {
  const slips = await openHall(it, { settings: { 试测: '是' }, units: 1, guests: 3 });
  await secretary().clicks('开始述职');
  await secretary().clicks('开始问答');
  await secretary().clicks('开放测评');
  const grades = ['优秀', '良好', '一般'];
  for (const [index, { name }] of (await present()).entries()) await it.person(name).clicks(grades[index % 2] ?? '');
  const [round] = await query<{ id: string }>(`SELECT id FROM "BallotRound"`);
  for (const [index, slip] of slips.slice(0, 3).entries())
    expect(textOf(await (await http(slip, { round: round?.id ?? '', [`choice-${round?.id}`]: grades[index] ?? '' })).text())).toContain(
      '已投票，谢谢',
    );
  await secretary().clicks('关闭测评');
  await secretary().clicks('计票');
  for (const name of ['罗静', '白露', '石磊']) await it.person(name).clicks('确认票数');
  const leader = it.person('陈建业');
  await leader.clicks('放行：仅领导');
  const [session] = await query<{
    results: { shown: { classes: { voterClass: string; score: string | null; distribution: unknown; instead: string }[] } }[];
  }>(`SELECT results FROM "ReviewSession" WHERE results IS NOT NULL`);
  const people = session?.results[0]?.shown.classes.find(({ voterClass }) => voterClass === '群众代表');
  expect(people).toMatchObject({ score: null, distribution: null, instead: '票数少，不单列' });
  expect(JSON.stringify(leader.lastCard())).toContain('群众代表票数少，不单列');
  expect(await counts()).not.toEqual([]);
  await secretary().clicks('清空试测');
  expect(await counts()).toEqual([]);
  expect(await query(`SELECT 1 FROM "ReviewSession" WHERE jsonb_typeof(results) = 'array' OR "ballotsHash" IS NOT NULL`)).toEqual([]);
  expect(textOf(await (await http(slips[0] ?? '')).text())).toContain('认不出这张票');
  await sendPlan(it, { units: 2, settings: { 方式: '集中测评', 票决方式: '打分', 按键规则: '末次有效' } });
  expect(await secretary().clicks('确认方案')).toMatchObject({ toast: { content: '已确认，主持台已发给您' } });
  expect(textOfCard(secretary().lastCard())).not.toContain('清空试测');
});

test('集中测评、打分、末次有效：一张单子投各家，关闭前可以改投；一按全部关闭；满六票去掉一个最高分、一个最低分', { timeout: 120_000 }, async () => {
  const slips = await openHall(it, { units: 2, settings: { 方式: '集中测评', 票决方式: '打分', 按键规则: '末次有效', 去掉最高最低分: '去掉' } });
  for (let unit = 0; unit < 2; unit += 1) {
    await secretary().clicks('开始述职');
    await secretary().clicks('开始问答');
    await secretary().clicks('述职完毕');
  }
  await secretary().clicks('集中测评');
  const voters = await present();
  const [first] = voters;
  expect(await it.person(first?.name ?? '').clicks('投票', { form: { s1: '一百', s2: '90' } })).toMatchObject({
    toast: { content: expect.stringContaining('分数应为0到100的整数') },
  });
  const score = (index: number, unit: number): number => (unit === 1 ? 100 - (index % 9) * 5 : 60 + (index % 9) * 3);
  for (const [index, { name }] of voters.entries()) {
    const form = { s1: String(score(index, 1)), s2: String(score(index, 2)) };
    // 第一位先投错，再改：以最后一次为准。
    if (index === 0) {
      await it.person(name).clicks('投票', { form: { s1: '0', s2: '0' } });
      await it.person(name).clicks('改投');
      expect(await it.person(name).clicks('投票', { form })).toMatchObject({ toast: { content: '已改投，以这一次为准' } });
    } else expect(await it.person(name).clicks('投票', { form })).toMatchObject({ toast: { content: '已投票' } });
  }
  const rounds = await query<{ id: string }>(
    `SELECT r.id FROM "BallotRound" r JOIN "ReviewSlot" s ON s.id = r."slotId" WHERE r.state = 'open' ORDER BY s.position`,
  );
  expect(rounds).toHaveLength(2);
  for (const [index, slip] of slips.slice(0, 18).entries()) {
    const html = await (await http(slip)).text();
    expect(html.match(/inputmode="numeric"/g)).toHaveLength(2);
    const form = Object.fromEntries(rounds.map(({ id }, unit) => [`choice-${id}`, String(score(index, unit + 1))]));
    expect(textOf(await (await http(slip, form)).text())).toContain('已投票，谢谢');
  }
  await secretary().clicks('关闭测评');
  expect(await query(`SELECT 1 FROM "BallotRound" WHERE state = 'open'`)).toEqual([]);
  expect(await query(`SELECT 1 FROM "Ballot" WHERE handle IS NOT NULL`)).toEqual([]);
  await secretary().clicks('计票');
  const [session] = await query<{ results: { shown: { valid: number; classes: { voterClass: string; score: string }[] } }[] }>(
    `SELECT results FROM "ReviewSession" WHERE jsonb_typeof(results) = 'array'`,
  );
  const leaders = session?.results.map(({ shown }) => shown.classes.find(({ voterClass }) => voterClass === '领导')?.score);
  // 九位领导：100…60，去掉100和60，平均80；60…84，去掉60和84，平均72。
  expect(leaders?.sort()).toEqual(['72.00', '80.00']);
  expect(session?.results.map(({ shown }) => shown.valid)).toEqual([voters.length + 18, voters.length + 18]);
});

test('投票期间不能登记离会：人数一减，收回的就多于发出的', async () => {
  await it.moveTo('2026-12-18 18:00');
  await sendPlan(it, { units: 1, settings: { 场次编号: 'SZ-2' } });
  await secretary().clicks('确认方案');
  await query(`UPDATE "ReviewVoter" SET present = true WHERE "sessionId" = (SELECT id FROM "ReviewSession" WHERE number = 'SZ-2')`);
  await query(`UPDATE "ReviewSession" SET state = 'inSession' WHERE number = 'SZ-2'`);
  await query(
    `INSERT INTO "BallotRound" (id, "sessionId", "slotId", number, state, choices, "closesAt") SELECT 'r-2', "sessionId", id, 1, 'open', '{优秀}', '2099-01-01' FROM "ReviewSlot" WHERE "sessionId" = (SELECT id FROM "ReviewSession" WHERE number = 'SZ-2')`,
  );
  await secretary().says('述职 离会 王海峰');
  expect(JSON.stringify(it.world.store.messagesOf(it.world.store.directChat(secretary().person.openId).chatId))).toContain(
    '正在测评，这时减少到会的人会使票数对不上',
  );
});
