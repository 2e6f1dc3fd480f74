import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { account, assertBalanced, buildCrashSite, type CrashSite, drained } from '../faults/crash-loop.ts';
import { until } from '../faults/reporters.ts';
import type { Nightly } from './main.ts';

const source = fileURLToPath(new URL('failing-sync.c', import.meta.url));
const faults = Number(process.env.SYNC_FAULTS ?? 10);
/** 两次出错之间至少办成这么多件：确是恢复了 */
const doneBetween = 100;
const lines = 16;
/** 一个人两次之间歇多久，毫秒 */
const restMs = 30;

/** 刷盘出错 — the disk says that it could not keep what it was told to (F10): nothing that was acknowledged is lost, and work goes on by itself. */
export const nightlyFailingSync: Nightly = async (say) => {
  const folder = mkdtempSync(join(tmpdir(), 'shuling-sync-'));
  // 数据库用户要删得掉那个文件。
  chmodSync(folder, 0o777);
  const shim = join(folder, 'failing-sync.so');
  const armed = join(folder, 'armed');
  const compiled = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', shim, source, '-ldl'], { encoding: 'utf8' });
  if (compiled.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    return `没有做：这里没有 C 编译器（apt-get install -y gcc libc6-dev）${compiled.stderr ?? ''}`;
  }
  Object.assign(process.env, { LD_PRELOAD: shim, FAIL_SYNC: armed });
  try {
    const site = await buildCrashSite(20_000);
    // 只有数据库带着它；程序不带。
    delete process.env.LD_PRELOAD;
    try {
      return await fail(site, armed, say);
    } finally {
      await site.close();
    }
  } finally {
    delete process.env.LD_PRELOAD;
    delete process.env.FAIL_SYNC;
    rmSync(folder, { recursive: true, force: true });
  }
};

async function fail(site: CrashSite, armed: string, say: (line: string) => void): Promise<string> {
  const child = await site.start();
  const people = site.reporters();
  const shift = people.begin({ target: () => child.url, lines, restMs });
  for (let nth = 1; nth <= faults; nth += 1) {
    const { size } = people.acknowledged;
    await until(() => people.acknowledged.size >= size + doneBetween);
    writeFileSync(armed, '');
    await until(() => !existsSync(armed));
    say(`第${nth}次出错之前答应了${people.acknowledged.size}件`);
  }
  const { size } = people.acknowledged;
  await until(() => people.acknowledged.size >= size + doneBetween);
  await shift.stop();
  await drained(site);
  await child.stop();
  // 数据库没有因此倒下，就没有什么可看的。
  const panics = readFileSync(join(site.world.dataDir, 'postgres.log'), 'utf8').match(/PANIC: {2}could not f(?:data)?sync/g)?.length ?? 0;
  if (panics < faults) throw new Error(`只有${panics}次让数据库停下，不算数`);
  const { acknowledged, seen } = people;
  assertBalanced(await account(site, acknowledged));
  return `刷盘出错${faults}次，数据库每次都停下重来：共答应${acknowledged.size}件，拒${seen.refused}件、断${seen.broken}件；丢0件、重0件，程序没有重启，留痕完好`;
}
