import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { findSharing, unfitness } from '#db/fit-server';
import { migrate } from '#db/migrate';
import { createTestDatabase, onServer } from '../database.ts';
import { inDatabase, issuedStage } from '../features/given-books.ts';
import { startTestApp, textOfCard } from '../harness.ts';

/** 别人建的数据库、别人的用户，会带着自己的设置 */
const settings = [
  `datestyle = 'German'`,
  `timezone = 'Asia/Kathmandu'`,
  `intervalstyle = 'sql_standard'`,
  `bytea_output = 'escape'`,
  `extra_float_digits = -15`,
  `default_transaction_isolation = 'serializable'`,
  `standard_conforming_strings = off`,
];

test('数据库自己设了日期写法、时区、隔离级别：照样办得成，日期和时刻一个不错', { timeout: 120_000 }, async () => {
  const stage = await issuedStage();
  const database = await createTestDatabase(stage.template);
  for (const setting of settings) await onServer(database.url, `ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET ${setting}`);
  const it = await startTestApp({ stage, databaseUrl: database.url });
  try {
    expect(await it.person('曾小雨').clicks('签收')).toMatchObject({ toast: { type: 'success' } });
    const book = await inDatabase(it, (db) => db.taskBook.findFirstOrThrow({ where: { acknowledgedAt: { not: null } } }));
    expect(book.acknowledgedAt).toEqual(it.clock.now());
    await it.person('方伟').says('管-063');
    expect(textOfCard(it.person('方伟').lastCard())).toMatch(/5月29日（周五）09:05　曾小雨签收/);
    await it.moveTo('2026-06-01 09:06');
    expect(await inDatabase(it, (db) => db.scheduleRun.count({ where: { slot: { gt: stage.at } } }))).toBeGreaterThan(5);
  } finally {
    await it.close();
    await database.close();
  }
});

test('编码存不了汉字的数据库：启动之前就说清，一张表也没有建', async () => {
  const name = `t_${randomBytes(6).toString('hex')}`;
  const { serverUrl } = inject('database');
  await onServer(serverUrl, `CREATE DATABASE ${name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  try {
    await expect(migrate(url.href, { log: () => undefined })).rejects.toThrow(
      /没有启动：数据库的编码是 SQL_ASCII，存不了汉字；请另建一个.*ENCODING 'UTF8'/,
    );
    await expect(onServer(url.href, 'SELECT 1 FROM _prisma_migrations')).rejects.toThrow(/does not exist/);
  } finally {
    await onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
  }
});

test.each([
  [140_011, 'UTF8', /PostgreSQL 14，要 15 或更新/],
  [150_000, 'EUC_CN', /编码是 EUC_CN/],
])('PostgreSQL %d、编码 %s：不合用', (version, encoding, words) => {
  expect(unfitness({ version, encoding })).toMatch(words);
  expect(unfitness({ version: 150_000, encoding: 'UTF8' })).toBeNull();
});

test('前面有按事务分连接的连接池：两条连接落到同一条上，启动之前就认出来；直连的不误认', async () => {
  const { serverUrl } = inject('database');
  const [one, other] = [new pg.Client(serverUrl), new pg.Client(serverUrl)];
  await Promise.all([one.connect(), other.connect()]);
  try {
    expect(await findSharing(one, other)).toBeNull();
    // 经过那样的连接池，两条就是一条。
    expect(await findSharing(one, one)).toMatch(/前面的连接池，请写 PostgreSQL 自己的地址和端口/);
    // 或者同一条，前后落在两条上。
    const turns = [one, other];
    const moving = { query: (text: string) => (turns.reverse()[0] as pg.Client).query(text) } as pg.Client;
    const third = new pg.Client(serverUrl);
    await third.connect();
    expect(await findSharing(moving, third)).toMatch(/连接池/);
    await third.end();
  } finally {
    await Promise.all([one.end(), other.end()]);
  }
});
