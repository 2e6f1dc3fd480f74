import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noticeCard } from '#cards/system/notice.card';
import { asSystem } from '../../src/app.ts';
import { startTestApp, type TestApp, type TestPerson } from '../harness.ts';

// 新旧两版同时跑，或回退到旧版：发件箱里有新版写下的行，这一版还不认得。
let it: TestApp;
let fang: TestPerson;
beforeAll(async () => {
  it = await startTestApp();
  fang = it.person('方伟');
});
afterAll(() => it.close());

interface Row {
  readonly state: string;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly waits: boolean;
  readonly tried: boolean;
}

const sql = async <Found extends object>(text: string, values: readonly unknown[] = []): Promise<Found[]> =>
  (await it.app.database.pool.query(text, [...values])).rows as Found[];
const rowOf = async (dedupeKey: string): Promise<Row | undefined> => {
  const found = await sql<Row>(
    `SELECT state, attempts, "lastError", state = 'pending' AND "leaseUntil" > clock_timestamp() AS waits, "firstTriedAt" IS NOT NULL AS tried FROM "OutboxEntry" WHERE "dedupeKey" = $1`,
    [dedupeKey],
  );
  return found[0];
};
const send = (key: string, notBefore = it.clock.now()): Promise<void> =>
  asSystem(it.app, it.clock.now(), (ctx) => {
    const card = noticeCard({ title: '测试', text: `正文${key}`, tone: 'info' });
    ctx.outbox.sendCard({ to: { person: fang.person.openId }, cardKey: key, card, dedupeKey: key, priority: 'task', notBefore });
    return Promise.resolve();
  });
const received = (key: string): number => fang.cards().filter((card) => JSON.stringify(card).includes(`正文${key}`)).length;

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
};

/** 这一版试到它隔得久了为止 — its lease is taken away each time: nobody waits for the clock. */
async function triedInVain(key: string, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await sql(`UPDATE "OutboxEntry" SET "leaseUntil" = NULL WHERE "dedupeKey" = $1 AND state = 'pending'`, [key]);
    it.app.outbox.wake();
    await until(async () => (await rowOf(key))?.waits === true);
  }
}

describe('发件箱里新版写下的行', () => {
  test.each([
    [
      '卡片',
      `UPDATE "OutboxEntry" SET payload = jsonb_set(payload, '{card,definition}', '"later.unheard-of"') WHERE "dedupeKey" = $1`,
      /the card "later.unheard-of" is not known here/,
    ],
    ['种类', `UPDATE "OutboxEntry" SET kind = 'sendVoice' WHERE "dedupeKey" = $1`, /the kind "sendVoice" is not known here/],
    [
      '后台办理',
      `UPDATE "OutboxEntry" SET kind = 'job', payload = '{"job": "later.unheard-of", "payload": {}}' WHERE "dedupeKey" = $1`,
      /the job "later.unheard-of" is not known here/,
    ],
    [
      '后台办理的内容',
      `UPDATE "OutboxEntry" SET kind = 'job', payload = '{"job": "progress.refresh-waiting", "payload": {"list": 7}}' WHERE "dedupeKey" = $1`,
      /the payload of the job "progress.refresh-waiting"/,
    ],
  ])('认不得%s：试多少次都不放弃，不算试过；别的照发；换回认得它的版本，恰好送到一次', { timeout: 30_000 }, async (what, newer, why) => {
    const [key, other] = [`${what}新`, `${what}旧`];
    // 到期之前改成新版的样子。
    await send(key, new Date(it.clock.now().getTime() + 3_600_000));
    await sql(newer, [key]);
    await sql(`UPDATE "OutboxEntry" SET "notBefore" = $2 WHERE "dedupeKey" = $1`, [key, it.clock.now()]);
    await triedInVain(key, 8);
    expect(await rowOf(key)).toMatchObject({ state: 'pending', lastError: expect.stringMatching(why), tried: false });
    expect((await rowOf(key))?.attempts).toBeLessThanOrEqual(3);
    await send(other);
    it.app.outbox.wake();
    await until(async () => (await rowOf(other))?.state === 'sent');
    expect(received(other)).toBe(1);
    expect(received(key)).toBe(0);
    await sql(
      `UPDATE "OutboxEntry" e SET kind = o.kind, payload = replace(o.payload::text, $2, $1)::jsonb, "leaseUntil" = NULL
       FROM "OutboxEntry" o WHERE e."dedupeKey" = $1 AND o."dedupeKey" = $2`,
      [key, other],
    );
    it.app.outbox.wake();
    await it.settled();
    expect(await rowOf(key)).toMatchObject({ state: 'sent' });
    expect(received(key)).toBe(1);
  });
});
