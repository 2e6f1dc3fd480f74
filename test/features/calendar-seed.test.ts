import { expect, test } from 'vitest';
import { openDatabase } from '#db/client';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { createTestDatabase } from '../database.ts';
import { startTestApp } from '../harness.ts';
import { inDatabase, issuedStage } from './given-books.ts';

test('新版程序带来了又一段放假安排：一启动就重算提醒；没有带来的，启动多少次都不动', async () => {
  const stage = await issuedStage();
  const database = await createTestDatabase(stage.template);
  // 旧版只知道9月底之前的。
  const older = openDatabase(database.url, { poolMax: 1 });
  await withTransaction(older, (tx) => rows(tx).calendarDay.deleteMany({ where: { source: 'seed', date: { gte: '2026-10-01' } } }));
  await older.close();
  const asleep = (it: Awaited<ReturnType<typeof startTestApp>>): Promise<number> =>
    inDatabase(it, (db) => db.reminderPlan.count({ where: { nextAt: { gt: new Date('2026-01-01') } } }));
  const newer = await startTestApp({ stage, databaseUrl: database.url });
  expect(await asleep(newer)).toBe(0);
  expect(await inDatabase(newer, (db) => db.calendarDay.count({ where: { source: 'seed', date: '2026-10-01' } }))).toBe(1);
  expect(await inDatabase(newer, (db) => db.auditEntry.count({ where: { subjectType: 'calendarDay', event: 'seed' } }))).toBe(1);
  await newer.moveTo('2026-06-01 09:10');
  const planned = await asleep(newer);
  expect(planned).toBeGreaterThan(0);
  await newer.close();
  const again = await startTestApp({ at: '2026-06-01 09:11', stage, databaseUrl: database.url });
  expect(await asleep(again)).toBe(planned);
  await again.close();
  await database.close();
}, 120_000);
