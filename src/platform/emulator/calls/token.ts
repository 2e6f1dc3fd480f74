import { type ApiAnswer, flat, Refusal } from './answer.ts';
import { type ApiRequest, type CallContext, objectOf } from './request.ts';

const lifeMs = 2 * 60 * 60 * 1000;
const renewBelowMs = 30 * 60 * 1000;

/** 取令牌 — the same token while it has 30 minutes left, then a new one; both stay valid. @throws Refusal */
export function createToken({ store }: CallContext, { body }: ApiRequest): ApiAnswer {
  const { app_id: appId, app_secret: appSecret } = objectOf(body, 10003);
  if (typeof appId !== 'string' || typeof appSecret !== 'string') throw new Refusal(10003);
  const app = store.app();
  if (appId !== app.appId || appSecret !== app.appSecret) throw new Refusal(10014, undefined, { status: store.switches().wrongSecretStatus });
  const now = store.nowMs();
  let current = store.tokens().at(-1);
  if (!current || current.expiresAt - now < renewBelowMs) {
    current = { token: store.mint('t-g1'), expiresAt: now + lifeMs };
    store.addToken(current);
  }
  return flat({ tenant_access_token: current.token, expire: Math.floor((current.expiresAt - now) / 1000) });
}

/** 验令牌 @param authorization the header as it came @throws Refusal */
export function checkToken({ store }: CallContext, authorization: string | undefined): void {
  if (authorization === undefined || authorization === '') throw new Refusal(99991661);
  const token = /^Bearer (\S+)$/.exec(authorization)?.[1];
  if (token === undefined || !/^[tu]-/.test(token)) throw new Refusal(99991671);
  const known = store.tokens().find((issued) => issued.token === token);
  if (!known || known.expiresAt <= store.nowMs()) throw new Refusal(99991663);
}
