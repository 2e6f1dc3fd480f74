import { describe, expect, test } from 'vitest';
import { defaultApp } from '#platform/emulator/app';
import { coverage } from '#platform/emulator/coverage';
import type { FaultKind } from '#platform/emulator/faults';
import { matchRoute, routes } from '#platform/emulator/routes';
import { messageIdOf, useOpenApi } from './emulator-http.ts';
import { cardWith, words } from './emulator-scene.ts';

const http = useOpenApi();

describe('令牌', () => {
  test('剩三十分钟以上时给同一枚，不足时换新的，两枚都有效，过期作废', async () => {
    const { token } = http;
    expect((await http.fetchToken()).raw).toEqual({ code: 0, msg: 'ok', tenant_access_token: token, expire: 7200 });
    http.scene.clock.set(new Date('2026-05-28T16:30:00+08:00'));
    expect((await http.fetchToken()).raw['tenant_access_token']).toBe(token);
    http.scene.clock.set(new Date('2026-05-28T16:30:01+08:00'));
    const next = String((await http.fetchToken()).raw['tenant_access_token']);
    expect(next).not.toBe(token);
    for (const valid of [token, next])
      expect((await http.call('GET', '/bot/v3/info', { headers: { authorization: `Bearer ${valid}` } })).code).toBe(0);
    http.scene.clock.set(new Date('2026-05-28T17:00:00+08:00'));
    expect(await http.call('GET', '/bot/v3/info')).toMatchObject({ status: 400, code: 99991663 });
  });

  test('没带、不像、不认识的令牌各有各的错误码', async () => {
    expect(await http.call('GET', '/bot/v3/info', { headers: {} })).toMatchObject({ status: 400, code: 99991661 });
    expect(await http.call('GET', '/bot/v3/info', { headers: { authorization: 'Bearer abc' } })).toMatchObject({ status: 400, code: 99991671 });
    expect(await http.call('GET', '/bot/v3/info', { headers: { authorization: 'Bearer t-unknown' } })).toMatchObject({ status: 400, code: 99991663 });
  });

  test('密钥不对：200 里带错误码，没有令牌；可设成 400', async () => {
    expect(await http.fetchToken('wrong')).toMatchObject({ status: 200, code: 10014 });
    http.scene.store.setSwitches({ wrongSecretStatus: 400 });
    expect(await http.fetchToken('wrong')).toMatchObject({ status: 400, code: 10014 });
  });

  test('没有授予的权限：错误里写明要哪几项', async () => {
    http.scene.store.changeApp({ scopes: ['im:message'] });
    const answer = await http.call('GET', '/im/v1/chats');
    expect(answer).toMatchObject({ status: 400, code: 99991672 });
    expect(answer.msg).toContain('im:chat:readonly');
  });
});

describe('应答的样子', () => {
  test('每个应答都带日志编号，错误里也写着', async () => {
    const answer = await http.call('GET', '/im/v1/messages/om_none');
    expect(answer.headers.get('x-tt-logid')).toMatch(/^[0-9a-f]+$/);
    expect(answer.headers.get('x-request-id')).toBe(answer.headers.get('x-tt-logid'));
    expect(answer.raw['error']).toMatchObject({ log_id: answer.headers.get('x-tt-logid') });
    expect(http.scene.store.apiCalls().at(-1)).toMatchObject({ door: 'http', status: 400, code: 99992354, logId: answer.headers.get('x-tt-logid') });
  });

  test('GET 带着 {} 也收；不是 JSON 的请求体拒绝', async () => {
    const { request } = await import('node:http');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(
        `${http.base}/open-apis/bot/v3/info`,
        { method: 'GET', headers: { authorization: `Bearer ${http.token}`, 'content-length': '2' } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      sent.once('error', reject);
      sent.end('{}');
    });
    expect(status).toBe(200);
    expect((await http.call('POST', '/im/v1/messages', { body: '{oops' })).status).toBe(400);
  });

  test('没有模拟的接口答 501 并记下来，方法不对答 404', async () => {
    expect(await http.call('GET', '/im/v1/nothing')).toMatchObject({ status: 501, code: 99991201 });
    expect(await http.call('GET', '/im/v1/nothing')).toMatchObject({ status: 501 });
    expect(await http.call('DELETE', '/im/v1/messages/om_1')).toMatchObject({ status: 501 });
    expect(await http.call('PUT', '/im/v1/files')).toMatchObject({ status: 404, code: 99991301 });
    expect(http.scene.store.gaps()).toEqual([
      { method: 'GET', path: '/open-apis/im/v1/nothing', count: 2 },
      { method: 'DELETE', path: '/open-apis/im/v1/messages/om_1', count: 1 },
    ]);
  });

  test('调用记录里没有密钥', () => {
    expect(JSON.stringify(http.scene.store.apiCalls())).not.toContain(defaultApp.appSecret);
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
    for (let index = 0; index < 50; index += 1) expect((await http.call('GET', '/bot/v3/info')).code).toBe(0);
    const answer = await http.call('GET', '/bot/v3/info');
    expect(answer).toMatchObject(limited);
    expect(answer.headers.get('x-ogw-ratelimit-limit')).toBe('50');
    expect(answer.headers.get('x-ogw-ratelimit-reset')).toBe('1');
    expect((await http.call('GET', '/im/v1/chats')).code).toBe(0);
    http.scene.store.setSwitches({ rateLimitStatus: 400 });
    expect(await http.call('GET', '/bot/v3/info')).toMatchObject({ status: 400, code: 99991400 });
    http.scene.passMs(1_000);
    expect((await http.call('GET', '/bot/v3/info')).code).toBe(0);
  });

  test('同一个人每秒五条，别人不受影响', async () => {
    for (let index = 0; index < 5; index += 1) expect((await http.send(http.scene.zhang.openId, { text: '一' })).code).toBe(0);
    expect(await http.send(http.scene.zhang.openId, { text: '一' })).toMatchObject({ status: 400, code: 230020 });
    expect((await http.send(http.scene.lin.openId, { text: '一' })).code).toBe(0);
    http.scene.passMs(1_000);
    expect((await http.send(http.scene.zhang.openId, { text: '一' })).code).toBe(0);
  });

  test('同一个群每秒五条，发送和回复合起来算', async () => {
    const { chatId } = http.scene.group;
    const first = await http.send(chatId, { text: '一' }, { type: 'chat_id' });
    for (let index = 0; index < 4; index += 1) {
      const answer = await http.call('POST', `/im/v1/messages/${messageIdOf(first)}/reply`, { body: { msg_type: 'text', content: '{"text":"二"}' } });
      expect(answer.code).toBe(0);
    }
    const sixth = await http.send(chatId, { text: '三' }, { type: 'chat_id' });
    expect(sixth).toMatchObject({ status: 400, code: 230020 });
    expect(sixth.msg).toContain('ext=chat rate limit');
  });

  test('同一张卡片每秒更新五次', async () => {
    const messageId = messageIdOf(await http.sendCard(http.scene.zhang.openId, cardWith([words('一')])));
    for (let index = 0; index < 5; index += 1) expect((await http.patch(messageId, cardWith([words(`${index}`)]))).code).toBe(0);
    expect(await http.patch(messageId, cardWith([words('六')]))).toMatchObject({ status: 400, code: 230020 });
  });
});

describe('群和人', () => {
  test('只列机器人所在的群，分页取完；不合规的页码拒绝', async () => {
    for (let index = 0; index < 3; index += 1) http.scene.store.addGroup({ name: `群${index}`, members: [], botIn: index !== 1 });
    http.scene.store.directChat(http.scene.zhang.openId);
    const first = await http.call('GET', '/im/v1/chats?page_size=2');
    expect(first.data).toMatchObject({ has_more: true, items: [{ name: '住建局任务群' }, { name: '群0' }] });
    const second = await http.call('GET', `/im/v1/chats?page_size=2&page_token=${String(first.data['page_token'])}`);
    expect(second.data).toMatchObject({ has_more: false, items: [{ name: '群2' }] });
    for (const query of ['page_size=101', 'page_size=0', 'page_token=%21'])
      expect((await http.call('GET', `/im/v1/chats?${query}`)).code).toBe(230001);
  });

  test('群成员不列机器人；群不在、解散、机器人不在，各有说法', async () => {
    const { chatId } = http.scene.group;
    const members = (id: string) => http.call('GET', `/im/v1/chats/${id}/members?member_id_type=user_id`);
    expect((await members(chatId)).data).toMatchObject({
      member_total: 2,
      items: [{ member_id: http.scene.zhang.userId, name: '张敏' }, { name: '林涛' }],
    });
    expect((await members('oc_none')).code).toBe(232006);
    http.scene.store.removeBotFromGroup(chatId);
    expect((await members(chatId)).code).toBe(232011);
    http.scene.store.changeChat(chatId, { dissolved: true });
    expect((await members(chatId)).code).toBe(232009);
  });

  test('按手机号找人：认 +86；不认识的、看不见的、离职的没有编号', async () => {
    http.scene.store.changePerson(http.scene.lin.openId, { resigned: true });
    http.scene.store.addPerson({ name: '隐身', mobile: '13900000003', visible: false });
    const mobiles = ['+8613900000001', '13900000002', '13900000003', '13999999999'];
    const find = (body: unknown) => http.call('POST', '/contact/v3/users/batch_get_id?user_id_type=open_id', { body });
    expect((await find({ mobiles })).data['user_list']).toEqual([
      { mobile: '+8613900000001', user_id: http.scene.zhang.openId, status: expect.objectContaining({ is_resigned: false }) },
      { mobile: '13900000002' },
      { mobile: '13900000003' },
      { mobile: '13999999999' },
    ]);
    expect((await find({ mobiles: ['13900000002'], include_resigned: true })).data['user_list']).toMatchObject([{ user_id: http.scene.lin.openId }]);
    expect((await find({ mobiles: Array.from({ length: 51 }, () => '1') })).status).toBe(400);
  });

  test('机器人信息在最外层，权限一览、斜杠指令可读可加', async () => {
    expect((await http.call('GET', '/bot/v3/info')).raw['bot']).toMatchObject({ app_name: '督查助手', open_id: defaultApp.botOpenId });
    expect((await http.call('GET', '/application/v6/scopes')).data['scopes']).toContainEqual(
      expect.objectContaining({ scope_name: 'im:message', grant_status: 1 }),
    );
    const add = (command: string) =>
      http.call('POST', '/application/v7/app_slash_commands', { body: { command, description: { default_value: '我的任务' } } });
    expect((await add('任务')).code).toBe(0);
    expect((await add('任务')).status).toBe(400);
    expect((await http.call('GET', '/application/v7/app_slash_commands')).data['items']).toMatchObject([{ command: '任务' }]);
  });
});

describe('故障台', () => {
  const failing = async (kind: FaultKind) => {
    http.scene.faults.arm(kind);
    return http.send(http.scene.zhang.openId, { text: '一' }, { uuid: 'u1' });
  };

  test('限频、出错、令牌失效各来一次，然后恢复', async () => {
    const limited = await failing('rate-limited');
    expect(limited).toMatchObject({ status: 429, code: 99991400 });
    expect(limited.headers.get('x-ogw-ratelimit-reset')).toBe('1');
    expect(await failing('rate-limited-400')).toMatchObject({ status: 400, code: 99991400 });
    expect(await failing('error-in-200')).toMatchObject({ status: 200, code: 2200 });
    await expect(failing('server-error')).rejects.toThrow();
    await expect(failing('bad-json')).rejects.toThrow();
    expect(http.scene.store.chats().filter(({ kind }) => kind === 'p2p')).toEqual([]);
    expect(await failing('token-expired')).toMatchObject({ code: 99991663 });
    expect((await http.send(http.scene.zhang.openId, { text: '一' })).code).toBe(99991663);
    await http.renewToken();
    expect((await http.send(http.scene.zhang.openId, { text: '一' })).code).toBe(0);
  });

  test('应答丢了：消息其实已发出；同一防重号再来，不会发第二条', async () => {
    await expect(failing('lost-answer')).rejects.toThrow();
    const { chatId = '' } = http.scene.store.findDirectChat(http.scene.zhang.openId) ?? {};
    expect(http.scene.store.messagesOf(chatId)).toHaveLength(1);
    expect((await http.send(http.scene.zhang.openId, { text: '一' }, { uuid: 'u1' })).code).toBe(0);
    expect(http.scene.store.messagesOf(chatId)).toHaveLength(1);
    expect(http.scene.store.apiCalls().find(({ fault }) => fault === 'lost-answer')).toMatchObject({ status: null });
  });

  test('拒收卡片只碰卡片；撤回只碰已有的消息；可只对一种调用', async () => {
    http.scene.faults.arm('card-refused');
    expect((await http.send(http.scene.zhang.openId, { text: '一' })).code).toBe(0);
    expect((await http.sendCard(http.scene.zhang.openId, cardWith([words('一')]))).msg).toMatch(/ErrCode: 11310/);
    const messageId = messageIdOf(await http.sendCard(http.scene.zhang.openId, cardWith([words('一')])));
    http.scene.faults.arm('recalled');
    expect((await http.patch(messageId, cardWith([words('二')]))).code).toBe(230011);
    expect(http.scene.store.message(messageId)?.recalled).toBe(true);
    http.scene.faults.arm('server-error', { operation: 'file.create' });
    expect((await http.send(http.scene.lin.openId, { text: '一' })).code).toBe(0);
    http.scene.faults.clear();
    expect(http.scene.faults.armed()).toEqual([]);
  });

  test('按比例出错，直到解除', async () => {
    http.scene.faults.arm('rate-limited', { rate: 0.6 });
    expect((await http.send(http.scene.zhang.openId, { text: '一' })).code).toBe(99991400);
    http.scene.faults.arm('rate-limited', { rate: 0.4 });
    expect((await http.send(http.scene.zhang.openId, { text: '一' })).code).toBe(0);
    http.scene.faults.disarm('rate-limited');
    expect(http.scene.faults.armed()).toEqual([]);
  });
});
