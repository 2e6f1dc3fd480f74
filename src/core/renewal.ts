import type { Card } from '#cards/kit/card';
import type { Actor, Context } from './context.ts';

import type { Recipient } from './outbox.ts';

/**
 * 换发 — the cards of a key that begins with `prefix` wait for an answer: before the platform switches their buttons off they are sent anew.
 * `redraw` gives the card as it is now, or null when nobody has to answer any more and anybody may keep what he has. It may note that the
 * card goes out. It is called by `renewedFor` (core/renewal) only.
 */
export interface CardRenewal {
  readonly prefix: string;
  readonly redraw: (ctx: Context, card: { readonly cardKey: string; readonly to: Recipient }) => Promise<Renewed | null>;
}

/** 换发的样子 — with whom it is for by what holds today: whoever had the old card may have left the post since, or the item the unit. */
export interface Renewed {
  /** null: nobody has to answer any more; `isFor` says who may still keep the old card in hand, where what follows goes on to be shown */
  readonly card: Card | null;
  readonly isFor: (reader: Actor) => boolean;
  /** the one chat that may have it; left out: none */
  readonly chatId?: string | null;
}

/** 换得到的 — a card; `done`: nobody has to answer any more; `notYours`: somebody has, but not whoever had the old one. */
export type Renewal = { readonly kind: 'card'; readonly card: Card } | { readonly kind: 'done' } | { readonly kind: 'notYours' };

/**
 * 换给他 — the only way to a renewed card: it shows the object as it is now, so it is for those alone who are concerned with it now.
 * @param asked.reader the person of `to` with the posts held today; null: a chat
 */
export async function renewedFor(
  ctx: Context,
  renewal: CardRenewal | undefined,
  { cardKey, to, reader }: { readonly cardKey: string; readonly to: Recipient; readonly reader: Actor | null },
): Promise<Renewal> {
  const renewed = await renewal?.redraw(ctx, { cardKey, to });
  if (!renewed) return { kind: 'done' };
  const { card, isFor, chatId } = renewed;
  const his = 'chat' in to ? chatId === to.chat : reader?.openId === to.person && isFor(reader);
  if (!his) return { kind: 'notYours' };
  return card === null ? { kind: 'done' } : { kind: 'card', card };
}
