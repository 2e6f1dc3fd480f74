import { type IncomingMessage, request as requestHttp } from 'node:http';
import { isIP } from 'node:net';

/** 送达的结果 — an HTTP answer, or how it failed. */
export type Transmission =
  | { readonly kind: 'answered'; readonly status: number; readonly contentType: string; readonly body: string; readonly tookMs: number }
  | { readonly kind: 'refused' | 'dns' | 'timeout' | 'reset'; readonly tookMs: number };

export interface Parcel {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** several TCP chunks, cut inside multi-byte characters */
  readonly split: boolean;
  /** real ms for everything, connecting included */
  readonly timeoutMs: number;
  /** real ms for connecting; a slower host counts as unreachable */
  readonly connectTimeoutMs: number;
}

const answerMaxBytes = 1024 * 1024;

/** 送一次 — real HTTP, a connection of its own, never a redirect, never a second try. */
export function transmit(parcel: Parcel, monotonicMs: () => number): Promise<Transmission> {
  const startedMs = monotonicMs();
  const tookMs = (): number => monotonicMs() - startedMs;
  return new Promise((resolve) => {
    const call = requestHttp(parcel.url, {
      method: 'POST',
      agent: false,
      headers: { ...parcel.headers, 'content-length': parcel.bytes.length },
    });
    const end = (result: Transmission): void => {
      clearTimeout(whole);
      clearTimeout(connecting);
      resolve(result);
      call.destroy();
    };
    const whole = setTimeout(() => end({ kind: 'timeout', tookMs: tookMs() }), parcel.timeoutMs);
    let connecting: NodeJS.Timeout | undefined;
    const startConnecting = (): void => {
      connecting = setTimeout(() => end({ kind: 'refused', tookMs: tookMs() }), parcel.connectTimeoutMs);
    };
    call.setNoDelay(true);
    call.once('socket', (socket) => {
      // 查域名的时间不算在连接里；地址本身就是 IP 时没有查询这一步。
      if (isIP(new URL(parcel.url).hostname) > 0) startConnecting();
      else socket.once('lookup', startConnecting);
      socket.once('connect', () => clearTimeout(connecting));
    });
    call.on('error', (error: NodeJS.ErrnoException) => end({ kind: failureOf(error), tookMs: tookMs() }));
    call.once('response', (response) => {
      readAnswer(response).then(
        (body) => {
          const contentType = response.headers['content-type'] ?? '';
          end({ kind: 'answered', status: response.statusCode ?? 0, contentType, body, tookMs: tookMs() });
        },
        () => end({ kind: 'reset', tookMs: tookMs() }),
      );
    });
    writeChunks(call, parcel.split ? cut(parcel.bytes) : [parcel.bytes]);
  });
}

function failureOf({ code }: NodeJS.ErrnoException): 'refused' | 'dns' | 'reset' {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'dns';
  return code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH' ? 'refused' : 'reset';
}

async function readAnswer(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > answerMaxBytes) throw new Error('answer too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** 一块写出后再写下一块，让它们各成一个 TCP 段。 */
function writeChunks(call: ReturnType<typeof requestHttp>, chunks: readonly Buffer[]): void {
  const [first, ...rest] = chunks;
  if (first === undefined || rest.length === 0) {
    call.end(first);
    return;
  }
  call.write(first, () => setImmediate(() => writeChunks(call, rest)));
}

/** 切块 — inside multi-byte characters where there are any, else anywhere; at most four pieces. */
export function cut(bytes: Buffer): Buffer[] {
  const inside: number[] = [];
  for (let at = 1; at < bytes.length; at += 1) if (((bytes[at] ?? 0) & 0xc0) === 0x80) inside.push(at);
  const place = (share: number): number => inside[Math.floor(inside.length * share)] ?? Math.floor(bytes.length * share);
  const edges = [...new Set([0, place(0.2), place(0.5), place(0.8), bytes.length])];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}
