import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultGrades } from '#domain/ballots/model';
import { startTestApp, type TestApp } from '../harness.ts';
import { addOpenRound, press, seedHall } from './ballots-given.ts';

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

const presses = (voter: number, choice: string): Promise<string> =>
  press({ url: `http://127.0.0.1:${it.app.port}`, connection: it.world.connection, now: it.clock.now() }, { voter, roundId: 'r', choice });

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

  test('关闭与最后一刻的票赛跑：答“已投票”的一定计入，没计入的都被告知', { timeout: 240_000 }, async () => {
    const { pool } = it.app.database;
    await pool.query(`DELETE FROM "Ballot"`);
    await pool.query(`DELETE FROM "BallotMark"`);
    // 第一个人得到答复就关：别人的票正在路上。
    let firstAnswered = (): void => undefined;
    const underWay = new Promise<void>((resolve) => {
      firstAnswered = resolve;
    });
    const voting = Array.from({ length: 400 }, async (_, index) => {
      const reply = await presses(index + 1, '优秀');
      firstAnswered();
      return reply;
    });
    const closing = underWay
      .then(() => pool.query(`UPDATE "BallotRound" SET state = 'closed' WHERE id = 'r' AND state = 'open'`))
      .then(() => count(`SELECT count(*) AS n FROM "Ballot"`));
    const [replies, atClosing] = [await Promise.all(voting), await closing];
    const told = replies.filter((reply) => reply === '已投票').length;
    // 机器忙不过来时，平台先得到“正在办理”：那几票可能赶上，也可能没有。
    const pending = replies.filter((reply) => reply.startsWith('正在办理')).length;
    await it.settled();
    const counted = await count(`SELECT count(*) AS n FROM "Ballot"`);
    // 关上之后，一票也进不来了。
    expect(counted).toBe(atClosing);
    expect(counted).toBeGreaterThanOrEqual(told);
    expect(counted).toBeLessThanOrEqual(told + pending);
    expect(replies.filter((reply) => reply.includes('没有计入'))).toHaveLength(400 - told - pending);
  });
});
