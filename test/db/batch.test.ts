import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Tx } from '#core/context';
import { type Database, openDatabase } from '#db/client';
import { type RawDb, statement } from '#db/rows';
import { glance, withBatch, withStatements } from '#db/transaction';
import { createTestDatabase, type TestDatabase } from '../database.ts';

let place: TestDatabase;
let database: Database;

beforeAll(async () => {
  place = await createTestDatabase();
  // 一条连接：前一件没有收拾干净，后一件就看得见。
  database = openDatabase(place.url, { poolMax: 1 });
  await database.pool.query('CREATE TABLE probe (who text NOT NULL)');
});
afterAll(async () => {
  await database.close();
  await place.close();
});

const probe = (name: string, run: (db: RawDb, who: string) => Promise<unknown>): ((tx: Tx, who: string) => Promise<void>) =>
  statement(name, async (db, given) => {
    for (const who of given) await run(db, who);
    return given.map(() => undefined);
  });
const insert = probe('probe.insert', (db, who) => db.$executeRaw`INSERT INTO probe (who) VALUES (${who})`);
/** 另一件已经出了错，批正在撤销 */
let undoing: () => void;
const undone = new Promise<void>((resolve) => {
  undoing = resolve;
});
const fail = probe('probe.fail', (db) =>
  db.$executeRaw`INSERT INTO probe (who) VALUES (NULL)`.finally(() => {
    setImmediate(undoing);
  }),
);
/** 两句之间歇一歇，如同长的一批写完一段让别人先走 */
const inTwoParts = probe('probe.inTwoParts', async (db, who) => {
  await db.$queryRaw`SELECT 1 AS one`;
  await undone;
  await db.$executeRaw`INSERT INTO probe (who) VALUES (${who})`;
});
const kept = async (): Promise<string[]> => {
  const { rows } = await database.pool.query<{ who: string }>('DELETE FROM probe RETURNING who');
  return rows.map(({ who }) => who).sort();
};

test('同批的一件出了错：整批撤销，别的各自重来，一件只办一次；撤销之后没有哪一句单独提交', async () => {
  const works = [inTwoParts, fail, insert].map((write, nth) => async (tx: Tx) => {
    await write(tx, `第${nth}件`);
    return nth;
  });
  const outcomes = await withBatch(database, works);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
  expect(await kept()).toEqual(['第0件', '第2件']);
});

test('出过错的一件不能当作办成：错被咽下了，提交时也说得出', async () => {
  const swallowed = withStatements(database, async (tx) => {
    await insert(tx, '之前');
    await fail(tx, '').catch(() => undefined);
    return '办成了';
  });
  await expect(swallowed).rejects.toThrow(/ROLLBACK/);
  expect(await kept()).toEqual([]);
});

test('看一眼：一个来回，事务不留着；多问的一句不发出去，出了错下一句照常', async () => {
  await insertOne('在');
  expect(await glance(database, countProbes)).toBe(1);
  const twice = glance(database, async (tx) => {
    await countProbes(tx);
    await insert(tx, '多问的');
  });
  await expect(twice).rejects.toThrow(/after the end of its transaction/);
  await expect(glance(database, (tx) => fail(tx, ''))).rejects.toThrow(/null/);
  const { rows } = await database.pool.query<{ at: boolean }>('SELECT now() = statement_timestamp() AS at');
  expect(rows).toEqual([{ at: true }]);
  expect(await kept()).toEqual(['在']);
});

const insertOne = (who: string): Promise<void> => withStatements(database, (tx) => insert(tx, who));
const countRows = statement<null, number>('probe.count', async (db, asked) => {
  const [row] = await db.$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM probe`;
  return asked.map(() => row?.n ?? -1);
});
const countProbes = (tx: Tx): Promise<number> => countRows(tx, null);
