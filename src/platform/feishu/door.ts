import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '#core/clock';
import { parseStorable } from '#core/storable-text';
import type { Door, Opened, RefusalReason } from '../inbound.ts';
import { readChallenge } from './challenge.ts';
import { readEncrypted } from './encrypted-body.ts';
import { isReasonable } from './json-limits.ts';
import { nowFor } from './platform-time.ts';
import { createReplayGuard } from './replay-guard.ts';
import { readTimestamp } from './timestamps.ts';
import { decrypt, isSignedBy } from './webhook-crypto.ts';

export interface DoorConfig {
  /** the current key first, then the previous one while it is being rotated */
  readonly encryptKeys: readonly string[];
  readonly verificationToken: string;
  readonly appId: string;
  /** undefined: any tenant that the app is installed in; whoever acts must still be of the tenant that the envelope names */
  readonly tenantKey: string | undefined;
  readonly clock: Clock;
  /** ms by which the clock is fast; undefined: nobody to ask */
  readonly fastMs?: (() => number | null) | undefined;
  /** A signed request came outside the window: one of the two clocks may be wrong. */
  readonly onDoubt?: (() => void) | undefined;
}

/** ms */
const windowMs = 300_000;
/** 最后一次重送在 6 h 5 min 15 s 之后；重送是否换新时间戳，文档没有写（contract 1.5）。 */
const lateMaxMs = (7 * 60 + 10) * 60_000;
const challengesPerMinuteMax = 10;
/** bytes; a genuine verification request has about 300 */
const challengeBodyMax = 4_096;
/** 同步回调从不重送，过了时间窗的只能是重放。 */
const callbackTypes: ReadonlySet<string> = new Set(['card.action.trigger', 'url.preview.get']);
/** 已成的事，谁办的都要知道：别的租户的人把机器人移出了群、解散了群，这个群就不在了。 */
const factTypes: ReadonlySet<string> = new Set(['im.chat.member.bot.deleted_v1', 'im.chat.disbanded_v1']);

/**
 * 建门 — signature over the raw bytes before anything is parsed or decrypted (quality S1–S5, S16, S17). Requests without any
 * signature can do one thing only: have an encrypted verification challenge echoed.
 */
export function createDoor(config: DoorConfig): Door {
  const guard = createReplayGuard(2 * windowMs);
  const allowChallenge = createLimit(challengesPerMinuteMax, 60_000);
  return (headers, body) => {
    const oursMs = config.clock.now().getTime();
    const claim = readClaim(headers);
    if (claim === 'none') return openUnsigned(config, body, () => allowChallenge(oursMs));
    if (claim === 'incomplete') return refused('unsigned');
    const encryptKey = config.encryptKeys.find((key) => isSignedBy(body, claim.signature, { ...claim, encryptKey: key }));
    if (encryptKey === undefined) return refused('bad-signature');
    const signedAt = readTimestamp(claim.timestamp);
    if (signedAt === null) return refused('outside-window');
    const nowMs = nowFor(oursMs, config.fastMs?.() ?? null);
    const late = nowMs - signedAt > windowMs;
    if (late || signedAt - nowMs > windowMs) config.onDoubt?.();
    if (signedAt - nowMs > windowMs || nowMs - signedAt > lateMaxMs) return refused('outside-window');
    if (!late && !guard.admit(claim.signature, oursMs)) return refused('replayed');
    return openSigned(config, { body, encryptKey, late, release: () => guard.forget(claim.signature) });
  };
}

interface Claim {
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
}

/**
 * 时间戳与随机串在摘要里首尾相接，分界可以挪动；挪动后签名不变，防重放认得出，时间戳的位数也不再对得上。
 */
function readClaim(headers: IncomingHttpHeaders): Claim | 'none' | 'incomplete' {
  const timestamp = headers['x-lark-request-timestamp'];
  const nonce = headers['x-lark-request-nonce'];
  const signature = headers['x-lark-signature'];
  if (timestamp === undefined && nonce === undefined && signature === undefined) return 'none';
  if (typeof timestamp !== 'string' || typeof nonce !== 'string' || typeof signature !== 'string') return 'incomplete';
  return { timestamp, nonce, signature };
}

function openUnsigned(config: DoorConfig, body: Buffer, mayTry: () => boolean): Opened {
  const encrypted = body.length <= challengeBodyMax ? readEncrypted(body) : null;
  if (encrypted === null) return refused('unsigned');
  if (!mayTry()) return { kind: 'refused', status: 429, reason: 'challenge-limit' };
  for (const encryptKey of config.encryptKeys) {
    const challenge = readChallenge(parse(decrypt(encrypted, encryptKey)), (token) => isEqual(token, config.verificationToken));
    if (challenge !== null) return { kind: 'challenge', challenge };
  }
  return refused('unsigned');
}

interface Signed {
  readonly body: Buffer;
  readonly encryptKey: string;
  readonly late: boolean;
  readonly release: () => void;
}

function openSigned(config: DoorConfig, { body, encryptKey, late, release }: Signed): Opened {
  const encrypted = readEncrypted(body);
  if (encrypted === null) return refused('unreadable');
  const raw = parse(decrypt(encrypted, encryptKey));
  if (!isRecord(raw)) return refused('unreadable');
  if (raw['type'] === 'url_verification') {
    const challenge = readChallenge(raw, (token) => isEqual(token, config.verificationToken));
    return challenge === null ? refused('wrong-token') : { kind: 'challenge', challenge };
  }
  if (!isReasonable(raw)) return { kind: 'refused', status: 400, reason: 'too-complex' };
  const origin = readOrigin(raw);
  if (origin === null) return { kind: 'refused', status: 400, reason: 'malformed' };
  if (!isEqual(origin.token, config.verificationToken)) return refused('wrong-token');
  if (origin.appId !== config.appId) return refused('wrong-app');
  if (config.tenantKey !== undefined && origin.tenantKey !== config.tenantKey) return refused('wrong-tenant');
  if (late && callbackTypes.has(origin.type)) return refused('outside-window');
  // 外部群里的客人：他点的、说的、拉机器人进的群，都不属于本单位。
  const isOutsider = origin.operatorTenantKey !== undefined && origin.operatorTenantKey !== origin.tenantKey;
  if (isOutsider && !factTypes.has(origin.type)) return refused('outsider');
  return { kind: 'event', raw, late, release };
}

interface Origin {
  readonly type: string;
  readonly token: string;
  readonly appId: string;
  readonly tenantKey: string | undefined;
  readonly operatorTenantKey: string | undefined;
}

/** 来处 — where the envelope says it comes from; both generations of envelopes (contract 1.3). */
function readOrigin(raw: Readonly<Record<string, unknown>>): Origin | null {
  const { schema, header, event } = raw;
  if (!isRecord(event)) return null;
  const isV2 = schema === '2.0' && isRecord(header);
  if (!isV2 && (schema !== undefined || header !== undefined || raw['type'] !== 'event_callback')) return null;
  const type = isV2 ? header['event_type'] : event['type'];
  const token = isV2 ? header['token'] : raw['token'];
  const { app_id: appId, tenant_key: tenantKey } = isV2 ? header : event;
  if (typeof type !== 'string' || typeof token !== 'string' || typeof appId !== 'string') return null;
  return { type, token, appId, tenantKey: textOf(tenantKey), operatorTenantKey: operatorTenantOf(event) };
}

/** 办的人是哪个租户的 — of a click (`operator`), of a group's coming and going (`operator_tenant_key`), of a message (`sender`). */
function operatorTenantOf({ operator, sender, operator_tenant_key: ofChat }: Readonly<Record<string, unknown>>): string | undefined {
  const [ofClick, ofMessage] = [operator, sender].map((who) => (isRecord(who) ? textOf(who['tenant_key']) : undefined));
  return ofClick ?? textOf(ofChat) ?? ofMessage;
}

function parse(text: string | null): unknown {
  if (text === null) return null;
  try {
    return parseStorable(text);
  } catch {
    // 与解不开同样对待：拒绝的答复不透露是哪一步。
    return null;
  }
}

function refused(reason: RefusalReason): Opened {
  return { kind: 'refused', status: 401, reason };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isEqual(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** 限次 — at most `max` within any `perMs`. */
function createLimit(max: number, perMs: number): (nowMs: number) => boolean {
  let taken: number[] = [];
  return (nowMs) => {
    taken = taken.filter((at) => nowMs - at < perMs);
    if (taken.length >= max) return false;
    taken.push(nowMs);
    return true;
  };
}
