const dayMs = 86_400_000;

/** 2026 年的日子（和数得到的 2027 年初）— written down from the notice of 2025-11-04 once more, so that the model does not lean on the product's calendar. */
const off = [
  ...span('2026-01-01', 3),
  ...span('2026-02-15', 9),
  ...span('2026-04-04', 3),
  ...span('2026-05-01', 5),
  ...span('2026-06-19', 3),
  ...span('2026-09-25', 3),
  ...span('2026-10-01', 7),
  // 2027年的通知还没有：只有法律写明的几天，年底的反馈日要跨过去数。
  ...span('2027-01-01', 1),
  ...span('2027-02-05', 4),
];
const work = ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'];

/** 加几天 */
export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** 上班的日子 */
export function works(day: string): boolean {
  if (off.includes(day)) return false;
  if (work.includes(day)) return true;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday > 0 && weekday < 6;
}

/** 数工作日 — from the next day on; negative counts back. */
export function plusWorkingDays(day: string, count: number): string {
  let at = day;
  for (let left = Math.abs(count); left > 0; ) {
    at = plusDays(at, Math.sign(count));
    if (works(at)) left -= 1;
  }
  return at;
}

/** 当天或之前的工作日 */
export const workingDayUpTo = (day: string): string => (works(day) ? day : plusWorkingDays(day, -1));

/** 之间的工作日 — of (from, to]; negative when `to` is earlier. */
export function workingDaysFromTo(from: string, to: string): number {
  if (to < from) return 0 - workingDaysFromTo(to, from);
  let count = 0;
  for (let day = plusDays(from, 1); day <= to; day = plusDays(day, 1)) if (works(day)) count += 1;
  return count;
}

export interface FeedbackDay {
  readonly on: string;
  /** from this day on a report answers it */
  readonly opensOn: string;
}

/** 反馈日 — Fridays, or the 25th of each month or quarter; a day off is moved forward. */
const feedbackDays = new Map(['weekly', 'monthly', 'quarterly'].map((period) => [period, feedbackDaysOf(period)]));

function feedbackDaysOf(period: string): FeedbackDay[] {
  const days = new Set<string>();
  for (let day = '2025-12-01'; day < '2027-04-01'; day = plusDays(day, 1)) {
    const is25 = day.endsWith('-25') && (period === 'monthly' || Number(day.slice(5, 7)) % 3 === 0);
    if (period === 'weekly' ? new Date(`${day}T00:00:00Z`).getUTCDay() === 5 : is25) days.add(workingDayUpTo(day));
  }
  return [...days].sort((left, right) => (left < right ? -1 : 1)).map((on) => ({ on, opensOn: plusWorkingDays(on, -3) }));
}

/** 已经开始报的最近一期 — null: none after `startOn`. */
export function openedFeedback(period: string, startOn: string, day: string): FeedbackDay | null {
  return (feedbackDays.get(period) ?? []).findLast(({ on, opensOn }) => on > startOn && opensOn <= day) ?? null;
}

/** 下一个反馈日 */
export function feedbackAfter(period: string, day: string): string {
  const next = (feedbackDays.get(period) ?? []).find(({ on }) => on > day);
  if (!next) throw new Error(`the model knows no feedback day after ${day}`);
  return next.on;
}

function span(from: string, days: number): string[] {
  return Array.from({ length: days }, (_, index) => plusDays(from, index));
}
