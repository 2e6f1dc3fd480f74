import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestDatabase, onServer, type TestDatabase } from '../database.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { type Pressed, press } from './press.ts';
import { type Line, openLine } from './tcp-proxy.ts';

// 程序经一段可以弄坏的线连数据库，用的是一个没有特权的账号；查看用另一条好线。
let it: TestApp;
let database: TestDatabase;
let line: Line;
let reading: pg.Pool;
let who: { openId: string; unitCode: string; postId: string };
let next = 0;
/** 程序自己以 2.7 秒为限（test/http/webhook.test.ts）；这里只看没有谁干等，机器再忙也不误报。 */
const answerWithinMs = 6_000;

beforeAll(async () => {
  database = await createTestDatabase();
  const plain = new URL(database.url);
  await onServer(database.url, `DO $$ BEGIN CREATE ROLE shuling_plain LOGIN PASSWORD 'plain'; EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
  await onServer(database.url, `GRANT ALL ON ALL TABLES IN SCHEMA public TO shuling_plain`);
  await onServer(database.url, `GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO shuling_plain`);
  plain.username = 'shuling_plain';
  plain.password = 'plain';
  line = await openLine(plain.href);
  it = await startTestApp({ at: '2026-09-15 10:00', databaseUrl: line.url, hasty: true });
  reading = new pg.Pool({ connectionString: database.url, max: 2 });
  const [found] = await query<{ openId: string; unitCode: string; postId: string }>(
    `SELECT x."openId", p."unitCode", p.id AS "postId" FROM "Post" p JOIN "PostHolding" h ON h."postId" = p.id AND h."toOn" IS NULL
     JOIN "Person" x ON x.id = h."personId" WHERE p.role = 'liaison' AND x."openId" IS NOT NULL ORDER BY 2 LIMIT 1`,
  );
  who = found ?? { openId: '', unitCode: '', postId: '' };
  await query(
    `INSERT INTO "WorkItem" (id, year, code, series, number, kind, status, title, category, goal, measures, "leadUnit", "supportingUnits", "liaisonPostId", "dueOn", "originalDueOn", "feedbackPeriod", metrics)
     SELECT 'item' || n, 2026, '试-' || n, '试', n, 'keyTask', 'inProgress', '渔排清退', '民生社会', '签约', '上门', $1, '{}', $2, '2026-12-31', '2026-12-31', 'monthly', '[]' FROM generate_series(1, 60) n`,
    [who.unitCode, who.postId],
  );
}, 240_000);
afterAll(async () => {
  line.mend();
  await it.close();
  await reading.end();
  await line.close();
  await database.close();
});
beforeEach(() => {
  line.mend();
  it.world.faults.clear();
});

const query = async <Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
  (await reading.query(sql, [...values])).rows as Row[];
/** 填报下一个事项 */
async function report(): Promise<Pressed & { itemId: string; tookMs: number }> {
  next += 1;
  const itemId = `item${next}`;
  const startedMs = performance.now();
  const given = {
    openId: who.openId,
    action: 'progress.report',
    payload: { itemId, round: 1 },
    form: { percent: '40', content: '本周走访二十户。' },
  };
  const answer = await press(`http://127.0.0.1:${it.app.port}`, it.world.connection, it.clock.now(), given);
  return { ...answer, itemId, tookMs: performance.now() - startedMs };
}
const isThere = async (itemId: string): Promise<boolean> =>
  (await query(`SELECT 1 FROM "ProgressReport" WHERE "itemId" = $1`, [itemId])).length === 1;
/** 不用重启，多久之后又办得成 */
async function worksAgain(): Promise<number> {
  const startedMs = performance.now();
  await vi.waitFor(async () => expect((await report()).type).toBe('success'), { timeout: 15_000, interval: 200 });
  return performance.now() - startedMs;
}

describe('数据库的坏日子', () => {
  test('断了：当即说没有办成、请再点一次，确实没有记下；就绪变红；回来之后几秒就好，不用重启', { timeout: 120_000 }, async () => {
    line.cut();
    const answers = await Promise.all(Array.from({ length: 8 }, report));
    for (const { status, type, text, tookMs } of answers) {
      expect(status).toBe(200);
      expect(`${type} ${text}`).toMatch(/^error 没有办成，请稍后再点一次/);
      expect(tookMs).toBeLessThan(answerWithinMs);
    }
    it.clock.set(new Date(it.clock.now().getTime() + 30_000));
    expect((await fetch(`http://127.0.0.1:${it.app.port}/readyz`)).status).toBe(503);
    line.mend();
    for (const { itemId } of answers) expect(await isThere(itemId)).toBe(false);
    expect(await worksAgain()).toBeLessThan(10_000);
    it.clock.set(new Date(it.clock.now().getTime() + 30_000));
    expect((await fetch(`http://127.0.0.1:${it.app.port}/readyz`)).status).toBe(200);
    // 断的那一刻正在送的，结果没有记下：不必等租约（后台办理要两分钟）到期。
    await it.settled();
  });

  test('没了声息：先答正在办理，线通了事就办完，不多不少', { timeout: 120_000 }, async () => {
    line.hang();
    const answers = await Promise.all(Array.from({ length: 4 }, report));
    for (const { status, type, text, tookMs } of answers) {
      expect(`${status} ${type} ${text}`).toBe('200 info 正在办理，请稍候查看结果');
      expect(tookMs).toBeLessThan(answerWithinMs);
    }
    line.mend();
    await vi.waitFor(async () => expect(await Promise.all(answers.map(({ itemId }) => isThere(itemId)))).toEqual(answers.map(() => true)), {
      timeout: 15_000,
      interval: 100,
    });
    expect((await report()).type).toBe('success');
  });

  test('慢：每一来一回多六十毫秒，照样答复，答应了的都在', { timeout: 120_000 }, async () => {
    line.slow(60);
    const answers = await Promise.all(Array.from({ length: 6 }, report));
    line.mend();
    for (const { status, tookMs } of answers) {
      expect(status).toBe(200);
      expect(tookMs).toBeLessThan(answerWithinMs);
    }
    await it.settled();
    for (const { itemId, type } of answers) if (type === 'success') expect(await isThere(itemId)).toBe(true);
    expect(answers.some(({ type }) => type === 'success')).toBe(true);
  });

  test('正用着的连接被数据库全部断开：没有一件答应了而没有记下', { timeout: 120_000 }, async () => {
    const clicking = Promise.all(Array.from({ length: 12 }, report));
    for (let times = 0; times < 5; times += 1)
      await query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'shuling_plain'`);
    const answers = await clicking;
    await worksAgain();
    for (const { itemId, type, status } of answers) {
      expect(status).toBe(200);
      if (type === 'success') expect(await isThere(itemId)).toBe(true);
    }
  });

  test('磁盘满了（53100）：留痕写不进去，事就不办，说没有办成；腾出地方就好', { timeout: 120_000 }, async () => {
    await query(
      `CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`,
    );
    await query(`CREATE TRIGGER full_disk BEFORE INSERT ON "AuditEntry" FOR EACH ROW EXECUTE FUNCTION disk_full()`);
    const answers = await Promise.all(Array.from({ length: 4 }, report));
    expect(answers.map(({ status, type }) => `${status} ${type}`)).toEqual(answers.map(() => '200 error'));
    for (const { itemId } of answers) expect(await isThere(itemId)).toBe(false);
    await query(`DROP TRIGGER full_disk ON "AuditEntry"`);
    expect((await report()).type).toBe('success');
  });

  test('连接数到了上限（53300）：说没有办成，放开之后不用重启', { timeout: 120_000 }, async () => {
    const name = (await query<{ name: string }>('SELECT current_database() AS name'))[0]?.name;
    await query(`ALTER DATABASE ${name} CONNECTION LIMIT 0`);
    await query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'shuling_plain'`);
    const answer = await report();
    expect(answer).toMatchObject({ status: 200, type: 'error', text: expect.stringContaining('没有办成') });
    expect(await isThere(answer.itemId)).toBe(false);
    await query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`);
    expect(await worksAgain()).toBeLessThan(10_000);
  });
});

describe('平台的坏日子', () => {
  test('停了一个多小时：点击照办照答；回来之后一件不漏、一件不重，先票后令，再提醒，简报最后，从不超限', { timeout: 180_000 }, async () => {
    await it.settled();
    it.world.faults.arm('server-error', { rate: 1 });
    expect((await report()).type).toBe('success');
    // 按与要紧相反的次序排进去。
    const kinds = [
      ['简报', 4],
      ['提醒', 3],
      ['督办令', 1],
      ['投票', 0],
    ] as const;
    const people = it.world.store.people().filter(({ mobile, mutedBot, resigned, seesBot }) => mobile !== null && !mutedBot && !resigned && seesBot);
    const each = 30;
    for (const [index, [kind, priority]] of kinds.entries()) {
      const recipients = people.slice(index * each, (index + 1) * each).map(({ openId }) => `person:${openId}`);
      await query(
        `INSERT INTO "OutboxEntry" (id, kind, priority, lane, recipient, "dedupeKey", payload, "notBefore", "createdAt")
         SELECT $1 || n, 'sendText', $2, $1 || n, r, $1 || n, jsonb_build_object('text', $1 || n), '2026-09-15', '2026-09-15' FROM unnest($3::text[]) WITH ORDINALITY AS x(r, n)`,
        [kind, priority, recipients],
      );
    }
    it.app.outbox.wake();
    await vi.waitFor(
      async () => expect(await query(`SELECT 1 FROM "OutboxEntry" WHERE state = 'pending' AND "lastError" IS NOT NULL`)).not.toHaveLength(0),
      { timeout: 20_000 },
    );
    // 一个小时过去：数据库的钟走到了那里，防重号早已失效。
    await query(
      `UPDATE "OutboxEntry" SET "firstTriedAt" = "firstTriedAt" - interval '70 minutes', "leaseUntil" = NULL WHERE state IN ('pending', 'sending') AND "claimedBy" IS NULL`,
    );
    it.world.faults.clear();
    await query(`UPDATE "OutboxEntry" SET "leaseUntil" = NULL WHERE state = 'pending'`);
    it.app.outbox.wake();
    await vi.waitFor(
      async () => {
        await query(`UPDATE "OutboxEntry" SET "leaseUntil" = NULL WHERE state = 'pending'`);
        expect(await query(`SELECT 1 FROM "OutboxEntry" WHERE state IN ('pending', 'sending') AND "notBefore" <= '2026-09-16'`)).toHaveLength(0);
      },
      { timeout: 60_000, interval: 250 },
    );
    const texts = it.world.store
      .chats()
      .flatMap(({ chatId }) => it.world.store.messagesOf(chatId))
      .flatMap(({ content }) => /"text":"(简报|提醒|督办令|投票)(\d+)"/.exec(content)?.slice(1, 3).join('') ?? []);
    expect(texts).toHaveLength(each * kinds.length);
    expect(new Set(texts).size).toBe(texts.length);
    expect(await query(`SELECT 1 FROM "OutboxEntry" WHERE state = 'dead'`)).toHaveLength(0);
    expect(it.breaches).toEqual([]);
    const order = await query<{ kind: string }>(
      `SELECT regexp_replace(id, '\\d+$', '') AS kind FROM "OutboxEntry" WHERE id ~ '^(简报|提醒|督办令|投票)' GROUP BY 1 ORDER BY avg(seq * 0 + extract(epoch FROM "firstTriedAt"))`,
    );
    expect(order.map(({ kind }) => kind)).toEqual(['投票', '督办令', '提醒', '简报']);
  });
});
