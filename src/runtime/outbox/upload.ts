import type { Clock } from '#core/clock';
import type { Database } from '#db/client';
import { withTransaction } from '#db/transaction';
import { readBlob } from '#domain/blobs/store';
import { type FileToUpload, findFileKey, forgetFileKey, saveFileKey } from './uploads/store.ts';

/** 上传 — the same content under the same name goes up once, whoever it is sent to; the platform's key is used again. */
export interface Uploads {
  keyOf(file: FileToUpload): Promise<string>;
  /** The platform did not know the key: the next `keyOf` uploads anew. */
  forget(file: FileToUpload, fileKey: string): Promise<void>;
}

/** 建上传 @param upload the platform's call */
export function createUploads({
  database,
  clock,
  upload,
}: {
  database: Database;
  clock: Clock;
  upload: (fileName: string, bytes: Uint8Array) => Promise<{ fileKey: string }>;
}): Uploads {
  // 同一份文件常常同时发给几处：后来的等先来的。
  const underWay = new Map<string, Promise<string>>();
  const find = async (file: FileToUpload): Promise<string> => {
    const known = await withTransaction(database, (tx) => findFileKey(tx, file));
    if (known !== null) return known;
    const bytes = await withTransaction(database, (tx) => readBlob(tx, file.blobId));
    const { fileKey } = await upload(file.fileName, bytes);
    await withTransaction(database, (tx) => saveFileKey(tx, file, { fileKey, now: clock.now() }));
    return fileKey;
  };
  return {
    keyOf(file) {
      const name = `${file.blobId}|${file.fileName}`;
      const found = underWay.get(name) ?? find(file).finally(() => underWay.delete(name));
      underWay.set(name, found);
      return found;
    },
    forget: (file, fileKey) => withTransaction(database, (tx) => forgetFileKey(tx, file, fileKey)),
  };
}
