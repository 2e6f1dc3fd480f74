import { randomInt } from 'node:crypto';
import type { Nightly } from './main.ts';
import { runVitest } from './run-vitest.ts';

/** 恶意的点击、投递和表格 — the same tests as by day, with many more runs. */
export const nightlyFuzz: Nightly = async (say) => {
  const runs = process.env.FUZZ_RUNS ?? '20000';
  const seed = process.env.FUZZ_SEED ?? String(randomInt(1, 2 ** 31));
  say(`种子 ${seed}；重放：FUZZ_SEED=${seed} npm run nightly -- 恶意`);
  await runVitest(
    [
      ...['test/faults/attackers.test.ts', 'test/http/webhook-fuzz.test.ts', 'test/cards/escape.test.ts'],
      ...['test/domain/import-fuzz.test.ts', 'test/runtime/workbook-fuzz.test.ts'],
    ],
    { FUZZ_RUNS: runs, FUZZ_SEED: seed },
    say,
  );
  return `种子${seed}，恶意点击${runs}次，没有一个 5xx，外人什么也没改动；改坏的表读出的都在上限之内，其余都说得出原因`;
};
