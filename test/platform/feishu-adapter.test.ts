import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PlatformError } from '#platform/errors';
import { createFeishuPlatform, type FeishuPlatform } from '#platform/feishu/adapter';

interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly text: string;
}
type Respond = (request: Received, response: ServerResponse) => void;

const secret = 'app-secret-canary-000';
let server: Server;
let received: Received[];
let warned: object[];
let routes: Map<string, Respond>;
let platform: FeishuPlatform;
let tokensIssued: number;

beforeEach(async () => {
  received = [];
  warned = [];
  tokensIssued = 0;
  routes = new Map<string, Respond>([
    [
      'POST /open-apis/auth/v3/tenant_access_token/internal',
      (_request, response) => {
        tokensIssued += 1;
        json(response, 200, { code: 0, msg: 'ok', tenant_access_token: `t-${tokensIssued}`, expire: 7_200 });
      },
    ],
  ]);
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  platform = createFeishuPlatform({
    appId: 'cli_a',
    appSecret: secret,
    domain: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log: { warn: (fields) => void warned.push(fields) },
  });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const card = { schema: '2.0', body: { elements: [] } } as unknown as Parameters<FeishuPlatform['writer']['update']>[1];
const sent = { code: 0, msg: 'success', data: { message_id: 'om_1', chat_id: 'oc_1' } };

describe('发', () => {
  test('卡片、文字、文件都写成平台要的样子', async () => {
    routes.set('POST /open-apis/im/v1/messages', (_request, response) => json(response, 200, sent));
    routes.set('POST /open-apis/im/v1/messages/om_1/reply', (_request, response) => json(response, 200, sent));
    const { writer } = platform;
    expect(await writer.send({ person: 'ou_1' }, { card }, 'uuid-1')).toEqual({ messageId: 'om_1', chatId: 'oc_1' });
    await writer.send({ chat: 'oc_1' }, { text: '督查' }, 'uuid-2');
    await writer.reply('om_1', { fileKey: 'file_1' }, 'uuid-3');
    const [toPerson, toChat, reply] = received
      .slice(1)
      .map(({ query, text }) => ({ type: query.get('receive_id_type'), ...(JSON.parse(text) as object) }));
    expect(toPerson).toEqual({ type: 'open_id', receive_id: 'ou_1', msg_type: 'interactive', content: JSON.stringify(card), uuid: 'uuid-1' });
    expect(toChat).toEqual({ type: 'chat_id', receive_id: 'oc_1', msg_type: 'text', content: '{"text":"督查"}', uuid: 'uuid-2' });
    expect(reply).toEqual({ type: null, msg_type: 'file', content: '{"file_key":"file_1"}', uuid: 'uuid-3' });
    expect(received.at(-1)?.authorization).toBe('Bearer t-1');
  });

  test('文字里写的 <at> 不会真的 @ 到人', async () => {
    routes.set('POST /open-apis/im/v1/messages', (_request, response) => json(response, 200, sent));
    await platform.writer.send({ chat: 'oc_1' }, { text: '<at user_id="all">所有人</at> < AT> <attention>' }, 'uuid-1');
    const { content } = JSON.parse(received.at(-1)?.text ?? '') as { content: string };
    expect(JSON.parse(content)).toEqual({ text: '＜at user_id="all">所有人＜/at> ＜ AT> <attention>' });
  });

  test('更新是整张替换', async () => {
    routes.set('PATCH /open-apis/im/v1/messages/om_1', (_request, response) => json(response, 200, { code: 0, data: {} }));
    await platform.writer.update('om_1', card);
    expect(JSON.parse(received.at(-1)?.text ?? '')).toEqual({ content: JSON.stringify(card) });
  });

  test('上传带着文件名；HTTP 200 里的错误码也是错', async () => {
    routes.set('POST /open-apis/im/v1/files', (_request, response) => json(response, 200, { code: 0, data: { file_key: 'file_1' } }));
    expect(await platform.writer.uploadFile('台账.xlsx', Buffer.from('PK'))).toEqual({ fileKey: 'file_1' });
    expect(received.at(-1)?.text).toContain('台账.xlsx');
    routes.set('POST /open-apis/im/v1/files', (_request, response) => json(response, 200, { code: 234006, msg: 'too big' }));
    await expect(platform.writer.uploadFile('台账.xlsx', Buffer.from('PK'))).rejects.toMatchObject({ kind: 'rejected', code: 234006 });
  });

  test('uuid 过长或空着，不发', async () => {
    await expect(platform.writer.send({ person: 'ou_1' }, { text: '' }, 'x'.repeat(51))).rejects.toBeInstanceOf(PlatformError);
    await expect(platform.writer.send({ person: 'ou_1' }, { text: '' }, '')).rejects.toBeInstanceOf(PlatformError);
    expect(received).toEqual([]);
  });

  test('编号里的斜杠和问号，走不到别的接口去', async () => {
    await expect(platform.writer.update('../../x?y=1', card)).rejects.toBeInstanceOf(PlatformError);
    expect(received.at(-1)?.path).toBe('/open-apis/im/v1/messages/..%2F..%2Fx%3Fy%3D1');
  });
});

describe('令牌', () => {
  const bot = { code: 0, msg: 'ok', bot: { open_id: 'ou_bot', app_name: '督查助手' } };

  test('二十个调用同时开始，只取一次', async () => {
    routes.set('GET /open-apis/bot/v3/info', (_request, response) => json(response, 200, bot));
    const bots = await Promise.all(Array.from({ length: 20 }, () => platform.reader.getBot()));
    expect(bots[19]).toEqual({ openId: 'ou_bot', name: '督查助手' });
    expect(tokensIssued).toBe(1);
  });

  test('失效的令牌换一次再试；再不行就算凭证不足', async () => {
    routes.set('GET /open-apis/bot/v3/info', ({ authorization }, response) =>
      authorization === 'Bearer t-1' ? json(response, 400, { code: 99991663, msg: 'Invalid access token' }) : json(response, 200, bot),
    );
    expect(await platform.reader.getBot()).toMatchObject({ openId: 'ou_bot' });
    expect(tokensIssued).toBe(2);
    expect(warned).toEqual([{ api: 'getBot' }]);
    routes.set('GET /open-apis/bot/v3/info', (_request, response) => json(response, 400, { code: 99991663, msg: 'Invalid access token' }));
    await expect(platform.reader.getBot()).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(tokensIssued).toBe(3);
  });

  test('凭证不对，说得出是凭证不对；之后还会再取', async () => {
    routes.set('POST /open-apis/auth/v3/tenant_access_token/internal', (_request, response) =>
      json(response, 200, { code: 10014, msg: 'app secret invalid' }),
    );
    for (let nth = 0; nth < 2; nth += 1) await expect(platform.reader.getBot()).rejects.toMatchObject({ kind: 'unauthorized', code: 10014 });
    expect(received).toHaveLength(2);
  });
});

describe('读', () => {
  test('群逐页读完', async () => {
    routes.set('GET /open-apis/im/v1/chats', ({ query }, response) =>
      query.get('page_token') === 'p2'
        ? json(response, 200, {
            code: 0,
            data: { items: [{ chat_id: 'oc_2', name: '二', owner_id: 'ou_2', external: true }], has_more: false, page_token: '' },
          })
        : json(response, 200, { code: 0, data: { items: [{ chat_id: 'oc_1', name: '一' }], has_more: true, page_token: 'p2' } }),
    );
    expect(await platform.reader.listChats()).toEqual([
      { chatId: 'oc_1', name: '一', ownerOpenId: null, external: false },
      { chatId: 'oc_2', name: '二', ownerOpenId: 'ou_2', external: true },
    ]);
  });

  test('按手机号找账号：五十个一批，写不写 86 都对得上，查不到的不在其中', async () => {
    routes.set('POST /open-apis/contact/v3/users/batch_get_id', ({ query, text }, response) => {
      const { mobiles } = JSON.parse(text) as { mobiles: string[] };
      const prefix = query.get('user_id_type') === 'open_id' ? 'ou' : 'u';
      const list = mobiles.map((mobile) =>
        mobile === '13900000000' ? { mobile } : { mobile: mobile.startsWith('+') ? mobile : `+86${mobile}`, user_id: `${prefix}_${mobile}` },
      );
      json(response, 200, { code: 0, data: { user_list: list } });
    });
    const mobiles = Array.from({ length: 60 }, (_, nth) => `138000000${String(nth).padStart(2, '0')}`);
    const accounts = await platform.reader.findAccounts([...mobiles, '8613700000000', '13900000000', '85261234567']);
    expect(accounts.size).toBe(62);
    expect(accounts.get('13800000059')).toEqual({ openId: 'ou_13800000059', userId: 'u_13800000059' });
    expect(accounts.get('8613700000000')).toEqual({ openId: 'ou_13700000000', userId: 'u_13700000000' });
    expect(accounts.get('85261234567')).toMatchObject({ openId: 'ou_+85261234567' });
    expect(received.filter(({ path }) => path.endsWith('batch_get_id'))).toHaveLength(4);
  });

  test('没有读 user_id 的权限，照样找得到账号', async () => {
    routes.set('POST /open-apis/contact/v3/users/batch_get_id', ({ query }, response) =>
      query.get('user_id_type') === 'open_id'
        ? json(response, 200, { code: 0, data: { user_list: [{ mobile: '13800000001', user_id: 'ou_1' }] } })
        : json(response, 400, { code: 99991672, msg: 'Access denied' }),
    );
    expect(await platform.reader.findAccounts(['13800000001'])).toEqual(new Map([['13800000001', { openId: 'ou_1' }]]));
  });

  test('已授予的权限', async () => {
    const scopes = [
      { scope_name: 'im:resource', grant_status: 1 },
      { scope_name: 'im:chat', grant_status: 2 },
    ];
    routes.set('GET /open-apis/application/v6/scopes', (_request, response) => json(response, 200, { code: 0, data: { scopes } }));
    expect(await platform.listGrantedScopes()).toEqual(['im:resource']);
  });
});

describe('下载', () => {
  const route = 'GET /open-apis/im/v1/messages/om_1/resources/file_1';

  test('一个字节不差', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, nth) => nth % 256));
    routes.set(route, (_request, response) => binary(response).end(bytes));
    expect(Buffer.compare(Buffer.from(await platform.reader.downloadFile('om_1', 'file_1')), bytes)).toBe(0);
    expect(received.at(-1)?.query.get('type')).toBe('file');
  });

  test('超过 10 MB 就不再读', async () => {
    let written = 0;
    routes.set(route, (_request, response) => {
      binary(response);
      const chunk = Buffer.alloc(256 * 1024);
      const more = (): void => {
        if (response.destroyed || written > 200 * 1024 * 1024) return;
        written += chunk.length;
        response.write(chunk, more);
      };
      more();
    });
    await expect(platform.reader.downloadFile('om_1', 'file_1')).rejects.toMatchObject({ kind: 'rejected' });
    expect(written).toBeLessThan(40 * 1024 * 1024);
  });

  test('失败的原因在流里，读得出来', async () => {
    routes.set(route, (_request, response) => json(response, 400, { code: 234003, msg: 'File not in msg.' }));
    await expect(platform.reader.downloadFile('om_1', 'file_1')).rejects.toMatchObject({ kind: 'rejected', code: 234003 });
  });

  test('中途断了，结果不明', async () => {
    routes.set(route, (_request, response) => {
      binary(response, { 'content-length': '1000' }).write('PK', () => response.destroy());
    });
    await expect(platform.reader.downloadFile('om_1', 'file_1')).rejects.toMatchObject({ kind: 'unknown' });
  });
});

describe('出错', () => {
  const send = (): Promise<unknown> => platform.writer.send({ person: 'ou_1' }, { text: '内容-canary' }, 'uuid-1');
  const route = 'POST /open-apis/im/v1/messages';

  test('限频听平台的', async () => {
    routes.set(route, (_request, response) =>
      json(response, 429, { code: 99991400, msg: 'request trigger frequency limit' }, { 'x-ogw-ratelimit-reset': '7', 'x-tt-logid': 'log-1' }),
    );
    await expect(send()).rejects.toMatchObject({ kind: 'rate-limited', retryAfterMs: 7_000, logId: 'log-1' });
  });

  test.each([
    ['连接断了', (_request: Received, response: ServerResponse) => void response.destroy()],
    ['502', (_request: Received, response: ServerResponse) => void response.writeHead(502).end('<html>')],
    ['200 的网页', (_request: Received, response: ServerResponse) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
    ['没有消息编号', (_request: Received, response: ServerResponse) => json(response, 200, { code: 0, data: {} })],
  ])('%s：结果不明', async (_name, respond) => {
    routes.set(route, respond);
    await expect(send()).rejects.toMatchObject({ name: 'PlatformError', kind: 'unknown' });
  });

  test.each([302, 307])('平台叫我们改道别处（%i）：发送、取令牌、下载都不去，那一头一个连接也没有', async (status) => {
    let connections = 0;
    const elsewhere = createServer((request, response) => {
      if (request.url?.includes('/resources/')) binary(response).end('PK');
      else json(response, 200, { ...sent, tenant_access_token: 't-9', expire: 7_200 });
    }).on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const { port } = elsewhere.address() as AddressInfo;
    const astray: Respond = (_request, response) => void response.writeHead(status, { location: `http://127.0.0.1:${port}/resources/` }).end();
    try {
      routes.set(route, astray);
      routes.set('GET /open-apis/im/v1/messages/om_1/resources/file_1', astray);
      await expect(send()).rejects.toMatchObject({ name: 'PlatformError', kind: 'unknown' });
      await expect(platform.reader.downloadFile('om_1', 'file_1')).rejects.toMatchObject({ name: 'PlatformError' });
      routes.set('POST /open-apis/auth/v3/tenant_access_token/internal', astray);
      const { port: own } = server.address() as AddressInfo;
      const tokenless = createFeishuPlatform({
        appId: 'cli_a',
        appSecret: secret,
        domain: `http://127.0.0.1:${own}`,
        log: { warn: () => undefined },
      });
      await expect(tokenless.reader.getBot()).rejects.toMatchObject({ name: 'PlatformError' });
      expect(connections).toBe(0);
    } finally {
      elsewhere.closeAllConnections();
      elsewhere.close();
    }
  });

  test('平台根本连不上', async () => {
    const away = createFeishuPlatform({ appId: 'cli_a', appSecret: secret, domain: 'http://127.0.0.1:1', log: { warn: () => undefined } });
    await expect(away.reader.getBot()).rejects.toMatchObject({ name: 'PlatformError', kind: 'unknown' });
  });

  test('错误里没有密钥、令牌和消息内容', async () => {
    routes.set(route, (_request, response) => json(response, 400, { code: 230001, msg: 'invalid' }));
    const refused = await send().catch((error: unknown) => error);
    routes.set('POST /open-apis/auth/v3/tenant_access_token/internal', (_request, response) => void response.writeHead(500).end());
    const fresh = createFeishuPlatform({
      appId: 'cli_a',
      appSecret: secret,
      domain: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      log: { warn: () => undefined },
    });
    const tokenless = await fresh.reader.getBot().catch((error: unknown) => error);
    for (const error of [refused, tokenless]) {
      expect(error).toBeInstanceOf(PlatformError);
      const everything = JSON.stringify({
        ...(error as PlatformError),
        message: String(error),
        stack: (error as Error).stack,
        cause: String((error as Error).cause),
      });
      for (const canary of [secret, 't-1', '内容-canary']) expect(everything).not.toContain(canary);
    }
  });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const url = new URL(request.url ?? '', 'http://x');
  const { method = '' } = request;
  const one = {
    method,
    path: url.pathname,
    query: url.searchParams,
    authorization: request.headers.authorization,
    text: Buffer.concat(chunks).toString('utf8'),
  };
  received.push(one);
  const respond = routes.get(`${method} ${url.pathname}`);
  if (respond) respond(one, response);
  else json(response, 404, { code: 99991201, msg: 'no such path' });
}

function json(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(JSON.stringify(body));
}

function binary(response: ServerResponse, headers: Readonly<Record<string, string>> = {}): ServerResponse {
  return response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment; filename="a.xlsx"', ...headers });
}
