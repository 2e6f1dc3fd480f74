import { randomBytes, randomUUID } from 'node:crypto';
import { encryptBody, signRequest } from '#platform/feishu/webhook-crypto';
import { createSeal } from '#runtime/seal';
import type { PlatformConnection } from '../../src/app.ts';

/** 一次按下 — everything that the platform would put into the callback. */
export interface Press {
  readonly openId: string;
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly form?: Readonly<Record<string, unknown>>;
  /** for whom the card was; the presser's own by default */
  readonly audience?: string;
  /** when the card was sent; now by default */
  readonly sealedAt?: Date;
  readonly eventId?: string;
  /** the button's value as it is, instead of a sealed one */
  readonly value?: unknown;
}

/** 看到的答复 */
export interface Pressed {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly body: string;
}

export type Secrets = Pick<PlatformConnection, 'appId' | 'appSecret' | 'encryptKeys' | 'verificationToken' | 'tenantKey'>;

/** 按 — signed and encrypted as by the platform, with a nonce of its own each time. @throws when the connection broke before the answer */
export async function press(url: string, secrets: Secrets, now: Date, given: Press): Promise<Pressed> {
  const { appId, appSecret, encryptKeys, verificationToken, tenantKey } = secrets;
  const { openId, action, payload, form, audience = `person:${openId}`, sealedAt = now, eventId = randomUUID() } = given;
  const value = 'value' in given ? given.value : createSeal(appSecret).seal({ action, payload }, audience, sealedAt);
  const header = {
    event_id: eventId,
    token: verificationToken,
    create_time: `${now.getTime()}000`,
    event_type: 'card.action.trigger',
    tenant_key: tenantKey,
    app_id: appId,
  };
  const event = {
    operator: { tenant_key: tenantKey, open_id: openId },
    token: `c-${randomBytes(8).toString('hex')}`,
    action: { value, tag: 'button', ...(form === undefined ? {} : { form_value: form }) },
    host: 'im_message',
    context: { open_message_id: `om_${randomUUID()}`, open_chat_id: `oc_${openId}` },
  };
  const encryptKey = encryptKeys[0] ?? '';
  const body = encryptBody(JSON.stringify({ schema: '2.0', header, event }), encryptKey);
  const signed = signRequest(body, { timestamp: String(Math.floor(now.getTime() / 1000)), nonce: randomBytes(8).toString('hex'), encryptKey });
  const response = await fetch(`${url}/webhook/card`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...signed } });
  const text = await response.text();
  const { toast } = (text === '' ? {} : JSON.parse(text)) as { toast?: { type: string; content: string } };
  return { status: response.status, type: toast?.type ?? '', text: toast?.content ?? '', body: text };
}
