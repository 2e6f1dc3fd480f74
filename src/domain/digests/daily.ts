import type { Context } from '#core/context';
import { instantAt, type LocalDate, localDateOf } from '#core/dates';
import { loadCalendar } from '../calendar/store.ts';
import { addWorkingDays } from '../calendar/working-days.ts';
import { type LedgerEntry, readEntries } from '../ledger/entries.ts';
import { findOpenBefore, findReportTimes } from '../ledger/store.ts';
import { isCompleted, type LedgerTotals, totalsOf } from '../ledger/totals.ts';
import { isClosedBefore } from '../work-items/model.ts';
import { findWorkYear } from '../work-items/store.ts';

/** 一天的台账 — how it stands at the instant, and how it stood when the day began. */
export interface DayFigures {
  readonly at: Date;
  readonly day: LocalDate;
  readonly now: readonly LedgerEntry[];
  readonly before: ReadonlyMap<string, LedgerEntry>;
  /** 往年未办结的；看的是往日，就没有 */
  readonly older: readonly LedgerEntry[];
  /** 今天提交的反馈数 */
  readonly reports: ReadonlyMap<string, number>;
  /** 下一个工作日：到这一天为止到期的算“将到期” */
  readonly soon: LocalDate;
}

/** 每日简报 — of the district, of a field or of a unit; the same query as the ledger's. */
export interface DailyDigest {
  readonly totals: LedgerTotals;
  readonly completedToday: number;
  readonly reportsToday: number;
  readonly newRed: number;
  readonly clearedRed: number;
  readonly red: readonly LedgerEntry[];
  readonly yellow: readonly LedgerEntry[];
  /** 今天和下一个工作日到期、还没有办结的 */
  readonly dueSoon: readonly LedgerEntry[];
  /** 有变化，或有将到期的：没有就不发 */
  readonly hasNews: boolean;
}

/** 读一天 — two readings of the ledger, whatever the number of digests made from them. */
export async function readDay(ctx: Pick<Context, 'tx' | 'now'>, at: Date): Promise<DayFigures> {
  const day = localDateOf(at);
  const year = await findWorkYear(ctx.tx, at);
  const start = new Date(instantAt(day).getTime() - 1);
  const [now, before] = [await readEntries(ctx, { year, at }), await readEntries(ctx, { year, at: start })];
  const times = await findReportTimes(ctx.tx, { from: start, to: at });
  return {
    ...{ at, day, now, older: at < ctx.now ? [] : await readOlder(ctx, { year, at }) },
    before: new Map(before.map((entry) => [entry.id, entry])),
    reports: new Map([...times].map(([itemId, list]) => [itemId, list.length])),
    soon: addWorkingDays(await loadCalendar(ctx.tx), day, 1),
  };
}

/** 往年没有办结的 */
export async function readOlder(ctx: Pick<Context, 'tx' | 'now'>, { year, at }: { year: number; at: Date }): Promise<LedgerEntry[]> {
  const open = await findOpenBefore(ctx.tx, { year });
  const older: LedgerEntry[] = [];
  for (const of of new Set(open.map((item) => item.year)))
    older.push(...(await readEntries(ctx, { year: of, at, ids: open.filter((item) => item.year === of).map(({ id }) => id) })));
  return older;
}

/** 往年未办结的，一句话 — `2026年未办结5项，红灯2项`; none: nothing. */
export function olderWords({ older }: Pick<DayFigures, 'older'>, holds: (entry: LedgerEntry) => boolean): string[] {
  const held = older.filter(holds);
  return [...new Set(held.map(({ year }) => year))].map((year) => {
    const ofYear = held.filter((entry) => entry.year === year);
    const red = ofYear.filter(({ light }) => light === 'red').length;
    return `${year}年未办结${ofYear.length}项${red > 0 ? `，红灯${red}项` : ''}`;
  });
}

/** 编简报 @param holds which items it is about */
export function digestOf({ day, now, before, reports, soon }: DayFigures, holds: (entry: LedgerEntry) => boolean): DailyDigest {
  const entries = now.filter((entry) => entry.status !== 'cancelled' && holds(entry));
  const former = (entry: LedgerEntry): LedgerEntry | undefined => before.get(entry.id);
  // 启用前已办结的，写着今天也不是今天的事。
  const closedOn = (entry: LedgerEntry): LocalDate | null =>
    isCompleted(entry) && entry.completedAt !== null && !isClosedBefore(entry) ? localDateOf(entry.completedAt) : null;
  const completedToday = entries.filter((entry) => closedOn(entry) === day).length;
  const reportsToday = entries.reduce((sum, { id }) => sum + (reports.get(id) ?? 0), 0);
  const newRed = entries.filter((entry) => entry.light === 'red' && former(entry)?.light !== 'red').length;
  const clearedRed = entries.filter((entry) => entry.light !== 'red' && former(entry)?.light === 'red').length;
  const dueSoon = entries.filter(({ dueOn, light }) => light !== 'blue' && light !== 'grey' && dueOn >= day && dueOn <= soon);
  const moved = now.some((entry) => holds(entry) && (former(entry)?.light !== entry.light || former(entry)?.status !== entry.status));
  return {
    totals: totalsOf(entries, day),
    ...{ completedToday, reportsToday, newRed, clearedRed },
    red: entries.filter(({ light }) => light === 'red').sort(byLimit),
    yellow: entries.filter(({ light }) => light === 'yellow').sort(byLimit),
    dueSoon: dueSoon.sort(byLimit),
    hasNews: moved || reportsToday > 0 || dueSoon.length > 0,
  };
}

function byLimit(left: LedgerEntry, right: LedgerEntry): number {
  return left.dueOn < right.dueOn ? -1 : left.dueOn > right.dueOn ? 1 : left.code < right.code ? -1 : 1;
}
