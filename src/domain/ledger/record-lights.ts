import type { Context } from '#core/context';
import { newId } from '#core/ids';
import { findLastLights, insertLightChanges, type LightChange } from '../lights/store.ts';
import { type LedgerEntry, readEntries } from './entries.ts';
import { findOpenYears } from './store.ts';

/** 记全部亮灯的变化 — once a day: the lights of what nobody touched change with the calendar. */
export async function recordLights(ctx: Context): Promise<LightChange[]> {
  const changes: LightChange[] = [];
  for (const year of await findOpenYears(ctx.tx)) changes.push(...(await record(ctx, await readEntries(ctx, { year, at: ctx.now }))));
  return changes;
}

/** 记一个事项亮灯的变化 */
export async function recordLightOf(ctx: Context, item: { readonly id: string; readonly year: number }): Promise<LightChange[]> {
  return record(ctx, await readEntries(ctx, { year: item.year, ids: [item.id], at: ctx.now }));
}

async function record(ctx: Context, entries: readonly LedgerEntry[]): Promise<LightChange[]> {
  const shown = entries.filter(({ status }) => status !== 'cancelled');
  const last = await findLastLights(
    ctx.tx,
    shown.map(({ id }) => id),
  );
  const changes = shown.flatMap(({ id, light, reasons, override }): LightChange[] => {
    const from = last.get(id) ?? null;
    if (from === light) return [];
    return [{ id: newId(), itemId: id, at: ctx.now, from, to: light, reasons, manual: override !== null, byName: override?.setBy ?? '系统' }];
  });
  await insertLightChanges(ctx.tx, changes);
  for (const { itemId, from, to, reasons, manual } of changes) {
    // 第一次记下的是起点，不是变化。
    if (from === null) continue;
    ctx.audit.record({ subject: { type: 'workItem', id: itemId }, event: 'light', before: from, after: to, detail: { reasons, manual } });
  }
  return changes;
}
