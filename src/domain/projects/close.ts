import type { Context } from '#core/context';
import { ConflictError, NotFoundError } from '#core/errors';
import { assertMay } from '../roster/policy.ts';
import { advanceItem, rollUp } from '../work-items/advance-items.ts';
import type { WorkItem } from '../work-items/records.ts';
import { isDone, openMandatory, type TreeItem } from '../work-items/roll-up.ts';
import { lockTree } from '../work-items/tree/store.ts';
import { shortNumber } from './overview.ts';

const namedMax = 3;

/**
 * 办结部分 — or the whole project; refused while a mandatory task below is open, and the refusal names it. Items below are closed with it,
 * optional tasks may stay open.
 */
export async function closeBranch(ctx: Context, branchId: string): Promise<{ branch: WorkItem; project: WorkItem }> {
  const tree = await lockTree(ctx.tx, branchId);
  const [project, branch] = [tree[0], tree.find(({ id }) => id === branchId)];
  if (!project || !branch || (branch.kind !== 'part' && branch.kind !== 'project')) {
    throw new NotFoundError('没有这个部分，请以最新卡片为准', `no part ${branchId}`);
  }
  const right = assertMay(ctx.actor, 'closeProjectPart', { unitCode: branch.leadUnit });
  if (isDone(branch)) throw new ConflictError(`${branch.title}已办结，无需重复办结`);
  const blockers = openMandatory(tree, branch.id);
  if (blockers.length > 0) throw new ConflictError(`${branch.title}还不能办结：必办任务${named(blockers)}没有办完。请责任党员办完后再办结。`);
  const openParts = tree.filter(({ kind, parentId, ...item }) => kind === 'part' && parentId === branch.id && !isDone(item));
  if (openParts.length > 0)
    throw new ConflictError(`${branch.title}还不能办结：还有${openParts.length}个部分没有办结，先办结${openParts[0]?.title ?? ''}`);
  for (const item of tree) {
    if (item.parentId === branch.id && item.kind === 'projectItem' && !isDone(item)) {
      await advanceItem(ctx, item, { event: 'finish', patch: { completedAt: ctx.now }, right });
    }
  }
  await advanceItem(ctx, branch, { event: 'finish', patch: { completedAt: ctx.now }, right });
  await rollUp(ctx, branch.id, right);
  return { branch, project };
}

function named(blockers: readonly TreeItem[]): string {
  const words = blockers.slice(0, namedMax).map((item) => `${shortNumber(item)} ${item.title}（完成${item.percent}%）`);
  return `${words.join('、')}${blockers.length > namedMax ? `等${blockers.length}项` : ''}`;
}
