import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from 'vitest';
import { encryptBody } from '#platform/feishu/webhook-crypto';
import { clickEvent, encryptKey, envelope, sealed, startBench, textEvent, verificationToken, type WebhookBench } from './webhook-bench.ts';

const click = () => sealed(envelope('card.action.trigger', clickEvent()));
const message = () => sealed(envelope('im.message.receive_v1', textEvent('帮助')));
const challengeBody = (challenge: string): string =>
  encryptBody(JSON.stringify({ type: 'url_verification', token: verificationToken, challenge }), encryptKey);

let bench: WebhookBench;
afterEach(() => bench.close());

describe('地址验证', () => {
  test('口令原样送回，不惊动业务', async () => {
    bench = await startBench();
    expect(await bench.post(challengeBody('6a1b-督'))).toEqual({ status: 200, text: '{"challenge":"6a1b-督"}' });
    expect(bench.events).toEqual([]);
    expect(bench.wakes()).toBe(0);
  });

  test('一分钟十次；过了一分钟又可以', async () => {
    bench = await startBench();
    const statuses: number[] = [];
    for (let nth = 0; nth < 11; nth += 1) statuses.push((await bench.post(challengeBody('x'))).status);
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429]);
    bench.clock.set(new Date(bench.clock.now().getTime() + 60_001));
    expect((await bench.post(challengeBody('x'))).status).toBe(200);
  });

  test('被人占满次数时，点击照办', async () => {
    bench = await startBench();
    for (let nth = 0; nth < 11; nth += 1) await bench.post(challengeBody('x'));
    const { body, headers } = click();
    expect((await bench.post(body, headers)).status).toBe(200);
  });
});

describe('答复', () => {
  test('分派给什么就答什么，一字不改', async () => {
    const reply = JSON.stringify({ toast: { type: 'success', content: '已签收' } });
    bench = await startBench({ dispatch: () => Promise.resolve({ body: Buffer.from(reply) }) });
    const { body, headers } = click();
    expect(await bench.post(body, headers)).toEqual({ status: 200, text: reply });
  });

  test('答复送出以后才叫醒发件箱', async () => {
    let finish: () => void = () => undefined;
    let response: ServerResponse | undefined;
    /** at each wake: whether the reply had left */
    const left: boolean[] = [];
    const dispatch = (): Promise<{ body: string }> => new Promise((resolve) => (finish = () => resolve({ body: '{}' })));
    bench = await startBench({ dispatch, afterReply: () => void left.push(response?.writableFinished === true) });
    bench.server.prependListener('request', (_request: IncomingMessage, given: ServerResponse) => {
      response = given;
    });
    const { body, headers } = click();
    const posted = bench.post(body, headers);
    await until(() => bench.events.length === 1);
    expect(left).toEqual([]);
    finish();
    await posted;
    await until(() => left.length === 1);
    expect(left).toEqual([true]);
  });

  test('对方不等答复就挂断，事已办成，发件箱照样叫醒', async () => {
    let finish: () => void = () => undefined;
    bench = await startBench({ dispatch: () => new Promise((resolve) => (finish = () => resolve({ body: '{}' }))) });
    const { body, headers } = click();
    const socket = connect({ port: bench.port, host: '127.0.0.1' });
    const lines = Object.entries({ host: 'x', 'content-length': String(body.length), ...headers }).map(([name, value]) => `${name}: ${value}`);
    socket.write(`POST /webhook/event HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
    await until(() => bench.events.length === 1);
    const later = new Promise((resolve) => bench.server.once('connection', resolve));
    socket.resetAndDestroy();
    const witness = connect({ port: bench.port, host: '127.0.0.1' });
    await later;
    witness.destroy();
    finish();
    await until(() => bench.wakes() === 1);
  });

  test('事件没办成答 500，平台用同一个请求重送时照收', async () => {
    let tries = 0;
    bench = await startBench({
      dispatch: () => {
        tries += 1;
        return tries === 1 ? Promise.reject(new Error('database is away')) : Promise.resolve({ body: '{}' });
      },
    });
    const { body, headers } = message();
    expect((await bench.post(body, headers)).status).toBe(500);
    expect(bench.logged).toMatchObject([{ message: 'webhook: dispatch failed' }]);
    expect((await bench.post(body, headers)).status).toBe(200);
    expect((await bench.post(body, headers)).status).toBe(401);
  });
});

describe('三秒之内必有答复', () => {
  test('点击：请他稍候；事办完后发件箱再叫醒一次', async () => {
    let finish: () => void = () => undefined;
    bench = await startBench({ deadlineMs: 20, dispatch: () => new Promise((resolve) => (finish = () => resolve({ body: '{}' }))) });
    const { body, headers } = click();
    const { status, text } = await bench.post(body, headers);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({ toast: { type: 'info', content: '正在办理，请稍候查看结果' } });
    await until(() => bench.wakes() === 1);
    finish();
    await until(() => bench.wakes() === 2);
    expect((await bench.post(body, headers)).status).toBe(401);
  });

  test('事件：答 503，同一个请求重送时照收', async () => {
    bench = await startBench({ deadlineMs: 20, dispatch: () => new Promise(() => undefined) });
    const { body, headers } = message();
    expect((await bench.post(body, headers)).status).toBe(503);
    expect((await bench.post(body, headers)).status).toBe(503);
    expect(bench.events).toHaveLength(2);
  });

  test('超时以后才办砸的，也留下记录', async () => {
    let fail: () => void = () => undefined;
    bench = await startBench({ deadlineMs: 20, dispatch: () => new Promise((_resolve, reject) => (fail = () => reject(new Error('too bad')))) });
    const { body, headers } = click();
    await bench.post(body, headers);
    fail();
    await until(() => bench.logged.some(({ message: text }) => text === 'webhook: dispatch failed after the deadline'));
  });
});

describe('请求体', () => {
  test('不报长度、没完没了的请求体，过了 256 KB 就不再读，连接断开', async () => {
    bench = await startBench();
    let bytesRead = 0;
    bench.server.on('connection', (socket) => socket.on('close', () => (bytesRead = socket.bytesRead)));
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, 0x20), Buffer.from('\r\n')]);
    await bench.raw(['POST /webhook/event HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n', ...Array<Buffer>(80).fill(chunk)]);
    await until(() => bytesRead > 0);
    expect(bytesRead).toBeLessThan(1024 * 1024);
    expect(bench.logged).toMatchObject([{ fields: { status: 413, reason: 'too-large' } }]);
    expect(bench.events).toEqual([]);
  });

  test('报了二十兆的，一个字节也不读就拒绝', async () => {
    bench = await startBench();
    const answered = await bench.raw([`POST /webhook/event HTTP/1.1\r\nhost: x\r\ncontent-length: ${20 * 1024 * 1024}\r\n\r\n`]);
    expect(answered).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i);
  });

  test('一千个超大请求，每个都只读了开头；清扫之后，内存多占不到20 MB', async () => {
    bench = await startBench();
    const read: number[] = [];
    bench.server.on('connection', (socket) => socket.on('close', () => read.push(socket.bytesRead)));
    const some = Buffer.alloc(300 * 1024);
    const oversize = (): Promise<string> =>
      bench.raw([`POST /webhook/event HTTP/1.1\r\nhost: x\r\ncontent-length: ${20 * 1024 * 1024}\r\n\r\n`, some]);
    // 头一段是热身：编译好的代码、连接的账不算；读了就扔的，量之前先清扫。
    const held: number[] = [];
    for (let round = 1; round <= 50; round += 1) {
      await Promise.all(Array.from({ length: 20 }, oversize));
      if (round % 10 === 0) held.push(residentMemory());
    }
    await until(() => read.length === 1_000);
    // 清扫过的缓冲由别的线程归还，早晚差二十几兆：看的是涨没涨，不是哪一刻高。
    const [, late = Infinity] = held.slice(-3).sort((left, right) => left - right);
    expect(late - Math.min(...held.slice(0, 2))).toBeLessThan(20 * 1024 * 1024);
    expect(Math.max(...read)).toBeLessThan(512 * 1024);
    expect(bench.logged).toHaveLength(1_000);
    expect(bench.events).toEqual([]);
  });

  test('半天不来的请求体，到时就不等了', async () => {
    bench = await startBench({ bodyTimeoutMs: 30 });
    const answered = await bench.raw(['POST /webhook/event HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"encrypt"']);
    expect(answered).toMatch(/^HTTP\/1\.1 408 /);
    expect(bench.events).toEqual([]);
  });

  test('说到一半挂断的，记一笔，不倒下', async () => {
    bench = await startBench();
    const socket = connect({ port: bench.port, host: '127.0.0.1' });
    await new Promise<void>((resolve) =>
      socket.write('POST /webhook/event HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"enc', () => resolve()),
    );
    socket.resetAndDestroy();
    await until(() => bench.logged.length > 0);
    expect(bench.logged).toMatchObject([{ fields: { reason: 'aborted' } }]);
    const { body, headers } = click();
    expect((await bench.post(body, headers)).status).toBe(200);
  });
});

/** 占着的内存 — bytes, after a collection. */
function residentMemory(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage.rss();
}

/** 等到 — turns of the event loop, not time, decide; the test's own limit ends a wait in vain. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
