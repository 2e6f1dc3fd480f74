import type { Context } from '#core/context';
import type { LocalDate } from '#core/dates';
import { ConflictError } from '#core/errors';
import type { Right } from '../roster/policy.ts';
import { workItemMachine } from './model.ts';
import { insertChildren, moveItem, patchItem } from './moves/store.ts';
import type { WorkItem } from './records.ts';
import { progressIn, wholePoints } from './roll-up.ts';
import { lockTree } from './tree/store.ts';

type ItemEvent = (typeof workItemMachine.events)[number];
/** 往日的台账要重现的 */
const reproduced = ['percent', 'dueOn', 'startOn', 'leadUnit', 'leaderInCharge', 'issuedAt', 'title', 'goal', 'supportingUnits'] as const;

// 事项的状态只在 advance-*.ts 里改变：问过状态表、比对着改、同一口气记下留痕。别处拿不到改状态的函数（test/architecture.test.ts）。

/** 推进事项 — one item, with what else changes in its row. @throws ConflictError when the event is not legal now, or somebody was faster */
export async function advanceItem(
  ctx: Context,
  item: WorkItem,
  { event, patch = {}, right, detail }: { event: ItemEvent; patch?: Partial<WorkItem>; right: Right; detail?: Readonly<Record<string, unknown>> },
): Promise<WorkItem> {
  const status = workItemMachine.next(item.status, event);
  if (!(await moveItem(ctx.tx, { id: item.id, from: item.status, to: status, patch }))) throw new ConflictError();
  const line = { subject: { type: 'workItem', id: item.id }, event, before: item.status, after: status, detail: withFormer(item, patch, detail) };
  ctx.audit.record({ ...line, ...right });
  return { ...item, ...patch, status };
}

/** 原来的值 — of what a change overwrites and the ledger of a past day needs again (domain/ledger/past.ts). */
function withFormer(
  item: WorkItem,
  patch: Partial<WorkItem>,
  detail: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> | undefined {
  const changed = reproduced.filter((key) => patch[key] !== undefined && patch[key] !== item[key]);
  return changed.length === 0 ? detail : { ...detail, former: Object.fromEntries(changed.map((key) => [key, item[key]])) };
}

/** 改时限 — an extension was approved; the original limit stays on record. @throws ConflictError when somebody was faster */
export async function extendItem(
  ctx: Context,
  item: WorkItem,
  { dueOn, right, detail }: { dueOn: LocalDate; right: Right; detail: Readonly<Record<string, unknown>> },
): Promise<WorkItem> {
  const { id, status } = item;
  if (!(await patchItem(ctx.tx, { id, when: { status, dueOn: item.dueOn }, patch: { dueOn } }))) throw new ConflictError();
  ctx.audit.record({
    subject: { type: 'workItem', id },
    event: 'extend',
    before: item.dueOn,
    after: dueOn,
    detail: withFormer(item, { dueOn }, detail),
    ...right,
  });
  return { ...item, dueOn };
}

/** 立项 — items that stand outside the books: the tree of a project, or a promise by itself; the top comes first, and one line in the trail says what it holds. */
export async function registerOutsideBooks(
  ctx: Context,
  items: readonly WorkItem[],
  { right, detail }: { right: Right; detail: Readonly<Record<string, unknown>> },
): Promise<void> {
  const [top] = items;
  if (!top) return;
  await insertChildren(ctx.tx, items);
  ctx.audit.record({ subject: { type: 'workItem', id: top.id }, event: 'register', after: top.status, detail, ...right });
}

/** 记进度 — of a task of a project, whose state stays what it is. @throws ConflictError when somebody was faster */
export async function noteProgress(
  ctx: Context,
  item: WorkItem,
  { percent, content, right }: { percent: number; content: string | null; right: Right },
): Promise<void> {
  const { id, status } = item;
  const patch = { percent, lastReportAt: ctx.now };
  if (!(await patchItem(ctx.tx, { id, when: { status, percent: item.percent }, patch }))) throw new ConflictError();
  const [before, after] = [String(item.percent), String(percent)];
  ctx.audit.record({ subject: { type: 'workItem', id }, event: 'progress', before, after, detail: { percent, reason: content }, ...right });
}

/** 汇总进度 — an item and everything above it become the weighted mean of what is below; to be called after a child has changed. */
export async function rollUp(ctx: Context, parentId: string, right: Right): Promise<void> {
  const tree = await lockTree(ctx.tx, parentId);
  const progress = progressIn(tree);
  const byId = new Map(tree.map((item) => [item.id, item]));
  for (let item = byId.get(parentId); item; item = byId.get(item.parentId ?? '')) {
    const exact = progress.get(item.id);
    const percent = exact ? wholePoints(exact) : item.percent;
    if (percent === item.percent) continue;
    await patchItem(ctx.tx, { id: item.id, when: {}, patch: { percent } });
    const [before, after] = [String(item.percent), String(percent)];
    ctx.audit.record({ subject: { type: 'workItem', id: item.id }, event: 'rollUp', before, after, detail: { percent }, ...right });
  }
}

/** 子任务随上级改派 — it is under way at the new unit; nobody signs for it apart. @throws ConflictError when somebody was faster */
export async function passPart(
  ctx: Context,
  part: WorkItem,
  { patch, right, detail }: { patch: Partial<WorkItem>; right: Right; detail: Readonly<Record<string, unknown>> },
): Promise<WorkItem> {
  return advanceItem(ctx, part, { event: 'passOn', patch, right, detail });
}

/** 换配合单位 — the unit that supported it is merged into another. @throws ConflictError when somebody was faster */
export async function changeSupport(
  ctx: Context,
  item: WorkItem,
  { supportingUnits, reason, right }: { supportingUnits: readonly string[]; reason: string; right: Right },
): Promise<WorkItem> {
  const { id, status } = item;
  const patch = { supportingUnits: [...supportingUnits] };
  if (!(await patchItem(ctx.tx, { id, when: { status }, patch }))) throw new ConflictError();
  const [before, after] = [item.supportingUnits.join('、'), supportingUnits.join('、')];
  ctx.audit.record({ subject: { type: 'workItem', id }, event: 'changeSupport', before, after, detail: { reason }, ...right });
  return { ...item, supportingUnits };
}

/** 登记下级 — parts of an item that is under way are under way at once. @param shares the new weights of parts that exist, by id */
export async function registerChildren(
  ctx: Context,
  parent: WorkItem,
  { children, shares, right }: { children: readonly WorkItem[]; shares: ReadonlyMap<string, number | null>; right: Right },
): Promise<void> {
  await insertChildren(ctx.tx, children);
  for (const [id, weight] of shares) await patchItem(ctx.tx, { id, when: {}, patch: { weight } });
  const reason = children.map(({ code, title }) => `${code}${title}`).join('；');
  ctx.audit.record({ subject: { type: 'workItem', id: parent.id }, event: 'breakDown', detail: { children: children.length, reason }, ...right });
  for (const { id, status, code, weight, dueOn } of children) {
    ctx.audit.record({ subject: { type: 'workItem', id }, event: 'register', after: status, detail: { code, weight, dueOn }, ...right });
  }
  await rollUp(ctx, parent.id, right);
}

/** 改责任岗 @throws ConflictError when somebody was faster */
export async function assignPosts(
  ctx: Context,
  item: WorkItem,
  { posts, reason, right }: { posts: Pick<WorkItem, 'responsiblePostId' | 'liaisonPostId'>; reason: string; right: Right },
): Promise<WorkItem> {
  const { id, status, responsiblePostId, liaisonPostId } = item;
  if (!(await patchItem(ctx.tx, { id, when: { status, responsiblePostId, liaisonPostId }, patch: posts }))) throw new ConflictError();
  ctx.audit.record({ subject: { type: 'workItem', id }, event: 'assign', detail: { ...posts, reason }, ...right });
  return { ...item, ...posts };
}

/** 改分管领导 — the post of the leader has another holder. @throws ConflictError when somebody was faster */
export async function changeLeader(ctx: Context, item: WorkItem, { leader, right }: { leader: string; right: Right }): Promise<void> {
  const { id, leaderInCharge } = item;
  if (!(await patchItem(ctx.tx, { id, when: { leaderInCharge }, patch: { leaderInCharge: leader } }))) throw new ConflictError();
  ctx.audit.record({
    subject: { type: 'workItem', id },
    event: 'changeLeader',
    before: leaderInCharge ?? '',
    after: leader,
    detail: withFormer(item, { leaderInCharge: leader }, { reason: `由${leaderInCharge ?? ''}改为${leader}` }),
    ...right,
  });
}

/** 更正 — words that were wrong; its state and its progress stay. @throws ConflictError when somebody was faster */
export async function correctItem(
  ctx: Context,
  item: WorkItem,
  { patch, right, detail }: { patch: Partial<WorkItem>; right: Right; detail: Readonly<Record<string, unknown>> },
): Promise<WorkItem> {
  const { id, status } = item;
  if (!(await patchItem(ctx.tx, { id, when: { status }, patch }))) throw new ConflictError();
  ctx.audit.record({ subject: { type: 'workItem', id }, event: 'correct', detail: withFormer(item, patch, detail), ...right });
  return { ...item, ...patch };
}

/** 改内容 — what a new edition of a project's sheet says of an item; its state and its progress stay. @throws ConflictError when somebody was faster */
export async function reviseItem(
  ctx: Context,
  item: WorkItem,
  { patch, right, detail }: { patch: Partial<WorkItem>; right: Right; detail: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { id, status, dueOn } = item;
  if (!(await patchItem(ctx.tx, { id, when: { status, dueOn }, patch }))) throw new ConflictError();
  ctx.audit.record({ subject: { type: 'workItem', id }, event: 'revise', detail: withFormer(item, patch, detail), ...right });
}

/** 改时限 — by a decision that `reason` names (an order's number); the original limit stays. @throws ConflictError when somebody was faster */
export async function changeDue(
  ctx: Context,
  item: WorkItem,
  { dueOn, reason, right }: { dueOn: LocalDate; reason: string; right: Right },
): Promise<WorkItem> {
  const { id, status, dueOn: dueBefore } = item;
  if (!(await patchItem(ctx.tx, { id, when: { status, dueOn: dueBefore }, patch: { dueOn } }))) throw new ConflictError();
  const detail = { dueBefore, dueAfter: dueOn, former: { dueOn: dueBefore }, reason };
  ctx.audit.record({ subject: { type: 'workItem', id }, event: 'changeDue', detail, ...right });
  return { ...item, dueOn };
}
