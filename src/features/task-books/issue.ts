import { z } from 'zod';
import { formatDay, formatInstant } from '#cards/kit/format';
import { issue } from '#cards/task-books/actions';
import { approvalCard } from '#cards/task-books/approval.card';
import { type BookProps, bookCard } from '#cards/task-books/book.card';
import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import { ConflictError } from '#core/errors';
import { defineJob, on } from '#core/feature';
import { loadCalendar } from '#domain/calendar/store';
import { findPerson } from '#domain/roster/handovers/store';
import { unitChat } from '#domain/roster/model';
import { assertMay } from '#domain/roster/policy';
import { chatOf, findHolders, listUnits } from '#domain/roster/store';
import { issueBook } from '#domain/work-items/books';
import { declineUntil, isDeclinable } from '#domain/work-items/decline';
import type { TaskBook } from '#domain/work-items/records';
import { findBook, findBooksOfImport, findItemsOfBook } from '#domain/work-items/store';
import { approvalProps, refreshApproval } from './approve.ts';
import { approvalKey, bookKey } from './views.ts';

/** 下达 — one piece of work per book, so that a crash in the middle resumes where it stopped: nobody twice, nobody left out. */
export const onIssue = on(issue, async (ctx, { importId }) => {
  assertMay(ctx.actor, 'issueBooks');
  const books = await findBooksOfImport(ctx.tx, importId);
  const waiting = books.filter(({ status }) => status === 'approved');
  if (waiting.length === 0) throw new ConflictError('没有待下达的任务书，请以最新卡片为准');
  for (const { id } of waiting) ctx.outbox.job(issueBookJob, { bookId: id }, { dedupeKey: `issue-book:${id}`, priority: 'order' });
  ctx.audit.record({ subject: { type: 'workbookImport', id: importId }, event: 'issue', detail: { books: waiting.length } });
  const card = approvalCard(await approvalProps(ctx, importId, true));
  ctx.outbox.updateCard({ cardKey: approvalKey(importId), card });
  return { toast: `开始下达${waiting.length}份任务书`, card };
});

/** 下达一本 — the group, the head and the liaison (with their delegates) get it as a card. */
export const issueBookJob = defineJob<{ bookId: string }, null>({
  name: 'task-books.issue-book',
  payload: z.object({ bookId: z.string() }),
  prepare: () => Promise.resolve(null),
  apply: async (ctx, { bookId }) => {
    const book = await issueBook(ctx, bookId);
    const card = bookCard(await bookProps(ctx, book));
    const chat = await chatOf(ctx.tx, unitChat(book.unitCode));
    const people = await findHolders(ctx.tx, { unitCodes: [book.unitCode], roles: ['unitHead', 'liaison'], backup: false }, ctx.today);
    const openIds = new Set(people.flatMap(({ openId }) => (openId ? [openId] : [])));
    const send = { cardKey: bookKey(bookId), card, priority: 'order' as const };
    if (chat) ctx.outbox.sendCard({ ...send, to: { chat }, dedupeKey: `book:${bookId}:chat` });
    for (const openId of openIds) ctx.outbox.sendCard({ ...send, to: { person: openId }, dedupeKey: `book:${bookId}:${openId}` });
    if (book.importId) await refreshApproval(ctx, book.importId);
  },
  fail: async (ctx, { bookId }) => {
    const book = await findBook(ctx.tx, bookId);
    if (book?.importId) await refreshApproval(ctx, book.importId);
  },
});

/** 事项照常在办的，任务书上不必写状态 */
const ordinary = ['draft', 'issued', 'inProgress'];

/** 任务书 → 卡片 */
export async function bookProps(ctx: Context, book: TaskBook): Promise<BookProps> {
  const items = await findItemsOfBook(ctx.tx, book.id);
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === book.unitCode);
  const calendar = await loadCalendar(ctx.tx);
  const until = items.some((item) => isDeclinable(ctx, calendar, item)) ? declineUntil(ctx, calendar, book) : null;
  const by = book.acknowledgedById ? await findPerson(ctx.tx, { personId: book.acknowledgedById }) : null;
  return {
    bookId: book.id,
    year: book.year,
    unitName: unit?.name ?? book.unitCode,
    items: items.map(({ code, title, dueOn, status }) => ({ code, title, dueOn, ...(ordinary.includes(status) ? {} : { status }) })),
    issuedOn: localDateOf(book.issuedAt ?? ctx.now),
    acknowledgeBy: book.acknowledgeBy ? formatInstant(book.acknowledgeBy, ctx.today) : '',
    acknowledged: book.acknowledgedAt ? { by: by?.name ?? '', at: formatInstant(book.acknowledgedAt, ctx.today) } : null,
    kind: book.kind,
    declineUntil: until && formatDay(until, ctx.today),
  };
}
