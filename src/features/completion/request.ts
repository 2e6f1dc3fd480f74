import { openCompletion as openAction, requestCompletion as requestAction } from '#cards/completion/actions';
import { completionFormCard } from '#cards/completion/completion-form.card';
import { bind } from '#cards/kit/action';
import { doneToast, on } from '#core/click';
import { loadCalendar } from '#domain/calendar/store';
import { dueSpan } from '#domain/calendar/working-days';
import { may } from '#domain/roster/policy';
import { openCompletion, requestCompletion } from '#domain/work-items/complete';
import { itemAction, matterOf, viewItem } from '#domain/work-items/item-view';
import { workItemMachine } from '#domain/work-items/model';
import { writtenCode } from '#domain/work-items/written-code';
import { completionKey, completionView, sendCompletion, unheardOf } from './views.ts';

/** 事项卡上的申请办结 */
export const completionOffer = itemAction('申请办结', (ctx, { item }) =>
  workItemMachine.can(item.status, 'requestCompletion') && may(ctx.actor, 'requestCompletion', matterOf(item))
    ? bind(openAction, { itemId: item.id })
    : null,
);

/** 打开申请单 — with the last report as a draft. */
export const onOpenCompletion = on(openAction, async (ctx, { itemId }) => {
  const { item, open, last } = await openCompletion(ctx, itemId);
  const report = (await viewItem(ctx, itemId)).last;
  const refused = last?.status === 'returned' || last?.status === 'sentBack';
  const card = completionFormCard({
    itemId,
    round: (last?.round ?? 0) + 1,
    code: await writtenCode(ctx, item),
    title: item.title,
    dueOn: item.dueOn,
    originalDueOn: item.originalDueOn,
    today: ctx.today,
    span: dueSpan(await loadCalendar(ctx.tx), ctx.today, item.dueOn),
    percent: item.percent,
    draft: refused ? last.result : report && !report.noChange ? report.content : '',
    open: open.map(({ code, title }) => ({ code, title })),
    returned: refused ? last.returnReason : null,
  });
  return { card };
});

/** 提交申请 — the head gets it for sign-off; the requester sees where it stands. */
export const onRequestCompletion = on(requestAction, async (ctx, target, { result, evidence, waiver }) => {
  const completion = await requestCompletion(ctx, target, { result, evidence: evidence ?? null, waiver: waiver ?? null });
  await sendCompletion(ctx, 'head', completion);
  const unheard = await unheardOf(ctx, completion);
  return {
    toast: doneToast('已申请办结', unheard, '，待单位审签'),
    card: await completionView(ctx, 'unit', completion),
    cardKey: completionKey(completion.request.id, 'unit'),
  };
});
