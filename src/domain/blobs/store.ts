import { createHash } from 'node:crypto';
import type { Tx } from '#core/context';
import { NotFoundError } from '#core/errors';
import { type RawDb, rows, statement } from '#db/rows';

/** 一段的大小，字节 — what the database hands over or takes in one piece while clicks are waiting: some two milliseconds. */
export const partBytes = 256 * 1024;

/** 存文件 — keeps the bytes under the SHA-256 of their content; the same content is kept once. Returns that id. */
export const saveBlob = (tx: Tx, bytes: Uint8Array, now: Date): Promise<string> => save(tx, { bytes, now });

const save: (tx: Tx, file: { bytes: Uint8Array; now: Date }) => Promise<string> = statement('blobs.save', async (db, files) => {
  const ids: string[] = [];
  for (const { bytes, now } of files) {
    const id = createHash('sha256').update(bytes).digest('hex');
    const long = bytes.byteLength > partBytes;
    const isNew = await insertBlob(db, { id, bytes: long ? new Uint8Array() : bytes, sizeBytes: bytes.byteLength, createdAt: now });
    if (long && isNew) await insertParts(db, { blobId: id, bytes, createdAt: now });
    ids.push(id);
  }
  return ids;
});

interface BlobRow {
  readonly id: string;
  /** nothing when the file is in parts */
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
  readonly createdAt: Date;
}

/** 存一行 — false: it was there already. Then it counts as kept today, so that housekeeping leaves it to whoever is about to name it. */
async function insertBlob(db: RawDb, { id, bytes, sizeBytes, createdAt }: BlobRow): Promise<boolean> {
  const [saved] = await db.$queryRaw<{ isNew: boolean }[]>`
    INSERT INTO "Blob" (id, bytes, "sizeBytes", "createdAt") VALUES (${id}, ${Buffer.from(bytes)}, ${sizeBytes}::int, ${createdAt}::timestamptz)
    ON CONFLICT (id) DO UPDATE SET "createdAt" = GREATEST("Blob"."createdAt", EXCLUDED."createdAt") RETURNING xmax = 0 AS "isNew"`;
  return saved?.isNew === true;
}

/** 长的分段写：一整份一次写，主线程要停几十毫秒。 */
async function insertParts(db: RawDb, { blobId, bytes, createdAt }: { blobId: string; bytes: Uint8Array; createdAt: Date }): Promise<void> {
  for (let position = 0; position * partBytes < bytes.byteLength; position += 1) {
    const part = bytes.subarray(position * partBytes, (position + 1) * partBytes);
    await insertPart(db, { blobId, position, bytes: part, createdAt });
  }
}

interface BlobPart {
  readonly blobId: string;
  readonly position: number;
  readonly bytes: Uint8Array;
  readonly createdAt: Date;
}

async function insertPart(db: RawDb, { blobId, position, bytes, createdAt }: BlobPart): Promise<void> {
  await db.$executeRaw`
    INSERT INTO "BlobPart" ("blobId", position, bytes, "createdAt") VALUES (${blobId}, ${position}::int, ${Buffer.from(bytes)}, ${createdAt}::timestamptz)`;
}

/** 存一段 — of a long file that is still being written, under a number of its own. @param part of at most `partBytes` */
export const saveBlobPart: (tx: Tx, part: BlobPart) => Promise<void> = statement('blobs.savePart', async (db, parts) => {
  for (const part of parts) await insertPart(db, part);
  return parts.map(() => undefined);
});

const unfinishedMs = 24 * 60 * 60 * 1000;

/** 存完 — the parts become the file of that content; what was never finished goes after a day. */
export const finishBlob: (tx: Tx, file: { writtenAs: string; id: string; sizeBytes: number; now: Date }) => Promise<void> = statement(
  'blobs.finish',
  async (db, files) => {
    for (const { writtenAs, id, sizeBytes, now } of files) {
      const isNew = await insertBlob(db, { id, bytes: new Uint8Array(), sizeBytes, createdAt: now });
      if (isNew) await db.$executeRaw`UPDATE "BlobPart" SET "blobId" = ${id} WHERE "blobId" = ${writtenAs}`;
      else await db.$executeRaw`DELETE FROM "BlobPart" WHERE "blobId" = ${writtenAs}`;
      await db.$executeRaw`
        DELETE FROM "BlobPart" p
        WHERE p."createdAt" < ${new Date(now.getTime() - unfinishedMs)}::timestamptz AND NOT EXISTS (SELECT 1 FROM "Blob" b WHERE b.id = p."blobId")`;
    }
    return files.map(() => undefined);
  },
);

/** 存过没有 — if so, it counts as kept again today, as `saveBlob` would have it. */
export const touchBlob: (tx: Tx, blob: { id: string; now: Date }) => Promise<boolean> = statement('blobs.touch', async (db, blobs) => {
  const known: boolean[] = [];
  for (const { id, now } of blobs) {
    known.push((await db.$executeRaw`UPDATE "Blob" SET "createdAt" = GREATEST("createdAt", ${now}::timestamptz) WHERE id = ${id}`) === 1);
  }
  return known;
});

/** 取文件 @throws NotFoundError */
export async function readBlob(tx: Tx, id: string): Promise<Uint8Array> {
  const { bytes, parts } = await findBlob(tx, id);
  if (parts === 0) return bytes;
  const found: Uint8Array[] = [];
  for (let position = 0; position < parts; position += 1) found.push(await readBlobPart(tx, id, position));
  return Uint8Array.from(Buffer.concat(found));
}

/** 找文件 — whole, or in how many parts. @throws NotFoundError */
export async function findBlob(tx: Tx, id: string): Promise<{ readonly bytes: Uint8Array; readonly parts: number }> {
  const blob = await find(tx, id);
  if (!blob) throw new NotFoundError('文件已不存在，请重新发送', `no blob ${id}`);
  return blob;
}

// 按 base64 取：按数据库自己的十六进制写法，拆一份两兆多的文件主线程要停八十毫秒。
const find: (tx: Tx, id: string) => Promise<{ bytes: Uint8Array; parts: number } | null> = statement('blobs.find', async (db, ids) => {
  const found = await db.$queryRaw<{ id: string; base64: string; parts: number }[]>`
    SELECT id, encode(bytes, 'base64') AS base64,
      CASE WHEN octet_length(bytes) = "sizeBytes" THEN 0 ELSE (SELECT count(*)::int FROM "BlobPart" p WHERE p."blobId" = b.id) END AS parts
    FROM "Blob" b WHERE id = ANY(${[...ids]}::text[])`;
  const byId = new Map(found.map(({ id, base64, parts }) => [id, { bytes: bytesOf(base64), parts }]));
  return ids.map((id) => byId.get(id) ?? null);
});

/** 取一段 @param position from 0 @throws NotFoundError */
export async function readBlobPart(tx: Tx, blobId: string, position: number): Promise<Uint8Array> {
  const bytes = await findPart(tx, { blobId, position });
  if (!bytes) throw new NotFoundError('文件已不存在，请重新发送', `no part ${position} of blob ${blobId}`);
  return bytes;
}

const findPart: (tx: Tx, part: { blobId: string; position: number }) => Promise<Uint8Array | null> = statement(
  'blobs.findPart',
  async (db, asked) => {
    const found: (Uint8Array | null)[] = [];
    for (const { blobId, position } of asked) {
      const [part] = await db.$queryRaw<{ base64: string }[]>`
      SELECT encode(bytes, 'base64') AS base64 FROM "BlobPart" WHERE "blobId" = ${blobId} AND position = ${position}::int`;
      found.push(part ? bytesOf(part.base64) : null);
    }
    return found;
  },
);

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

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
