import { z } from 'zod';
import { retryIssue as retryAction, signOrder as signAction } from '#cards/orders/actions';
import type { Context } from '#core/context';
import { type ActionReply, defineJob, type JobDefinition, on } from '#core/feature';
import { saveBlob } from '#domain/blobs/store';
import { getOrder, type OrderOfItem } from '#domain/orders/draft';
import { issueOrder, noteIssueFault, noteUnreached, retryIssue, signOrder } from '#domain/orders/sign';
import { type OrderFile, orderFile } from './document.ts';
import { type OrderRecipients, orderRecipients } from './recipients.ts';
import { type Audience, lookUpOrder, orderKey, orderView, refreshOrder } from './views.ts';

/** 签发 — the number is taken in this transaction; the document and the delivery follow as work of their own. */
export const onSignOrder = on(signAction, async (ctx, { orderId }): Promise<ActionReply> => {
  // 取号之后只写不查：登记簿的那一行锁到提交，后签的都等着它。
  const lookups = await lookUpOrder(ctx, (await getOrder(ctx, orderId)).order);
  const signed = await signOrder(ctx, orderId);
  queueIssue(ctx, signed);
  return { toast: `已签发：${signed.order.number ?? ''}，正在下达`, card: await refreshOrder(ctx, signed, 'chief', lookups) };
});

/** 重新下达 */
export const onRetryIssue = on(retryAction, async (ctx, { orderId }): Promise<ActionReply> => {
  const retried = await retryIssue(ctx, orderId);
  queueIssue(ctx, retried);
  return { toast: '正在重新下达', card: await refreshOrder(ctx, retried, 'chief') };
});

function queueIssue(ctx: Context, { order: { id, issueRound } }: OrderOfItem): void {
  ctx.outbox.job(issueOrderJob, { orderId: id }, { dedupeKey: `issue-order:${id}:${issueRound}`, priority: 'order' });
}

/** 下达 — typeset outside any transaction; then the head, the deputies, the liaison and the group get the card, the first three the file. */
export const issueOrderJob: JobDefinition<{ orderId: string }, OrderFile & { readonly bytes: Uint8Array }> = defineJob({
  name: 'orders.issue',
  payload: z.object({ orderId: z.string() }),
  prepare: async (world, { orderId }) => {
    const written = await world.briefly((ctx) => orderFile(ctx, orderId));
    return { ...written, bytes: await world.typeset(written.document) };
  },
  apply: async (ctx, { orderId }, { document, fileName, bytes }) => {
    // 排版的工夫里日期变了：这一份作废，重排。
    const current = await orderFile(ctx, orderId);
    if (JSON.stringify(current) !== JSON.stringify({ document, fileName }))
      throw new Error(`order ${orderId} has changed while it was being typeset`);
    const to = await orderRecipients(ctx, (await getOrder(ctx, orderId)).item);
    const blobId = await saveBlob(ctx.tx, bytes, ctx.now);
    const issued = await issueOrder(ctx, orderId, {
      documentBlobId: blobId,
      documentName: fileName,
      printBlobId: null,
      printName: null,
      unreached: [],
    });
    await deliver(ctx, issued, to);
    await refreshOrder(ctx, issued, 'chief');
  },
  fail: async (ctx, { orderId }, reason) => {
    const noted = await noteIssueFault(ctx, orderId, reason);
    if (noted) await refreshOrder(ctx, noted, 'chief');
  },
});

async function deliver(ctx: Context, { order, item }: OrderOfItem, to: OrderRecipients): Promise<void> {
  const card = async (audience: Audience) => orderView(ctx, { order, item }, audience);
  for (const { openId, name, audience } of to.people) {
    const send = { to: { person: openId }, priority: 'order' as const };
    const key = `${order.id}:${openId}`;
    const lost = (what: string) => ({ job: undeliveredJob.name, payload: { orderId: order.id, line: `${name}没有收到${what}` } });
    const cardKey = orderKey(order.id, audience);
    ctx.outbox.sendCard({
      ...send,
      cardKey,
      card: await card(audience),
      dedupeKey: `order:${key}`,
      whenLost: lost('卡片'),
      urgent: audience === 'head',
    });
    if (order.documentBlobId && order.documentName) {
      const file = { fileName: order.documentName, blobId: order.documentBlobId };
      ctx.outbox.sendFile({ ...send, ...file, withCard: cardKey, dedupeKey: `order-file:${key}`, whenLost: lost('文件') });
    }
  }
  if (to.chat !== null) {
    const lost = { job: undeliveredJob.name, payload: { orderId: order.id, line: '工作群没有收到通知' } };
    ctx.outbox.sendCard({
      ...{ to: { chat: to.chat }, cardKey: orderKey(order.id, 'group'), card: await card('group'), dedupeKey: `order:${order.id}:chat` },
      ...{ priority: 'order', whenLost: lost },
    });
  }
}

/** 没有送到 — the platform refused for good; the office's card says where, so that somebody tells them. */
export const undeliveredJob = defineJob<{ orderId: string; line: string }, null>({
  name: 'orders.undelivered',
  payload: z.object({ orderId: z.string(), line: z.string() }),
  prepare: () => Promise.resolve(null),
  apply: async (ctx, { orderId, line }) => {
    await refreshOrder(ctx, await noteUnreached(ctx, orderId, line), 'chief');
  },
});
