/**
 * 日期 — a day of the office calendar, `YYYY-MM-DD` in Asia/Shanghai. A string on purpose: it sorts,
 * it is stored as it is read, and no time zone of a machine can move it.
 */
export type LocalDate = string;

// 全国自 1991 年起不用夏令时，北京时间恒为 UTC+8。
const shanghaiOffsetMs = 8 * 60 * 60 * 1000;

/** 当地日期 — the day in Asia/Shanghai at an instant. */
export function localDateOf(instant: Date): LocalDate {
  return new Date(instant.getTime() + shanghaiOffsetMs).toISOString().slice(0, 10);
}

/** 当地时刻 — `HH:mm` in Asia/Shanghai at an instant. */
export function localTimeOf(instant: Date): string {
  return new Date(instant.getTime() + shanghaiOffsetMs).toISOString().slice(11, 16);
}

/** 时点 — the instant of a local date and time. @param time `HH:mm` or `HH:mm:ss`, Asia/Shanghai */
export function instantAt(date: LocalDate, time = '00:00'): Date {
  return new Date(`${date}T${time.length === 5 ? `${time}:00` : time}+08:00`);
}

/** 加天 — natural days, not working days (those are `domain/calendar`). */
export function addDays(date: LocalDate, days: number): LocalDate {
  const moved = new Date(`${date}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

/** 日子的说法 — `9月14日`, without the year. */
export function monthDay(date: LocalDate): string {
  return `${Number(date.slice(5, 7))}月${Number(date.slice(8))}日`;
}

/** 星期 — 0 is Sunday. */
export function weekdayOf(date: LocalDate): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

/** 真实存在的日期 — 2026-02-30 is none. */
export function isRealDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === text;
}
