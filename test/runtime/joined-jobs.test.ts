import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { systemActor } from '#core/context';
import { instantAt } from '#core/dates';
import { type Database, openDatabase } from '#db/client';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { createOutboxBuffer } from '#runtime/outbox/buffer';
import { findDueJobs } from '#runtime/outbox/claims/store';
import { writeClosing } from '#runtime/store';
import { createTestDatabase, type TestDatabase } from '../database.ts';

const nine = instantAt('2026-09-15', '09:00');
const later = (ms: number): Date => new Date(nine.getTime() + ms);

let place: TestDatabase;
let database: Database;
beforeAll(async () => {
  place = await createTestDatabase();
  database = openDatabase(place.url, { poolMax: 4 });
});
afterAll(async () => {
  await database.close();
  await place.close();
});

/** 写完收尾，`until` 之后才提交 */
function press(name: string, { unit, now = nine, until = Promise.resolve() }: { unit: string; now?: Date; until?: Promise<void> }) {
  let written = (): void => undefined;
  const closing = new Promise<void>((resolve) => {
    written = resolve;
  });
  const outbox = createOutboxBuffer(now, systemActor);
  outbox.job({ name: 'list', payload: z.unknown() }, { unit }, { dedupeKey: name, collapseKey: `list:${unit}` });
  const committed = withTransaction(database, async (tx) => {
    await writeClosing(tx, { inbox: null, effects: outbox.effects, now });
    written();
    await until;
  });
  return { closing, committed };
}

const jobsOf = (unit: string) =>
  withTransaction(database, (tx) => rows(tx).outboxEntry.findMany({ where: { collapseKey: `list:${unit}` }, orderBy: { seq: 'asc' } }));
const due = async (unit: string, now = nine): Promise<string[]> => {
  const ids = (await withTransaction(database, (tx) => findDueJobs(tx, { now, limit: 50 }))).map(({ id }) => id);
  return (await jobsOf(unit)).filter(({ id }) => ids.includes(id)).map(({ dedupeKey }) => dedupeKey);
};

test('同一张清单已有一件等着更新：后来的点击搭它的车，不另起一行；它等这一次提交了才开始', async () => {
  await press('first', { unit: 'U01' }).committed;
  let commit = (): void => undefined;
  const until = new Promise<void>((resolve) => {
    commit = resolve;
  });
  const second = press('second', { unit: 'U01', until });
  await second.closing;
  expect(await due('U01')).toEqual([]);
  // 别的批同时搭同一辆，不互相等。
  await press('third', { unit: 'U01' }).committed;
  commit();
  await second.committed;
  expect(await due('U01')).toEqual(['first']);
  expect((await jobsOf('U01')).map(({ state }) => state)).toEqual(['pending']);
});

test('已经开始的不搭，另起一行：它也许已经看过了', async () => {
  await press('begun', { unit: 'U02' }).committed;
  await withTransaction(database, (tx) =>
    rows(tx).outboxEntry.updateMany({ where: { dedupeKey: 'begun' }, data: { state: 'sending', attempts: 1 } }),
  );
  await press('next', { unit: 'U02' }).committed;
  expect(await due('U02')).toEqual(['begun', 'next']);
});

test('正被认领的不等，另起一行', async () => {
  await press('taken', { unit: 'U03' }).committed;
  await withTransaction(database, async (tx) => {
    await findDueJobs(tx, { now: nine, limit: 50 });
    await press('meanwhile', { unit: 'U03' }).committed;
  });
  expect((await jobsOf('U03')).map(({ dedupeKey }) => dedupeKey)).toEqual(['taken', 'meanwhile']);
});

test('等了一秒还没有开始的，不再搭：有新的一行取代它，不断来人也轮得到', async () => {
  await press('old', { unit: 'U04' }).committed;
  await press('joins', { unit: 'U04', now: later(900) }).committed;
  await press('fresh', { unit: 'U04', now: later(1_100) }).committed;
  expect((await jobsOf('U04')).map(({ dedupeKey, state }) => [dedupeKey, state])).toEqual([
    ['old', 'replaced'],
    ['fresh', 'pending'],
  ]);
});

test('失败过、在等重试的，不搭：新的一行马上去办', async () => {
  await press('failed', { unit: 'U05' }).committed;
  await withTransaction(database, (tx) => rows(tx).outboxEntry.updateMany({ where: { dedupeKey: 'failed' }, data: { attempts: 1 } }));
  await press('again', { unit: 'U05' }).committed;
  expect((await jobsOf('U05')).map(({ dedupeKey, state }) => [dedupeKey, state])).toEqual([
    ['failed', 'replaced'],
    ['again', 'pending'],
  ]);
});
