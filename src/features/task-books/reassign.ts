import { bind } from '#cards/kit/action';
import { openReassign, reassignItem as reassignAction, reassignUnit as reassignUnitAction } from '#cards/task-books/actions';
import { type ReassignProps, reassignCard } from '#cards/task-books/reassign.card';
import { doneToast, on } from '#core/click';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError, NotFoundError } from '#core/errors';
import { findDesk, unitDesk } from '#domain/roster/desk';
import { type Unit, unitNameIndex } from '#domain/roster/model';
import { assertMay, may } from '#domain/roster/policy';
import { findHolders, listUnits } from '#domain/roster/store';
import { readItemCode } from '#domain/work-items/item-code';
import { type ItemView, itemAction, itemNamed, viewItem, viewOf } from '#domain/work-items/item-view';
import { workItemMachine } from '#domain/work-items/model';
import { type Reassigned, reassignItem, reassignUnit, unitLoad, whyNotReassignable } from '#domain/work-items/reassign';
import { asWritten, codeWriter } from '#domain/work-items/written-code';
import { settleItems, tellReassigned } from './reassigned.ts';

/** 事项卡上的改派 */
export const reassignOffer = itemAction('改派', (ctx, view) =>
  may(ctx.actor, 'reassignItem') && whyNotReassignable(view) === null ? bind(openReassign, { itemId: view.item.id }) : null,
);

/** 打开改派单 */
export const onOpenReassign = on(openReassign, async (ctx, { itemId }) => {
  assertMay(ctx.actor, 'reassignItem');
  return { card: await itemForm(ctx, await viewItem(ctx, itemId)) };
});

/** 改派 — `改派 管-063`, or all that a unit leads: `改派 土地整备事务中心 全部 → 规划和自然资源管理局`. */
export const reassign: Command = command({
  words: ['改派', 'reassign'],
  summary: '把一个事项改由别的单位牵头；单位撤并的，整个单位一次改派',
  example: '改派 管-063',
  visibleTo: (actor) => may(actor, 'reassignItem'),
  handle: async (ctx, argument) => {
    assertMay(ctx.actor, 'reassignItem');
    const said = argument.normalize('NFKC').trim();
    const code = readItemCode(said);
    if (code !== null) return { card: await itemForm(ctx, await viewOf(ctx, await itemNamed(ctx, code))), privately: true };
    const whole = /^(.+?)\s*(?:的)?全部(?:事项)?\s*(?:(?:→|->|=>|改?给|到)\s*(.+))?$/u.exec(said);
    if (!whole) throw new InvalidError('请写明事项编号，例如“改派 管-063”；整个单位的写“改派 土地整备事务中心 全部 → 规划和自然资源管理局”');
    const units = await listUnits(ctx.tx);
    const from = unitMeant(units, whole[1] ?? '');
    const to = whole[2] === undefined ? null : unitMeant(units, whole[2]);
    return { card: await unitForm(ctx, from, to), privately: true };
  },
});

/** 改派一项 */
export const onReassign = on(reassignAction, async (ctx, { itemId, from }, { unit, former, reason }) => {
  const reassigned = await reassignItem(ctx, itemId, { from, unit, keepsFormer: former === 'keep', reason });
  return concluded(ctx, { reassigned, itemId, reason, remaining: 0 });
});

/** 整个单位改派 */
export const onReassignUnit = on(reassignUnitAction, async (ctx, { from, count }, { unit, former, reason }) => {
  const { remaining, ...reassigned } = await reassignUnit(ctx, { from, count }, { unit, keepsFormer: former === 'keep', reason });
  return concluded(ctx, { reassigned, itemId: null, reason, remaining });
});

/** 改派之后 — the books go out, those concerned are told once each, every card that shows an item is brought up to date. */
async function concluded(
  ctx: Context,
  { reassigned, itemId, reason, remaining }: { reassigned: Reassigned; itemId: string | null; reason: string; remaining: number },
) {
  const { from, to, moved, supported, newBookIds } = reassigned;
  await tellReassigned(ctx, { ...reassigned, reason });
  await settleItems(ctx, {
    formerUnit: from,
    formerBooks: new Set(moved.flatMap(({ before }) => before.bookId ?? [])),
    newBooks: newBookIds,
    itemIds: [...moved.flatMap(({ item, parts }) => [item, ...parts]), ...supported].map(({ id }) => id),
  });
  const units = await listUnits(ctx.tx);
  const [former, lead] = [unitOf(units, from), unitOf(units, to)];
  const { unheard } = await findDesk(ctx, unitDesk(lead));
  const more = remaining > 0 ? `；还有${remaining}项，请再办一次` : '';
  const done =
    moved.length === 0 ? `${supported.length}项改由${lead.name}配合` : `已改派${itemId === null ? `${moved.length}项` : ''}，改由${lead.name}牵头`;
  const props: ReassignProps = {
    ...(await emptyForm(ctx, { from: former, itemId })),
    items: await titlesOf(
      ctx,
      moved.map(({ item }) => item),
    ),
    parts: moved.reduce((sum, { parts }) => sum + parts.length, 0),
    supports: supported.length,
    done: { words: `${done}${more}`, by: ctx.actor.name, reason, unheard },
  };
  return { toast: doneToast(`${done}${more}`, unheard, '，已通知有关单位'), card: reassignCard(props) };
}

async function itemForm(ctx: Context, view: ItemView) {
  const why = whyNotReassignable({ ...view, item: await asWritten(ctx, view.item) });
  if (why !== null) throw new InvalidError(why);
  const from = unitOf(await listUnits(ctx.tx), view.item.leadUnit);
  const form = await emptyForm(ctx, { from, itemId: view.item.id });
  const parts = view.children.filter(({ status }) => workItemMachine.can(status, 'passOn')).length;
  return reassignCard({ ...form, items: await titlesOf(ctx, [view.item]), parts });
}

async function unitForm(ctx: Context, from: Named, to: Named | null) {
  const { items, left, supported } = await unitLoad(ctx, from.code);
  const form = await emptyForm(ctx, { from, itemId: null });
  let parts = 0;
  for (const item of items) parts += (await viewOf(ctx, item)).children.filter(({ status }) => workItemMachine.can(status, 'passOn')).length;
  const initial = { ...form.initial, unit: to?.code ?? null };
  return reassignCard({ ...form, items: await titlesOf(ctx, items), parts, left, supports: supported.length, initial });
}

type Named = Pick<Unit, 'code' | 'name'>;

/** 单子的底子 — a unit in which nobody holds the posts any more is taken for one that was merged. */
async function emptyForm(ctx: Context, { from, itemId }: { from: Named; itemId: string | null }): Promise<ReassignProps> {
  const staffed = await findHolders(ctx.tx, { unitCodes: [from.code], roles: ['unitHead', 'liaison'], backup: false }, ctx.today);
  const units = (await listUnits(ctx.tx)).filter(({ code }) => code !== from.code).map(({ code, name }) => ({ code, name }));
  return {
    ...{ itemId, from: { code: from.code, name: from.name }, items: [], parts: 0, left: [], supports: 0, units },
    initial: { unit: null, former: staffed.length === 0 || itemId === null ? 'drop' : 'keep' },
    version: Math.floor(ctx.now.getTime() / 1000) % 100_000,
    done: null,
  };
}

const unitOf = (units: readonly Unit[], code: string): Named => units.find((unit) => unit.code === code) ?? { code, name: code };

async function titlesOf(ctx: Context, items: readonly { readonly year: number; readonly code: string; readonly title: string }[]): Promise<string[]> {
  const write = await codeWriter(ctx, items);
  return items.map((item) => `${write(item)} ${item.title}`);
}

function unitMeant(units: readonly Unit[], said: string): Unit {
  const match = unitNameIndex(units)(said);
  if (match.kind === 'exact') return match.unit;
  const near = match.suggestion ? `，是否为“${match.suggestion.name}”` : '';
  throw new NotFoundError(`花名册里没有“${said.slice(0, 30)}”${near}？请写单位的全称、简称或代码。`);
}
