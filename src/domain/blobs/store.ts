import { createHash } from 'node:crypto';
import type { Tx } from '#core/context';
import { NotFoundError } from '#core/errors';
import { rows } from '#db/rows';

/** 存文件 — keeps the bytes under the SHA-256 of their content; the same content is kept once. Returns that id. */
export async function saveBlob(tx: Tx, bytes: Uint8Array, now: Date): Promise<string> {
  const id = createHash('sha256').update(bytes).digest('hex');
  await rows(tx).blob.createMany({
    data: [{ id, bytes: Uint8Array.from(bytes), sizeBytes: bytes.byteLength, createdAt: now }],
    skipDuplicates: true,
  });
  return id;
}

/** 取文件 @throws NotFoundError */
export async function readBlob(tx: Tx, id: string): Promise<Uint8Array> {
  const blob = await rows(tx).blob.findUnique({ where: { id } });
  if (!blob) throw new NotFoundError('文件已不存在，请重新发送', `no blob ${id}`);
  return blob.bytes;
}
