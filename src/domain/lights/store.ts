import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import type { LightOverride, LightReason, SignalLight } from './light.ts';

/** 亮灯的一次变化 */
export interface LightChange {
  readonly id: string;
  readonly itemId: string;
  readonly at: Date;
  /** null: 第一次记下 */
  readonly from: SignalLight | null;
  readonly to: SignalLight;
  readonly reasons: readonly LightReason[];
  readonly manual: boolean;
  readonly byName: string;
}

/** 记亮灯的变化 */
export async function insertLightChanges(tx: Tx, changes: readonly LightChange[]): Promise<void> {
  if (changes.length === 0) return;
  await rows(tx).lightChange.createMany({ data: changes.map((change) => ({ ...change, reasons: change.reasons.map((reason) => ({ ...reason })) })) });
}

/** 各事项最近记下的灯 */
export async function findLastLights(tx: Tx, itemIds: readonly string[]): Promise<Map<string, SignalLight>> {
  if (itemIds.length === 0) return new Map();
  const found = await rows(tx).$queryRaw<{ itemId: string; to: SignalLight }[]>`
    SELECT x.id AS "itemId", c."to" FROM unnest(${[...itemIds]}::text[]) AS x(id)
    JOIN LATERAL (SELECT "to" FROM "LightChange" c WHERE c."itemId" = x.id ORDER BY c.at DESC, c.id DESC LIMIT 1) c ON true`;
  return new Map(found.map(({ itemId, to }) => [itemId, to]));
}

/** 某事项亮灯的变化，先后为序 */
export async function findLightChanges(tx: Tx, itemId: string): Promise<LightChange[]> {
  return (await rows(tx).lightChange.findMany({ where: { itemId }, orderBy: [{ at: 'asc' }, { id: 'asc' }] })) as unknown as LightChange[];
}

/** 人工亮灯 — those that stood at the instant, the newest of each item. */
export async function findOverrides(tx: Tx, { itemIds, at }: { itemIds: readonly string[]; at: Date }): Promise<Map<string, LightOverride>> {
  if (itemIds.length === 0) return new Map();
  const found = await rows(tx).lightOverride.findMany({
    where: { itemId: { in: [...itemIds] }, setAt: { lte: at }, OR: [{ endedAt: null }, { endedAt: { gt: at } }] },
    orderBy: { setAt: 'asc' },
  });
  return new Map((found as unknown as LightOverride[]).map((override) => [override.itemId, override]));
}

/** 定人工亮灯 */
export async function insertOverride(tx: Tx, override: LightOverride): Promise<void> {
  await rows(tx).lightOverride.create({ data: override });
}

/** 撤下人工亮灯 — all that stand; returns how many there were. */
export async function endOverrides(tx: Tx, { itemId, by, at }: { itemId: string; by: string; at: Date }): Promise<number> {
  const { count } = await rows(tx).lightOverride.updateMany({ where: { itemId, endedAt: null }, data: { endedBy: by, endedAt: at } });
  return count;
}
