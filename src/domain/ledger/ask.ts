import type { Actor, Context } from '#core/context';
import { type LocalDate, localDateOf } from '#core/dates';
import { loadCalendar } from '../calendar/store.ts';
import type { Unit } from '../roster/model.ts';
import { assertMay, may } from '../roster/policy.ts';
import { listUnits } from '../roster/store.ts';
import { matterOf } from '../work-items/item-view.ts';
import { type LedgerEntry, readEntries } from './entries.ts';
import { instantOf, type LedgerFilter, ledgerVocabulary, matches, readFilter, unitsIn } from './filter.ts';
import { findSections } from './store.ts';

/** 一次查询 — what was asked, as of when, and what this person may see of it. */
export interface LedgerView {
  readonly filter: LedgerFilter;
  readonly at: Date;
  /** the day of `at` */
  readonly day: LocalDate;
  readonly units: ReadonlyMap<string, Unit>;
  readonly entries: readonly LedgerEntry[];
  /** false: 只可看总数 */
  readonly readable: boolean;
}

/** 听懂筛选 @throws InvalidError that says which word was not understood */
export async function understandFilter(ctx: Pick<Context, 'tx' | 'today'>, words: string): Promise<{ filter: LedgerFilter; units: Unit[] }> {
  const units = await listUnits(ctx.tx);
  const sections = await findSections(ctx.tx, Number(ctx.today.slice(0, 4)));
  const calendar = await loadCalendar(ctx.tx);
  return { filter: readFilter(words, ledgerVocabulary(units, { ...sections, calendar }), ctx.today), units };
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
  const found = await readEntries(ctx, { year: Number(day.slice(0, 4)), at, ...(leadUnits ? { leadUnits } : {}) });
  const own = found.filter((entry) => may(ctx.actor, 'readItem', matterOf(entry)));
  const readable = own.length > 0 || asked === undefined || found.length === 0;
  if (!readable || asked?.length === 0) assertMay(ctx.actor, 'readTotals');
  const entries = (readable ? own : found).filter((entry) => matches(filter, entry, day)).sort(byUrgency);
  return { filter, at, day, units: new Map(units.map((unit) => [unit.code, unit])), entries, readable };
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
