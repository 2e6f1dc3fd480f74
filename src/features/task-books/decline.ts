import { bind } from '#cards/kit/action';
import { formatDay } from '#cards/kit/format';
import { noticeCard } from '#cards/system/notice.card';
import { declineItem as declineAction, openDecline } from '#cards/task-books/actions';
import { declineCard } from '#cards/task-books/decline.card';
import { declineFormCard } from '#cards/task-books/decline-form.card';
import { doneToast, on } from '#core/click';
import type { Context } from '#core/context';
import { ConflictError, ExpiredError, NotFoundError } from '#core/errors';
import { loadCalendar } from '#domain/calendar/store';
import { assertMay, may } from '#domain/roster/policy';
import { findHolders, listUnits } from '#domain/roster/store';
import { declineItem, declineUntil, isDeclinable } from '#domain/work-items/decline';
import { announceItem, itemAction, matterOf } from '#domain/work-items/item-view';
import { findBook, findItemsOfBook } from '#domain/work-items/store';
import { writtenCode } from '#domain/work-items/written-code';
import { declineProps, unheardOf } from './decline-views.ts';
import { declineKey } from './views.ts';

/** 事项卡上的退件 */
export const declineOffer = itemAction('退件', async (ctx, { item, children }) => {
  if (item.bookId === null || children.length > 0 || !may(ctx.actor, 'declineItem', matterOf(item))) return null;
  return isDeclinable(ctx, await loadCalendar(ctx.tx), item) ? bind(openDecline, { bookId: item.bookId, itemId: item.id }) : null;
});

/** 打开退件单 — it comes to the person's own chat: the book in a group belongs to everybody. */
export const onOpenDecline = on(openDecline, async (ctx, { bookId, itemId }) => {
  const book = await findBook(ctx.tx, bookId);
  if (!book) throw new NotFoundError('这本任务书已经撤销，请以最新卡片为准');
  assertMay(ctx.actor, 'declineItem', { unitCode: book.unitCode });
  const calendar = await loadCalendar(ctx.tx);
  const all = await findItemsOfBook(ctx.tx, bookId);
  const items = all.filter((item) => isDeclinable(ctx, calendar, item));
  const until = declineUntil(ctx, calendar, book);
  if (items.length === 0) {
    if (until !== null && ctx.today > until) throw new ExpiredError(`已超过退件期限(${until})`);
    throw new ConflictError('这本任务书里没有可以退的事项');
  }
  const units = await listUnits(ctx.tx);
  const card = declineFormCard({
    bookId,
    unitName: units.find(({ code }) => code === book.unitCode)?.name ?? book.unitCode,
    items: items.map(({ id, code, title }) => ({ itemId: id, code, title })),
    chosen: items.find(({ id }) => id === itemId)?.id ?? null,
    units: units.filter(({ code }) => code !== book.unitCode).map(({ code, name }) => ({ code, name })),
    until: formatDay(until ?? ctx.today, ctx.today),
  });
  const key = `decline-form:${bookId}:${ctx.actor.personId}:${ctx.now.getTime()}`;
  if (ctx.actor.openId) ctx.outbox.sendCard({ to: { person: ctx.actor.openId }, cardKey: key, card, dedupeKey: key, priority: 'interactive' });
  return { toast: '退件单已发到与您的单聊' };
});

/** 提交退件 — the inspectors get it to propose, the unit's head and liaison see where it stands. */
export const onDecline = on(declineAction, async (ctx, _payload, { item: itemId, unit, reason }) => {
  const filed = await declineItem(ctx, itemId, { reason, suggestedUnit: unit });
  const { item, decline } = filed;
  await sendTo(
    ctx,
    { roles: ['inspector'] },
    { key: declineKey(decline.id, 'inspector'), card: declineCard(await declineProps(ctx, 'inspector', filed)) },
  );
  const copy = { key: declineKey(decline.id, 'unit'), card: declineCard(await declineProps(ctx, 'unit', filed)) };
  await sendTo(ctx, { unitCodes: [decline.unitCode], roles: ['unitHead', 'liaison'] }, copy);
  await announceItem(ctx, item.id);
  const card = noticeCard({
    title: '退件已提交',
    text: `${await writtenCode(ctx, item)} ${item.title}已退件，由督查室裁定；裁定之前仍由本单位牵头。`,
    tone: 'success',
  });
  const unheard = await unheardOf(ctx, decline);
  return { toast: doneToast('已退件', unheard, '，待督查室裁定'), card };
});

/** 发给某些岗位上的人 — once each. */
export async function sendTo(
  ctx: Context,
  who: { readonly unitCodes?: readonly string[]; readonly roles: readonly ('inspector' | 'chiefInspector' | 'unitHead' | 'liaison')[] },
  { key, card }: { readonly key: string; readonly card: ReturnType<typeof declineCard> },
): Promise<void> {
  const people = await findHolders(ctx.tx, { ...who, backup: false }, ctx.today);
  for (const openId of new Set(people.flatMap((person) => (person.openId ? [person.openId] : [])))) {
    ctx.outbox.sendCard({ to: { person: openId }, cardKey: key, card, dedupeKey: `${key}:${openId}`, priority: 'task' });
  }
}
