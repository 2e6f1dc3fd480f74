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
export function closedLoop(lines: readonly Line[], next: () => Buffer | undefined, seconds: number): Promise<LoadResult> {
  return measure(lines, next, { endAt: performance.now() + seconds * 1000 });
}

/** 齐发 — one request on every connection at one instant. */
export function burst(lines: readonly Line[], next: () => Buffer | undefined): Promise<LoadResult> {
  return measure(lines, next, { endAt: 0 });
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
          if (status !== 200 || !body.includes('success')) notOk += 1;
          if (sample === '' || !body.includes('success')) sample = body;
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

function measure(lines: readonly Line[], next: () => Buffer | undefined, { endAt }: { endAt: number }): Promise<LoadResult> {
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
        if (status !== 200 || !body.includes('success')) notOk += 1;
        if (sample === '' || (notOk > 0 && !body.includes('success'))) sample = body;
        if (now < endAt) send(line);
        if (open === 0) finish();
      };
      send(line);
    }
  });
}

function receive(line: Line, chunk: Buffer): void {
  line.pending = line.pending.length === 0 ? chunk : Buffer.concat([line.pending, chunk]);
  const end = line.pending.indexOf('\r\n\r\n');
  if (end < 0) return;
  const head = line.pending.toString('latin1', 0, end);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  if (line.pending.length < end + 4 + length) return;
  const body = line.pending.toString('utf8', end + 4, end + 4 + length);
  line.pending = line.pending.subarray(end + 4 + length);
  line.onAnswer(Number(head.slice(9, 12)), body);
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
