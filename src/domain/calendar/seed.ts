import { createRequire } from 'node:module';
import type { LocalDate } from '#core/dates';
import type { DayException } from './working-days.ts';

interface Published {
  readonly holidays: Readonly<Record<LocalDate, string>>;
  readonly workdays: Readonly<Record<LocalDate, string>>;
}

const firstYear = '2024';

/**
 * 预置的节假日 — the days off and make-up days that the library publishes as data. Its functions are not used: they read dates in the
 * time zone of the process, and for a year that they do not know they answer “Monday to Friday” without a word (ecosystem 4).
 */
export function seedDays(): (DayException & { readonly date: LocalDate })[] {
  const published = createRequire(import.meta.url)('chinese-days/dist/chinese-days.json') as Published;
  const days = (kind: DayException['kind'], entries: Readonly<Record<LocalDate, string>>) =>
    Object.entries(entries).map(([date, name]) => ({ date, kind, name: name.split(',')[1] ?? name }));
  return [...days('off', published.holidays), ...days('work', published.workdays)].filter(({ date }) => date >= firstYear);
}
