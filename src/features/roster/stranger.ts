import { strangerCard } from '#cards/roster/stranger.card';
import type { Context } from '#core/context';
import { onNotice } from '#core/notice';
import { findHolders, findUnbound } from '#domain/roster/store';
import { rebindJob, strangerKey } from './rebind.ts';

/** 隔这么多分钟再为同一个账号匹配一次 */
const matchAgainMinutes = 10;

/** 认不出的人进了单聊 */
export const onStrangerEntered = onNotice('chatEntered', async (ctx): Promise<undefined> => {
  if (ctx.actor.personId === null) await receiveStranger(ctx);
});

/** 认不出的人开口 */
export const onStrangerSpoke = onNotice('strangerSpoke', receiveStranger);

/**
 * 接待认不出的人 — once a day he is told that the roster does not know his account. He may have opened it just now, or the platform
 * could not be reached when the roster came: those without an account are looked up again at once, not tomorrow morning.
 */
async function receiveStranger(ctx: Context): Promise<undefined> {
  const { openId } = ctx.actor;
  if (openId === null) return;
  const unbound = await findUnbound(ctx.tx);
  const administrators = (await findHolders(ctx.tx, { roles: ['administrator'] }, ctx.today)).flatMap((holder) => holder.openId ?? []);
  const card = strangerCard({ botName: ctx.settings.botName, administrators: [...new Set(administrators)], matching: unbound.length > 0 });
  const key = strangerKey(openId);
  ctx.outbox.sendCard({ to: { person: openId }, cardKey: key, card, dedupeKey: `${key}:${ctx.today}`, priority: 'interactive' });
  if (unbound.length === 0) return;
  const slot = Math.floor(ctx.now.getTime() / (matchAgainMinutes * 60_000));
  const mobiles = unbound.map(({ mobile }) => mobile);
  ctx.outbox.job(rebindJob, { mobiles, asked: openId }, { dedupeKey: `roster.rebind:${openId}:${slot}`, priority: 'interactive' });
}
