/** 接口的应答，尚未写成 HTTP */
export interface ApiAnswer {
  readonly status: number;
  readonly code: number;
  readonly msg: string;
  /** JSON object, or the bytes of a download, or raw text */
  readonly body: Readonly<Record<string, unknown>> | Uint8Array | string;
  readonly headers: Readonly<Record<string, string>>;
}

/** 平台拒绝 — thrown inside a call, becomes an error body with the platform's code. */
export class Refusal extends Error {
  readonly code: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: number, ext?: string, options: { status?: number; headers?: Readonly<Record<string, string>>; text?: string } = {}) {
    super([options.text ?? texts[code] ?? 'request refused', ...(ext === undefined ? [] : [`ext=${ext}`])].join(', '));
    this.name = 'Refusal';
    this.code = code;
    this.status = options.status ?? 400;
    this.headers = options.headers ?? {};
  }
}

/** 成功 — the usual envelope. */
export function ok(data: Readonly<Record<string, unknown>>): ApiAnswer {
  return flat({ data }, 'success');
}

/** 成功 — fields at top level, as a few old calls answer. */
export function flat(fields: Readonly<Record<string, unknown>>, msg = 'ok'): ApiAnswer {
  return { status: 200, code: 0, msg, body: { code: 0, msg, ...fields }, headers: {} };
}

/** 下载 */
export function binary(bytes: Uint8Array, fileName: string): ApiAnswer {
  const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`;
  const headers = { 'content-type': 'application/octet-stream', 'content-disposition': disposition };
  return { status: 200, code: 0, msg: 'success', body: bytes, headers };
}

/** 失败 — every error body has a log id. */
export function refused(refusal: Refusal, logId: string): ApiAnswer {
  const { code, message: msg, status, headers } = refusal;
  const troubleshooter = `https://open.feishu.cn/search?log_id=${logId}`;
  return { status, code, msg, body: { code, msg, error: { log_id: logId, troubleshooter } }, headers };
}

/** contract 4.2, 4.3, 4.5, 4.7, 5: the platform's words, shortened */
const texts: Readonly<Record<number, string>> = {
  10003: 'invalid param',
  10014: 'app id or app secret is invalid',
  99991400: 'request trigger frequency limit',
  99991661: 'Missing access token for authorization. Please make a request with token attached.',
  99991663: 'Invalid access token for authorization. Please make a request with token attached.',
  99991671: "Invalid access token for authorization. The token must start with 't-' or 'u-'.",
  99991672: 'Access denied. One of the following scopes is required',
  99991201: 'This path does not exist in the emulator; see its coverage matrix.',
  99991301: 'Invalid request method.',
  99992351: 'The request you send is not a valid {open_id} or not exists.',
  99992354: 'The request you send is not a valid {message_id} or not exists.',
  99992356: 'The request you send is not a valid {chat_id} or not exists.',
  99992360: 'The request you send is not a valid {user_id} or not exists.',
  99992361: 'The open_id belongs to another app.',
  99992364: 'The request you send is not a valid {union_id} or not exists.',
  99992402: 'field validation failed',
  230001: 'Your request contains an invalid request parameter',
  230002: 'The bot can not be outside the group.',
  230011: 'The message was withdrawn.',
  230013: 'Bot has NO availability to this user.',
  230017: 'Bot is NOT the owner of the resource.',
  230018: 'These operations are NOT allowed at current group settings.',
  230020: 'This operation triggers the frequency limit',
  230025: 'The length of the message content reaches its limit.',
  230028: 'The message do not pass the audit, ext=contain sensitive data: [INFO] PHONE_NUMBER/EMAIL',
  230029: 'User has resigned.',
  230031: 'The message is outside the time range for updates.',
  230034: 'The receive_id is invalid.',
  230035: 'Send Message Permission deny.',
  230049: 'The message is being sent.',
  230053: 'The user has stopped the bot from sending messages.',
  230055: 'The type of file upload does not match the type of message being sent.',
  230110: 'Action unavailable as the message has been deleted.',
  231003: 'The message is not found.',
  232006: 'Your request specifies a chat_id which is invalid.',
  232009: 'Your request specifies a chat which has already been dissolved.',
  232011: 'Operator can NOT be out of the chat.',
  234001: 'Invalid request param.',
  234003: 'File not in msg.',
  234004: 'App not in chat.',
  234006: 'The file size exceed the max value.',
  234010: "File's size can't be 0.",
  234011: "Can't recognize the image format.",
  234037: 'Downloaded file size exceeds limit.',
  234039: 'Image resolution exceeds limit.',
};
