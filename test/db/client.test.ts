import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '#db/client';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { createTestDatabase, type TestDatabase } from '../database.ts';

let place: TestDatabase;
let database: Database;

beforeAll(async () => {
  place = await createTestDatabase();
  database = openDatabase(place.url, { poolMax: 2 });
});
afterAll(async () => {
  await database.close();
  await place.close();
});

test('装了 LLVM 的服务器（Debian 的、官方镜像的）也不即时编译我们的语句：编译一次，一次点击要多等半秒', async () => {
  const { rows: byPool } = await database.pool.query<{ jit: string }>('SHOW jit');
  const byPrisma = await withTransaction(database, (tx) => rows(tx).$queryRaw<{ jit: string }[]>`SELECT current_setting('jit') AS jit`);
  expect([...byPool, ...byPrisma]).toEqual([{ jit: 'off' }, { jit: 'off' }]);
});

test('网址里自带的选项也不能把它打开', async () => {
  const url = new URL(place.url);
  url.searchParams.set('options', '-c application_name=office');
  const own = openDatabase(url.href, { poolMax: 1 });
  const { rows: found } = await own.pool.query<{ jit: string }>('SHOW jit');
  await own.close();
  expect(found).toEqual([{ jit: 'off' }]);
});
