// 夜里的长跑，不是测试：`npm run nightly` 全做，`npm run nightly -- 断电 拆除` 只做这几样。每样报用时和结果，有一样不成就以非零退出。
import { nightlyCrashes } from './crashes.ts';
import { nightlyDoorTiming } from './door-timing.ts';
import { nightlyEveryPoint } from './every-point.ts';
import { nightlyFailingSync } from './failing-sync.ts';
import { nightlyFullDisk } from './full-disk.ts';
import { nightlyFuzz } from './fuzz.ts';
import { nightlyHalls } from './halls.ts';
import { nightlyItemLives } from './item-lives.ts';
import { nightlyLinear } from './linear.ts';
import { nightlyMillion } from './million.ts';
import { nightlyPosts } from './posts.ts';
import { nightlySabotage } from './sabotage.ts';
import { nightlySender } from './sender.ts';
import { nightlySimulation } from './simulation.ts';
import { nightlySlowClients } from './slow-clients.ts';
import { nightlyTrail } from './trail.ts';
import { nightlyUpgrade } from './upgrade.ts';

/** 一样长跑 — resolves with a line for the report. @throws Error when a promise broke */
export type Nightly = (say: (line: string) => void) => Promise<string>;

/** 各样长跑：添一样，添一个文件和这里一行 */
const runs: Readonly<Record<string, Nightly>> = {
  断电: nightlyCrashes,
  逐点: nightlyEveryPoint,
  升级: nightlyUpgrade,
  发件: nightlySender,
  满盘: nightlyFullDisk,
  刷盘: nightlyFailingSync,
  百万: nightlyMillion,
  恶意: nightlyFuzz,
  慢连接: nightlySlowClients,
  快慢: nightlyDoorTiming,
  留痕: nightlyTrail,
  事项: nightlyItemLives,
  场次: nightlyHalls,
  线性: nightlyLinear,
  岗位: nightlyPosts,
  拆除: nightlySabotage,
  模拟: nightlySimulation,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in runs));
if (unknown.length > 0) throw new Error(`没有“${unknown.join('”“')}”，可选：${Object.keys(runs).join('、')}`);
const report: string[] = [];
for (const [name, run] of Object.entries(runs)) {
  if (names.length > 0 && !names.includes(name)) continue;
  process.stderr.write(`— ${name} —\n`);
  const startedMs = performance.now();
  const took = (): string => `${((performance.now() - startedMs) / 60_000).toFixed(1)}分钟`;
  try {
    const line = await run((words) => process.stderr.write(`${words}\n`));
    report.push(`✓ ${name}  ${took()}  ${line}`);
  } catch (error) {
    process.exitCode = 1;
    report.push(`✗ ${name}  ${took()}  ${error instanceof Error ? error.message : String(error)}`);
  }
}
process.stdout.write(`${report.join('\n')}\n`);
