import { addDays, type LocalDate, weekdayOf } from '#core/dates';
import { remembered } from '../calendar/remembered.ts';
import {
  addWorkingDays,
  type Calendar,
  knownBefore,
  workingDayOnOrAfter,
  workingDayOnOrBefore,
  workingDaysBetween,
} from '../calendar/working-days.ts';

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
  for (let nominal = nominalOnOrAfter(period, addDays(day, -movedAtMost)); ; nominal = nominalOnOrAfter(period, addDays(nominal, 1))) {
    // 名义上的日子可能提前到了 day 之前（长假），所以逐个看。
    const candidate = feedbackDayOf(calendar, nominal);
    if (candidate > day) return candidate;
  }
}

/** 临时停工把反馈日往后推，从没有推过这么多天 */
const movedAtMost = 14;

/** 名义上的日子 → 反馈日：遇休息日提前；到了提前的那一天才宣布放假的，谁也回不到那天去报，改为顺延。 */
function feedbackDayOf(calendar: Calendar, nominal: LocalDate): LocalDate {
  const earlier = workingDayOnOrBefore(calendar, nominal);
  for (let day = nominal; day > earlier; day = addDays(day, -1)) {
    const since = calendar.exceptions.get(day)?.since;
    if (since !== undefined && since >= earlier) return workingDayOnOrAfter(calendar, nominal);
  }
  return earlier;
}

/** 一个月的反馈日 — @param month `2026-09` */
export function monthlyFeedbackDay(calendar: Calendar, month: string): LocalDate {
  return feedbackDayOf(calendar, `${month}-${dayOfMonth}`);
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

/**
 * 这一次反馈答的是哪一期 — `feedbackDayFor` the day of the report, by the calendar of that day too: a working day added afterwards opens the
 * window later, and what was in it must not fall out. @returns the feedback day as it stands now
 */
export function answeredDay(calendar: Calendar, period: string, given: { startOn: LocalDate; day: LocalDate }): LocalDate | null {
  return remembered(calendar, `answered ${period} ${given.startOn} ${given.day}`, () => findAnswered(calendar, period, given));
}

function findAnswered(calendar: Calendar, period: string, { startOn, day }: { startOn: LocalDate; day: LocalDate }): LocalDate | null {
  const now = feedbackDayFor(calendar, period, { startOn, day });
  const then = feedbackDayFor(knownBefore(calendar, day), period, { startOn, day });
  const moved = then === null ? null : feedbackDayOf(calendar, nominalOf(calendar, period, then));
  return now === null || (moved !== null && moved > now) ? moved : now;
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
  const answered = lastReportedOn === null ? null : answeredDay(calendar, period, { startOn, day: lastReportedOn });
  return nextFeedbackDay(calendar, period, answered ?? startOn);
}

/** 同一期 — whatever the calendar says: a feedback day that was moved by a new notice is still that of the same week, month or quarter. */
export function isSamePeriod(calendar: Calendar, period: string, [left, right]: readonly [LocalDate, LocalDate]): boolean {
  return nominalOf(calendar, period, left) === nominalOf(calendar, period, right);
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

/** 反馈日 → 名义上的日子：顺延过的在它前面，其余的在当天或后面。 */
function nominalOf(calendar: Calendar, period: string, feedbackOn: LocalDate): LocalDate {
  for (let nominal = nominalOnOrAfter(period, addDays(feedbackOn, -movedAtMost)); nominal < feedbackOn; ) {
    if (feedbackDayOf(calendar, nominal) === feedbackOn) return nominal;
    nominal = nominalOnOrAfter(period, addDays(nominal, 1));
  }
  return nominalOnOrAfter(period, feedbackOn);
}
