import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Acts } from '#platform/emulator/act';
import { hostileKinds } from '#platform/emulator/hostile';
import { createDoor } from '#platform/feishu/door';
import { normalize } from '#platform/feishu/normalize';
import type { InboundEvent } from '#platform/inbound';
import {
  actsAt,
  callbackButton,
  cardWith,
  createScene,
  encryptKey,
  feedbackForm,
  openWebhook,
  type Scene,
  verificationToken,
  type Webhook,
} from './emulator-scene.ts';

/** 模拟平台发出的，产品自己的门都要认得；它故意发坏的，门都要拒绝。 */
let scene: Scene;
let webhook: Webhook;
let acts: Acts;
let events: InboundEvent[];
beforeEach(async () => {
  scene = createScene();
  webhook = await openWebhook();
  acts = actsAt(scene, webhook.url);
  events = [];
  const { appId, tenantKey } = scene.store.app();
  const door = createDoor({ encryptKeys: [encryptKey], verificationToken, appId, tenantKey, clock: scene.clock });
  webhook.reply = ({ headers, raw }: { headers: IncomingHttpHeaders; raw: Buffer }) => {
    const opened = door(headers, raw);
    if (opened.kind === 'challenge') return { body: { challenge: opened.challenge } };
    if (opened.kind === 'refused') return { status: opened.status };
    events.push(normalize(opened.raw));
    return { body: {} };
  };
});
afterEach(() => webhook.close());

test('话、文件、回复、点击、表单、进群、菜单、离职，都成了产品自己的事件', async () => {
  const { zhang, lin, group, store } = scene;
  await acts.says(zhang.openId, { chatId: group.chatId }, '绑定本群 U09', { mentionsBot: true, mentions: [lin.openId] });
  await acts.says(zhang.openId, { chatId: group.chatId }, '开会', { mentionsAll: true });
  await acts.sendsFile(lin.openId, 'bot', { name: '花名册.xlsx', bytes: Buffer.from('表') });
  const card = cardWith([callbackButton('签收', { a: 'x', p: { id: '1' } }), feedbackForm()]);
  const { messageId } = store.post({ chatId: group.chatId, sender: { kind: 'bot' }, msgType: 'interactive', content: JSON.stringify(card) });
  await acts.says(zhang.openId, { chatId: group.chatId }, '收到', { mentionsBot: true, parentId: messageId });
  await acts.clicks(zhang.openId, messageId, { button: '签收' });
  await acts.clicks(zhang.openId, messageId, { button: '提交反馈', form: { status: 'blocked', note: '缺资金', due: '2026-06-30' } });
  await acts.removesBot(zhang.openId, group.chatId);
  await acts.addsBot(zhang.openId, group.chatId);
  await acts.opensChat(zhang.openId);
  await acts.choosesMenu(zhang.openId, 'mine');
  await acts.leaves(zhang.openId);
  expect(events).toMatchObject([
    { kind: 'message', text: '@林涛 绑定本群 U09', mentionsBot: true, mentionsAll: false, chatType: 'group', senderOpenId: zhang.openId },
    { kind: 'message', mentionsBot: false, mentionsAll: true },
    { kind: 'message', chatType: 'p2p', text: null, file: { fileName: '花名册.xlsx' } },
    { kind: 'message', text: '收到', parentId: messageId },
    {
      kind: 'cardAction',
      value: { a: 'x', p: { id: '1' } },
      operatorOpenId: zhang.openId,
      operatorUserId: zhang.userId,
      messageId,
      chatId: group.chatId,
    },
    { kind: 'cardAction', name: 'submit_fb_1_r1', form: { status: 'blocked', note: '缺资金', due: '2026-06-30 +0800' } },
    { kind: 'notice', notice: { kind: 'botRemoved', chatId: group.chatId } },
    { kind: 'notice', notice: { kind: 'botAdded', chatId: group.chatId, chatName: '住建局任务群' } },
    { kind: 'notice', notice: { kind: 'chatEntered' } },
    { kind: 'notice', notice: { kind: 'menu', key: 'mine' }, operatorOpenId: zhang.openId },
    { kind: 'notice', notice: { kind: 'personLeft', openId: zhang.openId } },
  ]);
  expect(events.every(({ at }) => at.getTime() === scene.clock.now().getTime())).toBe(true);
});

test('地址校验通过；明文的、令牌不对的不通过', async () => {
  expect((await acts.verifyUrl()).ok).toBe(true);
  expect((await acts.verifyUrl({ plain: true })).ok).toBe(false);
  expect((await acts.verifyUrl({ token: 'wrong' })).ok).toBe(false);
});

// 体积由 HTTP 那一层把关，不归门管。
test.each(hostileKinds.filter((kind) => kind !== 'oversize'))('恶意请求（%s）被拒，什么也没发生', async (kind) => {
  expect(await acts.hostile(kind)).toMatchObject({ kind: 'answered', status: expect.toSatisfy((status: number) => status >= 400 && status < 500) });
  expect(events).toEqual([]);
});

test('六小时后的补投，不论签名时间是新是旧，门都收', async () => {
  for (const retryTimestamp of ['fresh', 'original'] as const) {
    scene.store.setSwitches({ retryTimestamp });
    const working = webhook.reply;
    webhook.reply = () => ({ status: 500 });
    await acts.says(scene.zhang.openId, 'bot', retryTimestamp);
    const at = new Date(scene.clock.now().getTime() + 6 * 60 * 60_000);
    webhook.reply = working;
    scene.clock.set(at);
    await acts.runRetries(at);
  }
  expect(events.map((event) => (event.kind === 'message' ? event.text : null))).toEqual(['fresh', 'original']);
});
