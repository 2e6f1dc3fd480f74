import { z } from 'zod';
import { bind } from '#cards/kit/action';
import { attach as attachAction, openAttachments as openAction } from '#cards/progress/actions';
import { type AttachProps, attachCard } from '#cards/progress/attach.card';
import { on } from '#core/click';
import type { Answer, Material } from '#core/command';
import type { Context } from '#core/context';
import { localDateOf, localTimeOf } from '#core/dates';
import { InvalidError } from '#core/errors';
import { defineJob } from '#core/job';
import { may } from '#domain/roster/policy';
import { assertAttachable, assertMayAttach, attachFile, openAttachments, openReportsOf } from '#domain/work-items/attach';
import { findAttachments } from '#domain/work-items/attachments/store';
import { itemAction, matterOf } from '#domain/work-items/item-view';
import { codeWriter, writtenCode } from '#domain/work-items/written-code';
import { refreshWaiting } from './waiting-lists.ts';

const fileShape = { reportId: z.string(), messageId: z.string(), fileKey: z.string(), fileName: z.string(), kind: z.enum(['file', 'image']) };
type Asked = z.output<z.ZodObject<typeof fileShape>> & { readonly reason: string | null };
const attachKey = (messageId: string): string => `attach:${messageId}`;

/** 收材料 — whoever has a report that waits is asked whether the file belongs to it. */
export async function offerToAttach(ctx: Context, { reason, ...file }: Material): Promise<Answer | null> {
  const reporter = ctx.actor.posts.some(({ role }) => role === 'responsiblePerson' || role === 'liaison');
  if (!reporter) return null;
  const choices = await openReportsOf(ctx);
  if (choices.length === 0) {
    const said = reason ?? '图片没有用上';
    throw new InvalidError(`${said}。要作为反馈的附件，请先提交反馈，在督查室采纳之前把它发来；附件不作要求。`);
  }
  if (file.kind === 'file') assertAttachable(file.fileName);
  const card = attachCard(await propsOf(ctx, { ...file, reason }, { choices, outcome: { kind: 'asking' } }));
  return { card, cardKey: attachKey(file.messageId), privately: true };
}

/** 附到反馈 — the file is fetched later; the card says how it went. */
export const onAttach = on(attachAction, async (ctx, file) => {
  const { item } = await assertMayAttach(ctx, file.reportId);
  const asked: Asked = { ...file, reason: null };
  ctx.outbox.job(attachJob, asked, { dedupeKey: `attach:${file.messageId}:${file.reportId}:${ctx.now.getTime()}`, priority: 'interactive' });
  return {
    toast: `正在附到${await writtenCode(ctx, item)}`,
    card: attachCard(await propsOf(ctx, asked, { choices: [], outcome: { kind: 'working', code: await writtenCode(ctx, item) } })),
  };
});

export const attachJob = defineJob<Asked, Uint8Array>({
  name: 'progress.attach',
  payload: z.object({ ...fileShape, reason: z.string().nullable() }),
  prepare: (world, { messageId, fileKey, kind }) => world.download(messageId, fileKey, kind),
  apply: async (ctx, asked, bytes) => {
    const fileName = asked.kind === 'image' ? pictureName(bytes, ctx.now) : asked.fileName;
    const { item, report, attached } = await attachFile(ctx, asked.reportId, { fileName, bytes });
    const names = attached.map((attachment) => attachment.fileName);
    const outcome = { kind: 'done' as const, code: await writtenCode(ctx, item), round: report.round, names };
    ctx.outbox.updateCard({ cardKey: attachKey(asked.messageId), card: attachCard(await propsOf(ctx, asked, { choices: [], outcome })) });
    const list = report.status === 'submitted' ? 'signOff' : 'adopt';
    refreshWaiting(ctx, list, { unitCode: item.leadUnit, occasion: `${report.id}:attached:${attached.length}` });
  },
  fail: async (ctx, asked, why) => {
    const card = attachCard(await propsOf(ctx, asked, { choices: await openReportsOf(ctx), outcome: { kind: 'failed', why } }));
    ctx.outbox.updateCard({ cardKey: attachKey(asked.messageId), card });
  },
});

/** 看附件 — they come to the one who asked, each as it was sent. */
export const onOpenAttachments = on(openAction, async (ctx, { reportId }) => {
  const attached = await openAttachments(ctx, reportId);
  const { openId } = ctx.actor;
  for (const { blobId, fileName } of openId === null ? [] : attached) {
    const dedupeKey = `attachment:${reportId}:${blobId}:${openId}:${ctx.now.toISOString()}`;
    ctx.outbox.sendFile({ to: { person: openId ?? '' }, fileName, blobId, dedupeKey, priority: 'interactive' });
  }
  return { toast: `${attached.length}份附件已单独发给您` };
});

/** 事项卡上的查看附件 — of the newest report. */
export const attachmentsOffer = itemAction('查看附件', async (ctx, { item, last }) => {
  if (!last || !may(ctx.actor, 'readItem', matterOf(item))) return null;
  return (await findAttachments(ctx.tx, [last.id])).has(last.id) ? bind(openAction, { reportId: last.id }) : null;
});

async function propsOf(
  ctx: Context,
  { fileName, messageId, fileKey, kind, reason }: Omit<Asked, 'reportId'>,
  { choices, outcome }: { choices: Awaited<ReturnType<typeof openReportsOf>>; outcome: AttachProps['outcome'] },
): Promise<AttachProps> {
  const codeOf = await codeWriter(
    ctx,
    choices.map(({ item }) => item),
  );
  return {
    fileName: kind === 'image' ? null : fileName,
    reason,
    file: { messageId, fileKey, kind },
    choices: choices.map(({ item, report }) => ({
      reportId: report.id,
      code: codeOf(item),
      title: item.title,
      round: report.round,
      status: report.status === 'signedOff' ? 'signedOff' : 'submitted',
    })),
    outcome,
  };
}

/** 图片没有名字：按收到的时刻起一个，扩展名看内容。 */
function pictureName(bytes: Uint8Array, at: Date): string {
  const extension = bytes[0] === 0x89 ? 'png' : bytes[0] === 0x47 ? 'gif' : bytes[0] === 0x52 ? 'webp' : 'jpg';
  return `图片-${localDateOf(at).slice(5).replace('-', '')}-${localTimeOf(at).replaceAll(':', '').slice(0, 4)}.${extension}`;
}
