/**
 * 平台错误的种类 — what the outbox should do, not what the platform said:
 * rate-limited 稍后再发 · gone 消息或群不在了（撤回、过期、解散） · unreachable 这个人或群收不到 ·
 * rejected 内容被拒（我们的错） · unauthorized 凭证或权限不足 · unknown 不知道成没成（超时、断线、5xx）.
 */
export type PlatformErrorKind = 'rate-limited' | 'gone' | 'unreachable' | 'rejected' | 'unauthorized' | 'unknown';

export class PlatformError extends Error {
  readonly kind: PlatformErrorKind;
  /** 平台错误码，例如 230099 */
  readonly code: number | null;
  /** 卡片错误的子码，例如 200621 */
  readonly subCode: number | null;
  /** 收不到的缘由，说给人听的；null：说不出 */
  readonly reason: string | null;
  /** rate-limited: milliseconds to wait, as the platform said */
  readonly retryAfterMs: number | null;
  readonly logId: string | null;
  /** false: the platform has certainly not taken the call, so that it may be made again at any time */
  readonly reached: boolean;

  constructor(
    kind: PlatformErrorKind,
    message: string,
    details: {
      code?: number | null;
      subCode?: number | null;
      reason?: string | null;
      retryAfterMs?: number | null;
      logId?: string | null;
      reached?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'PlatformError';
    this.kind = kind;
    this.code = details.code ?? null;
    this.subCode = details.subCode ?? null;
    this.reason = details.reason ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.logId = details.logId ?? null;
    this.reached = details.reached ?? true;
  }
}
