import type { HealthCheck } from '#core/health';
import { loadCalendar } from '#domain/calendar/store';
import { findOmissions } from '#domain/deadlines/audit-sends';

/** 提醒的诊断 — an auditor beside the scheduler: it believes the items and the records, not the plan. */
export const reminderCheck: HealthCheck = {
  name: '提醒与催办',
  critical: true,
  run: async (tx, now) => {
    const omissions = await findOmissions(tx, await loadCalendar(tx), now);
    if (omissions.length === 0) return { status: 'pass', finding: '该发的都已发出' };
    const shown = omissions.slice(0, 8).map(({ code }) => code);
    return {
      status: 'fail',
      finding: `${omissions.length}项该发的提醒没有发出：${shown.join('、')}${omissions.length > shown.length ? '等' : ''}`,
      hint: '下一次定时（09:05、12:05、15:05、18:05）会补发最高的一级；仍不消失请查看日志里 reminders 开头的行',
    };
  },
};
