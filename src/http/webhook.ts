import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Middleware } from 'koa';
import { assertNever } from '#core/assert';
import { type Door, type InboundEvent, MalformedEvent, type Opened } from '#platform/inbound';
import type { Log } from '#runtime/log';
import type { Metrics } from '#runtime/metrics';
import { readBody } from './body.ts';
import { createTurns } from './turns.ts';

export interface WebhookParts {
  readonly door: Door;
  /** @throws MalformedEvent */
  readonly normalize: (raw: unknown) => InboundEvent;
  /** What it resolves with is sent as it is, so it resolves only after the commit. `late`: carry out only when the event is unknown. */
  readonly dispatch: (event: InboundEvent, delivery: { readonly late: boolean }) => Promise<Reply>;
  readonly metrics: Pick<Metrics, 'refused' | 'received' | 'callbackSeconds'>;
  readonly log: Log;
  /** Called when a reply has left that is not `quiet`: an update sent earlier would be rolled back by the platform (architecture 8.1). */
  readonly afterReply: () => void;
  /** milliseconds from the complete body to the answer; the platform waits for 3 s in all */
  readonly deadlineMs?: number;
  /** milliseconds for the whole body to arrive */
  readonly bodyTimeoutMs?: number;
}

/** 答复 @property quiet nothing was queued with it: a hall of votes leaves the outbox alone */
interface Reply {
  readonly body: string | Buffer;
  readonly quiet?: boolean;
}

const paths: ReadonlySet<string> = new Set(['/webhook/event', '/webhook/card']);
const bodySizeMax = 256 * 1024;
/** 一次验签、解密这么多；再多，数据库的回话就要等 */
const perTurn = 16;
const stillWorking = JSON.stringify({ toast: { type: 'info', content: '正在办理，请稍候查看结果' } });

/** 回调入口 — both addresses of the platform lead here: read, verify, put in our words, dispatch, reply. */
export function createWebhook(parts: WebhookParts): Middleware {
  const turn = createTurns(perTurn);
  return async (context, next) => {
    if (!paths.has(context.path)) {
      await next();
      return;
    }
    // 直接写应答：答复已是现成的 JSON，不必再走 Koa 的类型推断。
    context.respond = false;
    if (context.method === 'POST') await serve(parts, turn, context.req, context.res);
    else answer(context.res, 405, '', { allow: 'POST' });
  };
}

type Turn = ReturnType<typeof createTurns>;

async function serve(parts: WebhookParts, turn: Turn, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const read = await readBody(request, { sizeMax: bodySizeMax, timeoutMs: parts.bodyTimeoutMs ?? 5_000 });
  const waited = turn();
  if (waited) await waited;
  if (read.kind === 'refused') {
    refuse(parts, response, { ...read, headers: { connection: 'close' } });
    return;
  }
  const opened = parts.door(request.headers, read.body);
  switch (opened.kind) {
    case 'refused':
      refuse(parts, response, opened);
      return;
    case 'challenge':
      parts.log.info({}, 'webhook: address verified');
      answer(response, 200, JSON.stringify({ challenge: opened.challenge }));
      return;
    case 'event':
      await carryOut(parts, response, opened);
      return;
    default:
      assertNever(opened);
  }
}

async function carryOut(parts: WebhookParts, response: ServerResponse, { raw, late, release }: Extract<Opened, { kind: 'event' }>): Promise<void> {
  const stopTimer = parts.metrics.callbackSeconds.startTimer();
  const event = understand(parts, raw);
  if (event instanceof MalformedEvent) {
    refuse(parts, response, { status: 400, reason: 'malformed', detail: event.message });
    return;
  }
  const { kind, eventId } = event;
  parts.metrics.received.inc({ kind });
  if (late) parts.log.info({ eventId, kind }, 'webhook: late delivery');
  const work = parts.dispatch(event, { late });
  const outcome = await withinDeadline(work, parts.deadlineMs ?? 2_700);
  whenClosed(response, () => {
    stopTimer({ kind });
    if (outcome.kind !== 'done' || !outcome.quiet) parts.afterReply();
  });
  switch (outcome.kind) {
    case 'done':
      answer(response, 200, outcome.body);
      return;
    case 'failed':
      parts.log.error({ err: outcome.error, eventId, kind }, 'webhook: dispatch failed');
      release();
      answer(response, 500, '{}');
      return;
    case 'slow':
      parts.log.warn({ eventId, kind }, 'webhook: no answer in time, the work goes on');
      followUp(parts, work, { eventId, kind });
      // 点击不会重送，只能请他稍候；事件会重送，到时已有结果。
      if (kind !== 'cardAction') release();
      if (kind === 'cardAction') answer(response, 200, stillWorking);
      else answer(response, 503, '{}');
      return;
    default:
      assertNever(outcome);
  }
}

function understand({ normalize }: WebhookParts, raw: unknown): InboundEvent | MalformedEvent {
  try {
    return normalize(raw);
  } catch (error) {
    if (error instanceof MalformedEvent) return error;
    throw error;
  }
}

type Outcome =
  | { readonly kind: 'done'; readonly body: string | Buffer; readonly quiet: boolean }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'slow' };

function withinDeadline(work: Promise<Reply>, deadlineMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ kind: 'slow' }), deadlineMs);
    work.then(
      ({ body, quiet = false }) => {
        clearTimeout(timer);
        resolve({ kind: 'done', body, quiet });
      },
      (error: unknown) => {
        clearTimeout(timer);
        resolve({ kind: 'failed', error });
      },
    );
  });
}

/** 答复已先走一步的事，办完了也要叫醒发件箱，办砸了也要留下记录。 */
function followUp(parts: WebhookParts, work: Promise<unknown>, about: { eventId: string; kind: string }): void {
  work.then(parts.afterReply, (error: unknown) => parts.log.error({ err: error, ...about }, 'webhook: dispatch failed after the deadline'));
}

interface Refusal {
  readonly status: number;
  readonly reason: string;
  /** for the log alone; never a payload */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** 拒绝 — the sender learns the status and nothing else (quality S5). */
function refuse({ metrics, log }: WebhookParts, response: ServerResponse, { status, reason, detail, headers }: Refusal): void {
  metrics.refused.inc({ reason });
  log.warn({ status, reason, ...(detail === undefined ? {} : { detail }), from: response.socket?.remoteAddress }, 'webhook: refused');
  answer(response, status, '', headers);
}

function answer(response: ServerResponse, status: number, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/** 对方提前挂断时 close 已经发过，不会再来。 */
function whenClosed(response: ServerResponse, then: () => void): void {
  if (response.destroyed) then();
  else response.once('close', then);
}
