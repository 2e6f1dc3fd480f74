import { randomInt } from 'node:crypto';
import type { Nightly } from './main.ts';
import { runVitest } from './run-vitest.ts';

/** 述职现场 — the model of a review session, as by day but with many more halls. */
export const nightlyHalls: Nightly = async (say) => {
  const runs = process.env.HALL_RUNS ?? '300';
  const seed = process.env.FUZZ_SEED ?? String(randomInt(1, 2 ** 31));
  say(`种子 ${seed}；重放：FUZZ_SEED=${seed} HALL_RUNS=${runs} npm run nightly -- 场次`);
  await runVitest(['test/features/review-model.test.ts'], { HALL_RUNS: runs, FUZZ_SEED: seed }, say);
  return `种子${seed}，${runs}场，会场与模型处处相同`;
};
