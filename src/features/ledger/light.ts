import { bind } from '#cards/kit/action';
import type { Card } from '#cards/kit/card';
import { signalLight, term } from '#cards/kit/terms';
import { openLight, restoreLight as restoreAction, setLight } from '#cards/ledger/actions';
import { lightFormCard } from '#cards/ledger/light-form.card';
import { on } from '#core/click';
import type { Context } from '#core/context';
import { isRealDate } from '#core/dates';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { schedule } from '#core/schedule';
import { loadCalendar } from '#domain/calendar/store';
import { addWorkingDays, isWorkingDay } from '#domain/calendar/working-days';
import { entryOf } from '#domain/ledger/entries';
import { recordLightOf, recordLights } from '#domain/ledger/record-lights';
import { overrideLight, restoreLight } from '#domain/lights/override';
import { assertMay, may } from '#domain/roster/policy';
import { listUnits } from '#domain/roster/store';
import { announceItem, itemAction, viewItem } from '#domain/work-items/item-view';
import { findItem } from '#domain/work-items/store';
import { writtenCode } from '#domain/work-items/written-code';

/** 人工亮灯的有效期，预先填好 */
const suggestedDays = 5;

/** 事项卡上的调整亮灯 */
export const lightOffer = itemAction('调整亮灯', async (ctx, { item }) => {
  if (!may(ctx.actor, 'overrideLight')) return null;
  const entry = await entryOf(ctx, item);
  const settable = entry !== null && (entry.light === 'red' || entry.light === 'yellow' || entry.light === 'green');
  return settable ? bind(openLight, { itemId: item.id }) : null;
});

/** 打开单子 */
export const onOpenLight = on(openLight, async (ctx, { itemId }) => {
  assertMay(ctx.actor, 'overrideLight');
  const suggestedUntil = addWorkingDays(await loadCalendar(ctx.tx), ctx.today, suggestedDays);
  const version = Math.floor(ctx.now.getTime() / 1000) % 100_000;
  return { card: await lightView(ctx, itemId, { asks: { suggestedUntil, version }, done: null }) };
});

/** 定人工亮灯 */
export const onSetLight = on(setLight, async (ctx, { itemId }, { light, reason, untilOn }) => {
  if (!isRealDate(untilOn)) throw new InvalidError('有效期看不懂，请重新选择');
  const { item } = await viewItem(ctx, itemId);
  await overrideLight(ctx, item, { light, reason, untilOn });
  await announceItem(ctx, itemId);
  const done = `已定为${term(signalLight, light)}`;
  return { toast: done, card: await lightView(ctx, itemId, { asks: null, done }) };
});

/** 恢复按规则亮灯 */
export const onRestoreLight = on(restoreAction, async (ctx, { itemId }) => {
  const { item } = await viewItem(ctx, itemId);
  await restoreLight(ctx, item);
  await announceItem(ctx, itemId);
  return { toast: '已恢复按规则亮灯', card: await lightView(ctx, itemId, { asks: null, done: '已恢复按规则亮灯' }) };
});

/** 每日看灯 — on working days, before the reminders: the lights of what nobody touched change only then. */
export const lookAtLights = schedule('ledger.lights', '1 9 * * *', async (ctx) => {
  if (isWorkingDay(await loadCalendar(ctx.tx), ctx.today)) await recordLights(ctx);
});

/** 事项变了，灯也许变了 */
export async function onItemChanged(ctx: Context, itemId: string): Promise<void> {
  const item = await findItem(ctx.tx, itemId);
  if (item) await recordLightOf(ctx, item);
}

async function lightView(
  ctx: Context,
  itemId: string,
  state: { asks: { suggestedUntil: string; version: number } | null; done: string | null },
): Promise<Card> {
  const item = await findItem(ctx.tx, itemId);
  const entry = item && (await entryOf(ctx, item));
  if (!item) throw new NotFoundError('没有这个事项，请以最新卡片为准', `no item ${itemId}`);
  if (!entry) throw new ConflictError(`${await writtenCode(ctx, item)}不单独亮灯，随上级事项`);
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === entry.leadUnit);
  return lightFormCard({
    itemId,
    code: await writtenCode(ctx, entry),
    title: entry.title,
    unitName: unit?.name ?? entry.leadUnit,
    today: ctx.today,
    light: entry.light,
    reasons: entry.reasons.map((reason) => ({ ...reason })),
    override: entry.override && { reason: entry.override.reason, by: entry.override.setBy, until: entry.override.untilOn },
    ...state,
  });
}
