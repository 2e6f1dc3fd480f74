import { describe, expect, test } from 'vitest';
import { normalize } from '#platform/feishu/normalize';
import { MalformedEvent } from '#platform/inbound';

/** 信封；事件体取自平台文档的示例，只换了编号。 */
function envelope(eventType: string, event: unknown, createTime = '1779950000123'): unknown {
  const header = {
    event_id: 'f7984f25108f8137722bb63cee927e66',
    token: '066zT6pS4QCbgj5Do145GfDbbagCHGgF',
    create_time: createTime,
    event_type: eventType,
    tenant_key: '2df73991750b8000',
    app_id: 'cli_a5fb0ae6a4f9500c',
  };
  return { schema: '2.0', header, event };
}

const operator = {
  tenant_key: '2df73991750b8000',
  user_id: '867bxxxx',
  open_id: 'ou_48d0958ee4b2ab3eaf0b5f6c968abcef',
  union_id: 'on_90f7da8e2efeb0d0',
};

function click(action: unknown, change: Readonly<Record<string, unknown>> = {}): unknown {
  return envelope(
    'card.action.trigger',
    {
      operator,
      token: 'c-2bbc59ae52ebf3b2fd0e3b7e5d8d7a5b',
      action,
      host: 'im_message',
      context: { open_message_id: 'om_574d639e4a44e4dd646eaf628e2a3bcd', open_chat_id: 'oc_e4a1af5ac2cb3ca51d2bf7cbe1a1efd8' },
      ...change,
    },
    '1779950000123456',
  );
}

describe('卡片点击', () => {
  test('按钮：谁、在哪张卡片上、带了什么', () => {
    expect(
      normalize(
        click({ value: { action: 'task-books.acknowledge', payload: { id: '63' } }, tag: 'button', timezone: 'Asia/Shanghai', name: 'ack_63' }),
      ),
    ).toEqual({
      kind: 'cardAction',
      eventId: 'f7984f25108f8137722bb63cee927e66',
      at: new Date(1_779_950_000_123),
      operatorOpenId: operator.open_id,
      operatorUserId: '867bxxxx',
      messageId: 'om_574d639e4a44e4dd646eaf628e2a3bcd',
      chatId: 'oc_e4a1af5ac2cb3ca51d2bf7cbe1a1efd8',
      value: { action: 'task-books.acknowledge', payload: { id: '63' } },
      name: 'ack_63',
      form: {},
      tag: 'button',
    });
  });

  test('表单：逐项照收，多选还是列表', () => {
    const form = { progress: '已开工\n进展顺利', percent: '40', units: ['U01', 'U02'], finish_on: '2026-06-30 +0800', agree: true };
    expect(normalize(click({ tag: 'button', name: 'report', form_value: form }))).toMatchObject({ value: null, form });
  });

  test.each([
    ['输入框', { input_value: '甲\n乙' }, '甲\n乙'],
    ['下拉单选', { option: 'U01' }, 'U01'],
    ['日期', { option: '2026-06-30 +0800' }, '2026-06-30 +0800'],
    ['勾选', { checked: true }, true],
    ['勾选，写成字符串', { checked: 'false' }, false],
    ['多选', { options: ['甲', '乙'] }, ['甲', '乙']],
    ['多选，写成 JSON 字符串', { options: '["甲","乙"]' }, ['甲', '乙']],
    ['多选，只写了一个值', { options: '甲' }, ['甲']],
    ['多选，一个没选', { options: '' }, []],
    ['多选，像 JSON 又不是', { options: '[甲' }, ['[甲']],
  ])('表单外的组件，值放在它的名字下：%s', (_name, given, expected) => {
    const event = normalize(click({ tag: 'x', name: 'field', ...given }));
    expect(event).toMatchObject({ form: { field: expected } });
  });

  test('没有 open_id 的回调，靠 user_id 认人', () => {
    expect(normalize(click({ tag: 'button' }, { operator: { user_id: '867bxxxx', open_id: '' } }))).toMatchObject({
      operatorOpenId: null,
      operatorUserId: '867bxxxx',
    });
  });

  test('旧式请求把消息和群放在 event 这一层', () => {
    const place = { context: undefined, open_message_id: 'om_1', open_chat_id: 'oc_1' };
    expect(normalize(click({ tag: 'button' }, place))).toMatchObject({ messageId: 'om_1', chatId: 'oc_1' });
  });

  test.each([
    ['字符串', '{"action":"x"}'],
    ['数组', [1]],
    ['空', null],
  ])('按钮的值只认对象：%s', (_name, value) => {
    expect(normalize(click({ tag: 'button', value }))).toMatchObject({ value: null });
  });

  test('名叫 __proto__、constructor 的字段，只是字段', () => {
    const hostile = JSON.parse('{"__proto__":{"admin":true},"constructor":"x","progress":"有"}') as unknown;
    const event = normalize(click({ tag: 'button', form_value: hostile }));
    const form = event.kind === 'cardAction' ? event.form : {};
    expect(Object.getPrototypeOf(form)).toBeNull();
    expect(form['admin']).toBeUndefined();
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    expect(form['progress']).toBe('有');
  });

  test('填写的文字一字不改', () => {
    const form = { text: '甲乙\u202e👨‍👩‍👧 <at id=all></at>', many: ['丙'] };
    expect(normalize(click({ tag: 'button', form_value: form }))).toMatchObject({ form });
  });
});

function message(change: Readonly<Record<string, unknown>>, sender: Readonly<Record<string, unknown>> = {}): unknown {
  return envelope('im.message.receive_v1', {
    sender: {
      sender_id: { union_id: 'on_8ed6aa67826108097d9ee143816345', user_id: 'e33ggbyz', open_id: 'ou_84aad35d084aa403a838cf73ee18467' },
      sender_type: 'user',
      tenant_key: '2df73991750b8000',
      ...sender,
    },
    message: {
      message_id: 'om_5ce6d572455d361153b7cb51da133945',
      root_id: 'om_5ce6d572455d361153b7cb5xxfsdfsdfdsf',
      parent_id: 'om_5ce6d572455d361153b7cb5xxfsdfsdfdsf',
      create_time: '1779949999000',
      update_time: '1687343654666',
      chat_id: 'oc_5ce6d572455d361153b7xx51da133945',
      thread_id: 'omt_d4be107c616',
      chat_type: 'group',
      message_type: 'text',
      content: '{"text":"@_user_1 hello"}',
      user_agent: 'Mozilla/5.0',
      ...change,
    },
  });
}
const bot = { key: '@_user_1', id: { union_id: 'on_1', user_id: '', open_id: 'ou_bot' }, mentioned_type: 'bot', name: '督查助手', tenant_key: 't' };
const zhang = { key: '@_user_2', id: { union_id: 'on_2', user_id: 'u', open_id: 'ou_zhang' }, mentioned_type: 'user', name: '张伟', tenant_key: 't' };
const tenth = { ...zhang, key: '@_user_10', name: '李娜' };
const text = (words: string): string => JSON.stringify({ text: words });

describe('消息', () => {
  test('文字：谁在哪里说了什么，回复的是哪一条', () => {
    expect(normalize(message({ mentions: [bot] }))).toEqual({
      kind: 'message',
      eventId: 'f7984f25108f8137722bb63cee927e66',
      at: new Date(1_779_949_999_000),
      messageId: 'om_5ce6d572455d361153b7cb51da133945',
      senderOpenId: 'ou_84aad35d084aa403a838cf73ee18467',
      senderUserId: 'e33ggbyz',
      chatId: 'oc_5ce6d572455d361153b7xx51da133945',
      chatType: 'group',
      text: 'hello',
      file: null,
      messageType: 'text',
      mentionsBot: true,
      mentionsAll: false,
      parentId: 'om_5ce6d572455d361153b7cb5xxfsdfsdfdsf',
    });
  });

  test.each([
    ['@_user_1 任务 管-063', '任务 管-063'],
    ['@_user_1任务', '任务'],
    ['任务 管-063 @_user_1', '任务 管-063'],
    ['请 @_user_1 催办', '请 催办'],
    ['@_user_1 移交 给 @_user_2', '移交 给 @张伟'],
    ['@_user_10 和 @_user_2', '@李娜 和 @张伟'],
    ['@_user_3 不认识的占位符', '@_user_3 不认识的占位符'],
    ['  两头有空格\0 ', '两头有空格'],
  ])('%s → %s', (given, expected) => {
    expect(normalize(message({ content: text(given), mentions: [bot, zhang, tenth] }))).toMatchObject({ text: expected });
  });

  test('名字里写着占位符，也不会再换一次', () => {
    const tricky = { ...zhang, name: '@_user_1' };
    expect(normalize(message({ content: text('@_user_2'), mentions: [bot, tricky] }))).toMatchObject({ text: '@@_user_1' });
  });

  test('没有 @ 机器人的', () => {
    expect(normalize(message({ content: text('@_user_2 你看'), mentions: [zhang] }))).toMatchObject({ mentionsBot: false, text: '@张伟 你看' });
    expect(normalize(message({ content: text('帮助'), chat_type: 'p2p', parent_id: '' }))).toMatchObject({
      mentionsBot: false,
      chatType: 'p2p',
      parentId: null,
    });
  });

  test('@所有人看得出来', () => {
    expect(normalize(message({ content: text('@_all 开会') }))).toMatchObject({ mentionsAll: true, text: '@所有人 开会' });
    expect(normalize(message({ content: text('开会') }))).toMatchObject({ mentionsAll: false });
  });

  test('富文本压成文字，机器人的 @ 去掉', () => {
    const content = JSON.stringify({
      title: '进展',
      content: [
        [
          { tag: 'at', user_id: '@_user_1', user_name: '督查助手', style: [] },
          { tag: 'text', text: ' 反馈 ', style: ['bold'] },
          { tag: 'a', href: 'https://a.cn', text: '管-063' },
        ],
        [{ tag: 'img', image_key: 'img_1' }],
        [
          { tag: 'text', text: '已开工' },
          { tag: 'emotion', emoji_type: 'SMILE' },
          { tag: 'at', user_id: '@_user_2' },
        ],
        [{ tag: 'code_block', language: 'SQL', text: 'SELECT 1' }, { tag: 'hr' }],
      ],
    });
    expect(normalize(message({ message_type: 'post', content, mentions: [bot, zhang] }))).toMatchObject({
      messageType: 'post',
      mentionsBot: true,
      text: '进展\n 反馈 管-063\n已开工[SMILE]@张伟\nSELECT 1',
    });
  });

  test('文件', () => {
    const content = JSON.stringify({ file_key: 'file_v3_00a', file_name: '2026年重点工作任务.xlsx' });
    expect(normalize(message({ message_type: 'file', content }))).toMatchObject({
      text: null,
      file: { fileKey: 'file_v3_00a', fileName: '2026年重点工作任务.xlsx' },
    });
  });

  test('照片：没有名字的文件', () => {
    expect(normalize(message({ message_type: 'image', content: '{"image_key":"img_1"}' }))).toMatchObject({
      text: null,
      file: { fileKey: 'img_1', fileName: '', kind: 'image' },
    });
  });

  test.each(['audio', 'media', 'sticker', 'interactive', 'merge_forward', 'share_chat', 'location', 'folder', 'todo'])(
    '%s：记下类型，好客气地说看不懂',
    (type) => {
      expect(normalize(message({ message_type: type, content: '{"image_key":"img_1"}' }))).toMatchObject({
        messageType: type,
        text: null,
        file: null,
      });
    },
  );

  test('别的机器人说的、外单位的人说的，不理会', () => {
    expect(normalize(message({}, { sender_type: 'bot' }))).toMatchObject({ kind: 'ignored' });
    expect(normalize(message({}, { tenant_key: 'another' }))).toMatchObject({ kind: 'ignored' });
  });
});

describe('通知', () => {
  const operatorId = { union_id: 'on_1', user_id: 'u1', open_id: 'ou_1' };
  test.each([
    [
      'im.chat.access_event.bot_p2p_chat_entered_v1',
      { chat_id: 'oc_1', operator_id: operatorId, last_message_id: 'om_1', last_message_create_time: '1615381573411' },
      { notice: { kind: 'chatEntered', chatId: 'oc_1' }, operatorOpenId: 'ou_1' },
    ],
    [
      'im.chat.member.bot.added_v1',
      { chat_id: 'oc_1', operator_id: operatorId, external: false, operator_tenant_key: 't', name: '区住建局督办群', i18n_names: { zh_cn: '' } },
      { notice: { kind: 'botAdded', chatId: 'oc_1', chatName: '区住建局督办群' }, operatorOpenId: 'ou_1' },
    ],
    [
      'im.chat.member.bot.deleted_v1',
      { chat_id: 'oc_1', operator_id: operatorId, external: false },
      { notice: { kind: 'botRemoved', chatId: 'oc_1' } },
    ],
    [
      'im.chat.disbanded_v1',
      { chat_id: 'oc_1', operator_id: operatorId, external: false, name: '区住建局督办群' },
      { notice: { kind: 'botRemoved', chatId: 'oc_1' } },
    ],
    [
      'application.bot.menu_v6',
      { operator: { operator_name: '张三', operator_id: operatorId }, event_key: 'my_items', timestamp: 1_669_364_458 },
      { notice: { kind: 'menu', key: 'my_items' }, operatorOpenId: 'ou_1' },
    ],
    [
      'contact.user.deleted_v3',
      { object: { open_id: 'ou_7', union_id: 'on_7', user_id: 'u7' }, old_object: { department_ids: ['od-1'], open_id: 'ou_7' } },
      { notice: { kind: 'personLeft', openId: 'ou_7' }, operatorOpenId: null },
    ],
  ])('%s', (type, event, expected) => {
    expect(normalize(envelope(type, event))).toMatchObject({ kind: 'notice', ...expected });
  });

  test('用不上的类型，不看内容', () => {
    expect(normalize(envelope('im.message.message_read_v1', { anything: [1] }))).toEqual({
      kind: 'ignored',
      eventId: 'f7984f25108f8137722bb63cee927e66',
      at: new Date(1_779_950_000_123),
      eventType: 'im.message.message_read_v1',
    });
  });

  test('旧式信封认得出，不理会', () => {
    const legacy = {
      ts: '1502199207.7171419',
      uuid: 'bc447199585340d1f3728d26b1c0297a',
      token: 'x',
      type: 'event_callback',
      event: { type: 'p2p_chat_create', app_id: 'cli_x' },
    };
    expect(normalize(legacy)).toMatchObject({
      kind: 'ignored',
      eventId: 'bc447199585340d1f3728d26b1c0297a',
      eventType: 'p2p_chat_create',
      at: new Date(1_502_199_207_717),
    });
  });
});

describe('时间', () => {
  test.each([
    ['秒', '1779950000'],
    ['毫秒', '1779950000000'],
    ['微秒', '1779950000000000'],
  ])('%s都认得', (_name, createTime) => {
    expect(normalize(envelope('x', {}, createTime)).at).toEqual(new Date(1_779_950_000_000));
  });
});

describe('不成样子的', () => {
  test.each([
    ['不是对象', null],
    ['没有编号', { header: { event_type: 'x', create_time: '1779950000123' }, event: {} }],
    ['时间不是时间', envelope('x', {}, 'yesterday')],
    ['点击没有动作', envelope('card.action.trigger', { operator })],
    ['点击没有操作者', envelope('card.action.trigger', { action: { tag: 'button' } })],
    ['表单是数组', click({ tag: 'button', form_value: ['a'] })],
    ['消息编号里有 NUL', message({ message_id: 'om_\0' })],
    ['消息没有内容', message({ content: undefined })],
    ['文字消息没有文字', message({ content: '{}' })],
    ['文件消息没有文件', message({ message_type: 'file', content: '{"file_name":"a.xlsx"}' })],
    ['富文本不是富文本', message({ message_type: 'post', content: '{"content":"x"}' })],
    ['通知没有群', envelope('im.chat.member.bot.added_v1', { name: '群' })],
  ])('%s', (_name, raw) => {
    expect(() => normalize(raw)).toThrow(MalformedEvent);
  });

  test('报错只说哪个字段，不说内容', () => {
    expect(() => normalize(click({ tag: 'button', form_value: '身份证 110101' }))).toThrow(/^card\.action\.trigger: action\.form_value \w+$/);
  });
});
