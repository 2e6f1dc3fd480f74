import { noticeCard } from '#cards/system/notice.card';
import type { Context } from '#core/context';
import { schedule } from '#core/schedule';
import { statutoryDays } from '#domain/calendar/statutory';
import { loadCalendar } from '#domain/calendar/store';
import { isWorkingDay } from '#domain/calendar/working-days';
import { findHolders } from '#domain/roster/store';

/**
 * 缺放假安排 — the administrators are told on the first working day of each month that it is missing: of next year from December, of this year
 * as long as it lasts. Once a month is no nagging, and whoever put it off in December hears of it again in January.
 */
export const warnOfMissingYears = schedule('calendar.warn', '5 9 * * *', async (ctx) => {
  const calendar = await loadCalendar(ctx.tx);
  if (!isWorkingDay(calendar, ctx.today)) return;
  const thisYear = Number(ctx.today.slice(0, 4));
  const missing = [thisYear, ...(ctx.today.slice(5) >= '12-01' ? [thisYear + 1] : [])].filter((year) => !calendar.knownYears.has(year));
  if (missing.length === 0) return;
  const people = await keepersOf(ctx);
  for (const year of missing) {
    const cardKey = missingKey(year);
    for (const person of people)
      ctx.outbox.sendCard({
        ...{ to: { person }, cardKey, card: missingCard(year), priority: 'reminder' },
        dedupeKey: `${cardKey}:${ctx.today.slice(0, 7)}:${person}`,
      });
  }
});

/** 不再缺了 — the warnings that were sent say so. */
export function settleWarnings(ctx: Context, year: number): void {
  const card = noticeCard({ title: `${year}年放假安排已导入`, text: `时限和提醒已按通知重算；发送“日历 ${year}”可查看。`, tone: 'success' });
  ctx.outbox.updateCard({ cardKey: missingKey(year), card });
}

const missingKey = (year: number): string => `calendar-missing:${year}`;

/** 系统管理员没有一个收得到的，就告诉督查室：它也能导入。 */
async function keepersOf(ctx: Context): Promise<string[]> {
  const holders = await findHolders(ctx.tx, { roles: ['administrator', 'inspector', 'chiefInspector'] }, ctx.today);
  const reached = holders.flatMap(({ openId, role }) => (openId === null ? [] : [{ openId, role }]));
  const administrators = reached.filter(({ role }) => role === 'administrator');
  return [...new Set((administrators.length > 0 ? administrators : reached).map(({ openId }) => openId))];
}

function missingCard(year: number) {
  const assumed = [...new Set(statutoryDays(year).flatMap(({ name }) => name.split('、')))].join('、');
  return noticeCard({
    title: `缺${year}年放假安排`,
    text: `${year}年的放假安排还没有导入：${assumed}的法定假日先按休息算，调休算不到，该年的时限都写明暂定。国务院通知发布后，把全文粘贴发给我，核对后导入；发送“日历 ${year}”可查看。`,
    tone: 'warning',
  });
}
