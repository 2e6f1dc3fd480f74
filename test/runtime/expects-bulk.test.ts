import { afterAll, beforeAll, expect, test } from 'vitest';
import { instantAt } from '#core/dates';
import { schedule } from '#core/schedule';
import { createScheduler, type Scheduler } from '#runtime/schedule/scheduler';
import { createLog } from '../../src/log.ts';
import { startTestApp, type TestApp } from '../harness.ts';

let it: TestApp;
let scheduler: Scheduler;
/** 办的当中，问它说了什么 */
const said: boolean[] = [];
beforeAll(async () => {
  it = await startTestApp();
  const sweep = (): Promise<void> => {
    said.push(scheduler.expectsBulk(instantAt('2026-03-02', '11:30')));
    return Promise.resolve();
  };
  const schedules = [schedule('test.bulk', '5 9 * * *', sweep, { bulk: true }), schedule('test.few', '5 10 * * *', sweep)];
  const { clock } = it;
  const log = createLog('warn', () => undefined);
  scheduler = createScheduler({ ...it.app.around, clock, log, schedules, afterRun: () => undefined, alarm: false });
});
afterAll(() => it.close());

test.each([
  ['09:03', false],
  ['09:04', true],
  ['09:05', true],
  ['09:06', false],
  ['10:05', false],
])('全区的一批定在09:05：%s时，等着的人%s', (time, expected) => {
  expect(scheduler.expectsBulk(instantAt('2026-03-02', time))).toBe(expected);
});

test('闹钟晚响、补办错过的一格：办的当中也算，办完就不算；零星的定时从来不算', async () => {
  it.clock.set(instantAt('2026-03-02', '08:00'));
  await scheduler.start();
  it.clock.set(instantAt('2026-03-02', '11:30'));
  await scheduler.tick();
  expect(said).toEqual([true, false]);
  expect(scheduler.expectsBulk(instantAt('2026-03-02', '11:30'))).toBe(false);
});
