import { encryptBody, signRequest } from '#platform/feishu/webhook-crypto';
import { type Envelope, envelopeOf, type WebhookTarget } from './events.ts';
import type { DeliveryFault, Faults } from './faults.ts';
import type { Attempt, Delivery } from './model.ts';
import type { EmulatorStore } from './store.ts';
import { type Transmission, transmit } from './transmit.ts';

export interface DeliveryParts {
  readonly store: EmulatorStore;
  readonly faults: Faults;
  readonly target: WebhookTarget;
  /** real ms until an unanswered request counts as failed; 3 s on the platform */
  readonly ackTimeoutMs?: number;
  /** real ms until an unreachable host counts as failed; 2 s on the platform */
  readonly connectTimeoutMs?: number;
}

export interface DeliveryDesk {
  /** 投递事件 — the first attempt is made at once; without a subscription nothing is sent. */
  sendEvent(eventType: string, event: Readonly<Record<string, unknown>>): Promise<Delivery | null>;
  /** 回调 — sent once and never again. @returns null when `card.action.trigger` is not subscribed */
  sendCallback(event: Readonly<Record<string, unknown>>): Promise<{ delivery: Delivery; transmission: Transmission } | null>;
  /** 补投 — every attempt that has fallen due by `now`, in the order of their times; also lets go what was held back. @returns the number of attempts */
  runRetries(now: Date): Promise<number>;
  /** Bytes as they are, signed or not; for challenges and for what a hostile sender might try. */
  post(url: string, body: string | Buffer, options?: PostOptions): Promise<Transmission>;
}

export interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** contract 1.6: intervals between the attempts, ms */
const retryAfterMs = [15_000, 5 * 60_000, 60 * 60_000, 6 * 60 * 60_000];

/** 投递台 — from the platform to our webhook: encrypted, signed, re-sent until acknowledged. */
export function createDelivery({ store, faults, target, ackTimeoutMs = 3_000, connectTimeoutMs = 2_000 }: DeliveryParts): DeliveryDesk {
  const callbackUrl = target.callbackUrl ?? target.eventUrl;

  const post: DeliveryDesk['post'] = (url, body, { headers = {}, timeoutMs = ackTimeoutMs } = {}) =>
    transmit(
      {
        url,
        bytes: Buffer.from(body),
        headers: { 'content-type': 'application/json;charset=utf-8', ...headers },
        split: store.switches().splitBody,
        timeoutMs,
        connectTimeoutMs,
      },
      store.monotonicMs,
    );

  const sendSigned = (url: string, envelope: unknown, signedAt: number): Promise<Transmission> => {
    const body = styled(encryptBody(JSON.stringify(envelope), target.encryptKey), store.switches().bodyStyle);
    const headers: Readonly<Record<string, string>> = {
      ...signRequest(body, { encryptKey: target.encryptKey, timestamp: String(signedAt), nonce: store.mint('').slice(-10) }),
    };
    return post(url, body, { headers });
  };

  /** @param at when the attempt was due, ms */
  const attempt = async (delivery: Delivery, at: number): Promise<Delivery> => {
    const original = store.switches().retryTimestamp === 'original';
    const signedAt = original ? delivery.signedAt : Math.floor(store.nowMs() / 1000);
    const transmission = await sendSigned(target.eventUrl, delivery.body, signedAt);
    const made = attemptOf(store, transmission, at);
    const waitMs = retryAfterMs[delivery.attempts.length];
    // 重复投递的那一次失败了也不再补投：先前已经确认过。
    const acknowledged = made.acknowledged || delivery.state === 'acknowledged';
    const waiting = !acknowledged && waitMs !== undefined;
    const next: Delivery = {
      ...delivery,
      attempts: [...delivery.attempts, made],
      state: acknowledged ? 'acknowledged' : waiting ? 'waiting' : 'failed',
      nextAttemptAt: waiting ? at + waitMs : null,
    };
    store.saveDelivery(next);
    return next;
  };

  const release = async (): Promise<number> => {
    const held = store.deliveries().filter(({ state }) => state === 'held');
    for (const delivery of held.reverse()) await attempt(delivery, store.nowMs());
    return held.length;
  };

  const deliver = async (envelope: Envelope, fault: DeliveryFault | null): Promise<Delivery> => {
    const delivery = newDelivery(store, envelope, 'event');
    if (fault === 'reorder') {
      const heldBack: Delivery = { ...delivery, state: 'held' };
      store.saveDelivery(heldBack);
      return heldBack;
    }
    const done = await attempt(delivery, store.nowMs());
    await release();
    if (fault === 'duplicate') return attempt(done, store.nowMs());
    if (fault === 'duplicate-new-id') {
      const again: Envelope = { ...envelope, header: { ...envelope.header, event_id: store.mint('') } };
      await attempt(newDelivery(store, again, 'event'), store.nowMs());
    }
    return done;
  };

  return {
    post,
    async sendEvent(eventType, event) {
      if (!store.app().subscriptions.includes(eventType)) return null;
      return deliver(envelopeOf(store, target, { eventType, event }), faults.takeForEvent(eventType));
    },
    async sendCallback(event) {
      const eventType = 'card.action.trigger';
      if (!store.app().subscriptions.includes(eventType)) return null;
      const envelope = envelopeOf(store, target, { eventType, event });
      const delivery = newDelivery(store, envelope, 'callback');
      const transmission = await sendSigned(callbackUrl, envelope, delivery.signedAt);
      const made = attemptOf(store, transmission, store.nowMs());
      const done: Delivery = { ...delivery, attempts: [made], state: made.acknowledged ? 'acknowledged' : 'failed' };
      store.saveDelivery(done);
      return { delivery: done, transmission };
    },
    async runRetries(now) {
      let made = await release();
      for (let due = nextDue(store, now); due; due = nextDue(store, now)) {
        await attempt(due, due.nextAttemptAt ?? now.getTime());
        made += 1;
      }
      return made;
    },
  };
}

function newDelivery(store: EmulatorStore, envelope: Envelope, kind: 'event' | 'callback'): Delivery {
  const { event_id: eventId, event_type: eventType } = envelope.header;
  const signedAt = Math.floor(store.nowMs() / 1000);
  return { eventId, kind, eventType, body: envelope, attempts: [], state: 'waiting', nextAttemptAt: null, signedAt };
}

/** 最早到点的那一个；一个事件拖过几个时点时，一次补投一个，不并作一次。 */
function nextDue(store: EmulatorStore, now: Date): Delivery | undefined {
  return store
    .deliveries()
    .filter(({ state, nextAttemptAt }) => state === 'waiting' && nextAttemptAt !== null && nextAttemptAt <= now.getTime())
    .sort((left, right) => (left.nextAttemptAt ?? 0) - (right.nextAttemptAt ?? 0))[0];
}

/** 记一次投递 — what counts as acknowledged is the platform's own narrow view: HTTP 200. */
export function attemptOf(store: EmulatorStore, transmission: Transmission, at: number): Attempt {
  const { tookMs } = transmission;
  if (transmission.kind !== 'answered') return { at, status: null, answer: transmission.kind, tookMs, acknowledged: false };
  const { status, body } = transmission;
  const acknowledged = store.switches().acknowledgedBy === 'any-2xx' ? status >= 200 && status < 300 : status === 200;
  return { at, status, answer: body, tookMs, acknowledged };
}

/** 外层 JSON 的几种写法，验签须按原字节。 */
function styled(body: string, style: 'compact' | 'pretty' | 'escaped'): string {
  if (style === 'compact') return body;
  const { encrypt } = JSON.parse(body) as { encrypt: string };
  if (style === 'pretty') return JSON.stringify({ encrypt }, null, 2);
  return `{"\\u0065ncrypt":"${encrypt.replace(/[+/=]/g, (mark) => `\\u00${mark.charCodeAt(0).toString(16)}`)}"}`;
}
