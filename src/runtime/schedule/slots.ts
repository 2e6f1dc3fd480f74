import cron from 'node-cron';
import { addDays, instantAt, localDateOf } from '#core/dates';

/** 一个定时的格子 — the instants at which it is due; the grammar is node-cron's, the search is ours. */
export interface Slots {
  /** the newest slot after `since`, not later than `now` */
  newest(since: Date, now: Date): Date | null;
  /** the first slot after `after`, not later than `until` */
  next(after: Date, until: Date): Date | null;
  /** all slots after `after` and before `until` */
  between(after: Date, until: Date): Date[];
}

/**
 * 列出格子 — a day has few of them, so they are listed day by day; asking node-cron about every minute of the past costs a formatted
 * date each (a third of a test's time went there, and a restart after a week asked three hundred thousand times).
 * @param expression five fields, Beijing time
 */
export function slotsOf(expression: string): Slots {
  const { hour, minute } = cron.parse(expression);
  const times = hour.flatMap((h) => minute.map((m) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)).sort();
  const task = cron.createTask(expression, () => undefined, { timezone: 'Asia/Shanghai' });
  void task.destroy();
  const onDay = (day: string): Date[] => times.map((time) => instantAt(day, time)).filter((at) => task.match(at));
  return {
    newest(since, now) {
      for (let day = localDateOf(now); day >= localDateOf(since); day = addDays(day, -1)) {
        const found = onDay(day).findLast((at) => at > since && at <= now);
        if (found) return found;
      }
      return null;
    },
    next(after, until) {
      for (let day = localDateOf(after); day <= localDateOf(until); day = addDays(day, 1)) {
        const found = onDay(day).find((at) => at > after && at <= until);
        if (found) return found;
      }
      return null;
    },
    between(after, until) {
      const found: Date[] = [];
      for (let day = localDateOf(after); day <= localDateOf(until); day = addDays(day, 1)) {
        found.push(...onDay(day).filter((at) => at > after && at < until));
      }
      return found;
    },
  };
}
