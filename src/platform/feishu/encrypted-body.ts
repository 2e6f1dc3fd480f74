import { isUtf8 } from 'node:buffer';

const head = Buffer.from('{"encrypt":"');
const quote = 0x22;
const backslash = 0x5c;

/**
 * 取密文 — the body is exactly `{"encrypt":"…"}`; fields beside it are refused, so none can override what is inside.
 * The spelling of the platform is cut out of the bytes; any other spelling of the same JSON is parsed.
 */
export function readEncrypted(body: Buffer): string | null {
  const end = body.length - 2;
  const isUsual =
    end >= head.length &&
    head.compare(body, 0, head.length) === 0 &&
    body.indexOf(quote, head.length) === end &&
    body[end + 1] === 0x7d &&
    body.indexOf(backslash, head.length) === -1;
  return isUsual ? body.toString('latin1', head.length, end) : parseEncrypted(body);
}

function parseEncrypted(body: Buffer): string | null {
  if (!isUtf8(body)) return null;
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null) return null;
    const { encrypt } = parsed as { encrypt?: unknown };
    return typeof encrypt === 'string' && Object.keys(parsed).length === 1 ? encrypt : null;
  } catch {
    return null;
  }
}
