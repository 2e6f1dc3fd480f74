import type { Context } from '#core/context';
import { type LocalDate, localDateOf } from '#core/dates';
import { ConflictError } from '#core/errors';
import { newId } from '#core/ids';
import type { Right } from '../roster/policy.ts';
import { type ImportedItem, isUnderWay, progressReportMachine, taskBookMachine, workItemMachine } from './model.ts';
import {
  addUnreached,
  applyReport,
  deleteBooks,
  insertBooks,
  insertChildren,
  insertReassignedBook,
  insertReport,
  moveBook,
  moveItem,
  moveItemsOfBook,
  moveReport,
  type NewReport,
  patchItem,
  setIssueFault,
  startBooks,
} from './moves/store.ts';
import type { ProgressReport, TaskBook, WorkItem } from './records.ts';
import { progressIn, wholePoints } from './roll-up.ts';
import { lockTree } from './tree/store.ts';

type BookEvent = (typeof taskBookMachine.events)[number];
type ItemEvent = (typeof workItemMachine.events)[number];
/** 往日的台账要重现的 */
const reproduced = ['percent', 'dueOn', 'startOn', 'leadUnit', 'leaderInCharge', 'issuedAt', 'title', 'goal', 'supportingUnits'] as const;

type ReportEvent = (typeof progressReportMachine.events)[number];

// 状态只在这个文件里改变：问过状态表、比对着改、同一口气记下留痕。别处拿不到改状态的函数（test/architecture.test.ts）。

/** 登记任务书 — one book for each lead unit. */
export async function registerItems(
  ctx: Context,
  { importId, year, kind, rows }: { importId: string; year: number; kind: TaskBook['kind']; rows: readonly ImportedItem[] },
): Promise<{ books: number; items: number }> {
  const byUnit = new Map<string, (ImportedItem & { id: string })[]>();
  for (const row of rows) {
    const items = byUnit.get(row.leadUnit) ?? [];
    items.push({ ...row, id: newId() });
    byUnit.set(row.leadUnit, items);
  }
  const books = [...byUnit].map(([unitCode, items]) => ({ id: newId(), year, unitCode, kind, importId, items }));
  await insertBooks(ctx.tx, books);
  ctx.audit.record({
    subject: { type: 'workbookImport', id: importId },
    event: 'register',
    after: workItemMachine.initial,
    detail: { books: books.length, items: rows.length },
  });
  for (const { items } of books) for (const item of items) recordCarried(ctx, item);
  return { books: books.length, items: rows.length };
}

/** 记带入的情况 — who brought along where an item stands; what it was is not in the system. */
function recordCarried(ctx: Context, item: ImportedItem & { readonly id: string }): void {
  const { id, percent = 0, completedAt, metrics } = item;
  if (completedAt === undefined && !isUnderWay(item)) return;
  const done = metrics.filter(({ baseline, current }) => current !== baseline).map(({ name, current, unit }) => `${name}${current}${unit}`);
  const words = completedAt === undefined ? done : [`启用前已办结，${localDateOf(new Date(completedAt))}`, ...done];
  ctx.audit.record({
    subject: { type: 'workItem', id },
    event: 'carryOver',
    after: String(percent),
    detail: { percent, completedAt: completedAt ?? null, reason: words.join('；') },
  });
}

/**
 * 撤掉没有下达的任务书 — one line in the trail for the whole import.
 * @param upTo the last status in which all of them may be
 * @returns how many items; 0: some are further on, nothing is gone
 */
export async function discardItems(ctx: Context, importId: string, upTo: 'pendingApproval' | 'approved'): Promise<number> {
  const items = await deleteBooks(ctx.tx, importId, upTo);
  if (items > 0)
    ctx.audit.record({ subject: { type: 'workbookImport', id: importId }, event: 'discard', before: workItemMachine.initial, detail: { items } });
  return items;
}

/** 推进任务书 — with its items, where the event concerns them. */
export async function advanceBook(
  ctx: Context,
  book: TaskBook,
  { event, patch, right }: { event: BookEvent; patch: Partial<TaskBook> & { approvedAt?: Date }; right: Right },
): Promise<TaskBook> {
  const status = taskBookMachine.next(book.status, event);
  if (!(await moveBook(ctx.tx, { id: book.id, from: book.status, to: status, patch }))) throw new ConflictError();
  ctx.audit.record({ subject: { type: 'taskBook', id: book.id }, event, before: book.status, after: status, ...right });
  // 启用前已办结的先走：下达了就是办结的，没有谁要签收它。
  const events: readonly ItemEvent[] = event === 'approve' ? [] : event === 'issue' ? ['issueClosed', event] : [event];
  for (const each of events) await moveItems(ctx, book, { event: each, right });
  return { ...book, ...patch, status };
}

async function moveItems(ctx: Context, { id: bookId }: TaskBook, { event, right }: { event: ItemEvent; right: Right }): Promise<void> {
  const stamp = event === 'acknowledge' ? 'acknowledgedAt' : 'issuedAt';
  const closed = event === 'acknowledge' ? null : event === 'issueClosed';
  const { from, to } = workItemMachine.table[event];
  for (const before of from)
    for (const item of await moveItemsOfBook(ctx.tx, { bookId, from: before, to, at: ctx.now, stamp, closed }))
      ctx.audit.record({ subject: { type: 'workItem', id: item.id }, event, before, after: to, ...right });
}

/** 改签收时限 — the working days between have changed. @throws ConflictError when it was signed meanwhile */
export async function moveReceiptLimit(ctx: Context, book: TaskBook, acknowledgeBy: Date): Promise<TaskBook> {
  if (!(await moveBook(ctx.tx, { id: book.id, from: book.status, to: book.status, patch: { acknowledgeBy } }))) throw new ConflictError();
  const [before, after] = [book.acknowledgeBy?.toISOString(), acknowledgeBy.toISOString()];
  ctx.audit.record({ subject: { type: 'taskBook', id: book.id }, event: 'moveReceiptLimit', before, after });
  return { ...book, acknowledgeBy };
}

/** 开始下达 — the books that are now on their way, each with the number of its try; those already under way are not among them. */
export async function startIssue(
  ctx: Context,
  which: { importId: string } | { id: string },
  right: Right,
): Promise<{ id: string; issueRound: number }[]> {
  const books = await startBooks(ctx.tx, which);
  const subject = 'importId' in which ? { type: 'workbookImport', id: which.importId } : { type: 'taskBook', id: which.id };
  if (books.length > 0) ctx.audit.record({ subject, event: 'issue', detail: { books: books.length }, ...right });
  return books;
}

/** 没有下达成 — the book stays approved, and can be issued again. */
export async function noteIssueFault(ctx: Context, bookId: string, fault: string): Promise<void> {
  if (!(await setIssueFault(ctx.tx, bookId, fault))) return;
  ctx.audit.record({ subject: { type: 'taskBook', id: bookId }, event: 'issueFailed', detail: { fault } });
}

/** 换任务书的文件 — a corrected item is printed anew; which file it was before stays in the trail. @throws ConflictError when somebody was faster */
export async function replaceDocument(ctx: Context, book: TaskBook, patch: Pick<TaskBook, 'documentBlobId' | 'documentName'>): Promise<void> {
  const { id, status, documentBlobId: former } = book;
  if (!(await moveBook(ctx.tx, { id, from: status, to: status, patch }))) throw new ConflictError();
  ctx.audit.record({ subject: { type: 'taskBook', id }, event: 'reprint', before: status, after: status, detail: { former } });
}

/** 没有送到 — the platform did not take a card or a file of the book, for good. */
export async function noteUnreached(ctx: Context, bookId: string, { line, cards }: { line: string; cards: number }): Promise<void> {
  await addUnreached(ctx.tx, bookId, { line, cards });
  ctx.audit.record({ subject: { type: 'taskBook', id: bookId }, event: 'undelivered', detail: { line } });
}

/** 推进事项 — one item, with what else changes in its row. @throws ConflictError when the event is not legal now, or somebody was faster */
export async function advanceItem(
  ctx: Context,
  item: WorkItem,
  { event, patch = {}, right, detail }: { event: ItemEvent; patch?: Partial<WorkItem>; right: Right; detail?: Readonly<Record<string, unknown>> },
): Promise<WorkItem> {
  const status = workItemMachine.next(item.status, event);
  if (!(await moveItem(ctx.tx, { id: item.id, from: item.status, to: status, patch }))) throw new ConflictError();
  const line = { subject: { type: 'workItem', id: item.id }, event, before: item.status, after: status, detail: withFormer(item, patch, detail) };
  ctx.audit.record({ ...line, ...right });
  return { ...item, ...patch, status };
}

/** 原来的值 — of what a change overwrites and the ledger of a past day needs again (domain/ledger/past.ts). */
function withFormer(
  item: WorkItem,
  patch: Partial<WorkItem>,
  detail: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> | undefined {
  const changed = reproduced.filter((key) => patch[key] !== undefined && patch[key] !== item[key]);
  return changed.length === 0 ? detail : { ...detail, former: Object.fromEntries(changed.map((key) => [key, item[key]])) };
}

/** 改时限 — an extension was approved; the original limit stays on record. @throws ConflictError when somebody was faster */
export async function extendItem(
  ctx: Context,
  item: WorkItem,
  { dueOn, right, detail }: { dueOn: LocalDate; right: Right; detail: Readonly<Record<string, unknown>> },
): Promise<WorkItem> {
  const { id, status } = item;
  if (!(await patchItem(ctx.tx, { id, when: { status, dueOn: item.dueOn }, patch: { dueOn } }))) throw new ConflictError();
  ctx.audit.record({
    subject: { type: 'workItem', id },
    event: 'extend',
    before: item.dueOn,
    after: dueOn,
    detail: withFormer(item, { dueOn }, detail),
    ...right,
  });
  return { ...item, dueOn };
}

/** 立项 — items that stand outside the books: the tree of a project, or a promise by itself; the top comes first, and one line in the trail says what it holds. */
export async function registerOutsideBooks(
  ctx: Context,
  items: readonly WorkItem[],
  { right, detail }: { right: Right; detail: Readonly<Record<string, unknown>> },
): Promise<void> {
  const [top] = items;
  if (!top) return;
  await insertChildren(ctx.tx, items);
  ctx.audit.record({ subject: { type: 'workItem', id: top.id }, event: 'register', after: top.status, detail, ...right });
}

/** 记进度 — of a task of a project, whose state stays what it is. @throws ConflictError when somebody was faster */
export async function noteProgress(
  ctx: Context,
  item: WorkItem,
  { percent, content, right }: { percent: number; content: string | null; right: Right },
): Promise<void> {
  const { id, status } = item;
  const patch = { percent, lastReportAt: ctx.now };
  if (!(await patchItem(ctx.tx, { id, when: { status, percent: item.percent }, patch }))) throw new ConflictError();
  const [before, after] = [String(item.percent), String(percent)];
  ctx.audit.record({ subject: { type: 'workItem', id }, event: 'progress', before, after, detail: { percent, reason: content }, ...right });
}

/** 汇总进度 — an item and everything above it become the weighted mean of what is below; to be called after a child has changed. */
export async function rollUp(ctx: Context, parentId: string, right: Right): Promise<void> {
  const tree = await lockTree(ctx.tx, parentId);
  const progress = progressIn(tree);
  const byId = new Map(tree.map((item) => [item.id, item]));
  for (let item = byId.get(parentId); item; item = byId.get(item.parentId ?? '')) {
    const exact = progress.get(item.id);
    const percent = exact ? wholePoints(exact) : item.percent;
    if (percent === item.percent) continue;
    await patchItem(ctx.tx, { id: item.id, when: {}, patch: { percent } });
    const [before, after] = [String(item.percent), String(percent)];
    ctx.audit.record({ subject: { type: 'workItem', id: item.id }, event: 'rollUp', before, after, detail: { percent }, ...right });
  }
}

/** 另立改派的任务书 — a book of its own with what was reassigned together; it is issued like any other. */
export async function registerReassignedBook(
  ctx: Context,
  { year, unitCode, itemIds, right }: { year: number; unitCode: string; itemIds: readonly string[]; right: Right },
): Promise<string> {
  const id = newId();
  await insertReassignedBook(ctx.tx, { id, year, unitCode, approvedAt: ctx.now, itemCount: itemIds.length });
  ctx.audit.record({ subject: { type: 'taskBook', id }, event: 'register', after: 'approved', detail: { itemIds, unitCode }, ...right });
  return id;
}

/** 子任务随上级改派 — it is under way at the new unit; nobody signs for it apart. @throws ConflictError when somebody was faster */
export async function passPart(
  ctx: Context,
  part: WorkItem,
  { patch, right, detail }: { patch: Partial<WorkItem>; right: Right; detail: Readonly<Record<string, unknown>> },
): Promise<WorkItem> {
  return advanceItem(ctx, part, { event: 'passOn', patch, right, detail });
}

/** 换配合单位 — the unit that supported it is merged into another. @throws ConflictError when somebody was faster */
export async function changeSupport(
  ctx: Context,
  item: WorkItem,
  { supportingUnits, reason, right }: { supportingUnits: readonly string[]; reason: string; right: Right },
): Promise<WorkItem> {
  const { id, status } = item;
  const patch = { supportingUnits: [...supportingUnits] };
  if (!(await patchItem(ctx.tx, { id, when: { status }, patch }))) throw new ConflictError();
  const [before, after] = [item.supportingUnits.join('、'), supportingUnits.join('、')];
  ctx.audit.record({ subject: { type: 'workItem', id }, event: 'changeSupport', before, after, detail: { reason }, ...right });
  return { ...item, supportingUnits };
}

/** 登记下级 — parts of an item that is under way are under way at once. @param shares the new weights of parts that exist, by id */
export async function registerChildren(
  ctx: Context,
  parent: WorkItem,
  { children, shares, right }: { children: readonly WorkItem[]; shares: ReadonlyMap<string, number | null>; right: Right },
): Promise<void> {
  await insertChildren(ctx.tx, children);
  for (const [id, weight] of shares) await patchItem(ctx.tx, { id, when: {}, patch: { weight } });
  const reason = children.map(({ code, title }) => `${code}${title}`).join('；');
  ctx.audit.record({ subject: { type: 'workItem', id: parent.id }, event: 'breakDown', detail: { children: children.length, reason }, ...right });
  for (const { id, status, code, weight, dueOn } of children) {
    ctx.audit.record({ subject: { type: 'workItem', id }, event: 'register', after: status, detail: { code, weight, dueOn }, ...right });
  }
  await rollUp(ctx, parent.id, right);
}

/** 改责任岗 @throws ConflictError when somebody was faster */
export async function assignPosts(
  ctx: Context,
  item: WorkItem,
  { posts, reason, right }: { posts: Pick<WorkItem, 'responsiblePostId' | 'liaisonPostId'>; reason: string; right: Right },
): Promise<WorkItem> {
  const { id, status, responsiblePostId, liaisonPostId } = item;
  if (!(await patchItem(ctx.tx, { id, when: { status, responsiblePostId, liaisonPostId }, patch: posts }))) throw new ConflictError();
  ctx.audit.record({ subject: { type: 'workItem', id }, event: 'assign', detail: { ...posts, reason }, ...right });
  return { ...item, ...posts };
}

/** 改分管领导 — the post of the leader has another holder. @throws ConflictError when somebody was faster */
export async function changeLeader(ctx: Context, item: WorkItem, { leader, right }: { leader: string; right: Right }): Promise<void> {
  const { id, leaderInCharge } = item;
  if (!(await patchItem(ctx.tx, { id, when: { leaderInCharge }, patch: { leaderInCharge: leader } }))) throw new ConflictError();
  ctx.audit.record({
    subject: { type: 'workItem', id },
    event: 'changeLeader',
    before: leaderInCharge ?? '',
    after: leader,
    detail: withFormer(item, { leaderInCharge: leader }, { reason: `由${leaderInCharge ?? ''}改为${leader}` }),
    ...right,
  });
}

/** 更正 — words that were wrong; its state and its progress stay. @throws ConflictError when somebody was faster */
export async function correctItem(
  ctx: Context,
  item: WorkItem,
  { patch, right, detail }: { patch: Partial<WorkItem>; right: Right; detail: Readonly<Record<string, unknown>> },
): Promise<WorkItem> {
  const { id, status } = item;
  if (!(await patchItem(ctx.tx, { id, when: { status }, patch }))) throw new ConflictError();
  ctx.audit.record({ subject: { type: 'workItem', id }, event: 'correct', detail: withFormer(item, patch, detail), ...right });
  return { ...item, ...patch };
}

/** 改内容 — what a new edition of a project's sheet says of an item; its state and its progress stay. @throws ConflictError when somebody was faster */
export async function reviseItem(
  ctx: Context,
  item: WorkItem,
  { patch, right, detail }: { patch: Partial<WorkItem>; right: Right; detail: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { id, status, dueOn } = item;
  if (!(await patchItem(ctx.tx, { id, when: { status, dueOn }, patch }))) throw new ConflictError();
  ctx.audit.record({ subject: { type: 'workItem', id }, event: 'revise', detail: withFormer(item, patch, detail), ...right });
}

/** 改时限 — by a decision that `reason` names (an order's number); the original limit stays. @throws ConflictError when somebody was faster */
export async function changeDue(
  ctx: Context,
  item: WorkItem,
  { dueOn, reason, right }: { dueOn: LocalDate; reason: string; right: Right },
): Promise<WorkItem> {
  const { id, status, dueOn: dueBefore } = item;
  if (!(await patchItem(ctx.tx, { id, when: { status, dueOn: dueBefore }, patch: { dueOn } }))) throw new ConflictError();
  const detail = { dueBefore, dueAfter: dueOn, former: { dueOn: dueBefore }, reason };
  ctx.audit.record({ subject: { type: 'workItem', id }, event: 'changeDue', detail, ...right });
  return { ...item, dueOn };
}

/** 提交反馈 — the round is the business key. False: the second of two taps finds it taken. */
export async function openReport(ctx: Context, report: NewReport, right: Right): Promise<boolean> {
  if (!(await insertReport(ctx.tx, report))) return false;
  const { itemId, round, percent, noChange } = report;
  ctx.audit.record({
    subject: { type: 'workItem', id: itemId },
    event: 'report',
    after: progressReportMachine.initial,
    detail: { reportId: report.id, round, percent, noChange },
    ...right,
  });
  return true;
}

/** 推进反馈 */
export async function advanceReport(
  ctx: Context,
  report: ProgressReport,
  { event, patch, right }: { event: ReportEvent; patch: object; right: Right },
): Promise<void> {
  const status = progressReportMachine.next(report.status, event);
  if (!(await moveReport(ctx.tx, { id: report.id, from: report.status, to: status, patch }))) throw new ConflictError();
  ctx.audit.record({
    subject: { type: 'progressReport', id: report.id },
    event,
    before: report.status,
    after: status,
    detail: { itemId: report.itemId, round: report.round },
    ...right,
  });
}

/** 记入台账 — an adopted report becomes what the ledger shows. */
export async function settleReport(ctx: Context, { report, item, right }: { report: ProgressReport; item: WorkItem; right: Right }): Promise<void> {
  const metrics = item.metrics.map((metric) => {
    const reported = report.metrics.find(({ name }) => name === metric.name);
    return reported ? { ...metric, current: reported.value } : { ...metric };
  });
  await applyReport(ctx.tx, report, metrics);
  ctx.audit.record({
    subject: { type: 'workItem', id: item.id },
    event: 'adopt',
    before: String(item.percent),
    after: String(report.percent),
    detail: { reportId: report.id },
    ...right,
  });
  if (item.parentId) await rollUp(ctx, item.parentId, right);
}
