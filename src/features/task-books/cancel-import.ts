import { noticeCard } from '#cards/system/notice.card';
import { cancelImport } from '#cards/task-books/actions';
import { importPreviewCard } from '#cards/task-books/import-preview.card';
import { ConflictError, NotFoundError } from '#core/errors';
import { on } from '#core/feature';
import { assertMay } from '#domain/roster/policy';
import { discardBooks } from '#domain/work-items/books';
import { workbookImportMachine } from '#domain/workbook-import/model';
import { findImport, moveImport } from '#domain/workbook-import/store';
import { previewProps } from './import.ts';
import { approvalKey, importKey } from './views.ts';

/** 撤销导入 — within the minutes of the setting, and before approval. */
export const onCancelImport = on(cancelImport, async (ctx, { importId }) => {
  assertMay(ctx.actor, 'importTasks');
  const row = await findImport(ctx.tx, importId);
  if (!row) throw new NotFoundError('没有这次导入，请以最新卡片为准');
  const state = workbookImportMachine.next(row.state, 'cancel');
  const minutes = ctx.settings.cancelImportWithinMinutes;
  if (ctx.now.getTime() > (row.confirmedAt?.getTime() ?? 0) + minutes * 60_000) {
    throw new ConflictError(`导入已超过${minutes}分钟，不能撤销；如需更正请联系督查室主任`);
  }
  await discardBooks(ctx, importId);
  if (!(await moveImport(ctx.tx, { id: importId, from: row.state, to: state, at: ctx.now }))) throw new ConflictError();
  const card = importPreviewCard(await previewProps(ctx, { ...row, state }, null));
  ctx.outbox.updateCard({ cardKey: importKey(importId), card });
  const withdrawn = noticeCard({
    title: '任务书已撤回',
    text: `${ctx.actor.name}撤销了《${row.fileName}》的导入，没有需要您审定的任务书。`,
    tone: 'info',
  });
  ctx.outbox.updateCard({ cardKey: approvalKey(importId), card: withdrawn });
  return { toast: '已撤销导入', card };
});
