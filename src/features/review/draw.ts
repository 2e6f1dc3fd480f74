import type { Card } from '#cards/kit/card';
import { agreeRedraw, giveNumber, lockRoll } from '#cards/review/actions';
import { type DrawProps, drawCard } from '#cards/review/draw.card';
import { redrawCard } from '#cards/review/redraw.card';
import { on } from '#core/click';
import type { Answer } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError, NotFoundError } from '#core/errors';
import { saveBlob } from '#domain/blobs/store';
import type { DrawProof } from '#domain/draws/draw';
import type { ReviewSession } from '#domain/review/model';
import { giveDrawNumber } from '#domain/review/observe';
import { askerName, drawSeats, observerName } from '#domain/review/observers';
import { agreeRedraw as agree, lockRoll as lock, proposeRedraw } from '#domain/review/setup';
import { type DrawRow, findDraw, findLiveSessions } from '#domain/review/store';
import { assertMay } from '#domain/roster/policy';
import { chatOf, findHolders } from '#domain/roster/store';
import { refreshedConsole } from './attend.ts';
import { tellObservers } from './closing.ts';
import { consoleKey, consoleView, drawKey } from './views.ts';

// 编号会再用（试测清空之后），承诺不会。
const numberKey = (commitment: string, observer: string): string => `review-number:${commitment}:${observer}`;
const redrawKey = (commitment: string): string => `review-redraw:${commitment}`;

/** 锁定名册 — the commitment goes to the observers' group, and each observer is asked for a number. */
export const onLockRoll = on(lockRoll, async (ctx, { sessionId }) => {
  const { session } = await lock(ctx, sessionId);
  const draw = await findDraw(ctx.tx, sessionId);
  if (draw) await askForNumbers(ctx, session, draw);
  const card = await consoleView(ctx, session);
  ctx.outbox.updateCard({ cardKey: consoleKey(sessionId), card });
  return { toast: '名册已锁定，承诺已公布到监督员群', card };
});

/** 取数 */
export const onGiveNumber = on(giveNumber, async (ctx, { sessionId }, { number }) => {
  const { session, draw, proof } = await giveDrawNumber(ctx, { sessionId, number });
  const name = observerName(session.plan, ctx.actor);
  for (const { name: observer, number: given } of drawSeats(session.plan, draw.inputs)) {
    // 还在填的人，不在手底下换掉他的卡片。
    if (observer === name || given !== null)
      ctx.outbox.updateCard({ cardKey: numberKey(draw.commitment, observer), card: drawView(ctx, session, draw, { asks: false, proof }) });
  }
  ctx.outbox.updateCard({ cardKey: drawKey(draw.commitment), card: drawView(ctx, session, draw, { asks: false, proof }) });
  if (proof) await publishProof(ctx, proof);
  ctx.outbox.updateCard({ cardKey: consoleKey(sessionId), card: await consoleView(ctx, session) });
  return { toast: proof ? '已开签，次序已公布' : '已取数，等其他监督员', card: drawView(ctx, session, draw, { asks: false, proof }) };
});

/** 述职 重新抽签 — an observer who can't come, a list that has to change; void only when an observer agrees. */
export async function askRedraw(ctx: Context, reason: string): Promise<Answer> {
  assertMay(ctx.actor, 'runReview');
  if (reason === '') throw new InvalidError('请写明原因，例如：述职 重新抽签 石磊临时不能到场');
  const live = await findLiveSessions(ctx.tx);
  const locked = live.find(({ state }) => state === 'locked' || state === 'drawn') ?? live[0];
  if (!locked) throw new NotFoundError('现在没有述职场次。');
  const { session, draw } = await proposeRedraw(ctx, { sessionId: locked.id, reason: reason.slice(0, 200) });
  const { card, cardKey } = await redrawView(ctx, session, draw);
  await tellObservers(ctx, session, { card, cardKey, occasion: cardKey });
  await refreshedConsole(ctx, session);
  return { text: `已请监督员同意作废${draw.id}抽签。同意之后可以重发方案，再锁定名册，另开一次。`, privately: true };
}

/** 抽签作废单 — as the observers are asked. */
export const redrawView = async (ctx: Context, session: ReviewSession, draw: DrawRow): Promise<{ card: Card; cardKey: string }> => ({
  card: redrawCard(await redrawProps(ctx, session, draw)),
  cardKey: redrawKey(draw.commitment),
});

/** 同意抽签作废 */
export const onAgreeRedraw = on(agreeRedraw, async (ctx, { sessionId }) => {
  const { session, draw } = await agree(ctx, sessionId);
  const card = redrawCard({ ...(await redrawProps(ctx, session, draw)), agreedBy: ctx.actor.name });
  // 取数的卡片、群里的承诺都换成作废的：没有人再照着它取数。
  for (const cardKey of [
    redrawKey(draw.commitment),
    drawKey(draw.commitment),
    ...session.plan.observers.map((name) => numberKey(draw.commitment, name)),
  ])
    ctx.outbox.updateCard({ cardKey, card });
  await refreshedConsole(ctx, session);
  return { toast: '已作废，等重新锁定名册', card };
});

const redrawProps = async (ctx: Context, { id, title }: ReviewSession, { id: drawId, voidReason, voidAskedBy }: DrawRow) => ({
  ...{ sessionId: id, drawId, title, reason: voidReason ?? '', askedBy: await askerName(ctx, voidAskedBy), agreedBy: '' },
});

async function askForNumbers(ctx: Context, session: ReviewSession, draw: DrawRow): Promise<void> {
  const chat = await chatOf(ctx.tx, 'observers');
  if (chat)
    ctx.outbox.sendCard({
      to: { chat },
      cardKey: drawKey(draw.commitment),
      card: drawView(ctx, session, draw, { asks: false, proof: null }),
      dedupeKey: drawKey(draw.commitment),
      priority: 'order',
    });
  for (const holder of await findHolders(ctx.tx, { roles: ['observer'] }, ctx.today)) {
    const [name, { openId }] = [observerName(session.plan, holder), holder];
    if (openId !== null && name !== null) askForNumber(ctx, session, draw, { name, to: { person: openId } });
  }
}

/** 请一位监督员取数 @param observer.name as the plan has him */
export function askForNumber(ctx: Context, session: ReviewSession, draw: DrawRow, { name, to }: { name: string; to: { person: string } }): void {
  const cardKey = numberKey(draw.commitment, name);
  const card = drawView(ctx, session, draw, { asks: true, proof: null });
  ctx.outbox.sendCard({ to, cardKey, card, dedupeKey: `${cardKey}:${to.person}`, priority: 'order' });
}

/** 公布证明 — the file from which anybody computes the order again. */
async function publishProof(ctx: Context, proof: DrawProof): Promise<void> {
  const chat = await chatOf(ctx.tx, 'observers');
  if (!chat) return;
  const blobId = await saveBlob(ctx.tx, Buffer.from(`${JSON.stringify(proof, null, 2)}\n`), ctx.now);
  const fileName = `抽签证明-${proof.drawId}.json`;
  ctx.outbox.sendFile({
    to: { chat },
    fileName,
    blobId,
    dedupeKey: `review-proof:${proof.commitment}`,
    priority: 'order',
    withCard: drawKey(proof.commitment),
  });
}

/** 抽签卡 @param how.asks the owner of the card has not given a number yet */
export function drawView(
  { settings }: Pick<Context, 'settings'>,
  session: ReviewSession,
  draw: DrawRow,
  { asks, proof }: { asks: boolean; proof: DrawProof | null },
): Card {
  const opened: DrawProps['opened'] = proof && {
    order: proof.order.map((item) => item.slice(item.indexOf(' ') + 1)),
    ...{ secret: proof.secret, seed: proof.seed, listHash: proof.listHash },
  };
  return drawCard({
    sessionId: session.id,
    drawId: draw.id,
    title: session.title,
    commitment: draw.commitment,
    url: `${settings.publicUrl}/p/draw/${draw.commitment}`,
    units: draw.items.length,
    observers: drawSeats(session.plan, draw.inputs),
    asks,
    opened,
  });
}
