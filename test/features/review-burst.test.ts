import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bind } from '#cards/kit/action';
import { castBallot } from '#cards/review/actions';
import { defaultGrades } from '#domain/ballots/model';
import { encryptBody, signRequest } from '#platform/feishu/webhook-crypto';
import { createSeal } from '#runtime/seal';
import { startTestApp, type TestApp } from '../harness.ts';

const hall = 1_000;
const grades = defaultGrades.map(({ name }) => name);

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-12-18 14:44', roster: false });
  const plan = { onStage: [{}], rules: { method: 'grades', classes: [], grades: defaultGrades }, press: 'first', voters: [], observers: [] };
  const { pool } = it.app.database;
  await pool.query(
    `INSERT INTO "ReviewSession" (id, number, title, "heldOn", "startsAt", place, state, trial, plan, "fileName", "blobId", "createdById", "createdAt", "confirmedBy")
     VALUES ('s', 'SZ', '述职测评', '2026-12-18', '14:30', '', 'inSession', false, $1, '', '', '', now(), '{}')`,
    [JSON.stringify(plan)],
  );
  await pool.query(
    `INSERT INTO "ReviewSlot" (id, "sessionId", "unitCode", "unitName", presenter, position, state) VALUES ('l', 's', 'U11', '应急管理局', '潘碧云', 1, 'voting')`,
  );
  await pool.query(
    `INSERT INTO "BallotRound" (id, "sessionId", "slotId", number, state, choices, "closesAt") VALUES ('r', 's', 'l', 1, 'open', $1, '2026-12-18 14:45:30+08')`,
    [grades],
  );
  await pool.query(
    `INSERT INTO "Person" (id, name, mobile, "openId") SELECT 'p' || n, '测评人' || n, (19900010000 + n)::text, 'ou_voter' || n FROM generate_series(1, $1::int) n`,
    [hall],
  );
  await pool.query(
    `INSERT INTO "ReviewVoter" (id, "sessionId", "voterClass", name, identity, workplace, "personId", channel, present, position)
     SELECT 'v' || n, 's', '领导', '测评人' || n, '', '', 'p' || n, 'card', true, n FROM generate_series(1, $1::int) n`,
    [hall],
  );
});
afterAll(() => it.close());

/** 一次按下 — a complete, signed and encrypted callback of the platform. */
function presses(voter: number, choice: string): Promise<string> {
  const { appId, appSecret, encryptKeys, verificationToken, tenantKey } = it.world.connection;
  const openId = `ou_voter${voter}`;
  const nowMs = it.clock.now().getTime();
  const value = createSeal(appSecret).seal(bind(castBallot, { sessionId: 's', roundId: 'r', choice }), `person:${openId}`, it.clock.now());
  const header = {
    event_id: randomUUID(),
    token: verificationToken,
    create_time: `${nowMs}000`,
    event_type: 'card.action.trigger',
    tenant_key: tenantKey,
    app_id: appId,
  };
  const event = {
    operator: { tenant_key: tenantKey, open_id: openId },
    token: `c-${randomBytes(8).toString('hex')}`,
    action: { value, tag: 'button' },
    host: 'im_message',
    context: { open_message_id: `om_${randomUUID()}`, open_chat_id: `oc_${voter}` },
  };
  const body = encryptBody(JSON.stringify({ schema: '2.0', header, event }), encryptKeys[0] ?? '');
  const signed = signRequest(body, {
    timestamp: String(Math.floor(nowMs / 1000)),
    nonce: randomBytes(8).toString('hex'),
    encryptKey: encryptKeys[0] ?? '',
  });
  return fetch(`http://127.0.0.1:${it.app.port}/webhook/card`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...signed },
  }).then(async (reply) => ((await reply.json()) as { toast: { content: string } }).toast.content);
}

const count = async (sql: string): Promise<number> => Number((await it.app.database.pool.query<{ n: string }>(sql)).rows[0]?.n ?? -1);

describe('一千人的会场', () => {
  test('一千人同时按下，其中一百人双击：每人恰好一票，答“已投票”的都在箱里，没有一行发件', { timeout: 60_000 }, async () => {
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
  });

  test('箱里的先后与投票的先后无关：编号随机，关闭时打乱', async () => {
    const { rows } = await it.app.database.pool.query<{ choice: string }>(`SELECT choice FROM "Ballot" ORDER BY ctid`);
    const inOrder = rows.filter(({ choice }, index) => choice === grades[(index + 1) % 4]).length;
    // 随机时期望四分之一；完全照先后则是全部。
    expect(inOrder).toBeLessThan(hall * 0.5);
  });

  test('关闭与最后一刻的票赛跑：答“已投票”的一定计入，没计入的都被告知', { timeout: 60_000 }, async () => {
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
    const closing = underWay.then(() => pool.query(`UPDATE "BallotRound" SET state = 'closed' WHERE id = 'r' AND state = 'open'`));
    const [replies] = [await Promise.all(voting), await closing];
    const told = replies.filter((reply) => reply === '已投票').length;
    // 机器忙不过来时，平台先得到“正在办理”：那几票可能赶上，也可能没有。
    const pending = replies.filter((reply) => reply.startsWith('正在办理')).length;
    await it.settled();
    const counted = await count(`SELECT count(*) AS n FROM "Ballot"`);
    expect(counted).toBeGreaterThanOrEqual(told);
    expect(counted).toBeLessThanOrEqual(told + pending);
    expect(replies.filter((reply) => reply.includes('没有计入'))).toHaveLength(400 - told - pending);
  });
});
