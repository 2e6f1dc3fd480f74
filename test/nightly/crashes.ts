import { assertBalanced, buildCrashSite, crashLoop } from '../faults/crash-loop.ts';
import type { Nightly } from './main.ts';

const perSite = 50;

/**
 * 断电几百次 — `CRASH_KILLS` of them, 300 by default; every fifth takes the database with it. A new district for every fifty.
 * `CRASH_HEAP_MB` narrows the program's heap: whoever is short of memory loses nothing either (quality F13).
 */
export const nightlyCrashes: Nightly = async (say) => {
  const wanted = Number(process.env.CRASH_KILLS ?? 300);
  const heapMb = process.env.CRASH_HEAP_MB;
  const narrow = heapMb === undefined ? {} : { heapMb: Number(heapMb) };
  const sum = { kills: 0, databaseKills: 0, acknowledged: 0, brokenConnections: 0, slowestMs: 0 };
  for (let left = wanted; left > 0; left -= perSite) {
    const kills = Math.min(perSite, left);
    const site = await buildCrashSite(kills * 320, narrow);
    try {
      const account = await crashLoop(site, { kills, databaseEvery: 5, lines: 32, progress: say });
      assertBalanced(account);
      sum.kills += account.kills;
      sum.databaseKills += account.databaseKills;
      sum.acknowledged += account.acknowledged;
      sum.brokenConnections += account.brokenConnections;
      sum.slowestMs = Math.max(sum.slowestMs, account.readyMs.max);
      say(JSON.stringify(account));
    } finally {
      await site.close();
    }
  }
  const control = await buildCrashSite(5_000);
  try {
    const { lost, acknowledged } = await crashLoop(control, { kills: 5, ackFirst: true, lines: 64 });
    if (lost === 0) throw new Error('先答后办的对照一件也没有丢：这一夜不算数');
    const { kills, databaseKills, brokenConnections, slowestMs } = sum;
    return `kill -9 ${kills}次（其中${databaseKills}次连同数据库），答应${sum.acknowledged}件，丢0件、重0件、多发0条，断在途中${brokenConnections}件，最慢${slowestMs}毫秒就绪；对照答应${acknowledged}件，丢${lost}件`;
  } finally {
    await control.close();
  }
};
