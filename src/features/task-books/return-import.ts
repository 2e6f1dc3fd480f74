import { noticeCard } from '#cards/system/notice.card';
import { returnImport } from '#cards/task-books/actions';
import { type ActionReply, doneToast, on } from '#core/click';
import type { Context } from '#core/context';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { signatureOf } from '#domain/roster/policy';
import { findHolders } from '#domain/roster/store';
import { returnBooks } from '#domain/work-items/books';
import { workbookImportMachine } from '#domain/workbook-import/model';
import { findImport, moveImport, type WorkbookImportRow } from '#domain/workbook-import/store';
import { refreshImport } from './import.ts';
import { approvalKey, receiptsKey } from './views.ts';

/** 退回导入 — the chief does not agree with the table: what was written is withdrawn, its codes are free, whoever imported it hears why. */
export const onReturnImport = on(returnImport, async (ctx, { importId }, { reason }): Promise<ActionReply> => {
  const row = await findImport(ctx.tx, importId);
  if (!row) throw new NotFoundError('没有这次导入，请以最新卡片为准');
  if (row.state === 'returned') throw new ConflictError('已退回，无需重复退回');
  if (row.state === 'cancelled') throw new ConflictError('这次导入已经撤销，没有可退回的任务书');
  if (reason === undefined) throw new InvalidError('请写明退回的原因，再点退回');
  const { items, right } = await returnBooks(ctx, importId);
  const state = workbookImportMachine.next(row.state, 'return');
  const returned = { returnedBy: signatureOf(ctx.actor, right), returnReason: reason };
  if (!(await moveImport(ctx.tx, { id: importId, from: row.state, to: state, at: ctx.now, returned }))) throw new ConflictError();
  ctx.audit.record({
    subject: { type: 'workbookImport', id: importId },
    event: 'return',
    before: row.state,
    after: state,
    detail: { reason, items },
    ...right,
  });
  await refreshImport(ctx, importId);
  const unheard = await tellImporter(ctx, { ...row, ...returned }, items);
  const card = noticeCard({
    title: '任务表已退回',
    text: `《${row.fileName}》${items}项已退回，没有下达：${reason}（${returned.returnedBy}）。改好的表重新导入之后，再请您审定。`,
    tone: 'info',
  });
  for (const cardKey of [approvalKey(importId), receiptsKey(importId)]) ctx.outbox.updateCard({ cardKey, card });
  return { toast: doneToast('已退回', unheard, '，已告知导入人'), card };
});

/** 告知导入人 — or, when he has no account any more, the other inspectors. @returns why nobody hears of it; null: somebody does */
async function tellImporter(ctx: Context, row: WorkbookImportRow, items: number): Promise<string | null> {
  const office = (await findHolders(ctx.tx, { roles: ['inspector', 'chiefInspector'] }, ctx.today)).filter(({ openId }) => openId !== null);
  const importer = office.filter(({ personId }) => personId === row.uploadedById);
  const told = importer.length > 0 ? importer : office.filter(({ role }) => role === 'inspector');
  const card = noticeCard({
    title: '任务表被退回',
    text: `《${row.fileName}》被${row.returnedBy ?? ''}退回：${row.returnReason ?? ''}\n写入的${items}项和任务书已全部撤回，编号可以照用。请改好表格，重新发给我。`,
    tone: 'warning',
  });
  for (const openId of new Set(told.flatMap((person) => person.openId ?? [])))
    if (openId !== ctx.actor.openId)
      ctx.outbox.sendCard({
        to: { person: openId },
        cardKey: `import-returned:${row.id}`,
        card,
        dedupeKey: `import-returned:${row.id}:${openId}`,
        priority: 'task',
      });
  return told.length > 0 ? null : '督查员都没有飞书账号，收不到，请当面告知';
}
