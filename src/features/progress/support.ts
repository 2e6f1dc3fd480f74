import { bind } from '#cards/kit/action';
import type { Card } from '#cards/kit/card';
import { formatInstant } from '#cards/kit/format';
import {
  askSupport as askAction,
  giveSupport as giveAction,
  openSupport as openAction,
  openSupportAsk as openAskAction,
} from '#cards/progress/actions';
import { supportAskCard } from '#cards/progress/support-ask.card';
import { allUnits, supportAskFormCard } from '#cards/progress/support-ask-form.card';
import { type SupportFormProps, supportFormCard } from '#cards/progress/support-form.card';
import { noticeCard } from '#cards/system/notice.card';
import { doneToast, on } from '#core/click';
import type { Context } from '#core/context';
import type { CardRenewal } from '#core/renewal';
import { loadCalendar } from '#domain/calendar/store';
import { addWorkingDays } from '#domain/calendar/working-days';
import { unheardAt } from '#domain/roster/desk';
import { may } from '#domain/roster/policy';
import { findHolders, listUnits } from '#domain/roster/store';
import { itemAction, matterOf, viewItem } from '#domain/work-items/item-view';
import type { WorkItem } from '#domain/work-items/records';
import { askSupport, giveSupportNote, isAskable, openSupport, openSupportAsk } from '#domain/work-items/support';
import { findAsk, findEndedAsks, findSupportNotes, type SupportAsk, type SupportNote } from '#domain/work-items/support/store';
import { writtenCode } from '#domain/work-items/written-code';

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
  const { item, note, answered } = await giveSupportNote(ctx, itemId, content.trim());
  if (answered) ctx.outbox.updateCard({ cardKey: askKey(answered), card: await drawAsk(ctx, item, { ask: answered, by: note.byName }) });
  const postIds = [item.responsiblePostId, item.liaisonPostId].filter((id) => id !== null);
  const people = postIds.length > 0 ? await findHolders(ctx.tx, { postIds }, ctx.today) : [];
  const unit = await unitNames(ctx);
  const cardKey = `support:${itemId}`;
  const text = `${unit(note.unitCode)}（${note.byName}）：${content.trim()}\n填反馈时会列出各配合单位的情况，供并入。`;
  const card = noticeCard({ title: `${await writtenCode(ctx, item)}有分工反馈`, text, tone: 'info' });
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
  const unheard = unheardAt({ title: '牵头单位的责任人、联络员' }, people);
  const toast = doneToast('已提交', unheard, '，已告知牵头单位');
  return { toast, card: supportFormCard(await props(ctx, item, { notes, unitCode: note.unitCode, done: true })) };
});

const askKey = ({ id }: Pick<SupportAsk, 'id'>): string => `support-ask:${id}`;
/** 请配合单位反馈，先给几个工作日 */
const suggestedDays = 2;

/** 事项卡上的请配合单位反馈 */
export const supportAskOffer = itemAction('请配合单位反馈', (ctx, { item, children }) =>
  isAskable(item) && children.length === 0 && may(ctx.actor, 'reportProgress', matterOf(item)) ? bind(openAskAction, { itemId: item.id }) : null,
);

/** 打开请配合单位反馈的单子 */
export const onOpenSupportAsk = on(openAskAction, async (ctx, { itemId }) => ({ card: await askForm(ctx, itemId) }));

/** 请配合单位反馈 — each unit's liaison gets a card that is answered in place. */
export const onAskSupport = on(askAction, async (ctx, { itemId }, { unit: chosen, dueOn, words }) => {
  const unitCode = chosen === allUnits ? null : chosen;
  const { item, asks } = await askSupport(ctx, itemId, { unitCode, dueOn, words: words.trim() });
  const people = await findHolders(ctx.tx, { unitCodes: asks.map((ask) => ask.unitCode), roles: ['liaison'], backup: false }, ctx.today);
  for (const ask of asks) {
    const card = await drawAsk(ctx, item, { ask, by: null });
    for (const { openId } of people.filter((person) => person.unitCode === ask.unitCode)) {
      const key = askKey(ask);
      if (openId) ctx.outbox.sendCard({ to: { person: openId }, cardKey: key, card, dedupeKey: `${key}:${openId}`, priority: 'task' });
    }
  }
  const unit = await unitNames(ctx);
  const unheard = asks.filter((ask) => !people.some((person) => person.unitCode === ask.unitCode && person.openId !== null));
  const missed = `已请${asks.length}个配合单位；${unheard.map(({ unitCode }) => unit(unitCode)).join('、')}的联络员收不到（没有飞书账号或岗位空缺），请另行联系`;
  const toast = unheard.length > 0 ? ({ type: 'warning', text: missed } as const) : `已请${asks.length}个配合单位`;
  return { toast, card: await askForm(ctx, itemId) };
});

/** 换发请分工反馈 — while it has not been answered. */
export const renewSupportAsk: CardRenewal = {
  prefix: 'support-ask:',
  redraw: async (ctx, { cardKey }) => {
    const found = await findAsk(ctx.tx, cardKey.slice('support-ask:'.length));
    if (!found) return null;
    const { item } = await viewItem(ctx, found.itemId);
    const open = found.answeredAt === null && isAskable(item);
    const matter = { supportingUnits: [found.unitCode] };
    return { card: open ? await drawAsk(ctx, item, { ask: found, by: null }) : null, isFor: (reader) => may(reader, 'giveSupportNote', matter) };
  },
};

/** 作罢的请分工反馈 — the cards of units that support the item no more say so. */
export async function closeEndedAsks(ctx: Context, item: WorkItem): Promise<void> {
  const ended = await findEndedAsks(ctx.tx, item.id, { supportingUnits: item.supportingUnits, at: ctx.now });
  for (const ask of ended) {
    const now = ask.unitCode === item.leadUnit ? '已改由贵单位牵头' : '不再由贵单位配合';
    const card = noticeCard({ title: '不用分工反馈了', text: `${await writtenCode(ctx, item)} ${item.title}${now}。`, tone: 'info' });
    ctx.outbox.updateCard({ cardKey: askKey(ask), card });
  }
}

async function askForm(ctx: Context, itemId: string): Promise<Card> {
  const { item, unitCodes, open } = await openSupportAsk(ctx, itemId);
  const unit = await unitNames(ctx);
  return supportAskFormCard({
    ...{ itemId, code: await writtenCode(ctx, item), title: item.title, today: ctx.today, occasion: ctx.now.getTime().toString(36) },
    units: unitCodes.map((code) => ({ code, name: unit(code) })),
    suggestedOn: addWorkingDays(await loadCalendar(ctx.tx), ctx.today, suggestedDays),
    open: open.map(({ unitCode, dueOn }) => ({ unitName: unit(unitCode), dueOn })),
  });
}

async function drawAsk(ctx: Context, item: WorkItem, { ask, by }: { ask: SupportAsk; by: string | null }): Promise<Card> {
  const unit = await unitNames(ctx);
  return supportAskCard({
    ...{
      itemId: item.id,
      code: await writtenCode(ctx, item),
      title: item.title,
      leadUnit: unit(item.leadUnit),
      dueOn: ask.dueOn,
      today: ctx.today,
      words: ask.words,
    },
    by: `${ask.byName}　${formatInstant(ask.at, ctx.today)}`,
    answered: ask.answeredAt && `${by ?? ''}　${formatInstant(ask.answeredAt, ctx.today)}`,
  });
}

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
  return {
    itemId: item.id,
    code: await writtenCode(ctx, item),
    title: item.title,
    leadUnit: unit(item.leadUnit),
    unitName: unit(unitCode),
    former,
    done,
  };
}

async function lines(ctx: Context, notes: readonly SupportNote[]): Promise<SupportFormProps['former']> {
  const unit = await unitNames(ctx);
  return notes.map(({ unitCode, content, byName, at }) => ({ unitName: unit(unitCode), content, by: `${byName}　${formatInstant(at, ctx.today)}` }));
}

async function unitNames(ctx: Context): Promise<(code: string) => string> {
  const names = new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name]));
  return (code) => names.get(code) ?? code;
}
