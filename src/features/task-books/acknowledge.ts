import { acknowledge } from '#cards/task-books/actions';
import { bookCard } from '#cards/task-books/book.card';
import { myItemsCard } from '#cards/task-books/my-items.card';
import { on } from '#core/click';
import type { Context } from '#core/context';
import { assertMay } from '#domain/roster/policy';
import { findHolders } from '#domain/roster/store';
import { acknowledgeBook, getBook } from '#domain/work-items/books';
import type { TaskBook } from '#domain/work-items/records';
import { findItemsOfBook, findNeedless } from '#domain/work-items/store';
import { refreshApproval } from './approve.ts';
import { bookProps } from './issue.ts';
import { itemsOf } from './my-items.ts';
import { bookKey, myItemsKey } from './views.ts';

/** 签收 — the lead unit presses the button; every copy of the card loses it, and the responsible people get their items. */
export const onAcknowledge = on(acknowledge, async (ctx, { bookId }) => {
  if ((await findNeedless(ctx.tx, [bookId])).size > 0) return notNeeded(ctx, await getBook(ctx, bookId));
  const book = await acknowledgeBook(ctx, bookId);
  const card = bookCard(await bookProps(ctx, book));
  ctx.outbox.updateCard({ cardKey: bookKey(bookId), card });
  if (book.importId) await refreshApproval(ctx, book.importId);
  await handOutItems(ctx, book);
  return { toast: '已签收', card };
});

/** 不用签收了 — a button on an older card, a reminder say: the card that has it becomes what is true now. */
async function notNeeded(ctx: Context, book: TaskBook) {
  assertMay(ctx.actor, 'acknowledgeBook', { unitCode: book.unitCode });
  return { toast: { type: 'info' as const, text: '这本任务书里没有要办的事项了，不用签收' }, card: bookCard(await bookProps(ctx, book)) };
}

/** 交到责任人手里 — one merged card per person, whatever the number of items. */
async function handOutItems(ctx: Context, book: TaskBook): Promise<void> {
  const items = await findItemsOfBook(ctx.tx, book.id);
  const postIds = [...new Set(items.flatMap(({ responsiblePostId }) => (responsiblePostId ? [responsiblePostId] : [])))];
  const people = new Map<string, { openId: string; name: string; postIds: string[] }>();
  for (const { personId, openId, name, postId } of await findHolders(ctx.tx, { postIds }, ctx.today)) {
    if (!openId) continue;
    const person = people.get(personId) ?? { openId, name, postIds: [] };
    person.postIds.push(postId);
    people.set(personId, person);
  }
  for (const [personId, { openId, name, postIds: held }] of people) {
    const items = await itemsOf(ctx, { postIds: held, units: [], mayReport: () => true });
    const card = myItemsCard({ personName: name, today: ctx.today, items, page: 0 });
    ctx.outbox.sendCard({
      to: { person: openId },
      cardKey: myItemsKey(personId),
      card,
      dedupeKey: `my-items:${book.id}:${personId}`,
      priority: 'task',
    });
  }
}
