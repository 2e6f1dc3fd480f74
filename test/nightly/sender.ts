import { randomInt } from 'node:crypto';
import type { Nightly } from './main.ts';
import { runVitest } from './run-vitest.ts';

/** 发件的模型 — as by day, with many more and longer runs. */
export const nightlySender: Nightly = async (say) => {
  const runs = process.env.OUTBOX_RUNS ?? '100';
  const length = process.env.OUTBOX_LENGTH ?? '60';
  const seed = process.env.FUZZ_SEED ?? String(randomInt(1, 2 ** 31));
  say(`种子 ${seed}；重放：FUZZ_SEED=${seed} OUTBOX_RUNS=${runs} OUTBOX_LENGTH=${length} npm run nightly -- 发件`);
  await runVitest(['test/runtime/outbox-model.test.ts'], { OUTBOX_RUNS: runs, OUTBOX_LENGTH: length, FUZZ_SEED: seed }, say);
  return `种子${seed}，${runs}段，每段至多${length}步：平台收到的与模型处处相同，没有一次超限`;
};
