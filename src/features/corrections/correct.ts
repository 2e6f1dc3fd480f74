import {
  approveCorrection as approveAction,
  openCorrection as openAction,
  proposeCorrection as proposeAction,
  rejectCorrection as rejectAction,
  withdrawCorrection as withdrawAction,
} from '#cards/corrections/actions';
import { correctionFormCard, noLeader } from '#cards/corrections/correction-form.card';
import { bind } from '#cards/kit/action';
import { type ActionReply, doneToast, on } from '#core/click';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import {
  approveCorrection,
  fingerprintOf,
  isCorrectable,
  lapseCorrection,
  openCorrection,
  proposeCorrection,
  rejectCorrection,
  withdrawCorrection,
} from '#domain/corrections/correct';
import { metricLine } from '#domain/corrections/metric-lines';
import { leaderRoles } from '#domain/roster/model';
import { may } from '#domain/roster/policy';
import { findHolders, listUnits } from '#domain/roster/store';
import { readItemCode } from '#domain/work-items/item-code';
import { announceItem, itemAction, itemNamed, viewItem } from '#domain/work-items/item-view';
import { writtenCode } from '#domain/work-items/written-code';
import { tellCorrected, tellProposer } from './tell.ts';
import { correctionKey, correctionView, passedToast, refreshCorrection, sendToChief } from './views.ts';

/** 事项卡上的更正 */
export const correctionOffer = itemAction('更正', (ctx, { item }) =>
  isCorrectable(item) && may(ctx.actor, 'proposeCorrection') ? bind(openAction, { itemId: item.id }) : null,
);

/** 打开更正单 */
export const onOpen = on(openAction, (ctx, { itemId }) => opened(ctx, itemId));

/** 更正 — `更正 管-063`: the same form by the number of the item. */
export const correctItem: Command = command({
  words: ['更正', '更正事项', 'correct'],
  summary: '更正一个已下达的事项：名称、目标、指标、分管领导、配合单位',
  example: '更正 管-063',
  visibleTo: (actor) => may(actor, 'proposeCorrection'),
  handle: async (ctx, argument) => {
    const code = readItemCode(argument);
    if (code === null) throw new InvalidError('请写明事项编号，例如“更正 管-063”');
    const { id } = await itemNamed(ctx, code);
    return { ...(await opened(ctx, id)), privately: true };
  },
});

/** 提出更正 — the chief gets it, or has it under his finger when it is his own. */
export const onPropose = on(proposeAction, async (ctx, target, { title, goal, metrics, leader, supporting, reason }): Promise<ActionReply> => {
  const { item } = await viewItem(ctx, target.itemId);
  const correction = await proposeCorrection(ctx, target, {
    title,
    // 太长的目标不在表上：表上有而没有填的，是清空。
    goal: item.goal.length > goalMax ? null : (goal ?? ''),
    metrics: metrics ?? '',
    leader: leader === noLeader ? null : leader,
    supportingUnits: supporting ?? [],
    reason,
  });
  const mine = may(ctx.actor, 'decideCorrection') ? 'chief' : 'office';
  await sendToChief(ctx, correction);
  const cardKey = correctionKey(correction.request.id, mine);
  return { toast: await passedToast(ctx, correction), card: await correctionView(ctx, mine, correction), cardKey };
});

/** 批准更正 — every card that shows the item follows, and everybody concerned is told once. */
export const onApprove = on(approveAction, async (ctx, { correctionId }) => {
  const { before, ...correction } = await approveCorrection(ctx, correctionId);
  const unheard = await tellCorrected(ctx, { before, correction });
  await tellProposer(ctx, correction);
  const card = await refreshCorrection(ctx, 'chief', correction);
  const { children } = await viewItem(ctx, correction.item.id);
  for (const { id } of [correction.item, ...children]) await announceItem(ctx, id);
  return { toast: doneToast('已更正', unheard, '，已通知有关单位'), card };
});

/** 退回更正 */
export const onReject = on(rejectAction, async (ctx, { correctionId }, { note }) => {
  const correction = await rejectCorrection(ctx, correctionId, note ?? null);
  await tellProposer(ctx, correction);
  return { toast: '已退回，事项照旧', card: await refreshCorrection(ctx, 'chief', correction) };
});

/** 撤回更正 */
export const onWithdraw = on(withdrawAction, async (ctx, { correctionId }) => ({
  toast: '已撤回，事项照旧',
  card: await refreshCorrection(ctx, 'office', await withdrawCorrection(ctx, correctionId)),
}));

/** 事项变了 — one that is done with has nothing left to correct. */
export async function onItemChanged(ctx: Context, itemId: string): Promise<void> {
  const lapsed = await lapseCorrection(ctx, itemId);
  if (lapsed) await refreshCorrection(ctx, 'office', lapsed);
}

/** 表单里一栏至多这么多字 */
const goalMax = 1000;

/** 更正单，或已经等着的一份 */
async function opened(ctx: Context, itemId: string) {
  const { view, open } = await openCorrection(ctx, itemId);
  const { item } = view;
  if (open) {
    const audience = may(ctx.actor, 'decideCorrection') ? 'chief' : 'office';
    return { card: await correctionView(ctx, audience, { item, request: open }), cardKey: correctionKey(open.id, audience) };
  }
  const leaders = await findHolders(ctx.tx, { roles: leaderRoles }, ctx.today);
  const names = leaders.map(({ name, delegateFor }) => delegateFor ?? name);
  const units = (await listUnits(ctx.tx)).filter(({ code }) => code !== item.leadUnit);
  const card = correctionFormCard({
    ...{ itemId, code: await writtenCode(ctx, item), title: item.title, goal: item.goal.length > goalMax ? null : item.goal },
    metrics: item.metrics.map(metricLine).join('\n'),
    leader: item.leaderInCharge,
    leaders: [...new Set([...names, ...(item.leaderInCharge === null ? [] : [item.leaderInCharge])])],
    supporting: item.supportingUnits.filter((code) => units.some((unit) => unit.code === code)),
    units: units.map(({ code, shortName }) => ({ code, name: shortName })),
    shown: fingerprintOf(item),
    version: Math.floor(ctx.now.getTime() / 1000) % 100_000,
  });
  return { card };
}
