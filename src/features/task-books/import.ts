import { formatTime } from '#cards/kit/format';
import { type ImportPreviewProps, importPreviewCard } from '#cards/task-books/import-preview.card';
import type { Answer } from '#core/command';
import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import { ConflictError, InvalidError } from '#core/errors';
import type { JobWorld } from '#core/job';
import type { ExaminedWorkbook, ReceivedWorkbook, WorkbookImporter } from '#core/workbook';
import { loadCalendar } from '#domain/calendar/store';
import { chiefDesk, findDesk } from '#domain/roster/desk';
import { may } from '#domain/roster/policy';
import { taskBookMachine } from '#domain/work-items/model';
import { findBooksOfImport, findCodesOfYear } from '#domain/work-items/store';
import type { CheckAgainst } from '#domain/workbook-import/check-tasks';
import { type CheckSummary, cancelUntil } from '#domain/workbook-import/model';
import { findImport, importIdOf, insertImport, readRosterView, reviseImport, type WorkbookImportRow } from '#domain/workbook-import/store';
import { isTaskSheet } from '#domain/workbook-import/task-sheet';
import { importKey } from './views.ts';

type Examined = ExaminedWorkbook<CheckSummary>;

/** 导入任务表 — dry run first: everything is checked, nothing is written. */
export const taskImporter: WorkbookImporter<Examined> = {
  name: 'task-books',
  title: '年度重点工作任务表',
  recognises: (sheets) => sheets.some(isTaskSheet),
  mayImport: (actor) => may(actor, 'importTasks'),
  examiner: { module: new URL('../../domain/workbook-import/examine.ts', import.meta.url), input: gather },
  receive,
};

/** 核对所依的一切，在一个短事务里读齐。 */
async function gather(world: JobWorld, workbook: ReceivedWorkbook): Promise<{ input: CheckAgainst; progressKey?: string }> {
  const baseYear = yearIn(workbook.fileName);
  if (baseYear === null) throw new InvalidError('文件名里没有年份。请把文件名改成“2026年重点工作任务”这样再发，时限里没写年份的按它来认。');
  return world.briefly(async (ctx) => {
    const roster = await readRosterView(ctx.tx, ctx.today);
    if (roster.units.length === 0) throw new InvalidError('还没有花名册，无法核对单位和人员。请系统管理员先发送花名册。');
    const id = await importIdOf(ctx.tx, workbook.sha256);
    const known = await findImport(ctx.tx, id);
    const taken = await findCodesOfYear(ctx.tx, baseYear);
    return {
      input: { roster, calendar: await loadCalendar(ctx.tx), baseYear, today: ctx.today, taken },
      ...(known ? {} : { progressKey: importKey(id) }),
    };
  });
}

async function receive(ctx: Context, workbook: ReceivedWorkbook, { found, bulkBlobId, markedBlobId }: Examined): Promise<Answer> {
  const id = await importIdOf(ctx.tx, workbook.sha256);
  const former = await findImport(ctx.tx, id);
  if (former && former.state !== 'checked') return answer(ctx, former, `与${saidWhen(ctx, former.uploadedAt)}文件相同。`);
  if (former?.summary.digest === found.digest) return answer(ctx, former, `与${saidWhen(ctx, former.uploadedAt)}文件相同，结果不变。`);
  const given = {
    id,
    fileName: workbook.fileName,
    year: yearIn(workbook.fileName) ?? 0,
    summary: found,
    rowsBlobId: bulkBlobId,
    resultBlobId: markedBlobId,
  };
  if (former) {
    if (!(await reviseImport(ctx.tx, given))) throw new ConflictError();
    await refreshImport(ctx, id);
    const said = `与${saidWhen(ctx, former.uploadedAt)}文件相同；花名册、日历、日期或文件名有变动，已重新核对。`;
    return answer(ctx, { ...former, ...given }, said);
  }
  const { sha256, blobId } = workbook;
  const row = { ...given, sha256, blobId, uploadedById: ctx.actor.personId ?? '', uploadedAt: ctx.now };
  await insertImport(ctx.tx, row);
  return answer(ctx, { ...row, state: 'checked', confirmedAt: null, returnedBy: null, returnReason: null }, null);
}

async function answer(ctx: Context, row: WorkbookImportRow, sameAs: string | null): Promise<Answer> {
  const card = importPreviewCard(await previewProps(ctx, row, sameAs));
  const files = row.state === 'checked' ? { files: [{ fileName: resultName(row.fileName), blobId: row.resultBlobId }] } : {};
  return { card, cardKey: importKey(row.id), privately: true, ...files };
}

/** 更新导入卡 — every copy, with what is true now and only the buttons that are still legal. */
export async function refreshImport(ctx: Context, importId: string): Promise<ReturnType<typeof importPreviewCard> | undefined> {
  const row = await findImport(ctx.tx, importId);
  if (!row) return undefined;
  const card = importPreviewCard(await previewProps(ctx, row, null));
  ctx.outbox.updateCard({ cardKey: importKey(importId), card });
  return card;
}

/** 导入记录 → 卡片 */
export async function previewProps(ctx: Context, row: WorkbookImportRow, sameAs: string | null): Promise<ImportPreviewProps> {
  const { people, unheard } = await findDesk(ctx, chiefDesk);
  const books = row.state === 'confirmed' ? await findBooksOfImport(ctx.tx, row.id) : [];
  const approved = books.some(({ status }) => status !== taskBookMachine.initial);
  const until = cancelUntil(row.confirmedAt ?? ctx.now, ctx.settings.cancelImportWithinMinutes);
  const { digest, ...summary } = row.summary;
  return {
    importId: row.id,
    fileName: row.fileName,
    resultName: resultName(row.fileName),
    state: row.state,
    returned: row.returnReason === null ? null : { by: row.returnedBy ?? '', reason: row.returnReason },
    pastLimits: 0,
    ...summary,
    sameAs,
    approver: people[0]?.name ?? '督查室主任',
    unheard: row.state === 'confirmed' && !approved ? unheard : null,
    approved,
    cancelUntil: row.state === 'confirmed' && !approved && ctx.now < until ? formatTime(until) : null,
  };
}

/** 校验结果的文件名 — 同一份再校验，名字不越接越长。 */
function resultName(fileName: string): string {
  return `${fileName.replace(/\.[^.]*$/, '').replace(/(-校验结果)+$/, '')}-校验结果.xlsx`;
}

function saidWhen(ctx: Context, at: Date): string {
  const day = localDateOf(at);
  return day === ctx.today ? formatTime(at) : `${Number(day.slice(5, 7))}月${Number(day.slice(8))}日${formatTime(at)}`;
}

function yearIn(fileName: string): number | null {
  const match = /(20\d{2})/.exec(fileName.normalize('NFKC'));
  return match ? Number(match[1]) : null;
}
