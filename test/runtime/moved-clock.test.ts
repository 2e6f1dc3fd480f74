import { expect, test } from 'vitest';
import { MovableClock, systemClock } from '#core/clock';
import { inDatabase } from '../features/given-books.ts';
import { startTestApp } from '../harness.ts';

test('拨钟拨过去的时间，平台那边也过去了：上一分钟发满了，拨到第二天早上的照样马上就发', async () => {
  const it = await startTestApp({ at: '2026-05-28 15:10' });
  const sql = (text: string) => inDatabase(it, (db) => db.$queryRawUnsafe<{ n: number }[]>(text));
  const ofThatMinute = `SELECT count(*)::int AS n FROM "ApiCall" WHERE "entryId" LIKE 'full%'`;
  await sql(`INSERT INTO "ApiCall" (api, target, interactive, "entryId", at, "endedAt")
             SELECT 'create', '', false, 'full' || n, clock_timestamp(), clock_timestamp() FROM generate_series(1, 1000) n`);
  const before = it.world.connection.elapsedMs();
  await it.moveTo('2026-05-28 15:10');
  expect(await sql(ofThatMinute), '没有拨动的，账还在').toEqual([{ n: 1_000 }]);
  await it.moveTo('2026-05-29 10:00');
  expect(await sql(ofThatMinute)).toEqual([{ n: 0 }]);
  expect(it.world.connection.elapsedMs() - before).toBeGreaterThanOrEqual(18 * 60 * 60_000);
  await it.close();
});

test('演示的钟往回拨，走过的时间只增不减', () => {
  const clock = new MovableClock(new Date('2026-05-28T15:10:00+08:00'));
  const began = clock.elapsedMs();
  clock.set(new Date('2026-05-29T15:10:00+08:00'));
  const moved = clock.elapsedMs();
  expect(moved - began).toBeGreaterThan(23 * 60 * 60_000);
  clock.set(new Date('2026-05-28T15:10:00+08:00'));
  expect(clock.elapsedMs()).toBeGreaterThanOrEqual(moved);
  expect(systemClock.monotonicMs()).toBeLessThan(moved);
});
