import { addDays, type LocalDate, weekdayOf } from '#core/dates';
import { remembered } from '../calendar/remembered.ts';
import { addWorkingDays, type Calendar, workingDayOnOrBefore, workingDaysBetween } from '../calendar/working-days.ts';

/** 每月、每季度在25日，每周在周五；遇休息日提前到前一个工作日。 */
const dayOfMonth = 25;
const friday = 5;
const quarterEnds = [3, 6, 9, 12];

/** 反馈日之前几个工作日提醒；从这天起的反馈才算这一期的，早先的是平时的数。 */
const feedbackOpensBeforeDays = 3;

/** 下一个反馈日 — the first one after `day`. @param period weekly | monthly | quarterly */
export function nextFeedbackDay(calendar: Calendar, period: string, day: LocalDate): LocalDate {
  return remembered(calendar, `next ${period} ${day}`, () => findNext(calendar, period, day));
}

function findNext(calendar: Calendar, period: string, day: LocalDate): LocalDate {
  for (let nominal = day; ; nominal = nextNominal(period, nominal)) {
    // 名义上的日子可能提前到了 day 之前（长假），所以逐个看。
    const candidate = workingDayOnOrBefore(calendar, nominalOnOrAfter(period, nominal));
    if (candidate > day) return candidate;
  }
}

/** 这一期的反馈日 — the newest one whose window had opened by `day`: what is reported on `day` answers it. null: none since `startOn`. */
export function feedbackDayFor(calendar: Calendar, period: string, { startOn, day }: { startOn: LocalDate; day: LocalDate }): LocalDate | null {
  return remembered(calendar, `for ${period} ${startOn} ${day}`, () => findFor(calendar, period, { startOn, day }));
}

function findFor(calendar: Calendar, period: string, { startOn, day }: { startOn: LocalDate; day: LocalDate }): LocalDate | null {
  const opened = (feedbackOn: LocalDate): boolean => feedbackOpensOn(calendar, feedbackOn) <= day;
  let found: LocalDate | null = null;
  // 只需往回看一期：窗口在反馈日前几天才开。
  const from = addDays(day, -100);
  for (let next = nextFeedbackDay(calendar, period, from > startOn ? from : startOn); opened(next); next = nextFeedbackDay(calendar, period, next)) {
    found = next;
  }
  return found;
}

/** 反馈开始的日子 — the reminder's day. */
export function feedbackOpensOn(calendar: Calendar, feedbackOn: LocalDate): LocalDate {
  return remembered(calendar, `opens ${feedbackOn}`, () => addWorkingDays(calendar, feedbackOn, -feedbackOpensBeforeDays));
}

export interface FeedbackSituation {
  readonly period: string;
  /** 下达日；之后的反馈日才算 */
  readonly startOn: LocalDate;
  /** 最近一次提交反馈的日子 */
  readonly lastReportedOn: LocalDate | null;
}

/** 该报而未报的反馈日 — the first feedback day that no report answers yet; it may still lie ahead. */
export function openFeedbackDay(calendar: Calendar, { period, startOn, lastReportedOn }: FeedbackSituation): LocalDate {
  const answered = lastReportedOn === null ? null : feedbackDayFor(calendar, period, { startOn, day: lastReportedOn });
  return nextFeedbackDay(calendar, period, answered ?? startOn);
}

/** 同一期 — whatever the calendar says: a feedback day that was moved by a new notice is still that of the same week, month or quarter. */
export function isSamePeriod(period: string, left: LocalDate, right: LocalDate): boolean {
  return nominalOnOrAfter(period, left) === nominalOnOrAfter(period, right);
}

/** 反馈迟了几个工作日 — 0 while the day has not passed. */
export function feedbackLateDays(calendar: Calendar, { today, ...situation }: FeedbackSituation & { readonly today: LocalDate }): number {
  return Math.max(0, workingDaysBetween(calendar, openFeedbackDay(calendar, situation), today));
}

function nominalOnOrAfter(period: string, day: LocalDate): LocalDate {
  if (period === 'weekly') return addDays(day, (friday - weekdayOf(day) + 7) % 7);
  let [year = 0, month = 0] = day.split('-').map(Number);
  if (Number(day.slice(8)) > dayOfMonth) month += 1;
  while (period === 'quarterly' && !quarterEnds.includes(month) && month <= 12) month += 1;
  if (month > 12) {
    year += 1;
    month = period === 'quarterly' ? 3 : 1;
  }
  return `${year}-${String(month).padStart(2, '0')}-${dayOfMonth}`;
}

function nextNominal(period: string, day: LocalDate): LocalDate {
  return addDays(nominalOnOrAfter(period, day), 1);
}
