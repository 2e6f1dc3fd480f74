import type { Card } from '#cards/kit/card';
import { withRemark } from '#cards/kit/due-line';
import { formatDay, formatInstant } from '#cards/kit/format';
import { draftCard } from '#cards/orders/draft.card';
import { type OrderProps, orderCard } from '#cards/orders/order.card';
import { type Actor, type Context, systemActor } from '#core/context';
import { localDateOf } from '#core/dates';
import type { CardRenewal } from '#core/renewal';
import { loadCalendar } from '#domain/calendar/store';
import { type Calendar, provisionalRemark } from '#domain/calendar/working-days';
import { isChased } from '#domain/deadlines/ladder';
import { matterOfOrder } from '#domain/orders/addressee';
import { getOrder, isDraftable, type OrderOfItem } from '#domain/orders/draft';
import { isHalted } from '#domain/orders/halted';
import { type OrderReply, type OrderStatus, owedStatuses, type SupervisionOrder } from '#domain/orders/model';
import { findFormerUnits, findOrdersToAct, findRepliesTo } from '#domain/orders/store';
import { may, type OperationName } from '#domain/roster/policy';
import { listUnits } from '#domain/roster/store';
import type { WorkItem } from '#domain/work-items/records';
import { writtenCode } from '#domain/work-items/written-code';
import { orderAddress } from './document.ts';
import { dueLineOf, factWords } from './words.ts';

/** 看令的人 */
export type Audience = 'inspector' | 'chief' | 'head' | 'unit' | 'deputy' | 'group';
const audiences: readonly Audience[] = ['inspector', 'chief', 'head', 'unit', 'deputy', 'group'];

/** 卡片键 */
export const orderKey = (orderId: string, audience: Audience): string => `order:${orderId}:${audience}`;

/** 画卡片要查的 — read once for all the cards of an order; at the signature before the number is taken, so that the book is held shortly. */
export interface OrderLookups {
  readonly calendar: Calendar;
  /** 事项改派之后，令还是下给原单位的；null：没有改派 */
  readonly formerUnit: string | null;
  readonly unitNames: ReadonlyMap<string, string>;
  /** 所替代的、同一事项此前的令的文号 */
  readonly replaces: string | null;
  readonly previous: string | null;
  readonly reply: OrderReply | null;
  readonly code: string;
  /** 作废的一道可以重新印发 */
  readonly redraftable: boolean;
}

/** 查画卡片要的 */
export async function lookUpOrder(ctx: Pick<Context, 'tx' | 'now' | 'today'>, { order, item }: OrderOfItem): Promise<OrderLookups> {
  const { id, replacesId, previousId } = order;
  const numberOf = async (orderId: string | null): Promise<string | null> => (orderId === null ? null : (await getOrder(ctx, orderId)).order.number);
  return {
    calendar: await loadCalendar(ctx.tx),
    formerUnit: (await findFormerUnits(ctx.tx, [order])).get(id) ?? null,
    unitNames: new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name])),
    replaces: await numberOf(replacesId),
    previous: await numberOf(previousId),
    reply: (await findRepliesTo(ctx.tx, id)).at(-1) ?? null,
    code: await writtenCode(ctx, item),
    redraftable: order.status === 'voided' && (await isDraftable(ctx, item)),
  };
}

/** 令 → 卡片 */
export async function orderView(ctx: Context, current: OrderOfItem, audience: Audience): Promise<Card> {
  return drawOrder(ctx, current, { audience, found: await lookUpOrder(ctx, current) });
}

/** 画令 — before the signature a draft, afterwards the order. */
function drawOrder(
  ctx: Pick<Context, 'now' | 'today' | 'settings'>,
  { order, item }: OrderOfItem,
  { audience, found }: { audience: Audience; found: OrderLookups },
): Card {
  const common = {
    orderId: order.id,
    version: order.version,
    code: found.code,
    title: item.title,
    unitName: nameOf(found, found.formerUnit ?? item.leadUnit),
    dueLine: dueLineOf(found.calendar, ctx.today, { ...item, over: order.status === 'closed' || isHalted(item) }),
    requirement: order.requirement,
    evidence: order.evidence,
    replaces: found.replaces,
    facts: order.facts.lines.map((fact) => factWords(fact, ctx.today)),
  };
  const { status } = order;
  if (status === 'draft' || status === 'checked' || status === 'dropped') {
    const { lines, formerNumbers, percent } = order.facts;
    return draftCard({
      ...common,
      status,
      audience: audience === 'chief' ? 'chief' : 'inspector',
      percent,
      formerNumbers,
      sends: lines.filter(({ kind }) => kind === 'send').length,
      repliesNotAccepted: lines.filter((line) => line.kind === 'reply' && line.status !== 'accepted').length,
      standing: isChased(item.status) ? null : item.status,
      basisRequired: item.dueOn >= ctx.today,
      basis: order.basis ?? '',
      checkedBy: order.checkedBy,
      verdict: verdictOf(order),
      withdrawn: order.dropReason !== null && order.droppedBy === systemActor.name,
    });
  }
  return orderCard({
    ...common,
    ...issuedProps(ctx, { order, item }, found),
    status,
    audience: audience === 'inspector' ? 'office' : audience,
    redraftable: found.redraftable,
  });
}

const nameOf = ({ unitNames }: OrderLookups, code: string): string => unitNames.get(code) ?? code;

function verdictOf({ dropReason, droppedBy, returnReason, returnedBy }: SupervisionOrder): string | null {
  if (dropReason !== null) return droppedBy === systemActor.name ? `已撤回：${dropReason}` : `${droppedBy ?? ''}不予印发：${dropReason}`;
  return returnReason === null ? null : `${returnedBy ?? ''}退回：${returnReason}`;
}

function issuedProps(
  ctx: Pick<Context, 'now' | 'today' | 'settings'>,
  { order, item }: OrderOfItem,
  found: OrderLookups,
): Omit<
  OrderProps,
  | 'audience'
  | 'redraftable'
  | 'orderId'
  | 'version'
  | 'status'
  | 'code'
  | 'title'
  | 'unitName'
  | 'dueLine'
  | 'requirement'
  | 'evidence'
  | 'replaces'
  | 'facts'
> {
  const { calendar, reply, previous, formerUnit } = found;
  const limit = (instant: Date | null): string | null =>
    instant === null ? null : withRemark(formatInstant(instant, ctx.today), provisionalRemark(calendar, localDateOf(instant)));
  const by = (name: string | null, instant: Date | null): string | null =>
    instant === null ? null : `${name ?? ''}　${formatInstant(instant, ctx.today)}`;
  return {
    number: order.number ?? '',
    signed: by(order.signedBy, order.signedAt) ?? '',
    acknowledgeBy: limit(order.acknowledgeBy),
    replyBy: limit(order.replyBy),
    late: lateOf({ order, item }, ctx.now),
    halted: isHalted(item) && owedStatuses.includes(order.status) ? item.status : null,
    acknowledged: by(order.acknowledgedBy, order.acknowledgedAt),
    reply: reply && {
      status: reply.status,
      cause: reply.cause,
      measure: reply.measure,
      promisedOn: formatDay(reply.promisedOn, ctx.today),
      by: by(reply.byName, reply.at) ?? '',
      verdict: reply.decidedBy && (reply.reason === null ? `${reply.decidedBy}采纳` : `${reply.decidedBy}退回：${reply.reason}`),
    },
    previous,
    printUrl: order.issuedAt === null || order.status === 'voided' ? null : orderAddress(ctx, order),
    sealed: order.issuedAt === null ? null : (by(order.sealedBy, order.sealedAt) ?? ''),
    issueFault: order.issueFault,
    unreached: order.unreached,
    voiding: order.voidReason === null ? null : { by: order.voidAskedBy ?? '', reason: order.voidReason },
    closed:
      order.closedAt === null
        ? null
        : formerUnit === null
          ? closedWords(ctx, { order, item })
          : `事项已改由${nameOf(found, item.leadUnit)}牵头，已销号`,
  };
}

/** 快过期的令 — goes out again only to those who still have to do something with it. */
export const renewOrder: CardRenewal = {
  prefix: 'order:',
  redraw: async (ctx, { cardKey }) => {
    const [, orderId = '', name] = cardKey.split(':');
    const audience = audiences.find((each) => each === name);
    const current = await getOrder(ctx, orderId);
    if (audience === undefined) return null;
    const waits = turnsOf(current.order).includes(audience);
    const [right, matter] = [waits ? rightOf[audience] : readingRight(audience), await matterOfOrder(ctx, current)];
    return { card: waits ? await orderView(ctx, current, audience) : null, isFor: (reader) => may(reader, right, matter) };
  },
};

/** 等他办的令 — by the posts that the person has in the unit or in the inspection office. */
export async function ordersFor(ctx: Context, { posts }: Actor): Promise<string[]> {
  const unitCodes = posts.flatMap(({ role, unitCode }) => ((role === 'unitHead' || role === 'liaison') && unitCode !== null ? [unitCode] : []));
  const office = posts.some(({ role }) => role === 'inspector' || role === 'chiefInspector');
  if (unitCodes.length === 0 && !office) return [];
  const orders = await findOrdersToAct(ctx.tx, { statuses: Object.keys(waitsFor) as OrderStatus[], unitCodes: office ? null : unitCodes });
  return orders.flatMap((order) =>
    turnsOf(order)
      .filter((audience) => isAmong(posts, audience, order.leadUnit))
      .map((audience) => orderKey(order.id, audience)),
  );
}

function isAmong(posts: Actor['posts'], audience: Audience, unitCode: string): boolean {
  const roleOf: Partial<Record<Audience, string>> = { inspector: 'inspector', chief: 'chiefInspector', head: 'unitHead', unit: 'liaison' };
  const own = audience === 'inspector' || audience === 'chief';
  return posts.some((post) => post.role === roleOf[audience] && (own || post.unitCode === unitCode));
}

/** 凭什么办 — a deputy and a group look on. */
const rightOf: Readonly<Record<Audience, OperationName>> = {
  inspector: 'checkOrder',
  chief: 'signOrder',
  head: 'replyToOrder',
  unit: 'acknowledgeOrder',
  deputy: 'readOrder',
  group: 'readOrder',
};

/** 凭什么看 — while there is nothing to do with it. */
const readingRight = (audience: Audience): OperationName => (audience === 'inspector' || audience === 'chief' ? rightOf[audience] : 'readOrder');

/** 轮到谁 */
const waitsFor: Partial<Record<OrderStatus, readonly Audience[]>> = {
  draft: ['inspector'],
  checked: ['chief'],
  issued: ['head', 'unit'],
  acknowledged: ['head', 'unit'],
  replied: ['inspector'],
};

/** 现在轮到谁 — besides whoever has the order in hand: somebody else of the office where it is to be void, the chief where it did not go out. */
function turnsOf({ status, voidAskedAt, issueFault }: SupervisionOrder): readonly Audience[] {
  const asked: readonly Audience[] = voidAskedAt === null || status === 'voided' ? [] : ['inspector', 'chief'];
  const stuck: readonly Audience[] = status === 'signed' && issueFault !== null ? ['chief'] : [];
  return [...new Set([...(waitsFor[status] ?? []), ...asked, ...stuck])];
}

/** 过了哪个时限 — computed, not a state; while the item is halted, none. */
export function lateOf(
  { order: { status, acknowledgeBy, replyBy }, item }: { order: SupervisionOrder; item: Pick<WorkItem, 'status'> },
  now: Date,
): 'receipt' | 'reply' | null {
  if (isHalted(item)) return null;
  if (owedStatuses.includes(status) && replyBy !== null && replyBy < now) return status === 'issued' ? 'receipt' : 'reply';
  return status === 'issued' && acknowledgeBy !== null && acknowledgeBy < now ? 'receipt' : null;
}

/** 销号的话 — judged by the original limit and, beside it, by the order's (domain B3, S5). */
function closedWords(ctx: Pick<Context, 'today'>, { item }: OrderOfItem): string {
  if (item.completedAt === null) return '事项不再办理，已销号';
  const on = localDateOf(item.completedAt);
  const verdict = (limit: string): string => (on <= limit ? '按时' : '逾期');
  return `${formatDay(on, ctx.today)}办结：按原定时限${verdict(item.originalDueOn)}，按督办令时限${verdict(item.dueOn)}`;
}

/** 各处的卡片都换成新的 — returns the copy of whoever clicked. */
export async function refreshOrder(ctx: Context, current: OrderOfItem, mine: Audience, lookups?: OrderLookups): Promise<Card> {
  const found = lookups ?? (await lookUpOrder(ctx, current));
  const wanted = current.order.number === null ? (['inspector', 'chief'] as const) : audiences;
  for (const audience of wanted) {
    ctx.outbox.updateCard({ cardKey: orderKey(current.order.id, audience), card: drawOrder(ctx, current, { audience, found }) });
  }
  return drawOrder(ctx, current, { audience: mine, found });
}
