import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Tx } from '#core/context';
import type { LocalDate } from '#core/dates';
import { rows } from '#db/rows';
import { readBlob } from '../blobs/store.ts';
import type { ImportedItem } from '../work-items/model.ts';
import type { RosterView } from './check-tasks.ts';
import type { CheckSummary, WorkbookImportState } from './model.ts';

/** 一次导入 */
export interface WorkbookImportRow {
  readonly id: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly blobId: string;
  readonly year: number;
  readonly uploadedById: string;
  readonly uploadedAt: Date;
  readonly state: WorkbookImportState;
  readonly summary: CheckSummary;
  /** the rows that were read, as `packed` JSON */
  readonly rowsBlobId: string;
  /** 校验结果.xlsx */
  readonly resultBlobId: string;
  readonly confirmedAt: Date | null;
  readonly returnedBy: string | null;
  readonly returnReason: string | null;
}

/** 记一次预检 */
export async function insertImport(
  tx: Tx,
  { summary, ...given }: Omit<WorkbookImportRow, 'state' | 'confirmedAt' | 'returnedBy' | 'returnReason'>,
): Promise<void> {
  await rows(tx).workbookImport.create({ data: { ...given, state: 'checked', summary: summary as unknown as object } });
}

/** 换上新的预检结果 — the same file against another roster. False: it was confirmed meanwhile. */
export async function reviseImport(
  tx: Tx,
  { id, summary, ...given }: Pick<WorkbookImportRow, 'id' | 'summary' | 'fileName' | 'year' | 'rowsBlobId' | 'resultBlobId'>,
): Promise<boolean> {
  const { count } = await rows(tx).workbookImport.updateMany({
    where: { id, state: 'checked' },
    data: { ...given, summary: summary as unknown as object },
  });
  return count === 1;
}

/** 找导入 */
export async function findImport(tx: Tx, id: string): Promise<WorkbookImportRow | null> {
  return (await rows(tx).workbookImport.findUnique({ where: { id } })) as unknown as WorkbookImportRow | null;
}

/** 某人最近确认、还没有撤销和审定的导入 */
export async function findLastConfirmed(tx: Tx, uploadedById: string): Promise<WorkbookImportRow | null> {
  return (await rows(tx).workbookImport.findFirst({
    where: { uploadedById, state: 'confirmed' },
    orderBy: { confirmedAt: 'desc' },
  })) as unknown as WorkbookImportRow | null;
}

/** 这份文件的导入号 — one for the same bytes, however often they are sent; a new one after it was cancelled or returned. */
export async function importIdOf(tx: Tx, sha256: string): Promise<string> {
  const cancelled = await rows(tx).workbookImport.count({ where: { sha256, state: { in: ['cancelled', 'returned'] } } });
  return `${sha256.slice(0, 24)}-${cancelled + 1}`;
}

/** 读出预检过的行 */
export async function readRows(tx: Tx, rowsBlobId: string): Promise<readonly ImportedItem[]> {
  const packed = await readBlob(tx, rowsBlobId);
  return JSON.parse((await promisify(gunzip)(packed)).toString('utf8')) as ImportedItem[];
}

type Returned = Partial<Pick<WorkbookImportRow, 'returnedBy' | 'returnReason'>>;

/** 改导入状态 — false: somebody was faster. */
export async function moveImport(
  tx: Tx,
  { id, from, to, at, returned = {} }: { id: string; from: WorkbookImportState; to: WorkbookImportState; at: Date; returned?: Returned },
): Promise<boolean> {
  const stamp = to === 'confirmed' ? { confirmedAt: at } : { cancelledAt: at, ...returned };
  const { count } = await rows(tx).workbookImport.updateMany({ where: { id, state: from }, data: { state: to, ...stamp } });
  return count === 1;
}

/** 核对用的名册 — people with the posts that they hold today; as one text, so that a long roster holds no click up. */
export async function readRosterView(tx: Tx, today: LocalDate): Promise<RosterView> {
  const db = rows(tx);
  const units = await db.unit.findMany({ where: { active: true }, orderBy: { position: 'asc' } });
  const [row] = await db.$queryRaw<{ people: string | null }[]>`
    SELECT json_agg(json_build_object('name', p.name, 'mobile', p.mobile, 'posts', COALESCE(held.posts, '[]')))::text AS people
    FROM "Person" p LEFT JOIN (
      SELECT h."personId", json_agg(json_build_object('postId', post.id, 'unitCode', post."unitCode", 'role', post.role, 'title', post.title)) AS posts
      FROM "PostHolding" h JOIN "Post" post ON post.id = h."postId"
      WHERE h."fromOn" <= ${today} AND (h."toOn" IS NULL OR h."toOn" >= ${today}) GROUP BY h."personId"
    ) held ON held."personId" = p.id
    WHERE p.active`;
  return { units, people: JSON.parse(row?.people ?? '[]') as RosterView['people'] };
}

/** 占住导入 — whoever counts its books waits for those who are changing them, so that the last one counts all. */
export async function lockImport(tx: Tx, id: string): Promise<void> {
  await rows(tx).$queryRaw`SELECT id FROM "WorkbookImport" WHERE id = ${id} FOR UPDATE`;
}
