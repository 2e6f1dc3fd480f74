import type { Actor, Context } from '#core/context';
import { type LocalDate, localDateOf } from '#core/dates';
import { loadCalendar } from '../calendar/store.ts';
import type { Unit } from '../roster/model.ts';
import { assertMay, may } from '../roster/policy.ts';
import { listUnits } from '../roster/store.ts';
import { matterOf } from '../work-items/item-view.ts';
import { findWorkYear } from '../work-items/store.ts';
import { type LedgerEntry, readEntries } from './entries.ts';
import { instantOf, type LedgerFilter, ledgerVocabulary, matches, readFilter, unitsIn, yearSaid } from './filter.ts';
import { findOpenBefore, findSections } from './store.ts';

/** 一次查询 — what was asked, as of when, and what this person may see of it. */
export interface LedgerView {
  readonly filter: LedgerFilter;
  /** whose items are listed */
  readonly year: number;
  readonly at: Date;
  /** the day of `at` */
  readonly day: LocalDate;
  readonly units: ReadonlyMap<string, Unit>;
  readonly entries: readonly LedgerEntry[];
  /** 以前各年还没有办结的，这份台账里没有；说了哪一年、哪一天的，不列 */
  readonly older: readonly { readonly year: number; readonly open: number }[];
  /** false: 只可看总数 */
  readonly readable: boolean;
}

/** 听懂筛选 @throws InvalidError that says which word was not understood */
export async function understandFilter(ctx: Pick<Context, 'tx' | 'today' | 'now'>, words: string): Promise<{ filter: LedgerFilter; units: Unit[] }> {
  const units = await listUnits(ctx.tx);
  const workYear = await findWorkYear(ctx.tx, ctx.now);
  const sections = await findSections(ctx.tx, yearSaid(words) ?? workYear);
  const calendar = await loadCalendar(ctx.tx);
  return { filter: readFilter(words, ledgerVocabulary(units, { ...sections, calendar }), { today: ctx.today, workYear }), units };
}

/** 哪一年的台账 — the one that was asked for, else the one whose books were in hand at that instant. */
export async function yearOf(ctx: Pick<Context, 'tx'>, { year }: LedgerFilter, at: Date): Promise<number> {
  return year ?? findWorkYear(ctx.tx, at);
}

/**
 * 查台账 — a unit sees its own, a leader his field, the inspectors all. Of a unit outside his field a leader gets the totals.
 * @throws ForbiddenError, InvalidError
 */
export async function readLedger(ctx: Context, words: string): Promise<LedgerView> {
  const { filter, units } = await understandFilter(ctx, words);
  const at = instantOf(filter, ctx.now);
  const day = localDateOf(at);
  const asked = unitsIn(filter);
  const leadUnits = asked ?? ownUnits(ctx.actor);
  if (leadUnits?.length === 0) assertMay(ctx.actor, 'readTotals');
  const year = await yearOf(ctx, filter, at);
  const found = await readEntries(ctx, { year, at, ...(leadUnits ? { leadUnits } : {}) });
  const own = found.filter((entry) => may(ctx.actor, 'readItem', matterOf(entry)));
  const readable = own.length > 0 || asked === undefined || found.length === 0;
  if (!readable || asked?.length === 0) assertMay(ctx.actor, 'readTotals');
  const entries = (readable ? own : found).filter((entry) => matches(filter, entry, day)).sort(byUrgency);
  const older = filter.year === null && filter.asOf === null ? await openBefore(ctx, { year, leadUnits }) : [];
  return { filter, year, at, day, older, units: new Map(units.map((unit) => [unit.code, unit])), entries, readable };
}

/** 往年未办结的，各年几项 — those that this person may read. */
async function openBefore(
  ctx: Context,
  { year, leadUnits }: { year: number; leadUnits: readonly string[] | undefined },
): Promise<LedgerView['older']> {
  const counts = new Map<number, number>();
  for (const item of await findOpenBefore(ctx.tx, { year, ...(leadUnits ? { leadUnits } : {}) }))
    if (may(ctx.actor, 'readItem', matterOf(item))) counts.set(item.year, (counts.get(item.year) ?? 0) + 1);
  return [...counts].map(([of, open]) => ({ year: of, open }));
}

const districtWide: readonly string[] = ['principalLeader', 'leaderInCharge', 'chiefInspector', 'inspector'];

/** 本单位 — undefined: the rights are not by unit. */
export function ownUnits({ kind, posts }: Actor): readonly string[] | undefined {
  if (kind === 'system' || posts.some(({ role }) => districtWide.includes(role))) return undefined;
  return [...new Set(posts.flatMap(({ unitCode }) => (unitCode === null ? [] : [unitCode])))];
}

const order: Readonly<Record<string, number>> = { red: 0, yellow: 1, green: 2, grey: 3, blue: 4 };

/** 红在前，同色按时限，再按编号。 */
function byUrgency(left: LedgerEntry, right: LedgerEntry): number {
  const color = (order[left.light] ?? 5) - (order[right.light] ?? 5);
  return color || (left.dueOn < right.dueOn ? -1 : left.dueOn > right.dueOn ? 1 : left.code < right.code ? -1 : 1);
}
