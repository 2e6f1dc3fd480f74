import type { Upload } from './calls/request.ts';

/**
 * 读上传的表单 — the platform's SDK writes parts without a filename, so every part but the named fields counts as the file.
 * @returns undefined when the body is not what its content type says
 */
export function parseUpload(contentType: string, body: Buffer, fileField: readonly string[]): Upload | undefined {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return undefined;
  const delimiter = Buffer.from(`--${mark}`);
  const fields: Record<string, string> = {};
  let file: Uint8Array | undefined;
  for (let from = body.indexOf(delimiter); from >= 0; ) {
    const start = from + delimiter.length;
    const next = body.indexOf(delimiter, start);
    if (next < 0) break;
    const part = readPart(body.subarray(start, next));
    if (part && fileField.includes(part.name)) file = part.bytes;
    else if (part) fields[part.name] = part.bytes.toString('utf8');
    from = next;
  }
  return { fields, file };
}

function readPart(part: Buffer): { name: string; bytes: Buffer } | undefined {
  const headEnd = part.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const name = /name="([^"]*)"/i.exec(part.subarray(0, headEnd).toString('utf8'))?.[1];
  // 部分的内容以一个换行结束，那个换行属于分界线。
  return name === undefined ? undefined : { name, bytes: part.subarray(headEnd + 4, part.length - 2) };
}
