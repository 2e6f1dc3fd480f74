import type { Readable } from 'node:stream';

/** 读流 — counts while it reads. @returns null when it is longer than `sizeMax` bytes; the rest is not fetched. @throws when it breaks or takes too long */
export async function readStream(stream: Readable, { sizeMax, timeoutMs }: { sizeMax: number; timeoutMs: number }): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => stream.destroy(new Error(`not read to its end in ${timeoutMs} ms`)), timeoutMs);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      // 离开循环就会关掉流，连接随之断开。
      if (size > sizeMax) return null;
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks, size);
}
