import type { Card } from '#cards/kit/card';
import { reopen as reopenAction } from '#cards/system/actions';
import { renewalCard } from '#cards/system/renewal.card';
import { on } from '#core/click';
import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import { ForbiddenError } from '#core/errors';
import type { Recipient } from '#core/outbox';
import { type CardRenewal, renewedFor } from '#core/renewal';
import { schedule } from '#core/schedule';
import { countAutomaticOn, messagesPerDayMax } from '#domain/burden/store';
import { isQuiet, nextSendingInstant } from '#domain/calendar/sending-hours';
import { loadCalendar } from '#domain/calendar/store';
import { resolveActor } from '#domain/roster/store';
import { type FadingCard, findFading } from './store.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** 平台上的卡片满14天就点不动，满13天之前换新（contract 2.4）。 */
const deadAfterMs = 14 * dayMs;
const renewAfterMs = 13 * dayMs;
/** 一张换新卡上至多这么多行；多的下一个工作日再换，还来得及。 */
const entriesMax = 12;

/**
 * 换发 — on working days: what would be older than 13 days before the next time is sent anew, while whoever has it still has to answer it.
 * One fading card is simply replaced; several of one person become one message.
 */
export const renewDaily = schedule('system.renew-cards', '40 9 * * *', async (ctx) => {
  const calendar = await loadCalendar(ctx.tx);
  if (isQuiet(calendar, ctx.now)) return;
  const next = nextSendingInstant(calendar, ctx.now).getTime() + 2 * 60 * 60 * 1000;
  const prefixes = renewalsOf(ctx).map(({ prefix }) => prefix);
  const window = { until: new Date(next - renewAfterMs), after: new Date(ctx.now.getTime() - deadAfterMs) };
  const byRecipient = new Map<string, FadingCard[]>();
  for (const card of await findFading(ctx.tx, { prefixes, ...window })) {
    byRecipient.set(card.recipient, [...(byRecipient.get(card.recipient) ?? []), card]);
  }
  // 今天已收满的，下一次再换；等到那时就死了的，不等。
  const dying = new Set((await findFading(ctx.tx, { prefixes, ...window, until: new Date(next - deadAfterMs) })).map(({ recipient }) => recipient));
  const openIds = [...byRecipient.keys()].map(openIdOf);
  const counts = await countAutomaticOn(ctx.tx, ctx.today, openIds);
  for (const [recipient, cards] of byRecipient) {
    const full = (counts.get(openIdOf(recipient) ?? '') ?? 0) >= messagesPerDayMax;
    if (!full || dying.has(recipient)) await renewAll(ctx, cards);
  }
});

/** 打开 — the card as it is now comes as a message of its own; where it was listed says so. */
export const onReopen = on(reopenAction, async (ctx, { cardKey }) => {
  if (ctx.actor.openId === null) return { toast: { type: 'info', text: '请先请系统管理员把您登记进花名册' } };
  const to: Recipient = { person: ctx.actor.openId };
  const renewed = await renewedFor(ctx, renewalFor(ctx, cardKey), { cardKey, to, reader: ctx.actor });
  if (renewed.kind === 'done') return { toast: { type: 'info', text: '这件事已经办完，不用再办' } };
  if (renewed.kind === 'notYours') throw new ForbiddenError('这件事现在不由您办，请发送“我的任务”查看现在要办的事', `${cardKey} is another's now`);
  const { card } = renewed;
  ctx.outbox.sendCard({ to, cardKey, card, dedupeKey: `reopen:${cardKey}:${ctx.now.getTime()}`, priority: 'interactive', replaces: [cardKey] });
  return { toast: '已发在下面' };
});

async function renewAll(ctx: Context, cards: readonly FadingCard[]): Promise<void> {
  const renewed: { readonly card: Card; readonly cardKey: string; readonly to: Recipient }[] = [];
  for (const { cardKey, recipient } of cards) {
    const to = recipientOf(recipient);
    const reader = 'person' in to ? await resolveActor(ctx.tx, { openId: to.person, userId: null, today: ctx.today }) : null;
    const found = await renewedFor(ctx, renewalFor(ctx, cardKey), { cardKey, to, reader });
    if (found.kind === 'card') renewed.push({ card: found.card, cardKey, to });
  }
  const listed = renewed.slice(0, entriesMax);
  const [first, ...more] = listed;
  if (!first) return;
  const day = localDateOf(ctx.now);
  if (more.length === 0 || 'chat' in first.to) {
    for (const { card, cardKey, to } of listed) {
      const dedupeKey = `renew:${cardKey}:${JSON.stringify(to)}:${day}`;
      ctx.outbox.sendCard({ to, cardKey, card, dedupeKey, priority: 'reminder', replaces: [cardKey] });
    }
    return;
  }
  const entries = listed.map(({ card: { title, summary }, cardKey }) => ({ cardKey, title, summary }));
  const key = `renewal:${first.to.person}`;
  const replaces = [key, ...listed.map(({ cardKey }) => cardKey)];
  ctx.outbox.sendCard({ to: first.to, cardKey: key, card: renewalCard({ entries }), dedupeKey: `${key}:${day}`, priority: 'reminder', replaces });
}

function renewalsOf(ctx: Context): CardRenewal[] {
  return ctx.contributions.features.flatMap(({ renewals = [] }) => renewals);
}

function renewalFor(ctx: Context, cardKey: string): CardRenewal | undefined {
  return renewalsOf(ctx).find(({ prefix }) => cardKey.startsWith(prefix));
}

function recipientOf(key: string): Recipient {
  const id = key.slice(key.indexOf(':') + 1);
  return key.startsWith('chat:') ? { chat: id } : { person: id };
}

function openIdOf(key: string): string | null {
  const to = recipientOf(key);
  return 'person' in to ? to.person : null;
}
