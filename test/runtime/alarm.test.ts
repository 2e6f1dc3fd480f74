import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { instantAt } from '#core/dates';
import { startTestApp, type TestApp } from '../harness.ts';

// 真的闹钟、真的一分钟，只是不真等：假的计时照常走着，要过一分钟就一下拨过去。
let it: TestApp;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'], shouldAdvanceTime: true });
  it = await startTestApp({ at: '2026-05-28 17:30', alarm: true });
}, 120_000);
afterEach(async () => {
  await it.close();
  vi.useRealTimers();
});

const runs = async (at: string): Promise<string[]> => {
  const slot = instantAt(at.slice(0, 10), at.slice(11));
  const { rows } = await it.app.database.pool.query<{ name: string }>('SELECT name FROM "ScheduleRun" WHERE slot = $1', [slot]);
  return rows.map(({ name }) => name);
};
const aMinuteLater = async (): Promise<void> => {
  await it.settled();
  await vi.advanceTimersByTimeAsync(60_000);
};

test('到了时刻没有人叫，一分钟之内闹钟自己响，那一格办了、记下；定时不转了，没有人问 /readyz，核对自己看见，日志里说出来', async () => {
  it.clock.set(instantAt('2026-05-28', '17:40'));
  expect(await runs('2026-05-28 17:40')).toEqual([]);
  await aMinuteLater();
  await vi.waitFor(async () => expect(await runs('2026-05-28 17:40')).toEqual(['digests.daily']));

  await it.app.scheduler.stop();
  it.clock.set(instantAt('2026-05-29', '09:10'));
  expect(it.logLines.some((line) => line.includes('not ready'))).toBe(false);
  await aMinuteLater();
  await vi.waitFor(() => expect(it.logLines.some((line) => line.includes('not ready'))).toBe(true));
  expect(await runs('2026-05-29 09:05')).toEqual([]);
}, 60_000);
