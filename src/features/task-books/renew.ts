import type { Card } from '#cards/kit/card';
import { openForm } from '#cards/progress/actions';
import { approvalCard } from '#cards/task-books/approval.card';
import { bookCard } from '#cards/task-books/book.card';
import { declineCard } from '#cards/task-books/decline.card';
import type { Actor, Context } from '#core/context';
import type { CardRenewal } from '#core/renewal';
import { may } from '#domain/roster/policy';
import { resolveActor } from '#domain/roster/store';
import { findDecline, findDeclinesIn } from '#domain/work-items/declines/store';
import { findAwaitingReceipt, findBook, findImportsToApprove, findItem, findNeedless } from '#domain/work-items/store';
import { approvalProps } from './approve.ts';
import { declineProps } from './decline-views.ts';
import { bookProps } from './issue.ts';
import { myItemsFor } from './my-items.ts';
import { recipientsOf } from './recipients.ts';
import { approvalKey, bookKey, declineKey, myItemsKey } from './views.ts';

/** 换发 — what of the task books still waits for somebody: a receipt, an approval, a decision, a report. */
export const taskBookRenewals: readonly CardRenewal[] = [
  {
    prefix: 'task-book:',
    redraw: async (ctx, { cardKey }) => {
      const book = await findBook(ctx.tx, idIn(cardKey));
      if (!book) return null;
      const { unitCode } = book;
      const needless = (await findNeedless(ctx.tx, [book.id])).size > 0;
      if (book.status !== 'issued' || needless) return { card: null, isFor: (reader) => may(reader, 'readBook', { unitCode }) };
      const chatId = (await recipientsOf(ctx, [unitCode])).get(unitCode)?.chat ?? null;
      return { card: bookCard(await bookProps(ctx, book)), isFor: (reader) => may(reader, 'acknowledgeBook', { unitCode }), chatId };
    },
  },
  {
    prefix: 'task-approval:',
    redraw: async (ctx, { cardKey }) => {
      const props = await approvalProps(ctx, idIn(cardKey), true);
      const open = props.units.length > 0 && props.state !== 'issued';
      return { card: open ? approvalCard(props) : null, isFor: (reader) => may(reader, 'approveBooks') };
    },
  },
  {
    prefix: 'decline:',
    redraw: async (ctx, { cardKey }) => {
      const [, id = '', audience] = cardKey.split(':');
      const decline = await findDecline(ctx.tx, id);
      const item = decline && (await findItem(ctx.tx, decline.itemId));
      const turn = audience === 'inspector' ? 'filed' : audience === 'chief' ? 'proposed' : null;
      if (!decline || !item) return null;
      if (turn === null) return { card: null, isFor: (reader) => may(reader, 'readBook', { unitCode: decline.unitCode }) };
      const open = decline.status === turn;
      const card = open ? declineCard(await declineProps(ctx, audience === 'chief' ? 'chief' : 'inspector', { item, decline })) : null;
      return { card, isFor: (reader) => may(reader, audience === 'chief' ? 'decideDecline' : 'proposeDecline') };
    },
  },
  {
    prefix: 'my-items:',
    redraw: async (ctx, { cardKey, to }) => {
      if (!('person' in to)) return null;
      const card = await myItemsFor(ctx, await resolveActor(ctx.tx, { openId: to.person, userId: null, today: ctx.today }), 0);
      // 没有一项等他反馈的，不必再发。
      if (!asksForReport(card)) return null;
      return { card, isFor: ({ personId }) => personId === idIn(cardKey) };
    },
  },
];

/** 等他办的 — receipts, approvals, decisions on what was declined, and his own items. */
export async function taskBooksFor(ctx: Context, person: Actor): Promise<string[]> {
  const receipts = (await findAwaitingReceipt(ctx.tx)).filter(({ unitCode }) => may(person, 'acknowledgeBook', { unitCode }));
  const imports = may(person, 'approveBooks') ? await findImportsToApprove(ctx.tx) : [];
  const toDecide = may(person, 'decideDecline') ? await findDeclinesIn(ctx.tx, 'proposed') : [];
  const toPropose = person.posts.some(({ role }) => role === 'inspector') ? await findDeclinesIn(ctx.tx, 'filed') : [];
  const reports = person.personId !== null && asksForReport(await myItemsFor(ctx, person, 0));
  return [
    ...receipts.map(({ id }) => bookKey(id)),
    ...imports.map(approvalKey),
    ...toDecide.map(({ id }) => declineKey(id, 'chief')),
    ...toPropose.map(({ id }) => declineKey(id, 'inspector')),
    ...(reports ? [myItemsKey(person.personId ?? '')] : []),
  ];
}

const asksForReport = ({ elements }: Card): boolean => JSON.stringify(elements).includes(openForm.name);

function idIn(cardKey: string): string {
  return cardKey.slice(cardKey.indexOf(':') + 1);
}
