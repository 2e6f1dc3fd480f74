import type { HttpInstance } from '@larksuiteoapi/node-sdk';
import { Agent, type Dispatcher, FormData, ProxyAgent, request } from 'undici';
import type { PlatformTime } from './platform-time.ts';
import { readStream } from './read-stream.ts';
import { TransportError } from './transport-error.ts';

type Options = Parameters<HttpInstance['request']>[0];

/** milliseconds until the connection stands, until the headers of an answer are here, and from them to its end */
const patienceMs = 8_000;
const connectionsMax = 64;
/** bytes of an answer, and of one that says no, as many as are worth reading */
const answerMax = 16 * 1024 * 1024;
const refusalMax = 64 * 1024;
/** 连都没有连上，请求自然没有到 */
const notConnected = new Set<unknown>(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

export interface TransportOptions {
  readonly proxy?: string | undefined;
  readonly timeoutMs?: number;
  readonly time?: Pick<PlatformTime, 'asking'> | undefined;
}

/**
 * 传输 — the HTTP client under the SDK in place of its own: it costs a call less than half, follows no redirect and no proxy that the
 * environment happens to name. @param proxy the one that the configuration names @param timeoutMs milliseconds for each of: connecting, the headers, the rest of an answer
 * @param time hears the `Date` of every answer
 */
export function createTransport({ proxy, timeoutMs = patienceMs, time }: TransportOptions = {}): HttpInstance {
  const limits = { connections: connectionsMax, headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connect: { timeout: timeoutMs } };
  const dispatcher = proxy === undefined ? new Agent(limits) : new ProxyAgent({ ...limits, uri: proxy });
  const send = (options: Options): Promise<unknown> => perform({ dispatcher, timeoutMs, time }, options);
  const without = (method: string) => (url: string, options?: Options) => send({ ...options, url, method });
  const withBody = (method: string) => (url: string, data?: unknown, options?: Options) => send({ ...options, url, method, data });
  return {
    request: send,
    get: without('GET'),
    delete: without('DELETE'),
    head: without('HEAD'),
    options: without('OPTIONS'),
    post: withBody('POST'),
    put: withBody('PUT'),
    patch: withBody('PATCH'),
  } as HttpInstance;
}

interface Line {
  readonly dispatcher: Dispatcher;
  readonly timeoutMs: number;
  readonly time: TransportOptions['time'];
}

/** @returns what the SDK expects: the body alone, or with the headers when it asks for them */
async function perform({ dispatcher, timeoutMs, time }: Line, options: Options): Promise<unknown> {
  const heard = time?.asking();
  const { statusCode: status, headers, body } = await ask(dispatcher, options);
  heard?.(headers['date']);
  const isOk = status >= 200 && status < 300;
  if (isOk && options.responseType === 'stream') return { data: body, headers };
  const data = await readJson(body, { sizeMax: isOk ? answerMax : refusalMax, timeoutMs });
  if (!isOk) throw new TransportError(`HTTP ${status}`, { response: { status, headers, data } });
  return options.$return_headers ? { data, headers } : data;
}

async function ask(dispatcher: Dispatcher, options: Options): Promise<Dispatcher.ResponseData> {
  const method = (options.method ?? 'GET').toUpperCase() as Dispatcher.HttpMethod;
  try {
    return await request(withQuery(options), { method, dispatcher, ...toBody(method, options) });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new TransportError(`${code ?? ''} ${message}`.trim(), { connected: !notConnected.has(code) });
  }
}

/** @returns the text itself when it is no JSON; null when it broke off or is too long: the status still says something */
async function readJson(body: Dispatcher.ResponseData['body'], limits: { sizeMax: number; timeoutMs: number }): Promise<unknown> {
  const bytes = await readStream(body, limits).catch(() => null);
  if (bytes === null) return null;
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function withQuery({ url = '', params, paramsSerializer }: Options): string {
  if (params === undefined || Object.keys(params).length === 0) return url;
  const query = typeof paramsSerializer === 'function' ? paramsSerializer(params) : new URLSearchParams(params).toString();
  return query === '' ? url : `${url}?${query}`;
}

interface Sent {
  readonly headers: Record<string, string>;
  readonly body: string | FormData | null;
}

/** SDK 给每个请求都带一个 data，读的请求里是空的。 */
function toBody(method: string, { data, headers = {} }: Options): Sent {
  const { 'Content-Type': type, ...rest } = headers as Record<string, string>;
  if (data === undefined || method === 'GET' || method === 'HEAD') return { headers: rest, body: null };
  // 表单的分隔符由写它的一方定，类型也就由它写。
  if (type?.startsWith('multipart/form-data')) return { headers: rest, body: toForm(data as Record<string, string | Blob>) };
  return { headers: { ...rest, 'Content-Type': 'application/json; charset=utf-8' }, body: JSON.stringify(data) };
}

function toForm(data: Record<string, string | Blob>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(data)) {
    if (typeof value === 'string') form.set(name, value);
    else form.set(name, value, String(data['file_name'] ?? name));
  }
  return form;
}
