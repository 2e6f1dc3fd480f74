import { bind } from '#cards/kit/action';
import { formatInstant } from '#cards/kit/format';
import { giveSupport as giveAction, openSupport as openAction } from '#cards/progress/actions';
import { type SupportFormProps, supportFormCard } from '#cards/progress/support-form.card';
import { noticeCard } from '#cards/system/notice.card';
import type { Context } from '#core/context';
import { on } from '#core/feature';
import { may } from '#domain/roster/policy';
import { findHolders, listUnits } from '#domain/roster/store';
import { itemAction, matterOf } from '#domain/work-items/item-view';
import type { WorkItem } from '#domain/work-items/records';
import { giveSupportNote, openSupport } from '#domain/work-items/support';
import { findSupportNotes, type SupportNote } from '#domain/work-items/support/store';

/** 事项卡上的分工反馈 */
export const supportOffer = itemAction('分工反馈', (ctx, { item }) =>
  (item.status === 'issued' || item.status === 'inProgress') && may(ctx.actor, 'giveSupportNote', matterOf(item))
    ? bind(openAction, { itemId: item.id })
    : null,
);

/** 打开分工反馈 */
export const onOpenSupport = on(openAction, async (ctx, { itemId }) => {
  const { item, notes, unitCode } = await openSupport(ctx, itemId);
  return { card: supportFormCard(await props(ctx, item, { notes, unitCode, done: false })) };
});

/** 提交分工反馈 — those who report for the lead unit are told; what they do with it is theirs. */
export const onGiveSupport = on(giveAction, async (ctx, { itemId }, { content }) => {
  const { item, note } = await giveSupportNote(ctx, itemId, content.trim());
  const postIds = [item.responsiblePostId, item.liaisonPostId].filter((id) => id !== null);
  const people = postIds.length > 0 ? await findHolders(ctx.tx, { postIds }, ctx.today) : [];
  const unit = await unitNames(ctx);
  const cardKey = `support:${itemId}`;
  const text = `${unit(note.unitCode)}（${note.byName}）：${content.trim()}\n填反馈时会列出各配合单位的情况，供并入。`;
  const card = noticeCard({ title: `${item.code}有分工反馈`, text, tone: 'info' });
  for (const openId of new Set(people.flatMap((person) => person.openId ?? []))) {
    ctx.outbox.sendCard({
      to: { person: openId },
      cardKey,
      card,
      dedupeKey: `${cardKey}:${note.id}:${openId}`,
      priority: 'task',
      replaces: [cardKey],
    });
  }
  const notes = await findSupportNotes(ctx.tx, itemId, null);
  return { toast: '已提交，已告知牵头单位', card: supportFormCard(await props(ctx, item, { notes, unitCode: note.unitCode, done: true })) };
});

/** 上次反馈之后的分工反馈 — for the form of the lead unit. */
export async function supportSince(ctx: Context, itemId: string, since: Date | null): Promise<SupportFormProps['former']> {
  return lines(ctx, await findSupportNotes(ctx.tx, itemId, since));
}

async function props(
  ctx: Context,
  item: WorkItem,
  { notes, unitCode, done }: { notes: readonly SupportNote[]; unitCode: string; done: boolean },
): Promise<SupportFormProps> {
  const unit = await unitNames(ctx);
  const former = await lines(ctx, notes);
  return { itemId: item.id, code: item.code, title: item.title, leadUnit: unit(item.leadUnit), unitName: unit(unitCode), former, done };
}

async function lines(ctx: Context, notes: readonly SupportNote[]): Promise<SupportFormProps['former']> {
  const unit = await unitNames(ctx);
  return notes.map(({ unitCode, content, byName, at }) => ({ unitName: unit(unitCode), content, by: `${byName}　${formatInstant(at, ctx.today)}` }));
}

async function unitNames(ctx: Context): Promise<(code: string) => string> {
  const names = new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name]));
  return (code) => names.get(code) ?? code;
}
