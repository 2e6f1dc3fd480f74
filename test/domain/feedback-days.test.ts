import { describe, expect, test } from 'vitest';
import { addDays } from '#core/dates';
import { seedDays } from '#domain/calendar/seed';
import { type Calendar, isWorkingDay } from '#domain/calendar/working-days';
import {
  answeredDay,
  feedbackDayFor,
  feedbackLateDays,
  feedbackOpensOn,
  isSamePeriod,
  nextFeedbackDay,
  openFeedbackDay,
} from '#domain/deadlines/feedback-days';
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
    expect([isSamePeriod(calendar, period, [left, right]), isSamePeriod(calendar, period, [right, left])]).toEqual([same, same]);
  });

  describe('日历后来改了', () => {
    const changed = (date: string, kind: 'off' | 'work', since: string): Calendar => ({
      ...calendar,
      exceptions: new Map([...calendar.exceptions, [date, { kind, name: '本区调整', local: true, since }]]),
    });
    const monthly = { period: 'monthly', startOn: '2026-05-29' };

    test('10月20日窗口一开就报了；21日才定24日（周六）上班，反馈日挪到24日、窗口晚开一天：报过的仍算这一期', () => {
      const saturday = changed('2026-10-24', 'work', '2026-10-21');
      expect(openFeedbackDay(calendar, { ...monthly, lastReportedOn: '2026-10-20' })).toBe('2026-11-25');
      expect([nextFeedbackDay(saturday, 'monthly', '2026-10-01'), feedbackOpensOn(saturday, '2026-10-24')]).toEqual(['2026-10-24', '2026-10-21']);
      expect(openFeedbackDay(saturday, { ...monthly, lastReportedOn: '2026-10-20' })).toBe('2026-11-25');
      expect(answeredDay(saturday, 'monthly', { startOn: monthly.startOn, day: '2026-10-20' })).toBe('2026-10-24');
      // 窗口那时也没有开的，是平时的数；早就定了上班的，照现在的窗口。
      expect(openFeedbackDay(saturday, { ...monthly, lastReportedOn: '2026-10-19' })).toBe('2026-10-24');
      expect(openFeedbackDay(changed('2026-10-24', 'work', '2026-10-09'), { ...monthly, lastReportedOn: '2026-10-20' })).toBe('2026-10-24');
      // 当天上午报、下午才定上班的，也算。
      expect(openFeedbackDay(changed('2026-10-24', 'work', '2026-10-20'), { ...monthly, lastReportedOn: '2026-10-20' })).toBe('2026-11-25');
    });

    test.each([
      ['2026-08-25', '2026-08-26', '当天上午宣布停工：顺延到26日'],
      ['2026-08-24', '2026-08-26', '前一天傍晚宣布：24日已经过去，也顺延'],
      ['2026-08-21', '2026-08-24', '早几天定的：提前到24日，与放假一样'],
    ])('8月25日停工，%s宣布：反馈日是%s（%s）', (since, expected) => {
      const storm = changed('2026-08-25', 'off', since);
      expect(nextFeedbackDay(storm, 'monthly', '2026-08-01')).toBe(expected);
      expect(nextFeedbackDay(storm, 'monthly', expected)).toBe('2026-09-24');
      expect(isSamePeriod(storm, 'monthly', ['2026-08-25', expected])).toBe(true);
      expect(isSamePeriod(storm, 'monthly', [expected, '2026-09-24'])).toBe(false);
    });

    test('连停两天，第二天看，反馈日仍在后面；报了的算这一期，没报的过了那天才算迟', () => {
      const two = changed('2026-08-25', 'off', '2026-08-25').exceptions;
      const storm: Calendar = {
        ...calendar,
        exceptions: new Map([...two, ['2026-08-26', { kind: 'off', name: '台风停工', local: true, since: '2026-08-25' }]]),
      };
      expect(nextFeedbackDay(storm, 'monthly', '2026-08-26')).toBe('2026-08-27');
      for (const day of ['2026-08-20', '2026-08-25', '2026-08-27']) {
        expect(openFeedbackDay(storm, { ...monthly, lastReportedOn: day })).toBe('2026-09-24');
      }
      expect(feedbackLateDays(storm, { ...monthly, lastReportedOn: '2026-07-23', today: '2026-08-27' })).toBe(0);
      expect(feedbackLateDays(storm, { ...monthly, lastReportedOn: '2026-07-23', today: '2026-08-28' })).toBe(1);
    });
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
