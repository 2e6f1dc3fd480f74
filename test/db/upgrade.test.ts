import { readdirSync } from 'node:fs';
import pg from 'pg';
import { expect, test } from 'vitest';
import { MigrationError, migrate, pendingMigrations } from '#db/migrate';
import { createTestDatabase } from '../database.ts';
import { schemaOf } from './schema.ts';

const all = readdirSync('prisma/migrations', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
/** 它先给 ReminderPlan 添列，再照 WorkItem 补数：停在第二句，就是停在半路 */
const twoTables = '0023_feedback_reminded';
const before = all.filter((name) => name < twoTables);
const quiet = { log: () => undefined };

const connect = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
};

/** 从前的库 — of the level before that migration, with one item in it. */
async function formerDatabase(only: readonly string[]) {
  const { url, close } = await createTestDatabase();
  const client = await connect(url);
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await migrate(url, { ...quiet, only });
  await client.query(`
    INSERT INTO "Unit" (code, name, "shortName", aliases, kind, position) VALUES ('U01', '住建局', '住建局', '{}', '', 1);
    INSERT INTO "Person" (id, name, mobile) VALUES ('p1', '周启明', '13900000001');
    INSERT INTO "WorkItem" (id, year, code, series, number, kind, status, title, category, goal, measures, "leadUnit", "supportingUnits", "dueOn", "originalDueOn", "feedbackPeriod", metrics)
    VALUES ('i1', 2026, '试-1', '试', 1, 'keyTask', 'inProgress', '渔排清退', '民生社会', '全部签约', '逐户上门', 'U01', '{}', '2026-12-31', '2026-12-31', 'monthly', '[]')`);
  return {
    url,
    client,
    close: async () => {
      await client.end();
      await close();
    },
  };
}

/** 等到迁移正在等锁 — a state of the database, so that what follows is certain to happen in the middle. */
async function waitingMigration(client: pg.Client): Promise<number> {
  for (;;) {
    const { rows } = await client.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'shuling-migrate' AND datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'relation'`,
    );
    if (rows[0]) return rows[0].pid;
  }
}

test('迁移做到一半连接被切断：做了的一句不留；再启动一次做到底，表与没断过的一样，数据都在', async () => {
  const { url, client, close } = await formerDatabase(before);
  const held = await connect(url);
  await held.query('BEGIN; LOCK TABLE "WorkItem" IN ACCESS EXCLUSIVE MODE');
  const broken = migrate(url, quiet).catch((error: unknown) => error);
  const pid = await waitingMigration(client);
  const begun = await client.query(
    `SELECT 1 FROM pg_locks WHERE pid = $1 AND relation = '"ReminderPlan"'::regclass AND mode = 'AccessExclusiveLock' AND granted`,
    [pid],
  );
  expect(begun.rowCount).toBe(1);
  await client.query('SELECT pg_terminate_backend($1)', [pid]);
  expect(await broken).toBeInstanceOf(MigrationError);
  await held.query('COMMIT');
  await held.end();
  const columns = await client.query(`SELECT 1 FROM information_schema.columns WHERE table_name = 'ReminderPlan' AND column_name = 'feedbackPeriod'`);
  expect(columns.rowCount).toBe(0);

  expect((await migrate(url, quiet)).applied).toEqual(all.filter((name) => name >= twoTables));
  const undisturbed = await createTestDatabase();
  expect(await schemaOf(url)).toEqual(await schemaOf(undisturbed.url));
  const { rows } = await client.query(`SELECT i.title, p."feedbackPeriod" FROM "WorkItem" i JOIN "ReminderPlan" p ON p."itemId" = i.id`);
  expect(rows).toEqual([{ title: '渔排清退', feedbackPeriod: 'monthly' }]);
  await undisturbed.close();
  await close();
});

test('要改的表有人用着（备份、导出）：迁移让开再来，这期间的点击照办；用完了就迁移到底', { timeout: 30_000 }, async () => {
  const last = '0039_person_erased';
  const { url, client, close } = await formerDatabase(all.filter((name) => name < last));
  const backup = await connect(url);
  await backup.query('BEGIN; SELECT * FROM "Person"');
  let stepBack = (): void => undefined;
  const steppedBack = new Promise<void>((resolve) => {
    stepBack = resolve;
  });
  const migrating = migrate(url, { log: (line) => (line.includes('有人用着') ? stepBack() : undefined) });
  await steppedBack;
  // 备份还没完：让不开的话，这一句要一直等到它完。
  await client.query(`SET statement_timeout = 2500; UPDATE "Person" SET name = '周启明（改）' WHERE id = 'p1'`);
  expect(await pendingMigrations(url)).toContain(last);
  await backup.query('COMMIT');
  await backup.end();
  expect((await migrating).applied).toContain(last);
  expect((await client.query(`SELECT name, "erasedAt" FROM "Person"`)).rows).toEqual([{ name: '周启明（改）', erasedAt: null }]);
  await close();
});
