import { describe, expect, test } from 'vitest';
import { addDays } from '#core/dates';
import { seedDays } from '#domain/calendar/seed';
import { type Calendar, isWorkingDay } from '#domain/calendar/working-days';
import { feedbackDayFor, feedbackLateDays, feedbackOpensOn, isSamePeriod, nextFeedbackDay, openFeedbackDay } from '#domain/deadlines/feedback-days';
import { fc } from '../fast-check.ts';

const calendar: Calendar = { exceptions: new Map(seedDays().map((day) => [day.date, day])), knownYears: new Set([2025, 2026]) };

describe('反馈日', () => {
  test.each([
    ['monthly', '2026-05-29', '2026-06-25', '每月25日'],
    ['monthly', '2026-06-25', '2026-07-24', '25日是周六：提前到周五'],
    ['monthly', '2026-08-25', '2026-09-24', '25日放假：提前到24日'],
    ['monthly', '2026-09-24', '2026-10-23', '提前过的这一期不再来一次'],
    ['monthly', '2026-12-25', '2027-01-25', '跨年'],
    ['quarterly', '2026-05-29', '2026-06-25', '季末月25日'],
    ['quarterly', '2026-06-25', '2026-09-24', '季末月25日放假'],
    ['quarterly', '2026-12-25', '2027-03-25', '跨年'],
    ['quarterly', '2026-01-05', '2026-03-25', '一季度'],
    ['quarterly', '2026-09-30', '2026-12-25', '四季度'],
    ['quarterly', '2026-11-30', '2026-12-25', '已到季末月'],
    ['weekly', '2026-05-05', '2026-05-08', '周六调休上班，仍是周五'],
    ['weekly', '2026-05-29', '2026-06-05', '每周五'],
    ['weekly', '2026-06-12', '2026-06-18', '周五放假（端午）：提前到周四'],
    ['weekly', '2026-09-24', '2026-09-30', '周五在国庆假期里：提前到9月30日'],
    ['weekly', '2026-09-30', '2026-10-09', '节后第一个周五'],
  ])('%s，%s之后是%s（%s）', (period, after, expected) => {
    expect(nextFeedbackDay(calendar, period, after)).toBe(expected);
  });

  test('反馈日前三个工作日提醒：6月25日的在6月22日（端午在前）', () => {
    expect(feedbackOpensOn(calendar, '2026-06-25')).toBe('2026-06-22');
    expect(feedbackOpensOn(calendar, '2026-09-24')).toBe('2026-09-21');
  });

  test.each<[string | null, string, string]>([
    [null, '2026-06-25', '从未反馈：下达后的第一个反馈日'],
    ['2026-06-18', '2026-06-25', '窗口还没开：是平时的数，这一期仍要报'],
    ['2026-06-22', '2026-07-24', '窗口当天就算'],
    ['2026-06-26', '2026-07-24', '迟报的也算这一期'],
    ['2026-07-20', '2026-07-24', '下一期的窗口还没开：仍算上一期'],
    ['2026-07-21', '2026-08-25', '下一期的窗口已开'],
  ])('最近反馈在%s，该报的是%s（%s）', (lastReportedOn, expected) => {
    expect(openFeedbackDay(calendar, { period: 'monthly', startOn: '2026-05-29', lastReportedOn })).toBe(expected);
  });

  test.each([
    ['2026-06-25', 0],
    ['2026-06-26', 1],
    ['2026-06-27', 1],
    ['2026-06-29', 2],
    ['2026-07-01', 4],
  ])('从未反馈，到%s迟了%i个工作日', (today, late) => {
    expect(feedbackLateDays(calendar, { period: 'monthly', startOn: '2026-05-29', lastReportedOn: null, today })).toBe(late);
  });

  test.each<[string, string, string, boolean, string]>([
    ['monthly', '2026-09-24', '2026-09-25', true, '同一个月，日历改了挪过一天'],
    ['monthly', '2026-09-25', '2026-09-28', false, '过了25日是下一期'],
    ['quarterly', '2026-04-01', '2026-06-25', true, '同一季'],
    ['quarterly', '2026-06-25', '2026-06-26', false, '过了季末的25日'],
    ['weekly', '2026-05-06', '2026-05-08', true, '同一周'],
    ['weekly', '2026-05-08', '2026-05-09', false, '周六算下一周'],
  ])('%s：%s与%s是同一期：%s（%s）', (period, left, right, same) => {
    expect([isSamePeriod(period, left, right), isSamePeriod(period, right, left)]).toEqual([same, same]);
  });

  test('反馈日总是工作日、逐次往后；每一天的反馈都归到窗口最近打开的那一期', () => {
    const days = fc.integer({ min: 0, max: 600 }).map((n) => addDays('2025-03-01', n));
    fc.assert(
      fc.property(fc.constantFrom('weekly', 'monthly', 'quarterly'), days, days, (period, startOn, day) => {
        const next = nextFeedbackDay(calendar, period, day);
        expect(next > day && isWorkingDay(calendar, next)).toBe(true);
        const answered = feedbackDayFor(calendar, period, { startOn, day });
        if (answered === null) expect(feedbackOpensOn(calendar, nextFeedbackDay(calendar, period, startOn)) > day || startOn > day).toBe(true);
        else {
          expect(feedbackOpensOn(calendar, answered) <= day && answered > startOn).toBe(true);
          expect(feedbackOpensOn(calendar, nextFeedbackDay(calendar, period, answered)) > day).toBe(true);
        }
      }),
    );
  });
});
