import { constants, createHash, createPrivateKey, createPublicKey, generateKeyPair, privateDecrypt, publicEncrypt, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { InvalidError } from '#core/errors';

// RFC 9474，RSABSSA-SHA384-PSS-Randomized。遮挡、揭开在投票人的浏览器里，用 @cloudflare/blindrsa-ts（features/review/blind-client）；
// 服务器只做两件事：照 RFC 第 4.3 节盲签（就是一次不填充的 RSA，OpenSSL 做，快而不漏时间），照标准的 RSA-PSS 验签。

const modulusBits = 2048;
const modulusBytes = modulusBits / 8;
const saltBytes = 48;
/** 32 random bytes of the browser, after the 32 that RFC 9474 puts in front */
const tokenBytes = 64;

/** 一副钥匙 — base64: SPKI, PKCS#8. */
export interface TokenKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** 造一副钥匙 */
export async function makeTokenKeys(): Promise<TokenKeys> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: modulusBits });
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
  };
}

/**
 * 盲签 — signs what was covered up, without seeing what it is (RFC 9474, 4.3: the result is checked before it leaves).
 * @param blinded base64url, as long as the modulus
 */
export function blindSign({ publicKey, privateKey }: TokenKeys, blinded: string): string {
  const covered = Buffer.from(blinded, 'base64url');
  if (covered.length !== modulusBytes) throw new InvalidError('领票的内容不完整，请刷新这一页再试');
  const padding = constants.RSA_NO_PADDING;
  const signed = powered(() => privateDecrypt({ key: privateKeyOf(privateKey), padding }, covered));
  const back = powered(() => publicEncrypt({ key: publicKeyOf(publicKey), padding }, signed));
  if (!back.equals(covered)) throw new InvalidError('领票的内容不完整，请刷新这一页再试');
  return signed.toString('base64url');
}

/** 不小于模数的数，OpenSSL 拒绝 */
function powered(work: () => Buffer): Buffer {
  try {
    return work();
  } catch {
    throw new InvalidError('领票的内容不完整，请刷新这一页再试');
  }
}

/** 是不是我们签的票 — an ordinary RSA-PSS verification; null: it is not. @returns the fingerprint under which the token is spent */
export function tokenHandle(publicKey: string, { token, signature }: { token: string; signature: string }): string | null {
  const [message, signed] = [Buffer.from(token, 'base64url'), Buffer.from(signature, 'base64url')];
  if (message.length !== tokenBytes || signed.length !== modulusBytes) return null;
  const key = { key: publicKeyOf(publicKey), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: saltBytes };
  return verify('sha384', message, key, signed) ? createHash('sha256').update(message).digest('hex') : null;
}

/** 送来盲签的那一串的指纹 */
export const requestHashOf = (blinded: string): string => createHash('sha256').update(blinded).digest('hex');

/**
 * 核对码 — eight letters for all keys of one opening. The same on every phone and on the big screen: nobody was given a key of his
 * own by which his ballot could be told.
 */
export function keyCode(keys: readonly { readonly voterClass: string; readonly publicKey: string }[]): string {
  const lines = keys.map(({ voterClass, publicKey }) => `${voterClass} ${publicKey}`).sort((left, right) => (left < right ? -1 : 1));
  const digest = createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 8);
  return `${digest.slice(0, 4)} ${digest.slice(4)}`;
}

const privateKeyOf = (base64: string) => createPrivateKey({ key: Buffer.from(base64, 'base64'), type: 'pkcs8', format: 'der' });
const publicKeyOf = (base64: string) => createPublicKey({ key: Buffer.from(base64, 'base64'), type: 'spki', format: 'der' });
