import type { Card } from '#cards/kit/card';
import { agreeSlip } from '#cards/review/actions';
import { slipCard } from '#cards/review/slip.card';
import { on } from '#core/click';
import type { Answer } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import type { Slip } from '#domain/ballots/slips/store';
import type { ReviewSession } from '#domain/review/model';
import { askerName } from '#domain/review/observers';
import { agreeSlipReplacement, askSlipReplacement, grantPrinting, grantScreen, printable } from '#domain/review/slips';
import { findHolders } from '#domain/roster/store';
import { refreshedConsole } from './attend.ts';
import { tellObservers } from './closing.ts';
import { liveSession } from './roll.ts';
import { slipColors } from './slip-colors.ts';

const slipKey = (sessionId: string, serial: number): string => `review-slip:${sessionId}:${serial}`;

/** 打印纸质票的地址 */
export async function askPrinting(ctx: Context, number: string): Promise<Answer> {
  const { session, key } = await grantPrinting(ctx, (await liveSession(ctx, number, printable)).id);
  const text = `${session.number}纸质票的打印地址（15分钟内有效，只能用一次，请在连着打印机的电脑上打开）：${ctx.settings.publicUrl}/p/print/${key}`;
  return { text, privately: true };
}

/** 大屏的地址 */
export async function askScreen(ctx: Context, number: string): Promise<Answer> {
  const { session, key } = await grantScreen(ctx, (await liveSession(ctx, number)).id);
  const text = `${session.number}大屏地址（48小时内有效，请在投影的电脑上打开并按F11）：${ctx.settings.publicUrl}/p/screen/${key}`;
  return { text, privately: true };
}

/** 换领一张票 */
export async function askSlip(ctx: Context, typed: string, number: string): Promise<Answer> {
  const serial = Number(typed.normalize('NFKC').replace(/[号\s]/g, ''));
  if (!Number.isInteger(serial) || serial < 1)
    throw new InvalidError('请写明票号，例如：述职 换票 7。票丢了、不知道几号的，请其余来宾看各自的票号，再对照没有发出的，缺的就是');
  const { session, slip } = await askSlipReplacement(ctx, { sessionId: (await liveSession(ctx, number)).id, serial });
  const { card, cardKey } = await slipView(ctx, session, { ...slip, voidAskedBy: ctx.actor.personId });
  await tellObservers(ctx, session, { card, cardKey, occasion: cardKey });
  await refreshedConsole(ctx, session);
  return { text: `已请监督员同意作废${serial}号票。同意之后告诉您发哪一张备用票，在此之前备用票都用不了。`, privately: true };
}

/** 换领单 — as the observers are asked. */
export async function slipView(ctx: Context, session: ReviewSession, slip: Slip): Promise<{ card: Card; cardKey: string }> {
  const askedBy = await askerName(ctx, slip.voidAskedBy);
  return { card: slipCard({ ...slipProps(session, slip), askedBy, agreedBy: '', spare: '' }), cardKey: slipKey(session.id, slip.serial) };
}

/** 同意换领 — the secretary is told which spare to hand out. */
export const onAgreeSlip = on(agreeSlip, async (ctx, { sessionId, serial }) => {
  const { session, slip, spare } = await agreeSlipReplacement(ctx, { sessionId, serial });
  const words = `${spare.serial}号备用票（${spare.voterClass}，${slipColors(session).get(spare.voterClass)?.name ?? ''}）`;
  const card = slipCard({ ...slipProps(session, slip), askedBy: await askerName(ctx, slip.voidAskedBy), agreedBy: ctx.actor.name, spare: words });
  const cardKey = slipKey(sessionId, serial);
  ctx.outbox.updateCard({ cardKey, card });
  await refreshedConsole(ctx, session);
  for (const { openId } of await findHolders(ctx.tx, { roles: ['sessionSecretary'] }, ctx.today))
    if (openId !== null)
      ctx.outbox.sendText({
        to: { person: openId },
        text: `${serial}号票已作废，旧票在的请收回，换发${words}。`,
        dedupeKey: `${cardKey}:agreed:${openId}`,
        priority: 'interactive',
      });
  return { toast: `已作废，换发${spare.serial}号备用票`, card };
});

const slipProps = ({ id, number }: ReviewSession, { serial, voterClass }: Slip) => ({ sessionId: id, number, serial, voterClass });
