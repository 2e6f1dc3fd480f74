import type { Tx } from '#core/context';
import type { LocalDate } from '#core/dates';
import { rows } from '#db/rows';
import { seedDays } from './seed.ts';
import type { Calendar, DayException } from './working-days.ts';

const precedence = ['seed', 'notice', 'local'];

/** 工作日历 — local override over imported notice over seed over weekend. */
export async function loadCalendar(tx: Tx): Promise<Calendar> {
  const found = await rows(tx).calendarDay.findMany();
  found.sort((left, right) => precedence.indexOf(left.source) - precedence.indexOf(right.source));
  const exceptions = new Map<LocalDate, DayException>();
  for (const { date, kind, name } of found) exceptions.set(date, { kind: kind === 'work' ? 'work' : 'off', name });
  // 只有一两天本地调整，不等于知道了全年的安排。
  const knownYears = new Set(found.filter(({ source }) => source !== 'local').map(({ date }) => Number(date.slice(0, 4))));
  return { exceptions, knownYears };
}

/** 预置日历 — idempotent; run at every start. */
export async function seedCalendar(tx: Tx): Promise<void> {
  await rows(tx).calendarDay.createMany({ data: seedDays().map((day) => ({ ...day, source: 'seed' })), skipDuplicates: true });
}
