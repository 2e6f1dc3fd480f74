import type { ItemAction, OfferedAction } from '#core/click';
import type { Context } from '#core/context';
import { NotFoundError } from '#core/errors';
import type { Matter } from '../roster/policy.ts';
import type { ItemCode } from './item-code.ts';
import type { ProgressReport, WorkItem } from './records.ts';
import { findChildren, findItem, findItemByCode, findLastReports } from './store.ts';

/** 事项所见 — the item with what decides which buttons it has. */
export interface ItemView {
  readonly item: WorkItem;
  readonly children: readonly WorkItem[];
  readonly last: ProgressReport | null;
}

/** 定义事项动作 */
export function itemAction(text: string, offer: ItemAction<ItemView>['offer']): ItemAction<ItemView> {
  return { text, offer };
}

/** 读事项 @throws NotFoundError when there is none */
export async function viewItem(ctx: Pick<Context, 'tx'>, itemId: string): Promise<ItemView> {
  const item = await findItem(ctx.tx, itemId);
  if (!item) throw new NotFoundError('没有这个事项，请以最新卡片为准', `no item ${itemId}`);
  return viewOf(ctx, item);
}

/** 说的是哪个事项 — an issued one. @throws NotFoundError that names the year in which it was looked for */
export async function itemNamed(ctx: Pick<Context, 'tx' | 'today'>, said: ItemCode): Promise<WorkItem> {
  const thisYear = Number(ctx.today.slice(0, 4));
  const item = await findItemByCode(ctx.tx, said, thisYear);
  if (!item) throw new NotFoundError(`${said.year ?? thisYear}年没有已下达的事项${said.code}，请核对编号`);
  return item;
}

/** 事项 → 所见 */
export async function viewOf(ctx: Pick<Context, 'tx'>, item: WorkItem): Promise<ItemView> {
  const [children, last] = [await findChildren(ctx.tx, item.id), (await findLastReports(ctx.tx, [item.id])).get(item.id) ?? null];
  return { item, children, last };
}

/** 可办的动作 — of all features, as far as the machine and the policy allow this person. */
export async function offeredActions(ctx: Context, view: ItemView): Promise<OfferedAction[]> {
  const offered: OfferedAction[] = [];
  for (const { itemActions = [] } of ctx.contributions.features) {
    for (const { text, offer } of itemActions) {
      const action = await offer(ctx, view as never);
      if (action) offered.push({ text, action });
    }
  }
  return offered;
}

/** 通知各功能 — every feature brings its own cards of the item up to date. */
export async function announceItem(ctx: Context, itemId: string): Promise<void> {
  for (const { itemChanged } of ctx.contributions.features) await itemChanged?.(ctx, itemId);
}

/** 事项 → 事由 */
export function matterOf({ leadUnit, supportingUnits, responsiblePostId, liaisonPostId, leaderInCharge }: WorkItem): Matter {
  return { unitCode: leadUnit, supportingUnits, responsiblePostId, liaisonPostId, leaderInCharge };
}
