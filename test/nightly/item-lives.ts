import { randomInt } from 'node:crypto';
import type { Nightly } from './main.ts';
import { runVitest } from './run-vitest.ts';

/** 事项的一生 — the model of an item's whole life, as by day but with many more lives. */
export const nightlyItemLives: Nightly = async (say) => {
  const runs = process.env.ITEM_RUNS ?? '200';
  const seed = process.env.FUZZ_SEED ?? String(randomInt(1, 2 ** 31));
  say(`种子 ${seed}；重放：FUZZ_SEED=${seed} ITEM_RUNS=${runs} npm run nightly -- 事项`);
  await runVitest(['test/features/item-model.test.ts'], { ITEM_RUNS: runs, FUZZ_SEED: seed }, say);
  return `种子${seed}，${runs}段，台账与模型处处相同`;
};
