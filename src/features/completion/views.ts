import { type CompletionProps, completionCard } from '#cards/completion/completion.card';
import type { Card } from '#cards/kit/card';
import { formatInstant, formatNumber } from '#cards/kit/format';
import type { Actor, Context } from '#core/context';
import type { CardRenewal } from '#core/renewal';
import { type Desk, findDesk, headDesk, inspectorsDesk, unheardAt } from '#domain/roster/desk';
import { may } from '#domain/roster/policy';
import { findHolders, listUnits } from '#domain/roster/store';
import { type Completion, getCompletion } from '#domain/work-items/complete';
import { findLastRequest, findOpenRequests } from '#domain/work-items/completions/store';
import { matterOf } from '#domain/work-items/item-view';
import { completionCriteria } from '#domain/work-items/model';
import { findItem } from '#domain/work-items/store';
import { writtenCode } from '#domain/work-items/written-code';

export type Audience = CompletionProps['audience'];

/** 卡片键 */
export const completionKey = (requestId: string, audience: Audience): string => `completion:${requestId}:${audience}`;

/** 办结申请 → 卡片 */
export async function completionView(ctx: Context, audience: Audience, { item, request }: Completion): Promise<Card> {
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === item.leadUnit);
  const { decidedBy, decidedAt, onSiteBy } = request;
  return completionCard({
    audience,
    requestId: request.id,
    code: await writtenCode(ctx, item),
    title: item.title,
    unitName: unit?.name ?? item.leadUnit,
    status: request.status,
    onSite: onSiteBy ? { by: onSiteBy, note: request.onSiteNote } : null,
    result: request.result,
    evidence: request.evidence,
    waiver: request.waiver,
    metrics: item.metrics.map(({ name, current, target, unit: measure }) => `${name}${formatNumber(current)}/${formatNumber(target)}${measure}`),
    requestedBy: request.requestedBy,
    requestedAt: formatInstant(request.requestedAt, ctx.today),
    signedOffBy: request.signedOffBy,
    findings: request.findings,
    decided: decidedBy && decidedAt ? { by: decidedBy, at: formatInstant(decidedAt, ctx.today), reason: request.returnReason } : null,
    lapsedBecause: request.status === 'lapsed' ? request.returnReason : null,
    criteria: completionCriteria,
    unheard: await unheardOf(ctx, { item, request }),
  });
}

/** 轮到的一方 — null: nobody's turn any more. */
function deskOf({ item, request }: Completion): Desk | null {
  if (request.status === 'submitted') return headDesk(item.leadUnit);
  return request.status === 'signedOff' ? inspectorsDesk : null;
}

/** 轮到的人都收不到的缘由；null：有人收得到 */
export async function unheardOf(ctx: Context, completion: Completion): Promise<string | null> {
  const desk = deskOf(completion);
  return desk && (await findDesk(ctx, desk)).unheard;
}

/** 换发 — while it is the turn of whoever has the card. */
export const renewCompletion: CardRenewal = {
  prefix: 'completion:',
  redraw: async (ctx, { cardKey }) => {
    const [, requestId = '', audience] = cardKey.split(':');
    const completion = await getCompletion(ctx, requestId);
    const { status } = completion.request;
    const matter = matterOf(completion.item);
    if (audience === 'unit') return { card: null, isFor: (reader) => may(reader, 'readItem', matter) };
    if (audience === 'head') {
      const card = status === 'submitted' ? await completionView(ctx, 'head', completion) : null;
      return { card, isFor: (reader) => may(reader, 'signOffCompletion', matter) };
    }
    const card = status === 'signedOff' ? await completionView(ctx, 'inspector', completion) : null;
    return { card, isFor: (reader) => may(reader, 'verifyCompletion') };
  },
};

/** 等他办的办结申请 — a head's own units, or all of them for an inspector. */
export async function completionsFor(ctx: Context, { posts }: Actor): Promise<string[]> {
  const units = posts.flatMap(({ role, unitCode }) => (role === 'unitHead' && unitCode !== null ? [unitCode] : []));
  const mine = units.length > 0 ? await findOpenRequests(ctx.tx, { status: 'submitted', leadUnits: units }) : [];
  const toVerify = posts.some(({ role }) => role === 'inspector') ? await findOpenRequests(ctx.tx, { status: 'signedOff', leadUnits: null }) : [];
  return [...mine.map(({ id }) => completionKey(id, 'head')), ...toVerify.map(({ id }) => completionKey(id, 'inspector'))];
}

/** 事项变了 — what lapsed with it is nobody's turn any more. */
export async function onItemChanged(ctx: Context, itemId: string): Promise<void> {
  const [request, item] = [await findLastRequest(ctx.tx, itemId), await findItem(ctx.tx, itemId)];
  if (request?.status === 'lapsed' && item) await refreshCompletion(ctx, 'unit', { item, request });
}

/** 各处的卡片都换成新的 — returns the copy of whoever clicked. */
export async function refreshCompletion(ctx: Context, mine: Audience, completion: Completion): Promise<Card> {
  for (const audience of ['unit', 'head', 'inspector'] as const) {
    ctx.outbox.updateCard({ cardKey: completionKey(completion.request.id, audience), card: await completionView(ctx, audience, completion) });
  }
  return completionView(ctx, mine, completion);
}

/** 发给轮到的人 */
export async function sendCompletion(ctx: Context, audience: 'head' | 'inspector', completion: Completion): Promise<void> {
  const cardKey = completionKey(completion.request.id, audience);
  const card = await completionView(ctx, audience, completion);
  const { people } = await findDesk(ctx, audience === 'head' ? headDesk(completion.item.leadUnit) : inspectorsDesk);
  for (const openId of new Set(people.flatMap((person) => (person.openId ? [person.openId] : [])))) {
    ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${openId}`, priority: 'task' });
  }
}

/**
 * 告知结果 — the requester's side gets the card with the outcome: requester, responsible person, liaison and head, once each.
 * @returns why nobody of them hears of it; null: somebody does
 */
export async function tellOutcome(ctx: Context, completion: Completion): Promise<string | null> {
  const { item, request } = completion;
  const postIds = [item.responsiblePostId, item.liaisonPostId].filter((postId) => postId !== null);
  const heads = await findHolders(ctx.tx, { unitCodes: [item.leadUnit], roles: ['unitHead'] }, ctx.today);
  const people = postIds.length > 0 ? await findHolders(ctx.tx, { postIds }, ctx.today) : [];
  const card = await completionView(ctx, 'unit', completion);
  for (const openId of new Set([...people, ...heads].flatMap((person) => (person.openId ? [person.openId] : [])))) {
    if (openId === ctx.actor.openId) continue;
    ctx.outbox.sendCard({
      to: { person: openId },
      cardKey: completionKey(request.id, 'unit'),
      card,
      dedupeKey: `completion-outcome:${request.id}:${request.status}:${openId}`,
      priority: 'task',
    });
  }
  // 主要负责人自己退回的，要听到的是申请的一方。
  return request.status === 'returned'
    ? unheardAt({ title: '责任人、联络员' }, people)
    : unheardAt({ title: '责任人、联络员、单位主要负责人' }, [...people, ...heads]);
}
