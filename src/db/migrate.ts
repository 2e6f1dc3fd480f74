import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { findSharing, findUnfitness } from './fit-server.ts';

/** 迁移不能继续 — a Chinese message for whoever starts the program. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  /** as Prisma computes it, so that `prisma migrate deploy` agrees */
  readonly checksum: string;
}

const folder = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
/** 一次只有一个进程迁移；与别处的锁不同号（发件箱的 01、02），不然迁移多久，正在运行的程序就等多久 */
const lockKey = 0x5348_4c03;
/** 表有人用着就让开：后来的点击都排在等着改表的后面，而平台等答复只有三秒 */
const lockWaitMs = 500;
const turnMs = 1_000;
/** 约十分钟：一次备份、一次导出，占着表的也就是它们 */
const turnsMax = 400;
/** PostgreSQL: the lock did not come in time; a deadlock with somebody's transaction */
const inUse = new Set<unknown>(['55P03', '40P01']);

/**
 * 迁移 — applies prisma/migrations in order, one transaction each, one process at a time, and keeps Prisma's own books. A running program goes
 * on meanwhile: while somebody uses a table for long, the migration steps back and tries again.
 * @param options.only names of those to apply: a restored backup is of an older level
 * @throws MigrationError when the server can't hold what we write, when an applied file was edited, or one was left half applied
 */
export async function migrate(
  url: string,
  { log, only }: { log: (message: string) => void; only?: readonly string[] },
): Promise<{ applied: string[] }> {
  return withClient(url, async (client) => {
    const unfit = (await findUnfitness(client)) ?? (await withClient(url, (other) => findSharing(client, other)));
    if (unfit !== null) throw new MigrationError(`没有启动：${unfit}。`);
    await client.query('SELECT pg_advisory_lock($1)', [lockKey]);
    await client.query(bookkeeping);
    const applied: string[] = [];
    for (const migration of await findPending(client)) {
      if (only && !only.includes(migration.name)) continue;
      await applyInTurn(client, migration, log);
      log(`已应用迁移 ${migration.name}`);
      applied.push(migration.name);
    }
    return { applied };
  });
}

/** 待应用的迁移 — for 诊断; changes nothing. @throws MigrationError as `migrate` does */
export async function pendingMigrations(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    const { rowCount } = await client.query(`SELECT 1 FROM information_schema.tables WHERE table_name = '_prisma_migrations'`);
    if (rowCount === 0) return readMigrations().map(({ name }) => name);
    return (await findPending(client)).map(({ name }) => name);
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'shuling-migrate' });
  // 断在半路的，正在问的那一句会得到错误；没有人听，进程会就此倒下，话也没说。
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function readMigrations(): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

async function findPending(client: pg.Client): Promise<Migration[]> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  const known = new Map(rows.map((row) => [row.migration_name, row]));
  return readMigrations().filter(({ name, checksum }) => {
    const row = known.get(name);
    if (!row) return true;
    if (!row.finished_at) throw new MigrationError(`迁移 ${name} 上次只做了一半。请从备份恢复，或由技术人员核对后再启动。`);
    if (row.checksum !== checksum) throw new MigrationError(`迁移 ${name} 应用之后被改动过，程序与数据库对不上。请换回原来的版本后再启动。`);
    return false;
  });
}

/** 轮到了就做 — all of it or nothing. @throws MigrationError when it fails, or the tables were in use all the time */
async function applyInTurn(client: pg.Client, migration: Migration, log: (message: string) => void): Promise<void> {
  for (let turn = 1; ; turn += 1) {
    try {
      return await apply(client, migration);
    } catch (error) {
      if (!inUse.has((error as { code?: unknown }).code)) throw failed(migration, error);
      if (turn >= turnsMax) throw new MigrationError(`迁移 ${migration.name} 要改的表一直有人用着，数据库未改动。请等备份、导出做完再启动。`);
      if (turn === 1) log(`迁移 ${migration.name} 要改的表有人用着（备份、导出？），让它先用，一秒看一次`);
    }
    await pause(turnMs);
  }
}

function failed({ name }: Migration, error: unknown): MigrationError {
  return new MigrationError(`迁移 ${name} 没有成功，数据库未改动：${error instanceof Error ? error.message : String(error)}`);
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query(`BEGIN; SET LOCAL lock_timeout = ${lockWaitMs}`);
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    // 连接断了的，数据库自己已经回滚。
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

const bookkeeping = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;
