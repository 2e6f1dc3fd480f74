import { afterEach, beforeEach } from 'vitest';
import { defaultApp } from '#platform/emulator/app';
import { listenOnLoopback } from '#platform/emulator/loopback';
import { createOpenApi } from '#platform/emulator/open-api';
import { createScene, type Scene } from './emulator-scene.ts';

/** HTTP 的应答 */
export interface Answer {
  readonly status: number;
  readonly code: number;
  readonly msg: string;
  readonly data: Record<string, unknown>;
  readonly raw: Record<string, unknown>;
  readonly headers: Headers;
}

interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** 经 HTTP 调用模拟平台 — a fresh scene and server for every test of the file that calls this. */
export function useOpenApi() {
  let scene: Scene;
  let base = '';
  let token = '';
  let close: () => Promise<void>;
  const call = async (method: string, path: string, { body, headers = { authorization: `Bearer ${token}` } }: CallOptions = {}): Promise<Answer> => {
    const response = await fetch(`${base}/open-apis${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const raw = (await response.json()) as Record<string, unknown>;
    const { code, msg, data } = raw as { code: number; msg: string; data: Record<string, unknown> };
    return { status: response.status, code, msg, data, raw, headers: response.headers };
  };
  const fetchToken = (secret = defaultApp.appSecret): Promise<Answer> =>
    call('POST', '/auth/v3/tenant_access_token/internal', { body: { app_id: defaultApp.appId, app_secret: secret }, headers: {} });
  const renewToken = async (): Promise<string> => {
    token = String((await fetchToken()).raw['tenant_access_token']);
    return token;
  };
  const send = (
    to: string,
    content: unknown,
    { msgType = 'text', type = 'open_id', uuid }: { msgType?: string; type?: string; uuid?: unknown } = {},
  ) =>
    call('POST', `/im/v1/messages?receive_id_type=${type}`, {
      body: {
        receive_id: to,
        msg_type: msgType,
        content: typeof content === 'string' ? content : JSON.stringify(content),
        ...(uuid === undefined ? {} : { uuid }),
      },
    });
  const upload = async (
    path: string,
    fields: Record<string, string>,
    file: Uint8Array,
  ): Promise<{ status: number; code: number; data: Record<string, string> }> => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file_name' in fields ? 'file' : 'image', new Blob([Uint8Array.from(file)]));
    const response = await fetch(`${base}/open-apis${path}`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: form });
    return { status: response.status, ...((await response.json()) as { code: number; data: Record<string, string> }) };
  };

  beforeEach(async () => {
    scene = createScene();
    const server = await listenOnLoopback(createOpenApi(scene.api));
    base = server.url;
    close = server.close;
    await renewToken();
  });
  afterEach(() => close());

  return {
    get scene() {
      return scene;
    },
    get base() {
      return base;
    },
    get token() {
      return token;
    },
    call,
    fetchToken,
    renewToken,
    send,
    sendCard: (to: string, card: unknown, options: { type?: string } = {}) => send(to, card, { ...options, msgType: 'interactive' }),
    patch: (messageId: string, card: unknown) => call('PATCH', `/im/v1/messages/${messageId}`, { body: { content: JSON.stringify(card) } }),
    upload,
  };
}

export const messageIdOf = ({ data }: Answer): string => String(data['message_id']);
