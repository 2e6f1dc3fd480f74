import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CardJson } from '#cards/kit/card';
import { TestClock } from '#core/clock';
import { type Acts, createActs } from '#platform/emulator/act';
import { type Api, createApi } from '#platform/emulator/api';
import { createFaults, type Faults } from '#platform/emulator/faults';
import type { Chat, Person } from '#platform/emulator/model';
import { EmulatorStore } from '#platform/emulator/store';
import type { Switches } from '#platform/emulator/switches';
import { decrypt, isSignedBy } from '#platform/feishu/webhook-crypto';

export const encryptKey = 'test-encrypt-key-0123456789';
export const verificationToken = 'test-verification-token';

/** 场景 — two people, a group with the bot, a clock that stands still, rate windows on a counter of their own. */
export interface Scene {
  readonly clock: TestClock;
  readonly store: EmulatorStore;
  readonly faults: Faults;
  readonly api: Api;
  readonly zhang: Person;
  readonly lin: Person;
  readonly group: Chat;
  /** moves the rate windows */
  passMs(ms: number): void;
}

export function createScene({ switches = {}, journal, slowMs }: { switches?: Partial<Switches>; journal?: string; slowMs?: number } = {}): Scene {
  const clock = new TestClock(new Date('2026-05-28T15:00:00+08:00'));
  let realMs = 0;
  let ids = 0;
  const store = new EmulatorStore({
    clock,
    monotonicMs: () => realMs,
    ids: () => {
      ids += 1;
      return ids.toString(16).padStart(32, '0');
    },
    switches,
    ...(journal === undefined ? {} : { journal }),
  });
  const faults = createFaults(() => 0.5);
  const api = createApi({ store, faults, ...(slowMs === undefined ? {} : { slowMs }) });
  const zhang = store.addPerson({ name: '张敏', mobile: '13900000001', unit: '住建局', title: '联络员' });
  const lin = store.addPerson({ name: '林涛', mobile: '13900000002', unit: '督查室', title: '督查员' });
  const group = store.addGroup({ name: '住建局任务群', members: [zhang.openId, lin.openId], botIn: true });
  return {
    clock,
    store,
    faults,
    api,
    zhang,
    lin,
    group,
    passMs: (ms) => {
      realMs += ms;
    },
  };
}

/** 收到的一次请求 */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly raw: Buffer;
  readonly chunks: number;
  readonly signed: boolean;
  /** the decrypted envelope; undefined when the body is not one */
  readonly event: { header: Record<string, string>; event: Record<string, unknown> } & Record<string, unknown>;
}

export interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly contentType?: string;
  /** never answer, or hang up in the middle */
  readonly silence?: true;
  readonly reset?: true;
}

/** 我们的 webhook，极简 — verifies and decrypts as the product does, answers what the test wants. */
export interface Webhook {
  readonly url: string;
  readonly received: Received[];
  reply: (received: Received) => Reply | Promise<Reply>;
  close(): Promise<void>;
}

export async function openWebhook(): Promise<Webhook> {
  const received: Received[] = [];
  const webhook = { reply: (): Reply | Promise<Reply> => ({ body: {} }) } as { reply: Webhook['reply'] };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = open(request.headers, chunks);
      received.push(one);
      void Promise.resolve(webhook.reply(one)).then(({ status = 200, body = {}, contentType = 'application/json', silence, reset }) => {
        if (silence) return;
        if (reset) {
          response.writeHead(200, { 'content-length': '100' });
          response.write('{');
          response.socket?.resetAndDestroy();
          return;
        }
        response.writeHead(status, { 'content-type': contentType });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(webhook, {
    url: `http://127.0.0.1:${port}/webhook/event`,
    received,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

function open(headers: IncomingHttpHeaders, chunks: readonly Buffer[]): Received {
  const raw = Buffer.concat(chunks);
  const signed = isSignedBy(raw, String(headers['x-lark-signature']), {
    encryptKey,
    timestamp: String(headers['x-lark-request-timestamp']),
    nonce: String(headers['x-lark-request-nonce']),
  });
  return { headers, raw, chunks: chunks.length, signed, event: envelopeIn(raw) };
}

function envelopeIn(raw: Buffer): Received['event'] {
  try {
    const { encrypt } = JSON.parse(raw.toString('utf8')) as { encrypt: string };
    return JSON.parse(decrypt(encrypt, encryptKey) ?? '') as Received['event'];
  } catch {
    return { header: {}, event: {} };
  }
}

/** 举动，投给这个 webhook */
export function actsAt(scene: Scene, url: string, options: { callbackUrl?: string; ackTimeoutMs?: number } = {}): Acts {
  const { ackTimeoutMs, callbackUrl } = options;
  return createActs({
    store: scene.store,
    faults: scene.faults,
    target: { eventUrl: url, encryptKey, verificationToken, ...(callbackUrl === undefined ? {} : { callbackUrl }) },
    ...(ackTimeoutMs === undefined ? {} : { ackTimeoutMs }),
  });
}

type Element = CardJson['body']['elements'][number];
const plain = (content: string): Record<string, unknown> => ({ tag: 'plain_text', content });

/** 一张合规的卡片 */
export function cardWith(
  elements: readonly Element[],
  { config = {}, title = '督办任务' }: { config?: Record<string, unknown>; title?: string } = {},
): CardJson {
  return {
    schema: '2.0',
    config: { update_multi: true, ...config },
    header: { title: plain(title), template: 'blue' },
    body: { direction: 'vertical', elements: [...elements] },
  };
}

export const words = (content: string): Element => ({ tag: 'markdown', content });

export function callbackButton(text: string, value: Record<string, unknown>, extra: Record<string, unknown> = {}): Element {
  return { tag: 'button', text: plain(text), type: 'primary', behaviors: [{ type: 'callback', value }], ...extra };
}

/** 反馈表单：下拉、说明、日期 */
export function feedbackForm(extra: { submit?: Record<string, unknown>; note?: Record<string, unknown> } = {}): Element {
  return {
    tag: 'form',
    name: 'fb_1_r1',
    elements: [
      {
        tag: 'select_static',
        name: 'status',
        required: true,
        placeholder: plain('办理状态'),
        options: [
          { text: plain('按期推进'), value: 'on_track' },
          { text: plain('存在困难'), value: 'blocked' },
        ],
      },
      { tag: 'input', name: 'note', required: false, max_length: 20, label: plain('进展说明'), ...extra.note },
      { tag: 'date_picker', name: 'due', required: false, placeholder: plain('预计完成') },
      {
        tag: 'button',
        name: 'submit_fb_1_r1',
        type: 'primary',
        form_action_type: 'submit',
        text: plain('提交反馈'),
        value: { a: 'progress.report', p: { id: '1' } },
        ...extra.submit,
      },
    ],
  };
}
