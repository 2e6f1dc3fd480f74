import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { openHall, planWith } from './review-hall.ts';

// 第二年：2026年12月办过一场、归了档，同一个库里再办2027年的。

let it: TestApp;
let slips: readonly string[] = [];
let screen = '';
beforeAll(async () => {
  it = await startTestApp({ at: '2026-12-18 14:00' });
  slips = await openHall(it, { units: 2 });
  screen = /\/p\/screen\/[\w-]+/.exec(await said('沈澄', '述职 大屏'))?.[0] ?? '';
  await hearAndVote([]);
  await hearAndVote([
    ['打通三条消防通道', '2027-02-26'],
    ['每月到社区听一次意见', '2027-06-30'],
    ['记错的', '2027-06-30'],
  ]);
  await publish();
  // 一件办结了，一件过了期，一件记错的撤销了。
  await query(`UPDATE "WorkItem" SET status = 'completed', "completedAt" = '2027-02-20' WHERE code = '诺-001'`);
  await query(`UPDATE "WorkItem" SET status = 'cancelled' WHERE code = '诺-003'`);
  await it.skipTo('2027-12-17 10:00');
}, 180_000);
afterAll(() => it.close());

const query = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
  (await it.app.database.pool.query(sql, [...values])).rows as Row[];
const secretary = () => it.person('沈澄');
/** 说一句，答的话和卡片 */
async function said(name: string, words: string): Promise<string> {
  const person = it.person(name);
  const [texts, cards] = [person.texts().length, person.cards().length];
  await person.says(words);
  return [...person.texts().slice(texts), ...person.cards().slice(cards).map(textOfCard)].join('\n');
}
const textOf = (html: string): string => html.replace(/<style>[\s\S]*?<\/style>|<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const page = async (path: string): Promise<string> => textOf(await (await fetch(`http://127.0.0.1:${it.app.port}${path}`)).text());

/** 台上的一家从开讲到测评关闭 */
async function hearAndVote(promises: readonly (readonly [string, string])[]): Promise<void> {
  for (const step of ['开始述职', '开始问答']) await secretary().clicks(step);
  // 主持台再要一张，放在最后：问答记录的卡片上也有这几个字。
  await secretary().says('述职');
  await secretary().clicks('问答记录');
  for (const [promise, promiseDueOn] of promises) await secretary().clicks('记承诺', { form: { promise, promiseDueOn } });
  await secretary().clicks('开放测评');
  const voters = await query<{ name: string }>(
    `SELECT DISTINCT v.name FROM "ReviewVoter" v JOIN "BallotRound" r ON r."sessionId" = v."sessionId" AND r.state = 'open' WHERE present AND channel = 'card'`,
  );
  for (const [index, { name }] of voters.entries()) await it.person(name).clicks(index % 3 ? '优秀' : '良好');
  await secretary().clicks('关闭测评');
}

/** 计票、确认、放行到底、归档 */
async function publish(): Promise<void> {
  await secretary().clicks('计票');
  for (const name of ['罗静', '白露', '石磊']) await it.person(name).clicks('确认票数');
  for (const level of ['仅领导', '参会者', '各单位', '公开']) await it.person('周启明').clicks(`放行：${level}`);
  await secretary().clicks('归档');
}

test('去年的表格忘了改日期，不收；照上次的，述职人已经换岗的说清现在是谁', async () => {
  await secretary().sendsFile('述职.xlsx', await planWith({ units: 2 }));
  expect(textOfCard(secretary().lastCard())).toContain('2026-12-18已经过去');
  const moved = `UPDATE "PostHolding" SET "postId" = $1 WHERE id = (SELECT h.id FROM "PostHolding" h JOIN "Person" p ON p.id = h."personId" WHERE p.name = '梁海生')`;
  const [post] = await query<{ id: string }>(
    `SELECT h."postId" AS id FROM "PostHolding" h JOIN "Person" p ON p.id = h."personId" WHERE p.name = '梁海生'`,
  );
  const [elsewhere] = await query<{ id: string }>(`SELECT id FROM "Post" WHERE "unitCode" = 'U12' AND role = 'unitDeputy' LIMIT 1`);
  await query(moved, [elsewhere?.id]);
  expect(await said('沈澄', '述职 照上次 2027-12-17')).toContain('述职人梁海生已不在南屿办事处任职');
  await query(moved, [post?.id]);
  expect(await said('沈澄', '述职 照上次 2027-12-17')).toContain('SZ-2027-12-17　2027年度单位主要负责人述职“赶考”');
});

test('今年的方案确认之后，去年的纪要、评语照样要得到；点名要去年的主持台、大屏、打印票，说它归了档', async () => {
  await secretary().clicks('确认方案');
  expect(await said('沈澄', '述职')).toContain('台上2家，请锁定名册');
  expect(await said('沈澄', '述职 纪要')).toContain('正在整理SZ-2026-12-18的纪要和计票表');
  expect(await said('沈澄', '述职 纪要 sz-2026-12-18')).toContain('正在整理SZ-2026-12-18的纪要和计票表');
  expect(await said('沈澄', '述职 纪要 SZ-2025-12-18')).toContain('没有SZ-2025-12-18这一场');
  expect(await said('周启明', '述职 评语')).toContain('评语已全部审看');
  for (const words of ['述职 SZ-2026-12-18', '述职 大屏 SZ-2026-12-18', '述职 打印票 SZ-2026-12-18', '述职 签到表 SZ-2026-12-18'])
    expect(await said('沈澄', words)).toContain('SZ-2026-12-18已经归档，记录都在。纪要和计票表用“述职 纪要 SZ-2026-12-18”再要');
});

test('去年的票拿到今年的会场：没有开始时只说结束了，开始之后说清是哪一场的、到哪里领新的；去年的大屏地址打不开', async () => {
  const old = slips[0] ?? '';
  expect(await page(old)).toContain('全部测评已结束，谢谢参加。');
  expect(await page(screen)).toContain('地址已过期，请在主持台重新取一个');
  await secretary().clicks('锁定名册');
  for (const name of ['罗静', '白露', '石磊']) await it.person(name).clicks('提交取数', { form: { number: '371920' } });
  await secretary().clicks('开始签到');
  expect(await page(old)).toContain('这张票是SZ-2026-12-18的，那一场已经结束。SZ-2027-12-17的票另发，请向现场工作人员领取。');
  const [used] = await query<{ ids: string[] }>(`SELECT array_agg(id ORDER BY id) AS ids FROM "Draw"`);
  expect(used?.ids).toEqual(['SZ-2026-12-18', 'SZ-2027-12-17']);
});

test('述职人身边写着去年的承诺办得怎样：记错撤销的不算；今年的承诺另编号，去年的照样查得到', async () => {
  const voters = await query<{ name: string }>(
    `SELECT v.name FROM "ReviewVoter" v JOIN "ReviewSession" e ON e.id = v."sessionId" WHERE e.state = 'signIn' AND channel = 'card' AND v.name <> '谢静怡'`,
  );
  for (const { name } of voters) await it.person(name).clicks('签到');
  await secretary().clicks('登记来宾');
  await secretary().clicks('登记到会', { form: {} });
  await secretary().clicks('开场');
  const slots = await query<{ unitCode: string }>(
    `SELECT s."unitCode" FROM "ReviewSlot" s JOIN "ReviewSession" e ON e.id = s."sessionId" WHERE e.number = 'SZ-2027-12-17' ORDER BY s.position`,
  );
  const [promised] = await query<{ unit: string }>(`SELECT "leadUnit" AS unit FROM "WorkItem" WHERE code = '诺-001' AND year = 2026`);
  for (const { unitCode } of slots) {
    await hearAndVote([['打通五条消防通道', '2028-02-25']]);
    const [row] = await query<{ year: { promised?: object } }>(
      `SELECT "yearResult" AS year FROM "ReviewSlot" s JOIN "ReviewSession" e ON e.id = s."sessionId" WHERE e.number = 'SZ-2027-12-17' AND "unitCode" = $1`,
      [unitCode],
    );
    const had = unitCode === promised?.unit;
    expect(row?.year.promised).toEqual(had ? { made: 2, kept: 1, overdue: 1 } : undefined);
    const hearing = textOfCard(
      secretary()
        .cards()
        .findLast((card) => textOfCard(card).includes('问答记录')),
    );
    expect(hearing.includes('；上次承诺2件，办结1件，逾期1件')).toBe(had);
  }
  // 编号按工作年度各编各的：不写年份的是今年的，去年的写上年份照样查得到。
  const codes = await query<{ line: string }>(`SELECT year || code AS line FROM "WorkItem" WHERE series = '诺' ORDER BY 1`);
  expect(codes.map(({ line }) => line)).toEqual(['2026诺-001', '2026诺-002', '2026诺-003', '2027诺-001', '2027诺-002']);
  expect(await said('周启明', '诺-002')).toContain('打通五条消防通道');
  expect(await said('周启明', '2026诺-002')).toContain('每月到社区听一次意见');
  await publish();
  expect(await said('沈澄', '述职 纪要')).toContain('正在整理SZ-2027-12-17的纪要和计票表');
  expect(await said('沈澄', '述职 纪要 SZ-2026-12-18')).toContain('正在整理SZ-2026-12-18');
});
