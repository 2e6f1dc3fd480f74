import { formatTime } from '#cards/kit/format';
import { confirmProject as confirmAction } from '#cards/projects/actions';
import { type ProjectPreviewProps, projectPreviewCard } from '#cards/projects/import-preview.card';
import { on } from '#core/click';
import type { Answer } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { newId } from '#core/ids';
import type { ReceivedWorkbook, WorkbookImporter } from '#core/workbook';
import { checkProject } from '#domain/projects/check-project';
import { projectImportMachine } from '#domain/projects/model';
import { shortNumber } from '#domain/projects/overview';
import { isProjectSheet } from '#domain/projects/project-sheet';
import { confirmProject, describedTree } from '#domain/projects/register';
import { compareProject, type FieldChange, type ProjectRevision, placedIn, type RevisedTask, whyNotRevise } from '#domain/projects/revise';
import { findLastConfirmed, findProject, findProjectImportByHash, insertProjectImport, type ProjectImportRow } from '#domain/projects/store';
import { assertMay, may } from '#domain/roster/policy';
import { findHolders, listUnits } from '#domain/roster/store';
import { unreachedAmong } from '#domain/roster/unreached';
import { openStatuses } from '#domain/work-items/model';
import type { WorkItem } from '#domain/work-items/records';
import { readTree } from '#domain/work-items/tree/store';
import { readRosterView } from '#domain/workbook-import/store';
import { projectImportKey, projectTasksKey, readOverview, refreshProject, tasksView } from './views.ts';

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
  // 后来又按别的表改过的，再发旧表是要改回来：重新核对。
  const outdated = former?.state === 'confirmed' && (await findLastConfirmed(ctx.tx, former)) !== former.id;
  if (former && !outdated) {
    assertMay(ctx.actor, 'importProject', { unitCode: former.unitCode });
    return answer(ctx, former, `与${formatTime(former.uploadedAt)}发来的文件相同，结果不变。`);
  }
  const name = nameIn(workbook.fileName);
  if (name === null) throw new InvalidError('文件名里看不出是哪个项目。请把文件名改成“食堂改造-7-60-178”这样，以项目名称开头，再发一次。');
  const roster = await readRosterView(ctx.tx, ctx.today);
  // 跨了年还在办的项目，改的是它，不另立一个。
  const newest = await findProject(ctx.tx, { name });
  const year = newest && [...openStatuses, 'suspended'].includes(newest.status) ? newest.year : Number(ctx.today.slice(0, 4));
  const { unitCode, tasks, summary } = checkProject(workbook.sheets, { roster, baseYear: year });
  if (unitCode === null) throw new InvalidError('责任党员没有一位在花名册里，无法认出承担单位。请先更新花名册，再发这份表。');
  assertMay(ctx.actor, 'importProject', { unitCode });
  const existing = await findProject(ctx.tx, { name, year });
  if (existing && existing.leadUnit !== unitCode) {
    const units = new Map((await listUnits(ctx.tx)).map((unit) => [unit.code, unit.name]));
    throw new InvalidError(
      `${year}年的${name}由${units.get(existing.leadUnit) ?? existing.leadUnit}承担，这份表里的责任党员是${units.get(unitCode) ?? unitCode}的。请核对责任党员，或换一个项目名称再发；没有写入任何数据。`,
    );
  }
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
  const { row, project, tasks, revision } = await confirmProject(ctx, importId);
  const overview = await readOverview(ctx, project.id);
  const postIds = revision ? postsIn(revision) : [...new Set(tasks.flatMap(({ responsiblePostId }) => responsiblePostId ?? []))];
  const holders = await findHolders(ctx.tx, { postIds }, ctx.today);
  for (const postId of postIds) {
    const card = await tasksView(ctx, overview, postId);
    for (const { openId } of holders.filter((holder) => holder.postId === postId)) {
      if (!openId) continue;
      const [cardKey, dedupeKey] = [
        projectTasksKey(project.id, postId),
        `project-tasks:${project.id}:${postId}:${openId}${revision ? `:${importId}` : ''}`,
      ];
      ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey, priority: 'task', ...(revision ? { replaces: [cardKey] } : {}) });
    }
  }
  const card = projectPreviewCard(await previewProps(ctx, row, null));
  ctx.outbox.updateCard({ cardKey: projectImportKey(importId), card });
  const unreached = unreachedAmong(postIds, holders);
  const told = postIds.length - unreached.reduce((sum, { postIds: posts }) => sum + posts.length, 0);
  const others = unreached.length > 0 ? `；${unreached.map(({ name }) => name).join('、')}没有飞书账号，请当面告知` : '';
  if (!revision) return { toast: `已导入${tasks.length}个任务，任务卡已发给${told}名责任党员${others}`, card };
  await refreshProject(ctx, project.id, null);
  const { added, changed } = revision;
  const count = (items: readonly { kind: string }[]): number => items.filter(({ kind }) => kind === 'task').length;
  return { toast: `已按新表改好：新增${count(added)}个、调整${changed.length}处，已告知${told}名责任党员${others}`, card };
});

/** 改动牵涉的责任党员 — those who get a task, and those who lose one. */
function postsIn({ added, changed }: ProjectRevision): string[] {
  const owners = changed.flatMap(({ item, changes }) => [
    item.responsiblePostId ?? '',
    ...changes.flatMap(({ field, after }) => (field === 'owner' ? [after] : [])),
  ]);
  return [...new Set([...added.map(({ responsiblePostId }) => responsiblePostId ?? ''), ...owners])].filter((postId) => postId !== '');
}

async function answer(ctx: Context, row: ProjectImportRow, sameAs: string | null): Promise<Answer> {
  return { card: projectPreviewCard(await previewProps(ctx, row, sameAs)), cardKey: projectImportKey(row.id), privately: true };
}

async function previewProps(ctx: Context, row: ProjectImportRow, sameAs: string | null) {
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === row.unitCode);
  const existing = await findProject(ctx.tx, row);
  const project = row.state === 'confirmed' ? existing : null;
  const { id: importId, name, fileName } = row;
  const confirmed = project && { projectId: project.id, percent: (await readOverview(ctx, project.id)).percent };
  const revision = existing && !confirmed ? await revisionProps(ctx, row, existing) : null;
  const postIds = row.tasks.flatMap(({ ownerPostId }) => ownerPostId ?? []);
  const unreached = unreachedAmong(postIds, await findHolders(ctx.tx, { postIds }, ctx.today)).map((one) => one.name);
  const unitName = unit?.name ?? row.unitCode;
  return { importId, name, fileName, unitName, today: ctx.today, sameAs, ...row.summary, confirmed, revision, unreached };
}

/** 改动 → 卡片 */
async function revisionProps(ctx: Context, row: ProjectImportRow, existing: WorkItem): Promise<ProjectPreviewProps['revision']> {
  const tree = await readTree(ctx.tx, existing.id);
  const revision = compareProject(tree, placedIn(tree, await describedTree(ctx, row, existing.series)));
  const postIds = revision.changed.flatMap(({ changes }) =>
    changes.flatMap(({ field, before, after }) => (field === 'owner' ? [before, after] : [])),
  );
  const holders = await findHolders(ctx.tx, { postIds }, ctx.today);
  const nameOf = (postId: string): string => holders.find((holder) => holder.postId === postId && holder.delegateFor === null)?.name ?? '岗位空缺';
  const line = ({ number, title, changes }: RevisedTask): string =>
    `${number} ${title}：${changes.map(({ field, before, after }) => (field === 'owner' ? inWords(field, nameOf(before), nameOf(after)) : inWords(field, before, after))).join('；')}`;
  const tasks = (items: readonly WorkItem[]): string[] =>
    items.filter(({ kind }) => kind === 'task').map((item) => `${shortNumber(item)} ${item.title}`);
  return {
    added: tasks(revision.added),
    changed: revision.changed.map(line),
    missing: tasks(revision.missing),
    finished: revision.finished.map(({ number, title }) => `${number} ${title}`),
    refusal: whyNotRevise(ctx, revision),
  };
}

const fieldWords: Readonly<Record<FieldChange['field'], string>> = {
  title: '名称',
  owner: '责任党员',
  startOn: '开始日期',
  dueOn: '完成时限',
  mandatory: '',
  evidence: '佐证材料',
  remark: '备注',
};

const inWords = (field: FieldChange['field'], before: string, after: string): string => `${fieldWords[field]}${quoted(before)}改为${quoted(after)}`;
const quoted = (text: string): string => (text === '' ? '（空）' : text.length > 20 ? `${text.slice(0, 20)}…` : text);

/** 项目名称 — the words with which the name of the file begins. */
function nameIn(fileName: string): string | null {
  const [, name = ''] = /^(?:20\d{2}年?)?(\p{Script=Han}{2,20})/u.exec(fileName.normalize('NFKC').trim()) ?? [];
  return name.replace(/(?:项目)?(?:任务)?分解表?$/, '') || null;
}
