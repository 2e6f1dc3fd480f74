import type { Context } from '#core/context';
import { instantAt } from '#core/dates';
import { ConflictError } from '#core/errors';
import { loadCalendar } from '../calendar/store.ts';
import { addWorkingDays } from '../calendar/working-days.ts';
import { isChased } from '../deadlines/ladder.ts';
import { assertMay, signatureOf } from '../roster/policy.ts';
import type { WorkItem } from '../work-items/records.ts';
import { writtenCode } from '../work-items/written-code.ts';
import { advanceOrder, noteOnOrder } from './advance.ts';
import { lockedOrder, type OrderOfItem } from './draft.ts';
import { orderMachine, type SupervisionOrder } from './model.ts';
import { noLongerLate } from './no-longer-late.ts';
import { takeNumber } from './register/store.ts';

/**
 * 签发 — a human signs, and in the same transaction the number is taken: either both or neither. It is taken after everything
 * that could still refuse, and only the writing of the order, the outbox and the trail follow, so that the book is held shortly.
 */
export async function signOrder(ctx: Context, orderId: string): Promise<OrderOfItem> {
  const right = assertMay(ctx.actor, 'signOrder');
  const { order, item } = await lockedOrder(ctx, orderId);
  if (order.number !== null) throw new ConflictError(`已签发（${order.number}），无需重复签发`);
  orderMachine.next(order.status, 'sign');
  if (!isChased(item.status)) throw new ConflictError(`${await writtenCode(ctx, item)}现在不在办理中，督办令不能签发`);
  await assertStillLate(ctx, order, item);
  const signedBy = signatureOf(ctx.actor, right);
  const number = await takeNumber(ctx.tx, {
    series: 'supervisionOrder',
    year: Number(ctx.today.slice(0, 4)),
    pattern: ctx.settings.documentNumberPattern,
    subjectId: order.id,
    takenAt: ctx.now,
    takenBy: signedBy,
  });
  const patch = { number, signedBy, signedAt: ctx.now, issueRound: 1 };
  return { order: await advanceOrder(ctx, order, { event: 'sign', patch, right, detail: { number } }), item };
}

/** 机器拟的，签发时还得是逾期的 */
async function assertStillLate(ctx: Context, order: SupervisionOrder, { code }: WorkItem): Promise<void> {
  const now = await noLongerLate(ctx, order);
  if (now) throw new ConflictError(`${code}现在的时限是${now.facts.baseOn}，没有逾期，督办令不能签发；请退回修改，写明依据，或不予印发`);
}

/** 签收和回复的时限 — counted from the day on which it is issued. */
export async function orderLimits({
  tx,
  today,
  settings,
}: Pick<Context, 'tx' | 'today' | 'settings'>): Promise<{ acknowledgeBy: Date; replyBy: Date }> {
  const calendar = await loadCalendar(tx);
  const after = (days: number): Date => instantAt(addWorkingDays(calendar, today, days), '18:00');
  return { acknowledgeBy: after(settings.orderReceiptWithinDays), replyBy: after(settings.orderReplyWithinDays) };
}

/** 下达 — the document exists, and goes out with the transaction that says so. */
export async function issueOrder(
  ctx: Context,
  orderId: string,
  issued: Pick<SupervisionOrder, 'documentBlobId' | 'documentName' | 'printBlobId' | 'printName' | 'unreached'>,
): Promise<OrderOfItem> {
  const right = assertMay(ctx.actor, 'signOrder');
  const { order, item } = await lockedOrder(ctx, orderId);
  const patch = { ...issued, unreached: [...issued.unreached], issueFault: null, issuedAt: ctx.now, ...(await orderLimits(ctx)) };
  return { order: await advanceOrder(ctx, order, { event: 'issue', patch, right }), item };
}

/** 重新下达 — when the document could not be made; the number stays. */
export async function retryIssue(ctx: Context, orderId: string): Promise<OrderOfItem> {
  const right = assertMay(ctx.actor, 'signOrder');
  const { order, item } = await lockedOrder(ctx, orderId);
  if (order.status !== 'signed' || order.issueFault === null) throw new ConflictError('正在下达或已下达，无需重新下达');
  const patch = { issueFault: null, issueRound: order.issueRound + 1 };
  return { order: await noteOnOrder(ctx, order, { event: 'retryIssue', patch, right }), item };
}

/** 没有下达成 — the number stays taken, the order stays signed, and it can be issued again. */
export async function noteIssueFault(ctx: Context, orderId: string, fault: string): Promise<OrderOfItem | null> {
  const { order, item } = await lockedOrder(ctx, orderId);
  if (order.status !== 'signed') return null;
  return { order: await noteOnOrder(ctx, order, { event: 'issueFailed', patch: { issueFault: fault }, right: {}, detail: { fault } }), item };
}

/** 没有送到 — the platform did not take a card or a file, for good. */
export async function noteUnreached(ctx: Context, orderId: string, line: string): Promise<OrderOfItem> {
  const { order, item } = await lockedOrder(ctx, orderId);
  const patch = { unreached: [...order.unreached, line] };
  return { order: await noteOnOrder(ctx, order, { event: 'undelivered', patch, right: {}, detail: { line } }), item };
}
