import type { Card } from '#cards/kit/card';
import { formatDay } from '#cards/kit/format';
import { openItem, openLedger, sendLedger } from '#cards/ledger/actions';
import { type LedgerLine, ledgerCard, ledgerLinesPerPage } from '#cards/ledger/ledger.card';
import { on } from '#core/click';
import { type Answer, type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import { InvalidError } from '#core/errors';
import { type LedgerView, readLedger, understandFilter } from '#domain/ledger/ask';
import type { LedgerEntry } from '#domain/ledger/entries';
import { findLastReplies } from '#domain/ledger/store';
import { totalsOf } from '#domain/ledger/totals';
import { may } from '#domain/roster/policy';
import { readItemCode } from '#domain/work-items/item-code';

/** 台账 — `台账 住建局 红灯`, the words in any order. */
export const showLedger: Command = command({
  words: ['台账', '查台账', 'ledger'],
  summary: '按单位、亮灯、状态、时限查事项，可看往日',
  example: '台账 住建局 红灯',
  handle: (ctx, words) => answer(ctx, words),
});

/** 本周到期 */
export const dueThisWeek: Command = command({
  words: ['本周到期', 'thisweek'],
  summary: '本周到期还没有办结的事项',
  example: '本周到期',
  handle: (ctx, words) => answer(ctx, `本周到期 ${words}`.trim()),
});

/** 话题：全是台账听得懂的词 — `住建 红灯`, `南屿`, `截至8月31日` need no command word. */
export async function ledgerTopic(ctx: Context, text: string): Promise<Answer | null> {
  if (text.length > 40) return null;
  try {
    const { filter } = await understandFilter(ctx, text);
    if (filter.criteria.length === 0 && filter.asOf === null && filter.year === null) return null;
  } catch (error) {
    // 说了截至哪一天的，就是在问台账：错在哪里要告诉他。
    if (error instanceof InvalidError && !/截[至止]/.test(text)) return null;
    throw error;
  }
  return answer(ctx, text);
}

/** 翻页 */
export const onOpenLedger = on(openLedger, async (ctx, { words, page }) => ({ card: await draw(ctx, words, page) }));

/** 单独发给点的人 — a digest in a group stays what it is. */
export const onSendLedger = on(sendLedger, async (ctx, { words }) => {
  const { openId } = ctx.actor;
  const card = await draw(ctx, words, 0);
  const key = `ledger:${openId}:${ctx.now.toISOString()}`;
  if (openId) ctx.outbox.sendCard({ to: { person: openId }, cardKey: key, card, dedupeKey: key, priority: 'interactive' });
  return { toast: '台账已单独发给您' };
});

/** 打开事项 — the list stays; the item comes as a card of its own. */
export const onOpenItem = on(openItem, async (ctx, { code }) => {
  const { openId } = ctx.actor;
  const item = ctx.contributions.commands.find(({ words }) => words.includes('任务'));
  const { card, cardKey = `item:${code}:${openId}` } = (await item?.handle(ctx, code, { chatId: '', chatType: 'p2p', messageId: '' })) ?? {};
  if (!card || !openId) throw new InvalidError(`请发送“${code}”查看这个事项`);
  const dedupeKey = `ledger-item:${code}:${openId}:${ctx.now.toISOString()}`;
  ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey, priority: 'interactive' });
  return { toast: `${readItemCode(code)?.code ?? code}已发给您` };
});

async function answer(ctx: Context, words: string): Promise<Answer> {
  return { card: await draw(ctx, words, 0), privately: true };
}

async function draw(ctx: Context, words: string, asked: number): Promise<Card> {
  const view = await readLedger(ctx, words);
  const { filter, entries, units, day, readable, older } = view;
  const pages = readable ? Math.max(1, Math.ceil(entries.length / ledgerLinesPerPage)) : 1;
  const page = Math.min(Math.max(0, asked), pages - 1);
  const shown = readable ? entries.slice(page * ledgerLinesPerPage, (page + 1) * ledgerLinesPerPage) : [];
  const replies = await findLastReplies(
    ctx.tx,
    shown.map(({ id }) => id),
  );
  return ledgerCard({
    today: ctx.today,
    asOf: filter.asOf,
    filter: labelOf(view, ctx.today),
    words: words.slice(0, 200),
    totals: totalsOf(entries, day),
    readable,
    lines: shown.map((entry) =>
      lineOf(entry, units.get(entry.leadUnit)?.shortName ?? entry.leadUnit, lastWordsOf(entry, replies.get(entry.id), ctx.today)),
    ),
    page,
    pages,
    older,
    exportable: readable && entries.length > 0 && may(ctx.actor, 'exportLedger'),
  });
}

/** 先说谁的，再说什么样的；与打字的先后无关 */
const order = ['unit', 'leader', 'section', 'state', 'due', 'light'];

/** 筛选的写法 — `住房和建设局、红灯`; the year before it when it is not this one. */
export function labelOf({ filter, year }: Pick<LedgerView, 'filter' | 'year'>, today: string): string {
  const labels = [...new Set(order.flatMap((kind) => filter.criteria.filter((criterion) => criterion.kind === kind)).map(({ label }) => label))];
  const ofYear = String(year) === today.slice(0, 4) ? '' : `${year}年　`;
  return `${ofYear}${labels.length > 0 ? labels.join('、') : '全部事项'}`;
}

function lineOf(entry: LedgerEntry, unitName: string, lastWords: string | null): LedgerLine {
  const { year, code, title, status, dueOn, originalDueOn, percent, light, reasons, override } = entry;
  return {
    ...{ year, code, title, unitName, status, dueOn, originalDueOn, percent, light, lastWords },
    reasons: reasons.map((reason) => ({ ...reason })),
    override: override && { reason: override.reason, by: override.setBy, until: override.untilOn },
  };
}

/** 最近说的话：催办的回复在反馈之后的，写回复。 */
function lastWordsOf({ report }: LedgerEntry, reply: { words: string; at: Date } | undefined, today: string): string | null {
  const day = (at: Date): string => formatDay(localDateOf(at), today);
  if (reply && (!report || reply.at >= report.at)) return `${day(reply.at)}回复催办：${reply.words}`;
  return report ? `${day(report.at)}反馈：${report.content}` : null;
}
