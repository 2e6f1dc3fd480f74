import type { IncomingMessage, ServerResponse } from 'node:http';

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * 只认本机 — the Host must name this machine, or a foreign page could reach us by a name that it points here (DNS rebinding);
 * whatever changes something must come from our own page. @returns why the request is refused, or null
 */
export function refusalOf({ method = 'GET', headers }: IncomingMessage): string | null {
  const host = headers.host ?? '';
  if (!loopbackNames.includes(host.replace(/:\d+$/, ''))) return '模拟平台只在本机使用';
  if (method === 'GET' || method === 'HEAD') return null;
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}`) return '请求不是从本页面发出的';
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none' ? null : '请求不是从本页面发出的';
}

/**
 * 安全响应头 — nothing from elsewhere, no inline script, no frames.
 * `style-src-attr` is open because VChart writes the marks in its tooltips as SVG text with style attributes; style sheets stay ours.
 */
const securityHeaders = {
  'content-security-policy':
    "default-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

export interface Answer {
  readonly status?: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** 答复 */
export function write(response: ServerResponse, { status = 200, type, body, headers = {} }: Answer): void {
  response.writeHead(status, { ...securityHeaders, 'content-type': type, 'cache-control': 'no-store', ...headers });
  response.end(body);
}

/** 答复 JSON */
export function writeJson(response: ServerResponse, value: unknown, status = 200): void {
  write(response, { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) });
}

/** 长连接的响应头 */
export function openStream(response: ServerResponse): void {
  response.writeHead(200, {
    ...securityHeaders,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
}
