import { type IncomingMessage, type RequestListener, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Api, ApiInput, Outcome } from './api.ts';
import { parseUpload } from './multipart.ts';

const bodyMaxBytes = 40 * 1024 * 1024;

/** 飞书形状的 HTTP 接口 — everything under `/open-apis/`, over the same store as the adapter. */
export function createOpenApi(api: Api): RequestListener {
  return (request, response) => {
    answer(api, request, response).catch((error: unknown) => {
      // 模拟平台自己的错不能装成平台的答复。
      response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(`emulator bug: ${error instanceof Error ? error.stack : String(error)}`);
    });
  };
}

async function answer(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = await readBody(request);
  const input = bytes === null ? null : inputOf(request, bytes);
  if (input === null) {
    writeJson(response, 400, { code: 9499, msg: 'Bad Request: the body can not be read' });
    return;
  }
  const outcome = await api.perform(input, { door: 'http', authorization: request.headers.authorization });
  write(response, outcome);
}

function write(response: ServerResponse, outcome: Outcome): void {
  if (outcome.kind === 'cut') {
    response.destroy();
    return;
  }
  // 超时：连接留着不答，由对方先放弃。
  if (outcome.kind !== 'answered') return;
  const { status, body, headers } = outcome.answer;
  const contentType = typeof body === 'string' || body instanceof Uint8Array ? 'application/octet-stream' : 'application/json; charset=utf-8';
  const sent = body instanceof Uint8Array || typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, STATUS_CODES[status] ?? '', {
    'content-type': contentType,
    'content-length': Buffer.byteLength(sent),
    // 平台自己的钟，不是这台机器的。
    date: new Date(outcome.atMs).toUTCString(),
    'x-tt-logid': outcome.logId,
    'x-request-id': outcome.logId,
    ...headers,
  });
  response.end(sent);
}

function writeJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

/** @returns null when the body is too long or the caller went away */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyMaxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @returns null when the body is not what its content type says */
function inputOf(request: IncomingMessage, bytes: Buffer): ApiInput | null {
  const url = new URL(request.url ?? '/', 'http://emulator');
  const method = request.method ?? 'GET';
  const base = { method, path: url.pathname, query: Object.fromEntries(url.searchParams) };
  const contentType = request.headers['content-type'] ?? '';
  if (/^multipart\/form-data/i.test(contentType)) {
    const upload = parseUpload(contentType, bytes, ['file', 'image']);
    return upload ? { ...base, body: undefined, upload } : null;
  }
  if (bytes.length === 0) return { ...base, body: undefined };
  try {
    return { ...base, body: JSON.parse(bytes.toString('utf8')) as unknown };
  } catch {
    return null;
  }
}
