import { execFileSync } from 'node:child_process';
import pg from 'pg';
import { expect, test } from 'vitest';
import { MigrationError, migrate, pendingMigrations } from '#db/migrate';
import { createTestDatabase } from '../database.ts';

test('迁移出来的库与模型一致', async () => {
  const migrated = await createTestDatabase();
  const declared = await createTestDatabase();
  const flags = ['migrate', 'diff', '--from-empty', '--to-schema', 'prisma', '--script', '--config', 'prisma/prisma.config.ts'];
  const script = execFileSync('node_modules/.bin/prisma', flags, {
    env: { ...process.env, DATABASE_URL: declared.url },
    encoding: 'utf8',
    timeout: 25_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const sql = script.slice(script.indexOf('-- CreateSchema'));
  await query(declared.url, `DROP SCHEMA public CASCADE; ${sql}`);
  for (const what of [columns, indexes]) expect(await query(migrated.url, what)).toEqual(await query(declared.url, what));
  await migrated.close();
  await declared.close();
});

const columns = `
  SELECT table_name, column_name, data_type, is_nullable, column_default, character_maximum_length FROM information_schema.columns
  WHERE table_schema = 'public' AND table_name <> '_prisma_migrations' ORDER BY table_name, column_name`;
// 部分索引是模型说不出来的，其余的索引两边都要有。
const indexes = `
  SELECT tablename, indexname, indexdef FROM pg_indexes
  WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' AND indexdef NOT LIKE '% WHERE %' ORDER BY indexname`;

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}

test('再迁移一次什么也不做；改动过的迁移不让启动', async () => {
  const { url, close } = await createTestDatabase();
  expect(await pendingMigrations(url)).toEqual([]);
  expect((await migrate(url, { log: () => undefined })).applied).toEqual([]);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`UPDATE _prisma_migrations SET checksum = repeat('0', 64)`);
  await expect(migrate(url, { log: () => undefined })).rejects.toThrow(MigrationError);
  await client.query(`UPDATE _prisma_migrations SET finished_at = NULL`);
  await expect(pendingMigrations(url)).rejects.toThrow(/只做了一半/);
  await client.end();
  await close();
});

test('留痕只增不改：改、删、清空都被数据库拒绝', async () => {
  const { url, close } = await createTestDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    `INSERT INTO "AuditEntry" (seq, at, "actorName", "subjectType", "subjectId", event, "prevHash", hash) VALUES (1, now(), '系统', 'x', 'y', 'z', '', '')`,
  );
  for (const sql of [`UPDATE "AuditEntry" SET event = 'w'`, 'DELETE FROM "AuditEntry"', 'TRUNCATE "AuditEntry"']) {
    await expect(client.query(sql)).rejects.toThrow(/留痕只增不改/);
  }
  await client.end();
  await close();
});
