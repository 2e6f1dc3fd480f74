import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/long-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    // 一半时间在等数据库和浏览器：两个处理器，四个工人。
    maxWorkers: 4,
    // 一个工人只装一遍程序，跑许多文件：模块里因此不许留下什么。
    isolate: false,
    sequence: { sequencer: LongFirst },
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // 一台机器两种时区都要对：日期一律按北京时间算，与进程的时区无关。
    env: { TZ: 'America/New_York' },
  },
});
