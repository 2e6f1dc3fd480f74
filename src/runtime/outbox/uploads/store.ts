import type { Tx } from '#core/context';
import { rows } from '#db/rows';

/** 一份文件 — the bytes and the name under which people see it; the platform ties both to the key. */
export interface FileToUpload {
  readonly blobId: string;
  readonly fileName: string;
}

/** 已有的文件钥匙 — null: not uploaded yet. */
export async function findFileKey(tx: Tx, { blobId, fileName }: FileToUpload): Promise<string | null> {
  const found = await rows(tx).uploadedFile.findUnique({ where: { blobId_fileName: { blobId, fileName } } });
  return found?.fileKey ?? null;
}

/** 记下文件钥匙 */
export async function saveFileKey(tx: Tx, { blobId, fileName }: FileToUpload, { fileKey, now }: { fileKey: string; now: Date }): Promise<void> {
  await rows(tx).uploadedFile.createMany({ data: [{ blobId, fileName, fileKey, uploadedAt: now }], skipDuplicates: true });
}

/** 忘掉文件钥匙 — only the one that failed: somebody may have stored a newer one. */
export async function forgetFileKey(tx: Tx, { blobId, fileName }: FileToUpload, fileKey: string): Promise<void> {
  await rows(tx).uploadedFile.deleteMany({ where: { blobId, fileName, fileKey } });
}
