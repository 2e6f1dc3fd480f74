import type { Context } from '#core/context';
import type { LocalDate } from '#core/dates';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { assertMay, may, type OperationName, type Right, signatureOf } from '../roster/policy.ts';
import { extendItem } from '../work-items/advance-items.ts';
import { matterOf } from '../work-items/item-view.ts';
import type { WorkItem } from '../work-items/records.ts';
import { findItem } from '../work-items/store.ts';
import { type ExtensionEvent, type ExtensionRequest, type ExtensionStatus, extensionMachine, needsAgreement, pendingStatuses } from './model.ts';
import { assertLater, isExtendable } from './request.ts';
import { findExtension, findLastExtension, moveExtension } from './store.ts';

/** 延期的处境 — the request with its item. */
export interface Extension {
  readonly item: WorkItem;
  readonly request: ExtensionRequest;
}

/** 单位审签 */
export async function signOffExtension(ctx: Context, requestId: string): Promise<Extension> {
  const { item, request, right } = await deciding(ctx, requestId, 'signOffExtension');
  if (request.signedOffBy !== null) throw new ConflictError('已审签，无需重复审签');
  return advance(ctx, { item, request }, { event: 'signOff', patch: { signedOffBy: signatureOf(ctx.actor, right), signedOffAt: ctx.now }, right });
}

/** 督查室初审 */
export async function checkExtension(ctx: Context, requestId: string, note: string | null): Promise<Extension> {
  const { item, request, right } = await deciding(ctx, requestId, 'checkExtension');
  if (request.checkedBy !== null) throw new ConflictError('已初审，无需重复初审');
  const patch = { checkedBy: signatureOf(ctx.actor, right), checkedAt: ctx.now, checkNote: note };
  return advance(ctx, { item, request }, { event: 'check', patch, right });
}

/** 督查室主任同意再次延期 */
export async function agreeToExtension(ctx: Context, requestId: string): Promise<Extension> {
  const { item, request, right } = await deciding(ctx, requestId, 'agreeToExtension');
  if (!needsAgreement(request)) throw new ConflictError('第一次延期由分管领导直接批准');
  if (request.agreedBy !== null) throw new ConflictError('已同意，无需重复办理');
  return advance(ctx, { item, request }, { event: 'agree', patch: { agreedBy: signatureOf(ctx.actor, right), agreedAt: ctx.now }, right });
}

/** 批准延期 — with the date that is approved; the original one stays on record. @throws InvalidError without a later date */
export async function approveExtension(ctx: Context, requestId: string, approvedOn: LocalDate | null): Promise<Extension> {
  const { item, request, right } = await deciding(ctx, requestId, 'approveExtension');
  if (request.status === 'approved') throw new ConflictError('已批准，无需重复批准');
  if (request.status === 'checked' && needsAgreement(request)) throw new ConflictError('再次延期须督查室主任先同意');
  return move(ctx, { item, request }, { event: 'approve', approvedOn, note: null, right });
}

/** 按批示延期 — too late for a request: only a leader's instruction moves the limit, and it is named. */
export async function extendByInstruction(
  ctx: Context,
  requestId: string,
  { approvedOn, basis }: { approvedOn: LocalDate | null; basis: string | null },
): Promise<Extension> {
  const { item, request, right } = await deciding(ctx, requestId, 'extendByInstruction');
  if (request.status === 'approved') throw new ConflictError('已延期，无需重复办理');
  if (basis === null) throw new InvalidError('请写明批示的领导、日期和内容，再点按批示延期');
  return move(ctx, { item, request }, { event: 'instruct', approvedOn, note: basis, right });
}

/** 不予延期 — by whoever has it on the desk; the limit stays. @throws InvalidError without a reason */
export async function rejectExtension(ctx: Context, requestId: string, reason: string | null): Promise<Extension> {
  const { item, request } = await getExtension(ctx, requestId);
  const matter = matterOf(item);
  // 他办过的、还没轮到他的一步：不是无权，说清到哪一步了。
  if (!may(ctx.actor, deskOf(request), matter) && desks.some((desk) => may(ctx.actor, desk, matter))) throw new ConflictError(notYours(request));
  const right = assertMay(ctx.actor, deskOf(request), matter);
  if (!pendingStatuses.includes(request.status)) throw new ConflictError(notYours(request));
  if (reason === null) throw new InvalidError('请写明不同意的原因，再点退回');
  return advance(ctx, { item, request }, { event: 'reject', patch: { ...decidedNow(ctx, right), note: reason }, right });
}

/** 撤回延期申请 — by the side that asked; everything is as if it had never asked. */
export async function withdrawExtension(ctx: Context, requestId: string): Promise<Extension> {
  const { item, request, right } = await deciding(ctx, requestId, 'requestExtension');
  if (request.status === 'withdrawn') throw new ConflictError('已撤回，无需重复撤回');
  return advance(ctx, { item, request }, { event: 'withdraw', patch: decidedNow(ctx, right), right });
}

/** 使失效 — the item is no longer under way, so there is nothing left to decide. null: nothing was pending */
export async function lapseExtension(ctx: Context, itemId: string): Promise<Extension | null> {
  const [request, item] = [await findLastExtension(ctx.tx, itemId), await findItem(ctx.tx, itemId)];
  if (!request || !item || !pendingStatuses.includes(request.status)) return null;
  // 改派之后重新下达：申请是原单位的。
  const handedOn = item.issuedAt !== null && item.issuedAt > request.requestedAt;
  // 中止、等裁定的还会回来。
  const stands = isExtendable(item) || item.status === 'suspended' || item.status === 'declinePending';
  if (stands && !handedOn) return null;
  const note = handedOn ? '事项已改派' : '事项已不在办理中';
  return advance(ctx, { item, request }, { event: 'lapse', patch: { decidedAt: ctx.now, note }, right: {} });
}

const desks: readonly OperationName[] = ['signOffExtension', 'checkExtension', 'agreeToExtension', 'approveExtension'];

const standing: Readonly<Record<ExtensionStatus, string>> = {
  submitted: '还没有经单位审签',
  signedOff: '单位已审签，正等督查室初审',
  checked: '督查室已初审，正等批准',
  agreed: '督查室主任已同意，正等批准',
  explained: '已过申请期限，由督查室主任办理',
  approved: '已经批准',
  rejected: '已经退回',
  withdrawn: '已由申请人撤回',
  lapsed: '已失效',
};

function notYours({ status }: Pick<ExtensionRequest, 'status'>): string {
  return `这份延期申请${standing[status]}，现在不由您退回，请以最新卡片为准`;
}

/** 轮到谁 — who decides in this state, also who may refuse. */
export function deskOf({ status, former }: Pick<ExtensionRequest, 'status' | 'former'>): OperationName {
  if (status === 'submitted') return 'signOffExtension';
  if (status === 'signedOff') return 'checkExtension';
  if (status === 'explained') return 'extendByInstruction';
  return status === 'checked' && needsAgreement({ former }) ? 'agreeToExtension' : 'approveExtension';
}

async function move(
  ctx: Context,
  { item, request }: Extension,
  { event, approvedOn, note, right }: { event: 'approve' | 'instruct'; approvedOn: LocalDate | null; note: string | null; right: Right },
): Promise<Extension> {
  extensionMachine.next(request.status, event);
  if (approvedOn === null) throw new InvalidError('请选择新时限，再点批准');
  await assertLater(ctx, item, approvedOn);
  const detail = { requestId: request.id, dueBefore: item.dueOn, dueAfter: approvedOn, reason: note ?? request.reason };
  const extended = await extendItem(ctx, item, { dueOn: approvedOn, right, detail });
  const done = await advance(ctx, { item: extended, request }, { event, patch: { ...decidedNow(ctx, right), approvedOn, note }, right });
  return { ...done, item: extended };
}

async function advance(
  ctx: Context,
  { item, request }: Extension,
  { event, patch, right }: { event: ExtensionEvent; patch: Partial<ExtensionRequest>; right: Right },
): Promise<Extension> {
  const status: ExtensionStatus = extensionMachine.next(request.status, event);
  if (!(await moveExtension(ctx.tx, { id: request.id, from: request.status, to: status, patch }))) throw new ConflictError();
  const { id, itemId, round } = request;
  ctx.audit.record({
    subject: { type: 'extensionRequest', id },
    event,
    before: request.status,
    after: status,
    detail: { itemId, round },
    ...right,
  });
  return { item, request: { ...request, ...patch, status } };
}

function decidedNow(ctx: Context, right: Right): { decidedBy: string; decidedAt: Date } {
  return { decidedBy: signatureOf(ctx.actor, right), decidedAt: ctx.now };
}

async function deciding(ctx: Context, requestId: string, operation: OperationName): Promise<Extension & { right: Right }> {
  const { item, request } = await getExtension(ctx, requestId);
  return { item, request, right: assertMay(ctx.actor, operation, matterOf(item)) };
}

async function getExtension(ctx: Context, requestId: string): Promise<Extension> {
  const request = await findExtension(ctx.tx, requestId);
  const item = request && (await findItem(ctx.tx, request.itemId));
  if (!request || !item) throw new NotFoundError('没有这份延期申请，请以最新卡片为准', `no request ${requestId}`);
  return { item, request };
}
