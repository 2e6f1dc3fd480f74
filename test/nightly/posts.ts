import { randomInt } from 'node:crypto';
import type { Nightly } from './main.ts';
import { runVitest } from './run-vitest.ts';

/** 岗位 — people and posts change while things wait, in any order; as by day but with many more sequences. */
export const nightlyPosts: Nightly = async (say) => {
  const runs = process.env.POSTS_RUNS ?? '100';
  const seed = process.env.FUZZ_SEED ?? String(randomInt(1, 2 ** 31));
  say(`种子 ${seed}；重放：FUZZ_SEED=${seed} POSTS_RUNS=${runs} npm run nightly -- 岗位`);
  await runVitest(['test/features/posts-model.test.ts'], { POSTS_RUNS: runs, FUZZ_SEED: seed }, say);
  return `种子${seed}，${runs}段，谁办得了、什么在等谁，与模型处处相同`;
};
