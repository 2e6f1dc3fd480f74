import type { Context } from '#core/context';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import { assertMay, type Right, signatureOf } from '../roster/policy.ts';
import { advanceItem, rollUp } from './advance-items.ts';
import { findLastRequest, findRequest, insertRequest, moveRequest } from './completions/store.ts';
import { matterOf, viewItem } from './item-view.ts';
import { completionCriteria, completionRequestMachine } from './model.ts';
import type { CompletionRequest, WorkItem } from './records.ts';
import { openMandatory, type TreeItem } from './roll-up.ts';
import { standingWords } from './standing.ts';
import { findItem } from './store.ts';
import { lockTree } from './tree/store.ts';
import { asWritten } from './written-code.ts';

/** 办结申请的处境 — the request with its item. */
export interface Completion {
  readonly item: WorkItem;
  readonly request: CompletionRequest;
}

type RequestEvent = (typeof completionRequestMachine.events)[number];

/** 申请前的处境 @throws ForbiddenError, ConflictError when nothing may be requested now */
export async function openCompletion(
  ctx: Context,
  itemId: string,
): Promise<{ item: WorkItem; open: readonly TreeItem[]; last: CompletionRequest | null; right: Right }> {
  const { item } = await viewItem(ctx, itemId);
  const right = assertMay(ctx.actor, 'requestCompletion', matterOf(item));
  const last = await findLastRequest(ctx.tx, itemId);
  if (last?.status === 'submitted' || last?.status === 'signedOff') throw new ConflictError('已申请办结，无需重复申请');
  if (item.status !== 'inProgress') throw new ConflictError(standingWords(await asWritten(ctx, item), '申请办结'));
  return { item, open: openMandatory(await lockTree(ctx.tx, itemId), itemId), last, right };
}

/** 申请办结 — @throws InvalidError that names the part which is still open, unless a waiver is given in writing */
export async function requestCompletion(
  ctx: Context,
  { itemId, round }: { itemId: string; round: number },
  { result, evidence, waiver }: { result: string; evidence: string | null; waiver: string | null },
): Promise<Completion> {
  const { item, open, last, right } = await openCompletion(ctx, itemId);
  if (round !== (last?.round ?? 0) + 1) throw new ConflictError('这张申请单已经用过，请重新打开');
  assertPartsClosed(open, waiver);
  const request: CompletionRequest = {
    id: newId(),
    itemId,
    round,
    status: completionRequestMachine.initial,
    result,
    evidence,
    waiver: open.length > 0 ? waiver : null,
    requesterId: ctx.actor.personId ?? '',
    requestedBy: signatureOf(ctx.actor, right),
    requestedAt: ctx.now,
    ...{ signedOffBy: null, signedOffAt: null, onSiteNote: null, onSiteBy: null, onSiteAt: null },
    ...{ findings: null, returnReason: null, decidedBy: null, decidedAt: null },
  };
  if (!(await insertRequest(ctx.tx, request))) throw new ConflictError('已申请办结，无需重复申请');
  const detail = { requestId: request.id, round, ...(request.waiver ? { waiver: request.waiver } : {}) };
  ctx.audit.record({ subject: { type: 'workItem', id: itemId }, event: 'applyForCompletion', after: request.status, detail, ...right });
  return { item, request };
}

/** 审签办结申请 — the unit speaks with one voice; then the item waits for verification. */
export async function signOffCompletion(ctx: Context, requestId: string): Promise<Completion> {
  const { item, request } = await getCompletion(ctx, requestId);
  const right = assertMay(ctx.actor, 'signOffCompletion', matterOf(item));
  if (request.status === 'signedOff') throw new ConflictError('已审签，无需重复审签');
  if (request.status === 'submitted' && item.status !== 'inProgress') throw new ConflictError(standingWords(await asWritten(ctx, item), '审签'));
  assertPartsClosed(openMandatory(await lockTree(ctx.tx, item.id), item.id), request.waiver);
  const patch = { signedOffBy: signatureOf(ctx.actor, right), signedOffAt: ctx.now };
  const moved = await move(ctx, request, { event: 'signOff', patch, right });
  return { item: await advanceItem(ctx, item, { event: 'requestCompletion', right, detail: { requestId } }), request: moved };
}

/** 单位退回办结申请 — before it leaves the unit; the item stays under way. @throws InvalidError without a reason */
export async function returnCompletion(ctx: Context, requestId: string, reason: string | null): Promise<Completion> {
  const { item, request } = await getCompletion(ctx, requestId);
  const right = assertMay(ctx.actor, 'signOffCompletion', matterOf(item));
  if (!reason) throw new InvalidError('请写明退回原因，再点退回');
  const patch = { returnReason: reason, decidedBy: signatureOf(ctx.actor, right), decidedAt: ctx.now };
  const moved = await move(ctx, request, { event: 'return', patch, right });
  ctx.audit.record({ subject: { type: 'workItem', id: item.id }, event: 'returnCompletion', detail: { requestId, reason }, ...right });
  return { item, request: moved };
}

/** 要求现场核查 — paper alone is not proof. */
export async function requireOnSite(ctx: Context, requestId: string, note: string | null): Promise<Completion> {
  const { item, request } = await getCompletion(ctx, requestId);
  const right = assertMay(ctx.actor, 'verifyCompletion');
  if (item.status === 'onSiteVerification') throw new ConflictError('已要求现场核查，无需重复要求');
  const patch = { onSiteNote: note, onSiteBy: signatureOf(ctx.actor, right), onSiteAt: ctx.now };
  completionRequestMachine.next(request.status, 'accept');
  if (!(await moveRequest(ctx.tx, { id: request.id, from: request.status, to: request.status, patch }))) throw new ConflictError();
  const moved = await advanceItem(ctx, item, { event: 'requireOnSite', right, detail: { requestId, ...(note ? { reason: note } : {}) } });
  return { item: moved, request: { ...request, ...patch } };
}

/** 办结 — every criterion was found met, and after an on-site check there is a record of it. */
export async function completeItem(
  ctx: Context,
  requestId: string,
  { met, findings }: { met: readonly string[]; findings: string | null },
): Promise<Completion> {
  const { item, request } = await getCompletion(ctx, requestId);
  const right = assertMay(ctx.actor, 'verifyCompletion');
  if (request.status === 'accepted') throw new ConflictError('已办结，无需重复办结');
  const missing = completionCriteria.filter((criterion) => !met.includes(criterion));
  if (missing.length > 0) throw new InvalidError(`还没有勾选：${missing.join('、')}。逐条核对后勾选；不符合的请退回重办`);
  if (item.status === 'onSiteVerification' && !findings) throw new InvalidError('请写明现场核查的情况，再点办结');
  assertPartsClosed(openMandatory(await lockTree(ctx.tx, item.id), item.id), request.waiver);
  const patch = { findings, decidedBy: signatureOf(ctx.actor, right), decidedAt: ctx.now };
  const moved = await move(ctx, request, { event: 'accept', patch, right });
  const done = await advanceItem(ctx, item, { event: 'complete', patch: { completedAt: ctx.now, percent: 100 }, right, detail: { requestId } });
  if (item.parentId) await rollUp(ctx, item.parentId, right);
  return { item: done, request: moved };
}

/** 退回重办 — to the same unit, and counted. @throws InvalidError without a reason */
export async function sendBackItem(
  ctx: Context,
  requestId: string,
  { reason, findings }: { reason: string | null; findings: string | null },
): Promise<Completion> {
  const { item, request } = await getCompletion(ctx, requestId);
  const right = assertMay(ctx.actor, 'verifyCompletion');
  if (!reason) throw new InvalidError('请写明退回重办的原因，再点退回');
  const patch = { findings, returnReason: reason, decidedBy: signatureOf(ctx.actor, right), decidedAt: ctx.now };
  const moved = await move(ctx, request, { event: 'sendBack', patch, right });
  const back = await advanceItem(ctx, item, {
    event: 'sendBack',
    patch: { reworkCount: item.reworkCount + 1 },
    right,
    detail: { requestId, reason },
  });
  return { item: back, request: moved };
}

function assertPartsClosed(open: readonly TreeItem[], waiver: string | null): void {
  const [first] = open;
  if (!first || waiver) return;
  const more = open.length > 1 ? `等${open.length}项` : '';
  throw new InvalidError(`必办的子任务${first.code}“${first.title}”${more}还没有办结；请先办结，或写明书面说明`);
}

/** 办结申请失效 — the item is cancelled or handed to another unit: what was asked for it is nobody's to decide. */
export async function lapseCompletion(ctx: Context, itemId: string, { reason, right }: { reason: string; right: Right }): Promise<void> {
  const request = await findLastRequest(ctx.tx, itemId);
  if (request?.status !== 'submitted' && request?.status !== 'signedOff') return;
  await move(ctx, request, { event: 'lapse', patch: { returnReason: reason }, right });
}

async function move(
  ctx: Context,
  request: CompletionRequest,
  { event, patch, right }: { event: RequestEvent; patch: Partial<CompletionRequest>; right: Right },
): Promise<CompletionRequest> {
  const status = completionRequestMachine.next(request.status, event);
  if (!(await moveRequest(ctx.tx, { id: request.id, from: request.status, to: status, patch }))) throw new ConflictError();
  const { id, itemId, round } = request;
  ctx.audit.record({
    subject: { type: 'completionRequest', id },
    event,
    before: request.status,
    after: status,
    detail: { itemId, round },
    ...right,
  });
  return { ...request, ...patch, status };
}

/** 办结申请与它的事项 @throws NotFoundError when there is none */
export async function getCompletion(ctx: Context, requestId: string): Promise<Completion> {
  const request = await findRequest(ctx.tx, requestId);
  const item = request && (await findItem(ctx.tx, request.itemId));
  if (!request || !item) throw new NotFoundError('没有这份办结申请，请以最新卡片为准', `no request ${requestId}`);
  return { item, request };
}
