import type { Context } from '#core/context';
import { ConflictError, InvalidError } from '#core/errors';
import { newId } from '#core/ids';
import { assertMay, type Right, signatureOf } from '../roster/policy.ts';
import { findHolders, listUnits } from '../roster/store.ts';
import { registerReassignedBook } from './advance-books.ts';
import { advanceItem, changeSupport, passPart } from './advance-items.ts';
import { lapseCompletion } from './complete.ts';
import { insertDecline } from './declines/store.ts';
import { type ItemView, viewItem, viewOf } from './item-view.ts';
import { endedStatuses, projectKinds, workItemMachine } from './model.ts';
import { returnFormerUnits } from './progress.ts';
import type { WorkItem } from './records.ts';
import { standingWords } from './standing.ts';
import { findItems, findItemsSupportedBy } from './store.ts';
import { endSupportAsks } from './support.ts';
import { lockTree } from './tree/store.ts';
import { asWritten } from './written-code.ts';

/** 改派成怎样 — the decision, whether it follows a return (退件) or is the chief's own. */
export interface Reassignment {
  readonly unit: string;
  /** 原牵头单位转为配合单位；false：它已撤并，不再承担 */
  readonly keepsFormer: boolean;
  readonly reason: string;
}

/** 改派了的一项 */
export interface ReassignedItem {
  readonly before: WorkItem;
  readonly item: WorkItem;
  readonly parts: readonly WorkItem[];
  /** 原来办它和它的子任务的岗位 */
  readonly formerPosts: readonly string[];
}

/** 一次改派 — what moved, into which books, and whose work it was. */
export interface Reassigned {
  readonly from: string;
  readonly to: string;
  readonly keepsFormer: boolean;
  readonly moved: readonly ReassignedItem[];
  /** 原单位作配合单位、改由新单位配合的事项 */
  readonly supported: readonly WorkItem[];
  readonly newBookIds: readonly string[];
}

/** 一次点击至多改派这么多项：点击要在三秒内答复。 */
const togetherMax = 50;

/**
 * 交给新的牵头单位 — the former lead becomes a supporting unit (unless it exists no more), the posts are the new unit's liaison's until it names
 * others, the leader follows the unit; what the former unit reported and asked for and is still undecided ends here. The parts go along.
 */
export async function handToUnit(
  ctx: Context,
  item: WorkItem,
  { unit, keepsFormer, bookId, right, detail }: Pick<Reassignment, 'unit' | 'keepsFormer'> & { bookId: string; right: Right; detail: object },
): Promise<ReassignedItem> {
  const lead = (await listUnits(ctx.tx)).find(({ code }) => code === unit);
  const reason = `事项已改由${lead?.name ?? unit}牵头`;
  const { children } = await viewOf(ctx, item);
  const open = children.filter(({ status }) => workItemMachine.can(status, 'passOn'));
  for (const each of [item, ...open]) {
    await returnFormerUnits(ctx, each.id, { reason, right });
    await lapseCompletion(ctx, each.id, { reason, right });
  }
  await endSupportAsks(ctx, item.id, { unitCodes: keepsFormer ? [unit] : [unit, item.leadUnit], right });
  const holders = await findHolders(ctx.tx, { unitCodes: [unit], roles: ['liaison', 'unitHead'], backup: false }, ctx.today);
  // 离了职的人托人代办几天的岗位，过几天就没有人了：落在有人在任的岗位上。
  const people = holders.filter(({ delegateFor }) => delegateFor === null);
  const postId = (people.find(({ role }) => role === 'liaison') ?? people[0])?.postId ?? null;
  const patch = {
    leadUnit: unit,
    leaderInCharge: lead?.leaderName ?? null,
    responsiblePostId: postId,
    liaisonPostId: postId,
    issuedAt: ctx.now,
  };
  const supportingUnits = [...new Set([...(keepsFormer ? [item.leadUnit] : []), ...item.supportingUnits])].filter(
    (code) => code !== unit && (keepsFormer || code !== item.leadUnit),
  );
  const moved = await advanceItem(ctx, item, {
    event: 'reassign',
    patch: { ...patch, supportingUnits, bookId, acknowledgedAt: null },
    right,
    detail: { ...detail, from: item.leadUnit, to: unit },
  });
  const parts: WorkItem[] = [];
  for (const part of open) parts.push(await passPart(ctx, part, { patch, right, detail: { from: part.leadUnit, to: unit } }));
  const formerPosts = [item, ...open].flatMap(({ responsiblePostId, liaisonPostId }) => [responsiblePostId ?? [], liaisonPostId ?? []].flat());
  return { before: item, item: moved, parts, formerPosts };
}

/** 为什么不能改派 — null: it can be. */
export function whyNotReassignable({ item, children }: Pick<ItemView, 'item' | 'children'>): string | null {
  const { code, kind, parentId, status } = item;
  if ((projectKinds as readonly string[]).includes(kind)) return `${code}是项目的任务，由承担单位调整，不在这里改派`;
  if (parentId !== null) return `${code}是子任务，随上级事项走；请改派上级事项`;
  if (status === 'declinePending') return `${code}正在裁定退件，请在退件的卡片上裁定改派`;
  if (status === 'suspended') return `${code}已中止，请先恢复办理，再改派`;
  if (!workItemMachine.can(status, 'reassign')) return standingWords(item, '改派');
  const halted = children.find((child) => child.status === 'suspended');
  return halted ? `${halted.code}已中止，请先恢复或撤销这个子任务，再改派` : null;
}

/**
 * 主任改派 — after the limit for returns too, and without one. @param from the lead unit as the form showed it: what was reassigned meanwhile
 * is not reassigned again.
 */
export async function reassignItem(ctx: Context, itemId: string, { from, ...wanted }: Reassignment & { from: string }): Promise<Reassigned> {
  const right = assertMay(ctx.actor, 'reassignItem');
  await lockTree(ctx.tx, itemId);
  const view = await viewItem(ctx, itemId);
  if (view.item.leadUnit !== from) throw new ConflictError(await alreadyWords(ctx, await asWritten(ctx, view.item)));
  const why = whyNotReassignable({ ...view, item: await asWritten(ctx, view.item) });
  if (why !== null) throw new ConflictError(why);
  await assertOtherUnit(ctx, from, wanted.unit);
  return hand(ctx, [view.item], { ...wanted, from, right });
}

/** 一个单位牵头的 — what can be reassigned now, what can't, and what it supports. */
export interface UnitLoad {
  readonly items: readonly WorkItem[];
  /** 改派不了的，一项一句 */
  readonly left: readonly string[];
  readonly supported: readonly WorkItem[];
}

/** 单位手上的 @throws ForbiddenError */
export async function unitLoad(ctx: Context, unitCode: string): Promise<UnitLoad> {
  assertMay(ctx.actor, 'reassignItem');
  const items: WorkItem[] = [];
  const left: string[] = [];
  for (const item of await findItems(ctx.tx, { leadUnits: [unitCode] })) {
    if (item.parentId !== null || endedStatuses.includes(item.status)) continue;
    const why = whyNotReassignable({ ...(await viewOf(ctx, item)), item: await asWritten(ctx, item) });
    if (why === null) items.push(item);
    else left.push(why);
  }
  return { items, left, supported: await findItemsSupportedBy(ctx.tx, unitCode) };
}

/**
 * 整个单位改派 — everything it leads and that can move, in one act; of a unit that exists no more, what it supports is the new unit's too.
 * @param count how many the form showed: a table that has changed meanwhile is looked at again first
 */
export async function reassignUnit(
  ctx: Context,
  { from, count }: { from: string; count: number },
  wanted: Reassignment,
): Promise<Reassigned & { readonly remaining: number }> {
  const right = assertMay(ctx.actor, 'reassignItem');
  const { items, supported } = await unitLoad(ctx, from);
  if (items.length === 0 && supported.length === 0) throw new ConflictError('已改派，这个单位没有可以改派的事项了');
  if (items.length !== count) throw new ConflictError(`这个单位牵头的在办事项现在是${items.length}项，与表上的${count}项不同，请重新打开再改派`);
  await assertOtherUnit(ctx, from, wanted.unit);
  const now = items.slice(0, togetherMax);
  for (const { id } of [...now].sort((left, right_) => (left.id < right_.id ? -1 : 1))) await lockTree(ctx.tx, id);
  const reassigned = await hand(ctx, now, { ...wanted, from, right });
  const passed: WorkItem[] = [];
  if (!wanted.keepsFormer)
    for (const item of await findItemsSupportedBy(ctx.tx, from)) {
      const others = item.supportingUnits.filter((code) => code !== from && code !== wanted.unit);
      const supportingUnits = item.leadUnit === wanted.unit ? others : [...others, wanted.unit];
      await endSupportAsks(ctx, item.id, { unitCodes: [from], right });
      passed.push(await changeSupport(ctx, item, { supportingUnits, reason: wanted.reason, right }));
    }
  return { ...reassigned, supported: passed, remaining: items.length - now.length };
}

/** 一年一本任务书：新的牵头单位收到的是一张卡片，不是一项一张。 */
async function hand(
  ctx: Context,
  items: readonly WorkItem[],
  { from, unit, keepsFormer, reason, right }: Reassignment & { from: string; right: Right },
): Promise<Reassigned> {
  const moved: ReassignedItem[] = [];
  const newBookIds: string[] = [];
  for (const year of [...new Set(items.map((item) => item.year))].sort((left, right_) => left - right_)) {
    const ofYear = items.filter((item) => item.year === year);
    const bookId = await registerReassignedBook(ctx, { year, unitCode: unit, itemIds: ofYear.map(({ id }) => id), right });
    newBookIds.push(bookId);
    for (const item of ofYear) {
      const declineId = await recordDecision(ctx, item, { unit, reason, right });
      const handed = await handToUnit(ctx, item, { unit, keepsFormer, bookId, right, detail: { declineId, reason } });
      for (const part of handed.parts) await recordDecision(ctx, { ...part, leadUnit: from }, { unit, reason, right });
      moved.push(handed);
    }
  }
  return { from, to: unit, keepsFormer, moved, supported: [], newBookIds };
}

/** 记裁定 — with those that followed a return: from these rows the orders and the replies know whose the item was before. */
async function recordDecision(
  ctx: Context,
  item: WorkItem,
  { unit, reason, right }: { unit: string; reason: string; right: Right },
): Promise<string> {
  const id = newId();
  const by = signatureOf(ctx.actor, right);
  await insertDecline(ctx.tx, {
    ...{ id, itemId: item.id, bookId: item.bookId ?? '', unitCode: item.leadUnit, status: 'reassigned', reason, suggestedUnit: unit },
    ...{ filedById: ctx.actor.personId ?? '', filedBy: by, filedAt: ctx.now },
    ...{ proposal: null, proposedUnit: null, proposalNote: null, proposedBy: null, proposedAt: null },
    ...{ decidedUnit: unit, decisionNote: reason, decidedBy: by, decidedAt: ctx.now },
  });
  ctx.audit.record({ subject: { type: 'itemDecline', id }, event: 'register', after: 'reassigned', detail: { itemId: item.id }, ...right });
  return id;
}

/** 须是花名册里的另一个单位 @throws InvalidError */
export async function assertOtherUnit(ctx: Context, from: string, unit: string): Promise<void> {
  if (unit === from) throw new InvalidError('所选的正是现在的牵头单位，请另选一个单位');
  if (!(await listUnits(ctx.tx)).some(({ code }) => code === unit)) throw new InvalidError('花名册里没有所选的单位，请重新选择');
}

async function alreadyWords(ctx: Context, { code, leadUnit }: WorkItem): Promise<string> {
  const lead = (await listUnits(ctx.tx)).find((unit) => unit.code === leadUnit);
  return `${code}已改由${lead?.name ?? leadUnit}牵头，这张单子作废；要再改派请重新打开`;
}
