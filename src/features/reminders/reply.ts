import type { Card } from '#cards/kit/card';
import { shortDay } from '#cards/kit/due-line';
import { formatInstant } from '#cards/kit/format';
import { reminderLevel, term } from '#cards/kit/terms';
import { acceptReply as acceptAction, openReply, replyToUrge as replyAction, returnReply as returnAction } from '#cards/reminders/actions';
import { reminderCard } from '#cards/reminders/reminder.card';
import { type ReplyProps, replyCard } from '#cards/reminders/reply.card';
import { replyFormCard } from '#cards/reminders/reply-form.card';
import { type ActionReply, doneToast, on } from '#core/click';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import { newId } from '#core/ids';
import { loadCalendar } from '#domain/calendar/store';
import type { UrgeReply } from '#domain/deadlines/replies/store';
import { acceptReply, endFormerReply, isFormerUnitsReply, replyInWords, replySituation, replyToUrge, returnReply } from '#domain/deadlines/reply';
import { insertCards } from '#domain/deadlines/sends/store';
import { findDesk, inspectorsDesk } from '#domain/roster/desk';
import { findHolders, listUnits } from '#domain/roster/store';
import { announceItem } from '#domain/work-items/item-view';
import type { WorkItem } from '#domain/work-items/records';
import { writtenCode } from '#domain/work-items/written-code';
import { dueLineOf, readAround, reminderKey, reminderProps, replyKey } from './views.ts';

const notStopped = '未停表:请补充原因、措施、完成日期';

/** 打开回复表单 — with the reminders so far and what was written before. */
export const onOpenReply = on(openReply, async (ctx, { itemId }) => {
  const { item, sends, last } = await replySituation(ctx, itemId);
  const card = replyFormCard({
    itemId,
    code: await writtenCode(ctx, item),
    title: item.title,
    dueLine: dueLineOf(await loadCalendar(ctx.tx), ctx.today, item),
    sends: sends
      .filter(({ kind }) => kind === 'ladder' || kind === 'manual')
      .slice(-8)
      .map(({ at, level, kind }) => `${shortDay(localDateOf(at), ctx.today)} ${term(reminderLevel, level ?? kind)}`),
    cause: last?.cause ?? '',
    measure: last?.measure ?? '',
    promisedOn: last?.promisedOn ?? null,
    lastReply:
      last === null || last.status === 'accepted'
        ? null
        : last.status === 'returned'
          ? `${last.decidedBy ?? ''}退回：${last.returnReason ?? ''}`
          : notStopped,
    occasion: ctx.now.getTime().toString(36),
  });
  return { card };
});

/** 回复催办 — whole, it goes to the inspectors; anything less is stored and does not stop the clock. */
export const onReply = on(replyAction, async (ctx, { itemId }, form): Promise<ActionReply> => {
  const given = (text: string | undefined): string | null => (text === undefined || text.trim() === '' ? null : text.trim());
  // 日期选择器给的是 “2026-10-15 +0800”。
  const promisedOn = given(form.promisedOn)?.slice(0, 10) ?? null;
  const { item, reply } = await replyToUrge(ctx, itemId, { cause: given(form.cause), measure: given(form.measure), promisedOn, text: null });
  const card = await drawReply(ctx, 'replier', { item, reply });
  if (reply.status === 'incomplete') return { toast: { type: 'warning', text: notStopped }, card };
  const forInspector = await drawReply(ctx, 'inspector', { item, reply });
  for (const { openId } of await findHolders(ctx.tx, { roles: ['inspector'] }, ctx.today)) {
    const key = replyKey(reply.id);
    if (openId) ctx.outbox.sendCard({ to: { person: openId }, cardKey: key, card: forInspector, dedupeKey: `${key}:${openId}`, priority: 'task' });
  }
  const { unheard } = await findDesk(ctx, inspectorsDesk);
  return { toast: doneToast('已提交', unheard, '，待督查室采纳'), card };
});

/** 采纳回复 */
export const onAcceptReply = on(acceptAction, async (ctx, { replyId }) => {
  const accepted = await acceptReply(ctx, replyId);
  // 已拟的督办令要撤回。
  await announceItem(ctx, accepted.item.id);
  return decided(ctx, accepted, '已采纳', '，已停表');
});

/** 退回回复 */
export const onReturnReply = on(returnAction, async (ctx, { replyId }, { reason }) =>
  decided(ctx, await returnReply(ctx, replyId, reason?.trim() || null), '已退回', '，已通知回复人'),
);

/** 事项变了 — another unit's by now: what the former one answered ends here, and whoever answered hears of it. */
export async function onItemChanged(ctx: Context, itemId: string): Promise<void> {
  const ended = await endFormerReply(ctx, itemId);
  if (ended) await decided(ctx, ended, '', '');
}

/** 收到 — stored as an answer that is none, and the asker is shown what is missing. */
export const received: Command = command({
  words: ['收到', '已收到'],
  summary: '回应催办；只回“收到”不停表，须写明原因、措施和完成日期',
  example: '收到',
  visibleTo: () => false,
  handle: async (ctx) => {
    const itemIds = await replyInWords(ctx, '收到');
    if (itemIds.length === 0) return { text: '现在没有等您回复的催办。', privately: true };
    const cardId = newId();
    const entries = itemIds.map((subjectId) => ({
      subjectId,
      kind: 'ladder' as const,
      level: 'L2' as const,
      feedbackOn: null,
      copy: false,
      others: [],
      unreached: [],
    }));
    await insertCards(ctx.tx, [
      { id: cardId, personId: ctx.actor.personId ?? '', on: ctx.today, at: ctx.now, auto: false, byName: '系统', lines: entries },
    ]);
    const around = await readAround(ctx, itemIds);
    const card = reminderCard(reminderProps(around, { cardId, personName: ctx.actor.name, urgedBy: null, headline: notStopped, page: 0, entries }));
    return { card, cardKey: reminderKey(cardId), privately: true };
  },
});

type Answered = { readonly item: WorkItem; readonly reply: UrgeReply };

async function decided(ctx: Context, answered: Answered, done: string, next: string): Promise<ActionReply> {
  const card = await drawReply(ctx, 'inspector', answered);
  ctx.outbox.updateCard({ cardKey: replyKey(answered.reply.id), card });
  // 改派了的，回复的人在原单位：它改作配合单位。
  const { leadUnit, supportingUnits } = answered.item;
  const holders = await findHolders(ctx.tx, { unitCodes: [leadUnit, ...supportingUnits] }, ctx.today);
  const replier = holders.find(({ personId }) => personId === answered.reply.byId);
  if (replier?.openId) {
    const key = `${replyKey(answered.reply.id)}:decided`;
    ctx.outbox.sendCard({
      to: { person: replier.openId },
      cardKey: key,
      card: await drawReply(ctx, 'replier', answered),
      dedupeKey: key,
      priority: 'task',
    });
  }
  const unheard = replier?.openId ? null : `${answered.reply.byName}没有飞书账号或已不在岗，收不到，请另行告知`;
  return { toast: doneToast(done, unheard, next), card };
}

/** 催办回复 → 卡片 */
export async function drawReply(ctx: Context, audience: ReplyProps['audience'], { item, reply }: Answered): Promise<Card> {
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === item.leadUnit);
  const { id: replyId, status, cause, measure, promisedOn, byName: by, decidedBy, returnReason } = reply;
  return replyCard({
    ...{ audience, replyId, itemId: item.id, code: await writtenCode(ctx, item), title: item.title, unitName: unit?.name ?? item.leadUnit, status },
    dueLine: dueLineOf(await loadCalendar(ctx.tx), ctx.today, item),
    lapsed: isFormerUnitsReply(item, reply),
    ...{ cause, measure, promisedOn, by, at: formatInstant(new Date(reply.at), ctx.today), decidedBy, returnReason },
  });
}
