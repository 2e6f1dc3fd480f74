import { localDateOf } from '#core/dates';
import type { HealthCheck } from '#core/health';
import { loadCalendar } from '#domain/calendar/store';

/** 工作日历的诊断 */
export const calendarCheck: HealthCheck = {
  name: '工作日历',
  run: async (tx, now) => {
    const { knownYears } = await loadCalendar(tx);
    const day = localDateOf(now);
    const year = Number(day.slice(0, 4));
    const hint = '把国务院通知的全文粘贴发给机器人，或发送 holiday-cn 的年度文件';
    if (!knownYears.has(year)) return { status: 'fail', finding: `没有${year}年的放假安排，日期只按周一至周五和法定节假日推算，调休算不到`, hint };
    if (day.slice(5) >= '11-01' && !knownYears.has(year + 1))
      return { status: 'warn', finding: `还没有${year + 1}年的放假安排，跨年的日期为暂定`, hint };
    return { status: 'pass', finding: `${year}年的放假安排齐全` };
  },
};
