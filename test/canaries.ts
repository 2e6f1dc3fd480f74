import { expect } from 'vitest';
import type { EmulatorWorld } from '../src/connect-emulator.ts';

/** 网页的钥匙、卡片的更新令牌、平台的访问令牌，凡像的都算 */
const keyLike = [/\/p\/[a-z]+\/[\w-]{20,}/, /(?<![\w-])c-[\w-]{16,}/, /(?<![\w-])t-g1[\w-]{8,}/];
const mobileLike = /(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)/g;

/** 一个秘密的几种写法 — plain, escaped for a URL, and in base64 wherever in the text it may begin. */
export function formsOf(secret: string): string[] {
  const encoded = [0, 1, 2].map((ahead) => {
    const base64 = Buffer.from(`${'x'.repeat(ahead)}${secret}`)
      .toString('base64')
      .replace(/=+$/, '');
    // 头尾几个字母里混着前后的字，不作数。
    return base64.slice(ahead === 0 ? 0 : ahead + 1, -2);
  });
  return [...new Set([secret, encodeURIComponent(secret), ...encoded])];
}

/** 日志里没有秘密 — looked at when a story ends, whatever the story was about (quality S15). */
export function expectNoSecrets(log: string, { connection, store }: Pick<EmulatorWorld, 'connection' | 'store'>, more: readonly string[] = []): void {
  const { appSecret, encryptKeys, verificationToken } = connection;
  const secrets = [appSecret, ...encryptKeys, verificationToken, ...store.tokens().map(({ token }) => token), ...more];
  const found = secrets.flatMap(formsOf).filter((form) => log.includes(form));
  const mobiles = new Set(store.people().flatMap(({ mobile }) => mobile ?? []));
  const numbers = (log.match(mobileLike) ?? []).filter((number) => mobiles.has(number.replace(/\D/g, '')));
  expect([...found, ...numbers, ...keyLike.flatMap((pattern) => pattern.exec(log)?.[0] ?? [])], '日志里的秘密').toEqual([]);
}
