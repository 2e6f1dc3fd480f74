import { randomBytes } from 'node:crypto';
import type { Context } from '#core/context';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import { loadCalendar } from '../calendar/store.ts';
import { isChased, reachedStep } from '../deadlines/ladder.ts';
import { isDraftOnly } from '../deadlines/ladder-policy.ts';
import { findPlanned } from '../deadlines/plan/store.ts';
import { assertMay, signatureOf } from '../roster/policy.ts';
import { projectKinds } from '../work-items/model.ts';
import type { WorkItem } from '../work-items/records.ts';
import { standingWords } from '../work-items/standing.ts';
import { findItem, lockItem } from '../work-items/store.ts';
import { asWritten, writtenCode } from '../work-items/written-code.ts';
import { advanceOrder, registerOrder } from './advance.ts';
import { collectFacts } from './facts.ts';
import { orderMachine, type SupervisionOrder } from './model.ts';
import { findOrder, findOrdersOfItems, findPendingOrder } from './store.ts';

/** 令与事项 */
export interface OrderOfItem {
  readonly order: SupervisionOrder;
  readonly item: WorkItem;
}

const ordinaryRequirement = '查明逾期原因，明确赶上进度的措施、责任人和每一步的时间，由主要负责人亲自部署，按新的完成日期办结。';
const ordinaryEvidence = '完成情况说明，以及能够证明完成的材料。';

/**
 * 到了督办令的一步 — drafts one for each item; an item that has one under way is left alone. The machine only drafts. Whoever found them
 * due read them without a lock: an item that was answered, finished or extended meanwhile is no longer at that step.
 */
export async function draftDueOrders(ctx: Context, itemIds: readonly string[]): Promise<OrderOfItem[]> {
  const calendar = await loadCalendar(ctx.tx);
  const drafted: OrderOfItem[] = [];
  for (const itemId of itemIds) {
    await lockItem(ctx.tx, itemId);
    const [planned] = await findPlanned(ctx.tx, [itemId]);
    const step = planned ? reachedStep(calendar, planned.facts, ctx.now) : null;
    const item = step !== null && isDraftOnly(step.level) ? await findItem(ctx.tx, itemId) : null;
    if (!item || (await findPendingOrder(ctx.tx, itemId))) continue;
    drafted.push(await register(ctx, item, { origin: 'ladder', basis: null, replaces: null }));
  }
  return drafted;
}

/** 起草督办令 — by hand: for an urgent matter, or one that a leader has given instructions on (B5 b). */
export async function draftOrder(ctx: Context, itemId: string): Promise<OrderOfItem> {
  assertMay(ctx.actor, 'draftOrder');
  await lockItem(ctx.tx, itemId);
  const item = await findItem(ctx.tx, itemId);
  if (!item) throw new NotFoundError('没有这个事项，请以最新卡片为准', `no item ${itemId}`);
  assertDraftable(await asWritten(ctx, item));
  const pending = await findPendingOrder(ctx.tx, itemId);
  if (pending) throw new ConflictError(`${await writtenCode(ctx, item)}已有一道督办令在办，不能再起草；请发送“在督”查看`);
  return register(ctx, item, { origin: 'manual', basis: null, replaces: null });
}

/** 重新印发 — a voided order is issued anew: a new draft that refers to it, and in time a new number. */
export async function redraftOrder(ctx: Context, orderId: string): Promise<OrderOfItem> {
  assertMay(ctx.actor, 'draftOrder');
  const { order, item } = await lockedOrder(ctx, orderId);
  if (order.status !== 'voided') throw new ConflictError('没有作废的督办令不能重新印发');
  assertDraftable(await asWritten(ctx, item));
  if (await findPendingOrder(ctx.tx, item.id))
    throw new ConflictError(`${await writtenCode(ctx, item)}已有一道督办令在办，不能再起草；请发送“在督”查看`);
  return register(ctx, item, { origin: order.origin, basis: order.basis, replaces: order });
}

/** 核稿 — the facts are taken anew and frozen; from now on it is what the signer sees. @throws InvalidError without a basis for a matter that is not overdue */
export async function checkOrder(
  ctx: Context,
  orderId: string,
  { basis, requirement, evidence }: { basis: string | null; requirement: string; evidence: string },
): Promise<OrderOfItem> {
  const right = assertMay(ctx.actor, 'checkOrder');
  const { order, item } = await lockedOrder(ctx, orderId);
  if (order.status === 'checked') throw new ConflictError('已报签发，无需重复提交');
  orderMachine.next(order.status, 'check');
  if (basis === null && item.dueOn >= ctx.today) throw new InvalidError('事项还没有逾期，请写明依据（特急，或领导批示）');
  const facts = await collectFacts(
    ctx,
    item,
    (await findOrdersOfItems(ctx.tx, [item.id])).filter(({ id }) => id !== orderId),
  );
  const patch = { basis, requirement, evidence, facts, checkedBy: signatureOf(ctx.actor, right), checkedAt: ctx.now, baseOn: item.dueOn };
  return { order: await advanceOrder(ctx, order, { event: 'check', patch: { ...patch, returnReason: null, returnedBy: null }, right }), item };
}

/** 退回修改 — the signer does not agree; no number has been taken. @throws InvalidError without a reason */
export async function returnOrder(ctx: Context, orderId: string, reason: string | null): Promise<OrderOfItem> {
  const right = assertMay(ctx.actor, 'signOrder');
  const { order, item } = await lockedOrder(ctx, orderId);
  orderMachine.next(order.status, 'return');
  if (!reason) throw new InvalidError('请写明退回原因，再点退回修改');
  const patch = { returnReason: reason, returnedBy: signatureOf(ctx.actor, right) };
  return { order: await advanceOrder(ctx, order, { event: 'return', patch, right, detail: { reason } }), item };
}

/** 不予印发 — the draft ends here and takes no number. @throws InvalidError without a reason */
export async function dropOrder(ctx: Context, orderId: string, reason: string | null): Promise<OrderOfItem> {
  const right = assertMay(ctx.actor, 'dropOrder');
  const { order, item } = await lockedOrder(ctx, orderId);
  orderMachine.next(order.status, 'drop');
  if (!reason) throw new InvalidError('请写明不予印发的原因，再点不予印发');
  const patch = { dropReason: reason, droppedBy: signatureOf(ctx.actor, right) };
  return { order: await advanceOrder(ctx, order, { event: 'drop', patch, right, detail: { reason } }), item };
}

/** 读令 @throws NotFoundError */
export async function getOrder(ctx: Pick<Context, 'tx'>, orderId: string): Promise<OrderOfItem> {
  const order = await findOrder(ctx.tx, orderId);
  const item = order && (await findItem(ctx.tx, order.itemId));
  if (!order || !item) throw new NotFoundError('没有这道督办令，请以最新卡片为准', `no order ${orderId}`);
  return { order, item };
}

/** 锁着读令 — the item first, then the order as it is now. */
export async function lockedOrder(ctx: Context, orderId: string): Promise<OrderOfItem> {
  const { item } = await getOrder(ctx, orderId);
  await lockItem(ctx.tx, item.id);
  return getOrder(ctx, orderId);
}

/** 可以起草 — the item is under way and an order may be about it, and it has none that is still open. */
export async function isDraftable({ tx }: Pick<Context, 'tx'>, item: WorkItem): Promise<boolean> {
  return isChased(item.status) && !isOfProject(item) && (await findPendingOrder(tx, item.id)) === null;
}

const isOfProject = ({ kind }: WorkItem): boolean => (projectKinds as readonly string[]).includes(kind);

function assertDraftable(item: WorkItem): void {
  if (isOfProject(item)) throw new InvalidError(`${item.code}是项目里的任务，不单独发督办令；请对整个项目的事项起草`);
  if (!isChased(item.status)) throw new ConflictError(standingWords(item, '起草督办令'));
}

async function register(
  ctx: Context,
  item: WorkItem,
  { origin, basis, replaces }: { origin: SupervisionOrder['origin']; basis: string | null; replaces: SupervisionOrder | null },
): Promise<OrderOfItem> {
  const right = assertMay(ctx.actor, 'draftOrder');
  const former = await findOrdersOfItems(ctx.tx, [item.id]);
  const previous = former.findLast(({ number, status }) => number !== null && status !== 'voided');
  const order: SupervisionOrder = {
    ...{
      id: newId(),
      itemId: item.id,
      status: orderMachine.initial,
      origin,
      basis,
      baseOn: item.dueOn,
      facts: await collectFacts(ctx, item, former),
    },
    requirement: replaces?.requirement ?? ordinaryRequirement,
    evidence: replaces?.evidence ?? ordinaryEvidence,
    ...{ draftedBy: signatureOf(ctx.actor, right), draftedAt: ctx.now, replacesId: replaces?.id ?? null, previousId: previous?.id ?? null },
    ...{ checkedBy: null, checkedAt: null, returnReason: null, returnedBy: null, dropReason: null, droppedBy: null, signedBy: null, signedAt: null },
    ...{ number: null, acknowledgeBy: null, replyBy: null, documentBlobId: null, documentName: null, printBlobId: null, printName: null },
    ...{ accessKey: randomBytes(16).toString('base64url'), sealedBy: null, sealedAt: null },
    ...{ issueRound: 0, issueFault: null, issuedAt: null, unreached: [], acknowledgedBy: null, acknowledgedAt: null, dueBefore: null },
    ...{ promisedOn: null, closedBy: null, closedAt: null, voidReason: null, voidAskedBy: null, voidAskedById: null, voidAskedAt: null },
    ...{ voidedBy: null, voidedAt: null, version: 0 },
  };
  await registerOrder(ctx, order, right);
  return { order, item };
}
