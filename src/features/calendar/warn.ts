import { noticeCard } from '#cards/system/notice.card';
import { schedule } from '#core/schedule';
import { loadCalendar } from '#domain/calendar/store';
import { isWorkingDay } from '#domain/calendar/working-days';
import { findHolders } from '#domain/roster/store';

/** 缺放假安排 — the administrators are told once a year: of next year from 1 December, of this year as soon as it is missing. */
export const warnOfMissingYears = schedule('calendar.warn', '5 9 * * *', async (ctx) => {
  const calendar = await loadCalendar(ctx.tx);
  if (!isWorkingDay(calendar, ctx.today)) return;
  const thisYear = Number(ctx.today.slice(0, 4));
  const missing = [thisYear, ...(ctx.today.slice(5) >= '12-01' ? [thisYear + 1] : [])].filter((year) => !calendar.knownYears.has(year));
  if (missing.length === 0) return;
  const administrators = await findHolders(ctx.tx, { roles: ['administrator'] }, ctx.today);
  for (const year of missing) {
    const card = noticeCard({
      title: `缺${year}年放假安排`,
      text: `还没有${year}年的放假安排，该年的时限和提醒只按周一至周五推算，都写明暂定。国务院通知发布后，把全文粘贴发给我，核对后导入；发送“日历 ${year}”可查看。`,
      tone: 'warning',
    });
    for (const { openId } of administrators) {
      const key = `calendar-missing:${year}:${openId}`;
      if (openId) ctx.outbox.sendCard({ to: { person: openId }, cardKey: key, card, dedupeKey: key, priority: 'reminder' });
    }
  }
});
