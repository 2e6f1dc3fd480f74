import type { Context } from '#core/context';
import { countExtendedItems } from '#domain/extensions/store';

/** 简报里的一行：延期 — `经批准延期2项`; nothing when there is none. */
export async function extendedLine(ctx: Pick<Context, 'tx'>, query: { readonly itemIds: readonly string[]; readonly at: Date }): Promise<string> {
  const count = await countExtendedItems(ctx.tx, query);
  return count === 0 ? '' : `经批准延期${count}项`;
}
