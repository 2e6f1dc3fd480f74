import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { instantAt } from '#core/dates';
import { startTestApp, type TestApp } from '../harness.ts';

// 真的闹钟、真的一分钟，只是不真等：假的计时照常走着，要过一分钟就一步步很快地走过去。
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

/** 到了才停，至多65秒：一步四分之一秒，步与步之间真的问一次数据库，正办着的不会凭空超时 */
async function within65Seconds(reached: () => Promise<boolean>): Promise<boolean> {
  await it.settled();
  const until = Date.now() + 65_000;
  while (!(await reached())) {
    if (Date.now() > until) return false;
    await vi.advanceTimersByTimeAsync(250);
  }
  return true;
}

test('到了时刻没有人叫，一分钟之内闹钟自己响，那一格办了、记下；定时不转了，没有人问 /readyz，核对自己看见，日志里说出来', async () => {
  it.clock.set(instantAt('2026-05-28', '17:40'));
  expect(await runs('2026-05-28 17:40')).toEqual([]);
  expect(await within65Seconds(async () => (await runs('2026-05-28 17:40')).includes('digests.daily'))).toBe(true);

  await it.app.scheduler.stop();
  it.clock.set(instantAt('2026-05-29', '09:10'));
  expect(it.logLines.some((line) => line.includes('not ready'))).toBe(false);
  const seen = async (): Promise<boolean> => (await runs('2026-05-29 09:05')).length === 0 && it.logLines.some((line) => line.includes('not ready'));
  expect(await within65Seconds(seen)).toBe(true);
  expect(it.logLines.find((line) => line.includes('not ready'))).toContain('该在5月29日（周五）09:05运行，没有运行');
}, 120_000);
