import { PlatformError } from '../errors.ts';
import type { FileKind } from '../inbound.ts';
import type { Call } from './call.ts';
import { readStream } from './read-stream.ts';

const sizeMax = 10 * 1024 * 1024;
const timeoutMs = 30_000;

/** 下载 — a file that a person sent, up to 10 MB, counted while it arrives. @throws PlatformError */
export async function downloadFile(
  call: Call,
  { messageId, fileKey, kind }: { messageId: string; fileKey: string; kind: FileKind },
): Promise<Uint8Array> {
  const path = { message_id: encodeURIComponent(messageId), file_key: encodeURIComponent(fileKey) };
  const { stream } = await call('downloadFile', async (client, options) => {
    const resource = await client.im.v1.messageResource.get({ path, params: { type: kind } }, options);
    return { code: 0, stream: resource.getReadableStream() };
  });
  const bytes = await readStream(stream, { sizeMax, timeoutMs }).catch((cause: unknown) => {
    throw new PlatformError('unknown', 'feishu downloadFile: the file broke off', { cause });
  });
  if (bytes === null) throw new PlatformError('rejected', 'feishu downloadFile: the file is larger than 10 MB');
  return bytes;
}
