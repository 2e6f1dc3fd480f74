import { assertNever } from '#core/assert';
import { encryptBody, signRequest } from '#platform/feishu/webhook-crypto';
import { attemptOf, type DeliveryDesk } from './delivery.ts';
import { envelopeOf, type WebhookTarget } from './events.ts';
import type { Delivery } from './model.ts';
import type { EmulatorStore } from './store.ts';
import type { Transmission } from './transmit.ts';

interface Sender {
  readonly store: EmulatorStore;
  readonly desk: DeliveryDesk;
  readonly target: WebhookTarget;
}

export interface Challenge {
  /** the way of an app without Encrypt Key */
  readonly plain?: boolean;
  readonly token?: string;
}

const challengeTimeoutMs = 1_000;

/** 校验地址 — as the developer console does when the address is saved: unsigned, 1 s, the same string back as JSON. */
export async function verifyUrl({ store, desk, target }: Sender, { plain = false, token = target.verificationToken }: Challenge) {
  const challenge = store.mint('');
  const json = JSON.stringify({ challenge, token, type: 'url_verification' });
  const transmission = await desk.post(target.eventUrl, plain ? json : encryptBody(json, target.encryptKey), { timeoutMs: challengeTimeoutMs });
  record(store, { kind: 'challenge', eventType: 'url_verification', body: { challenge, type: 'url_verification' } }, transmission);
  const ok = transmission.kind === 'answered' && transmission.status === 200 && challengeIn(transmission.body) === challenge;
  return { ok, transmission };
}

function challengeIn(body: string): unknown {
  try {
    return (JSON.parse(body) as { challenge?: unknown } | null)?.challenge;
  } catch {
    return undefined;
  }
}

/** 恶意或损坏的请求 — contract 10.1 #5; a product that answers any of them with an effect has a hole. */
export const hostileKinds = ['old', 'wrong-token', 'wrong-signature', 'wrong-app', 'wrong-tenant', 'unsigned', 'garbage', 'oversize'] as const;
export type Hostile = (typeof hostileKinds)[number];

const dayMs = 24 * 60 * 60 * 1000;

/** 发一个坏请求 — kept in the log of deliveries, without its body. */
export async function postHostile(sender: Sender, kind: Hostile): Promise<Transmission> {
  const transmission = await transmitHostile(sender, kind);
  record(sender.store, { kind: 'hostile', eventType: kind, body: null }, transmission);
  return transmission;
}

function record(store: EmulatorStore, what: Pick<Delivery, 'kind' | 'eventType' | 'body'>, transmission: Transmission): void {
  const made = attemptOf(store, transmission, store.nowMs());
  const state = made.acknowledged ? 'acknowledged' : 'failed';
  store.saveDelivery({ ...what, eventId: store.mint(''), attempts: [made], state, nextAttemptAt: null, signedAt: Math.floor(store.nowMs() / 1000) });
}

function transmitHostile({ store, desk, target }: Sender, kind: Hostile): Promise<Transmission> {
  const genuine = envelopeOf(store, target, { eventType: 'application.bot.menu_v6', event: menuOf(store) });
  const seconds = Math.floor(store.nowMs() / 1000);
  const signed = (envelope: unknown, { encryptKey = target.encryptKey, at = seconds } = {}): Promise<Transmission> => {
    const body = encryptBody(JSON.stringify(envelope), target.encryptKey);
    return desk.post(target.eventUrl, body, {
      headers: { ...signRequest(body, { encryptKey, timestamp: String(at), nonce: store.mint('').slice(-10) }) },
    });
  };
  const header = (patch: Readonly<Record<string, string>>): unknown => ({ ...genuine, header: { ...genuine.header, ...patch } });
  switch (kind) {
    case 'old':
      return signed(genuine, { at: seconds - dayMs / 1000 });
    case 'wrong-token':
      return signed(header({ token: 'not-our-token' }));
    case 'wrong-signature':
      return signed(genuine, { encryptKey: 'not-our-encrypt-key' });
    case 'wrong-app':
      return signed(header({ app_id: 'cli_somebody_else' }));
    case 'wrong-tenant':
      return signed(header({ tenant_key: 'somebody-else' }));
    case 'unsigned':
      return desk.post(target.eventUrl, encryptBody(JSON.stringify(genuine), target.encryptKey));
    case 'garbage':
      return desk.post(target.eventUrl, Buffer.from('7b22656e6372797074223a22ff00fe', 'hex'));
    case 'oversize':
      return signed({ ...genuine, filler: '大'.repeat(1_250_000) });
    default:
      return assertNever(kind);
  }
}

function menuOf(store: EmulatorStore): Readonly<Record<string, unknown>> {
  const [somebody] = store.people();
  return { operator: { operator_id: { open_id: somebody?.openId ?? '' } }, event_key: 'hostile', timestamp: Math.floor(store.nowMs() / 1000) };
}
