import { z } from 'zod';
import { retryIssue as retryAction, sealOrder as sealAction, signOrder as signAction } from '#cards/orders/actions';
import { type ActionReply, on } from '#core/click';
import type { Context } from '#core/context';
import { defineJob, type JobDefinition } from '#core/job';
import { saveBlob } from '#domain/blobs/store';
import { getOrder, type OrderOfItem } from '#domain/orders/draft';
import { noteSealed } from '#domain/orders/seal';
import { issueOrder, noteIssueFault, noteUnreached, retryIssue, signOrder } from '#domain/orders/sign';
import { type OrderFile, orderFile } from './document.ts';
import { audienceOf, tellChief } from './draft.ts';
import { type OrderRecipients, orderRecipients } from './recipients.ts';
import { type Audience, lookUpOrder, orderKey, orderView, refreshOrder } from './views.ts';

/** 签发 — the number is taken in this transaction; the document and the delivery follow as work of their own. */
export const onSignOrder = on(signAction, async (ctx, { orderId }): Promise<ActionReply> => {
  // 取号之后只写不查：登记簿的那一行锁到提交，后签的都等着它。
  const lookups = await lookUpOrder(ctx, await getOrder(ctx, orderId));
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

/** 已用印 */
export const onSealOrder = on(sealAction, async (ctx, { orderId }): Promise<ActionReply> => {
  const sealed = await noteSealed(ctx, orderId);
  return { toast: '已记下用印', card: await refreshOrder(ctx, sealed, audienceOf(ctx, sealed)) };
});

function queueIssue(ctx: Context, { order: { id, issueRound } }: OrderOfItem): void {
  ctx.outbox.job(issueOrderJob, { orderId: id }, { dedupeKey: `issue-order:${id}:${issueRound}`, priority: 'order' });
}

/** 印好的令 */
interface PrintedOrder extends OrderFile {
  readonly docx: Uint8Array;
  /** null: there is no LibreOffice; the print page takes its place */
  readonly pdf: Uint8Array | null;
}

/** 下达 — typeset outside any transaction; then the head, the deputies, the liaison and the group get the card, the first three the file. */
export const issueOrderJob: JobDefinition<{ orderId: string }, PrintedOrder> = defineJob({
  name: 'orders.issue',
  payload: z.object({ orderId: z.string() }),
  prepare: async (world, { orderId }) => {
    const written = await world.briefly((ctx) => orderFile(ctx, orderId));
    const docx = await world.typeset(written.document);
    return { ...written, docx, pdf: await world.toPdf(docx) };
  },
  apply: async (ctx, { orderId }, { document, name, docx, pdf }) => {
    // 排版的工夫里日期变了：这一份作废，重排。
    const current = await orderFile(ctx, orderId);
    if (JSON.stringify(current) !== JSON.stringify({ document, name })) throw new Error(`order ${orderId} has changed while it was being typeset`);
    const to = await orderRecipients(ctx, (await getOrder(ctx, orderId)).item);
    const issued = await issueOrder(ctx, orderId, {
      documentBlobId: await saveBlob(ctx.tx, docx, ctx.now),
      documentName: `${name}.docx`,
      printBlobId: pdf && (await saveBlob(ctx.tx, pdf, ctx.now)),
      printName: pdf && `${name}.pdf`,
      unreached: to.unreached,
    });
    await deliver(ctx, issued, to);
    await refreshOrder(ctx, issued, 'chief');
  },
  fail: async (ctx, { orderId }, reason) => {
    const noted = await noteIssueFault(ctx, orderId, reason);
    if (!noted) return;
    await refreshOrder(ctx, noted, 'chief');
    await tellChief(ctx, noted);
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
    for (const [kind, fileName, blobId] of [
      ['file', order.documentName, order.documentBlobId],
      ['print', order.printName, order.printBlobId],
    ] as const) {
      if (fileName && blobId)
        ctx.outbox.sendFile({ ...send, fileName, blobId, withCard: cardKey, dedupeKey: `order-${kind}:${key}`, whenLost: lost('文件') });
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
