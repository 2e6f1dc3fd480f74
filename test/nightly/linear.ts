import { randomInt } from 'node:crypto';
import type { Nightly } from './main.ts';
import { runVitest } from './run-vitest.ts';

/** 线性化 — histories of eight clients at once, as by day but many more. */
export const nightlyLinear: Nightly = async (say) => {
  const histories = process.env.LINEAR_HISTORIES ?? '500';
  const seed = process.env.FUZZ_SEED ?? String(randomInt(1, 2 ** 31));
  say(`种子 ${seed}；同样的举动再来一遍（交错仍由机器定）：FUZZ_SEED=${seed} LINEAR_HISTORIES=${histories} npm run nightly -- 线性`);
  await runVitest(['test/features/linear.test.ts'], { LINEAR_HISTORIES: histories, FUZZ_SEED: seed }, say);
  return `种子${seed}，投票、办事各${histories}段，都有说得通的先后`;
};
