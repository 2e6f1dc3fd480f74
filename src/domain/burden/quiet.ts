import type { Context } from '#core/context';
import { addDays, isRealDate, type LocalDate } from '#core/dates';
import { InvalidError } from '#core/errors';
import { assertMay } from '../roster/policy.ts';
import { deleteQuiet, saveQuiet } from './quiet/store.ts';

/** 至多暂停这么多天；再长的，应当委托别人代办 */
const daysMax = 14;

/** 免打扰到某一天 — only what can wait is held back: limits that have come, chases, papers and what others wait for still arrive. */
export async function pauseUntil(ctx: Context, untilOn: LocalDate): Promise<void> {
  assertMay(ctx.actor, 'pauseReminders');
  if (!isRealDate(untilOn)) throw new InvalidError('日期看不懂，请重新选择');
  if (untilOn < ctx.today) throw new InvalidError('这一天已经过去，请另选日期');
  if (untilOn > addDays(ctx.today, daysMax)) throw new InvalidError(`至多暂停${daysMax}天；更久不在岗的，请用“委托”请人代办`);
  await saveQuiet(ctx.tx, { personId: ctx.actor.personId ?? '', untilOn, at: ctx.now });
  ctx.audit.record({ subject: { type: 'person', id: ctx.actor.personId ?? '' }, event: 'pause', after: untilOn });
}

/** 恢复提醒 */
export async function resumeReminders(ctx: Context): Promise<void> {
  assertMay(ctx.actor, 'pauseReminders');
  if (await deleteQuiet(ctx.tx, ctx.actor.personId ?? ''))
    ctx.audit.record({ subject: { type: 'person', id: ctx.actor.personId ?? '' }, event: 'unpause' });
}
