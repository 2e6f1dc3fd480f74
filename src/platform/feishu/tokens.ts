import type { Clock } from '#core/clock';

/** 令牌 — the tenant access token, fetched once however many calls wait for it. */
export interface Tokens {
  get(): Promise<string>;
  /** The platform refused this one: the next `get` fetches another. */
  forget(token: string): void;
}

export interface IssuedToken {
  readonly token: string;
  /** ms */
  readonly lifeMs: number;
}

/** 平台在剩余不足 30 分钟时才换新令牌（contract 4.1），提前 5 分钟去取必是新的。 */
const renewBeforeMs = 5 * 60 * 1000;

/** 建令牌 @param issue asks the platform for a token */
export function createTokens(issue: () => Promise<IssuedToken>, clock: Pick<Clock, 'monotonicMs'>): Tokens {
  let current: { readonly token: string; readonly renewAtMs: number } | null = null;
  let pending: Promise<string> | null = null;
  const renew = async (): Promise<string> => {
    try {
      const { token, lifeMs } = await issue();
      current = { token, renewAtMs: clock.monotonicMs() + lifeMs - renewBeforeMs };
      return token;
    } finally {
      pending = null;
    }
  };
  return {
    get: () => {
      if (current && clock.monotonicMs() < current.renewAtMs) return Promise.resolve(current.token);
      pending ??= renew();
      return pending;
    },
    forget: (token) => {
      if (current?.token === token) current = null;
    },
  };
}
