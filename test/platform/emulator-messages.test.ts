import { describe, expect, test } from 'vitest';
import { messageIdOf, useOpenApi } from './emulator-http.ts';
import { callbackButton, cardWith, createScene, feedbackForm, words } from './emulator-scene.ts';

const http = useOpenApi();

describe('发消息', () => {
  test('发到单聊，答复里有消息和会话的编号', async () => {
    const { data } = await http.send(http.scene.zhang.openId, { text: '您好' });
    const chat = http.scene.store.findDirectChat(http.scene.zhang.openId);
    expect(data).toMatchObject({ msg_type: 'text', chat_id: chat?.chatId, create_time: '1779951600000', body: { content: '{"text":"您好"}' } });
    expect(http.scene.store.messagesOf(chat?.chatId ?? '').map(({ messageId }) => messageId)).toEqual([data['message_id']]);
  });

  test.each([
    ['open_id', () => http.scene.zhang.openId],
    ['union_id', () => http.scene.zhang.unionId],
    ['user_id', () => http.scene.zhang.userId],
    ['chat_id', () => http.scene.group.chatId],
  ])('按 %s 发', async (type, id) => {
    expect((await http.send(id(), { text: '您好' }, { type })).code).toBe(0);
  });

  test.each([
    ['收件人类型没写', () => http.send(http.scene.zhang.openId, { text: '一' }, { type: '' }), 230001],
    ['收件人与类型对不上', () => http.send(http.scene.group.chatId, { text: '一' }), 230034],
    ['没有这个 open_id', () => http.send('ou_nobody', { text: '一' }), 99992351],
    ['没有这个 user_id', () => http.send('nobody', { text: '一' }, { type: 'user_id' }), 99992360],
    ['没有这个 union_id', () => http.send('on_nobody', { text: '一' }, { type: 'union_id' }), 99992364],
    ['没有这个群', () => http.send('oc_nowhere', { text: '一' }, { type: 'chat_id' }), 99992356],
    [
      '内容不是字符串',
      () =>
        http.call('POST', '/im/v1/messages?receive_id_type=open_id', {
          body: { receive_id: http.scene.zhang.openId, msg_type: 'text', content: { text: '一' } },
        }),
      230001,
    ],
    ['内容不是 JSON', () => http.send(http.scene.zhang.openId, '您好'), 230001],
    ['文字是空的', () => http.send(http.scene.zhang.openId, { text: '' }), 230001],
    ['没有这种消息', () => http.send(http.scene.zhang.openId, { text: '一' }, { msgType: 'letter' }), 230001],
    ['文字超过 150 KB', () => http.send(http.scene.zhang.openId, { text: '字'.repeat(51_200) }), 230025],
    ['防重号太长', () => http.send(http.scene.zhang.openId, { text: '一' }, { uuid: 'u'.repeat(51) }), 230001],
    ['防重号不是文字', () => http.send(http.scene.zhang.openId, { text: '一' }, { uuid: 7 }), 230001],
    ['文件不是我们传的', () => http.send(http.scene.zhang.openId, { file_key: 'file_v3_x' }, { msgType: 'file' }), 230017],
  ])('%s', async (_, act, code) => {
    expect(await act()).toMatchObject({ status: 400, code });
  });

  test('别的应用的 open_id、不在可用范围、停收消息、离职的人都收不到', async () => {
    http.scene.store.addForeignOpenId('ou_foreign');
    expect((await http.send('ou_foreign', { text: '一' })).code).toBe(99992361);
    const { openId } = http.scene.zhang;
    http.scene.store.changePerson(openId, { mutedBot: true });
    expect((await http.send(openId, { text: '一' })).code).toBe(230053);
    http.scene.store.changePerson(openId, { seesBot: false });
    expect((await http.send(openId, { text: '一' })).code).toBe(230013);
    http.scene.store.changePerson(openId, { seesBot: true, resigned: true });
    expect((await http.send(openId, { text: '一' })).code).toBe(230013);
    http.scene.store.setSwitches({ resignedCode: 230029 });
    expect((await http.send(openId, { text: '一' })).code).toBe(230029);
  });

  test('禁言、移出、解散的群都发不进去', async () => {
    const { chatId } = http.scene.group;
    const toGroup = async (): Promise<number> => (await http.send(chatId, { text: '一' }, { type: 'chat_id' })).code;
    http.scene.store.changeChat(chatId, { muted: true });
    expect(await toGroup()).toBe(230018);
    http.scene.store.setSwitches({ mutedGroupCode: 230035 });
    expect(await toGroup()).toBe(230035);
    http.scene.store.removeBotFromGroup(chatId);
    expect(await toGroup()).toBe(230002);
    http.scene.store.changeChat(chatId, { dissolved: true });
    expect(await toGroup()).toBe(232009);
  });

  test('开了敏感信息审计，明文手机号和邮箱发不出去', async () => {
    expect((await http.send(http.scene.zhang.openId, { text: '电话 13912345678' })).code).toBe(0);
    http.scene.store.setSwitches({ dlp: true });
    expect((await http.send(http.scene.zhang.openId, { text: '电话 13912345678' })).code).toBe(230028);
    expect((await http.send(http.scene.zhang.openId, { text: '邮箱 a@example.gov.cn' })).code).toBe(230028);
    expect((await http.send(http.scene.zhang.openId, { text: '文号 2026139123456781' })).code).toBe(0);
  });

  test('同一防重号一小时内只发一次，回的是第一条；过了一小时再发一条', async () => {
    const first = await http.send(http.scene.zhang.openId, { text: '一' }, { uuid: 'u1' });
    const again = await http.send(http.scene.zhang.openId, { text: '二' }, { uuid: 'u1' });
    expect(messageIdOf(again)).toBe(messageIdOf(first));
    http.scene.store.setSwitches({ repeatedUuid: 'refused' });
    expect((await http.send(http.scene.zhang.openId, { text: '二' }, { uuid: 'u1' })).code).toBe(230001);
    http.scene.clock.set(new Date('2026-05-28T16:00:00+08:00'));
    const later = await http.send(http.scene.zhang.openId, { text: '三' }, { uuid: 'u1' });
    expect(messageIdOf(later)).not.toBe(messageIdOf(first));
  });

  test('第一次还在办，同一防重号再来：正在发送', async () => {
    const scene = createScene({ slowMs: 60 });
    scene.faults.arm('slow');
    const input = { method: 'POST', path: '/open-apis/im/v1/messages', query: { receive_id_type: 'open_id' } };
    const body = { receive_id: scene.zhang.openId, msg_type: 'text', content: '{"text":"一"}', uuid: 'u1' };
    const [first, second] = await Promise.all([1, 2].map(() => scene.api.perform({ ...input, body }, { door: 'adapter' })));
    expect(first).toMatchObject({ answer: { code: 0 } });
    expect(second).toMatchObject({ answer: { code: 230049, status: 400 } });
  });
});

describe('卡片', () => {
  const person = (): string => http.scene.zhang.openId;

  test('按钮、表单都收；@ 到的人和图片须是认识的', async () => {
    expect((await http.sendCard(person(), cardWith([callbackButton('签收', { k: 1 }), feedbackForm()]))).code).toBe(0);
    const stranger = await http.sendCard(person(), cardWith([words('<at id=ou_nobody></at>')]));
    expect(stranger).toMatchObject({ status: 400, code: 230099 });
    expect(stranger.msg).toMatch(/ErrCode: 100290/);
    const image = { tag: 'img', img_key: 'img_v3_x', alt: { tag: 'plain_text', content: '图' } };
    expect((await http.sendCard(person(), cardWith([image]))).msg).toMatch(/ErrCode: 200570/);
  });

  test.each([
    ['不认识的属性', { tag: 'div', text: { tag: 'plain_text', content: '一' }, colour: 'red' }, 200621],
    ['已经去掉的标签', { tag: 'note', elements: [] }, 200861],
    ['表单没有提交按钮', { tag: 'form', name: 'f', elements: [words('一')] }, 300123],
  ])('%s：拒收，子码写在话里', async (_, element, subCode) => {
    const answer = await http.sendCard(person(), cardWith([element]));
    expect(answer).toMatchObject({ status: 400, code: 230099 });
    expect(answer.msg).toMatch(new RegExp(`ErrCode: ${subCode};.*ErrPath`));
  });

  test('三十 KB 是上限：差一点收，多一点不收', async () => {
    const card = (bytes: number) => {
      const empty = Buffer.byteLength(JSON.stringify(cardWith([words('')])));
      return cardWith([words('a'.repeat(bytes - empty))]);
    };
    expect((await http.sendCard(person(), card(30 * 1024))).code).toBe(0);
    expect(await http.sendCard(person(), card(30 * 1024 + 1))).toMatchObject({ status: 400, code: 230025 });
  });

  test('旧版卡片、模板卡片不收', async () => {
    expect((await http.sendCard(person(), { elements: [] })).code).toBe(230099);
    expect((await http.sendCard(person(), { type: 'template', data: { template_id: 'x' } })).code).toBe(230099);
  });

  test('更新：换整张卡片，读回来是新的', async () => {
    const messageId = messageIdOf(await http.sendCard(person(), cardWith([words('一')])));
    expect(await http.patch(messageId, cardWith([words('二')]))).toMatchObject({ code: 0, data: {} });
    const { data } = await http.call('GET', `/im/v1/messages/${messageId}?card_msg_content_type=user_card_content`);
    const [item] = data['items'] as { body: { content: string }; updated: boolean }[];
    expect(item?.updated).toBe(true);
    expect(JSON.parse(item?.body.content ?? '')).toEqual(cardWith([words('二')]));
    const simplified = (await http.call('GET', `/im/v1/messages/${messageId}`)).data['items'] as { body: { content: string } }[];
    expect(JSON.parse(simplified[0]?.body.content ?? '')).toEqual({ title: '督办任务', elements: [[{ tag: 'text', text: '二' }]] });
  });

  test('不能更新的：文字、别人的、撤回的、过了十四天的、不共享的、换成旧版的', async () => {
    const text = messageIdOf(await http.send(person(), { text: '一' }));
    expect((await http.patch(text, cardWith([words('二')]))).code).toBe(230001);
    expect((await http.patch('om_none', cardWith([words('二')]))).code).toBe(99992354);
    const theirs = http.scene.store.post({
      chatId: http.scene.group.chatId,
      sender: { kind: 'person', openId: person() },
      msgType: 'interactive',
      content: JSON.stringify(cardWith([])),
    });
    expect((await http.patch(theirs.messageId, cardWith([words('二')]))).code).toBe(230001);
    const messageId = messageIdOf(await http.sendCard(person(), cardWith([words('一')])));
    expect((await http.patch(messageId, { ...cardWith([words('二')]), config: {} })).code).toBe(230001);
    expect((await http.patch(messageId, { elements: [] })).msg).toMatch(/ErrCode: 200830/);
    expect((await http.patch(messageId, cardWith([{ tag: 'note' }]))).code).toBe(230099);
    const implicit = messageIdOf(await http.sendCard(person(), { ...cardWith([words('一')]), config: {} }));
    expect((await http.patch(implicit, cardWith([words('二')]))).code).toBe(230001);
    http.scene.clock.set(new Date('2026-06-11T15:00:00+08:00'));
    await http.renewToken();
    expect(await http.patch(messageId, cardWith([words('二')]))).toMatchObject({ status: 400, code: 230031 });
    http.scene.store.recall(messageId);
    expect((await http.patch(messageId, cardWith([words('二')]))).code).toBe(230011);
  });

  test('可设成同时到达的更新不保先后，最后的样子是其中一个', async () => {
    http.scene.store.setSwitches({ patchOrder: 'random' });
    const messageId = messageIdOf(await http.sendCard(person(), cardWith([words('零')])));
    await Promise.all(['一', '二', '三'].map((text) => http.patch(messageId, cardWith([words(text)]))));
    expect(http.scene.store.message(messageId)?.revision).toBe(4);
  });
});

describe('回复', () => {
  test('回复带着原消息；原消息撤回了、没有，就回复不了', async () => {
    const first = messageIdOf(await http.send(http.scene.group.chatId, { text: '一' }, { type: 'chat_id' }));
    const reply = (id: string) => http.call('POST', `/im/v1/messages/${id}/reply`, { body: { msg_type: 'text', content: '{"text":"二"}' } });
    expect((await reply(first)).data).toMatchObject({ parent_id: first, root_id: first, chat_id: http.scene.group.chatId });
    expect((await reply('om_none')).code).toBe(99992354);
    http.scene.store.recall(first);
    expect((await reply(first)).code).toBe(230011);
  });
});
