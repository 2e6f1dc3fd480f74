import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { ActionValue } from '#cards/kit/action';

/** 盖印的按钮值 — what travels to the client and back. Short keys: every byte counts against the card's 28 KB. */
interface SealedValue {
  /** 动作 */
  readonly a: string;
  /** 所带的编号 */
  readonly p: Readonly<Record<string, unknown>>;
  /** 给谁的：`person:…` 或 `chat:…` */
  readonly t: string;
  /** 到期，秒 */
  readonly e: number;
  readonly m: string;
}

/** 验过的点击 */
export interface Unsealed {
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly audience: string;
}

export type Verdict = { readonly kind: 'valid'; readonly value: Unsealed } | { readonly kind: 'expired' | 'forged' };

/** 印章 — quality S7: a button's value carries a MAC over action, object, audience and expiry. It never replaces the check of rights. */
export interface Seal {
  /** 印章的记号 — tells one secret from another and nothing about either */
  readonly mark: string;
  seal(value: ActionValue, audience: string, now: Date): Record<string, unknown>;
  verify(value: unknown, now: Date): Verdict;
}

// 与平台一样长：14 天后还点得到的，一律答以「已为您重发」（inbound/stale-card.ts），不再照旧卡片办事。
const lifeSeconds = 14 * 24 * 60 * 60;

/** 制印章 @param secret the app secret or SEAL_KEY; the key is derived from it and is never the Encrypt Key */
export function createSeal(secret: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, 'shuling', 'button-seal-v1', 32));
  const mac = (a: string, p: unknown, t: string, e: number): Buffer =>
    createHmac('sha256', key)
      .update(`${a}\n${canonical(p)}\n${t}\n${e}`)
      .digest()
      .subarray(0, 16);
  return {
    mark: Buffer.from(hkdfSync('sha256', secret, 'shuling', 'button-seal-mark', 8)).toString('hex'),
    seal({ action, payload }, audience, now) {
      const e = Math.floor(now.getTime() / 1000) + lifeSeconds;
      return { a: action, p: payload, t: audience, e, m: mac(action, payload, audience, e).toString('base64url') } satisfies SealedValue;
    },
    verify(value, now) {
      if (!isSealed(value)) return { kind: 'forged' };
      const given = Buffer.from(value.m, 'base64url');
      const expected = mac(value.a, value.p, value.t, value.e);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { kind: 'forged' };
      if (value.e * 1000 < now.getTime()) return { kind: 'expired' };
      return { kind: 'valid', value: { action: value.a, payload: value.p, audience: value.t } };
    },
  };
}

/** 键按字母排序：平台转发时可能改变对象里键的次序。 */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

function isSealed(value: unknown): value is SealedValue {
  if (typeof value !== 'object' || value === null) return false;
  const { a, p, t, e, m } = value as Record<string, unknown>;
  return typeof a === 'string' && typeof p === 'object' && p !== null && typeof t === 'string' && typeof e === 'number' && typeof m === 'string';
}
