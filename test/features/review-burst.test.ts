import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultGrades } from '#domain/ballots/model';
import { type Closing, closeVote } from '#domain/review/stage';
import { asSystem } from '../../src/app.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { addOpenRound, addSlot, press, seedHall } from './ballots-given.ts';

const hall = 1_000;
const grades = defaultGrades.map(({ name }) => name);

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-12-18 14:44', roster: false });
  const { pool } = it.app.database;
  await seedHall(pool, { voters: hall });
  await addOpenRound(pool, { id: 'r', slotId: 'last', closesAt: '2026-12-18 14:45:30+08' });
});
afterAll(() => it.close());

/** 按到有答复为止：机器很挤时，五秒没有读完的请求门口就关了，没有答复，也什么都没有办；人会再按。 */
const presses = async (voter: number, choice: string, roundId = 'r'): Promise<string> => {
  const given = { url: `http://127.0.0.1:${it.app.port}`, connection: it.world.connection, now: it.clock.now() };
  for (let nth = 1; ; nth += 1) {
    const reply = await press(given, { voter, roundId, choice });
    if (reply !== '' || nth === 5) return reply;
  }
};
const closes = (roundId: string): Promise<Closing> => asSystem(it.app, it.clock.now(), (ctx) => closeVote(ctx, { sessionId: 's', roundId }));
const inBox = async (roundId: string): Promise<{ ballots: number; marks: number }> => ({
  ballots: await count(`SELECT count(*) AS n FROM "Ballot" WHERE "roundId" = '${roundId}'`),
  marks: await count(`SELECT count(*) AS n FROM "BallotMark" WHERE "roundId" = '${roundId}'`),
});

const count = async (sql: string): Promise<number> => Number((await it.app.database.pool.query<{ n: string }>(sql)).rows[0]?.n ?? -1);

describe('一千人的会场', () => {
  test('一千人同时按下，其中一百人双击：每人恰好一票，答“已投票”的都在箱里，先后与投票的先后无关，没有一行发件', { timeout: 240_000 }, async () => {
    const doubled = Array.from({ length: hall / 10 }, (_, index) => index * 10 + 1);
    const everyone = Array.from({ length: hall }, (_, index) => index + 1);
    const replies = await Promise.all([...everyone, ...doubled].map((voter) => presses(voter, grades[voter % 4] ?? '')));
    const late = replies.filter((reply) => reply.startsWith('正在办理')).length;
    await it.settled();
    const told = replies.filter((reply) => reply === '已投票').length;
    expect(told).toBeLessThanOrEqual(hall);
    expect(told + replies.filter((reply) => reply.includes('您已投票，以第一次为准')).length + late).toBe(hall + hall / 10);
    expect(told + late).toBeGreaterThanOrEqual(hall);
    expect(await count(`SELECT count(*) AS n FROM "Ballot"`)).toBe(hall);
    expect(await count(`SELECT count(*) AS n FROM "BallotMark"`)).toBe(hall);
    expect(await count(`SELECT count(*) AS n FROM "OutboxEntry"`)).toBe(0);
    expect(await count(`SELECT count(*) AS n FROM "InboundEvent" WHERE reply IS NOT NULL`)).toBe(0);
    const { rows } = await it.app.database.pool.query<{ choice: string }>(`SELECT choice FROM "Ballot" ORDER BY ctid`);
    const places = rows.map(({ choice }) => grades.indexOf(choice));
    // 会场里挨着的两个人，选的也挨着：随机时期望四分之一，照先后写的则几乎全部。
    const neighbours = places.filter((place, index) => places[index + 1] === (place + 1) % 4).length;
    expect(neighbours).toBeLessThan(hall * 0.4);
  });

  test('关闭与最后一刻的票赛跑，两位场务同时关闭：答“已投票”的一定计入，没计入的都被告知，封箱计票一张不差，只关一次', {
    timeout: 240_000,
  }, async () => {
    const { pool } = it.app.database;
    await addSlot(pool, 'race');
    await addOpenRound(pool, { id: 'race', slotId: 'race', closesAt: '2026-12-18 14:45:30+08' });
    // 第一个人得到答复就关：别人的票正在路上。
    let firstAnswered = (): void => undefined;
    const underWay = new Promise<void>((resolve) => {
      firstAnswered = resolve;
    });
    const voting = Array.from({ length: 400 }, async (_, index) => {
      const reply = await presses(index + 1, '优秀', 'race');
      firstAnswered();
      return reply;
    });
    const closing = underWay.then(() => Promise.allSettled([closes('race'), closes('race')]));
    const [replies, closings] = [await Promise.all(voting), await closing];
    const [done] = closings.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const refused = closings.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect([done?.faults, refused]).toEqual([[], [expect.stringContaining('测评已经关闭')]]);
    const told = replies.filter((reply) => reply === '已投票').length;
    // 机器忙不过来时，平台先得到“正在办理”：那几票可能赶上，也可能没有。
    const pending = replies.filter((reply) => reply.startsWith('正在办理')).length;
    await it.settled();
    // 关上之后，一票也进不来了：箱里的、记号、关闭时数的，是同一个数。
    const used = done?.round.counts?.[0]?.used ?? -1;
    expect(await inBox('race')).toEqual({ ballots: used, marks: used });
    expect(used).toBeGreaterThanOrEqual(told);
    expect(used).toBeLessThanOrEqual(told + pending);
    expect(replies.filter((reply) => reply.includes('没有计入'))).toHaveLength(400 - told - pending);
    const trail = await pool.query(
      `SELECT event FROM "AuditEntry" WHERE "subjectId" = 'race' AND event IN ('close', 'count', 'closeVote') ORDER BY event`,
    );
    expect(trail.rows.map(({ event }: { event: string }) => event)).toEqual(['close', 'closeVote', 'count']);
  });

  test('末次有效：二百人一起投，得到答复再一起改投，每张票都是后来的那一次；关闭之后认不回谁的', { timeout: 240_000 }, async () => {
    const { pool } = it.app.database;
    await addSlot(pool, 'change');
    await addOpenRound(pool, { id: 'change', slotId: 'change', closesAt: '2026-12-18 14:45:30+08', press: 'last' });
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const said = [await presses(index + 1, '优秀', 'change')];
        // 忙不过来的，等办完再改：改投总在得到答复之后。
        if (said[0]?.startsWith('正在办理')) await it.settled();
        said.push(await presses(index + 1, '较差', 'change'));
        return said.join('，');
      }),
    );
    await it.settled();
    expect(answers.filter((said) => !/^(已投票|正在办理.*)，(已改投，以这一次为准|正在办理.*)$/.test(said))).toEqual([]);
    expect((await pool.query(`SELECT choice, count(*)::int AS n FROM "Ballot" WHERE "roundId" = 'change' GROUP BY 1`)).rows).toEqual([
      { choice: '较差', n: 200 },
    ]);
    const { faults, round } = await closes('change');
    expect([faults, round.counts?.[0]?.used, await inBox('change')]).toEqual([[], 200, { ballots: 200, marks: 200 }]);
    expect(await count(`SELECT count(*) AS n FROM "Ballot" WHERE "roundId" = 'change' AND handle IS NOT NULL`)).toBe(0);
  });
});
