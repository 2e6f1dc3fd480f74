import { describe, expect, test } from 'vitest';
import type { PlatformError, PlatformErrorKind } from '#platform/errors';
import { type FailedCall, toPlatformError } from '#platform/feishu/error-codes';

function translate(call: Partial<FailedCall>): PlatformError {
  return toPlatformError({ api: 'send', code: null, message: 'refused', httpStatus: 400, headers: {}, ...call });
}

const meanings: readonly (readonly [PlatformErrorKind, readonly number[]])[] = [
  ['rate-limited', [99991400, 230020, 11232, 11233]],
  ['gone', [230011, 230031, 230110, 232009]],
  ['unreachable', [230002, 230013, 230018, 230029, 230034, 230035, 230053, 99992351, 99992361]],
  ['rejected', [230001, 230017, 230022, 230025, 230028, 230055, 230099, 234006, 234010]],
  ['unauthorized', [99991661, 99991663, 99991672, 99991673, 99991401, 230006, 230027]],
  ['unknown', [230049]],
];

describe('平台错误码', () => {
  test.each(meanings.flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const)))('%i → %s', (code, kind) => {
    expect(translate({ code })).toMatchObject({ kind, code });
  });

  test('官方 SDK 弄反的两个，我们照文档：230020 是限频，不是撤回；99991400 是限频，不是无权', () => {
    expect(translate({ code: 230020 }).kind).toBe('rate-limited');
    expect(translate({ code: 99991400 }).kind).toBe('rate-limited');
  });

  test('429 就是限频，有没有编号都一样；等多久听平台的', () => {
    expect(translate({ httpStatus: 429, headers: { 'x-ogw-ratelimit-reset': '3' } })).toMatchObject({ kind: 'rate-limited', retryAfterMs: 3_000 });
    expect(translate({ httpStatus: 400, code: 99991400, headers: { 'x-ogw-ratelimit-reset': '41' } })).toMatchObject({ retryAfterMs: 41_000 });
    expect(translate({ code: 230020 })).toMatchObject({ retryAfterMs: null });
    expect(translate({ code: 230020, headers: { 'x-ogw-ratelimit-reset': 'soon' } })).toMatchObject({ retryAfterMs: null });
  });

  test('每月额度用完，一小时后再看', () => {
    expect(translate({ code: 99991403 })).toMatchObject({ kind: 'rate-limited', retryAfterMs: 3_600_000 });
  });

  test.each([
    ['没有应答', { httpStatus: null }, 'unknown'],
    ['5xx', { httpStatus: 502 }, 'unknown'],
    ['5xx 带着没见过的编号', { httpStatus: 500, code: 55555 }, 'unknown'],
    ['200 而不是平台的应答', { httpStatus: 200 }, 'unknown'],
    ['代理的 404 页面', { httpStatus: 404 }, 'unknown'],
    ['403 没有编号', { httpStatus: 403 }, 'unauthorized'],
    ['没见过的编号', { code: 987654 }, 'rejected'],
    ['没见过的编号，HTTP 200', { code: 987654, httpStatus: 200 }, 'rejected'],
    ['取令牌被拒', { api: 'token', code: 10003, httpStatus: 200 }, 'unauthorized'],
    ['取令牌没有应答', { api: 'token', httpStatus: null }, 'unknown'],
  ] as const)('%s → %s', (_name, call, kind) => {
    expect(translate(call).kind).toBe(kind);
  });

  test('卡片被拒的子码和日志号，从回话里取出来', () => {
    const message =
      'Failed to create card content, ext=ErrCode: 200621; ErrPath: ROOT -> body -> elements -> [1](tag: x); ErrMsg: parse card json err; ErrorValue: unknown property; ';
    expect(translate({ code: 230099, message, headers: { 'x-tt-logid': '20260528150000ABC' } })).toMatchObject({
      kind: 'rejected',
      subCode: 200621,
      logId: '20260528150000ABC',
      message: `feishu send: 230099 (HTTP 400) ${message}`,
    });
    expect(translate({ code: 230099 }).subCode).toBeNull();
  });
});
