import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '#core/clock';
import type { Database } from '#db/client';
import { withStatements, withTransaction } from '#db/transaction';
import { findBlob } from '#domain/blobs/store';
import type { FileContent } from '#platform/port';
import { readParts } from '../long-files.ts';
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
  upload: (fileName: string, content: FileContent) => Promise<{ fileKey: string }>;
}): Uploads {
  // 同一份文件常常同时发给几处：后来的等先来的。
  const underWay = new Map<string, Promise<string>>();
  const find = async (file: FileToUpload): Promise<string> => {
    const known = await withTransaction(database, (tx) => findFileKey(tx, file));
    if (known !== null) return known;
    const { fileKey } = await withContent(database, file.blobId, (content) => upload(file.fileName, content));
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

/** 到这么多段，还整份放在内存里 — some eight megabytes. */
const partsInMemory = 32;

/** 拿着文件做事 — a long one is laid out on the disk part by part, each read in a short transaction, and removed afterwards. */
async function withContent<Result>(database: Database, blobId: string, work: (content: FileContent) => Promise<Result>): Promise<Result> {
  const { bytes, parts } = await withStatements(database, (tx) => findBlob(tx, blobId));
  if (parts === 0) return work(bytes);
  if (parts <= partsInMemory) {
    const read: Uint8Array[] = [];
    for await (const part of readParts(database, blobId, parts)) read.push(part);
    return work(Uint8Array.from(Buffer.concat(read)));
  }
  const folder = await mkdtemp(join(tmpdir(), 'shuling-upload-'));
  try {
    const path = join(folder, 'file');
    const target = await open(path, 'wx', 0o600);
    try {
      for await (const part of readParts(database, blobId, parts)) await target.write(part);
    } finally {
      await target.close();
    }
    return await work({ path });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
