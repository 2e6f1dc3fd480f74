import { reminderCard } from '#cards/reminders/reminder.card';
import { ask } from '#cards/system/actions';
import type { CardRenewal } from '#core/renewal';
import { findReply } from '#domain/deadlines/replies/store';
import { findReminderCard, hasNewerCard } from '#domain/deadlines/sends/store';
import { may } from '#domain/roster/policy';
import { resolveActor } from '#domain/roster/store';
import { findItem } from '#domain/work-items/store';
import { drawReply } from './reply.ts';
import { readAround, readableLines, reminderProps } from './views.ts';

/** 换发提醒 — only the newest of a person, with the lines that are still his and that he can still answer. */
export const renewReminder: CardRenewal = {
  prefix: 'reminder:',
  redraw: async (ctx, { cardKey, to }) => {
    const stored = await findReminderCard(ctx.tx, cardKey.slice('reminder:'.length));
    if (!stored || !('person' in to) || (await hasNewerCard(ctx.tx, stored))) return null;
    const { id: cardId, auto, byName } = stored;
    const actor = await resolveActor(ctx.tx, { openId: to.person, userId: null, today: ctx.today });
    const around = await readAround(
      ctx,
      stored.lines.map(({ subjectId }) => subjectId),
    );
    const his = readableLines(around, actor, stored.lines);
    const drawn = (entries: typeof stored.lines) =>
      reminderProps(around, { cardId, personName: actor.name, urgedBy: auto ? null : byName, page: 0, entries });
    const open = his.filter((line) => drawn([line]).lines.some(({ actions }) => actions.some(({ action }) => action.action !== ask.name)));
    return open.length === 0 ? null : { card: reminderCard(drawn(open)), isFor: ({ personId }) => personId === stored.personId };
  },
};

/** 换发催办回复 — while the inspectors have not decided. */
export const renewReply: CardRenewal = {
  prefix: 'urge-reply:',
  redraw: async (ctx, { cardKey }) => {
    const reply = await findReply(ctx.tx, cardKey.split(':')[1] ?? '');
    const item = reply && (await findItem(ctx.tx, reply.itemId));
    if (!reply || !item) return null;
    return {
      card: reply.status === 'submitted' ? await drawReply(ctx, 'inspector', { item, reply }) : null,
      isFor: (reader) => may(reader, 'decideUrgeReply'),
    };
  },
};
