import type { Context } from '#core/context';
import { instantAt, localDateOf } from '#core/dates';
import { ConflictError, NotFoundError } from '#core/errors';
import { loadCalendar } from '../calendar/store.ts';
import { addWorkingDays, limitAfter } from '../calendar/working-days.ts';
import { assertMay, type Right, signatureOf } from '../roster/policy.ts';
import { advanceBook, discardItems, moveReceiptLimit, registerItems, startIssue } from './advance-books.ts';
import type { ImportedItem } from './model.ts';
import type { TaskBook } from './records.ts';
import { correctLaterWords } from './standing.ts';
import { findAwaitingReceipt, findBook, findBooksOfImport, findLastNumber, findNeedless, findTakenCodes, hasAnnualBooks } from './store.ts';

/** 登记任务书 — an import was confirmed; what comes after the year's first books is a supplement (增补). @throws ConflictError when a code of that year is taken */
export async function registerBooks(
  ctx: Context,
  given: { importId: string; year: number; rows: readonly ImportedItem[] },
): Promise<{ books: number; items: number }> {
  assertMay(ctx.actor, 'importTasks');
  const codes = given.rows.map(({ code }) => code);
  const taken = await findTakenCodes(ctx.tx, given.year, codes);
  const [first] = taken;
  if (first !== undefined) {
    const series = first.slice(0, first.indexOf('-'));
    const next = `${series}-${String((await findLastNumber(ctx.tx, given.year, series)) + 1).padStart(3, '0')}`;
    const named = `${taken.slice(0, 3).join('、')}${taken.length > 3 ? '等' : ''}`;
    throw new ConflictError(`${given.year}年已有${taken.length}个相同编号的事项（${named}），没有写入任何数据。增补的事项请从${next}往下编。`);
  }
  const kind = (await hasAnnualBooks(ctx.tx, given.year)) ? 'supplementary' : 'annual';
  return registerItems(ctx, { ...given, kind });
}

/** 撤销登记 — before approval only. */
export async function discardBooks(ctx: Context, importId: string): Promise<number> {
  assertMay(ctx.actor, 'importTasks');
  const items = await discardItems(ctx, importId, 'pendingApproval');
  if (items === 0) throw new ConflictError('任务书已经审定，不能再撤销导入；没有下达的，请督查室主任在审定卡上退回');
  return items;
}

/** 退回登记 — by whoever approves, before anything was issued: the codes are free again. */
export async function returnBooks(ctx: Context, importId: string): Promise<{ items: number; right: Right }> {
  const right = assertMay(ctx.actor, 'approveBooks');
  const items = await discardItems(ctx, importId, 'approved');
  if (items > 0) return { items, right };
  const gone = (await findBooksOfImport(ctx.tx, importId)).length === 0;
  throw new ConflictError(
    gone ? '这次导入已经退回或撤销，没有可退回的任务书' : `任务书已经下达或正在下达，不能退回；${correctLaterWords}，整项不要的在事项卡上撤销`,
  );
}

/** 审定 — all books of an import. */
export async function approveBooks(ctx: Context, importId: string): Promise<TaskBook[]> {
  const right = assertMay(ctx.actor, 'approveBooks');
  const books = await findBooksOfImport(ctx.tx, importId);
  if (books.length === 0) throw new NotFoundError('这次导入已经撤销，没有可审定的任务书');
  const approved: TaskBook[] = [];
  for (const book of books) approved.push(await advanceBook(ctx, book, { event: 'approve', patch: { approvedAt: ctx.now }, right }));
  return approved;
}

/** 着手下达 — every approved book of an import; a second press finds them on their way. */
export async function startIssuing(ctx: Context, importId: string): Promise<{ id: string; issueRound: number }[]> {
  const right = assertMay(ctx.actor, 'issueBooks');
  const started = await startIssue(ctx, { importId }, right);
  if (started.length > 0) return started;
  const books = await findBooksOfImport(ctx.tx, importId);
  throw new ConflictError(books.some(({ status }) => status === 'approved') ? '正在下达，无需重复下达' : '没有待下达的任务书，请以最新卡片为准');
}

/** 着手下达一本 — a reassigned one, which belongs to no import. */
export async function startIssuingBook(ctx: Context, bookId: string): Promise<{ id: string; issueRound: number }> {
  const right = assertMay(ctx.actor, 'issueBooks');
  const [started] = await startIssue(ctx, { id: bookId }, right);
  if (started) return started;
  const { status } = await getBook(ctx, bookId);
  throw new ConflictError(status === 'approved' ? '正在下达，无需重复下达' : '已经下达，无需重复下达');
}

/** 签收时限 — a number of working days after today, at 18:00. */
export async function acknowledgementLimit({ tx, today, settings }: Pick<Context, 'tx' | 'today' | 'settings'>): Promise<Date> {
  return instantAt(addWorkingDays(await loadCalendar(tx), today, settings.acknowledgeWithinDays), '18:00');
}

/**
 * 重算签收时限 — after the calendar has changed: books that wait for their receipt. A limit is never moved into the past, nor before the day
 * that the book was issued with: a Saturday at work that is declared later takes no time away. @returns those that moved
 */
export async function recountReceiptLimits(ctx: Context): Promise<TaskBook[]> {
  const calendar = await loadCalendar(ctx.tx);
  const moved: TaskBook[] = [];
  for (const book of await findAwaitingReceipt(ctx.tx)) {
    if (book.issuedAt === null) continue;
    const by = instantAt(limitAfter(calendar, localDateOf(book.issuedAt), ctx.settings.acknowledgeWithinDays), '18:00');
    if (by.getTime() !== book.acknowledgeBy?.getTime() && by > ctx.now) moved.push(await moveReceiptLimit(ctx, book, by));
  }
  return moved;
}

/** 下达一本 @param issued what goes out with it: the document, and to how many */
export async function issueBook(
  ctx: Context,
  bookId: string,
  issued: Pick<TaskBook, 'documentBlobId' | 'documentName' | 'cardsSent' | 'unreached'>,
): Promise<TaskBook> {
  const right = assertMay(ctx.actor, 'issueBooks');
  const book = await getBook(ctx, bookId);
  const unreached = [...issued.unreached];
  const patch = { ...issued, unreached, issueFault: null, issuedAt: ctx.now, acknowledgeBy: await acknowledgementLimit(ctx) };
  return advanceBook(ctx, book, { event: 'issue', patch, right });
}

/** 签收 — the lead unit confirms that it has received its book; the items are then in progress. */
export async function acknowledgeBook(ctx: Context, bookId: string): Promise<TaskBook> {
  const book = await getBook(ctx, bookId);
  const right = assertMay(ctx.actor, 'acknowledgeBook', { unitCode: book.unitCode });
  if (book.status === 'acknowledged') throw new ConflictError('已签收，无需重复签收');
  if ((await findNeedless(ctx.tx, [bookId])).size > 0) throw new ConflictError('这本任务书里没有要办的事项了，不用签收');
  const patch = { acknowledgedAt: ctx.now, acknowledgedById: ctx.actor.personId, acknowledgedBy: signatureOf(ctx.actor, right) };
  return advanceBook(ctx, book, { event: 'acknowledge', patch, right });
}

/** 取任务书 @throws NotFoundError */
export async function getBook(ctx: Pick<Context, 'tx'>, bookId: string): Promise<TaskBook> {
  const book = await findBook(ctx.tx, bookId);
  if (!book) throw new NotFoundError('这本任务书已经撤销，请以最新卡片为准', `no book ${bookId}`);
  return book;
}
