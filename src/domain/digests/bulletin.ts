import { addDays, type LocalDate, localDateOf, weekdayOf } from '#core/dates';
import { defineMachine } from '#core/machine';
import { type Calendar, workingDaysBetween } from '../calendar/working-days.ts';
import { answeredDay, monthlyFeedbackDay, nextFeedbackDay } from '../deadlines/feedback-days.ts';
import type { LedgerEntry } from '../ledger/entries.ts';
import { isCompleted, isOverdue, type LedgerTotals, totalsOf } from '../ledger/totals.ts';
import { periodOf } from './periods.ts';

/** 通报月报的一生：系统起草，人写亮点，人发布 */
export const bulletinMachine = defineMachine({
  states: ['draft', 'released'],
  initial: 'draft',
  transitions: {
    edit: { from: ['draft'], to: 'draft' }, //       改亮点
    release: { from: ['draft'], to: 'released' }, // 发布
  },
});
export type BulletinState = (typeof bulletinMachine.states)[number];

/** 应办结不足三项的不排名：一两项的比率说明不了什么（domain B8）。 */
const rankedFrom = 3;

/** 一个单位的一行 — every rate as numerator and denominator. */
export interface BulletinRow {
  readonly unitCode: string;
  readonly totals: LedgerTotals;
  /** 按时办结率的位次，同率并列；null：应办结不足三项 */
  readonly rank: number | null;
  readonly previousRank: number | null;
  /** 上期的红灯数 */
  readonly previousRed: number;
  readonly previousYellow: number;
}

export interface BulletinFigures {
  readonly month: string;
  readonly day: LocalDate;
  readonly previousDay: LocalDate;
  /** 本期的反馈日；周、季、年的没有单独一天 */
  readonly feedbackOn: LocalDate | null;
  readonly totals: LedgerTotals;
  readonly rows: readonly BulletinRow[];
  readonly feedbackDue: number;
  readonly feedbackInTime: number;
  /** 迟了的项数，和一共迟了多少个工作日 */
  readonly late: number;
  readonly lateDays: number;
  /** 退回重办过的，占已办结的 */
  readonly reworked: number;
  readonly extended: number;
  /** 其中经批准延期的项数 */
  readonly approvedExtensions: number;
  readonly red: readonly BulletinItem[];
  readonly yellow: readonly BulletinItem[];
  /** 将到期的，只有周调度列；早先存下的没有 */
  readonly soon?: readonly BulletinItem[];
  /** 往年未办结的，一年一句；早先存下的没有 */
  readonly older?: readonly string[];
}

/** 红黄名单的一项 @property previous 上期的灯；null：上期还没有 */
export interface BulletinItem {
  readonly code: string;
  readonly title: string;
  readonly unitCode: string;
  readonly dueOn: LocalDate;
  readonly originalDueOn: LocalDate;
  readonly percent: number;
  readonly previous: string | null;
}

/** 通报的数字 — sums of units are the totals by construction: the same entries, parted by lead unit. */
export function bulletinFigures(
  calendar: Calendar,
  {
    month,
    at,
    previousAt,
    entries,
    previous,
    reports,
    unitCodes,
    approvedExtensions,
    older = [],
  }: {
    readonly month: string;
    readonly at: Date;
    readonly previousAt: Date;
    readonly entries: readonly LedgerEntry[];
    readonly previous: readonly LedgerEntry[];
    readonly reports: ReadonlyMap<string, readonly Date[]>;
    /** 按名册次序 */
    readonly unitCodes: readonly string[];
    readonly approvedExtensions: number;
    readonly older?: readonly string[];
  },
): BulletinFigures {
  const [day, previousDay] = [localDateOf(at), localDateOf(previousAt)];
  const live = entries.filter(({ status }) => status !== 'cancelled');
  const byUnit = (list: readonly LedgerEntry[], on: LocalDate) =>
    new Map(
      unitCodes.map(
        (code) =>
          [
            code,
            totalsOf(
              list.filter(({ leadUnit }) => leadUnit === code),
              on,
            ),
          ] as const,
      ),
    );
  const [current, former] = [byUnit(live, day), byUnit(previous, previousDay)];
  const [ranks, formerRanks] = [rank(current), rank(former)];
  const rows = [...current]
    .filter(([, { total }]) => total > 0)
    .map(
      ([unitCode, totals]): BulletinRow => ({
        unitCode,
        totals,
        rank: ranks.get(unitCode) ?? null,
        previousRank: formerRanks.get(unitCode) ?? null,
        previousRed: former.get(unitCode)?.red ?? 0,
        previousYellow: former.get(unitCode)?.yellow ?? 0,
      }),
    );
  const feedback = countFeedback(calendar, live, { from: previousDay, to: day, reports });
  const late = live.flatMap((entry) => lateDaysOf(calendar, entry, day));
  const before = new Map(previous.map(({ id, light }) => [id, light]));
  const { kind, listsSoon } = periodOf(month);
  const nextSunday = addDays(day, 7 + ((7 - weekdayOf(day)) % 7));
  const listed = (holds: (entry: LedgerEntry) => boolean): BulletinItem[] =>
    live.filter(holds).map(({ id, code, title, leadUnit, dueOn, originalDueOn, percent }) => ({
      ...{ code, title, unitCode: leadUnit, dueOn, originalDueOn, percent },
      previous: before.get(id) ?? null,
    }));
  return {
    ...{ month, day, previousDay, rows, older },
    feedbackOn: kind === 'month' ? monthlyFeedbackDay(calendar, month) : null,
    totals: totalsOf(live, day),
    feedbackDue: feedback.due,
    feedbackInTime: feedback.inTime,
    late: late.length,
    lateDays: late.reduce((sum, days) => sum + days, 0),
    reworked: live.filter((entry) => isCompleted(entry) && entry.reworkCount > 0).length,
    extended: live.filter(({ dueOn, originalDueOn }) => dueOn !== originalDueOn).length,
    approvedExtensions,
    red: listed(({ light }) => light === 'red'),
    yellow: listed(({ light }) => light === 'yellow'),
    ...(listsSoon ? { soon: listed((entry) => isSoon(entry, { from: day, to: nextSunday })) } : {}),
  };
}

/** 将到期：还没有办结，时限在这几天里 */
function isSoon({ light, dueOn }: LedgerEntry, { from, to }: { from: LocalDate; to: LocalDate }): boolean {
  return light !== 'blue' && light !== 'grey' && dueOn >= from && dueOn <= to;
}

/** 排位次 — by the exact fraction of what was closed in time; equal fractions share a rank: 1, 1, 3. */
function rank(byUnit: ReadonlyMap<string, LedgerTotals>): Map<string, number> {
  const ranked = [...byUnit].filter(([, { due }]) => due >= rankedFrom);
  const better = (left: LedgerTotals, right: LedgerTotals): boolean => left.onTime * right.due > right.onTime * left.due;
  return new Map(ranked.map(([code, totals]) => [code, 1 + ranked.filter(([, other]) => better(other, totals)).length]));
}

/** 反馈及时率 — for each feedback day of the period: who owed a report, and who had given it by then. */
function countFeedback(
  calendar: Calendar,
  entries: readonly LedgerEntry[],
  { from, to, reports }: { from: LocalDate; to: LocalDate; reports: ReadonlyMap<string, readonly Date[]> },
): { due: number; inTime: number } {
  const counted = { due: 0, inTime: 0 };
  const dayBefore = addDays(from, -1);
  for (const entry of entries) {
    if (entry.hasParts || entry.issuedAt === null || entry.status === 'suspended' || entry.status === 'declinePending') continue;
    const issuedOn = localDateOf(entry.issuedAt);
    const begins = entry.startOn !== null && entry.startOn > issuedOn ? entry.startOn : issuedOn;
    const closedOn = entry.completedAt === null ? null : localDateOf(entry.completedAt);
    const given = (reports.get(entry.id) ?? []).map(localDateOf);
    for (
      // 起草那天还没有过完，那天的反馈日归下一期：一个反馈日算一次，不多不少。
      let feedbackOn = nextFeedbackDay(calendar, entry.feedbackPeriod, dayBefore > begins ? dayBefore : begins);
      feedbackOn < to && (closedOn === null || closedOn > feedbackOn);
      feedbackOn = nextFeedbackDay(calendar, entry.feedbackPeriod, feedbackOn)
    ) {
      counted.due += 1;
      const answers = (day: LocalDate): boolean => answeredDay(calendar, entry.feedbackPeriod, { startOn: issuedOn, day }) === feedbackOn;
      if (given.some((on) => on <= feedbackOn && answers(on))) counted.inTime += 1;
    }
  }
  return counted;
}

function lateDaysOf(calendar: Calendar, entry: LedgerEntry, day: LocalDate): number[] {
  const until = isOverdue(entry) ? day : isCompleted(entry) && entry.completedAt !== null ? localDateOf(entry.completedAt) : entry.dueOn;
  const days = workingDaysBetween(calendar, entry.dueOn, until);
  return days > 0 ? [days] : [];
}
