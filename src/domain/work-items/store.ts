import type { Tx } from '#core/context';
import { type LocalDate, localDateOf } from '#core/dates';
import { rows, statement } from '#db/rows';
import type { ItemCode } from './item-code.ts';
import { endedStatuses, openStatuses, projectKinds } from './model.ts';
import type { ProgressReport, TaskBook, WorkItem } from './records.ts';

/** 事项的各列；内部备注不在其中 */
export const itemFields = {
  id: true,
  year: true,
  code: true,
  series: true,
  number: true,
  kind: true,
  bookId: true,
  parentId: true,
  position: true,
  weight: true,
  mandatory: true,
  status: true,
  title: true,
  category: true,
  goal: true,
  measures: true,
  leadUnit: true,
  supportingUnits: true,
  leaderInCharge: true,
  responsiblePostId: true,
  liaisonPostId: true,
  issueOn: true,
  startOn: true,
  dueOn: true,
  originalDueOn: true,
  feedbackPeriod: true,
  theme: true,
  metrics: true,
  percent: true,
  lastReportAt: true,
  issuedAt: true,
  acknowledgedAt: true,
  completedAt: true,
  reworkCount: true,
} as const;

/** 找任务书 */
export async function findBook(tx: Tx, id: string): Promise<TaskBook | null> {
  return (await rows(tx).taskBook.findUnique({ where: { id } })) as TaskBook | null;
}

/** 一次导入的任务书，按单位次序 */
export async function findBooksOfImport(tx: Tx, importId: string): Promise<TaskBook[]> {
  return (await rows(tx).taskBook.findMany({ where: { importId }, orderBy: { unitCode: 'asc' } })) as unknown as TaskBook[];
}

const stillToDo = { items: { some: { status: { notIn: [...endedStatuses] } } } };

/** 等签收的任务书 — with something in it that is still to be done. */
export async function findAwaitingReceipt(tx: Tx): Promise<TaskBook[]> {
  const where = { status: 'issued', ...stillToDo };
  return (await rows(tx).taskBook.findMany({ where, orderBy: { unitCode: 'asc' } })) as unknown as TaskBook[];
}

/** 不用签收的任务书 — of these: issued, not signed, and everything in it was reassigned away or has ended. */
export async function findNeedless(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const where = { id: { in: [...ids] }, status: 'issued', NOT: stillToDo };
  return new Set((await rows(tx).taskBook.findMany({ where, select: { id: true } })).map(({ id }) => id));
}

/** 等审定、等下达的导入 */
export async function findImportsToApprove(tx: Tx): Promise<string[]> {
  const where = { importId: { not: null }, status: { in: ['pendingApproval', 'approved'] } };
  const found = await rows(tx).taskBook.findMany({ where, distinct: ['importId'], select: { importId: true }, orderBy: { importId: 'asc' } });
  return found.flatMap(({ importId }) => importId ?? []);
}

/** 一个单位某年已下达的任务书，先下达的在前 */
export async function findIssuedBooks(tx: Tx, { year, unitCodes }: { year: number; unitCodes: readonly string[] }): Promise<TaskBook[]> {
  const where = { year, unitCode: { in: [...unitCodes] }, issuedAt: { not: null } };
  return (await rows(tx).taskBook.findMany({ where, orderBy: [{ issuedAt: 'asc' }, { unitCode: 'asc' }] })) as unknown as TaskBook[];
}

/** 工作年度 — whose books are in hand at that instant: until those of the new year are issued it is still the former one (they come in spring). */
export async function findWorkYear(tx: Tx, at: Date): Promise<number> {
  const calendarYear = Number(localDateOf(at).slice(0, 4));
  const newest = await rows(tx).taskBook.aggregate({ _max: { year: true }, where: { issuedAt: { lte: at }, year: { lte: calendarYear } } });
  return newest._max.year ?? calendarYear;
}

/** 最近着手下达的一次导入 — null: nothing has been issued yet. */
export async function findLastIssuedImport(tx: Tx): Promise<string | null> {
  const where = { importId: { not: null }, issueRound: { gt: 0 } };
  const last = await rows(tx).taskBook.findFirst({ where, orderBy: { approvedAt: 'desc' }, select: { importId: true } });
  return last?.importId ?? null;
}

/** 任务书里的事项 */
export async function findItemsOfBook(tx: Tx, bookId: string): Promise<WorkItem[]> {
  return asItems(await rows(tx).workItem.findMany({ where: { bookId }, select: itemFields, orderBy: [{ series: 'asc' }, { number: 'asc' }] }));
}

/** 同一个编号往回找几年 */
const yearsBack = 10;

/** 按编号找已下达的事项 — of that year; null: of the newest year up to this one that has it. */
export async function findItemByCode(tx: Tx, { year, code }: ItemCode, thisYear: number): Promise<WorkItem | null> {
  const years = year === null ? Array.from({ length: yearsBack }, (_, back) => thisYear - back) : [year];
  const where = { year: { in: years }, code, status: { not: 'draft' } };
  return (await rows(tx).workItem.findFirst({ where, select: itemFields, orderBy: { year: 'desc' } })) as unknown as WorkItem | null;
}

/** 找事项 */
export async function findItem(tx: Tx, id: string): Promise<WorkItem | null> {
  return (await rows(tx).workItem.findUnique({ where: { id }, select: itemFields })) as unknown as WorkItem | null;
}

/** 锁事项 — whatever decides over its orders, and the acceptance of a reply that stops the clock, follow one another. The item comes first in the order of locks. */
export async function lockItem(tx: Tx, itemId: string): Promise<void> {
  await rows(tx).$queryRaw`SELECT 1 FROM "WorkItem" WHERE id = ${itemId} FOR UPDATE`;
}

/** 下级事项，按次序 */
export async function findChildren(tx: Tx, parentId: string): Promise<WorkItem[]> {
  return asItems(await rows(tx).workItem.findMany({ where: { parentId }, select: itemFields, orderBy: [{ position: 'asc' }, { code: 'asc' }] }));
}

/** 分解过的 — of these, those with parts that were not cancelled: they are reported through their parts. */
export async function findBrokenDown(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const where = { parentId: { in: [...ids] }, status: { not: 'cancelled' } };
  const found = await rows(tx).workItem.findMany({ where, distinct: ['parentId'], select: { parentId: true } });
  return new Set(found.flatMap(({ parentId }) => parentId ?? []));
}

export interface ItemFilter {
  readonly year?: number;
  readonly leadUnits?: readonly string[];
  readonly postIds?: readonly string[];
  readonly openOnly?: boolean;
}

const ofDistrict = { kind: { notIn: [...projectKinds] } };

/** 查台账 — in order of limit, then of code; without the tasks of projects, which have their own cards. */
export async function findItems(tx: Tx, { year, leadUnits, postIds, openOnly }: ItemFilter): Promise<WorkItem[]> {
  const found = await rows(tx).workItem.findMany({
    where: {
      ...ofDistrict,
      ...(year === undefined ? {} : { year }),
      ...(leadUnits ? { leadUnit: { in: [...leadUnits] } } : {}),
      ...(postIds ? { OR: [{ responsiblePostId: { in: [...postIds] } }, { liaisonPostId: { in: [...postIds] } }] } : {}),
      status: openOnly ? { in: [...openStatuses] } : { not: 'draft' },
    },
    select: itemFields,
    orderBy: [{ dueOn: 'asc' }, { code: 'asc' }],
  });
  return asItems(found);
}

/** 某位领导分管的、还没有了结的事项 — drafts, suspended ones and those of projects too. */
export async function findItemsOfLeader(tx: Tx, leaderInCharge: string): Promise<WorkItem[]> {
  const status = { in: ['draft', 'suspended', ...openStatuses] };
  return asItems(await rows(tx).workItem.findMany({ where: { leaderInCharge, status }, select: itemFields, orderBy: { code: 'asc' } }));
}

/** 某单位配合的、还没有了结的事项 — suspended ones too. */
export async function findItemsSupportedBy(tx: Tx, unitCode: string): Promise<WorkItem[]> {
  const status = { in: ['draft', 'suspended', ...openStatuses] };
  const where = { ...ofDistrict, supportingUnits: { has: unitCode }, status };
  return asItems(await rows(tx).workItem.findMany({ where, select: itemFields, orderBy: { code: 'asc' } }));
}

/** 各事项最近一次反馈 */
export async function findLastReports(tx: Tx, itemIds: readonly string[]): Promise<Map<string, ProgressReport>> {
  const found = await rows(tx).progressReport.findMany({
    where: { itemId: { in: [...itemIds] } },
    orderBy: [{ itemId: 'asc' }, { round: 'desc' }],
    distinct: ['itemId'],
  });
  return new Map((found as unknown as ProgressReport[]).map((report) => [report.itemId, report]));
}

/** 找反馈 */
export async function findReport(tx: Tx, id: string): Promise<ProgressReport | null> {
  return (await rows(tx).progressReport.findUnique({ where: { id } })) as unknown as ProgressReport | null;
}

/** 现有的年份与编号 — which codes of a year are taken. */
export async function findTakenCodes(tx: Tx, year: number, codes: readonly string[]): Promise<string[]> {
  const found = await rows(tx).workItem.findMany({ where: { year, code: { in: [...codes] } }, select: { code: true } });
  return found.map(({ code }) => code);
}

/** 一年里用过的全部编号 — for a check before anything is written; as one text, so that tens of thousands hold no click up. */
export async function findCodesOfYear(tx: Tx, year: number): Promise<string[]> {
  const [row] = await rows(tx).$queryRaw<{ codes: string | null }[]>`
    SELECT string_agg(code, chr(10)) AS codes FROM "WorkItem" WHERE year = ${year}::int AND "parentId" IS NULL AND kind <> ALL(${[...projectKinds]}::text[])`;
  return row?.codes?.split('\n') ?? [];
}

/** 某一字头用到的最大号 — 0: none yet. */
export async function findLastNumber(tx: Tx, year: number, series: string): Promise<number> {
  const { _max } = await rows(tx).workItem.aggregate({ where: { ...ofDistrict, year, series }, _max: { number: true } });
  return _max.number ?? 0;
}

/** 这一年有没有年度任务书 */
export async function hasAnnualBooks(tx: Tx, year: number): Promise<boolean> {
  return (await rows(tx).taskBook.findFirst({ where: { year, kind: 'annual' }, select: { id: true } })) !== null;
}

/** 专题里的事项 — of the newest year that has them, in the order of codes. */
export async function findItemsOfTheme(tx: Tx, theme: string): Promise<WorkItem[]> {
  const found = asItems(
    await rows(tx).workItem.findMany({
      where: { ...ofDistrict, theme, status: { notIn: ['draft', 'cancelled'] } },
      select: itemFields,
      orderBy: [{ year: 'desc' }, { code: 'asc' }],
    }),
  );
  return found.filter(({ year }) => year === found[0]?.year);
}

/** 办理反馈所需的一切，一次读出 */
export interface ReportingSituation {
  readonly item: WorkItem;
  readonly unitName: string;
  /** the newest report, whatever its status */
  readonly last: ProgressReport | null;
  /** accounts of the unit's head today, delegates included */
  readonly heads: readonly string[];
  /** parts of the item that were not cancelled: it is reported through them */
  readonly children: number;
}

/** 反馈的来龙去脉 — for many clicks at once: the item, its newest report and who signs off. undefined: no such item. */
export const findReportingSituation: (tx: Tx, row: { itemId: string; today: LocalDate }) => Promise<ReportingSituation | undefined> = statement(
  'workItems.findReportingSituation',
  async (db, batch) => {
    const found = await db.$queryRaw<
      { n: number; item: WorkItem; unitName: string; last: ProgressReport | null; heads: string[] | null; children: number }[]
    >`
      SELECT x.n, to_jsonb(i) - 'internalNote' AS item, u.name AS "unitName", to_jsonb(r) AS last,
        (SELECT array_agg(DISTINCT p."openId") FROM "Post" post
           JOIN "PostHolding" h ON h."postId" = post.id AND h."fromOn" <= x.today AND (h."toOn" IS NULL OR h."toOn" >= x.today)
           LEFT JOIN "Delegation" d ON d."personId" = h."personId" AND x.today BETWEEN d."fromOn" AND d."toOn"
           JOIN "Person" p ON p.active AND p."openId" IS NOT NULL AND p.id IN (h."personId", d."delegateId")
         WHERE post."unitCode" = i."leadUnit" AND post.role = 'unitHead') AS heads,
        (SELECT count(*)::int FROM "WorkItem" part WHERE part."parentId" = i.id AND part.status <> 'cancelled') AS children
      FROM jsonb_to_recordset(${JSON.stringify(batch.map((row, n) => ({ n, ...row })))}::jsonb) AS x(n int, "itemId" text, today text)
      JOIN "WorkItem" i ON i.id = x."itemId"
      JOIN "Unit" u ON u.code = i."leadUnit"
      LEFT JOIN LATERAL (SELECT * FROM "ProgressReport" r WHERE r."itemId" = i.id ORDER BY r.round DESC LIMIT 1) r ON true`;
    const byAsked = new Map(found.map((row) => [row.n, row]));
    return batch.map((_, n) => {
      const row = byAsked.get(n);
      return row && { item: row.item, unitName: row.unitName, last: row.last, heads: row.heads ?? [], children: row.children };
    });
  },
);

function asItems(found: unknown): WorkItem[] {
  return found as WorkItem[];
}
