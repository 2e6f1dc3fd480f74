import { z } from 'zod';
import type { Card } from '#cards/kit/card';
import { takeOverCard } from '#cards/roster/take-over.card';
import type { Actor, ActorPost, Context } from '#core/context';
import { instantAt, type LocalDate } from '#core/dates';
import { newId } from '#core/ids';
import { defineJob } from '#core/job';
import { renewedFor } from '#core/renewal';
import { isQuiet, nextSendingInstant } from '#domain/calendar/sending-hours';
import { loadCalendar } from '#domain/calendar/store';
import { delegationsBy } from '#domain/roster/delegations/store';
import { findPerson, type PersonRecord } from '#domain/roster/handovers/store';
import { resolveActor } from '#domain/roster/store';
import { passFieldOn } from '#domain/work-items/field';
import { findHeldCards } from './store.ts';

/** 一两件直接发，再多的并成一张 */
const sentByThemselves = 2;
const entriesMax = 12;

const payloadShape = z.object({
  personId: z.string(),
  /** 只看接手的这一岗；null：全部 */
  postId: z.string().nullable(),
  /** 只看代他办的；null：自己的 */
  principalId: z.string().nullable(),
  occasion: z.string(),
  /** 今天就从谁手里接的；没有写：看任职的先后 */
  formerId: z.string().nullable().optional(),
});
type TakeOver = z.output<typeof payloadShape>;

/**
 * 接手 — whoever gets a post, stands in for somebody or has got an account is sent what waits for an answer there; the cards of the
 * former holder reach nobody else. By then it may have been called off: what counts is who holds the post at that time.
 */
export const takeOverJob = defineJob<TakeOver, null>({
  name: 'roster.take-over',
  payload: payloadShape,
  prepare: () => Promise.resolve(null),
  apply: async (ctx, given) => {
    const { personId, principalId } = given;
    const person = await findPerson(ctx.tx, { personId });
    if (!person) return;
    if (given.postId !== null && principalId === null) await passFieldOn(ctx, { postId: given.postId, formerId: given.formerId ?? null });
    await handTo(ctx, person, { ...given, taken: (post) => isTaken(given, post) });
    // 他正休假，由人代办：两人都收。
    for (const { delegate } of principalId === null ? await delegationsBy(ctx.tx, personId, { from: ctx.today, to: ctx.today }) : [])
      await handTo(ctx, delegate, { ...given, taken: (post) => post.onBehalfOf?.personId === personId && isPost(given, post) });
  },
});

const isPost = ({ postId }: TakeOver, post: ActorPost): boolean => postId === null || post.postId === postId;

/** 接的是这一岗吗 — an account alone brings whatever the person may do, what he does for others included. */
function isTaken(given: TakeOver, post: ActorPost): boolean {
  if (given.principalId !== null) return post.onBehalfOf?.personId === given.principalId;
  return given.postId === null || (post.onBehalfOf === undefined && post.postId === given.postId);
}

/** 交到一个人手里 — one or two cards by themselves, more of them as one. */
async function handTo(
  ctx: Context,
  { personId, openId }: PersonRecord,
  { occasion, taken }: { occasion: string; taken: (post: ActorPost) => boolean },
): Promise<void> {
  if (openId === null) return;
  const to = { person: openId };
  const actor = await resolveActor(ctx.tx, { openId, userId: null, today: ctx.today });
  const waiting = await whatWaits(ctx, { reader: actor, taken: { ...actor, posts: actor.posts.filter(taken) }, to });
  if (waiting.length === 0) return;
  const key = `take-over:${personId}:${newId()}`;
  if (waiting.length <= sentByThemselves) {
    for (const { cardKey, card } of waiting)
      ctx.outbox.sendCard({ to, cardKey, card, dedupeKey: `${key}:${cardKey}`, priority: 'task', replaces: [cardKey] });
    return;
  }
  const entries = waiting.slice(0, entriesMax).map(({ cardKey, card: { title, summary } }) => ({ cardKey, title, summary }));
  const card = takeOverCard({ occasion, entries, more: waiting.length - entries.length });
  ctx.outbox.sendCard({ to, cardKey: key, card, dedupeKey: key, priority: 'task' });
}

/** 排队接手 — on that day, in working hours. */
export async function queueTakeOver(ctx: Context, on: LocalDate, { key, ...given }: TakeOver & { readonly key: string }): Promise<void> {
  const calendar = await loadCalendar(ctx.tx);
  const from = on > ctx.today ? instantAt(on) : ctx.now;
  const notBefore = isQuiet(calendar, from) ? nextSendingInstant(calendar, from) : from;
  ctx.outbox.job(takeOverJob, given, { dedupeKey: `take-over:${key}`, notBefore });
}

/** 等他办的，照现在的样子；各人一张的清单，手上那张不知道他又接了什么，别的已在手里就不再发 */
async function whatWaits(
  ctx: Context,
  { reader, taken: person, to }: { reader: Actor; taken: Actor; to: { person: string } },
): Promise<{ cardKey: string; card: Card }[]> {
  const { features } = ctx.contributions;
  const keys: string[] = [];
  for (const { waitingFor } of person.posts.length === 0 ? [] : features) keys.push(...((await waitingFor?.(ctx, person)) ?? []));
  const own = (cardKey: string): boolean => cardKey.endsWith(`:${reader.personId}`);
  const held = await findHeldCards(ctx.tx, { cardKeys: keys.filter((cardKey) => !own(cardKey)), openId: to.person });
  const renewals = features.flatMap((feature) => feature.renewals ?? []);
  const waiting: { cardKey: string; card: Card }[] = [];
  for (const cardKey of new Set(keys.filter((each) => !held.has(each)))) {
    const renewal = renewals.find(({ prefix }) => cardKey.startsWith(prefix));
    const found = await renewedFor(ctx, renewal, { cardKey, to, reader });
    if (found.kind === 'card') waiting.push({ cardKey, card: found.card });
  }
  return waiting;
}
