import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Acts } from '#platform/emulator/act';
import { hostileKinds } from '#platform/emulator/hostile';
import { cut } from '#platform/emulator/transmit';
import { actsAt, createScene, openWebhook, type Scene, type Webhook } from './emulator-scene.ts';

let scene: Scene;
let webhook: Webhook;
let acts: Acts;
beforeEach(async () => {
  scene = createScene();
  webhook = await openWebhook();
  acts = actsAt(scene, webhook.url);
});
afterEach(() => webhook.close());

const later = (seconds: number): Date => new Date(scene.clock.now().getTime() + seconds * 1000);
const moveTo = async (at: Date): Promise<number> => {
  scene.clock.set(at);
  return acts.runRetries(at);
};

describe('人说的话怎样到我们这里', () => {
  test('单聊里的话签名、加密、分几段送到，内容一字不差', async () => {
    const { message, delivery } = await acts.says(scene.zhang.openId, 'bot', '我的任务');
    const [received] = webhook.received;
    expect(received?.signed).toBe(true);
    expect(received?.headers['content-type']).toBe('application/json;charset=utf-8');
    expect(received?.chunks).toBeGreaterThan(1);
    expect(Object.keys(JSON.parse(String(received?.raw)) as object)).toEqual(['encrypt']);
    expect(received?.event.header).toMatchObject({ event_type: 'im.message.receive_v1', event_id: delivery?.eventId, create_time: '1779951600000' });
    expect(received?.event.event).toMatchObject({
      sender: { sender_id: { open_id: scene.zhang.openId, union_id: scene.zhang.unionId }, sender_type: 'user' },
      message: { message_id: message.messageId, chat_type: 'p2p', message_type: 'text', content: '{"text":"我的任务"}' },
    });
    expect(delivery?.state).toBe('acknowledged');
  });

  test('群里只有 @ 了机器人的话才送来，占位符在 mentions 里说明', async () => {
    const { chatId } = scene.group;
    expect((await acts.says(scene.zhang.openId, { chatId }, '大家好')).delivery).toBeNull();
    await acts.says(scene.zhang.openId, { chatId }, '管-063', { mentionsBot: true });
    expect(webhook.received).toHaveLength(1);
    expect(webhook.received[0]?.event.event).toMatchObject({
      message: {
        chat_type: 'group',
        content: '{"text":"@_user_1 管-063"}',
        mentions: [{ key: '@_user_1', mentioned_type: 'bot', name: '督查助手' }],
      },
    });
    await acts.says(scene.zhang.openId, { chatId }, '明天开会', { mentionsAll: true });
    expect(webhook.received[1]?.event.event).toMatchObject({ message: { content: '{"text":"@_all 明天开会"}' } });
    scene.store.changeApp({ scopes: [...scene.store.app().scopes, 'im:message.group_msg'] });
    expect((await acts.says(scene.zhang.openId, { chatId }, '大家好')).delivery?.state).toBe('acknowledged');
  });

  test('文件只送钥匙和文件名，字节留在平台', async () => {
    const { message } = await acts.sendsFile(scene.lin.openId, 'bot', { name: '花名册.xlsx', bytes: Buffer.from('表') });
    const sent = webhook.received[0]?.event.event['message'] as { content: string };
    const { file_key: fileKey, file_name: name } = JSON.parse(sent.content) as { file_key: string; file_name: string };
    expect(name).toBe('花名册.xlsx');
    expect(Buffer.from(scene.store.fileBytes(fileKey) ?? []).toString()).toBe('表');
    expect(message.msgType).toBe('file');
  });

  test('回复一张卡片时带着那条消息的编号', async () => {
    const chat = scene.store.directChat(scene.zhang.openId);
    const card = scene.store.post({ chatId: chat.chatId, sender: { kind: 'bot' }, msgType: 'text', content: '{"text":"请反馈"}' });
    await acts.says(scene.zhang.openId, 'bot', '已完成', { parentId: card.messageId });
    expect(webhook.received[0]?.event.event).toMatchObject({ message: { parent_id: card.messageId, root_id: card.messageId } });
  });

  test('进群、出群、打开单聊、菜单、撤回、已读、离职、解散，各有各的事件', async () => {
    const { zhang, group } = scene;
    await acts.removesBot(zhang.openId, group.chatId);
    await acts.addsBot(zhang.openId, group.chatId);
    const { chat } = await acts.opensChat(zhang.openId);
    await acts.choosesMenu(zhang.openId, 'my-tasks');
    const { messageId } = scene.store.post({ chatId: chat.chatId, sender: { kind: 'bot' }, msgType: 'text', content: '{"text":"您好"}' });
    await acts.reads(zhang.openId, chat.chatId);
    await acts.recalls(messageId);
    await acts.dissolvesGroup(zhang.openId, group.chatId);
    await acts.leaves(zhang.openId);
    expect(webhook.received.map(({ event }) => event.header['event_type'])).toEqual([
      'im.chat.member.bot.deleted_v1',
      'im.chat.member.bot.added_v1',
      'im.chat.access_event.bot_p2p_chat_entered_v1',
      'application.bot.menu_v6',
      'im.message.message_read_v1',
      'im.message.recalled_v1',
      'im.chat.disbanded_v1',
      'contact.user.deleted_v3',
    ]);
    expect(webhook.received.every(({ signed }) => signed)).toBe(true);
    expect(scene.store.person(zhang.openId)?.resigned).toBe(true);
    expect(scene.store.chat(group.chatId)?.members).toEqual([zhang.openId, scene.lin.openId]);
  });

  test('离职的人从各个群里退出', async () => {
    await acts.leaves(scene.zhang.openId);
    expect(scene.store.chat(scene.group.chatId)?.members).toEqual([scene.lin.openId]);
  });

  test('没有订阅的事件不会送来', async () => {
    scene.store.changeApp({ subscriptions: ['card.action.trigger'] });
    expect((await acts.says(scene.zhang.openId, 'bot', '在吗')).delivery).toBeNull();
    expect(webhook.received).toEqual([]);
  });

  test.each(['pretty', 'escaped'] as const)('外层 JSON 换一种写法（%s），签名仍按原字节', async (bodyStyle) => {
    scene.store.setSwitches({ bodyStyle, eventTime: 'us' });
    await acts.says(scene.zhang.openId, 'bot', '督查督办');
    const [received] = webhook.received;
    expect(received?.signed).toBe(true);
    expect(JSON.stringify(JSON.parse(String(received?.raw)))).not.toBe(String(received?.raw));
    expect(received?.event.header['create_time']).toBe('1779951600000000');
  });
});

describe('没有确认就补投', () => {
  test('十五秒、五分钟、一小时、六小时，同一编号，重新签名，四次之后不再投', async () => {
    webhook.reply = () => ({ status: 500 });
    const { delivery } = await acts.says(scene.zhang.openId, 'bot', '在吗');
    expect(delivery).toMatchObject({ state: 'waiting', attempts: [{ status: 500, acknowledged: false }] });
    expect(await moveTo(later(14))).toBe(0);
    expect(await moveTo(later(1))).toBe(1);
    expect(await moveTo(later(5 * 60))).toBe(1);
    expect(await moveTo(later(60 * 60))).toBe(1);
    expect(await moveTo(later(6 * 60 * 60))).toBe(1);
    expect(await moveTo(later(48 * 60 * 60))).toBe(0);
    expect(new Set(webhook.received.map(({ event }) => event.header['event_id'])).size).toBe(1);
    expect(new Set(webhook.received.map(({ headers }) => headers['x-lark-request-timestamp'])).size).toBe(5);
    expect(new Set(webhook.received.map(({ headers }) => headers['x-lark-request-nonce'])).size).toBe(5);
    expect(scene.store.delivery(delivery?.eventId ?? '')).toMatchObject({ state: 'failed', nextAttemptAt: null });
  });

  test('一下拨过三个时点，就逐个补投，确认后停止', async () => {
    webhook.reply = () => ({ status: webhook.received.length < 3 ? 503 : 200 });
    const { delivery } = await acts.says(scene.zhang.openId, 'bot', '在吗');
    expect(await moveTo(later(2 * 60 * 60))).toBe(2);
    const kept = scene.store.delivery(delivery?.eventId ?? '');
    expect(kept).toMatchObject({ state: 'acknowledged' });
    expect(kept?.attempts.map(({ at }) => (at - (kept.attempts[0]?.at ?? 0)) / 1000)).toEqual([0, 15, 315]);
  });

  test('可设成补投沿用最初的签名时间', async () => {
    scene.store.setSwitches({ retryTimestamp: 'original' });
    webhook.reply = () => ({ status: 500 });
    await acts.says(scene.zhang.openId, 'bot', '在吗');
    await moveTo(later(15));
    expect(new Set(webhook.received.map(({ headers }) => headers['x-lark-request-timestamp'])).size).toBe(1);
  });

  test.each([201, 204, 302])('平台只认 200：%i 也算没有确认', async (status) => {
    webhook.reply = () => ({ status });
    expect((await acts.says(scene.zhang.openId, 'bot', '在吗')).delivery?.state).toBe('waiting');
    scene.store.setSwitches({ acknowledgedBy: 'any-2xx' });
    expect((await acts.says(scene.zhang.openId, 'bot', '在吗')).delivery?.state).toBe(status < 300 ? 'acknowledged' : 'waiting');
  });

  test('服务停着、没有应答，事件都留着等补投', async () => {
    const impatient = actsAt(scene, webhook.url, { ackTimeoutMs: 30 });
    webhook.reply = () => ({ silence: true });
    expect((await impatient.says(scene.zhang.openId, 'bot', '在吗')).delivery).toMatchObject({ state: 'waiting', attempts: [{ answer: 'timeout' }] });
    await webhook.close();
    expect((await acts.says(scene.lin.openId, 'bot', '在吗')).delivery).toMatchObject({ state: 'waiting', attempts: [{ answer: 'refused' }] });
  });
});

describe('投递中的意外', () => {
  const ids = (): (string | undefined)[] => webhook.received.map(({ event }) => event.header['event_id']);
  const texts = (): string[] => webhook.received.map(({ event }) => (event.event['message'] as { content: string }).content);

  test('确认之后又投一遍：同一编号', async () => {
    scene.faults.arm('duplicate');
    await acts.says(scene.zhang.openId, 'bot', '签收');
    expect(ids()).toHaveLength(2);
    expect(new Set(ids()).size).toBe(1);
    expect(scene.faults.armed()).toEqual([]);
  });

  test('同一条消息换个事件编号再投', async () => {
    scene.faults.arm('duplicate-new-id');
    await acts.says(scene.zhang.openId, 'bot', '签收');
    expect(new Set(ids()).size).toBe(2);
    expect(new Set(webhook.received.map(({ event }) => (event.event['message'] as { message_id: string }).message_id)).size).toBe(1);
  });

  test('乱序：先说的后到', async () => {
    scene.faults.arm('reorder', { times: 2 });
    for (const text of ['一', '二', '三']) await acts.says(scene.zhang.openId, 'bot', text);
    expect(texts()).toEqual(['{"text":"三"}', '{"text":"二"}', '{"text":"一"}']);
  });

  test('后面再没有话时，扣住的事件随补投放出', async () => {
    scene.faults.arm('reorder');
    const { delivery } = await acts.says(scene.zhang.openId, 'bot', '一');
    expect(delivery?.state).toBe('held');
    expect(await acts.runRetries(scene.clock.now())).toBe(1);
    expect(texts()).toEqual(['{"text":"一"}']);
  });
});

describe('地址校验与恶意请求', () => {
  test('校验地址：不带签名，原样答回才算通过', async () => {
    webhook.reply = ({ event }) => ({ body: { challenge: event['challenge'] } });
    expect((await acts.verifyUrl()).ok).toBe(true);
    expect(webhook.received[0]?.headers['x-lark-signature']).toBeUndefined();
    webhook.reply = () => ({ body: { challenge: 'other' } });
    expect((await acts.verifyUrl()).ok).toBe(false);
    webhook.reply = () => ({ body: 'ok', contentType: 'text/plain' });
    expect((await acts.verifyUrl({ plain: true })).ok).toBe(false);
  });

  test.each(hostileKinds)('恶意请求（%s）照原样送到', async (kind) => {
    webhook.reply = () => ({ status: 400 });
    expect(await acts.hostile(kind)).toMatchObject({ kind: 'answered', status: 400 });
    const genuineSignature = kind !== 'unsigned' && kind !== 'wrong-signature' && kind !== 'garbage';
    expect(webhook.received[0]?.signed).toBe(genuineSignature);
    expect(scene.store.deliveries()).toMatchObject([{ kind: 'hostile', eventType: kind, state: 'failed' }]);
  });
});

test('分段切在汉字中间，拼起来一个字节不少', () => {
  const bytes = Buffer.from('{"text":"督查督办，一书一令"}');
  const pieces = cut(bytes);
  expect(pieces.length).toBeGreaterThan(1);
  expect(Buffer.concat(pieces)).toEqual(bytes);
  expect(pieces.slice(1).every((piece) => ((piece[0] ?? 0) & 0xc0) === 0x80)).toBe(true);
});
