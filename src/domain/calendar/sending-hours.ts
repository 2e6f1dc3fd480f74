import { instantAt, type LocalDate, localDateOf, localTimeOf } from '#core/dates';
import { addWorkingDays, type Calendar, isWorkingDay, workingDayOnOrAfter } from './working-days.ts';

/** 提醒在工作日的这个时刻发出 */
export const sendingTime = '09:05';
/** 免打扰从几点到几点 */
export const quietFrom = '21:00';
export const quietUntil = '08:00';

/** 发提醒的时刻 — 09:05 of a day. */
export function sendingInstant(day: LocalDate): Date {
  return instantAt(day, sendingTime);
}

/** 一天里的几格 — 09:05, and the later ones that make up for a 09:05 at which the service was down. */
export function sendingInstants(day: LocalDate): Date[] {
  return [sendingTime, '12:05', '15:05', '18:05'].map((time) => instantAt(day, time));
}

/** 可以自动提醒 — from 09:05 to 21:00 on working days. */
export function isSendingTime(calendar: Calendar, now: Date): boolean {
  const time = localTimeOf(now);
  return isWorkingDay(calendar, localDateOf(now)) && time >= sendingTime && time < quietFrom;
}

/** 免打扰 — 21:00 to 08:00, and days off. */
export function isQuiet(calendar: Calendar, now: Date): boolean {
  const time = localTimeOf(now);
  return !isWorkingDay(calendar, localDateOf(now)) || time < quietUntil || time >= quietFrom;
}

/** 下一个发提醒的时刻 — 09:05 of the next working day, today's if it is still ahead. */
export function nextSendingInstant(calendar: Calendar, now: Date): Date {
  const today = localDateOf(now);
  const ahead = localTimeOf(now) < sendingTime;
  return sendingInstant(ahead ? workingDayOnOrAfter(calendar, today) : addWorkingDays(calendar, today, 1));
}
