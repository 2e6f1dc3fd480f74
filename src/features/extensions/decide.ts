import {
  agreeToExtension as agreeAction,
  approveExtension as approveAction,
  checkExtension as checkAction,
  extendByInstruction as instructAction,
  rejectExtension as rejectAction,
  signOffExtension as signOffAction,
  withdrawExtension as withdrawAction,
} from '#cards/extensions/actions';
import { type ActionReply, doneToast, on } from '#core/click';
import type { Context } from '#core/context';
import {
  agreeToExtension,
  approveExtension,
  checkExtension,
  type Extension,
  extendByInstruction,
  lapseExtension,
  rejectExtension,
  signOffExtension,
  withdrawExtension,
} from '#domain/extensions/decide';
import { announceItem } from '#domain/work-items/item-view';
import { type Audience, audienceOf, passedWords, passToLeader, refreshExtension, sendToNext, tellOutcome } from './views.ts';

const given = (words: string | undefined): string | null => words?.trim() || null;

/** 审签 — then the inspectors check. */
export const onSignOff = on(signOffAction, async (ctx, { requestId }) =>
  passedOn(ctx, 'head', await signOffExtension(ctx, requestId), ['已审签', '转督查室初审']),
);

/** 初审 — then the leader decides; from the second time on the chief inspector first. */
export const onCheck = on(checkAction, async (ctx, { requestId }, { note }) => {
  const extension = await checkExtension(ctx, requestId, given(note));
  return passedOn(ctx, 'inspector', extension, ['已初审', extension.request.former > 0 ? '转主任同意' : '转分管领导批准']);
});

/** 主任同意 */
export const onAgree = on(agreeAction, async (ctx, { requestId }) =>
  passedOn(ctx, 'chief', await agreeToExtension(ctx, requestId), ['已同意', '转分管领导批准']),
);

/** 批准 */
export const onApprove = on(approveAction, async (ctx, { requestId }, { approvedOn }) =>
  concluded(ctx, 'leader', await approveExtension(ctx, requestId, approvedOn ?? null), ['已批准延期', '已通知承办单位']),
);

/** 按批示延期 */
export const onInstruct = on(instructAction, async (ctx, { requestId }, { approvedOn, note }) =>
  concluded(ctx, 'chief', await extendByInstruction(ctx, requestId, { approvedOn: approvedOn ?? null, basis: given(note) }), [
    '已按批示延期',
    '已通知承办单位',
  ]),
);

/** 退回 — whoever has it on the desk. */
export const onReject = on(rejectAction, async (ctx, { requestId }, { note }) => {
  const extension = await rejectExtension(ctx, requestId, given(note));
  return concluded(ctx, audienceOf(ctx, extension), extension, ['已退回，时限不变', '已通知申请人']);
});

/** 撤回 */
export const onWithdraw = on(withdrawAction, async (ctx, { requestId }) => {
  const extension = await withdrawExtension(ctx, requestId);
  const card = await refreshExtension(ctx, 'unit', extension);
  await announceItem(ctx, extension.item.id);
  return { toast: '已撤回，时限不变', card };
});

/** 事项变了 — a request that nobody can decide any more lapses. */
export async function onItemChanged(ctx: Context, itemId: string): Promise<void> {
  const lapsed = await lapseExtension(ctx, itemId);
  if (lapsed) await refreshExtension(ctx, 'unit', lapsed);
  else await passToLeader(ctx, itemId);
}

async function passedOn(ctx: Context, mine: Audience, extension: Extension, [done, next]: readonly [string, string]): Promise<ActionReply> {
  const card = await refreshExtension(ctx, mine, extension);
  await sendToNext(ctx, extension);
  return { toast: await passedWords(ctx, extension, { done, next }), card };
}

async function concluded(ctx: Context, mine: Audience, extension: Extension, [done, told]: readonly [string, string]): Promise<ActionReply> {
  const card = await refreshExtension(ctx, mine, extension);
  const unheard = await tellOutcome(ctx, extension);
  await announceItem(ctx, extension.item.id);
  return { toast: doneToast(done, unheard, `，${told}`), card };
}
