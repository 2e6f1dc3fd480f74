import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import { ConflictError } from '#core/errors';
import { newId } from '#core/ids';
import type { Right } from '../roster/policy.ts';
import { type ImportedItem, isUnderWay, taskBookMachine, workItemMachine } from './model.ts';
import { addUnreached, deleteBooks, insertBooks, insertReassignedBook, moveBook, moveItemsOfBook, setIssueFault, startBooks } from './moves/store.ts';
import type { TaskBook } from './records.ts';

type ItemEvent = (typeof workItemMachine.events)[number];
type BookEvent = (typeof taskBookMachine.events)[number];

// 任务书的状态只在这个文件里改变，连同里面的事项：问过状态表、比对着改、同一口气记下留痕（见 advance-items.ts）。

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
