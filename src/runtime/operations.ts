import { formatInstant } from '#cards/kit/format';
import { defineFeature, type Feature } from '#core/feature';
import type { HealthCheck } from '#core/health';
import { type Schedule, schedule } from '#core/schedule';
import { findInstallation } from './installation/store.ts';
import { logDays, outboxState, pruneOld } from './outbox/store.ts';
import { missedSlots } from './schedule/missed-slots.ts';
import { findLastSlots, pruneSlots } from './schedule/store.ts';

const minuteMs = 60_000;
/** 14天 */
const cardLifeMs = 14 * 24 * 60 * minuteMs;

/** 发件箱的诊断 */
const outboxCheck: HealthCheck = {
  name: '发件箱',
  run: async (tx, now) => {
    const { due, dead, held, oldestDueMs } = await outboxState(tx, now);
    const waited = Math.round(oldestDueMs / 1000);
    if (oldestDueMs > 5 * minuteMs)
      return {
        status: 'fail',
        finding: `${due}件到期未发，最久的等了${waited}秒`,
        hint: '请查看日志里 outbox 开头的行；多半是平台不通或凭证失效；写着 not known here 的，是回退之前新版写下的，换回新版就发',
      };
    if (held > 0)
      return {
        status: 'warn',
        finding: `${dead}件已放弃，其中${held}件是恢复备份时没有再发的`,
        hint: '发给谁的，恢复时已列出：请他们发送“我的任务”“待审签”“待采纳”查看要办的；没有送到的任务书重新下达，别的由督查室催办',
      };
    if (dead > 0)
      return {
        status: 'warn',
        finding: `${dead}件已放弃`,
        hint: '收件人可能没有账号、停用了机器人、已不在群里，或停机太久、送没送到查不出；详情见日志',
      };
    return { status: 'pass', finding: due === 0 ? '没有积压' : `${due}件正在发送` };
  },
};

/** 归属的诊断 — whose database it is, and whether the seal was changed while cards of the former one are still about. */
const applicationCheck: HealthCheck = {
  name: '应用',
  run: async (tx, now) => {
    const found = await findInstallation(tx);
    if (!found) return { status: 'skip', finding: '程序还没有在这个数据库上启动过' };
    const whose = found.demo ? '演示用的模拟应用' : found.appId;
    const fresh = found.sealedFrom !== null && now.getTime() - found.sealedFrom.getTime() < cardLifeMs;
    if (!found.sealedFrom || !fresh) return { status: 'pass', finding: whose };
    return { status: 'pass', finding: `${whose}；${formatInstant(found.sealedFrom)}换了应用密钥或 SEAL_KEY，之前发的卡片点了会重发一张` };
  },
};

/** 定时的诊断 — reckoned from the declared times and the record of runs; neither the scheduler nor its alarm is asked. */
function scheduleCheck(schedules: readonly Schedule[]): HealthCheck {
  return {
    name: '定时任务',
    critical: true,
    run: async (tx, now) => {
      const last = await findLastSlots(tx, null);
      if (last.size === 0) return { status: 'warn', finding: '还没有运行过', hint: '程序启动一分钟后再看' };
      const [missed, ...others] = missedSlots(schedules, last, now);
      if (!missed) return { status: 'pass', finding: '按时运行' };
      const more = others.length > 0 ? `等${others.length + 1}项` : '';
      return {
        status: 'fail',
        finding: `${missed.name}${more}该在${formatInstant(missed.slot)}运行，没有运行`,
        hint: '请重新启动程序并查看日志里 schedule 开头的行',
      };
    },
  };
}

const retentionMs = logDays * 24 * 60 * minuteMs;

/** 清理 — settled rows older than half a year; the law asks for six months of network logs. */
const housekeeping = schedule('runtime.housekeeping', '40 3 * * *', async (ctx) => {
  await pruneOld(ctx.tx, ctx.now);
  await pruneSlots(ctx.tx, new Date(ctx.now.getTime() - retentionMs));
});

/** 机房 — the engine room's own checks and housekeeping, contributed like those of any feature. */
export function operationsOf(features: readonly Feature[]): Feature {
  const schedules = [housekeeping];
  const all = [...features.flatMap((feature) => feature.schedules ?? []), ...schedules];
  return defineFeature({ name: 'operations', title: '运行', cards: [], checks: [applicationCheck, outboxCheck, scheduleCheck(all)], schedules });
}
