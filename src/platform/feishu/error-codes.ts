import { chatLostReasons, mutedReason } from '#core/outbox';
import { PlatformError, type PlatformErrorKind } from '../errors.ts';

/** 平台的回话 — whatever an unsuccessful call left us with. */
export interface FailedCall {
  /** the member of ours that was called, e.g. `send`; `token` is the fetching of the access token */
  readonly api: string;
  /** null: no answer, or none with a code in it */
  readonly code: number | null;
  readonly message: string;
  readonly httpStatus: number | null;
  readonly headers: Readonly<Record<string, unknown>>;
  /** false: no connection came about */
  readonly connected?: boolean;
  readonly cause?: unknown;
}

/** contract 4.2, 4.3, 4.5, 4.7, 4.8, 5; a code that is not listed is final, as the contract says */
const codesByKind: Readonly<Record<Exclude<PlatformErrorKind, 'rejected'>, readonly number[]>> = {
  'rate-limited': [99991400, 99991403, 230020, 230047, 232019, 11232, 11233],
  gone: [230011, 230019, 230031, 230050, 230110, 230111, 231003, 232009, 99992354],
  unreachable: [
    230002, 230013, 230018, 230029, 230034, 230035, 230036, 230038, 230053, 230075, 232006, 232011, 234004, 99992351, 99992356, 99992360, 99992361,
    99992364,
  ],
  unauthorized: [
    10013, 10014, 99991401, 99991661, 99991662, 99991663, 99991664, 99991665, 99991668, 99991671, 99991672, 99991673, 99991677, 99991679, 230006,
    230027, 234002, 40004, 40014, 41050,
  ],
  // 第一次还在发、平台自己的内部错误（“请稍后重试”）：结果未知，用同一个 uuid 再试就知道了。
  unknown: [230049, 1500, 2200],
};
const kindByCode: ReadonlyMap<number, PlatformErrorKind> = new Map(
  Object.entries(codesByKind).flatMap(([kind, codes]) => codes.map((code) => [code, kind as PlatformErrorKind] as const)),
);

/** 收不到的缘由 — contract 4.3, in the words of the office; what is not listed is told as refused by the platform */
const reasonsByCode: ReadonlyMap<number, string> = new Map([
  [230002, chatLostReasons.botOut],
  [232011, chatLostReasons.botOut],
  [232009, chatLostReasons.dissolved],
  [230013, '看不到机器人：不在应用的可用范围，或者已经离职'],
  [230029, '已经离职'],
  [230053, mutedReason],
  [230035, '群里禁言，或者屏蔽了机器人'],
  [230018, '群里不许机器人发言'],
  [230022, '内容被平台判为敏感，没有收'],
  [230028, '内容被平台的防泄漏检查拒收'],
  [230034, '账号认不得'],
  [99992351, '账号认不得'],
  [99992361, '账号是另一个应用的'],
]);

/** 令牌已失效 — worth one more try with a fresh one. */
export const staleTokenCodes: ReadonlySet<number> = new Set([99991663, 99991664, 99991665, 99991668, 99991671]);

/** 每月调用额度用完，等几秒没有用：一小时后再看。 */
const monthlyQuotaUsedUp = 99991403;
const monthlyQuotaWaitMs = 60 * 60 * 1000;

/**
 * 译错误 — what the outbox should do about a failed call. The same number may mean another thing in another API (contract 4.3),
 * so the API is asked for; of those that we call, only the token's numbers differ.
 */
export function toPlatformError(call: FailedCall): PlatformError {
  const kind = kindOf(call);
  const code = call.code === null ? '' : ` ${call.code}`;
  const status = call.httpStatus === null ? '' : ` (HTTP ${call.httpStatus})`;
  return new PlatformError(kind, `feishu ${call.api}:${code}${status} ${call.message}`, {
    code: call.code,
    subCode: subCodeOf(call.message),
    reason: (call.code === null ? undefined : reasonsByCode.get(call.code)) ?? null,
    retryAfterMs: kind === 'rate-limited' ? retryAfterOf(call) : null,
    logId: textOf(call.headers['x-tt-logid']) ?? textOf(call.headers['x-request-id']),
    reached: hasReached(call),
    cause: call.cause,
  });
}

/** 到过平台 — not when no connection came about, when the gateway turned it away (503), or when already the token could not be had. */
function hasReached({ api, httpStatus, connected = true }: FailedCall): boolean {
  return connected && httpStatus !== 503 && api !== 'token';
}

function kindOf({ api, code, httpStatus }: FailedCall): PlatformErrorKind {
  const known = code === null ? undefined : kindByCode.get(code);
  if (httpStatus === 429) return 'rate-limited';
  if (known !== undefined) return known;
  if (httpStatus === null || httpStatus >= 500) return 'unknown';
  // 取令牌被拒，无论编号，都是凭证的事。
  if (api === 'token' || httpStatus === 401 || httpStatus === 403) return 'unauthorized';
  // 200 而没有编号：不是平台的应答（多半是代理的页面），不能当成被拒。
  return code === null ? 'unknown' : 'rejected';
}

/** 子码 — why a card was refused stands inside the message (contract 3.7). */
function subCodeOf(message: string): number | null {
  const found = /ErrCode:\s*(\d+)/.exec(message);
  return found ? Number(found[1]) : null;
}

/** seconds in the header; absent with the limits per person, chat and message */
function retryAfterOf({ code, headers }: FailedCall): number | null {
  if (code === monthlyQuotaUsedUp) return monthlyQuotaWaitMs;
  const seconds = Number(headers['x-ogw-ratelimit-reset']);
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds * 1000) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
