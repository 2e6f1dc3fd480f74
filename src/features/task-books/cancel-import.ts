import { z } from 'zod';
import { noticeCard } from '#cards/system/notice.card';
import { cancelImport } from '#cards/task-books/actions';
import { importPreviewCard } from '#cards/task-books/import-preview.card';
import { type ActionReply, on } from '#core/click';
import type { Context } from '#core/context';
import { ConflictError, NotFoundError } from '#core/errors';
import { defineJob } from '#core/job';
import { assertMay } from '#domain/roster/policy';
import { discardBooks } from '#domain/work-items/books';
import { cancelUntil, workbookImportMachine } from '#domain/workbook-import/model';
import { findImport, moveImport, type WorkbookImportRow } from '#domain/workbook-import/store';
import { previewProps, refreshImport } from './import.ts';
import { approvalKey, importKey } from './views.ts';

/** 撤销导入 — within the minutes of the setting, and before approval. */
export const onCancelImport = on(cancelImport, async (ctx, { importId }) => {
  assertMay(ctx.actor, 'importTasks');
  const row = await findImport(ctx.tx, importId);
  if (!row) throw new NotFoundError('没有这次导入，请以最新卡片为准');
  if (row.state === 'cancelled') throw new ConflictError('已撤销，无需重复撤销');
  if (row.state === 'returned') throw new ConflictError('已由督查室主任退回，不用再撤销');
  const state = workbookImportMachine.next(row.state, 'cancel');
  if (row.confirmedAt && ctx.now >= cancelUntil(row.confirmedAt, ctx.settings.cancelImportWithinMinutes)) return tooLate(ctx, row);
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

/** 过了时限才点：什么也不撤，换上没有按钮的卡片。 */
async function tooLate(ctx: Context, { id }: WorkbookImportRow): Promise<ActionReply> {
  const text = `导入已超过${ctx.settings.cancelImportWithinMinutes}分钟，不能撤销；没有下达的，请督查室主任在审定卡上退回`;
  const card = await refreshImport(ctx, id);
  return { toast: { type: 'error', text }, ...(card ? { card } : {}) };
}

/** 收起撤销按钮 — when the minutes are over, the card no longer offers what would be refused. */
export const closeCancelJob = defineJob<{ importId: string }, null>({
  name: 'task-books.close-cancel',
  payload: z.object({ importId: z.string() }),
  prepare: () => Promise.resolve(null),
  apply: async (ctx, { importId }) => {
    const row = await findImport(ctx.tx, importId);
    if (row?.state === 'confirmed') await refreshImport(ctx, importId);
  },
});
