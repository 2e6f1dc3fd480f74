import type { Card } from '#cards/kit/card';
import type { Actor, Context } from './context.ts';
import type { CardRenewal } from './feature.ts';
import type { Recipient } from './outbox.ts';

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
  return his ? { kind: 'card', card } : { kind: 'notYours' };
}
