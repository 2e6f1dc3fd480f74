import { z } from 'zod';
import { withRemark } from '#cards/kit/due-line';
import { formatDay, formatInstant } from '#cards/kit/format';
import { issue, issueBook as issueBookAction } from '#cards/task-books/actions';
import { type BookProps, bookCard } from '#cards/task-books/book.card';
import { reassignedIssueCard } from '#cards/task-books/reassigned-issue.card';
import { on } from '#core/click';
import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import { defineJob, type JobDefinition } from '#core/job';
import { type Recipient, recipientKey } from '#core/outbox';
import { saveBlob } from '#domain/blobs/store';
import { loadCalendar } from '#domain/calendar/store';
import { provisionalRemark } from '#domain/calendar/working-days';
import { chiefDesk, findDesk } from '#domain/roster/desk';
import { findHolders, listUnits } from '#domain/roster/store';
import { unreachedAmong } from '#domain/roster/unreached';
import { noteIssueFault, noteUnreached } from '#domain/work-items/advance-books';
import { getBook, issueBook, startIssuing, startIssuingBook } from '#domain/work-items/books';
import { declineUntil, isDeclinable } from '#domain/work-items/decline';
import { endedStatuses } from '#domain/work-items/model';
import type { TaskBook, WorkItem } from '#domain/work-items/records';
import { findBook, findItemsOfBook } from '#domain/work-items/store';
import { writtenCode } from '#domain/work-items/written-code';
import { refreshApproval } from './approve.ts';
import { assertUpToDate, type TypesetBook, typesetBook } from './document.ts';
import { recipientsOf } from './recipients.ts';
import { bookKey } from './views.ts';

/** 下达 — one piece of work per book, so that a crash in the middle resumes where it stopped: nobody twice, nobody left out. */
export const onIssue = on(issue, async (ctx, { importId }) => {
  const books = await startIssuing(ctx, importId);
  for (const { id, issueRound } of books) {
    ctx.outbox.job(issueBookJob, { bookId: id }, { dedupeKey: `issue-book:${id}:${issueRound}`, priority: 'order' });
  }
  return { toast: `开始下达${books.length}份任务书`, card: await refreshApproval(ctx, importId) };
});

/** 重新下达改派的一本 */
export const onIssueBook = on(issueBookAction, async (ctx, { bookId }) => {
  const { issueRound } = await startIssuingBook(ctx, bookId);
  ctx.outbox.job(issueBookJob, { bookId }, { dedupeKey: `issue-book:${bookId}:${issueRound}`, priority: 'order' });
  return { toast: '正在重新下达' };
});

/** 下达一本 — set as a document outside any transaction; then the group, the head and the liaison get the card and the file. */
export const issueBookJob: JobDefinition<{ bookId: string }, TypesetBook> = defineJob({
  name: 'task-books.issue-book',
  payload: z.object({ bookId: z.string() }),
  prepare: (world, { bookId }) => typesetBook(world, bookId),
  apply: async (ctx, { bookId }, typeset) => {
    await assertUpToDate(ctx, bookId, typeset);
    const { fileName, bytes } = typeset;
    const { unitCode } = await getBook(ctx, bookId);
    const to = (await recipientsOf(ctx, [unitCode])).get(unitCode) ?? { chat: null, people: [], unreached: [] };
    const blobId = await saveBlob(ctx.tx, bytes, ctx.now);
    const places: { to: Recipient; who: string }[] = [
      ...(to.chat === null ? [] : [{ to: { chat: to.chat }, who: '工作群' }]),
      ...to.people.map(({ openId, name }) => ({ to: { person: openId }, who: name })),
    ];
    const issued = { documentBlobId: blobId, documentName: fileName, cardsSent: places.length, unreached: to.unreached };
    const book = await issueBook(ctx, bookId, issued);
    const card = bookCard(await bookProps(ctx, book));
    for (const { to: place, who } of places) {
      const key = `${bookId}:${recipientKey(place)}`;
      const lost = (what: 'card' | 'file') => ({ job: undeliveredJob.name, payload: { bookId, who, what } });
      const send = { to: place, priority: 'order' as const };
      ctx.outbox.sendCard({ ...send, cardKey: bookKey(bookId), card, dedupeKey: `book:${key}`, whenLost: lost('card') });
      ctx.outbox.sendFile({ ...send, fileName, blobId, withCard: bookKey(bookId), dedupeKey: `book-file:${key}`, whenLost: lost('file') });
    }
    await showIssue(ctx, book);
  },
  fail: async (ctx, { bookId }, reason) => {
    const book = await findBook(ctx.tx, bookId);
    if (!book) return;
    await noteIssueFault(ctx, bookId, reason);
    await showIssue(ctx, { ...book, issueFault: reason });
  },
});

/** 没有送到 — the platform refused for good; the chief's card says where, so that somebody tells them. */
export const undeliveredJob = defineJob<{ bookId: string; who: string; what: 'card' | 'file' }, null>({
  name: 'task-books.undelivered',
  payload: z.object({ bookId: z.string(), who: z.string(), what: z.enum(['card', 'file']) }),
  prepare: () => Promise.resolve(null),
  apply: async (ctx, { bookId, who, what }) => {
    const book = await getBook(ctx, bookId);
    const line = what === 'card' ? `${who}没有收到卡片` : `${who}没有收到文件`;
    await noteUnreached(ctx, bookId, { line, cards: what === 'card' ? 1 : 0 });
    await showIssue(ctx, { ...book, unreached: [...book.unreached, line] });
  },
});

/** 下达得怎样 — on the card of approval; of a reassigned book, which has none, the chief hears when something went wrong. */
async function showIssue(ctx: Context, book: TaskBook): Promise<void> {
  if (book.importId) {
    await refreshApproval(ctx, book.importId);
    return;
  }
  const items = await findItemsOfBook(ctx.tx, book.id);
  const [item] = items;
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === book.unitCode);
  const { id: bookId, unreached, issueFault: fault } = book;
  const card = reassignedIssueCard({
    bookId,
    unitName: unit?.name ?? book.unitCode,
    item: item ? `${await writtenCode(ctx, item)} ${item.title}${items.length > 1 ? `等${items.length}项` : ''}` : '',
    fault,
    unreached,
  });
  const cardKey = `reassigned-issue:${bookId}`;
  ctx.outbox.updateCard({ cardKey, card });
  if (fault === null && unreached.length === 0) return;
  for (const { openId } of (await findDesk(ctx, chiefDesk)).people)
    if (openId) ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${openId}`, priority: 'task' });
}

/** 事项照常在办的，任务书上不必写状态 */
const ordinary = ['draft', 'issued', 'inProgress'];

/** 任务书 → 卡片 */
export async function bookProps(ctx: Context, book: TaskBook): Promise<BookProps> {
  const items = await findItemsOfBook(ctx.tx, book.id);
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === book.unitCode);
  const calendar = await loadCalendar(ctx.tx);
  const until = items.some((item) => isDeclinable(ctx, calendar, item)) ? declineUntil(ctx, calendar, book) : null;
  const limit = (at: Date): string => withRemark(formatInstant(at, ctx.today), provisionalRemark(calendar, localDateOf(at)));
  return {
    bookId: book.id,
    year: book.year,
    unitName: unit?.name ?? book.unitCode,
    items: items.map(({ code, title, dueOn, originalDueOn, status }) => ({
      code,
      title,
      dueOn,
      originalDueOn,
      ...(ordinary.includes(status) ? {} : { status }),
    })),
    issuedOn: localDateOf(book.issuedAt ?? ctx.now),
    acknowledgeBy: book.acknowledgeBy ? limit(book.acknowledgeBy) : '',
    needless: book.status === 'issued' && items.every(({ status }) => endedStatuses.includes(status)),
    acknowledged: book.acknowledgedAt ? { by: book.acknowledgedBy ?? '', at: formatInstant(book.acknowledgedAt, ctx.today) } : null,
    kind: book.kind,
    declineUntil: until && formatDay(until, ctx.today),
    unreached: book.acknowledgedAt ? await unreachedOf(ctx, items) : [],
  };
}

/** 收不到自己事项的责任人，一人一句：`余宏斌（党-095、管-104）` */
async function unreachedOf(ctx: Context, items: readonly WorkItem[]): Promise<string[]> {
  const postIds = items.flatMap(({ responsiblePostId }) => responsiblePostId ?? []);
  return unreachedAmong(postIds, await findHolders(ctx.tx, { postIds }, ctx.today)).map(({ name, postIds: posts }) => {
    const codes = items.filter(({ responsiblePostId }) => responsiblePostId !== null && posts.includes(responsiblePostId)).map(({ code }) => code);
    return `${name}（${codes.join('、')}）`;
  });
}
