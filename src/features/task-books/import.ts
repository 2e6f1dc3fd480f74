import { formatTime } from '#cards/kit/format';
import { type ImportPreviewProps, importPreviewCard } from '#cards/task-books/import-preview.card';
import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import { InvalidError } from '#core/errors';
import type { Answer, ReceivedWorkbook, WorkbookImporter } from '#core/feature';
import { newId } from '#core/ids';
import { loadCalendar } from '#domain/calendar/store';
import { may } from '#domain/roster/policy';
import { findHolders } from '#domain/roster/store';
import { taskBookMachine } from '#domain/work-items/model';
import { findBooksOfImport } from '#domain/work-items/store';
import { checkTasks } from '#domain/workbook-import/check-tasks';
import { summarise } from '#domain/workbook-import/model';
import { findImport, findImportByHash, insertImport, readRosterView, type WorkbookImportRow } from '#domain/workbook-import/store';
import { isTaskSheet } from '#domain/workbook-import/task-sheet';
import { importKey } from './views.ts';

/** 导入任务表 — dry run first: everything is checked, nothing is written. */
export const taskImporter: WorkbookImporter<undefined> = {
  name: 'task-books',
  title: '年度重点工作任务表',
  recognises: (sheets) => sheets.some(isTaskSheet),
  mayImport: (actor) => may(actor, 'importTasks'),
  receive: (ctx, workbook) => receive(ctx, workbook),
};

async function receive(ctx: Context, workbook: ReceivedWorkbook): Promise<Answer> {
  const former = await findImportByHash(ctx.tx, workbook.sha256);
  if (former && former.state !== 'cancelled') return answer(ctx, former, `与${saidWhen(ctx, former.uploadedAt)}发来的文件相同，结果不变。`);
  const baseYear = yearIn(workbook.fileName);
  if (baseYear === null) throw new InvalidError('文件名里没有年份。请把文件名改成“2026年重点工作任务”这样再发，时限里没写年份的按它来认。');
  const roster = await readRosterView(ctx.tx, ctx.today);
  if (roster.units.length === 0) throw new InvalidError('还没有花名册，无法核对单位和人员。请系统管理员先发送花名册。');
  const check = checkTasks(workbook.sheets.filter(isTaskSheet), { roster, calendar: await loadCalendar(ctx.tx), baseYear });
  const row: WorkbookImportRow = {
    id: newId(),
    fileName: workbook.fileName,
    sha256: workbook.sha256,
    blobId: workbook.blobId,
    year: baseYear,
    uploadedById: ctx.actor.personId ?? '',
    uploadedAt: ctx.now,
    state: 'checked',
    summary: summarise(check),
    rows: check.rows,
    confirmedAt: null,
  };
  const { state, confirmedAt, ...given } = row;
  await insertImport(ctx.tx, given);
  return answer(ctx, row, null);
}

async function answer(ctx: Context, row: WorkbookImportRow, sameAs: string | null): Promise<Answer> {
  return { card: importPreviewCard(await previewProps(ctx, row, sameAs)), cardKey: importKey(row.id), privately: true };
}

/** 更新导入卡 — the importer sees that the books were approved, and loses the button that would no longer be legal. */
export async function refreshImport(ctx: Context, importId: string): Promise<void> {
  const row = await findImport(ctx.tx, importId);
  if (row) ctx.outbox.updateCard({ cardKey: importKey(importId), card: importPreviewCard(await previewProps(ctx, row, null)) });
}

/** 导入记录 → 卡片 */
export async function previewProps(ctx: Context, row: WorkbookImportRow, sameAs: string | null): Promise<ImportPreviewProps> {
  const [chief] = await findHolders(ctx.tx, { roles: ['chiefInspector'] }, ctx.today);
  const books = row.state === 'confirmed' ? await findBooksOfImport(ctx.tx, row.id) : [];
  const approved = books.some(({ status }) => status !== taskBookMachine.initial);
  const cancelBefore = (row.confirmedAt?.getTime() ?? 0) + ctx.settings.cancelImportWithinMinutes * 60_000;
  return {
    importId: row.id,
    fileName: row.fileName,
    state: row.state,
    ...row.summary,
    sameAs,
    books: new Set(row.rows.map(({ leadUnit }) => leadUnit)).size,
    approver: chief?.name ?? '督查室主任',
    approved,
    cancellable: row.state === 'confirmed' && !approved && ctx.now.getTime() <= cancelBefore,
  };
}

function saidWhen(ctx: Context, at: Date): string {
  const day = localDateOf(at);
  return day === ctx.today ? formatTime(at) : `${Number(day.slice(5, 7))}月${Number(day.slice(8))}日${formatTime(at)}`;
}

function yearIn(fileName: string): number | null {
  const match = /(20\d{2})/.exec(fileName.normalize('NFKC'));
  return match ? Number(match[1]) : null;
}
