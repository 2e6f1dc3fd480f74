import type { Client } from '@larksuiteoapi/node-sdk';
import type { PlatformTime } from './platform-time.ts';

export interface Credentials {
  readonly appId: string;
  readonly appSecret: string;
  /** `https://open.feishu.cn`, a private deployment or the emulator; no trailing slash */
  readonly domain: string;
  /** of the office's network, on the way out; undefined: straight to the platform */
  readonly proxy?: string | undefined;
}

export interface Sdk {
  readonly client: Client;
  /** call options that carry an access token */
  readonly withToken: (token: string) => CallOptions;
}
export type CallOptions = Parameters<Client['im']['v1']['message']['create']>[1];

/** 载入 SDK — takes half a second, so only when the platform is really spoken to. */
export function loadSdk(): Promise<typeof import('@larksuiteoapi/node-sdk')> {
  return import('@larksuiteoapi/node-sdk');
}

/** 打开 SDK — our own HTTP client and tokens; its log is shut, because it prints tokens, secrets and message texts (contract 8.2). */
export async function openSdk({ appId, appSecret, domain, proxy }: Credentials, time: PlatformTime): Promise<Sdk> {
  const [{ Client, LoggerLevel, withTenantToken }, { createTransport }] = await Promise.all([loadSdk(), import('./transport.ts')]);
  const client = new Client({
    appId,
    appSecret,
    domain,
    disableTokenCache: true,
    httpInstance: createTransport({ proxy, time }),
    logger: silent,
    loggerLevel: LoggerLevel.fatal,
  });
  return { client, withToken: withTenantToken };
}

const nothing = (): void => undefined;
const silent = { error: nothing, warn: nothing, info: nothing, debug: nothing, trace: nothing };
