import type { Context } from '#core/context';
import { findNumbersInForce } from '#domain/orders/store';

const shownMax = 5;

/** 简报里的一行：在督 — `在督1(湾督〔2026〕3号)`; nothing when no order is in force. */
export async function inForceLine(ctx: Pick<Context, 'tx'>, query: { readonly itemIds: readonly string[]; readonly at: Date }): Promise<string> {
  const numbers = await findNumbersInForce(ctx.tx, query);
  if (numbers.length === 0) return '';
  return `在督${numbers.length}(${numbers.slice(0, shownMax).join('、')}${numbers.length > shownMax ? '等' : ''})`;
}
