import type { Context } from '#core/context';
import { type LocalDate, localDateOf } from '#core/dates';
import { loadCalendar } from '../calendar/store.ts';
import { createLamp, type LightOverride, type LightReason, type SignalLight, shownLight } from '../lights/light.ts';
import { findOverrides } from '../lights/store.ts';
import type { ProgressReportStatus } from '../work-items/model.ts';
import type { WorkItem } from '../work-items/records.ts';
import { undo } from './past.ts';
import { findFacts, findLedgerItems, findLinesSince, type ItemFacts, type LedgerRange } from './store.ts';

/** 台账的一行 — the item as it stood at the instant, with its light and its newest report. */
export interface LedgerEntry extends WorkItem {
  readonly light: SignalLight;
  readonly reasons: readonly LightReason[];
  /** 人工定的灯 */
  readonly override: LightOverride | null;
  readonly report: EntryReport | null;
  /** 分解过：由子任务反馈 */
  readonly hasParts: boolean;
  /** 进度最近一次有变化的日子；从没有过的是下达日 */
  readonly movedOn: LocalDate | null;
  /** 采纳了的承诺日期 */
  readonly promisedOn: LocalDate | null;
}

export interface EntryReport {
  readonly status: ProgressReportStatus;
  readonly percent: number;
  readonly content: string;
  readonly difficulties: string | null;
  readonly by: string;
  readonly at: Date;
  /** 附件的文件名，一行一份 */
  readonly files: string | null;
}

/**
 * 查台账 — the one query behind the ledger, the export, the lights and every digest, so that the same instant always gives the same
 * numbers. A past instant is the present with the trail undone down to it. Drafts are left out unless they are asked for.
 * @param query.at not after `ctx.now`
 */
export async function readEntries(ctx: Pick<Context, 'tx' | 'now'>, query: LedgerQuery): Promise<LedgerEntry[]> {
  return (await readEntryPage(ctx, query)).entries;
}

export interface LedgerQuery extends LedgerRange {
  readonly at: Date;
  readonly drafts?: boolean;
}

/** 查台账的一页 — with the code after which the next page begins; null: nothing is left. */
export async function readEntryPage(
  ctx: Pick<Context, 'tx' | 'now'>,
  { at, drafts = false, ...range }: LedgerQuery,
): Promise<{ readonly entries: LedgerEntry[]; readonly last: string | null }> {
  const past = at < ctx.now;
  // 牵头单位会改派：往日的单位要重现之后才知道。
  const found = await findLedgerItems(ctx.tx, past ? without(range, 'leadUnits') : range);
  const itemIds = found.map(({ id }) => id);
  const lines = past && itemIds.length > 0 ? await findLinesSince(ctx.tx, { itemIds, at }) : new Map<string, never[]>();
  const facts = await findFacts(ctx.tx, { itemIds, at });
  const overrides = await findOverrides(ctx.tx, { itemIds, at });
  const { lightOf } = createLamp(await loadCalendar(ctx.tx));
  const today = localDateOf(at);
  const entries = found
    .map((item) => (past ? undo(item, lines.get(item.id) ?? []) : item))
    .filter(({ status, leadUnit }) => (drafts || status !== 'draft') && (!range.leadUnits || range.leadUnits.includes(leadUnit)))
    .map((item) => {
      const known = facts.get(item.id);
      const lit = lightOf(factsOf(item, known), today);
      return {
        ...item,
        ...shownLight(lit, overrides.get(item.id) ?? null, today),
        report: reportAt(known, at),
        hasParts: known?.hasChildren === true,
        movedOn: localDateOr(known?.movedAt ?? item.issuedAt),
        promisedOn: known?.promisedOn ?? null,
      };
    });
  return { entries, last: found.at(-1)?.code ?? null };
}

/** 某事项此刻的一行 — null: a draft, a part of another item, or a task of a project. */
export async function entryOf(ctx: Pick<Context, 'tx' | 'now'>, item: Pick<WorkItem, 'id' | 'year'>): Promise<LedgerEntry | null> {
  const [entry] = await readEntries(ctx, { year: item.year, ids: [item.id], at: ctx.now });
  return entry ?? null;
}

function without(range: LedgerRange, key: 'leadUnits'): LedgerRange {
  const { [key]: _, ...rest } = range;
  return rest;
}

function localDateOr(at: Date | null): LocalDate | null {
  return at === null ? null : localDateOf(at);
}

function factsOf(item: WorkItem, known: ItemFacts | undefined): Parameters<ReturnType<typeof createLamp>['lightOf']>[0] {
  const issuedOn: LocalDate | null = item.issuedAt === null ? null : localDateOf(item.issuedAt);
  const begun = issuedOn ?? item.issueOn ?? item.dueOn;
  const reports = item.status === 'inProgress' && known?.hasChildren !== true;
  return {
    status: item.status,
    percent: item.percent,
    startOn: item.startOn ?? begun,
    dueOn: item.dueOn,
    feedback: reports
      ? { period: item.feedbackPeriod, startOn: begun, lastReportedOn: known?.submittedAt ? localDateOf(known.submittedAt) : null }
      : null,
    sentBackOn: known?.sentBackAt && item.status === 'inProgress' ? localDateOf(known.sentBackAt) : null,
    orderUnanswered: known?.orderUnanswered === true,
  };
}

function reportAt(known: ItemFacts | undefined, at: Date): EntryReport | null {
  if (!known?.submittedAt) return null;
  const since = (moment: Date | null): boolean => moment !== null && moment <= at;
  const status = since(known.returnedAt) ? 'returned' : since(known.adoptedAt) ? 'adopted' : since(known.signedOffAt) ? 'signedOff' : 'submitted';
  return {
    status,
    percent: known.reportPercent ?? 0,
    content: known.reportContent ?? '',
    difficulties: known.reportDifficulties,
    by: known.reportBy ?? '',
    at: known.submittedAt,
    files: known.reportFiles,
  };
}
