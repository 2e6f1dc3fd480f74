import type { Card } from '#cards/kit/card';
import { giveNumber, lockRoll } from '#cards/review/actions';
import { type DrawProps, drawCard } from '#cards/review/draw.card';
import type { Context } from '#core/context';
import { on } from '#core/feature';
import { saveBlob } from '#domain/blobs/store';
import type { DrawProof } from '#domain/draws/draw';
import type { ReviewSession } from '#domain/review/model';
import { giveDrawNumber } from '#domain/review/observe';
import { lockRoll as lock } from '#domain/review/setup';
import { type DrawRow, findDraw } from '#domain/review/store';
import { chatOf, findHolders } from '#domain/roster/store';
import { consoleKey, consoleView, drawKey } from './views.ts';

const numberKey = (sessionId: string, observer: string): string => `review-number:${sessionId}:${observer}`;

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
  const { name } = ctx.actor;
  for (const observer of session.plan.observers) {
    const asks = observer !== name && draw.inputs[observer] === undefined;
    // 还在填的人，不在手底下换掉他的卡片。
    if (!asks) ctx.outbox.updateCard({ cardKey: numberKey(sessionId, observer), card: drawView(ctx, session, draw, { asks: false, proof }) });
  }
  ctx.outbox.updateCard({ cardKey: drawKey(sessionId), card: drawView(ctx, session, draw, { asks: false, proof }) });
  if (proof) await publishProof(ctx, session, proof);
  ctx.outbox.updateCard({ cardKey: consoleKey(sessionId), card: await consoleView(ctx, session) });
  return { toast: proof ? '已开签，次序已公布' : '已取数，等其他监督员', card: drawView(ctx, session, draw, { asks: false, proof }) };
});

async function askForNumbers(ctx: Context, session: ReviewSession, draw: DrawRow): Promise<void> {
  const chat = await chatOf(ctx.tx, 'observers');
  if (chat)
    ctx.outbox.sendCard({
      to: { chat },
      cardKey: drawKey(session.id),
      card: drawView(ctx, session, draw, { asks: false, proof: null }),
      dedupeKey: `review-draw:${session.id}`,
      priority: 'order',
    });
  for (const { name, openId } of await findHolders(ctx.tx, { roles: ['observer'] }, ctx.today)) {
    if (openId === null || !session.plan.observers.includes(name)) continue;
    ctx.outbox.sendCard({
      to: { person: openId },
      cardKey: numberKey(session.id, name),
      card: drawView(ctx, session, draw, { asks: true, proof: null }),
      dedupeKey: `review-number:${session.id}:${openId}`,
      priority: 'order',
    });
  }
}

/** 公布证明 — the file from which anybody computes the order again. */
async function publishProof(ctx: Context, session: ReviewSession, proof: DrawProof): Promise<void> {
  const chat = await chatOf(ctx.tx, 'observers');
  if (!chat) return;
  const blobId = await saveBlob(ctx.tx, Buffer.from(`${JSON.stringify(proof, null, 2)}\n`), ctx.now);
  const fileName = `抽签证明-${proof.drawId}.json`;
  ctx.outbox.sendFile({ to: { chat }, fileName, blobId, dedupeKey: `review-proof:${session.id}`, priority: 'order', withCard: drawKey(session.id) });
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
    observers: session.plan.observers.map((name) => ({ name, number: draw.inputs[name] ?? null })),
    asks,
    opened,
  });
}
