import { Readable } from 'node:stream';
import type { Client } from '@larksuiteoapi/node-sdk';
import { isAxiosError } from 'axios';
import { PlatformError } from '../errors.ts';
import { staleTokenCodes, toPlatformError } from './error-codes.ts';
import { readStream } from './read-stream.ts';
import type { CallOptions, Sdk } from './sdk.ts';
import type { Tokens } from './tokens.ts';

/** 应答体 */
export interface Answer {
  readonly code?: number | undefined;
  readonly msg?: string | undefined;
}

/** 调接口 — with a token, and once more when the token turns out stale. @throws PlatformError and nothing else */
export type Call = <T>(api: string, perform: (client: Client, options: CallOptions) => Promise<T>) => Promise<T>;

/** bytes of an error's body that are worth reading */
const errorBodyMax = 64 * 1024;
const errorBodyTimeoutMs = 5_000;

/** 建调用 @param onStale told when a token was refused and the call is tried again */
export function createCall(sdk: () => Promise<Sdk>, tokens: Tokens, onStale: (api: string) => void): Call {
  return async (api, perform) => {
    const { client, withToken } = await sdk();
    for (let retried = false; ; retried = true) {
      const token = await tokens.get();
      try {
        return await attempt(api, () => perform(client, withToken(token)));
      } catch (error) {
        const isStale = error instanceof PlatformError && error.code !== null && staleTokenCodes.has(error.code);
        if (retried || !isStale) throw error;
        tokens.forget(token);
        onStale(api);
      }
    }
  };
}

/** 试一次 — an answer of HTTP 200 may still say no: its code decides. @throws PlatformError and nothing else */
export async function attempt<T>(api: string, perform: () => Promise<T>): Promise<T> {
  const answer = await perform().catch(async (error: unknown) => {
    throw await translate(api, error);
  });
  const { code, msg } = (typeof answer === 'object' && answer !== null ? answer : {}) as Answer;
  if (code === 0) return answer;
  throw toPlatformError({
    api,
    code: typeof code === 'number' ? code : null,
    message: typeof msg === 'string' ? msg : 'the answer is not that of the platform',
    httpStatus: 200,
    headers: {},
  });
}

/** 连都没有连上，请求自然没有到 */
const notConnected = new Set<string | undefined>(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** 译错 — the HTTP client's error is not kept as the cause: it holds the token and the text of the message. */
async function translate(api: string, error: unknown): Promise<PlatformError> {
  if (error instanceof PlatformError) return error;
  if (!isAxiosError(error)) return new PlatformError('unknown', `feishu ${api}: ${String(error)}`, { cause: error });
  const { response } = error;
  const body = response === undefined ? null : await bodyOf(response.data);
  const { code, msg } = (typeof body === 'object' && body !== null ? body : {}) as Answer;
  return toPlatformError({
    api,
    code: typeof code === 'number' ? code : null,
    message: typeof msg === 'string' ? msg : error.message,
    httpStatus: response?.status ?? null,
    headers: response?.headers ?? {},
    connected: response !== undefined || !notConnected.has(error.code),
  });
}

/** 下载失败时，说明原因的 JSON 还在没读的流里（contract 8.2）。 */
async function bodyOf(data: unknown): Promise<unknown> {
  if (!(data instanceof Readable)) return data;
  try {
    const bytes = await readStream(data, { sizeMax: errorBodyMax, timeoutMs: errorBodyTimeoutMs });
    return bytes === null ? null : JSON.parse(bytes.toString('utf8'));
  } catch {
    // 读不出原因，也还有状态码可凭。
    return null;
  }
}
