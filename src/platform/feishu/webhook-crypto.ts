import { isUtf8 } from 'node:buffer';
import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 签名所用 — all three go into the hash, in front of the body. */
export interface SignatureParts {
  readonly encryptKey: string;
  /** seconds since 1970, as text */
  readonly timestamp: string;
  readonly nonce: string;
}

/** 签名请求头 */
export interface SignatureHeaders {
  readonly 'x-lark-request-timestamp': string;
  readonly 'x-lark-request-nonce': string;
  readonly 'x-lark-signature': string;
}

const blockBytes = 16;
const signatureShape = /^[0-9a-f]{64}$/;
/** 加密键只来自配置，个数有限，摘要算一次就够。 */
const derivedKeys = new Map<string, Buffer>();

/** 签名 — the three headers that the platform adds to a request, over the exact bytes of its body. */
export function signRequest(body: Buffer | string, parts: SignatureParts): SignatureHeaders {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return {
    'x-lark-request-timestamp': parts.timestamp,
    'x-lark-request-nonce': parts.nonce,
    'x-lark-signature': digestOf(bytes, parts).toString('hex'),
  };
}

/** 验签 — constant-time; a signature that is not 64 lower-case hex digits is simply wrong. */
export function isSignedBy(body: Buffer, signature: string, parts: SignatureParts): boolean {
  return signatureShape.test(signature) && timingSafeEqual(Buffer.from(signature, 'hex'), digestOf(body, parts));
}

/** 加密 — the text that stands in a body: base64 of IV and ciphertext. @param iv 16 bytes; random unless a test wants otherwise */
export function encrypt(text: string, encryptKey: string, iv: Buffer = randomBytes(blockBytes)): string {
  const cipher = createCipheriv('aes-256-cbc', deriveKey(encryptKey), iv);
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
}

/** 加密整个请求体 — `{"encrypt":"…"}` as the platform writes it. @param json the envelope as JSON text */
export function encryptBody(json: string, encryptKey: string): string {
  return `{"encrypt":"${encrypt(json, encryptKey)}"}`;
}

/** 解密 — @returns null when the length, the padding or the text (strict UTF-8) is wrong; which of them is nobody's business. */
export function decrypt(encrypted: string, encryptKey: string): string | null {
  const bytes = Buffer.from(encrypted, 'base64');
  if (bytes.length < 2 * blockBytes || bytes.length % blockBytes !== 0) return null;
  const decipher = createDecipheriv('aes-256-cbc', deriveKey(encryptKey), bytes.subarray(0, blockBytes));
  // 自己去填充：一次 update 就出全文，省去 final 和拼接；填充错也不经过异常，快慢无从分辨。
  decipher.setAutoPadding(false);
  const padded = decipher.update(bytes.subarray(blockBytes));
  const length = unpaddedLength(padded);
  if (length === null) return null;
  const text = padded.subarray(0, length);
  return isUtf8(text) ? text.toString('utf8') : null;
}

function digestOf(body: Buffer, { timestamp, nonce, encryptKey }: SignatureParts): Buffer {
  return createHash('sha256')
    .update(timestamp + nonce + encryptKey)
    .update(body)
    .digest();
}

function deriveKey(encryptKey: string): Buffer {
  const known = derivedKeys.get(encryptKey);
  if (known) return known;
  const key = createHash('sha256').update(encryptKey).digest();
  derivedKeys.set(encryptKey, key);
  return key;
}

/** PKCS#7：末字节是填充长度，末尾这么多字节都须等于它。 */
function unpaddedLength(padded: Buffer): number | null {
  const padding = padded[padded.length - 1] ?? 0;
  if (padding < 1 || padding > blockBytes) return null;
  let difference = 0;
  for (let at = padded.length - padding; at < padded.length; at += 1) difference |= (padded[at] ?? 0) ^ padding;
  return difference === 0 ? padded.length - padding : null;
}
