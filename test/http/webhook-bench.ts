import type { Server } from 'node:http';
import { connect } from 'node:net';
import { TestClock } from '#core/clock';
import { type ConnectionLimits, close, connectionLimits, createHttpServer, listen } from '#http/server';
import { createWebhook, type WebhookParts } from '#http/webhook';
import { createDoor, type DoorConfig } from '#platform/feishu/door';
import { normalize } from '#platform/feishu/normalize';
import { encryptBody, signRequest } from '#platform/feishu/webhook-crypto';
import type { InboundEvent } from '#platform/inbound';
import { createMetrics } from '#runtime/metrics';

export const encryptKey = 'current-encrypt-key-0000';
export const previousKey = 'previous-encrypt-key-000';
export const verificationToken = 'verification-token-0000';
export const appId = 'cli_test00000000';
export const tenantKey = 'tenant0000000000';
export const startedAt = new Date('2026-05-28T15:00:00+08:00');

/** 试验台 — the real middleware on a real server at a random port; what reaches the dispatcher is written down. */
export interface WebhookBench {
  readonly server: Server;
  readonly port: number;
  readonly clock: TestClock;
  readonly events: { readonly event: InboundEvent; readonly late: boolean }[];
  readonly logged: { readonly fields: object; readonly message: string }[];
  readonly metrics: ReturnType<typeof createMetrics>;
  /** how often the outbox was woken */
  readonly wakes: () => number;
  post(body: Buffer | string, headers?: Readonly<Record<string, string>>, path?: string): Promise<{ status: number; text: string }>;
  /** the bytes as they are, one write per chunk; resolves with everything that came back */
  raw(chunks: readonly (Buffer | string)[]): Promise<string>;
  close(): Promise<void>;
}

/** 搭试验台 */
export async function startBench(
  parts: Partial<Pick<WebhookParts, 'afterReply' | 'dispatch' | 'deadlineMs' | 'bodyTimeoutMs'>> & {
    readonly limits?: Partial<ConnectionLimits>;
  } = {},
  door: Partial<Pick<DoorConfig, 'tenantKey'>> = {},
): Promise<WebhookBench> {
  const clock = new TestClock(startedAt);
  const metrics = createMetrics();
  const events: WebhookBench['events'] = [];
  const logged: WebhookBench['logged'] = [];
  const write = (fields: object, message: string): void => void logged.push({ fields, message });
  const log = { debug: write, info: write, warn: write, error: write };
  let wakes = 0;
  const { dispatch = () => Promise.resolve({ body: '{}' }), limits } = parts;
  const webhook = createWebhook({
    door: createDoor({ encryptKeys: [encryptKey, previousKey], verificationToken, appId, tenantKey, clock, ...door }),
    normalize,
    metrics,
    log,
    afterReply: () => {
      wakes += 1;
    },
    ...parts,
    dispatch: (event, { late }) => {
      events.push({ event, late });
      return dispatch(event, { late });
    },
  });
  const pages: Parameters<typeof createHttpServer>[0]['pages'] = (context) => {
    context.status = 404;
  };
  const server = createHttpServer({ webhook, pages, log, limits: { ...connectionLimits, ...limits } });
  const port = await listen(server, { host: '127.0.0.1', port: 0 });
  return {
    server,
    port,
    clock,
    events,
    logged,
    metrics,
    wakes: () => wakes,
    post: async (body, headers = {}, path = '/webhook/event') => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        body: typeof body === 'string' ? body : new Uint8Array(body),
        headers: { 'content-type': 'application/json;charset=utf-8', ...headers },
      });
      return { status: response.status, text: await response.text() };
    },
    raw: (chunks) => sendRaw(port, chunks),
    close: () => close(server, 100),
  };
}

function sendRaw(port: number, chunks: readonly (Buffer | string)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('utf8');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
    const next = (at: number): void => {
      const chunk = chunks[at];
      if (chunk !== undefined) socket.write(chunk, () => setImmediate(next, at + 1));
    };
    next(0);
  });
}

/** 一件事的信封，按平台的样子 */
export function envelope(type: string, event: unknown, header: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  eventsMade += 1;
  return {
    schema: '2.0',
    header: {
      event_id: `event-${eventsMade}`,
      token: verificationToken,
      create_time: String(startedAt.getTime()),
      event_type: type,
      tenant_key: tenantKey,
      app_id: appId,
      ...header,
    },
    event,
  };
}
let eventsMade = 0;

/** 一次点击 */
export function clickEvent(change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    operator: { tenant_key: tenantKey, open_id: 'ou_zhang', union_id: 'on_zhang', user_id: 'u_zhang' },
    token: 'c-0001',
    action: { value: { action: 'task-books.acknowledge' }, tag: 'button', name: 'acknowledge_063', timezone: 'Asia/Shanghai' },
    host: 'im_message',
    context: { open_message_id: 'om_1', open_chat_id: 'oc_1' },
    ...change,
  };
}

/** 把机器人拉进群、移出群 */
export function membershipEvent(operatorTenantKey: string): Record<string, unknown> {
  return { chat_id: 'oc_1', operator_id: { open_id: 'ou_zhang' }, external: true, operator_tenant_key: operatorTenantKey, name: '住建局督办工作群' };
}

/** 一条文字消息 */
export function textEvent(text: string, senderTenantKey: string = tenantKey): Record<string, unknown> {
  return {
    sender: { sender_id: { open_id: 'ou_zhang', union_id: 'on_zhang', user_id: 'u_zhang' }, sender_type: 'user', tenant_key: senderTenantKey },
    message: {
      message_id: 'om_2',
      create_time: String(startedAt.getTime()),
      chat_id: 'oc_2',
      chat_type: 'p2p',
      message_type: 'text',
      content: JSON.stringify({ text }),
    },
  };
}

export interface Signing {
  readonly key?: string;
  readonly at?: Date;
  readonly timestamp?: string;
  readonly nonce?: string;
}

/** 签名请求头 */
export function sign(body: Buffer | string, { key = encryptKey, at = startedAt, timestamp, nonce }: Signing = {}): Record<string, string> {
  noncesMade += 1;
  const parts = { encryptKey: key, timestamp: timestamp ?? String(Math.floor(at.getTime() / 1000)), nonce: nonce ?? `nonce-${noncesMade}` };
  return { ...signRequest(body, parts) };
}
let noncesMade = 0;

/** 加密并签名 */
export function sealed(envelopeOrText: unknown, signing: Signing = {}): { body: string; headers: Record<string, string> } {
  const json = typeof envelopeOrText === 'string' ? envelopeOrText : JSON.stringify(envelopeOrText);
  const body = encryptBody(json, signing.key ?? encryptKey);
  return { body, headers: sign(body, signing) };
}
