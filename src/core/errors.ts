/**
 * 业务拒绝 — an expected refusal. `publicMessage` is Chinese office language for the person who acted
 * (what happened, what to do, who to ask); `message` is for the log. Becomes a toast or a short card, never a 5xx.
 */
export class AppError extends Error {
  readonly publicMessage: string;

  constructor(publicMessage: string, message: string = publicMessage) {
    super(message);
    this.name = new.target.name;
    this.publicMessage = publicMessage;
  }
}

/** 找不到 */
export class NotFoundError extends AppError {}
/** 无权 */
export class ForbiddenError extends AppError {}
/** 状态已变 — the second of two simultaneous clicks. */
export class ConflictError extends AppError {
  constructor(publicMessage = '状态已变化，请以最新卡片为准', message?: string) {
    super(publicMessage, message);
  }
}
/** 已办过 — the second of two taps: what the first one put on the screen stays there. */
export class RepeatedError extends AppError {}
/** 输入有误 */
export class InvalidError extends AppError {}
/** 已过期 */
export class ExpiredError extends AppError {}
/** 正忙 — nothing was begun, so nothing is lost: the same click will do in a moment. */
export class BusyError extends AppError {
  constructor(message?: string) {
    super('现在办的人多，这一下还没有办，请稍等再点一次', message);
  }
}
