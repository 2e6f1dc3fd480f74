import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '#db/client';
import { withTransaction } from '#db/transaction';
import { type AuditLine, type ChainHead, chain, hashOf, origin } from '#domain/audit/model';
import { appendAudit, auditHead, auditPage } from '#domain/audit/store';
import { type ChainVerdict, verifyAudit } from '#domain/audit/verify';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { fc } from '../fast-check.ts';

let server: TestDatabase;
let database: Database;
let intruder: pg.Client;

beforeAll(async () => {
  server = await createTestDatabase();
  database = openDatabase(server.url, { poolMax: 4 });
  // 改库的人：绕得开触发器的超级用户。
  intruder = new pg.Client({ connectionString: server.url });
  await intruder.connect();
  await intruder.query('SET session_replication_role = replica');
});

afterAll(async () => {
  await intruder.end();
  await database.close();
  await server.close();
});

const line = (n: number, more: Partial<AuditLine> = {}): AuditLine => ({
  at: new Date(Date.UTC(2026, 4, 29, 7, 0, n)),
  actorId: `person-${n}`,
  actorName: '林晓',
  subject: { type: 'work-item', id: `管-${n}` },
  event: 'acknowledge',
  before: 'issued',
  after: 'inProgress',
  detail: { n, note: '第一次', nested: { b: [1, null, 'x'], a: true } },
  sourceEventId: `event-${n}`,
  ...more,
});
const append = (...lines: readonly AuditLine[]): Promise<null> => withTransaction(database, (tx) => appendAudit(tx, lines));
const verify = (anchors: readonly ChainHead[] = [], pageSize = 7): Promise<ChainVerdict> =>
  verifyAudit((work) => withTransaction(database, work), { anchors, pageSize });
const head = (): Promise<ChainHead> => withTransaction(database, auditHead);
const faultOf = async (anchors: readonly ChainHead[] = []): Promise<[string, bigint] | null> => {
  const { fault } = await verify(anchors);
  return fault && [fault.kind, fault.seq];
};
/** 从第 from 条起按同样的算法重写，链头也改：懂行的人做的假。 */
async function rewriteFrom(from: bigint, change: (event: string) => string): Promise<void> {
  const lines = await withTransaction(database, (tx) => auditPage(tx, from - 1n, 1000));
  let { hash } = from === 1n ? origin : { hash: lines[0]?.prevHash ?? '' };
  for (const old of lines) {
    const body = { ...old, event: change(old.event), prevHash: hash };
    hash = hashOf(body);
    await intruder.query('UPDATE "AuditEntry" SET event = $2, "prevHash" = $3, hash = $4 WHERE seq = $1', [old.seq, body.event, body.prevHash, hash]);
  }
  await intruder.query('UPDATE "AuditHead" SET hash = $1, seq = (SELECT max(seq) FROM "AuditEntry")', [hash]);
}

describe('留痕链', () => {
  beforeEach(async () => {
    await intruder.query('DELETE FROM "AuditEntry"');
    await intruder.query(`UPDATE "AuditHead" SET seq = 0, hash = repeat('0', 64)`);
    await append(...Array.from({ length: 20 }, (_, index) => line(index + 1)));
    await append(line(21), line(22));
  });

  test('没动过的链通过，给出的链头可以留作锚', async () => {
    const { fault, checked, head: last } = await verify();
    expect([fault, checked, last]).toEqual([null, 22, await head()]);
    await append(line(23));
    expect(await faultOf([last])).toBeNull();
  });

  test('一页读几条，结果都一样', async () => {
    for (const pageSize of [1, 2, 21, 22, 23]) expect((await verify([], pageSize)).checked).toBe(22);
    await intruder.query(`UPDATE "AuditEntry" SET event = 'x' WHERE seq = 21`);
    for (const pageSize of [1, 2, 20, 21, 22, 23]) expect((await verify([], pageSize)).fault?.seq).toBe(21n);
  });

  test('也可以在一个事务里校验', async () => {
    expect((await withTransaction(database, (tx) => verifyAudit((work) => work(tx), { pageSize: 3 }))).checked).toBe(22);
    await intruder.query(`UPDATE "AuditEntry" SET event = 'x' WHERE seq = 2`);
    expect((await withTransaction(database, (tx) => verifyAudit((work) => work(tx), { pageSize: 3 }))).fault?.seq).toBe(2n);
  });

  test('空链通过', async () => {
    await intruder.query('DELETE FROM "AuditEntry"');
    await intruder.query(`UPDATE "AuditHead" SET seq = 0, hash = repeat('0', 64)`);
    expect(await verify()).toEqual({ fault: null, checked: 0, head: origin });
  });

  test('改一个字：指出被改的那一条', async () => {
    const columns = `at = at + interval '1 millisecond'|"actorId" = 'x'|"actorId" = NULL|"actorName" = '周启明'|"onBehalfOf" = 'x'|"subjectType" = 'x'|"subjectId" = 'x'
      |event = 'x'|before = 'x'|before = NULL|after = 'x'|detail = NULL|detail = '{"n": 8}'|"sourceEventId" = 'x'|hash = repeat('a', 64)|"prevHash" = repeat('a', 64)`;
    for (const change of columns.split('|')) {
      await intruder.query(`UPDATE "AuditEntry" SET ${change} WHERE seq = 7`);
      const kind = change.startsWith('"prevHash"') ? 'unlinked' : 'altered';
      expect([change.trim(), await faultOf()]).toEqual([change.trim(), [kind, 7n]]);
      await intruder.query('DELETE FROM "AuditEntry"');
      await intruder.query(`UPDATE "AuditHead" SET seq = 0, hash = repeat('0', 64)`);
      await append(...Array.from({ length: 9 }, (_, index) => line(index + 1)));
    }
  });

  test('改一条并把它自己的哈希也改对：下一条接不上；改的是最后一条，链头对不上', async () => {
    for (const [seq, expected] of [
      [7, ['unlinked', 8n]],
      [22, ['headMoved', 22n]],
    ] as const) {
      const [old] = await withTransaction(database, (tx) => auditPage(tx, BigInt(seq) - 1n, 1));
      if (!old) throw new Error('no line');
      await intruder.query('UPDATE "AuditEntry" SET event = $2, hash = $3 WHERE seq = $1', [seq, 'x', hashOf({ ...old, event: 'x' })]);
      expect(await faultOf()).toEqual(expected);
      await intruder.query('UPDATE "AuditEntry" SET event = $2, hash = $3 WHERE seq = $1', [seq, old.event, old.hash]);
    }
  });

  test('删一条：指出少了的那一条，不论在头上还是在中间', async () => {
    await intruder.query('DELETE FROM "AuditEntry" WHERE seq = 9');
    expect(await faultOf()).toEqual(['missing', 9n]);
    await intruder.query('DELETE FROM "AuditEntry" WHERE seq = 1');
    expect(await faultOf()).toEqual(['missing', 1n]);
  });

  test('删一条并把后面的编号补齐：第一条挪过的就接不上', async () => {
    await intruder.query('DELETE FROM "AuditEntry" WHERE seq = 9');
    for (let seq = 10; seq <= 22; seq += 1) await intruder.query('UPDATE "AuditEntry" SET seq = seq - 1 WHERE seq = $1', [seq]);
    expect(await faultOf()).toEqual(['unlinked', 9n]);
  });

  test('加一条：在中间、在尾部、在第一条之前都看得出', async () => {
    const copy = (seq: number): string =>
      `INSERT INTO "AuditEntry" SELECT (jsonb_populate_record(e, jsonb_build_object('seq', ${seq}))).* FROM "AuditEntry" e WHERE e.seq = 3`;
    await intruder.query(copy(23));
    expect(await faultOf()).toEqual(['added', 23n]);
    await intruder.query('DELETE FROM "AuditEntry" WHERE seq = 23');
    for (const seq of [0, -5]) {
      await intruder.query(copy(seq));
      expect(await faultOf()).toEqual(['added', BigInt(seq)]);
      await intruder.query('DELETE FROM "AuditEntry" WHERE seq < 1');
    }
    for (let seq = 22; seq >= 9; seq -= 1) await intruder.query('UPDATE "AuditEntry" SET seq = seq + 1 WHERE seq = $1', [seq]);
    await intruder.query(copy(9));
    expect(await faultOf()).toEqual(['unlinked', 9n]);
  });

  test('对调两条：指出前面的那一条', async () => {
    await intruder.query('UPDATE "AuditEntry" SET seq = -1 WHERE seq = 5');
    await intruder.query('UPDATE "AuditEntry" SET seq = 5 WHERE seq = 14');
    await intruder.query('UPDATE "AuditEntry" SET seq = 14 WHERE seq = -1');
    expect(await faultOf()).toEqual(['unlinked', 5n]);
  });

  test('截尾：链头说得出；链头也改了，留在外面的锚说得出', async () => {
    const anchor = await head();
    await intruder.query('DELETE FROM "AuditEntry" WHERE seq > 15');
    expect(await faultOf()).toEqual(['cut', 16n]);
    await intruder.query(`UPDATE "AuditHead" SET seq = 15, hash = (SELECT hash FROM "AuditEntry" WHERE seq = 15)`);
    expect(await faultOf()).toBeNull();
    expect(await faultOf([anchor])).toEqual(['cut', 16n]);
    await intruder.query('DELETE FROM "AuditEntry"');
    expect(await faultOf()).toEqual(['cut', 1n]);
  });

  test('截尾再补写：补过了锚的位置，锚对不上', async () => {
    const anchor = await head();
    await intruder.query('DELETE FROM "AuditEntry" WHERE seq > 15');
    await intruder.query(`UPDATE "AuditHead" SET seq = 15, hash = (SELECT hash FROM "AuditEntry" WHERE seq = 15)`);
    await append(...Array.from({ length: 12 }, (_, index) => line(index + 100)));
    expect(await faultOf()).toBeNull();
    expect(await faultOf([anchor])).toEqual(['anchorBroken', 22n]);
  });

  test('从头或从中间全部重写：最早的一个不符的锚指出到哪里为止不可信', async () => {
    const last = await head();
    const [early] = await withTransaction(database, (tx) => auditPage(tx, 9n, 1));
    const anchors = [last, { seq: 10n, hash: early?.hash ?? '' }];
    await rewriteFrom(12n, (event) => `${event}!`);
    expect(await faultOf()).toBeNull();
    expect(await faultOf(anchors)).toEqual(['anchorBroken', 22n]);
    await rewriteFrom(1n, (event) => `${event}?`);
    expect(await faultOf()).toBeNull();
    expect(await faultOf(anchors)).toEqual(['anchorBroken', 10n]);
  });

  test('链头被改、被删：说是链头', async () => {
    await intruder.query(`UPDATE "AuditHead" SET hash = repeat('a', 64)`);
    expect(await faultOf()).toEqual(['headMoved', 22n]);
    await intruder.query('DELETE FROM "AuditHead"');
    expect(await faultOf()).toEqual(['headMoved', 23n]);
    await intruder.query(`INSERT INTO "AuditHead" VALUES (1, 0, repeat('0', 64))`);
  });

  test('每处不符都有一句人看得懂的话', async () => {
    await intruder.query(`UPDATE "AuditEntry" SET event = 'x' WHERE seq = 7`);
    expect((await verify()).fault?.finding).toBe('第7条的内容被改过');
    await intruder.query('DELETE FROM "AuditEntry" WHERE seq = 4');
    expect((await verify()).fault?.finding).toBe('少了第4条：第3条之后就是第5条');
  });

  test('许多人同时办事，链不断、不缺、不重', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, index) => append(line(200 + index), line(300 + index))));
    const { fault, checked } = await verify();
    expect([fault, checked]).toEqual([null, 46]);
  });

  test('边校验边有人办事，也不误报', async () => {
    const appended = Promise.all(Array.from({ length: 20 }, (_, index) => append(line(400 + index))));
    for (let round = 0; round < 10; round += 1) expect((await verify()).fault).toBeNull();
    await appended;
    expect((await verify()).checked).toBe(42);
  });
});

test('写进去是什么，读出来校验就是什么：任意内容都算得出同一个哈希', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((value) => value.replaceAll('\u0000', ''));
  const detail = fc.dictionary(text, fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme' }) as fc.Arbitrary<unknown>, { maxKeys: 5 });
  const anyLine = fc.record({ event: text, before: fc.option(text, { nil: undefined }), onBehalfOf: fc.option(text, { nil: undefined }), detail });
  await fc.assert(
    fc.asyncProperty(fc.array(anyLine, { minLength: 20, maxLength: 60 }), async (parts) => {
      const clean = JSON.parse(JSON.stringify(parts).replaceAll('\\u0000', '')) as typeof parts;
      await append(...clean.map((part, index) => line(index, part)));
      expect((await verify([], 1_000)).fault).toBeNull();
    }),
    { numRuns: 12 },
  );
  await append(line(1, { detail: { on: new Date(0), left: undefined, list: [undefined, Number.NaN, -0] } as Record<string, unknown> }));
  expect((await verify()).fault).toBeNull();
});

test('同样的事接在不同的链上，哈希不同；次序变了也不同', () => {
  const { head: one } = chain(origin, [line(1), line(2)]);
  expect(chain(origin, [line(2), line(1)]).head.hash).not.toBe(one.hash);
  expect(chain(one, [line(1)]).head.hash).not.toBe(chain(origin, [line(1)]).head.hash);
});
