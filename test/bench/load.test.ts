import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { burst, closedLoop, closeLines, once, openLines } from './load.ts';
import { forged, makeGitHubDeliveries, makeSlackPresses } from './peer-requests.ts';
import { fakeClicks, makeRequests } from './requests.ts';

const sized = 'HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nsuccess';
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsucc\r\n3\r\ness\r\n0\r\n\r\n';
const empty = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
const refused = 'HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';

/** 要它怎么答，就怎么答：请求里写着字节，一个字节一个包 */
const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('data', (asked) => {
    for (const byte of asked) socket.write(Buffer.of(byte));
  });
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' ? (address?.port ?? 0) : 0;
});
afterAll(() => void server.close());

const is200 = (status: number): boolean => status === 200;

async function ask(answers: readonly string[], isGood?: (status: number, body: string) => boolean) {
  const lines = await openLines(port, 1);
  const result = await closedLoop(lines, once(answers.map((answer) => Buffer.from(answer))), 60, isGood);
  closeLines(lines);
  return result;
}

describe('压测的连接读得懂各家的答复', () => {
  test('报长度的、分块的、分块而空的，一个接一个，不多数也不少数', async () => {
    const { requests, notOk } = await ask([chunked, sized, empty, empty, sized, chunked], is200);
    expect({ requests, notOk }).toEqual({ requests: 6, notOk: 0 });
  });

  test('分块的拼成一句', async () => {
    expect((await ask([chunked])).sample).toBe('success');
  });

  test('不是 200 的、没写办成的，都数出来，例子里有状态', async () => {
    expect(await ask([sized, refused, sized], is200)).toMatchObject({ requests: 3, notOk: 1, sample: '401 ' });
    expect(await ask([sized, empty])).toMatchObject({ requests: 2, notOk: 1, sample: '200 ' });
  });

  test('齐发一个也照样数', async () => {
    const lines = await openLines(port, 1);
    expect(await burst(lines, once([Buffer.from(refused)]))).toMatchObject({ requests: 1, notOk: 1 });
    closeLines(lines);
  });
});

describe('改坏签名只改签名', () => {
  const nowMs = Date.UTC(2026, 5, 1);
  test.each([
    ['飞书的', makeRequests(fakeClicks(2), nowMs)],
    ['Slack 的', makeSlackPresses(2, nowMs)],
    ['GitHub 的', makeGitHubDeliveries(2)],
  ])('%s请求，个个不同；改坏后只差签名的末八位', (_title, [first = Buffer.of(), second = Buffer.of()]) => {
    expect(first.equals(second)).toBe(false);
    const worse = forged(first);
    const differing = [...first.keys()].filter((at) => first[at] !== worse[at]);
    expect(worse.byteLength).toBe(first.byteLength);
    expect(differing).toHaveLength(8);
    expect(Math.max(...differing) - Math.min(...differing)).toBe(7);
  });
});
