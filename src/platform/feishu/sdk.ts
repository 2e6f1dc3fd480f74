import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Client, HttpInstance } from '@larksuiteoapi/node-sdk';
import axios, { type AxiosResponse } from 'axios';

export interface Credentials {
  readonly appId: string;
  readonly appSecret: string;
  /** `https://open.feishu.cn`, a private deployment or the emulator; no trailing slash */
  readonly domain: string;
}

export interface Sdk {
  readonly client: Client;
  /** call options that carry an access token */
  readonly withToken: (token: string) => CallOptions;
}
export type CallOptions = Parameters<Client['im']['v1']['message']['create']>[1];

/** milliseconds until the headers of an answer */
const timeoutMs = 8_000;
const connectionsMax = 64;

/** 载入 SDK — takes half a second, so only when the platform is really spoken to. */
export function loadSdk(): Promise<typeof import('@larksuiteoapi/node-sdk')> {
  return import('@larksuiteoapi/node-sdk');
}

/** 打开 SDK — our own HTTP client and tokens; its log is shut, because it prints tokens, secrets and message texts (contract 8.2). */
export async function openSdk({ appId, appSecret, domain }: Credentials): Promise<Sdk> {
  const { Client, LoggerLevel, withTenantToken } = await loadSdk();
  const client = new Client({
    appId,
    appSecret,
    domain,
    disableTokenCache: true,
    httpInstance: createHttp(),
    logger: silent,
    loggerLevel: LoggerLevel.fatal,
  });
  return { client, withToken: withTenantToken };
}

/** SDK 要的是应答体；下载时还要应答头。 */
function createHttp(): HttpInstance {
  const http = axios.create({
    timeout: timeoutMs,
    maxRedirects: 0,
    maxBodyLength: Number.POSITIVE_INFINITY,
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets: connectionsMax }),
    httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: connectionsMax }),
  });
  http.interceptors.response.use((response) => {
    const { $return_headers: wantsHeaders } = response.config as { $return_headers?: boolean };
    const { data, headers } = response;
    return (wantsHeaders ? { data, headers } : data) as AxiosResponse;
  });
  return http as unknown as HttpInstance;
}

const nothing = (): void => undefined;
const silent = { error: nothing, warn: nothing, info: nothing, debug: nothing, trace: nothing };
