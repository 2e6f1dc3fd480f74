import { archive, cancel, openHalt, resume, suspend } from '#cards/halts/actions';
import { type HaltProps, haltCard } from '#cards/halts/halt.card';
import { bind } from '#cards/kit/action';
import type { Card } from '#cards/kit/card';
import { type ActionReply, doneToast, on } from '#core/click';
import type { Context } from '#core/context';
import { addDays, isRealDate, localDateOf } from '#core/dates';
import { InvalidError } from '#core/errors';
import { loadCalendar } from '#domain/calendar/store';
import { workingDayOnOrAfter, workingDaysBetween } from '#domain/calendar/working-days';
import { wakePlan } from '#domain/deadlines/plan/store';
import { unheardAt } from '#domain/roster/desk';
import { assertMay, may } from '#domain/roster/policy';
import { findHolders, listUnits } from '#domain/roster/store';
import { archiveItem, cancelItem, resumeItem, suspendItem } from '#domain/work-items/halt';
import { announceItem, itemAction, viewItem } from '#domain/work-items/item-view';
import { openStatuses, workItemMachine } from '#domain/work-items/model';
import type { WorkItem } from '#domain/work-items/records';
import { findOpenSuspension } from '#domain/work-items/suspensions/store';
import { writtenCode } from '#domain/work-items/written-code';

/** 事项卡上的中止、恢复、撤销、归档 */
export const haltOffers = [
  itemAction('中止', (ctx, { item }) =>
    workItemMachine.can(item.status, 'suspend') && may(ctx.actor, 'suspendItem') ? bind(openHalt, { itemId: item.id, what: 'suspend' }) : null,
  ),
  itemAction('恢复', (ctx, { item }) =>
    workItemMachine.can(item.status, 'resume') && may(ctx.actor, 'suspendItem') ? bind(openHalt, { itemId: item.id, what: 'resume' }) : null,
  ),
  itemAction('撤销', (ctx, { item }) =>
    workItemMachine.can(item.status, 'cancel') && may(ctx.actor, 'cancelItem') ? bind(openHalt, { itemId: item.id, what: 'cancel' }) : null,
  ),
  itemAction('归档', (ctx, { item }) =>
    workItemMachine.can(item.status, 'archive') && may(ctx.actor, 'archiveItem') ? bind(archive, { itemId: item.id }) : null,
  ),
] as const;

/** 打开单子 — the limit after a suspension is suggested: as many working days later as it stood still. */
export const onOpenHalt = on(openHalt, async (ctx, { itemId, what }) => {
  assertMay(ctx.actor, what === 'cancel' ? 'cancelItem' : 'suspendItem');
  const { item } = await viewItem(ctx, itemId);
  workItemMachine.next(item.status, what);
  const suggestedDueOn = what === 'resume' ? await suggestDue(ctx, item) : null;
  const version = Math.floor(ctx.now.getTime() / 1000) % 100_000;
  return { card: await haltView(ctx, item, { asks: { what, suggestedDueOn, version }, done: null }) };
});

/** 中止 */
export const onSuspend = on(suspend, async (ctx, { itemId }, { basis }) => {
  const item = await suspendItem(ctx, itemId, basis);
  return tell(ctx, item, { done: '已中止', words: `${ctx.actor.name}中止了办理`, basis });
});

/** 恢复 */
export const onResume = on(resume, async (ctx, { itemId }, { basis, dueOn }) => {
  if (!isRealDate(dueOn)) throw new InvalidError('时限看不懂，请重新选择');
  const item = await resumeItem(ctx, itemId, { dueOn, basis });
  return tell(ctx, item, { done: '已恢复', words: `${ctx.actor.name}恢复了办理`, basis });
});

/** 撤销 */
export const onCancel = on(cancel, async (ctx, { itemId }, { basis }) => {
  const item = await cancelItem(ctx, itemId, basis);
  if (item.parentId !== null) await wakePlan(ctx.tx, item.parentId);
  return tell(ctx, item, { done: '已撤销', words: `${ctx.actor.name}撤销了事项`, basis });
});

/** 归档 — nobody has to do anything about it, so nobody is told. */
export const onArchive = on(archive, async (ctx, { itemId }) => {
  const item = await archiveItem(ctx, itemId);
  const done = { words: `${ctx.actor.name}已归档`, by: ctx.actor.name, basis: '已办结' };
  return { toast: '已归档', card: await haltView(ctx, item, { asks: null, done }) };
});

/** 告知承办单位 — head, liaison and responsible people, one card each; then every card that shows the item. Says so, or why nobody hears of it. */
async function tell(ctx: Context, item: WorkItem, { done, words, basis }: { done: string; words: string; basis: string }): Promise<ActionReply> {
  const card = await haltView(ctx, item, { asks: null, done: { words, by: ctx.actor.name, basis } });
  const { children } = await viewItem(ctx, item.id);
  const postIds = [item, ...children]
    .flatMap(({ responsiblePostId, liaisonPostId }) => [responsiblePostId, liaisonPostId])
    .filter((id) => id !== null);
  const heads = await findHolders(ctx.tx, { unitCodes: [item.leadUnit], roles: ['unitHead'] }, ctx.today);
  const people = postIds.length > 0 ? await findHolders(ctx.tx, { postIds }, ctx.today) : [];
  const key = `halt:${item.id}:${item.status}:${ctx.now.getTime()}`;
  for (const openId of new Set([...heads, ...people].flatMap((person) => (person.openId ? [person.openId] : [])))) {
    if (openId !== ctx.actor.openId)
      ctx.outbox.sendCard({ to: { person: openId }, cardKey: key, card, dedupeKey: `${key}:${openId}`, priority: 'task' });
  }
  // 子任务随着停、随着撤，等着的也一样到此为止。
  for (const { id } of [item, ...children]) await announceItem(ctx, id);
  const unheard = unheardAt({ title: '责任人、联络员、单位主要负责人' }, [...people, ...heads]);
  return { toast: doneToast(done, unheard, '，已通知承办单位'), card };
}

async function haltView(ctx: Context, item: WorkItem, state: Pick<HaltProps, 'asks' | 'done'>): Promise<Card> {
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === item.leadUnit);
  const { children } = await viewItem(ctx, item.id);
  return haltCard({
    itemId: item.id,
    code: await writtenCode(ctx, item),
    title: item.title,
    unitName: unit?.name ?? item.leadUnit,
    status: item.status,
    today: ctx.today,
    dueOn: item.dueOn,
    originalDueOn: item.originalDueOn,
    parts: children.filter(({ status }) => openStatuses.includes(status) || status === item.status).length,
    ...state,
  });
}

async function suggestDue(ctx: Context, item: WorkItem): Promise<string> {
  const suspension = await findOpenSuspension(ctx.tx, item.id);
  if (!suspension) return item.dueOn;
  const calendar = await loadCalendar(ctx.tx);
  const since = localDateOf(suspension.suspendedAt);
  const days = workingDaysBetween(calendar, since, ctx.today);
  let due = workingDayOnOrAfter(calendar, item.dueOn);
  for (let left = days; left > 0; left -= 1) due = workingDayOnOrAfter(calendar, addDays(due, 1));
  return due < ctx.today ? ctx.today : due;
}
