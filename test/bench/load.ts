import { connect, type Socket } from 'node:net';

/** 一次压测的结果，毫秒 */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly notOk: number;
  readonly latencies: Float64Array;
  /** body of the first answer */
  readonly sample: string;
}

interface Line {
  readonly socket: Socket;
  startedAt: number;
  pending: Buffer;
  onAnswer: (status: number, body: string) => void;
}

/** 算不算办成 @param body of the answer */
export type IsGood = (status: number, body: string) => boolean;

const done: IsGood = (status, body) => status === 200 && body.includes('success');

/** 连好 — warm keep-alive connections. */
export async function openLines(port: number, count: number): Promise<Line[]> {
  return Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Line>((resolve, reject) => {
          const socket = connect({ port, host: '127.0.0.1', noDelay: true });
          const line: Line = { socket, startedAt: 0, pending: Buffer.alloc(0), onAnswer: () => undefined };
          socket.on('data', (chunk: Buffer) => receive(line, chunk));
          socket.once('connect', () => resolve(line));
          socket.once('error', reject);
        }),
    ),
  );
}

export function closeLines(lines: readonly Line[]): void {
  for (const { socket } of lines) socket.destroy();
}

/** 闭环 — every connection sends its next request when the former is answered, until the time is up. */
export function closedLoop(lines: readonly Line[], next: () => Buffer | undefined, seconds: number, isGood = done): Promise<LoadResult> {
  return measure(lines, next, { endAt: performance.now() + seconds * 1000, isGood });
}

/** 齐发 — one request on every connection at one instant. */
export function burst(lines: readonly Line[], next: () => Buffer | undefined, isGood = done): Promise<LoadResult> {
  return measure(lines, next, { endAt: 0, isGood });
}

/** 匀速 — requests at a steady rate, each on a line that is free, until `next` has no more. A request that finds no free line waits, and its wait counts. */
export function paced(lines: readonly Line[], next: () => Buffer | undefined, perSecond: number): Promise<LoadResult> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const free = [...lines];
  const waiting: { request: Buffer; since: number }[] = [];
  let [notOk, sample, ended] = [0, '', false];
  return new Promise((resolve) => {
    const finish = (): void => {
      if (!ended || waiting.length > 0 || free.length < lines.length) return;
      const seconds = (performance.now() - startedAt) / 1000;
      resolve({ requests: latencies.length, seconds, notOk, latencies: Float64Array.from(latencies).sort(), sample });
    };
    const send = (): void => {
      // 轮着用：闲了五秒的连接，服务器会关。
      while (free.length > 0 && waiting.length > 0) {
        const [line, first] = [free.shift(), waiting.shift()];
        if (!line || !first) return;
        const { request, since } = first;
        const used = line;
        used.onAnswer = (status, body) => {
          latencies.push(performance.now() - since);
          const good = done(status, body);
          if (!good) notOk += 1;
          if (sample === '' || !good) sample = good ? body : `${status} ${body}`;
          free.push(used);
          send();
          finish();
        };
        used.socket.write(request);
      }
    };
    const timer = setInterval(() => {
      const request = next();
      if (request === undefined) {
        ended = true;
        clearInterval(timer);
        finish();
        return;
      }
      waiting.push({ request, since: performance.now() });
      send();
    }, 1000 / perSecond);
  });
}

function measure(lines: readonly Line[], next: () => Buffer | undefined, { endAt, isGood }: { endAt: number; isGood: IsGood }): Promise<LoadResult> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  let [open, notOk, sample] = [0, 0, ''];
  return new Promise((resolve) => {
    const finish = (): void => {
      const seconds = (performance.now() - startedAt) / 1000;
      resolve({ requests: latencies.length, seconds, notOk, latencies: Float64Array.from(latencies).sort(), sample });
    };
    const send = (line: Line): void => {
      const request = next();
      if (!request) return;
      open += 1;
      line.startedAt = performance.now();
      line.socket.write(request);
    };
    for (const line of lines) {
      line.onAnswer = (status, body) => {
        const now = performance.now();
        open -= 1;
        latencies.push(now - line.startedAt);
        const good = isGood(status, body);
        if (!good) notOk += 1;
        if (sample === '' || !good) sample = good ? body : `${status} ${body}`;
        if (now < endAt) send(line);
        if (open === 0) finish();
      };
      send(line);
    }
  });
}

function receive(line: Line, chunk: Buffer): void {
  line.pending = line.pending.length === 0 ? chunk : Buffer.concat([line.pending, chunk]);
  const answer = answerIn(line.pending);
  if (!answer) return;
  line.pending = line.pending.subarray(answer.end);
  line.onAnswer(answer.status, answer.body);
}

interface Body {
  readonly body: string;
  /** where the next answer begins */
  readonly end: number;
}

/** undefined: not all of it is here yet */
function answerIn(bytes: Buffer): (Body & { readonly status: number }) | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const start = headEnd + 4;
  const found = /transfer-encoding: chunked/i.test(head) ? chunkedBody(bytes, start) : sizedBody(bytes, start, head);
  return found && { ...found, status: Number(head.slice(9, 12)) };
}

function sizedBody(bytes: Buffer, start: number, head: string): Body | undefined {
  const end = start + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  return bytes.length < end ? undefined : { body: bytes.toString('utf8', start, end), end };
}

/** 分块的答复：别的框架不报长度 */
function chunkedBody(bytes: Buffer, start: number): Body | undefined {
  const chunks: Buffer[] = [];
  for (let at = start; ; ) {
    const sizeEnd = bytes.indexOf('\r\n', at);
    if (sizeEnd < 0) return undefined;
    const chunkEnd = sizeEnd + 2 + Number.parseInt(bytes.toString('latin1', at, sizeEnd), 16);
    if (bytes.length < chunkEnd + 2) return undefined;
    at = chunkEnd + 2;
    if (chunkEnd === sizeEnd + 2) return { body: Buffer.concat(chunks).toString(), end: at };
    chunks.push(bytes.subarray(sizeEnd + 2, chunkEnd));
  }
}

/** 一个一个给 — each request once, then undefined. */
export function once(requests: readonly Buffer[]): () => Buffer | undefined {
  let index = 0;
  return () => requests[index++];
}

/** 打乱 — so that no server is always the one after another. */
export function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((left, right) => left.key - right.key)
    .map(({ item }) => item);
}

/** 中位数 — of numbers in any order. */
export function median(numbers: readonly number[]): number {
  return quantile(
    [...numbers].sort((left, right) => left - right),
    0.5,
  );
}

/** 分位数 @param sorted ascending */
export function quantile(sorted: Float64Array | readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** 中位数 [四分位] — of ratios inside rounds, as it is printed. */
export function quartiles(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((left, right) => left - right);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(sorted, part).toFixed(2));
  return `${middle} [${low}..${high}]`;
}
