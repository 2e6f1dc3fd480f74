import { explainDelay as explainAction, openExtension, requestExtension as requestAction, viewExtension } from '#cards/extensions/actions';
import { extensionFormCard } from '#cards/extensions/extension-form.card';
import { bind } from '#cards/kit/action';
import type { Card } from '#cards/kit/card';
import { type ActionReply, on } from '#core/click';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError, NotFoundError } from '#core/errors';
import { loadCalendar } from '#domain/calendar/store';
import { dueSpan, provisionalRemark } from '#domain/calendar/working-days';
import { pendingStatuses } from '#domain/extensions/model';
import { type ExtensionWish, extensionSituation, isExtendable, lastApplicationDay, requestExtension } from '#domain/extensions/request';
import { findExtension, findLastExtension, findPendingExtensions } from '#domain/extensions/store';
import { assertMay, may } from '#domain/roster/policy';
import { readItemCode } from '#domain/work-items/item-code';
import { itemAction, itemNamed, matterOf, viewItem } from '#domain/work-items/item-view';
import type { WorkItem } from '#domain/work-items/records';
import { writtenCode } from '#domain/work-items/written-code';
import { extensionKey, extensionView, passedWords, sendToNext } from './views.ts';

async function offered(ctx: Context, item: WorkItem): Promise<'request' | 'explain' | null> {
  if (!isExtendable(item) || !may(ctx.actor, 'requestExtension', matterOf(item))) return null;
  if ((await findPendingExtensions(ctx.tx, [item.id])).has(item.id)) return null;
  return ctx.today > lastApplicationDay(await loadCalendar(ctx.tx), item.dueOn) ? 'explain' : 'request';
}

/** 事项卡上的申请延期；过了申请期限的是说明情况 */
export const extensionOffers = [
  itemAction('申请延期', async (ctx, { item }) => ((await offered(ctx, item)) === 'request' ? bind(openExtension, { itemId: item.id }) : null)),
  itemAction('说明情况', async (ctx, { item }) => ((await offered(ctx, item)) === 'explain' ? bind(openExtension, { itemId: item.id }) : null)),
  // 申请那一张可能早被别的卡片盖住：要撤回，从事项上总找得到。
  itemAction('查看延期申请', async (ctx, { item }) => {
    if (!may(ctx.actor, 'requestExtension', matterOf(item))) return null;
    const last = await findLastExtension(ctx.tx, item.id);
    return last && pendingStatuses.includes(last.status) ? bind(viewExtension, { requestId: last.id }) : null;
  }),
] as const;

/** 看申请 — where it stands now, with the button that withdraws it. */
export const onViewExtension = on(viewExtension, async (ctx, { requestId }) => {
  const request = await findExtension(ctx.tx, requestId);
  if (!request) throw new NotFoundError('没有这份延期申请，请以最新卡片为准', `no request ${requestId}`);
  const { item } = await viewItem(ctx, request.itemId);
  assertMay(ctx.actor, 'requestExtension', matterOf(item));
  return { card: await extensionView(ctx, 'unit', { item, request }), cardKey: extensionKey(requestId, 'unit') };
});

/** 打开申请单 */
export const onOpenExtension = on(openExtension, async (ctx, { itemId }) => ({ card: await formFor(ctx, itemId) }));

/** 延期 — the same form, by the number of the item. */
export const askExtension: Command = command({
  words: ['延期', '申请延期', 'extend'],
  summary: '为一个事项申请延期；过了申请期限的，说明情况',
  example: '延期 管-112',
  visibleTo: ({ posts }) => posts.some(({ role }) => role === 'liaison' || role === 'responsiblePerson'),
  handle: async (ctx, argument) => {
    const code = readItemCode(argument);
    if (code === null) throw new InvalidError('请写明事项编号，例如“延期 管-112”');
    const { id } = await itemNamed(ctx, code);
    return { card: await formFor(ctx, id), privately: true };
  },
});

/** 申请单 — with the last reported progress; too late, it says the rule and offers to explain. */
async function formFor(ctx: Context, itemId: string): Promise<Card> {
  const { item, last, former, lastDay, isLate } = await extensionSituation(ctx, itemId);
  const report = (await viewItem(ctx, itemId)).last;
  const calendar = await loadCalendar(ctx.tx);
  return extensionFormCard({
    ...{
      itemId,
      round: (last?.round ?? 0) + 1,
      code: await writtenCode(ctx, item),
      title: item.title,
      dueOn: item.dueOn,
      originalDueOn: item.originalDueOn,
    },
    ...{
      today: ctx.today,
      span: dueSpan(calendar, ctx.today, item.dueOn),
      lastDay,
      provisional: provisionalRemark(calendar, lastDay, item.dueOn),
      isLate,
      former,
      percent: item.percent,
    },
    progress: report && !report.noChange ? report.content.slice(0, 300) : '',
    refused: last?.status === 'rejected' ? last.note : null,
  });
}

/** 提交申请 — the head gets it for sign-off. */
export const onRequestExtension = on(requestAction, (ctx, target, form) => submitted(ctx, { ...target, explains: false }, form));

/** 提交说明 — the chief inspector gets it; the limit and the reminders stay as they are. */
export const onExplain = on(explainAction, (ctx, target, form) => submitted(ctx, { ...target, explains: true }, form));

async function submitted(ctx: Context, target: { itemId: string; round: number; explains: boolean }, form: ExtensionWish): Promise<ActionReply> {
  const extension = await requestExtension(ctx, target, form);
  await sendToNext(ctx, extension);
  const words = target.explains ? { done: '已提交', next: '督查室主任会看到；时限不变' } : { done: '已申请延期', next: '待单位审签' };
  const cardKey = extensionKey(extension.request.id, 'unit');
  return { toast: await passedWords(ctx, extension, words), card: await extensionView(ctx, 'unit', extension), cardKey };
}
