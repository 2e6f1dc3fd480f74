import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // 一台机器两种时区都要对：日期一律按北京时间算，与进程的时区无关。
    env: { TZ: 'America/New_York' },
  },
});
