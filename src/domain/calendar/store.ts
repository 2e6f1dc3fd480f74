import type { Tx } from '#core/context';
import { type LocalDate, localDateOf } from '#core/dates';
import { askedOnce, rows, statement } from '#db/rows';
import type { ArrangedDay } from './arrangement.ts';
import { seedDays } from './seed.ts';
import { statutoryDays } from './statutory.ts';
import type { Calendar, DayException } from './working-days.ts';

/** 例外日的出处，由低到高 */
const precedence = ['law', 'seed', 'notice', 'local'] as const;
/** 法定节假日算到知道的年份之后这么多年：时限没有更远的 */
const yearsAhead = 10;
export type DaySource = (typeof precedence)[number];

/** 例外日的一条记录 */
export interface CalendarEntry {
  readonly date: LocalDate;
  readonly source: DaySource;
  readonly year: number;
  readonly kind: 'off' | 'work';
  readonly name: string;
  readonly by: string | null;
  readonly at: Date | null;
}

/**
 * 全部例外日 — what is in force: an imported notice replaces the whole year of the seed, a local change a single day; in a year of which
 * neither is known, what the law says.
 */
export async function loadEntries(tx: Tx): Promise<CalendarEntry[]> {
  return inForceAmong(await findDays(tx, null));
}

function inForceAmong(found: readonly CalendarEntry[]): CalendarEntry[] {
  const imported = new Set(found.filter(({ source }) => source === 'notice').map(({ year }) => year));
  const inForce = found.filter(({ source, year }) => source !== 'seed' || !imported.has(year));
  return [...lawfulDays(knownYearsOf(inForce)), ...inForce].sort((left, right) => precedence.indexOf(left.source) - precedence.indexOf(right.source));
}

/** 知道安排的年份 — 只有一两天本地调整，不等于知道了全年的安排；法定的几天也不是。 */
function knownYearsOf(entries: readonly CalendarEntry[]): Set<number> {
  return new Set(entries.filter(({ source }) => source === 'seed' || source === 'notice').map(({ year }) => year));
}

function lawfulDays(known: ReadonlySet<number>): CalendarEntry[] {
  const [first, last] = [Math.min(...known), Math.max(...known) + yearsAhead];
  const entries: CalendarEntry[] = [];
  for (let year = first; year <= last; year += 1) {
    if (!known.has(year)) entries.push(...statutoryDays(year).map((day) => ({ ...day, source: 'law' as const, year, by: null, at: null })));
  }
  return entries;
}

// 一批里只读一次。
const findDays: (tx: Tx, all: null) => Promise<CalendarEntry[]> = statement('calendar.findDays', async (db, asked) => {
  const found = await db.$queryRaw<CalendarEntry[]>`SELECT date, source, year, kind, name, by, at FROM "CalendarDay"`;
  return asked.map(() => found);
});

/** 上一次读到的 — a calendar that has not changed is the same one: what was reckoned by it (remembered.ts) need not be reckoned for every click. */
let lastRead: { readonly content: string; readonly calendar: Calendar } | undefined;

/** 工作日历 — local override over imported notice over seed over the law over weekend. 算一个日期就要它，一个事务里只读一次。 */
export const loadCalendar = askedOnce(async (tx): Promise<Calendar> => {
  const found = await findDays(tx, null);
  const content = found.map(({ date, source, year, kind, name, at }) => `${date}${source}${year}${kind}${name}${at?.getTime()}`).join();
  if (lastRead?.content !== content) lastRead = { content, calendar: calendarOf(inForceAmong(found)) };
  return lastRead.calendar;
});

function calendarOf(entries: readonly CalendarEntry[]): Calendar {
  const exceptions = new Map<LocalDate, DayException>();
  for (const { date, kind, name, source, at } of entries) {
    const former = exceptions.get(date);
    const since = at === null ? {} : { since: localDateOf(at), ...(former ? { former } : {}) };
    exceptions.set(date, { kind, name, ...(source === 'local' ? { local: true } : {}), ...since });
  }
  return { exceptions, knownYears: knownYearsOf(entries) };
}

/** 预置日历 — idempotent; run at every start. @returns whether a newer program has brought days that were not there */
export async function seedCalendar(tx: Tx): Promise<boolean> {
  const known = await rows(tx).calendarDay.count({ where: { source: 'seed' } });
  const data = seedDays().map((day) => ({ ...day, year: Number(day.date.slice(0, 4)), source: 'seed' }));
  const { count } = await rows(tx).calendarDay.createMany({ data, skipDuplicates: true });
  loadCalendar.forget(tx);
  return known > 0 && count > 0;
}

/** 最近一次改动 — of any day; null: only what the program came with. */
export async function calendarChangedAt(tx: Tx): Promise<Date | null> {
  const db = rows(tx);
  const day = await db.calendarDay.aggregate({ _max: { at: true } });
  const change = await db.auditEntry.findFirst({
    where: { subjectType: { in: ['calendarDay', 'calendarNotice'] } },
    orderBy: { seq: 'desc' },
    select: { at: true },
  });
  return [day._max.at, change?.at ?? null].reduce<Date | null>((newest, at) => (at !== null && (newest === null || at > newest) ? at : newest), null);
}

/** 换上通知的安排 — the whole year at once; a day that stays as it was keeps the moment since when it is known. */
export async function replaceNoticeDays(
  tx: Tx,
  { year, days, by, at }: { year: number; days: readonly ArrangedDay[]; by: string; at: Date },
): Promise<void> {
  const db = rows(tx);
  const former = new Map((await loadEntries(tx)).filter(({ source }) => source !== 'local').map((entry) => [entry.date, entry]));
  const sinceOf = ({ date, kind }: ArrangedDay): Date | null => {
    const known = former.get(date);
    return known?.kind === kind ? known.at : at;
  };
  await db.calendarDay.deleteMany({ where: { source: 'notice', OR: [{ year }, { date: { in: days.map(({ date }) => date) } }] } });
  await db.calendarDay.createMany({
    data: days.map((day) => ({ date: day.date, kind: day.kind, name: day.name, source: 'notice', year, by, at: sinceOf(day) })),
  });
  loadCalendar.forget(tx);
}

/** 记一天的本地调整 */
export async function saveLocalDay(tx: Tx, day: ArrangedDay & { by: string; at: Date }): Promise<void> {
  const { date, ...values } = day;
  const data = { ...values, year: Number(date.slice(0, 4)) };
  await rows(tx).calendarDay.upsert({ where: { date_source: { date, source: 'local' } }, create: { date, source: 'local', ...data }, update: data });
  loadCalendar.forget(tx);
}

/** 去掉一天的本地调整 — false: there was none. */
export async function deleteLocalDay(tx: Tx, date: LocalDate): Promise<boolean> {
  const { count } = await rows(tx).calendarDay.deleteMany({ where: { date, source: 'local' } });
  loadCalendar.forget(tx);
  return count === 1;
}
