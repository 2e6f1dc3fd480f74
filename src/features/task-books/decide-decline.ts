import { decideDecline as decideAction, proposeDecline as proposeAction } from '#cards/task-books/actions';
import { declineCard } from '#cards/task-books/decline.card';
import { doneToast, on } from '#core/click';
import type { Context } from '#core/context';
import { findHolders, listUnits } from '#domain/roster/store';
import { decideDecline, proposeDecline } from '#domain/work-items/decline';
import type { ItemDecline, WorkItem } from '#domain/work-items/records';
import { writtenCode } from '#domain/work-items/written-code';
import { sendTo } from './decline.ts';
import { declineProps, unheardOf } from './decline-views.ts';
import { settleItems } from './reassigned.ts';
import { declineKey } from './views.ts';

/** 提出意见 — then it is the chief's turn. */
export const onProposeDecline = on(proposeAction, async (ctx, { declineId }, { decision, unit, note }) => {
  const proposed = await proposeDecline(ctx, declineId, { decision, unit: unit ?? null, note: note ?? null });
  const chief = { key: declineKey(declineId, 'chief'), card: declineCard(await declineProps(ctx, 'chief', proposed)) };
  await sendTo(ctx, { roles: ['chiefInspector'] }, chief);
  const unheard = await unheardOf(ctx, proposed.decline);
  const toast = doneToast('已提出意见', unheard, '，待主任裁定');
  return { toast, card: await refreshDecline(ctx, 'inspector', proposed) };
});

/** 裁定 — every copy says so; the unit is told in words, for a card that changes makes no sound. The new lead gets a book. */
export const onDecideDecline = on(decideAction, async (ctx, { declineId }, { decision, unit, note }) => {
  const decided = await decideDecline(ctx, declineId, { decision, unit: unit ?? null, note: note ?? null });
  const { item, decline, newBookId } = decided;
  const card = await refreshDecline(ctx, 'chief', decided);
  await tellUnit(ctx, item, decline);
  await settleItems(ctx, {
    formerUnit: decline.unitCode,
    formerBooks: [decline.bookId],
    newBooks: newBookId === null ? [] : [newBookId],
    itemIds: [item.id],
  });
  return { toast: doneToast('已裁定', await unheardOf(ctx, decline), '，已通知有关单位'), card };
});

/** 各处的卡片都换成新的；点的人手里的当场就换。 */
async function refreshDecline(
  ctx: Context,
  mine: 'inspector' | 'chief',
  decided: { item: WorkItem; decline: ItemDecline },
): Promise<ReturnType<typeof declineCard>> {
  const { id } = decided.decline;
  for (const audience of ['unit', 'inspector', 'chief'] as const) {
    const card = declineCard(await declineProps(ctx, audience, decided));
    ctx.outbox.updateCard({ cardKey: declineKey(id, audience), card });
  }
  return declineCard(await declineProps(ctx, mine, decided));
}

async function tellUnit(ctx: Context, item: WorkItem, { id, unitCode, status, decidedUnit }: ItemDecline): Promise<void> {
  const name = (await listUnits(ctx.tx)).find(({ code }) => code === decidedUnit)?.name ?? '';
  const code = await writtenCode(ctx, item);
  const words: Readonly<Record<string, string>> = {
    upheld: `${code}的退件已裁定：维持原单位，请继续办理，时限不变。`,
    reassigned: `${code}的退件已裁定：改由${name}牵头，贵单位改为配合单位。`,
    cancelled: `${code}的退件已裁定：该事项撤销，不再办理。`,
  };
  const people = await findHolders(ctx.tx, { unitCodes: [unitCode], roles: ['unitHead', 'liaison'], backup: false }, ctx.today);
  for (const openId of new Set(people.flatMap((person) => (person.openId ? [person.openId] : [])))) {
    ctx.outbox.sendText({ to: { person: openId }, text: words[status] ?? '', dedupeKey: `decline-decided:${id}:${openId}`, priority: 'task' });
  }
}
