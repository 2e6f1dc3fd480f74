import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { account, assertBalanced, buildCrashSite, type CrashSite, drained } from '../faults/crash-loop.ts';
import { until } from '../faults/reporters.ts';
import type { Nightly } from './main.ts';

/** 盘的大小：数据库初建约 60 MB，写前日志要几段各 16 MB */
const diskMb = 400;
const lines = 16;
/** 一个人两次之间歇多久，毫秒 */
const restMs = 30;
/** 写满之后至少被拒这么多次，才算看清楚 */
const refusedWanted = 60;

/** 满盘 — a small file system of its own, really filled: what cannot be kept is refused, nothing acknowledged is lost, and with room again it goes on. */
export const nightlyFullDisk: Nightly = async (say) => {
  const disk = mkdtempSync(join(tmpdir(), 'shuling-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMb}m,mode=755`, 'tmpfs', disk]);
  if (mounted.status !== 0) {
    rmSync(disk, { recursive: true, force: true });
    return '没有做：这里不许挂盘（要 root）';
  }
  const before = process.env.TMPDIR;
  process.env.TMPDIR = disk;
  try {
    const site = await buildCrashSite(6_000);
    try {
      return await fill(site, join(disk, 'ballast'), say);
    } finally {
      await site.close();
    }
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    spawnSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
  }
};

async function fill(site: CrashSite, ballast: string, say: (line: string) => void): Promise<string> {
  const child = await site.start();
  const people = site.reporters();
  const shift = people.begin({ target: () => child.url, lines, restMs });
  await until(() => people.acknowledged.size >= 200);
  say(`写满之前答应了${people.acknowledged.size}件`);
  writeAll(ballast);
  await until(() => people.seen.refused + people.seen.broken >= refusedWanted);
  const answered = people.acknowledged.size;
  say(`盘已写满：拒了${people.seen.refused}件、断了${people.seen.broken}件`);
  rmSync(ballast);
  await shift.stop();
  await child.stop();
  // 写前日志写不下去，数据库自己会停：有了地方，照平常的样子起来。
  const again = await site.start();
  await drained(site);
  await again.stop();
  const { acknowledged, seen } = people;
  assertBalanced(await account(site, acknowledged));
  return `写满${diskMb} MB 的盘：满之前后共答应${acknowledged.size}件（满时${answered}件），拒${seen.refused}件、断${seen.broken}件；丢0件、重0件，腾出地方之后照常，留痕完好`;
}

/** 写满 — to the last block. */
function writeAll(file: string): void {
  const handle = openSync(file, 'w');
  for (let block = 1024 * 1024; block >= 512; ) {
    try {
      if (writeSync(handle, Buffer.alloc(block, 7)) < block) block = Math.floor(block / 2);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      block = Math.floor(block / 2);
    }
  }
  closeSync(handle);
}
