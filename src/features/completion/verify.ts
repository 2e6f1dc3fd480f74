import {
  complete,
  requireOnSite as onSiteAction,
  returnCompletion as returnAction,
  sendBack,
  signOffCompletion as signOffAction,
} from '#cards/completion/actions';
import { doneToast, on } from '#core/click';
import { completeItem, requireOnSite, returnCompletion, sendBackItem, signOffCompletion } from '#domain/work-items/complete';
import { announceItem } from '#domain/work-items/item-view';
import { completionCriteria } from '#domain/work-items/model';
import { refreshCompletion, sendCompletion, tellOutcome, unheardOf } from './views.ts';

/** 审签 — then the inspectors verify. */
export const onSignOffCompletion = on(signOffAction, async (ctx, { requestId }) => {
  const completion = await signOffCompletion(ctx, requestId);
  const card = await refreshCompletion(ctx, 'head', completion);
  await sendCompletion(ctx, 'inspector', completion);
  await announceItem(ctx, completion.item.id);
  const unheard = await unheardOf(ctx, completion);
  return { toast: doneToast('已审签', unheard, '，转督查室核查'), card };
});

/** 单位退回 */
export const onReturnCompletion = on(returnAction, async (ctx, { requestId }, { reason }) => {
  const completion = await returnCompletion(ctx, requestId, reason ?? null);
  const card = await refreshCompletion(ctx, 'head', completion);
  return { toast: doneToast('已退回', await tellOutcome(ctx, completion), '，已通知申请人'), card };
});

/** 现场核查 — the inspector's card asks for a record from now on. */
export const onRequireOnSite = on(onSiteAction, async (ctx, { requestId }, { findings }) => {
  const completion = await requireOnSite(ctx, requestId, findings ?? null);
  const card = await refreshCompletion(ctx, 'inspector', completion);
  await announceItem(ctx, completion.item.id);
  return { toast: '已转现场核查', card };
});

/** 办结 */
export const onComplete = on(complete, async (ctx, { requestId }, { c1, c2, c3, c4, c5, c6, findings }) => {
  const checked = [c1, c2, c3, c4, c5, c6];
  const met = completionCriteria.filter((_, index) => checked[index] === true);
  const completion = await completeItem(ctx, requestId, { met, findings: findings ?? null });
  const card = await refreshCompletion(ctx, 'inspector', completion);
  const unheard = await tellOutcome(ctx, completion);
  await announceItem(ctx, completion.item.id);
  return { toast: doneToast('已办结', unheard, '，已通知承办单位'), card };
});

/** 退回重办 */
export const onSendBack = on(sendBack, async (ctx, { requestId }, { reason, findings }) => {
  const completion = await sendBackItem(ctx, requestId, { reason: reason ?? null, findings: findings ?? null });
  const card = await refreshCompletion(ctx, 'inspector', completion);
  const unheard = await tellOutcome(ctx, completion);
  await announceItem(ctx, completion.item.id);
  return { toast: doneToast('已退回重办', unheard, '，已通知承办单位'), card };
});
