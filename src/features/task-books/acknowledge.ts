import { acknowledge } from '#cards/task-books/actions';
import { bookCard } from '#cards/task-books/book.card';
import { myItemsCard } from '#cards/task-books/my-items.card';
import { on } from '#core/click';
import type { Context } from '#core/context';
import { findHolders } from '#domain/roster/store';
import { acknowledgeBook } from '#domain/work-items/books';
import type { TaskBook } from '#domain/work-items/records';
import { findItemsOfBook } from '#domain/work-items/store';
import { refreshApproval } from './approve.ts';
import { bookProps } from './issue.ts';
import { itemsOf } from './my-items.ts';
import { bookKey, myItemsKey } from './views.ts';

/** 签收 — the lead unit presses the button; every copy of the card loses it, and the responsible people get their items. */
export const onAcknowledge = on(acknowledge, async (ctx, { bookId }) => {
  const book = await acknowledgeBook(ctx, bookId);
  const card = bookCard(await bookProps(ctx, book));
  ctx.outbox.updateCard({ cardKey: bookKey(bookId), card });
  if (book.importId) await refreshApproval(ctx, book.importId);
  await handOutItems(ctx, book);
  return { toast: '已签收', card };
});

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
