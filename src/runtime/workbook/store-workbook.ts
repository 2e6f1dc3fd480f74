import { createHash } from 'node:crypto';
import type { SheetToWrite } from '#core/feature';
import { newId } from '#core/ids';
import type { Database } from '#db/client';
import { withStatements, withTransaction } from '#db/transaction';
import { finishBlob, partBytes, saveBlobPart } from '#domain/blobs/store';
import { writeWorkbook } from './write-workbook.ts';

/**
 * 写表格入库 — the rows pass through, and so does the file: it is stored part by part, each in a short transaction of its own, so that
 * memory grows neither with the rows nor with the file. Returns the id of the blob.
 */
export async function storeWorkbook(database: Database, sheet: SheetToWrite, now: Date): Promise<string> {
  const writtenAs = newId();
  const hash = createHash('sha256');
  let [position, sizeBytes] = [0, 0];
  const store = async (bytes: Uint8Array): Promise<void> => {
    hash.update(bytes);
    sizeBytes += bytes.byteLength;
    await withStatements(database, (tx) => saveBlobPart(tx, { blobId: writtenAs, position, bytes, createdAt: now }));
    position += 1;
  };
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of writeWorkbook(sheet)) {
    held.push(chunk as Uint8Array);
    size += (chunk as Uint8Array).byteLength;
    if (size < partBytes) continue;
    await store(Buffer.concat(held));
    [held, size] = [[], 0];
  }
  if (size > 0) await store(Buffer.concat(held));
  const id = hash.digest('hex');
  await withTransaction(database, (tx) => finishBlob(tx, { writtenAs, id, sizeBytes, now }));
  return id;
}
