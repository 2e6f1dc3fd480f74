import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import type { WorkItem } from '../work-items/records.ts';
import type { ProjectImportState, ProjectSummary, ProjectTask } from './model.ts';

/** 一次项目导入 */
export interface ProjectImportRow {
  readonly id: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly blobId: string;
  readonly name: string;
  readonly year: number;
  readonly unitCode: string;
  readonly uploadedById: string;
  readonly uploadedAt: Date;
  readonly state: ProjectImportState;
  readonly summary: ProjectSummary;
  readonly tasks: readonly ProjectTask[];
  readonly confirmedAt: Date | null;
}

/** 记一次项目预检 */
export async function insertProjectImport(tx: Tx, row: ProjectImportRow): Promise<void> {
  await rows(tx).projectImport.create({ data: { ...row, summary: row.summary as unknown as object, tasks: row.tasks as unknown as object[] } });
}

/** 找项目导入 */
export async function findProjectImport(tx: Tx, id: string): Promise<ProjectImportRow | null> {
  return (await rows(tx).projectImport.findUnique({ where: { id } })) as unknown as ProjectImportRow | null;
}

/** 同一份文件最近一次的项目导入 */
export async function findProjectImportByHash(tx: Tx, sha256: string): Promise<ProjectImportRow | null> {
  return (await rows(tx).projectImport.findFirst({ where: { sha256 }, orderBy: { uploadedAt: 'desc' } })) as unknown as ProjectImportRow | null;
}

/** 这个项目最近一次确认了的导入 */
export async function findLastConfirmed(tx: Tx, { name, year }: { name: string; year: number }): Promise<string | null> {
  const found = await rows(tx).projectImport.findFirst({
    where: { name, year, state: 'confirmed' },
    orderBy: { confirmedAt: 'desc' },
    select: { id: true },
  });
  return found?.id ?? null;
}

/** 确认项目导入 — false: somebody was faster. */
export async function moveProjectImport(
  tx: Tx,
  { id, from, to, at }: { id: string; from: ProjectImportState; to: ProjectImportState; at: Date },
): Promise<boolean> {
  const { count } = await rows(tx).projectImport.updateMany({ where: { id, state: from }, data: { state: to, confirmedAt: at } });
  return count === 1;
}

/** 找项目 — by its name; the newest year first. */
export async function findProject(tx: Tx, { name, year }: { name: string; year?: number }): Promise<WorkItem | null> {
  return (await rows(tx).workItem.findFirst({
    where: { kind: 'project', title: name, ...(year === undefined ? {} : { year }) },
    omit: { internalNote: true },
    orderBy: { year: 'desc' },
  })) as unknown as WorkItem | null;
}

/** 这些岗位有任务的项目 — the tops of the trees in which the posts carry tasks. */
export async function findProjectsOfPosts(tx: Tx, postIds: readonly string[]): Promise<{ projectId: string; postId: string }[]> {
  return rows(tx).$queryRaw<{ projectId: string; postId: string }[]>`
    SELECT DISTINCT part."parentId" AS "projectId", task."responsiblePostId" AS "postId"
    FROM "WorkItem" task
    JOIN "WorkItem" item ON item.id = task."parentId"
    JOIN "WorkItem" part ON part.id = item."parentId"
    WHERE task.kind = 'task' AND task.status <> 'cancelled' AND task."responsiblePostId" = ANY(${[...postIds]}::text[])`;
}

/** 这一年用过的编号字头 — `食`, `管` … */
export async function findSeries(tx: Tx, year: number): Promise<ReadonlySet<string>> {
  const found = await rows(tx).workItem.findMany({ where: { year }, distinct: ['series'], select: { series: true } });
  return new Set(found.map(({ series }) => series));
}
