import type { IncomingMessage } from 'node:http';

/** 读到的请求体，或者不再读下去的原因 */
export type BodyRead =
  | { readonly kind: 'read'; readonly body: Buffer }
  | { readonly kind: 'refused'; readonly status: 400 | 408 | 413; readonly reason: 'aborted' | 'too-slow' | 'too-large' };

export interface BodyLimits {
  /** bytes */
  readonly sizeMax: number;
  /** milliseconds for the whole body */
  readonly timeoutMs: number;
}

const tooLarge: BodyRead = { kind: 'refused', status: 413, reason: 'too-large' };
const tooSlow: BodyRead = { kind: 'refused', status: 408, reason: 'too-slow' };
const aborted: BodyRead = { kind: 'refused', status: 400, reason: 'aborted' };

/** 读请求体 — the exact bytes, however they were cut into chunks. Past a limit nothing more is read; the caller closes the connection. */
export function readBody(request: IncomingMessage, { sizeMax, timeoutMs }: BodyLimits): Promise<BodyRead> {
  if (Number(request.headers['content-length'] ?? 0) > sizeMax) return Promise.resolve(tooLarge);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > sizeMax) settle(tooLarge);
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle({ kind: 'read', body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size) });
    const onClose = (): void => settle(aborted);
    const timer = setTimeout(() => settle(tooSlow), timeoutMs);
    const settle = (result: BodyRead): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      if (result.kind === 'refused') request.pause();
      resolve(result);
    };
    request.on('data', onData).on('end', onEnd).on('close', onClose);
    // 断线会先报 error 再报 close；这里只等 close，但没有人听的 error 会结束进程。
    request.on('error', () => undefined);
  });
}
