import type { Tx } from '#core/context';
import { rows, statement } from '#db/rows';
import type { ImportedItem } from '../model.ts';
import type { ProgressReport, ReportedMetric, WorkItem } from '../records.ts';

// 这里的每个写入都改变状态；只有 ../advance-*.ts 可以引用本文件，它们在同一口气里记下留痕。

/** 改任务书状态 — false: somebody was faster. */
export async function moveBook(tx: Tx, { id, from, to, patch }: { id: string; from: string; to: string; patch: object }): Promise<boolean> {
  const { count } = await rows(tx).taskBook.updateMany({ where: { id, status: from }, data: { status: to, ...patch } });
  return count === 1;
}

/** 改一本书里全部事项的状态 — returns those that moved. @param closed only those that were finished before the book, only the others; null: all */
export async function moveItemsOfBook(
  tx: Tx,
  {
    bookId,
    from,
    to,
    at,
    stamp,
    closed,
  }: { bookId: string; from: string; to: string; at: Date; stamp: 'issuedAt' | 'acknowledgedAt'; closed: boolean | null },
): Promise<{ id: string; code: string }[]> {
  return rows(tx).workItem.updateManyAndReturn({
    where: { bookId, status: from, ...(closed === null ? {} : { completedAt: closed ? { not: null } : null }) },
    data: { status: to, [stamp]: at, version: { increment: 1 } },
    select: { id: true, code: true },
  });
}

/** 改一个事项的状态 — false: somebody was faster. */
export async function moveItem(tx: Tx, { id, from, to, patch }: { id: string; from: string; to: string; patch: object }): Promise<boolean> {
  const { count } = await rows(tx).workItem.updateMany({ where: { id, status: from }, data: { status: to, ...patch, version: { increment: 1 } } });
  return count === 1;
}

/** 改事项的其他内容 — false: somebody was faster. @param when what the row must still be */
export async function patchItem(tx: Tx, { id, when, patch }: { id: string; when: object; patch: object }): Promise<boolean> {
  const { count } = await rows(tx).workItem.updateMany({ where: { id, ...when }, data: { ...patch, version: { increment: 1 } } });
  return count === 1;
}

/** 登记改派的任务书 — approved by the decision; it is issued next. */
export async function insertReassignedBook(
  tx: Tx,
  book: { id: string; year: number; unitCode: string; approvedAt: Date; itemCount: number },
): Promise<void> {
  await rows(tx).taskBook.create({ data: { ...book, kind: 'reassigned', importId: null, status: 'approved' } });
}

/** 登记下级事项 */
export async function insertChildren(tx: Tx, children: readonly WorkItem[]): Promise<void> {
  await rows(tx).workItem.createMany({
    data: children.map(({ supportingUnits, metrics, ...child }) => ({
      ...child,
      supportingUnits: [...supportingUnits],
      metrics: metrics.map((metric) => ({ ...metric })),
    })),
  });
}

/** 排队下达 — the approved books of an import, or the one, that are not already on their way. */
export async function startBooks(tx: Tx, which: { importId: string } | { id: string }): Promise<{ id: string; issueRound: number }[]> {
  return rows(tx).taskBook.updateManyAndReturn({
    where: { ...which, status: 'approved', OR: [{ issueRound: 0 }, { issueFault: { not: null } }] },
    data: { issueRound: { increment: 1 }, issueFault: null },
    select: { id: true, issueRound: true },
  });
}

/** 记下没有下达成的缘由 — false: it has been issued meanwhile. */
export async function setIssueFault(tx: Tx, id: string, fault: string): Promise<boolean> {
  const { count } = await rows(tx).taskBook.updateMany({ where: { id, status: 'approved' }, data: { issueFault: fault } });
  return count === 1;
}

/** 记下没有送到的一处 @param cards how many of the counted cards did not arrive */
export async function addUnreached(tx: Tx, id: string, { line, cards }: { line: string; cards: number }): Promise<void> {
  await rows(tx).taskBook.update({ where: { id }, data: { unreached: { push: line }, cardsSent: { decrement: cards } } });
}

/** 登记任务书与事项 */
export async function insertBooks(
  tx: Tx,
  books: readonly { id: string; year: number; unitCode: string; kind: string; importId: string; items: readonly (ImportedItem & { id: string })[] }[],
): Promise<void> {
  const db = rows(tx);
  await db.taskBook.createMany({ data: books.map(({ items, ...book }) => ({ ...book, status: 'pendingApproval', itemCount: items.length })) });
  await db.workItem.createMany({
    data: books.flatMap(({ id: bookId, year, items }) =>
      items.map(({ supportingUnits, metrics, ...item }) => ({
        ...item,
        year,
        bookId,
        kind: 'keyTask',
        status: 'draft',
        supportingUnits: [...supportingUnits],
        metrics: metrics.map((metric) => ({ ...metric })),
        originalDueOn: item.dueOn,
      })),
    ),
  });
}

/** 撤掉一次导入的任务书 — only while all of them wait for approval: they are held first, or the items would go while somebody approves the books. Returns how many items went. */
export async function deleteBooks(tx: Tx, importId: string, upTo: 'pendingApproval' | 'approved'): Promise<number> {
  const db = rows(tx);
  const held = await db.$queryRaw<{ status: string; issueRound: number }[]>`
    SELECT status, "issueRound" FROM "TaskBook" WHERE "importId" = ${importId} ORDER BY "unitCode" FOR UPDATE`;
  const untouched = ({ status, issueRound }: { status: string; issueRound: number }): boolean =>
    issueRound === 0 && (status === 'pendingApproval' || status === upTo);
  if (!held.every(untouched)) return 0;
  const { count } = await db.workItem.deleteMany({ where: { book: { importId }, status: 'draft' } });
  await db.taskBook.deleteMany({ where: { importId } });
  return count;
}

export interface NewReport {
  readonly id: string;
  readonly itemId: string;
  readonly round: number;
  readonly percent: number;
  readonly previousPercent: number;
  readonly content: string;
  readonly difficulties: string | null;
  readonly reason: string | null;
  readonly metrics: readonly ReportedMetric[];
  readonly noChange: boolean;
  readonly reporterId: string;
  readonly reporterName: string;
  readonly submittedAt: Date;
}

/** 记反馈 — many at once; false: this round of the item has been reported already (the round is the business key). */
export const insertReport: (tx: Tx, report: NewReport) => Promise<boolean> = statement('workItems.insertReport', async (db, batch) => {
  const given = batch.map((report) => ({ ...report, submittedAt: report.submittedAt.toISOString() }));
  const inserted = await db.$queryRaw<{ id: string }[]>`
    INSERT INTO "ProgressReport" (id, "itemId", round, status, percent, "previousPercent", content, difficulties, reason, metrics, "noChange", "reporterId", "reporterName", "submittedAt")
    SELECT id, "itemId", round, 'submitted', percent, "previousPercent", content, difficulties, reason, metrics, "noChange", "reporterId", "reporterName", "submittedAt"
    FROM jsonb_to_recordset(${JSON.stringify(given)}::jsonb) AS x(
      id text, "itemId" text, round int, percent int, "previousPercent" int, content text, difficulties text, reason text, metrics jsonb, "noChange" boolean,
      "reporterId" text, "reporterName" text, "submittedAt" timestamptz)
    ON CONFLICT ("itemId", round) DO NOTHING
    RETURNING id`;
  const ids = new Set(inserted.map(({ id }) => id));
  return batch.map(({ id }) => ids.has(id));
});

/** 改反馈状态 */
export async function moveReport(tx: Tx, { id, from, to, patch }: { id: string; from: string; to: string; patch: object }): Promise<boolean> {
  const { count } = await rows(tx).progressReport.updateMany({ where: { id, status: from }, data: { status: to, ...patch } });
  return count === 1;
}

/** 反馈采纳后更新事项 — percent, metric values and the time of the last report. */
export async function applyReport(tx: Tx, report: ProgressReport, metrics: readonly object[]): Promise<void> {
  await rows(tx).workItem.update({
    where: { id: report.itemId },
    data: { percent: report.percent, metrics: [...metrics], lastReportAt: report.submittedAt, version: { increment: 1 } },
  });
}
