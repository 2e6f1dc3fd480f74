import type { Nightly } from './main.ts';
import { runVitest } from './run-vitest.ts';

/** 慢连接 — two thousand that say one byte a second and two hundred that say nothing (quality L7): the same test as by day, at full size and with a limit for the p99. */
export const nightlySlowClients: Nightly = async (say) => {
  const env = { SLOW_CLIENTS: process.env.SLOW_CLIENTS ?? '2200', CALLBACK_P99_MS: process.env.CALLBACK_P99_MS ?? '300' };
  await runVitest(['test/http/connections.test.ts'], env, say);
  return `${env.SLOW_CLIENTS}条慢连接占着，回调照答，p99 在${env.CALLBACK_P99_MS}毫秒以内`;
};
