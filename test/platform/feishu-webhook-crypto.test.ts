import { createCipheriv, createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decrypt, encrypt, encryptBody, isSignedBy, signRequest } from '#platform/feishu/webhook-crypto';
import { fc } from '../fast-check.ts';

const encryptKey = 'test key';
const parts = { encryptKey, timestamp: '1779950000', nonce: '5c1d2e' };

describe('加密', () => {
  test('官方测试向量解得开', () => {
    expect(decrypt('P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=', encryptKey)).toBe('hello world');
  });

  test('任何文字加密后再解密，一字不差', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        expect(decrypt(encrypt(text, encryptKey), encryptKey)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test('同一段文字每次加密都不同（随机 IV）', () => {
    expect(encrypt('督查督办', encryptKey)).not.toBe(encrypt('督查督办', encryptKey));
  });

  test.each([
    ['空', ''],
    ['只有 IV', Buffer.alloc(16).toString('base64')],
    ['不是整块', Buffer.alloc(40).toString('base64')],
    ['不是 base64', '督查督办'.repeat(30)],
    ['填充不对', Buffer.alloc(48, 7).toString('base64')],
    ['别人的钥匙', encrypt('hello world', 'another key')],
    ['不是 UTF-8', encryptBytes(Buffer.from([0xe7, 0x9d]))],
    ['超长编码的 UTF-8', encryptBytes(Buffer.from([0xc0, 0xaf]))],
    ['代理区的 UTF-8', encryptBytes(Buffer.from([0xed, 0xa0, 0x80]))],
  ])('解不开的一律是 null：%s', (_name, encrypted) => {
    expect(decrypt(encrypted, encryptKey)).toBeNull();
  });

  test('请求体只有 encrypt 一个字段', () => {
    const body = JSON.parse(encryptBody('{"a":"督"}', encryptKey)) as { encrypt: string };
    expect(Object.keys(body)).toEqual(['encrypt']);
    expect(decrypt(body.encrypt, encryptKey)).toBe('{"a":"督"}');
  });
});

describe('签名', () => {
  const body = Buffer.from(encryptBody('{"schema":"2.0"}', encryptKey));

  test('就是 sha256(时间戳 + 随机串 + 加密键 + 原始字节)', () => {
    const expected = createHash('sha256').update(`${parts.timestamp}${parts.nonce}${encryptKey}`).update(body).digest('hex');
    expect(signRequest(body, parts)).toEqual({
      'x-lark-request-timestamp': parts.timestamp,
      'x-lark-request-nonce': parts.nonce,
      'x-lark-signature': expected,
    });
  });

  test('改动任何一个字节，签名就不对', () => {
    const signature = signRequest(body, parts)['x-lark-signature'];
    expect(isSignedBy(body, signature, parts)).toBe(true);
    for (let at = 0; at < body.length; at += 7) {
      const changed = Buffer.from(body);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(isSignedBy(changed, signature, parts)).toBe(false);
    }
    expect(isSignedBy(body, signature, { ...parts, nonce: 'other' })).toBe(false);
    expect(isSignedBy(body, signature, { ...parts, timestamp: '1779950001' })).toBe(false);
    expect(isSignedBy(body, signature, { ...parts, encryptKey: 'another key' })).toBe(false);
  });

  test.each(['', 'abc', 'z'.repeat(64), 'A'.repeat(64), 'a'.repeat(65), '0'.repeat(64)])('不成样子的签名是错的签名：%s', (signature) => {
    expect(isSignedBy(body, signature, parts)).toBe(false);
  });
});

function encryptBytes(bytes: Buffer): string {
  const iv = Buffer.alloc(16, 1);
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(encryptKey).digest(), iv);
  return Buffer.concat([iv, cipher.update(bytes), cipher.final()]).toString('base64');
}
