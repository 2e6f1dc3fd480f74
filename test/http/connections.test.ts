import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { connectionLimits } from '#http/server';
import { clickEvent, envelope, sealed, startBench, type WebhookBench } from './webhook-bench.ts';

// 夜里 SLOW_CLIENTS=2200 CALLBACK_P99_MS=300：白天只来十分之一，只看办没办成，不看快慢。
const crowd = Number(process.env.SLOW_CLIENTS ?? 220);
const p99Max = Number(process.env.CALLBACK_P99_MS ?? Infinity);

let bench: WebhookBench;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await bench.close();
});

/** 连上来，说这些，就不再说了 */
async function opens(words: string): Promise<Socket> {
  const socket = connect({ port: bench.port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  if (words !== '') socket.write(words);
  return socket;
}

/** 一条新连接上的一次点击：答了什么，多久 */
async function clicks(): Promise<{ answer: string; ms: number }> {
  const { body, headers } = sealed(envelope('card.action.trigger', clickEvent()));
  const lines = Object.entries({ host: 'x', connection: 'close', 'content-length': String(body.length), ...headers });
  const startedMs = performance.now();
  const answer = await bench.raw([`POST /webhook/event HTTP/1.1\r\n${lines.map((line) => line.join(': ')).join('\r\n')}\r\n\r\n${body}`]);
  return { answer: answer.slice(0, 12), ms: performance.now() - startedMs };
}

const headStarted = 'POST /webhook/event HTTP/1.1\r\nhost: x\r\nx-slow: ';
const bodyStarted = 'POST /webhook/event HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n{';
const ok = 'HTTP/1.1 200';

test('上限就是要求里的数；头部十七KB的，答 431，什么也不办', async () => {
  expect(connectionLimits).toMatchObject({ headerBytesMax: 16 * 1024, requestMs: 5_000 });
  // 到时就断：多留的不过半秒。
  expect(connectionLimits.checkEveryMs).toBeLessThanOrEqual(500);
  bench = await startBench();
  const padded = (bytes: number): Promise<string> =>
    bench.raw([`GET /none HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-pad: ${'x'.repeat(bytes)}\r\n\r\n`]);
  expect(await padded(17 * 1024)).toMatch(/^HTTP\/1\.1 431 /);
  expect(await padded(15 * 1024)).toMatch(/^HTTP\/1\.1 404 /);
  expect(bench.events).toEqual([]);
});

test('连上来不说话的、头说了一半的、正文说了一半的：到时都断开，其间的点击照办', { timeout: 20_000 }, async () => {
  bench = await startBench({ limits: { requestMs: 60, checkEveryMs: 20 }, bodyTimeoutMs: 60 });
  const slow = await Promise.all(['', headStarted, bodyStarted].map(opens));
  const closed = slow.map((socket) => once(socket.resume(), 'close'));
  expect((await clicks()).answer).toBe(ok);
  await Promise.all(closed);
  expect((await clicks()).answer).toBe(ok);
  expect(bench.events).toHaveLength(2);
});

test('每秒说一个字节的、半开的连接比座位还多，真的回调一次也不落空：断开的是最早而没说完的', { timeout: 120_000 }, async () => {
  // 2200条对2048个座位，每十一条里一条一声不响。
  bench = await startBench({ limits: { connectionsMax: Math.floor((crowd * connectionLimits.connectionsMax) / 2_200) } });
  const words = (nth: number): string => (nth % 11 === 0 ? '' : nth % 2 === 0 ? headStarted : bodyStarted);
  let came = 0;
  bench.server.on('connection', () => (came += 1));
  const slow = await Promise.all(Array.from({ length: crowd }, (_, nth) => opens(words(nth))));
  while (came < crowd) await new Promise((resolve) => setImmediate(resolve));
  for (const socket of slow) socket.resume();
  const answers: { answer: string; ms: number }[] = [];
  for (let round = 0; round < 20; round += 1) {
    for (const [nth, socket] of slow.entries()) if (nth % 20 === round && socket.writable && words(nth) !== '') socket.write('x');
    answers.push(...(await Promise.all(Array.from({ length: 10 }, clicks))));
  }
  expect(answers.map(({ answer }) => answer)).toEqual(Array<string>(200).fill(ok));
  expect(slow.slice(0, crowd / 20).every(({ destroyed }) => destroyed)).toBe(true);
  expect(bench.logged.filter(({ message }) => message.startsWith('http: too many connections')).length).toBe(1);
  const p99 = answers.map(({ ms }) => ms).sort((left, right) => left - right)[197] ?? Infinity;
  if (p99Max < Infinity) process.stderr.write(`${crowd}条慢连接占着时，回调的 p99 ${p99.toFixed(0)}毫秒\n`);
  expect(p99).toBeLessThan(p99Max);
});

test('满座的都在等答复时，后来的才进不来；闲着的连接给后来的让位', async () => {
  const finish: (() => void)[] = [];
  bench = await startBench({ limits: { connectionsMax: 3 }, dispatch: () => new Promise((resolve) => finish.push(() => resolve({ body: '{}' }))) });
  const idle = await opens('GET /none HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(idle, 'data');
  const left = once(idle, 'close');
  const busy = [clicks(), clicks(), clicks()];
  // 刚连上、还没说完的不算久占：让位的是闲着的那一条。
  await left;
  while (finish.length < 3) await new Promise((resolve) => setImmediate(resolve));
  expect((await clicks()).answer).toBe('');
  for (const answer of finish) answer();
  expect((await Promise.all(busy)).map(({ answer }) => answer)).toEqual([ok, ok, ok]);
});
