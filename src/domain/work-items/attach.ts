import type { Context } from '#core/context';
import { ConflictError, InvalidError } from '#core/errors';
import { saveBlob } from '../blobs/store.ts';
import { assertMay, may, signatureOf } from '../roster/policy.ts';
import { findAttachments, findOpenReportsOf, insertAttachment, type ReportAttachment } from './attachments/store.ts';
import { matterOf } from './item-view.ts';
import { type DecidedReport, findReportOf } from './progress.ts';
import { writtenCode } from './written-code.ts';

/** 一次反馈至多附这么多份。 */
const attachmentsMax = 9;
const choicesMax = 5;
/** 能附的：办公文件和图片。程序、脚本、压缩包一概不收。 */
const kinds = /\.(?:pdf|ofd|docx?|wps|xlsx?|et|csv|pptx?|dps|txt|jpe?g|png|webp|bmp|gif|heic)$/i;

/** 能不能附 @throws InvalidError for a file of another kind */
export function assertAttachable(fileName: string): void {
  if (kinds.test(fileName)) return;
  throw new InvalidError(`《${fileName}》不能附：只收办公文件和图片（PDF、OFD、Word、WPS、表格、演示、文本、照片），请另存后再发`);
}

/** 可以附到哪几次反馈 — the actor's own reports that nobody has adopted yet, the newest first. */
export async function openReportsOf(ctx: Context): Promise<DecidedReport[]> {
  const { personId, posts } = ctx.actor;
  if (personId === null) return [];
  const found = await findOpenReportsOf(ctx.tx, { personId, posts, limit: choicesMax });
  return found.filter(({ item }) => may(ctx.actor, 'reportProgress', matterOf(item)));
}

/** 附得上吗 @throws ForbiddenError, ConflictError when it is adopted or returned, or has as many as it may */
export async function assertMayAttach(ctx: Context, reportId: string): Promise<DecidedReport & { readonly attached: readonly ReportAttachment[] }> {
  const { item, report } = await findReportOf(ctx, reportId);
  assertMay(ctx.actor, 'reportProgress', matterOf(item));
  const said = `${item.code}第${report.round}次反馈`;
  if (report.status === 'adopted') throw new ConflictError(`${said}已采纳，附件请随下一次反馈报送`);
  if (report.status === 'returned') throw new ConflictError(`${said}已退回补充，请重新填报之后再附`);
  const attached = (await findAttachments(ctx.tx, [reportId])).get(reportId) ?? [];
  if (attached.length >= attachmentsMax) throw new ConflictError(`${said}已有${attached.length}份附件，不能再附`);
  return { item, report, attached };
}

/** 附到反馈 — kept with the report from now on; the same file is kept once. Never asked for (domain B9). */
export async function attachFile(
  ctx: Context,
  reportId: string,
  { fileName, bytes }: { fileName: string; bytes: Uint8Array },
): Promise<DecidedReport & { readonly attached: readonly ReportAttachment[] }> {
  assertAttachable(fileName);
  const { item, report, attached } = await assertMayAttach(ctx, reportId);
  const right = assertMay(ctx.actor, 'reportProgress', matterOf(item));
  const attachment: ReportAttachment = {
    reportId,
    blobId: await saveBlob(ctx.tx, bytes, ctx.now),
    itemId: item.id,
    fileName,
    sizeBytes: bytes.byteLength,
    byId: ctx.actor.personId ?? '',
    byName: signatureOf(ctx.actor, right),
    at: ctx.now,
  };
  if (!(await insertAttachment(ctx.tx, attachment))) throw new ConflictError(`${await writtenCode(ctx, item)}的这次反馈已经附过这份文件`);
  ctx.audit.record({
    subject: { type: 'workItem', id: item.id },
    event: 'attach',
    detail: { reason: fileName, reportId, blobId: attachment.blobId },
    ...right,
  });
  return { item, report, attached: [...attached, attachment] };
}

/** 看附件 @throws ForbiddenError, ConflictError when there is none */
export async function openAttachments(ctx: Context, reportId: string): Promise<readonly ReportAttachment[]> {
  const { item } = await findReportOf(ctx, reportId);
  assertMay(ctx.actor, 'readItem', matterOf(item));
  const attached = (await findAttachments(ctx.tx, [reportId])).get(reportId) ?? [];
  if (attached.length === 0) throw new ConflictError(`${await writtenCode(ctx, item)}的这次反馈没有附件`);
  return attached;
}
