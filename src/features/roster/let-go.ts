import { z } from 'zod';
import { noticeCard } from '#cards/system/notice.card';
import type { Context } from '#core/context';
import { instantAt, type LocalDate } from '#core/dates';
import { defineJob } from '#core/job';
import { closedKey } from '#core/outbox';
import { type CardRenewal, renewedFor } from '#core/renewal';
import { delegationsBy } from '#domain/roster/delegations/store';
import { holderOn } from '#domain/roster/hand-over';
import { findPerson, findPosts, type PersonRecord } from '#domain/roster/handovers/store';
import { resolveActor } from '#domain/roster/store';
import { closeCard, findCardsInHand } from './store.ts';

const payloadShape = z.object({
  personId: z.string(),
  /** 交出的岗位；没有写：是代办到期 */
  postId: z.string().optional(),
  /** 代谁 */
  principalName: z.string().optional(),
});
type LetGo = z.output<typeof payloadShape>;

/**
 * 交出岗位 — the former holder keeps the cards of his post in hand, and whatever happens to their objects would go on to him: what is no
 * longer his to answer or to see, and everything once he has no post at all, says who has taken over and never changes again. Likewise
 * whoever acted for somebody whose delegation is over. By then it may have been called off: what counts is who holds the post at that time.
 */
export const letGoJob = defineJob<LetGo, null>({
  name: 'roster.let-go',
  payload: payloadShape,
  prepare: () => Promise.resolve(null),
  apply: async (ctx, given) => {
    const { personId } = given;
    const [former, text] = [await findPerson(ctx.tx, { personId }), await wordsOf(ctx, given)];
    if (!former || text === null) return;
    await putAway(ctx, former, text);
    // 代他办的人，这一岗也代不了了。
    for (const { delegate } of given.postId === undefined ? [] : await delegationsBy(ctx.tx, personId, { from: ctx.today, to: ctx.today }))
      await putAway(ctx, delegate, text);
  },
});

async function putAway(ctx: Context, { personId, openId }: Pick<PersonRecord, 'personId' | 'openId'>, text: string): Promise<void> {
  if (openId === null) return;
  for (const { messageId, title } of await cardsToClose(ctx, { personId, openId })) {
    await closeCard(ctx.tx, messageId);
    ctx.outbox.updateCard({ cardKey: closedKey(messageId), card: noticeCard({ title, text, tone: 'expired' }) });
  }
}

/** 停了账号的 — nobody reads his cards any more: what happens to their objects goes on to him no longer, and costs no call. */
export async function closeHand(ctx: Context, openId: string): Promise<void> {
  for (const { messageId } of await inHand(ctx, openId)) await closeCard(ctx.tx, messageId);
}

const inHand = (ctx: Context, openId: string): Promise<{ messageId: string; title: string; cardKey: string }[]> =>
  findCardsInHand(ctx.tx, { prefixes: renewalsOf(ctx).map(({ prefix }) => prefix), openId });

const renewalsOf = (ctx: Context): readonly CardRenewal[] => ctx.contributions.features.flatMap((feature) => feature.renewals ?? []);

/** 收起的话 — null: the post is his again, or nobody's. */
async function wordsOf(ctx: Context, { personId, postId, principalName }: LetGo): Promise<string | null> {
  if (postId === undefined) return `代${principalName ?? ''}办理已结束，这张卡片不再更新。`;
  const [post] = await findPosts(ctx.tx, { postId }, ctx.today);
  const successor = post && holderOn(post.holdings, ctx.today);
  if (!successor || successor.personId === personId) return null;
  return `${post.unitName ?? ''}${post.title}已由${successor.name}接手，这张卡片不再更新。`;
}

/** 要收起的卡片 — lists that are drawn for one person show him only what is his, and stay while he has a post. */
async function cardsToClose(
  ctx: Context,
  { personId, openId }: { personId: string; openId: string },
): Promise<{ messageId: string; title: string }[]> {
  const [to, reader] = [{ person: openId }, await resolveActor(ctx.tx, { openId, userId: null, today: ctx.today })];
  const renewals = renewalsOf(ctx);
  const held = await inHand(ctx, openId);
  if (reader.posts.length === 0) return held;
  const closed: { messageId: string; title: string }[] = [];
  for (const { messageId, title, cardKey } of held) {
    if (cardKey.endsWith(`:${personId}`)) continue;
    const renewal = renewals.find(({ prefix }) => cardKey.startsWith(prefix));
    const { kind } = await renewedFor(ctx, renewal, { cardKey, to, reader });
    if (kind === 'notYours') closed.push({ messageId, title });
  }
  return closed;
}

/** 排队收起 — on that day; a card that changes makes no sound, so the hour does not matter. @param key what makes it one piece of work */
export function queueLetGo(ctx: Context, on: LocalDate, { key, ...given }: LetGo & { readonly key: string }): void {
  ctx.outbox.job(letGoJob, given, { dedupeKey: `let-go:${key}`, notBefore: on > ctx.today ? instantAt(on) : ctx.now });
}
