import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '#db/embedded';
import { migrate } from '#db/migrate';
import { reportOf, simulate } from '../simulation/run.ts';
import type { Nightly } from './main.ts';

/** 一年的模拟，几个种子 — `SIMULATION_SEEDS` (1,2,3 by default) and `SIMULATION_DAYS` (a whole year). A seed that fails is named with how to replay it. */
export const nightlySimulation: Nightly = async (say) => {
  const seeds = (process.env.SIMULATION_SEEDS ?? '1,2,3').split(',').map(Number);
  const days = Number(process.env.SIMULATION_DAYS ?? 362);
  const sum = { clicks: 0, messages: 0, crashes: 0, faults: 0, acknowledged: 0 };
  for (const seed of seeds) {
    const dataDir = mkdtempSync(join(tmpdir(), 'shuling-simulation-'));
    // 以 root 运行时，数据库用户也要进得来。
    chmodSync(dataDir, 0o755);
    const server = await startEmbedded({ dataDir, log: () => undefined, durable: false });
    try {
      await migrate(server.url, { log: () => undefined });
      const outcome = await simulate({ seed, days, databaseUrl: server.url });
      say(reportOf(outcome));
      if (outcome.problems.length > 0)
        throw new Error(`种子${seed}：${outcome.problems[0] ?? ''}（npm run simulate -- --seed ${seed} --days ${days}）`);
      sum.clicks += outcome.counts.clicks;
      sum.messages += outcome.counts.messages;
      sum.crashes += outcome.counts.crashes;
      sum.faults += outcome.counts.faults;
      sum.acknowledged += outcome.acknowledged;
    } finally {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  }
  return `${seeds.length}个种子各${days}天：办成${sum.acknowledged}件，点击${sum.clicks}次，消息${sum.messages}条，崩溃${sum.crashes}次，平台故障${sum.faults}次，逐日核对无一不符`;
};
