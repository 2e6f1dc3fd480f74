import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { registerApp } from '#platform/feishu/register-app';
import { createTransport } from '#platform/feishu/transport';
import { TransportError } from '#platform/feishu/transport-error';

const servers: Server[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const serve = (answer: Answer): Promise<string> => listen(createServer(answer));
const ok: Answer = (_request, response) => void response.end('{"code":0}');

/** 代理 — joins whoever asks to whatever he names. @returns its address, and what was asked for */
async function openProxy(): Promise<{ address: string; asked: string[] }> {
  const asked: string[] = [];
  const proxy = createServer().on('connect', (request: IncomingMessage, socket) => {
    asked.push(request.url ?? '');
    const [host, port] = (request.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
  });
  return { address: `http://${await listen(proxy)}`, asked };
}

describe('等多久', () => {
  const soon = createTransport({ timeoutMs: 200 });

  test('接了不答的，到时就放手，知道话可能已经说到', async () => {
    const host = await serve(() => undefined);
    await expect(soon.get(`http://${host}/`)).rejects.toMatchObject({ name: 'TransportError', response: null, connected: true });
  });

  test('答了一半就停的，也放手：没有读到的不算答复', async () => {
    const host = await serve((_request, response) => void response.writeHead(200, { 'content-length': '100' }).write('{"code"'));
    expect(await soon.get(`http://${host}/`)).toBeNull();
  });

  test('一个字一个字地答的，也不会一直等下去', async () => {
    const timers: NodeJS.Timeout[] = [];
    const host = await serve((_request, response) => {
      response.writeHead(200);
      timers.push(setInterval(() => response.write(' '), 20));
    });
    expect(await soon.get(`http://${host}/`)).toBeNull();
    for (const timer of timers) clearInterval(timer);
  });

  test('连都没有连上的，说得出没有连上', async () => {
    await expect(soon.get('http://127.0.0.1:1/')).rejects.toMatchObject({ name: 'TransportError', connected: false });
  });
});

describe('代理', () => {
  test('配置了代理，就从代理走', async () => {
    const host = await serve(ok);
    const { address, asked } = await openProxy();
    expect(await createTransport({ proxy: address }).post(`http://${host}/x`, { n: 1 })).toEqual({ code: 0 });
    expect(asked).toEqual([host]);
  });

  test('扫码建应用也从代理走：SDK 为它另用一个客户端', async () => {
    const host = await serve(ok);
    const { address, asked } = await openProxy();
    const asking = registerApp({ name: '书令', description: '', domain: `https://${host}`, proxy: address, onQrCode: () => undefined });
    await expect(asking).rejects.toMatchObject({ publicMessage: expect.stringContaining('没有建成应用') });
    expect(asked).toEqual([host]);
  });

  test('没有配置的，环境变量里写着代理也不从它走', async () => {
    const host = await serve(ok);
    const { address, asked } = await openProxy();
    for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']) vi.stubEnv(name, address);
    expect(await createTransport().get(`http://${host}/x`)).toEqual({ code: 0 });
    expect(asked).toEqual([]);
  });
});

test('答“不行”的，状态、头和原因都在；原因至多读六十四 KB', async () => {
  const refuse =
    (text: string): Answer =>
    (_request, response) =>
      void response.writeHead(400, { 'x-tt-logid': 'log-1' }).end(text);
  const host = await serve(refuse('{"code":1,"msg":"no"}'));
  const refused = await createTransport()
    .get(`http://${host}/`)
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(TransportError);
  expect(refused).toMatchObject({ response: { status: 400, headers: { 'x-tt-logid': 'log-1' }, data: { code: 1, msg: 'no' } } });
  const lengthy = await serve(refuse(JSON.stringify({ code: 1, msg: 'x'.repeat(65_536) })));
  await expect(createTransport().get(`http://${lengthy}/`)).rejects.toMatchObject({ response: { status: 400, data: null } });
});
