import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultApp } from '#platform/emulator/app';
import { coverage } from '#platform/emulator/coverage';
import { listenOnLoopback } from '#platform/emulator/loopback';
import { createOpenApi } from '#platform/emulator/open-api';
import { matchRoute, routes } from '#platform/emulator/routes';
import { callbackButton, cardWith, createScene, feedbackForm, type Scene, words } from './emulator-scene.ts';

let scene: Scene;
let base: string;
let close: () => Promise<void>;
let token: string;

interface Answer {
  readonly status: number;
  readonly code: number;
  readonly msg: string;
  readonly data: Record<string, unknown>;
  readonly raw: Record<string, unknown>;
  readonly headers: Headers;
}

async function call(
  method: string,
  path: string,
  { body, headers = { authorization: `Bearer ${token}` } }: { body?: unknown; headers?: Record<string, string> } = {},
) {
  const response = await fetch(`${base}/open-apis${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const raw = (await response.json()) as Record<string, unknown>;
  const { code, msg, data } = raw as { code: number; msg: string; data: Record<string, unknown> };
  return { status: response.status, code, msg, data, raw, headers: response.headers } satisfies Answer;
}

const send = (to: string, content: unknown, { msgType = 'text', type = 'open_id', uuid }: { msgType?: string; type?: string; uuid?: unknown } = {}) =>
  call('POST', `/im/v1/messages?receive_id_type=${type}`, {
    body: {
      receive_id: to,
      msg_type: msgType,
      content: typeof content === 'string' ? content : JSON.stringify(content),
      ...(uuid === undefined ? {} : { uuid }),
    },
  });
const sendCard = (to: string, card: unknown, options: { type?: string } = {}) => send(to, card, { ...options, msgType: 'interactive' });
const patch = (messageId: string, card: unknown) => call('PATCH', `/im/v1/messages/${messageId}`, { body: { content: JSON.stringify(card) } });
const messageIdOf = ({ data }: Answer): string => String(data['message_id']);

async function upload(path: string, fields: Record<string, string>, file?: Uint8Array, { fileName }: { fileName?: string } = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  if (file) form.append('file_name' in fields ? 'file' : 'image', new Blob([Uint8Array.from(file)]), fileName);
  const response = await fetch(`${base}/open-apis${path}`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: form });
  const raw = (await response.json()) as { code: number; data: Record<string, string> };
  return { status: response.status, ...raw };
}

async function fetchToken(secret = defaultApp.appSecret) {
  return call('POST', '/auth/v3/tenant_access_token/internal', { body: { app_id: defaultApp.appId, app_secret: secret }, headers: {} });
}

beforeEach(async () => {
  scene = createScene();
  const server = await listenOnLoopback(createOpenApi(scene.api));
  base = server.url;
  close = server.close;
  token = String((await fetchToken()).raw['tenant_access_token']);
});
afterEach(() => close());

describe('令牌', () => {
  test('剩三十分钟以上时给同一枚，不足时换新的，两枚都有效，过期作废', async () => {
    expect((await fetchToken()).raw).toEqual({ code: 0, msg: 'ok', tenant_access_token: token, expire: 7200 });
    scene.clock.set(new Date('2026-05-28T16:30:00+08:00'));
    expect((await fetchToken()).raw['tenant_access_token']).toBe(token);
    scene.clock.set(new Date('2026-05-28T16:30:01+08:00'));
    const next = String((await fetchToken()).raw['tenant_access_token']);
    expect(next).not.toBe(token);
    for (const valid of [token, next]) expect((await call('GET', '/bot/v3/info', { headers: { authorization: `Bearer ${valid}` } })).code).toBe(0);
    scene.clock.set(new Date('2026-05-28T17:00:00+08:00'));
    expect(await call('GET', '/bot/v3/info')).toMatchObject({ status: 400, code: 99991663 });
  });

  test('没带、不像、不认识的令牌各有各的错误码', async () => {
    expect(await call('GET', '/bot/v3/info', { headers: {} })).toMatchObject({ status: 400, code: 99991661 });
    expect(await call('GET', '/bot/v3/info', { headers: { authorization: 'Bearer abc' } })).toMatchObject({ status: 400, code: 99991671 });
    expect(await call('GET', '/bot/v3/info', { headers: { authorization: 'Bearer t-unknown' } })).toMatchObject({ status: 400, code: 99991663 });
  });

  test('密钥不对：200 里带错误码，没有令牌；可设成 400', async () => {
    expect(await fetchToken('wrong')).toMatchObject({ status: 200, code: 10014 });
    scene.store.setSwitches({ wrongSecretStatus: 400 });
    expect(await fetchToken('wrong')).toMatchObject({ status: 400, code: 10014 });
  });

  test('没有授予的权限：错误里写明要哪几项', async () => {
    scene.store.changeApp({ scopes: ['im:message'] });
    const answer = await call('GET', '/im/v1/chats');
    expect(answer).toMatchObject({ status: 400, code: 99991672 });
    expect(answer.msg).toContain('im:chat:readonly');
  });
});

describe('应答的样子', () => {
  test('每个应答都带日志编号，错误里也写着', async () => {
    const answer = await call('GET', '/im/v1/messages/om_none');
    expect(answer.headers.get('x-tt-logid')).toMatch(/^[0-9a-f]+$/);
    expect(answer.headers.get('x-request-id')).toBe(answer.headers.get('x-tt-logid'));
    expect(answer.raw['error']).toMatchObject({ log_id: answer.headers.get('x-tt-logid') });
    expect(scene.store.apiCalls().at(-1)).toMatchObject({ door: 'http', status: 400, code: 99992354, logId: answer.headers.get('x-tt-logid') });
  });

  test('GET 带着 {} 也收；不是 JSON 的请求体拒绝', async () => {
    const { request } = await import('node:http');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(
        `${base}/open-apis/bot/v3/info`,
        { method: 'GET', headers: { authorization: `Bearer ${token}`, 'content-length': '2' } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      sent.once('error', reject);
      sent.end('{}');
    });
    expect(status).toBe(200);
    expect((await call('POST', '/im/v1/messages', { body: '{oops' })).status).toBe(400);
  });

  test('没有模拟的接口答 501 并记下来，方法不对答 404', async () => {
    expect(await call('GET', '/im/v1/nothing')).toMatchObject({ status: 501, code: 99991201 });
    expect(await call('GET', '/im/v1/nothing')).toMatchObject({ status: 501 });
    expect(await call('DELETE', '/im/v1/messages/om_1')).toMatchObject({ status: 501 });
    expect(await call('PUT', '/im/v1/files')).toMatchObject({ status: 404, code: 99991301 });
    expect(scene.store.gaps()).toEqual([
      { method: 'GET', path: '/open-apis/im/v1/nothing', count: 2 },
      { method: 'DELETE', path: '/open-apis/im/v1/messages/om_1', count: 1 },
    ]);
  });

  test('调用记录里没有密钥', () => {
    expect(JSON.stringify(scene.store.apiCalls())).not.toContain(defaultApp.appSecret);
  });
});

describe('覆盖表', () => {
  test('说模拟了的接口都有路由，有路由的接口都写在表里', () => {
    const listed = coverage.filter(({ kind, state }) => kind === 'endpoint' && state !== 'not').map(({ name }) => name);
    expect(new Set(listed)).toEqual(new Set(routes.map(({ method, path }) => `${method} ${path}`)));
  });

  test('说没模拟的接口都没有路由', () => {
    const absent = coverage.filter(({ kind, state }) => kind === 'endpoint' && state === 'not');
    for (const { name } of absent) {
      const [method = '', path = ''] = name.split(' ');
      expect(matchRoute(method, path.replaceAll(/:\w+/g, 'x')).kind, name).not.toBe('found');
    }
  });

  test('订阅得到的事件和回调，正是表里说模拟了的那些', () => {
    const listed = coverage
      .filter(({ kind, state, name }) => kind !== 'endpoint' && state !== 'not' && name !== 'url_verification')
      .map(({ name }) => name);
    expect(new Set(listed)).toEqual(new Set(defaultApp.subscriptions));
  });
});

describe('限频', () => {
  const limited = { status: 429, code: 99991400 };

  test('每个接口每秒 50 次，第 51 次答 429，并说要等几秒', async () => {
    for (let index = 0; index < 50; index += 1) expect((await call('GET', '/bot/v3/info')).code).toBe(0);
    const answer = await call('GET', '/bot/v3/info');
    expect(answer).toMatchObject(limited);
    expect(answer.headers.get('x-ogw-ratelimit-limit')).toBe('50');
    expect(answer.headers.get('x-ogw-ratelimit-reset')).toBe('1');
    expect((await call('GET', '/im/v1/chats')).code).toBe(0);
    scene.store.setSwitches({ rateLimitStatus: 400 });
    expect(await call('GET', '/bot/v3/info')).toMatchObject({ status: 400, code: 99991400 });
    scene.passMs(1_000);
    expect((await call('GET', '/bot/v3/info')).code).toBe(0);
  });

  test('同一个人每秒五条，别人不受影响', async () => {
    for (let index = 0; index < 5; index += 1) expect((await send(scene.zhang.openId, { text: '一' })).code).toBe(0);
    expect(await send(scene.zhang.openId, { text: '一' })).toMatchObject({ status: 400, code: 230020 });
    expect((await send(scene.lin.openId, { text: '一' })).code).toBe(0);
    scene.passMs(1_000);
    expect((await send(scene.zhang.openId, { text: '一' })).code).toBe(0);
  });

  test('同一个群每秒五条，发送和回复合起来算', async () => {
    const { chatId } = scene.group;
    const first = await send(chatId, { text: '一' }, { type: 'chat_id' });
    for (let index = 0; index < 4; index += 1) {
      const answer = await call('POST', `/im/v1/messages/${messageIdOf(first)}/reply`, { body: { msg_type: 'text', content: '{"text":"二"}' } });
      expect(answer.code).toBe(0);
    }
    const sixth = await send(chatId, { text: '三' }, { type: 'chat_id' });
    expect(sixth).toMatchObject({ status: 400, code: 230020 });
    expect(sixth.msg).toContain('ext=chat rate limit');
  });

  test('同一张卡片每秒更新五次', async () => {
    const messageId = messageIdOf(await sendCard(scene.zhang.openId, cardWith([words('一')])));
    for (let index = 0; index < 5; index += 1) expect((await patch(messageId, cardWith([words(`${index}`)]))).code).toBe(0);
    expect(await patch(messageId, cardWith([words('六')]))).toMatchObject({ status: 400, code: 230020 });
  });
});

describe('发消息', () => {
  test('发到单聊，答复里有消息和会话的编号', async () => {
    const { data } = await send(scene.zhang.openId, { text: '您好' });
    const chat = scene.store.findDirectChat(scene.zhang.openId);
    expect(data).toMatchObject({ msg_type: 'text', chat_id: chat?.chatId, create_time: '1779951600000', body: { content: '{"text":"您好"}' } });
    expect(scene.store.messagesOf(chat?.chatId ?? '').map(({ messageId }) => messageId)).toEqual([data['message_id']]);
  });

  test.each([
    ['open_id', () => scene.zhang.openId],
    ['union_id', () => scene.zhang.unionId],
    ['user_id', () => scene.zhang.userId],
    ['chat_id', () => scene.group.chatId],
  ])('按 %s 发', async (type, id) => {
    expect((await send(id(), { text: '您好' }, { type })).code).toBe(0);
  });

  test.each([
    ['收件人类型没写', () => send(scene.zhang.openId, { text: '一' }, { type: '' }), 230001],
    ['收件人与类型对不上', () => send(scene.group.chatId, { text: '一' }), 230034],
    ['没有这个 open_id', () => send('ou_nobody', { text: '一' }), 99992351],
    ['没有这个 user_id', () => send('nobody', { text: '一' }, { type: 'user_id' }), 99992360],
    ['没有这个 union_id', () => send('on_nobody', { text: '一' }, { type: 'union_id' }), 99992364],
    ['没有这个群', () => send('oc_nowhere', { text: '一' }, { type: 'chat_id' }), 99992356],
    [
      '内容不是字符串',
      () =>
        call('POST', '/im/v1/messages?receive_id_type=open_id', {
          body: { receive_id: scene.zhang.openId, msg_type: 'text', content: { text: '一' } },
        }),
      230001,
    ],
    ['内容不是 JSON', () => send(scene.zhang.openId, '您好'), 230001],
    ['文字是空的', () => send(scene.zhang.openId, { text: '' }), 230001],
    ['没有这种消息', () => send(scene.zhang.openId, { text: '一' }, { msgType: 'letter' }), 230001],
    ['文字超过 150 KB', () => send(scene.zhang.openId, { text: '字'.repeat(51_200) }), 230025],
    ['防重号太长', () => send(scene.zhang.openId, { text: '一' }, { uuid: 'u'.repeat(51) }), 230001],
    ['防重号不是文字', () => send(scene.zhang.openId, { text: '一' }, { uuid: 7 }), 230001],
    ['文件不是我们传的', () => send(scene.zhang.openId, { file_key: 'file_v3_x' }, { msgType: 'file' }), 230017],
  ])('%s', async (_, act, code) => {
    expect(await act()).toMatchObject({ status: 400, code });
  });

  test('别的应用的 open_id、不在可用范围、停收消息、离职的人都收不到', async () => {
    scene.store.addForeignOpenId('ou_foreign');
    expect((await send('ou_foreign', { text: '一' })).code).toBe(99992361);
    const { openId } = scene.zhang;
    scene.store.changePerson(openId, { mutedBot: true });
    expect((await send(openId, { text: '一' })).code).toBe(230053);
    scene.store.changePerson(openId, { seesBot: false });
    expect((await send(openId, { text: '一' })).code).toBe(230013);
    scene.store.changePerson(openId, { seesBot: true, resigned: true });
    expect((await send(openId, { text: '一' })).code).toBe(230013);
    scene.store.setSwitches({ resignedCode: 230029 });
    expect((await send(openId, { text: '一' })).code).toBe(230029);
  });

  test('禁言、移出、解散的群都发不进去', async () => {
    const { chatId } = scene.group;
    const toGroup = async (): Promise<number> => (await send(chatId, { text: '一' }, { type: 'chat_id' })).code;
    scene.store.changeChat(chatId, { muted: true });
    expect(await toGroup()).toBe(230018);
    scene.store.setSwitches({ mutedGroupCode: 230035 });
    expect(await toGroup()).toBe(230035);
    scene.store.removeBotFromGroup(chatId);
    expect(await toGroup()).toBe(230002);
    scene.store.changeChat(chatId, { dissolved: true });
    expect(await toGroup()).toBe(232009);
  });

  test('开了敏感信息审计，明文手机号和邮箱发不出去', async () => {
    expect((await send(scene.zhang.openId, { text: '电话 13912345678' })).code).toBe(0);
    scene.store.setSwitches({ dlp: true });
    expect((await send(scene.zhang.openId, { text: '电话 13912345678' })).code).toBe(230028);
    expect((await send(scene.zhang.openId, { text: '邮箱 a@example.gov.cn' })).code).toBe(230028);
    expect((await send(scene.zhang.openId, { text: '文号 2026139123456781' })).code).toBe(0);
  });

  test('同一防重号一小时内只发一次，回的是第一条；过了一小时再发一条', async () => {
    const first = await send(scene.zhang.openId, { text: '一' }, { uuid: 'u1' });
    const again = await send(scene.zhang.openId, { text: '二' }, { uuid: 'u1' });
    expect(messageIdOf(again)).toBe(messageIdOf(first));
    scene.store.setSwitches({ repeatedUuid: 'refused' });
    expect((await send(scene.zhang.openId, { text: '二' }, { uuid: 'u1' })).code).toBe(230001);
    scene.clock.set(new Date('2026-05-28T16:00:00+08:00'));
    const later = await send(scene.zhang.openId, { text: '三' }, { uuid: 'u1' });
    expect(messageIdOf(later)).not.toBe(messageIdOf(first));
  });

  test('第一次还在办，同一防重号再来：正在发送', async () => {
    scene = createScene({ slowMs: 60 });
    scene.faults.arm('slow');
    const input = { method: 'POST', path: '/open-apis/im/v1/messages', query: { receive_id_type: 'open_id' } };
    const body = { receive_id: scene.zhang.openId, msg_type: 'text', content: '{"text":"一"}', uuid: 'u1' };
    const [first, second] = await Promise.all([1, 2].map(() => scene.api.perform({ ...input, body }, { door: 'adapter' })));
    expect(first).toMatchObject({ answer: { code: 0 } });
    expect(second).toMatchObject({ answer: { code: 230049, status: 400 } });
  });
});

describe('卡片', () => {
  const person = (): string => scene.zhang.openId;

  test('按钮、表单都收；@ 到的人和图片须是认识的', async () => {
    expect((await sendCard(person(), cardWith([callbackButton('签收', { k: 1 }), feedbackForm()]))).code).toBe(0);
    const stranger = await sendCard(person(), cardWith([words('<at id=ou_nobody></at>')]));
    expect(stranger).toMatchObject({ status: 400, code: 230099 });
    expect(stranger.msg).toMatch(/ErrCode: 100290/);
    const image = { tag: 'img', img_key: 'img_v3_x', alt: { tag: 'plain_text', content: '图' } };
    expect((await sendCard(person(), cardWith([image]))).msg).toMatch(/ErrCode: 200570/);
  });

  test.each([
    ['不认识的属性', { tag: 'div', text: { tag: 'plain_text', content: '一' }, colour: 'red' }, 200621],
    ['已经去掉的标签', { tag: 'note', elements: [] }, 200861],
    ['表单没有提交按钮', { tag: 'form', name: 'f', elements: [words('一')] }, 300123],
  ])('%s：拒收，子码写在话里', async (_, element, subCode) => {
    const answer = await sendCard(person(), cardWith([element]));
    expect(answer).toMatchObject({ status: 400, code: 230099 });
    expect(answer.msg).toMatch(new RegExp(`ErrCode: ${subCode};.*ErrPath`));
  });

  test('三十 KB 是上限：差一点收，多一点不收', async () => {
    const card = (bytes: number) => {
      const empty = Buffer.byteLength(JSON.stringify(cardWith([words('')])));
      return cardWith([words('a'.repeat(bytes - empty))]);
    };
    expect((await sendCard(person(), card(30 * 1024))).code).toBe(0);
    expect(await sendCard(person(), card(30 * 1024 + 1))).toMatchObject({ status: 400, code: 230025 });
  });

  test('旧版卡片、模板卡片不收', async () => {
    expect((await sendCard(person(), { elements: [] })).code).toBe(230099);
    expect((await sendCard(person(), { type: 'template', data: { template_id: 'x' } })).code).toBe(230099);
  });

  test('更新：换整张卡片，读回来是新的', async () => {
    const messageId = messageIdOf(await sendCard(person(), cardWith([words('一')])));
    expect(await patch(messageId, cardWith([words('二')]))).toMatchObject({ code: 0, data: {} });
    const { data } = await call('GET', `/im/v1/messages/${messageId}?card_msg_content_type=user_card_content`);
    const [item] = data['items'] as { body: { content: string }; updated: boolean }[];
    expect(item?.updated).toBe(true);
    expect(JSON.parse(item?.body.content ?? '')).toEqual(cardWith([words('二')]));
    const simplified = (await call('GET', `/im/v1/messages/${messageId}`)).data['items'] as { body: { content: string } }[];
    expect(JSON.parse(simplified[0]?.body.content ?? '')).toEqual({ title: '督办任务', elements: [[{ tag: 'text', text: '二' }]] });
  });

  test('不能更新的：文字、别人的、撤回的、过了十四天的、不共享的、换成旧版的', async () => {
    const text = messageIdOf(await send(person(), { text: '一' }));
    expect((await patch(text, cardWith([words('二')]))).code).toBe(230001);
    expect((await patch('om_none', cardWith([words('二')]))).code).toBe(99992354);
    const theirs = scene.store.post({
      chatId: scene.group.chatId,
      sender: { kind: 'person', openId: person() },
      msgType: 'interactive',
      content: JSON.stringify(cardWith([])),
    });
    expect((await patch(theirs.messageId, cardWith([words('二')]))).code).toBe(230001);
    const messageId = messageIdOf(await sendCard(person(), cardWith([words('一')])));
    expect((await patch(messageId, { ...cardWith([words('二')]), config: {} })).code).toBe(230001);
    expect((await patch(messageId, { elements: [] })).msg).toMatch(/ErrCode: 200830/);
    expect((await patch(messageId, cardWith([{ tag: 'note' }]))).code).toBe(230099);
    const implicit = messageIdOf(await sendCard(person(), { ...cardWith([words('一')]), config: {} }));
    expect((await patch(implicit, cardWith([words('二')]))).code).toBe(230001);
    scene.clock.set(new Date('2026-06-11T15:00:00+08:00'));
    token = String((await fetchToken()).raw['tenant_access_token']);
    expect(await patch(messageId, cardWith([words('二')]))).toMatchObject({ status: 400, code: 230031 });
    scene.store.recall(messageId);
    expect((await patch(messageId, cardWith([words('二')]))).code).toBe(230011);
  });

  test('可设成同时到达的更新不保先后，最后的样子是其中一个', async () => {
    scene.store.setSwitches({ patchOrder: 'random' });
    const messageId = messageIdOf(await sendCard(person(), cardWith([words('零')])));
    await Promise.all(['一', '二', '三'].map((text) => patch(messageId, cardWith([words(text)]))));
    expect(scene.store.message(messageId)?.revision).toBe(4);
  });
});

describe('回复', () => {
  test('回复带着原消息；原消息撤回了、没有，就回复不了', async () => {
    const first = messageIdOf(await send(scene.group.chatId, { text: '一' }, { type: 'chat_id' }));
    const reply = (id: string) => call('POST', `/im/v1/messages/${id}/reply`, { body: { msg_type: 'text', content: '{"text":"二"}' } });
    expect((await reply(first)).data).toMatchObject({ parent_id: first, root_id: first, chat_id: scene.group.chatId });
    expect((await reply('om_none')).code).toBe(99992354);
    scene.store.recall(first);
    expect((await reply(first)).code).toBe(230011);
  });
});

describe('文件', () => {
  const png = (width: number, height: number): Buffer => {
    const head = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    const size = Buffer.alloc(8);
    size.writeUInt32BE(width, 0);
    size.writeUInt32BE(height, 4);
    return Buffer.concat([head, size]);
  };

  test('上传后可发；二进制一字节不变；没有文件名的部分也收', async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 45, 45, 0xe7, 0x9d]);
    const { data, code } = await upload('/im/v1/files', { file_type: 'xls', file_name: '台账.xlsx' }, bytes);
    expect(code).toBe(0);
    expect(Buffer.from(scene.store.fileBytes(data['file_key'] ?? '') ?? [])).toEqual(bytes);
    expect((await send(scene.zhang.openId, { file_key: data['file_key'] }, { msgType: 'file' })).code).toBe(0);
  });

  test('空的、没有名字的、类型不对的、太大的都不收', async () => {
    expect(await upload('/im/v1/files', { file_type: 'xls', file_name: 'a.xlsx' }, Buffer.alloc(0))).toMatchObject({ status: 400, code: 234010 });
    expect((await upload('/im/v1/files', { file_type: 'xls', file_name: '' }, Buffer.from('a'))).code).toBe(234001);
    expect((await upload('/im/v1/files', { file_type: 'xlsx', file_name: 'a.xlsx' }, Buffer.from('a'))).code).toBe(234001);
    expect((await upload('/im/v1/files', { file_type: 'stream', file_name: 'a.bin' }, Buffer.alloc(30 * 1024 * 1024 + 1))).code).toBe(234006);
  });

  test('视频要按视频发，不能当文件', async () => {
    const { data } = await upload('/im/v1/files', { file_type: 'mp4', file_name: 'a.mp4' }, Buffer.from('a'));
    expect((await send(scene.zhang.openId, { file_key: data['file_key'] }, { msgType: 'file' })).code).toBe(230055);
  });

  test('图片看格式和边长', async () => {
    const { data, code } = await upload('/im/v1/images', { image_type: 'message' }, png(800, 600));
    expect(code).toBe(0);
    const image = { tag: 'img', img_key: data['image_key'], alt: { tag: 'plain_text', content: '图' } };
    expect((await sendCard(scene.zhang.openId, cardWith([image]))).code).toBe(0);
    expect((await send(scene.zhang.openId, { image_key: data['image_key'] }, { msgType: 'image' })).code).toBe(0);
    expect((await upload('/im/v1/images', { image_type: 'message' }, png(12_001, 10))).code).toBe(234039);
    expect((await upload('/im/v1/images', { image_type: 'avatar' }, png(5_000, 10))).code).toBe(234039);
    expect((await upload('/im/v1/images', { image_type: 'message' }, Buffer.from('GIF89a\x00\x08\x00\x00', 'latin1'))).code).toBe(234039);
    expect((await upload('/im/v1/images', { image_type: 'message' }, Buffer.from('not an image'))).code).toBe(234011);
    expect((await upload('/im/v1/images', { image_type: 'message' }, Buffer.alloc(10 * 1024 * 1024 + 1))).code).toBe(234006);
  });

  test('下载：消息和文件要成对，机器人要在群里，类型要写', async () => {
    const { group, lin, store } = scene;
    const one = store.addFile({ kind: 'file', type: 'stream', name: '花名册.xlsx', owner: lin.openId }, Buffer.from('名单'));
    const other = store.addFile({ kind: 'file', type: 'stream', name: '别的.xlsx', owner: lin.openId }, Buffer.from('别的'));
    const content = JSON.stringify({ file_key: one.fileKey, file_name: one.name });
    const message = store.post({ chatId: group.chatId, sender: { kind: 'person', openId: lin.openId }, msgType: 'file', content });
    const path = (key: string, type = 'file'): string => `/im/v1/messages/${message.messageId}/resources/${key}?type=${type}`;
    const response = await fetch(`${base}/open-apis${path(one.fileKey)}`, { headers: { authorization: `Bearer ${token}` } });
    expect(await response.text()).toBe('名单');
    expect(response.headers.get('content-disposition')).toContain(encodeURIComponent('花名册.xlsx'));
    expect((await call('GET', path(other.fileKey))).code).toBe(234003);
    expect((await call('GET', path(one.fileKey, 'audio'))).code).toBe(234001);
    store.removeBotFromGroup(group.chatId);
    expect((await call('GET', path(one.fileKey))).code).toBe(234004);
    store.recall(message.messageId);
    expect((await call('GET', path(one.fileKey))).code).toBe(230110);
  });
});

describe('群和人', () => {
  test('只列机器人所在的群，分页取完；不合规的页码拒绝', async () => {
    for (let index = 0; index < 3; index += 1) scene.store.addGroup({ name: `群${index}`, members: [], botIn: index !== 1 });
    scene.store.directChat(scene.zhang.openId);
    const first = await call('GET', '/im/v1/chats?page_size=2');
    expect(first.data).toMatchObject({ has_more: true, items: [{ name: '住建局任务群' }, { name: '群0' }] });
    const second = await call('GET', `/im/v1/chats?page_size=2&page_token=${String(first.data['page_token'])}`);
    expect(second.data).toMatchObject({ has_more: false, items: [{ name: '群2' }] });
    for (const query of ['page_size=101', 'page_size=0', 'page_token=%21']) expect((await call('GET', `/im/v1/chats?${query}`)).code).toBe(230001);
  });

  test('群成员不列机器人；群不在、解散、机器人不在，各有说法', async () => {
    const { chatId } = scene.group;
    const members = (id: string) => call('GET', `/im/v1/chats/${id}/members?member_id_type=user_id`);
    expect((await members(chatId)).data).toMatchObject({
      member_total: 2,
      items: [{ member_id: scene.zhang.userId, name: '张敏' }, { name: '林涛' }],
    });
    expect((await members('oc_none')).code).toBe(232006);
    scene.store.removeBotFromGroup(chatId);
    expect((await members(chatId)).code).toBe(232011);
    scene.store.changeChat(chatId, { dissolved: true });
    expect((await members(chatId)).code).toBe(232009);
  });

  test('按手机号找人：认 +86；不认识的、看不见的、离职的没有编号', async () => {
    scene.store.changePerson(scene.lin.openId, { resigned: true });
    scene.store.addPerson({ name: '隐身', mobile: '13900000003', visible: false });
    const mobiles = ['+8613900000001', '13900000002', '13900000003', '13999999999'];
    const find = (body: unknown) => call('POST', '/contact/v3/users/batch_get_id?user_id_type=open_id', { body });
    expect((await find({ mobiles })).data['user_list']).toEqual([
      { mobile: '+8613900000001', user_id: scene.zhang.openId, status: expect.objectContaining({ is_resigned: false }) },
      { mobile: '13900000002' },
      { mobile: '13900000003' },
      { mobile: '13999999999' },
    ]);
    expect((await find({ mobiles: ['13900000002'], include_resigned: true })).data['user_list']).toMatchObject([{ user_id: scene.lin.openId }]);
    expect((await find({ mobiles: Array.from({ length: 51 }, () => '1') })).status).toBe(400);
  });

  test('机器人信息在最外层，权限一览、斜杠指令可读可加', async () => {
    expect((await call('GET', '/bot/v3/info')).raw['bot']).toMatchObject({ app_name: '督查助手', open_id: defaultApp.botOpenId });
    expect((await call('GET', '/application/v6/scopes')).data['scopes']).toContainEqual(
      expect.objectContaining({ scope_name: 'im:message', grant_status: 1 }),
    );
    const add = (command: string) =>
      call('POST', '/application/v7/app_slash_commands', { body: { command, description: { default_value: '我的任务' } } });
    expect((await add('任务')).code).toBe(0);
    expect((await add('任务')).status).toBe(400);
    expect((await call('GET', '/application/v7/app_slash_commands')).data['items']).toMatchObject([{ command: '任务' }]);
  });
});

describe('故障台', () => {
  const failing = async (kind: Parameters<Scene['faults']['arm']>[0]) => {
    scene.faults.arm(kind);
    return send(scene.zhang.openId, { text: '一' }, { uuid: 'u1' });
  };

  test('限频、出错、令牌失效各来一次，然后恢复', async () => {
    const limited = await failing('rate-limited');
    expect(limited).toMatchObject({ status: 429, code: 99991400 });
    expect(limited.headers.get('x-ogw-ratelimit-reset')).toBe('1');
    expect(await failing('rate-limited-400')).toMatchObject({ status: 400, code: 99991400 });
    expect(await failing('error-in-200')).toMatchObject({ status: 200, code: 2200 });
    await expect(failing('server-error')).rejects.toThrow();
    await expect(failing('bad-json')).rejects.toThrow();
    expect(scene.store.chats().filter(({ kind }) => kind === 'p2p')).toEqual([]);
    expect(await failing('token-expired')).toMatchObject({ code: 99991663 });
    expect((await send(scene.zhang.openId, { text: '一' })).code).toBe(99991663);
    token = String((await fetchToken()).raw['tenant_access_token']);
    expect((await send(scene.zhang.openId, { text: '一' })).code).toBe(0);
  });

  test('应答丢了：消息其实已发出；同一防重号再来，不会发第二条', async () => {
    await expect(failing('lost-answer')).rejects.toThrow();
    const { chatId = '' } = scene.store.findDirectChat(scene.zhang.openId) ?? {};
    expect(scene.store.messagesOf(chatId)).toHaveLength(1);
    expect((await send(scene.zhang.openId, { text: '一' }, { uuid: 'u1' })).code).toBe(0);
    expect(scene.store.messagesOf(chatId)).toHaveLength(1);
    expect(scene.store.apiCalls().find(({ fault }) => fault === 'lost-answer')).toMatchObject({ status: null });
  });

  test('拒收卡片只碰卡片；撤回只碰已有的消息；可只对一种调用', async () => {
    scene.faults.arm('card-refused');
    expect((await send(scene.zhang.openId, { text: '一' })).code).toBe(0);
    expect((await sendCard(scene.zhang.openId, cardWith([words('一')]))).msg).toMatch(/ErrCode: 11310/);
    const messageId = messageIdOf(await sendCard(scene.zhang.openId, cardWith([words('一')])));
    scene.faults.arm('recalled');
    expect((await patch(messageId, cardWith([words('二')]))).code).toBe(230011);
    expect(scene.store.message(messageId)?.recalled).toBe(true);
    scene.faults.arm('server-error', { operation: 'file.create' });
    expect((await send(scene.lin.openId, { text: '一' })).code).toBe(0);
    scene.faults.clear();
    expect(scene.faults.armed()).toEqual([]);
  });

  test('按比例出错，直到解除', async () => {
    scene.faults.arm('rate-limited', { rate: 0.6 });
    expect((await send(scene.zhang.openId, { text: '一' })).code).toBe(99991400);
    scene.faults.arm('rate-limited', { rate: 0.4 });
    expect((await send(scene.zhang.openId, { text: '一' })).code).toBe(0);
    scene.faults.disarm('rate-limited');
    expect(scene.faults.armed()).toEqual([]);
  });
});
