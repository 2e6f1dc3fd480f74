import { openReminder } from '#cards/reminders/actions';
import { reminderCard } from '#cards/reminders/reminder.card';
import { on } from '#core/click';
import type { Context } from '#core/context';
import { ForbiddenError, NotFoundError } from '#core/errors';
import { passedOver, schedule } from '#core/schedule';
import { countAutomaticOn, messagesPerDayMax } from '#domain/burden/store';
import { isSendingTime, nextSendingInstant } from '#domain/calendar/sending-hours';
import { loadCalendar } from '#domain/calendar/store';
import { isDraftOnly, needsReply } from '#domain/deadlines/ladder-policy';
import { saveNextLooks, wakePlans } from '#domain/deadlines/plan/store';
import { collectRun, looksAfter, type Run, type Sending } from '#domain/deadlines/run';
import { findPeopleReminded, findReminderCard, insertSends } from '#domain/deadlines/sends/store';
import { lockItem } from '#domain/work-items/store';
import { sendReminders } from './send.ts';
import { readAround, readableLines, reminderProps } from './views.ts';

const scheduleName = 'reminders.remind';
const lateMaxMs = 10 * 60_000;

/**
 * 提醒 — 09:05 on working days; the later slots make up for a 09:05 at which the service was down. A slot is run at its own time
 * only: right after a start the answers that people gave meanwhile are still on their way, and nobody is chased for what he has done.
 */
export const remindDaily = schedule(
  scheduleName,
  '5 9,12,15,18 * * *',
  async (ctx, slot) => {
    const calendar = await loadCalendar(ctx.tx);
    if (!isSendingTime(calendar, ctx.now)) return;
    if (ctx.now.getTime() - slot.getTime() >= lateMaxMs) {
      // 到点时不在：照实记下，到下一格再发。
      ctx.audit.record(passedOver(scheduleName, [slot], '起来已过了这一格，并入下一格'));
      return;
    }
    const run = await collectRun(ctx.tx, calendar, ctx.now);
    const { sendable, heldIds } = await withinDailyCap(ctx, run);
    // 事项先锁，提醒计划后锁：改事项的也是先事项、后（由触发器）计划，次序反了就互等。
    for (const itemId of toDraft(sendable)) await lockItem(ctx.tx, itemId);
    const sent = await insertSends(ctx.tx, sendable);
    recordUrges(ctx, sent);
    await sendReminders(ctx, sent, { urgedBy: null });
    await draftOrders(ctx, sent);
    const tomorrow = nextSendingInstant(calendar, ctx.now);
    await saveNextLooks(
      ctx.tx,
      (await looksAfter(calendar, run)).map((look) => (heldIds.has(look.itemId) ? { ...look, nextAt: tomorrow } : look)),
    );
  },
  { bulk: true },
);

/** 翻页 — drawn anew, so that what was answered meanwhile shows; what has gone to somebody else meanwhile does not. */
export const onOpenReminder = on(openReminder, async (ctx, { cardId, page }) => {
  const stored = await findReminderCard(ctx.tx, cardId);
  if (!stored) throw new NotFoundError('这张提醒已经清理，请发送“我的任务”查看');
  const around = await readAround(
    ctx,
    stored.lines.map(({ subjectId }) => subjectId),
  );
  const urgedBy = stored.auto ? null : stored.byName;
  const entries = readableLines(around, ctx.actor, stored.lines);
  if (entries.length === 0) throw new ForbiddenError('这张提醒上的事现在不由您办，请发送“我的任务”查看', `reminder ${cardId} is another's now`);
  return { card: reminderCard(reminderProps(around, { cardId, personName: ctx.actor.name, urgedBy, page, entries })) };
});

/** 当天已有一张提醒卡、或超过每日上限的，整项留到下一个工作日：一步要么都告诉，要么都不告诉。 */
async function withinDailyCap(ctx: Context, { sendings }: Run): Promise<{ sendable: Sending[]; heldIds: ReadonlySet<string> }> {
  const people = [...new Set(sendings.flatMap(({ recipients }) => recipients.map(({ openId }) => openId)))];
  const counts = await countAutomaticOn(ctx.tx, ctx.today, people);
  const personIds = [...new Set(sendings.flatMap(({ recipients }) => recipients.map(({ personId }) => personId)))];
  const reminded = await findPeopleReminded(ctx.tx, { day: ctx.today, personIds, before: ctx.now });
  const full = ({ recipients }: Sending): boolean =>
    recipients.some(({ personId, openId }) => reminded.has(personId) || (counts.get(openId ?? '') ?? 0) >= messagesPerDayMax);
  const heldIds = new Set(sendings.filter(full).map(({ subjectId }) => subjectId));
  return { sendable: sendings.filter(({ subjectId }) => !heldIds.has(subjectId)), heldIds };
}

/** 到期以后的催办进事项的经过；到期之前的提醒只在提醒记录里。 */
function recordUrges(ctx: Context, sent: readonly Sending[]): void {
  for (const { subjectId, level, step, recipients, known } of sent) {
    if (level === null || !needsReply(level)) continue;
    const to = recipients.map(({ name }) => name);
    const { passed } = known;
    ctx.audit.record({
      subject: { type: 'workItem', id: subjectId },
      event: 'urge',
      after: level,
      detail: { step, to, ...(passed ? { passed } : {}) },
    });
  }
}

/** 日历变了 — nobody is written to because of it: what falls due by the new calendar comes with the next merged card. */
export async function onCalendarChanged(ctx: Context): Promise<string | null> {
  await wakePlans(ctx.tx);
  return '提醒和反馈日按新的安排重算，已发过的不重发';
}

function toDraft(sendings: readonly Sending[]): string[] {
  return sendings.filter(({ level }) => level !== null && isDraftOnly(level)).map(({ subjectId }) => subjectId);
}

/** 拟督办令 — the step is recorded like the others, with what was known; the draft belongs to the feature of orders. */
async function draftOrders(ctx: Context, sent: readonly Sending[]): Promise<void> {
  const itemIds = toDraft(sent);
  if (itemIds.length === 0) return;
  for (const { orderDue } of ctx.contributions.features) await orderDue?.(ctx, itemIds);
}
