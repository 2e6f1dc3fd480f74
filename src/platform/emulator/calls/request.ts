import type { Faults } from '../faults.ts';
import type { RateLimits, RateWindow } from '../rate-limits.ts';
import type { EmulatorStore } from '../store.ts';
import { type ApiAnswer, Refusal } from './answer.ts';

/** 名与值 — what is not there is undefined. */
export type Fields = Readonly<Record<string, string | undefined>>;

/** 上传的表单 */
export interface Upload {
  readonly fields: Fields;
  readonly file: Uint8Array | undefined;
}

/** 一次调用 — the same shape from both doors. */
export interface ApiRequest {
  readonly params: Fields;
  readonly query: Fields;
  /** the JSON body; undefined when there was none */
  readonly body: unknown;
  readonly upload?: Upload;
}

/** 办理一次调用所需 */
export interface CallContext {
  readonly store: EmulatorStore;
  readonly limits: RateLimits;
  readonly faults: Faults;
}

/** 接口 — one line of the route table. */
export interface Operation {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** with `:params` */
  readonly path: string;
  /** any one of these is enough; none: open to every token */
  readonly scopes: readonly string[];
  readonly windows: readonly RateWindow[];
  /** the token call carries no token */
  readonly withoutToken?: true;
  run(context: CallContext, request: ApiRequest): ApiAnswer | Promise<ApiAnswer>;
}

/** 取 JSON 对象 @throws Refusal when the body is none */
export function objectOf(body: unknown, code: number): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Refusal(code, 'body must be a JSON object');
  return body as Readonly<Record<string, unknown>>;
}

/** 分页 — page_size within the call's limit, page_token as we gave it out. @throws Refusal */
export function pageOf<T>(
  all: readonly T[],
  query: Fields,
  { sizeMax, sizeDefault, code }: { sizeMax: number; sizeDefault: number; code: number },
): { items: readonly T[]; page_token: string; has_more: boolean } {
  const size = query['page_size'] === undefined ? sizeDefault : Number(query['page_size']);
  if (!Number.isInteger(size) || size < 1 || size > sizeMax) throw new Refusal(code, `page_size must be between 1 and ${sizeMax}`);
  const token = query['page_token'];
  const given = token === undefined || token === '' ? 'from:0' : Buffer.from(token, 'base64url').toString();
  const from = Number(/^from:(\d+)$/.exec(given)?.[1] ?? Number.NaN);
  if (!Number.isInteger(from)) throw new Refusal(code, 'page_token is invalid');
  const hasMore = from + size < all.length;
  const next = hasMore ? Buffer.from(`from:${from + size}`).toString('base64url') : '';
  return { items: all.slice(from, from + size), page_token: next, has_more: hasMore };
}
