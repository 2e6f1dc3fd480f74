import { pause as pauseAction, unpause } from '#cards/burden/actions';
import { quietCard } from '#cards/burden/quiet.card';
import type { Card } from '#cards/kit/card';
import { on } from '#core/click';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { pauseUntil, resumeReminders } from '#domain/burden/quiet';
import { quietUntil } from '#domain/burden/quiet/store';
import { loadCalendar } from '#domain/calendar/store';
import { addWorkingDays } from '#domain/calendar/working-days';
import { assertMay } from '#domain/roster/policy';

/** 免打扰 — one's own, for some days. */
export const quiet: Command = command({
  words: ['免打扰', 'quiet'],
  summary: '什么时候不打扰；本人还可以暂停到某一天',
  example: '免打扰',
  handle: async (ctx) => {
    assertMay(ctx.actor, 'pauseReminders');
    return { card: await draw(ctx), privately: true };
  },
});

/** 暂停 */
export const onPause = on(pauseAction, async (ctx, _payload, { untilOn }) => {
  await pauseUntil(ctx, untilOn);
  return { toast: '已暂停', card: await draw(ctx) };
});

/** 恢复提醒 */
export const onUnpause = on(unpause, async (ctx) => {
  await resumeReminders(ctx);
  return { toast: '已恢复', card: await draw(ctx) };
});

async function draw(ctx: Context): Promise<Card> {
  const untilOn = await quietUntil(ctx.tx, ctx.actor.personId ?? '', ctx.today);
  const suggestedOn = untilOn ?? addWorkingDays(await loadCalendar(ctx.tx), ctx.today, 2);
  return quietCard({ untilOn, suggestedOn, today: ctx.today, occasion: ctx.now.getTime().toString(36) });
}
