import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { afterAll, describe, expect, test } from 'vitest';
import { createPages } from '#http/pages';
import { createMetrics } from '#runtime/metrics';

const token = 'metrics-token-canary';
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

/** 运维页面，来访的地址由我们说 */
async function pages({ metricsToken, from }: { metricsToken?: string; from: string }): Promise<string> {
  const app = new Koa();
  app.use(async (context, next) => {
    context.request.ip = from;
    await next();
  });
  const metrics = createMetrics();
  const readiness = () => Promise.resolve({ ready: false, checks: { database: 'down' } });
  app.use(createPages({ metrics, metricsToken, refreshMetrics: () => Promise.resolve(), readiness }));
  const server = createServer(app.callback());
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('指标给谁看', () => {
  test.each<[who: string, status: number, set: { metricsToken?: string; from: string }, headers: Record<string, string>]>([
    ['没有设令牌：本机', 200, { from: '127.0.0.1' }, {}],
    ['没有设令牌：本机，IPv6', 200, { from: '::1' }, {}],
    ['没有设令牌：本机，写成 IPv6 的 IPv4', 200, { from: '::ffff:127.0.0.1' }, {}],
    ['没有设令牌：别的机器', 403, { from: '10.1.2.3' }, {}],
    ['没有设令牌：别的机器，自己编一个令牌', 403, { from: '10.1.2.3' }, { authorization: 'Bearer undefined' }],
    ['没有设令牌：别的机器，自称是本机', 403, { from: '10.1.2.3' }, { 'x-forwarded-for': '127.0.0.1' }],
    ['没有设令牌：经本机的反向代理来的外人', 403, { from: '127.0.0.1' }, { 'x-forwarded-for': '203.0.113.7' }],
    ['没有设令牌：经反向代理，只写了 Via', 403, { from: '127.0.0.1' }, { via: '1.1 gateway' }],
    ['设了令牌：带对了，哪里来的都行', 200, { metricsToken: token, from: '10.1.2.3' }, { authorization: `Bearer ${token}` }],
    ['设了令牌：没带，本机也不行', 403, { metricsToken: token, from: '127.0.0.1' }, {}],
    ['设了令牌：带错了一位', 403, { metricsToken: token, from: '127.0.0.1' }, { authorization: `Bearer ${token.slice(0, -1)}x` }],
    ['设了令牌：只带了开头', 403, { metricsToken: token, from: '127.0.0.1' }, { authorization: `Bearer ${token.slice(0, 5)}` }],
    ['设了令牌：空的', 403, { metricsToken: token, from: '127.0.0.1' }, { authorization: 'Bearer ' }],
  ])('%s → %i', async (_who, status, set, headers) => {
    const answered = await fetch(`${await pages(set)}/metrics`, { headers });
    const text = await answered.text();
    expect(answered.status).toBe(status);
    expect(text.includes('# HELP')).toBe(status === 200);
    expect(text).not.toContain(token);
  });

  test('活着没有、就绪没有，谁都可以问；没有就绪答 503，说是哪一项', async () => {
    const url = await pages({ metricsToken: token, from: '10.1.2.3' });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'not ready', checks: { database: 'down' } }]);
  });
});
