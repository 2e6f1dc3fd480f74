import type { Card } from '#cards/kit/card';
import { formatInstant } from '#cards/kit/format';
import { sendUrge as sendAction } from '#cards/reminders/actions';
import { urgePreviewCard } from '#cards/reminders/urge-preview.card';
import { on } from '#core/click';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { loadCalendar } from '#domain/calendar/store';
import type { Sending } from '#domain/deadlines/run';
import { proposeUrge, sendUrge, urgeInstant } from '#domain/deadlines/urge';
import { readLedger } from '#domain/ledger/ask';
import { assertMay, may } from '#domain/roster/policy';
import { readItemCode } from '#domain/work-items/item-code';
import { itemNamed } from '#domain/work-items/item-view';
import type { WorkItem } from '#domain/work-items/records';
import { codeWriter } from '#domain/work-items/written-code';
import { sendReminders } from './send.ts';
import { dueLineOf, urgeKey } from './views.ts';

/** 催办 — by number, or by the words of the ledger (unit, light, overdue …); who will get it is shown first. */
export const urge: Command = command({
  words: ['催办', 'urge'],
  summary: '催办事项：按编号、单位、红灯、逾期等，先预览再发送',
  example: '催办 住建局 红灯',
  visibleTo: (actor) => may(actor, 'urge'),
  handle: async (ctx, argument) => {
    assertMay(ctx.actor, 'urge');
    const { itemIds, filter } = await read(ctx, argument);
    const { batchId, sendings, reminded } = await proposeUrge(ctx, itemIds);
    return { card: await preview(ctx, { batchId, state: 'offered', filter, sendings, reminded }), cardKey: urgeKey(batchId), privately: true };
  },
});

/** 发送催办 — held until the quiet hours are over. */
export const onSendUrge = on(sendAction, async (ctx, { batchId }) => {
  const sendings = await sendUrge(ctx, batchId);
  const bundles = await sendReminders(ctx, sendings, { urgedBy: ctx.actor.name });
  const card = await preview(ctx, { batchId, state: 'sent', filter: '人工催办', sendings, reminded: [] });
  ctx.outbox.updateCard({ cardKey: urgeKey(batchId), card });
  return { toast: `已发送给${bundles.length}人`, card };
});

/** 编号，或台账的筛选词（单位、红灯、逾期、本周到期……）。 */
async function read(ctx: Context, argument: string): Promise<{ itemIds: string[]; filter: string }> {
  const words = argument
    .normalize('NFKC')
    .split(/[\s,，、]+/)
    .filter(Boolean);
  if (words.length === 0) throw new InvalidError('请写明催办什么，例如“催办 管-063”“催办 住建局 逾期”“催办 红灯”');
  const codes = words.map(readItemCode);
  if (!codes.some((code) => code !== null)) {
    const { filter, entries } = await readLedger(ctx, words.join(' '));
    if (filter.asOf !== null) throw new InvalidError('催办看的是现在，不能写“截至”哪一天，请去掉后重发');
    return {
      itemIds: entries.map(({ id }) => id),
      filter: [...(filter.year === null ? [] : [`${filter.year}年`]), ...filter.criteria.map(({ label }) => label)].join('、'),
    };
  }
  const items: WorkItem[] = [];
  for (const [index, code] of codes.entries()) {
    if (!code) throw new InvalidError(`编号和“${words[index] ?? ''}”不能一起写：请只写编号，或只写单位、红灯、逾期等条件`);
    items.push(await itemNamed(ctx, code));
  }
  return { itemIds: items.map(({ id }) => id), filter: items.map(await codeWriter(ctx, items)).join('、') };
}

async function heldUntil(ctx: Context): Promise<Date | null> {
  const at = await urgeInstant(ctx);
  return at > ctx.now ? at : null;
}

async function preview(
  ctx: Context,
  { sendings, ...props }: { batchId: string; state: 'offered' | 'sent'; filter: string; sendings: readonly Sending[]; reminded: readonly string[] },
): Promise<Card> {
  const calendar = await loadCalendar(ctx.tx);
  const people = [...new Map(sendings.flatMap(({ recipients }) => recipients.map((person) => [person.personId, person] as const))).values()];
  const until = await heldUntil(ctx);
  const codeOf = await codeWriter(
    ctx,
    sendings.flatMap(({ item }) => item ?? []),
  );
  return urgePreviewCard({
    ...props,
    items: sendings.flatMap(({ item }) => (item ? [{ code: codeOf(item), title: item.title, dueLine: dueLineOf(calendar, ctx.today, item) }] : [])),
    recipients: people.filter(({ openId }) => openId !== null).map(({ name }) => name),
    unreached: people.filter(({ openId }) => openId === null).map(({ name }) => name),
    heldUntil: until && formatInstant(until, ctx.today),
  });
}
