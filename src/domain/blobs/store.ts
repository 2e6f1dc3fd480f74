import { createHash } from 'node:crypto';
import type { Tx } from '#core/context';
import { NotFoundError } from '#core/errors';
import { rows, statement } from '#db/rows';

/** 存文件 — keeps the bytes under the SHA-256 of their content; the same content is kept once. Returns that id. */
export const saveBlob = (tx: Tx, bytes: Uint8Array, now: Date): Promise<string> => save(tx, { bytes, now });

// 存过的也记成今天的：清旧的看它，刚存、还没有哪一行写上它的，就不会被清走。
const save: (tx: Tx, file: { bytes: Uint8Array; now: Date }) => Promise<string> = statement('blobs.save', async (db, files) => {
  const ids: string[] = [];
  for (const { bytes, now } of files) {
    const id = createHash('sha256').update(bytes).digest('hex');
    await db.$executeRaw`
      INSERT INTO "Blob" (id, bytes, "sizeBytes", "createdAt") VALUES (${id}, ${Buffer.from(bytes)}, ${bytes.byteLength}::int, ${now}::timestamptz)
      ON CONFLICT (id) DO UPDATE SET "createdAt" = GREATEST("Blob"."createdAt", EXCLUDED."createdAt")`;
    ids.push(id);
  }
  return ids;
});

/** 存一段 — of a long file that is still being written, under a number of its own. */
export async function saveBlobPart(tx: Tx, part: { blobId: string; position: number; bytes: Uint8Array; createdAt: Date }): Promise<void> {
  await rows(tx).blobPart.create({ data: { ...part, bytes: Uint8Array.from(part.bytes) } });
}

const unfinishedMs = 24 * 60 * 60 * 1000;

/** 存完 — the parts become the file of that content; what was never finished goes after a day. */
export async function finishBlob(
  tx: Tx,
  { writtenAs, id, sizeBytes, now }: { writtenAs: string; id: string; sizeBytes: number; now: Date },
): Promise<void> {
  const db = rows(tx);
  const { count } = await db.blob.createMany({ data: [{ id, bytes: new Uint8Array(), sizeBytes, createdAt: now }], skipDuplicates: true });
  if (count === 1) await db.blobPart.updateMany({ where: { blobId: writtenAs }, data: { blobId: id } });
  else await db.blobPart.deleteMany({ where: { blobId: writtenAs } });
  await db.$executeRaw`
    DELETE FROM "BlobPart" p WHERE p."createdAt" < ${new Date(now.getTime() - unfinishedMs)} AND NOT EXISTS (SELECT 1 FROM "Blob" b WHERE b.id = p."blobId")`;
}

/** 取文件 @throws NotFoundError */
export async function readBlob(tx: Tx, id: string): Promise<Uint8Array> {
  const { bytes, parts } = await findBlob(tx, id);
  if (parts === 0) return bytes;
  const found = await rows(tx).blobPart.findMany({ where: { blobId: id }, orderBy: { position: 'asc' } });
  return Uint8Array.from(Buffer.concat(found.map((part) => part.bytes)));
}

/** 找文件 — whole, or in how many parts. @throws NotFoundError */
export async function findBlob(tx: Tx, id: string): Promise<{ readonly bytes: Uint8Array; readonly parts: number }> {
  const blob = await find(tx, id);
  if (!blob) throw new NotFoundError('文件已不存在，请重新发送', `no blob ${id}`);
  return blob;
}

const find: (tx: Tx, id: string) => Promise<{ bytes: Uint8Array; parts: number } | null> = statement('blobs.find', async (db, ids) => {
  const found = await db.$queryRaw<{ id: string; bytes: Uint8Array; parts: number }[]>`
    SELECT id, bytes, CASE WHEN octet_length(bytes) = "sizeBytes" THEN 0 ELSE (SELECT count(*)::int FROM "BlobPart" p WHERE p."blobId" = b.id) END AS parts
    FROM "Blob" b WHERE id = ANY(${[...ids]}::text[])`;
  const byId = new Map(found.map(({ id, bytes, parts }) => [id, { bytes: new Uint8Array(bytes), parts }]));
  return ids.map((id) => byId.get(id) ?? null);
});

/** 取一段 */
export async function readBlobPart(tx: Tx, id: string, position: number): Promise<Uint8Array> {
  const part = await rows(tx).blobPart.findUnique({ where: { blobId_position: { blobId: id, position } } });
  if (!part) throw new NotFoundError('文件已不存在，请重新发送', `no part ${position} of blob ${id}`);
  return part.bytes;
}

/**
 * 清文件 — files that are old and that nothing names any more: what was sent once (a register, the proof of a draw) and files that
 * never became an import. A file that a row of the business names stays as long as that row. Returns how many went.
 */
export async function pruneBlobs(tx: Tx, before: Date): Promise<number> {
  const [row] = await rows(tx).$queryRaw<{ gone: number }[]>`
    WITH named AS (
      SELECT "blobId" AS id FROM "WorkbookImport" UNION ALL SELECT "rowsBlobId" FROM "WorkbookImport" UNION ALL SELECT "resultBlobId" FROM "WorkbookImport"
      UNION ALL SELECT "documentBlobId" FROM "TaskBook" UNION ALL SELECT "documentBlobId" FROM "SupervisionOrder" UNION ALL SELECT "printBlobId" FROM "SupervisionOrder"
      UNION ALL SELECT "documentBlobId" FROM "MonthlyBulletin" UNION ALL SELECT "blobId" FROM "ProjectImport" UNION ALL SELECT "blobId" FROM "GroupRoll"
      UNION ALL SELECT "blobId" FROM "ReportAttachment" UNION ALL SELECT "blobId" FROM "ReviewSession" UNION ALL SELECT "ballotsBlobId" FROM "ReviewSession"
    ), gone AS (
      DELETE FROM "Blob" b WHERE b."createdAt" < ${before} AND NOT EXISTS (SELECT 1 FROM named WHERE named.id = b.id)
        AND NOT EXISTS (SELECT 1 FROM "OutboxEntry" e WHERE e.state IN ('pending', 'sending') AND e.payload::text LIKE '%' || b.id || '%')
      RETURNING b.id
    ), parts AS (
      DELETE FROM "BlobPart" p USING gone WHERE p."blobId" = gone.id
    )
    SELECT count(*)::int AS gone FROM gone`;
  return row?.gone ?? 0;
}
