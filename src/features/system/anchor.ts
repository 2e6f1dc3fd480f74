import { formatTime } from '#cards/kit/format';
import { localDateOf } from '#core/dates';
import type { HealthCheck } from '#core/health';
import { schedule } from '#core/schedule';
import { auditHead } from '#domain/audit/store';
import { isQuiet } from '#domain/calendar/sending-hours';
import { loadCalendar } from '#domain/calendar/store';
import { chatOf } from '#domain/roster/store';

/** 存证群的用途，绑定本群时说的词是“存证群” */
const purpose = 'audit';

/**
 * 留痕存证 — the head of the trail goes out of the database every working day, as a text in a group of its own: whoever cuts the tail off
 * or writes everything anew can not reach what was said there (quality S18).
 */
export const anchorTrail = schedule('system.anchor-trail', '30 8 * * *', async (ctx) => {
  if (isQuiet(await loadCalendar(ctx.tx), ctx.now)) return;
  const chat = await chatOf(ctx.tx, purpose);
  const { seq, hash } = await auditHead(ctx.tx);
  if (chat === null || seq === 0n) return;
  const [, month, day] = localDateOf(ctx.now).split('-').map(Number);
  const anchor = `${seq}:${hash}`;
  const text = `留痕存证 ${month}月${day}日${formatTime(ctx.now)}：共${seq}条，锚 ${anchor}\n请不要删除。核对：npm run cli -- audit verify --anchor ${anchor}`;
  ctx.outbox.sendText({ to: { chat }, text, dedupeKey: `audit-anchor:${ctx.today}`, priority: 'digest' });
});

/** 诊断：留痕存证 */
export const anchorCheck: HealthCheck = {
  name: '留痕存证',
  run: async (tx) =>
    (await chatOf(tx, purpose)) === null
      ? {
          status: 'skip',
          finding: '没有存证群，留痕的锚要人抄存',
          hint: '请把机器人拉进有机房之外的人（如纪检、档案）在的群，@机器人发送“绑定本群 存证群”，每个工作日8:30发一条；或定期运行 npm run cli -- audit verify 抄下锚',
        }
      : { status: 'pass', finding: '每个工作日8:30发到存证群' },
};
