import cron from 'node-cron';
import { expect, test } from 'vitest';
import { instantAt, localDateOf, localTimeOf } from '#core/dates';
import { slotsOf } from '#runtime/schedule/slots';
import { startTestApp } from '../harness.ts';

const words = (slot: Date | null): string | null => slot && `${localDateOf(slot)} ${localTimeOf(slot)}`;

test.each([
  ['5 9,12,15,18 * * *', '2026-09-22 09:05', '2026-09-22 09:06', null, '2026-09-22 12:05'],
  ['5 9,12,15,18 * * *', '2026-09-21 18:05', '2026-09-22 09:05', '2026-09-22 09:05', '2026-09-22 09:05'],
  ['40 17 * * 1-5', '2026-09-18 17:40', '2026-09-20 23:59', null, '2026-09-21 17:40'],
  ['0 8 1 * *', '2026-08-31 23:00', '2026-12-31 23:59', '2026-12-01 08:00', '2026-09-01 08:00'],
  ['*/20 * * * *', '2026-12-31 23:41', '2027-01-01 00:05', '2027-01-01 00:00', '2027-01-01 00:00'],
])('%s：%s之后到%s，最近的一格是%s，接着的一格是%s', (expression, since, now, newest, next) => {
  const at = (text: string): Date => instantAt(text.slice(0, 10), text.slice(11));
  const slots = slotsOf(expression);
  expect(words(slots.newest(at(since), at(now)))).toBe(newest);
  expect(words(slots.next(at(since), at('2027-02-01 00:00')))).toBe(next);
});

test('与一分钟一分钟地问 node-cron，答得一样', () => {
  for (const expression of ['5 9,12 * * *', '17 6 * * *', '*/30 8-10 * * *', '0 0 * * 5']) {
    const task = cron.createTask(expression, () => undefined, { timezone: 'Asia/Shanghai' });
    const from = instantAt('2026-12-29', '00:00').getTime();
    const asked = Array.from({ length: 4 * 1440 }, (_, minute) => new Date(from + minute * 60_000)).filter((at) => task.match(at));
    void task.destroy();
    const listed: Date[] = [];
    const until = new Date(from + 4 * 1440 * 60_000 - 1);
    for (let at = slotsOf(expression).next(new Date(from - 1), until); at; at = slotsOf(expression).next(at, until)) listed.push(at);
    expect(listed).toEqual(asked);
    expect(listed.length).toBeGreaterThan(0);
  }
});

test('停了三天再起来：每个定时只补最近的一格，并过去的是哪几格记在留痕里，再响不重记', { timeout: 60_000 }, async () => {
  const it = await startTestApp({ at: '2026-05-28 17:30', roster: false });
  try {
    await it.moveTo('2026-05-28 17:41');
    await it.skipTo('2026-05-31 17:45');
    await it.skipTo('2026-05-31 17:46');
    const { rows } = await it.app.database.pool.query<{ name: string; detail: unknown }>(
      `SELECT "subjectId" AS name, detail FROM "AuditEntry" WHERE event = 'passOver' ORDER BY "subjectId"`,
    );
    expect(rows.find(({ name }) => name === 'digests.daily')?.detail).toMatchObject({
      slots: 2,
      first: '2026-05-29 17:40',
      last: '2026-05-30 17:40',
    });
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    const ran = await it.app.database.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM "ScheduleRun" WHERE name = 'digests.daily' AND slot > $1`,
      [instantAt('2026-05-28', '17:40')],
    );
    expect(ran.rows[0]?.count).toBe(1);
  } finally {
    await it.close();
  }
});
