import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CardJson } from '#cards/kit/card';
import type { Acts } from '#platform/emulator/act';
import { cardOf } from '#platform/emulator/model';
import { actsAt, callbackButton, cardWith, createScene, feedbackForm, openWebhook, type Scene, type Webhook, words } from './emulator-scene.ts';

let scene: Scene;
let webhook: Webhook;
let acts: Acts;
beforeEach(async () => {
  scene = createScene();
  webhook = await openWebhook();
  acts = actsAt(scene, webhook.url);
});
afterEach(() => webhook.close());

function post(card: CardJson, chatId = scene.store.directChat(scene.zhang.openId).chatId): string {
  return scene.store.post({ chatId, sender: { kind: 'bot' }, msgType: 'interactive', content: JSON.stringify(card) }).messageId;
}
const shown = (messageId: string, openId?: string): string => JSON.stringify(cardOf(scene.store.message(messageId)!, openId)?.body.elements);
const acknowledge = callbackButton('签收', { a: 'task-books.acknowledge', p: { id: '1' } });
const action = (): Record<string, unknown> => webhook.received.at(-1)?.event.event['action'] as Record<string, unknown>;

describe('点一个按钮', () => {
  test('回调带着按钮的值、谁点的、哪条消息；提示显示出来，卡片当场换掉', async () => {
    const messageId = post(cardWith([words('待签收'), acknowledge]));
    const next = cardWith([words('已签收')]);
    webhook.reply = () => ({ body: { toast: { type: 'success', content: '已签收' }, card: { type: 'raw', data: next } } });
    const { seen, delivery } = await acts.clicks(scene.zhang.openId, messageId, { button: '签收' });
    expect(seen).toEqual({ kind: 'answered', toast: { type: 'success', content: '已签收' }, card: next });
    expect(delivery).toMatchObject({ kind: 'callback', state: 'acknowledged', nextAttemptAt: null });
    const [received] = webhook.received;
    expect(received?.signed).toBe(true);
    expect(received?.event.header).toMatchObject({ event_type: 'card.action.trigger', create_time: '1779951600000000' });
    expect(received?.event.event).toMatchObject({
      operator: { open_id: scene.zhang.openId, union_id: scene.zhang.unionId, user_id: scene.zhang.userId },
      token: expect.stringMatching(/^c-/),
      action: { tag: 'button', value: { a: 'task-books.acknowledge', p: { id: '1' } } },
      host: 'im_message',
      context: { open_message_id: messageId, open_chat_id: scene.store.findDirectChat(scene.zhang.openId)?.chatId },
    });
    expect(shown(messageId)).toContain('已签收');
    expect(scene.store.message(messageId)).toMatchObject({ revision: 2 });
  });

  test('可设成只有点的人看到新卡片，别人等到更新消息', async () => {
    scene.store.setSwitches({ returnedCardReaches: 'clicker' });
    const messageId = post(cardWith([words('待签收'), acknowledge]), scene.group.chatId);
    webhook.reply = () => ({ body: { card: { type: 'raw', data: cardWith([words('已签收')]) } } });
    await acts.clicks(scene.zhang.openId, messageId, { button: '签收' });
    expect(shown(messageId, scene.zhang.openId)).toContain('已签收');
    expect(shown(messageId, scene.lin.openId)).toContain('待签收');
    scene.store.replaceCard(messageId, JSON.stringify(cardWith([words('都看得到')])));
    expect(shown(messageId, scene.zhang.openId)).toContain('都看得到');
  });

  test('没有 user_id 权限、或平台没给 open_id 时，操作人里就没有', async () => {
    scene.store.changeApp({ scopes: ['im:message'] });
    scene.store.setSwitches({ operatorOpenId: 'absent' });
    await acts.clicks(scene.zhang.openId, post(cardWith([acknowledge])), { button: '签收' });
    expect(Object.keys(webhook.received[0]?.event.event['operator'] as object)).toEqual(['tenant_key', 'union_id']);
  });

  test('几行相像的按钮按所在的行来点；点不明白就报错', async () => {
    const row = (title: string, id: string) => ({
      tag: 'column_set',
      columns: [
        { tag: 'column', elements: [words(title)] },
        { tag: 'column', elements: [callbackButton('签收', { id })] },
      ],
    });
    const messageId = post(cardWith([row('管-063 老旧小区改造', '63'), row('管-064 排水管网', '64')]));
    await acts.clicks(scene.zhang.openId, messageId, { button: '签收', within: '管-064' });
    expect(action()).toMatchObject({ value: { id: '64' } });
    await acts.clicks(scene.zhang.openId, messageId, { button: 'body.elements.0.columns.1.elements.0' });
    expect(action()).toMatchObject({ value: { id: '63' } });
    await expect(acts.clicks(scene.zhang.openId, messageId, { button: '签收' })).rejects.toThrow(/不止一处/);
    await expect(acts.clicks(scene.zhang.openId, messageId, { button: '办结' })).rejects.toThrow(/没有「办结」/);
  });

  test('不在会话里的人看不到卡片，也点不到', async () => {
    const outsider = scene.store.addPerson({ name: '王五' });
    await expect(acts.clicks(outsider.openId, post(cardWith([acknowledge])), { button: '签收' })).rejects.toThrow(/不在/);
  });
});

describe('表单', () => {
  const submit = (messageId: string, form: Record<string, unknown>) => acts.clicks(scene.zhang.openId, messageId, { button: '提交反馈', form });

  test('提交时按平台的写法带上各项', async () => {
    await submit(post(cardWith([feedbackForm()])), { status: '按期推进', note: '完成八成\n本周验收', due: '2026-06-30' });
    expect(action()).toEqual({
      tag: 'button',
      name: 'submit_fb_1_r1',
      timezone: 'Asia/Shanghai',
      value: { a: 'progress.report', p: { id: '1' } },
      form_value: { status: 'on_track', note: '完成八成\n本周验收', due: '2026-06-30 +0800' },
    });
  });

  test('必填没填、字数超了：客户端拦下，什么也不送出', async () => {
    const messageId = post(cardWith([feedbackForm()]));
    expect((await submit(messageId, {})).seen).toMatchObject({ kind: 'refused', reason: 'required', words: '有必填项未填写', field: '办理状态' });
    expect((await submit(messageId, { status: 'on_track', note: '长'.repeat(21) })).seen).toMatchObject({ reason: 'tooLong', field: '进展说明' });
    expect(webhook.received).toEqual([]);
  });

  test.each([
    ['empty', { status: 'on_track', note: '' }],
    ['absent', { status: 'on_track' }],
    ['null', { status: 'on_track', note: null, due: null }],
  ] as const)('没填的选填项有几种样子（%s）', async (unfilledField, expected) => {
    scene.store.setSwitches({ unfilledField });
    await submit(post(cardWith([feedbackForm()])), { status: 'on_track' });
    expect(action()['form_value']).toEqual(expected);
  });

  test('预填的内容不动也会提交', async () => {
    await submit(post(cardWith([feedbackForm({ note: { default_value: '同上期' } })])), { status: 'blocked' });
    expect(action()['form_value']).toMatchObject({ note: '同上期' });
  });

  test('提交按钮没有值，客户端报 200340；可设成照送', async () => {
    const form = feedbackForm();
    const bare = { ...form, elements: (form['elements'] as Record<string, unknown>[]).map(({ value: _, ...rest }) => rest) };
    const messageId = post(cardWith([bare]));
    expect((await submit(messageId, { status: 'on_track' })).seen).toMatchObject({ kind: 'failed', code: 200340 });
    scene.store.setSwitches({ submitNeedsValue: false });
    expect((await submit(messageId, { status: 'on_track' })).seen).toMatchObject({ kind: 'answered' });
  });

  test('表单里没有名称的组件，点时报 200530', async () => {
    const { seen } = await submit(post(cardWith([feedbackForm({ submit: { name: '' } })])), { status: 'on_track' });
    expect(seen).toMatchObject({ kind: 'failed', code: 200530, words: expect.stringContaining('200530') });
  });

  test('填了表单没有的项、选了没有的选项，是写测试的人错了', async () => {
    const messageId = post(cardWith([feedbackForm()]));
    await expect(submit(messageId, { status: 'on_track', other: 1 })).rejects.toThrow(/没有「other」/);
    await expect(submit(messageId, { status: '乱选' })).rejects.toThrow(/没有选项/);
  });

  test('不守规矩的客户端：可以送任意的回调', async () => {
    const messageId = post(cardWith([feedbackForm()]));
    await acts.forgesClick(scene.zhang.openId, messageId, { tag: 'button', value: { a: 'x' }, form_value: { status: '../../' } });
    expect(action()).toEqual({ tag: 'button', value: { a: 'x' }, form_value: { status: '../../' } });
  });
});

describe('表单之外的组件', () => {
  const behaviors = [{ type: 'callback', value: { k: 1 } }];
  const plain = (content: string) => ({ tag: 'plain_text', content });
  test.each([
    ['输入框', { tag: 'input', name: 'q', behaviors }, '管-063', { input_value: '管-063' }],
    ['下拉', { tag: 'select_static', name: 'q', behaviors, options: [{ text: plain('甲'), value: 'a' }] }, '甲', { option: 'a' }],
    ['日期', { tag: 'date_picker', name: 'q', behaviors, placeholder: plain('日期') }, '2024-04-01', { option: '2024-04-01 +0800' }],
    ['时间', { tag: 'picker_time', name: 'q', behaviors, placeholder: plain('时间') }, '07:07', { option: '07:07 +0800' }],
    ['选人', { tag: 'select_person', name: 'q', behaviors }, 'ou_1', { option: 'ou_1' }],
    ['勾选', { tag: 'checker', name: 'q', behaviors, text: plain('完成') }, undefined, { checked: true }],
    ['更多', { tag: 'overflow', name: 'q', behaviors, options: [{ text: plain('改派'), value: 'reassign' }] }, 'reassign', { option: 'reassign' }],
  ])('%s的值放在平台规定的地方', async (_, component, value, expected) => {
    await acts.clicks(scene.zhang.openId, post(cardWith([component])), { button: 'q', value });
    expect(action()).toMatchObject({ name: 'q', tag: component.tag, value: { k: 1 }, timezone: 'Asia/Shanghai', ...expected });
  });

  test('链接按钮打开网页，灰掉的按钮说明原因，没有动作的按钮没有反应', async () => {
    const link = { tag: 'button', text: plain('详情'), behaviors: [{ type: 'open_url', default_url: 'https://example.gov.cn' }] };
    const grey = callbackButton('签收', { k: 1 }, { disabled: true, disabled_tips: plain('已由他人签收') });
    const inert = { tag: 'button', text: plain('看看') };
    const messageId = post(cardWith([link, grey, inert]));
    const seen = async (button: string) => (await acts.clicks(scene.zhang.openId, messageId, { button })).seen;
    expect(await seen('详情')).toEqual({ kind: 'link', url: 'https://example.gov.cn' });
    expect(await seen('签收')).toEqual({ kind: 'refused', reason: 'disabled', words: '已由他人签收' });
    expect(await seen('看看')).toMatchObject({ kind: 'refused', reason: 'inert' });
    expect(webhook.received).toEqual([]);
  });
});

describe('卡片的期限', () => {
  test('满十四天就点不动了，差一分钟还可以', async () => {
    const messageId = post(cardWith([acknowledge]));
    scene.clock.set(new Date('2026-06-11T14:59:00+08:00'));
    expect((await acts.clicks(scene.zhang.openId, messageId, { button: '签收' })).seen.kind).toBe('answered');
    scene.clock.set(new Date('2026-06-11T15:00:00+08:00'));
    expect((await acts.clicks(scene.zhang.openId, messageId, { button: '签收' })).seen).toMatchObject({ kind: 'refused', reason: 'expired' });
  });

  test('撤回的卡片点不动', async () => {
    const messageId = post(cardWith([acknowledge]));
    await acts.recalls(messageId);
    expect((await acts.clicks(scene.zhang.openId, messageId, { button: '签收' })).seen).toMatchObject({ reason: 'recalled' });
  });

  test('转发的副本默认点不动；卡片可以允许，也可以根本不许转发', async () => {
    const { chatId } = scene.group;
    const inert = acts.forwards(scene.zhang.openId, post(cardWith([acknowledge])), chatId);
    expect((await acts.clicks(scene.lin.openId, inert?.messageId ?? '', { button: '签收' })).seen).toMatchObject({ reason: 'forwarded' });
    const live = acts.forwards(scene.zhang.openId, post(cardWith([acknowledge], { config: { enable_forward_interaction: true } })), chatId);
    expect((await acts.clicks(scene.lin.openId, live?.messageId ?? '', { button: '签收' })).seen.kind).toBe('answered');
    expect(acts.forwards(scene.zhang.openId, post(cardWith([acknowledge], { config: { enable_forward: false } })), chatId)).toBeNull();
  });
});

describe('回调出了问题，点的人看到什么', () => {
  const seenWhen = async (reply: Parameters<typeof Object.assign>[1] & object): Promise<unknown> => {
    webhook.reply = () => reply;
    return (await acts.clicks(scene.zhang.openId, post(cardWith([words('待签收'), acknowledge])), { button: '签收' })).seen;
  };

  test.each([
    ['状态不是 200', { status: 500 }, 200671],
    ['204 也不行', { status: 204 }, 200671],
    ['跳转也不行', { status: 302 }, 200671],
    ['不是 JSON', { body: 'ok' }, 200672],
    ['类型不是 JSON', { body: '{}', contentType: 'text/plain' }, 200672],
    ['多出别的键', { body: { toast: { content: '好' }, code: 0 } }, 200672],
    ['提示的种类不对', { body: { toast: { type: 'ok', content: '好' } } }, 200672],
    ['提示不是文字', { body: { toast: { content: 1 } } }, 200672],
    ['卡片是字符串', { body: { card: { type: 'raw', data: '{}' } } }, 200672],
    ['卡片不合规', { body: { card: { type: 'raw', data: cardWith([{ tag: 'note' }]) } } }, 200673],
    ['模板卡片不存在', { body: { card: { type: 'template', data: { template_id: 'x' } } } }, 200673],
    ['旧版卡片', { body: { card: { type: 'raw', data: { elements: [] } } } }, 200830],
    ['读到一半断线', { reset: true }, 200080],
  ])('%s', async (_, reply, code) => {
    expect(await seenWhen(reply)).toMatchObject({ kind: 'failed', code, words: expect.stringContaining(String(code)) });
    expect(webhook.received).toHaveLength(1);
    expect(await acts.runRetries(new Date('2026-05-30T09:00:00+08:00'))).toBe(0);
  });

  test('三秒没有应答：200341，不再重投', async () => {
    const impatient = actsAt(scene, webhook.url, { ackTimeoutMs: 30 });
    webhook.reply = () => ({ silence: true });
    const messageId = post(cardWith([acknowledge]));
    expect((await impatient.clicks(scene.zhang.openId, messageId, { button: '签收' })).seen).toMatchObject({ code: 200341 });
  });

  test('连不上：200342；找不到域名：200343；没有订阅：200340', async () => {
    const messageId = post(cardWith([acknowledge]));
    // 域名的一段不能超过 63 个字符：不用联网就知道查不到。
    const unresolvable = actsAt(scene, webhook.url, { callbackUrl: `http://${'a'.repeat(64)}.test/` });
    expect((await unresolvable.clicks(scene.zhang.openId, messageId, { button: '签收' })).seen).toMatchObject({ code: 200343 });
    scene.store.changeApp({ subscriptions: [] });
    expect((await acts.clicks(scene.zhang.openId, messageId, { button: '签收' })).seen).toMatchObject({ code: 200340 });
    scene.store.changeApp({ subscriptions: ['card.action.trigger'] });
    await webhook.close();
    expect((await acts.clicks(scene.zhang.openId, messageId, { button: '签收' })).seen).toMatchObject({ code: 200342 });
  });

  test('空的答复留着原卡片', async () => {
    const messageId = post(cardWith([words('原样'), acknowledge]));
    expect((await acts.clicks(scene.zhang.openId, messageId, { button: '签收' })).seen).toEqual({ kind: 'answered', toast: null, card: null });
    expect(shown(messageId)).toContain('原样');
    expect(scene.store.message(messageId)?.revision).toBe(1);
  });
});

describe('点击还没答复时又更新同一张卡片', () => {
  const clickWhilePatching = async (reply: unknown): Promise<{ status: number | null; messageId: string }> => {
    const messageId = post(cardWith([words('旧'), acknowledge]));
    let status: number | null = null;
    webhook.reply = async () => {
      const patch = { content: JSON.stringify(cardWith([words('更新的')])) };
      const outcome = await scene.api.perform(
        { method: 'PATCH', path: `/open-apis/im/v1/messages/${messageId}`, query: {}, body: patch },
        { door: 'adapter' },
      );
      status = outcome.kind === 'answered' ? outcome.answer.code : null;
      return { body: reply };
    };
    await acts.clicks(scene.zhang.openId, messageId, { button: '签收' });
    return { status, messageId };
  };

  test('收下，但被答复里的卡片盖掉', async () => {
    const { status, messageId } = await clickWhilePatching({ card: { type: 'raw', data: cardWith([words('答复的')]) } });
    expect(status).toBe(0);
    expect(shown(messageId)).toContain('答复的');
  });

  test('可设成：答复里没有卡片时，点的人那里翻回旧样', async () => {
    scene.store.setSwitches({ patchDuringClick: 'flips-back' });
    const { messageId } = await clickWhilePatching({});
    expect(shown(messageId, scene.zhang.openId)).toContain('旧');
    expect(shown(messageId, scene.lin.openId)).toContain('更新的');
  });

  test('可设成：拒收，说卡片锁着', async () => {
    scene.store.setSwitches({ patchDuringClick: 'locked' });
    expect((await clickWhilePatching({})).status).toBe(230099);
  });
});
