import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { MigrationError, migrate, pendingMigrations } from '#db/migrate';
import { createTestDatabase, onServer } from '../database.ts';
import { schemaOf } from './schema.ts';

const quiet = { log: () => undefined };
const fromDatabaseToModels = ['diff', '--from-config-datasource', '--to-schema', 'prisma', '--exit-code'];
const identical = 0;
const different = 2;

test('程序迁移出来的库与模型一致；少一列、少一个外键都看得出来', { timeout: 90_000 }, async () => {
  const { url, close } = await createTestDatabase();
  expect(prismaMigrate(url, fromDatabaseToModels)).toMatchObject({ status: identical });
  await query(url, 'ALTER TABLE "Unit" DROP COLUMN "kind"; ALTER TABLE "WorkItem" DROP CONSTRAINT "WorkItem_bookId_fkey"');
  const { status, output } = prismaMigrate(url, fromDatabaseToModels);
  expect({ status, output }).toMatchObject({ status: different, output: expect.stringMatching(/Unit[\s\S]*kind[\s\S]*WorkItem[\s\S]*bookId/) });
  await close();
});

test('程序与 Prisma 命令行记同一本账：谁先迁移，另一个都认', { timeout: 90_000 }, async () => {
  const byProgram = await createTestDatabase();
  expect(prismaMigrate(byProgram.url, ['deploy']).output).toContain('No pending migrations');
  const byCommand = new URL(byProgram.url);
  byCommand.pathname += '_command';
  expect(prismaMigrate(byCommand.href, ['deploy'])).toMatchObject({ status: 0, output: expect.stringContaining('successfully applied') });
  expect(await pendingMigrations(byCommand.href)).toEqual([]);
  expect((await migrate(byCommand.href, quiet)).applied).toEqual([]);
  await onServer(byProgram.url, `DROP DATABASE "${byCommand.pathname.slice(1)}" WITH (FORCE)`);
  await byProgram.close();
});

test('命令行没办成就不说办成：连不上、脚本出错都以非零退出，也不留下影子库', { timeout: 90_000 }, async () => {
  const { url, close } = await createTestDatabase();
  expect(prismaMigrate('postgresql://nobody@127.0.0.1:1/none', ['deploy'])).toMatchObject({ status: 1, output: expect.stringContaining('P1001') });
  const migrations = mkdtempSync(join(tmpdir(), 'shuling-migrations-'));
  cpSync('prisma/migrations', migrations, { recursive: true });
  mkdirSync(join(migrations, '9999_broken'));
  writeFileSync(join(migrations, '9999_broken', 'migration.sql'), 'ALTER TABLE "NoSuchTable" ADD COLUMN x TEXT;');
  const fromMigrations = ['diff', '--from-migrations', migrations, '--to-schema', 'prisma', '--exit-code'];
  expect(prismaMigrate(url, fromMigrations)).toMatchObject({ status: 1, output: expect.stringContaining('NoSuchTable') });
  rmSync(join(migrations, '9999_broken'), { recursive: true });
  expect(prismaMigrate(url, fromMigrations)).toMatchObject({ status: identical });
  expect(await query(url, `SELECT datname FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow%'`)).toEqual([]);
  rmSync(migrations, { recursive: true });
  await close();
});

test('几个进程同时迁移一个空库：只有一个去做，其余等它做完', async () => {
  const { url, close } = await createTestDatabase();
  await query(url, 'DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  const results = await Promise.all([1, 2, 3].map(() => migrate(url, quiet)));
  const all = readdirSync('prisma/migrations', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(results.flatMap(({ applied }) => applied)).toEqual(all.map(({ name }) => name).sort());
  expect(await pendingMigrations(url)).toEqual([]);
  // 账上也一样一次一行，表与一个人迁移的一样。
  const alone = await createTestDatabase();
  expect(await schemaOf(url)).toEqual(await schemaOf(alone.url));
  await alone.close();
  await close();
});

/** 跑一次 prisma migrate — the real command line over our own answer to its engine. */
function prismaMigrate(url: string, words: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('node_modules/.bin/prisma', ['migrate', ...words, '--config', 'prisma/prisma.config.ts'], {
    // 不去问有没有新版：断网的机器上那是白等的一个进程。
    env: { ...process.env, DATABASE_URL: url, CHECKPOINT_DISABLE: '1' },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, output: stdout + stderr };
}

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
  expect((await migrate(url, quiet)).applied).toEqual([]);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`UPDATE _prisma_migrations SET checksum = repeat('0', 64)`);
  await expect(migrate(url, quiet)).rejects.toThrow(MigrationError);
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
