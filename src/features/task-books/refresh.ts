import { bookCard } from '#cards/task-books/book.card';
import type { Context } from '#core/context';
import type { Holder } from '#domain/roster/model';
import { findHolders, resolveActor } from '#domain/roster/store';
import { recountReceiptLimits } from '#domain/work-items/books';
import { findBook, findItem } from '#domain/work-items/store';
import { refreshApproval } from './approve.ts';
import { bookProps } from './issue.ts';
import { myItemsFor } from './my-items.ts';
import { reprintCorrected } from './reprint.ts';
import { bookKey, myItemsKey } from './views.ts';

/** 更新任务书卡片 — every copy, with what is true now. */
export async function refreshBook(ctx: Context, bookId: string): Promise<void> {
  const book = await findBook(ctx.tx, bookId);
  if (!book || book.issuedAt === null) return;
  const props = await bookProps(ctx, book);
  ctx.outbox.updateCard({ cardKey: bookKey(bookId), card: bookCard(props) });
  // 最后一项走了：这一家不再是没有签收的。
  if (props.needless && book.importId) await refreshApproval(ctx, book.importId);
}

/** 日历变了 — the limits for the receipts are counted anew, and the cards that are out say so; nobody gets another one. */
export async function onCalendarChanged(ctx: Context): Promise<string | null> {
  const moved = await recountReceiptLimits(ctx);
  for (const { id } of moved) await refreshBook(ctx, id);
  return moved.length === 0 ? null : `${moved.length}本任务书的签收时限有变，卡片已更新`;
}

/** 更新“我的任务” — of those who have the card; nobody gets a new one. */
export async function refreshMyItems(ctx: Context, people: readonly Holder[]): Promise<void> {
  const accounts = new Map(people.flatMap(({ personId, openId }) => (openId ? [[personId, openId] as const] : [])));
  for (const [personId, openId] of accounts) {
    const actor = await resolveActor(ctx.tx, { openId, userId: null, today: ctx.today });
    ctx.outbox.updateCard({ cardKey: myItemsKey(personId), card: await myItemsFor(ctx, actor, 0) });
  }
}

/** 事项变了 — its book and the lists of those who answer for it. */
export async function onItemChanged(ctx: Context, itemId: string): Promise<void> {
  const item = await findItem(ctx.tx, itemId);
  if (!item) return;
  if (item.bookId) await refreshBook(ctx, item.bookId);
  await reprintCorrected(ctx, item);
  const postIds = [item.responsiblePostId, item.liaisonPostId].filter((postId) => postId !== null);
  if (postIds.length > 0) await refreshMyItems(ctx, await findHolders(ctx.tx, { postIds }, ctx.today));
}
