import { randomInt } from 'node:crypto';
import type { Nightly } from './main.ts';
import { runVitest } from './run-vitest.ts';

/** 逐点断电 — the same story as by day, cut at every point, and at pairs of points drawn by a seed. */
export const nightlyEveryPoint: Nightly = async (say) => {
  const pairs = process.env.POINT_PAIRS ?? '200';
  const seed = process.env.FUZZ_SEED ?? String(randomInt(1, 2 ** 31));
  say(`种子 ${seed}；重放：FUZZ_SEED=${seed} POINT_PAIRS=${pairs} npm run nightly -- 逐点`);
  await runVitest(['test/faults/every-point.test.ts'], { POINTS: 'all', POINT_PAIRS: pairs, FUZZ_SEED: seed }, say);
  return `每一处断点各断一次，另有${pairs}对（种子${seed}）：账都与没断过的一样`;
};
