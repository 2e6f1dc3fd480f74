import { createHash } from 'node:crypto';
import type { Context } from '#core/context';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import { leaderRoles } from '../roster/model.ts';
import { assertMay, type Right, signatureOf } from '../roster/policy.ts';
import { findHolders, listUnits } from '../roster/store.ts';
import { changeLeader, correctItem } from '../work-items/advance-items.ts';
import { type ItemView, viewItem, viewOf } from '../work-items/item-view.ts';
import { openStatuses, projectKinds } from '../work-items/model.ts';
import type { WorkItem } from '../work-items/records.ts';
import { standingWords } from '../work-items/standing.ts';
import { findItem, lockItem } from '../work-items/store.ts';
import { endSupportAsks } from '../work-items/support.ts';
import { asWritten, writtenCode } from '../work-items/written-code.ts';
import { readMetricLines } from './metric-lines.ts';
import { type Corrected, type Correction, type CorrectionEvent, correctable, correctionMachine, type ItemCorrection } from './model.ts';
import { findCorrection, findOpenCorrection, insertCorrection, moveCorrection } from './store.ts';

/** 要改成怎样 — as the form gave it; the goal is null when it was too long for the form. */
export interface CorrectionWish {
  readonly title: string;
  readonly goal: string | null;
  /** one metric a line */
  readonly metrics: string;
  readonly leader: string | null;
  readonly supportingUnits: readonly string[];
}

/** 可以更正的事项 — issued, and not done with. */
export function isCorrectable({ kind, status }: Pick<WorkItem, 'kind' | 'status'>): boolean {
  return !(projectKinds as readonly string[]).includes(kind) && (openStatuses.includes(status) || status === 'suspended');
}

/** 打开更正 — what the item says now, and the one that waits already. @throws ForbiddenError, ConflictError */
export async function openCorrection(ctx: Context, itemId: string): Promise<{ view: ItemView; open: ItemCorrection | null }> {
  assertMay(ctx.actor, 'proposeCorrection');
  const view = await viewItem(ctx, itemId);
  const { item } = view;
  if ((projectKinds as readonly string[]).includes(item.kind))
    throw new ConflictError(`${await writtenCode(ctx, item)}是项目的任务，改了表再发，不在这里更正`);
  if (!isCorrectable(item)) throw new ConflictError(standingWords(await asWritten(ctx, item), '更正'));
  return { view, open: await findOpenCorrection(ctx.tx, itemId) };
}

/** 指纹 — of what can be corrected: a form that was opened before it changed is refused. */
export function fingerprintOf(item: WorkItem): string {
  return createHash('sha256')
    .update(JSON.stringify(correctedOf(item)))
    .digest('hex')
    .slice(0, 16);
}

/** 指标的目标 — what a correction may change of them; the present value is the reports'. */
const targets = (metrics: WorkItem['metrics']): object => metrics.map(({ name, target, unit }) => ({ name, target, unit }));
const correctedOf = (item: Corrected): object => ({
  ...Object.fromEntries(correctable.map((key) => [key, item[key]])),
  metrics: targets(item.metrics),
});

/** 提出更正 — for the chief to approve, with the reason. @param shown the fingerprint of what the form showed */
export async function proposeCorrection(
  ctx: Context,
  { itemId, shown }: { itemId: string; shown: string },
  { reason, ...wish }: CorrectionWish & { reason: string },
): Promise<Correction> {
  const right = assertMay(ctx.actor, 'proposeCorrection');
  await lockItem(ctx.tx, itemId);
  const { view, open } = await openCorrection(ctx, itemId);
  const { item } = view;
  if (open) throw new ConflictError(`${await writtenCode(ctx, item)}已有一份更正等主任批准，批准或撤回之后再提`);
  if (fingerprintOf(item) !== shown) throw new ConflictError(`${await writtenCode(ctx, item)}在您填表的时候变了，这张单子作废；请重新打开更正`);
  const { before, after } = differing(item, await wanted(ctx, view, wish));
  if (Object.keys(after).length === 0) throw new InvalidError('没有改动：表上的与现在的一样，请改了再提交');
  const request: ItemCorrection = {
    ...{ id: newId(), itemId, status: correctionMachine.initial, before, after, reason },
    ...{ proposedById: ctx.actor.personId ?? '', proposedBy: signatureOf(ctx.actor, right), proposedAt: ctx.now },
    ...{ decidedBy: null, decidedAt: null, note: null },
  };
  if (!(await insertCorrection(ctx.tx, request))) throw new ConflictError();
  const detail = { correctionId: request.id, reason };
  ctx.audit.record({ subject: { type: 'workItem', id: itemId }, event: 'proposeCorrection', detail, ...right });
  ctx.audit.record({ subject: { type: 'itemCorrection', id: request.id }, event: 'propose', after: request.status, detail: { itemId }, ...right });
  return { item, request };
}

/** 批准更正 — the words of the item change at once; its state and everything that was reported stay. @throws ConflictError when the item has changed meanwhile */
export async function approveCorrection(ctx: Context, id: string): Promise<Correction & { readonly before: WorkItem }> {
  const right = assertMay(ctx.actor, 'decideCorrection');
  const { request } = await getCorrection(ctx, id);
  await lockItem(ctx.tx, request.itemId);
  const { item } = await getCorrection(ctx, id);
  if (request.status === 'approved') throw new ConflictError('已更正，无需重复批准');
  const moved = await move(ctx, request, { event: 'approve', note: null, right });
  if (!isCorrectable(item)) throw new ConflictError(standingWords(await asWritten(ctx, item), '更正'));
  const changed = (Object.keys(request.before) as (keyof Corrected)[]).some((key) => !same(key, item[key], request.before[key]));
  if (changed) throw new ConflictError(`${await writtenCode(ctx, item)}在提出更正之后变了，与单子上“改之前”的不同；请退回，重新提出`);
  const patch = patchOf(item, request.after);
  const corrected = await correctItem(ctx, item, {
    patch,
    right,
    detail: { correctionId: id, was: request.before, now: request.after, reason: request.reason },
  });
  if (patch.leaderInCharge !== undefined) await correctPartsLeader(ctx, item, { leader: patch.leaderInCharge, right });
  const dropped = item.supportingUnits.filter((code) => !corrected.supportingUnits.includes(code));
  await endSupportAsks(ctx, item.id, { unitCodes: dropped, right });
  return { before: item, item: corrected, request: moved };
}

/** 退回更正 — with the reason; the item stays as it is. */
export async function rejectCorrection(ctx: Context, id: string, note: string | null): Promise<Correction> {
  const right = assertMay(ctx.actor, 'decideCorrection');
  const { item, request } = await getCorrection(ctx, id);
  if (note === null) throw new InvalidError('请写明退回的原因，再点退回');
  return { item, request: await move(ctx, request, { event: 'reject', note, right }) };
}

/** 撤回更正 — by whoever proposed it. */
export async function withdrawCorrection(ctx: Context, id: string): Promise<Correction> {
  const right = assertMay(ctx.actor, 'proposeCorrection');
  const { item, request } = await getCorrection(ctx, id);
  if (request.proposedById !== ctx.actor.personId) throw new ConflictError(`这份更正是${request.proposedBy}提出的，由本人撤回；不同意的由主任退回`);
  return { item, request: await move(ctx, request, { event: 'withdraw', note: null, right }) };
}

/** 更正失效 — the item is done with: there is nothing left to correct. null: none waited */
export async function lapseCorrection(ctx: Context, itemId: string): Promise<Correction | null> {
  const [item, request] = [await findItem(ctx.tx, itemId), await findOpenCorrection(ctx.tx, itemId)];
  if (!item || !request || isCorrectable(item)) return null;
  return { item, request: await move(ctx, request, { event: 'lapse', note: '事项已不在办理中', right: {} }) };
}

/** 取更正 @throws NotFoundError */
async function getCorrection(ctx: Pick<Context, 'tx'>, id: string): Promise<Correction> {
  const request = await findCorrection(ctx.tx, id);
  const item = request && (await findItem(ctx.tx, request.itemId));
  if (!request || !item) throw new NotFoundError('没有这份更正，请以最新卡片为准', `no correction ${id}`);
  return { item, request };
}

async function move(
  ctx: Context,
  request: ItemCorrection,
  { event, note, right }: { event: CorrectionEvent; note: string | null; right: Right },
): Promise<ItemCorrection> {
  if (request.status !== 'proposed') throw new ConflictError(`这份更正${standing[request.status]}，无需再办`);
  const status = correctionMachine.next(request.status, event);
  const patch = { decidedBy: signatureOf(ctx.actor, right), decidedAt: ctx.now, note };
  if (!(await moveCorrection(ctx.tx, { id: request.id, from: request.status, to: status, patch }))) throw new ConflictError();
  const line = { event, before: request.status, after: status, detail: { itemId: request.itemId, ...(note === null ? {} : { reason: note }) } };
  ctx.audit.record({ subject: { type: 'itemCorrection', id: request.id }, ...line, ...right });
  return { ...request, ...patch, status };
}

const standing: Readonly<Record<ItemCorrection['status'], string>> = {
  proposed: '正等主任批准',
  approved: '已经批准',
  rejected: '已经退回',
  withdrawn: '已由提出的人撤回',
  lapsed: '已失效',
};

/** 表单 → 事项的几样 @throws InvalidError */
async function wanted(ctx: Context, { item, last }: ItemView, wish: CorrectionWish): Promise<Corrected> {
  const title = wish.title.replace(/\s+/g, ' ').trim();
  if (title === '') throw new InvalidError('任务名称不能是空的');
  const units = new Set((await listUnits(ctx.tx)).map(({ code }) => code));
  const supportingUnits = [...new Set(wish.supportingUnits)];
  if (supportingUnits.includes(item.leadUnit)) throw new InvalidError('牵头单位不用再列为配合单位');
  if (supportingUnits.some((code) => !units.has(code) && !item.supportingUnits.includes(code)))
    throw new InvalidError('花名册里没有所选的配合单位，请重新选择');
  if (wish.leader !== item.leaderInCharge && wish.leader !== null) {
    const leaders = await findHolders(ctx.tx, { roles: leaderRoles }, ctx.today);
    if (!leaders.some(({ name, delegateFor }) => (delegateFor ?? name) === wish.leader))
      throw new InvalidError('花名册里没有所选的分管领导，请重新选择');
  }
  return {
    title,
    goal: wish.goal === null ? item.goal : wish.goal.trim(),
    metrics: readMetricLines(wish.metrics, { metrics: item.metrics, code: item.code, last }),
    leaderInCharge: wish.leader,
    supportingUnits: sameUnits(supportingUnits, item.supportingUnits) ? item.supportingUnits : supportingUnits,
  };
}

/** 改了的几样 — the order of units is nobody's wish. */
function differing(item: WorkItem, wish: Corrected): { before: Partial<Corrected>; after: Partial<Corrected> } {
  const keys = correctable.filter((key) => !same(key, item[key], wish[key]));
  const pick = (from: Corrected): Partial<Corrected> => Object.fromEntries(keys.map((key) => [key, from[key]]));
  return { before: pick(item), after: pick(wish) };
}

function same(key: keyof Corrected, left: unknown, right: unknown): boolean {
  if (key === 'supportingUnits') return sameUnits(left as readonly string[], right as readonly string[]);
  if (key === 'metrics') return JSON.stringify(targets(left as WorkItem['metrics'])) === JSON.stringify(targets(right as WorkItem['metrics']));
  return (left ?? null) === (right ?? null);
}

const sameUnits = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && [...left].every((code) => right.includes(code));

/** 现值照此刻的：提出之后采纳的反馈不能倒回去。 */
function patchOf(item: WorkItem, after: Partial<Corrected>): Partial<Corrected> {
  if (!after.metrics) return after;
  const metrics = after.metrics.map((metric, index) => {
    const now = item.metrics[index];
    return now ? { ...metric, baseline: now.baseline, current: now.current } : metric;
  });
  return { ...after, metrics };
}

/** 子任务的分管领导随上级。 */
async function correctPartsLeader(ctx: Context, item: WorkItem, { leader, right }: { leader: string | null; right: Right }): Promise<void> {
  const { children } = await viewOf(ctx, item);
  for (const child of children)
    if (leader !== null && child.leaderInCharge === item.leaderInCharge && isCorrectable(child)) await changeLeader(ctx, child, { leader, right });
}
