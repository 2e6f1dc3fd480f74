import { formatTime } from '#cards/kit/format';
import { confirmProject as confirmAction } from '#cards/projects/actions';
import { projectPreviewCard } from '#cards/projects/import-preview.card';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { type Answer, on, type ReceivedWorkbook, type WorkbookImporter } from '#core/feature';
import { newId } from '#core/ids';
import { checkProject } from '#domain/projects/check-project';
import { projectImportMachine } from '#domain/projects/model';
import { isProjectSheet } from '#domain/projects/project-sheet';
import { confirmProject } from '#domain/projects/register';
import { findProject, findProjectImportByHash, insertProjectImport, type ProjectImportRow } from '#domain/projects/store';
import { assertMay, may } from '#domain/roster/policy';
import { findHolders, listUnits } from '#domain/roster/store';
import { readRosterView } from '#domain/workbook-import/store';
import { projectImportKey, projectTasksKey, readOverview, tasksView } from './views.ts';

/** 导入项目分解表 — dry run first: everything is checked, nothing is written. */
export const projectImporter: WorkbookImporter<undefined> = {
  name: 'projects',
  title: '项目分解表（部分、事项、任务、责任党员）',
  recognises: (sheets) => sheets.some(isProjectSheet),
  mayImport: (actor) => actor.posts.some(({ unitCode }) => may(actor, 'importProject', { unitCode })),
  receive: (ctx, workbook) => receive(ctx, workbook),
};

async function receive(ctx: Context, workbook: ReceivedWorkbook): Promise<Answer> {
  const former = await findProjectImportByHash(ctx.tx, workbook.sha256);
  if (former) {
    assertMay(ctx.actor, 'importProject', { unitCode: former.unitCode });
    return answer(ctx, former, `与${formatTime(former.uploadedAt)}发来的文件相同，结果不变。`);
  }
  const name = nameIn(workbook.fileName);
  if (name === null) throw new InvalidError('文件名里看不出是哪个项目。请把文件名改成“食堂改造-7-60-178”这样，以项目名称开头，再发一次。');
  const roster = await readRosterView(ctx.tx, ctx.today);
  const year = Number(ctx.today.slice(0, 4));
  const { unitCode, tasks, summary } = checkProject(workbook.sheets, { roster, baseYear: year });
  if (unitCode === null) throw new InvalidError('责任党员没有一位在花名册里，无法认出承担单位。请先更新花名册，再发这份表。');
  assertMay(ctx.actor, 'importProject', { unitCode });
  const row: ProjectImportRow = {
    id: newId(),
    fileName: workbook.fileName,
    sha256: workbook.sha256,
    blobId: workbook.blobId,
    name,
    year,
    unitCode,
    uploadedById: ctx.actor.personId ?? '',
    uploadedAt: ctx.now,
    state: projectImportMachine.initial,
    summary,
    tasks,
    confirmedAt: null,
  };
  await insertProjectImport(ctx.tx, row);
  return answer(ctx, row, null);
}

/** 确认导入 — the tree is written, and each owner gets one card with all of his tasks. */
export const onConfirmProject = on(confirmAction, async (ctx, { importId }) => {
  const { row, project, tasks } = await confirmProject(ctx, importId);
  const overview = await readOverview(ctx, project.id);
  const postIds = [...new Set(tasks.flatMap(({ responsiblePostId }) => responsiblePostId ?? []))];
  const holders = await findHolders(ctx.tx, { postIds }, ctx.today);
  for (const postId of postIds) {
    const card = await tasksView(ctx, overview, postId);
    for (const { openId } of holders.filter((holder) => holder.postId === postId)) {
      if (!openId) continue;
      const [cardKey, dedupeKey] = [projectTasksKey(project.id, postId), `project-tasks:${project.id}:${postId}:${openId}`];
      ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey, priority: 'task' });
    }
  }
  const card = projectPreviewCard(await previewProps(ctx, row, null));
  ctx.outbox.updateCard({ cardKey: projectImportKey(importId), card });
  return { toast: `已导入${tasks.length}个任务，任务卡已发给${postIds.length}名责任党员`, card };
});

async function answer(ctx: Context, row: ProjectImportRow, sameAs: string | null): Promise<Answer> {
  return { card: projectPreviewCard(await previewProps(ctx, row, sameAs)), cardKey: projectImportKey(row.id), privately: true };
}

async function previewProps(ctx: Context, row: ProjectImportRow, sameAs: string | null) {
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === row.unitCode);
  const project = row.state === 'confirmed' ? await findProject(ctx.tx, row) : null;
  const { id: importId, name, fileName } = row;
  const confirmed = project && { projectId: project.id, percent: (await readOverview(ctx, project.id)).percent };
  return { importId, name, fileName, unitName: unit?.name ?? row.unitCode, today: ctx.today, sameAs, ...row.summary, confirmed };
}

/** 项目名称 — the words with which the name of the file begins. */
function nameIn(fileName: string): string | null {
  const [, name = ''] = /^(?:20\d{2}年?)?(\p{Script=Han}{2,20})/u.exec(fileName.normalize('NFKC').trim()) ?? [];
  return name.replace(/(?:项目)?(?:任务)?分解表?$/, '') || null;
}
