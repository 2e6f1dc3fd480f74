import { confirmImport } from '#cards/task-books/actions';
import { importPreviewCard } from '#cards/task-books/import-preview.card';
import { on } from '#core/click';
import { ConflictError, NotFoundError } from '#core/errors';
import { assertMay } from '#domain/roster/policy';
import { registerBooks } from '#domain/work-items/books';
import { cancelUntil, workbookImportMachine } from '#domain/workbook-import/model';
import { findImport, moveImport, readRows } from '#domain/workbook-import/store';
import { offerApproval } from './approve.ts';
import { closeCancelJob } from './cancel-import.ts';
import { previewProps } from './import.ts';
import { importKey } from './views.ts';

/** 确认导入 — only now the items are written; a second tap finds it done. */
export const onConfirmImport = on(confirmImport, async (ctx, { importId }) => {
  assertMay(ctx.actor, 'importTasks');
  const row = await findImport(ctx.tx, importId);
  if (!row) throw new NotFoundError('没有这次导入，请重新发送文件');
  if (row.state === 'confirmed') throw new ConflictError('已导入，无需重复确认');
  if (row.state === 'cancelled') throw new ConflictError('这次导入已撤销，请重新发送文件');
  if (row.state === 'returned') throw new ConflictError('这次导入已退回，请改好后重新发送文件');
  if (row.summary.errorCount > 0) throw new ConflictError('还有需要修改的地方，请改好后重新发送文件');
  const state = workbookImportMachine.next(row.state, 'confirm');
  if (!(await moveImport(ctx.tx, { id: importId, from: row.state, to: state, at: ctx.now }))) throw new ConflictError('已导入，无需重复确认');
  ctx.audit.record({ subject: { type: 'workbookImport', id: importId }, event: 'confirm', before: row.state, after: state });
  const { items, books } = await registerBooks(ctx, { importId, year: row.year, rows: await readRows(ctx.tx, row.rowsBlobId) });
  await offerApproval(ctx, importId);
  const card = importPreviewCard(await previewProps(ctx, { ...row, state, confirmedAt: ctx.now }, null));
  ctx.outbox.updateCard({ cardKey: importKey(importId), card });
  const notBefore = cancelUntil(ctx.now, ctx.settings.cancelImportWithinMinutes);
  ctx.outbox.job(closeCancelJob, { importId }, { dedupeKey: `close-cancel:${importId}`, notBefore });
  return { toast: `已导入${items}项，生成${books}份任务书`, card };
});
