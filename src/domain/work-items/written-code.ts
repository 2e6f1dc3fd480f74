import type { Context } from '#core/context';
import { datedCode } from './item-code.ts';
import { findWorkYear } from './store.ts';

interface Coded {
  readonly year: number;
  readonly code: string;
}

/** 写编号 — as every screen names an item: with its year when it is not of the work year, for by then another one may have its code. */
export async function writtenCode(ctx: Pick<Context, 'tx' | 'now' | 'today'>, item: Coded): Promise<string> {
  return (await codeWriter(ctx, [item]))(item);
}

/** 写一批编号 — the work year is asked for once, and only where some item is of a former year: those who report this year's don't wait for it. */
export async function codeWriter(ctx: Pick<Context, 'tx' | 'now' | 'today'>, items: readonly Coded[]): Promise<(item: Coded) => string> {
  const calendarYear = Number(ctx.today.slice(0, 4));
  const workYear = items.some(({ year }) => year < calendarYear) ? await findWorkYear(ctx.tx, ctx.now) : calendarYear;
  return (item) => (item.year >= workYear ? item.code : datedCode(item));
}

/** 写上编号的事项 — for words that name it, refusals above all: they are read beside this year's items. */
export async function asWritten<Item extends Coded>(ctx: Pick<Context, 'tx' | 'now' | 'today'>, item: Item): Promise<Item> {
  return { ...item, code: await writtenCode(ctx, item) };
}
