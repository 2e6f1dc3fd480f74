import chineseDays from 'chinese-days';
import { addDays, type LocalDate, weekdayOf } from '#core/dates';
import type { DayException } from './working-days.ts';

const firstYear = 2024;
const lastYear = 2035;

/**
 * 预置的节假日 — the years that the library knows; a year without any exception is unknown to it, although it answers
 * “Monday to Friday” for it (ecosystem 4).
 */
export function seedDays(): (DayException & { readonly date: LocalDate })[] {
  const days: (DayException & { date: LocalDate })[] = [];
  for (let year = firstYear; year <= lastYear; year += 1) {
    const found = exceptionsOf(year);
    if (found.length > 0) days.push(...found);
  }
  return days;
}

function exceptionsOf(year: number): (DayException & { date: LocalDate })[] {
  const found: (DayException & { date: LocalDate })[] = [];
  for (let date = `${year}-01-01`; date.startsWith(String(year)); date = addDays(date, 1)) {
    const { work, name } = chineseDays.getDayDetail(date);
    const festival = name.split(',')[1];
    const weekend = weekdayOf(date) === 0 || weekdayOf(date) === 6;
    // 库里节日的周末也标成放假：一并记下，好写“含国庆假期”。
    if (!work && festival) found.push({ date, kind: 'off', name: festival });
    else if (work && weekend) found.push({ date, kind: 'work', name: festival ?? '调休' });
  }
  return found;
}
