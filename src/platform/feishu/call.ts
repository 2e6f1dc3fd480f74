import type { Client } from '@larksuiteoapi/node-sdk';
import { PlatformError } from '../errors.ts';
import { staleTokenCodes, toPlatformError } from './error-codes.ts';
import type { CallOptions, Sdk } from './sdk.ts';
import type { Tokens } from './tokens.ts';
import { TransportError } from './transport-error.ts';

/** 应答体 */
export interface Answer {
  readonly code?: number | undefined;
  readonly msg?: string | undefined;
}

/** 调接口 — with a token, and once more when the token turns out stale. @throws PlatformError and nothing else */
export type Call = <T>(api: string, perform: (client: Client, options: CallOptions) => Promise<T>) => Promise<T>;

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
  const answer = await perform().catch((error: unknown) => {
    throw translate(api, error);
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

/** 译错 — of the transport's error the cause is not kept. */
function translate(api: string, error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  if (!(error instanceof TransportError)) return new PlatformError('unknown', `feishu ${api}: ${String(error)}`, { cause: error });
  const { response, connected } = error;
  const { code, msg } = (typeof response?.data === 'object' && response.data !== null ? response.data : {}) as Answer;
  return toPlatformError({
    api,
    code: typeof code === 'number' ? code : null,
    message: typeof msg === 'string' ? msg : error.message,
    httpStatus: response?.status ?? null,
    headers: response?.headers ?? {},
    connected,
  });
}
