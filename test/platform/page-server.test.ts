import { request as requestHttp } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defineCard } from '#cards/kit/card';
import { text } from '#cards/kit/elements';
import type { ActOutcome } from '#platform/emulator/page/perform';
import type { ClockView, GalleryView, LogView, MessageInspection, PersonView, StateView } from '#platform/emulator/page/view';
import { acceptedReply, feedbackCard, openPageScene, type PageScene } from './page-scene.ts';

let scene: PageScene;
beforeEach(async () => {
  const greeting = defineCard<{ name: string }>(
    'test.greeting',
    '问候',
    ({ name }) => ({ title: '问候', color: 'blue', summary: `问候${name}`, elements: [text(`您好，${name}`)] }),
    [{ name: 'one', props: { name: '张敏' } }],
  );
  scene = await openPageScene({ cards: [greeting] });
});
afterEach(() => scene.close());

const get = (path: string): Promise<Response> => fetch(`${scene.url}${path}`);
const json = async <T>(path: string): Promise<T> => (await get(path)).json() as Promise<T>;
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${scene.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
const act = async (body: unknown): Promise<ActOutcome> => (await post('/api/act', body)).json() as Promise<ActOutcome>;
const stateOf = (openId: string, chatId?: string): Promise<StateView> =>
  json(`/api/state?as=${openId}${chatId === undefined ? '' : `&chat=${chatId}`}`);

/** fetch 不许改 Host，这里直接说。 */
function statusAs(headers: Record<string, string>, { method = 'GET', path = '/api/people' } = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = requestHttp(`${scene.url}${path}`, { method, headers, setHost: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on('error', reject);
    call.end();
  });
}

describe('只给本机用', () => {
  test('换个域名指到本机来，一律拒绝', async () => {
    const { host } = new URL(scene.url);
    expect(await statusAs({ host })).toBe(200);
    expect(await statusAs({ host: host.replace('127.0.0.1', 'localhost') })).toBe(200);
    for (const stranger of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', ''])
      expect(await statusAs({ host: stranger })).toBe(403);
    expect(await statusAs({ host: 'evil.example' }, { path: '/open-apis/bot/v3/info' })).toBe(403);
  });

  test('别的网页替人动手，一律拒绝，什么也不发生', async () => {
    const say = { kind: 'say', as: scene.zhang.openId, chatId: null, text: '我的任务' };
    expect((await post('/api/act', say, { origin: 'http://evil.example' })).status).toBe(403);
    expect((await post('/api/act', say, { origin: scene.url.replace(/:\d+$/, ':1') })).status).toBe(403);
    expect((await post('/api/act', say, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    // 表单发得出的类型，不经询问就能跨站，所以不收。
    expect((await post('/api/act', say, { 'content-type': 'text/plain' })).status).toBe(409);
    expect(scene.webhook.received).toEqual([]);
    expect((await post('/api/act', say, { origin: scene.url })).status).toBe(200);
    expect(scene.webhook.received).toHaveLength(1);
  });

  test('页面只运行自己的脚本，也不许被嵌进别的网页', async () => {
    const response = await get('/');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/unsafe-eval|script-src/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(await response.text()).not.toMatch(/<script(?![^>]*src=)|<style|style=/);
  });
});

describe('举动', () => {
  test('说的话进会话，并且签名加密投给产品', async () => {
    const { chatId, delivery } = await act({ kind: 'say', as: scene.zhang.openId, chatId: null, text: '我的任务' });
    expect(delivery?.state).toBe('acknowledged');
    expect(scene.webhook.received[0]?.signed).toBe(true);
    const { messages, chats } = await stateOf(scene.zhang.openId, chatId);
    expect(messages.map(({ text, senderId }) => [text, senderId])).toEqual([['我的任务', scene.zhang.openId]]);
    expect(chats.find(({ kind }) => kind === 'p2p')).toMatchObject({ name: '督查助手', unread: 0, preview: '我的任务' });
  });

  test('群里不 @ 机器人它听不到，@ 了才听得到', async () => {
    const { chatId } = scene.group;
    expect((await act({ kind: 'say', as: scene.zhang.openId, chatId, text: '在吗' })).delivery).toBeNull();
    const spoken = await act({ kind: 'say', as: scene.zhang.openId, chatId, text: '任务 管-063', mentionsBot: true, mentions: [scene.lin.openId] });
    expect(spoken.delivery?.state).toBe('acknowledged');
    expect((await stateOf(scene.lin.openId, chatId)).messages.at(-1)?.text).toBe('@督查助手 @林涛 任务 管-063');
  });

  test('点表单：送出填写的内容，答复的卡片换上去', async () => {
    scene.webhook.reply = acceptedReply;
    const messageId = scene.post(feedbackCard());
    const press = { kind: 'click', as: scene.zhang.openId, messageId, path: 'body.elements.1.elements.3' };
    expect((await act({ ...press, form: {} })).click?.seen).toMatchObject({ kind: 'refused', reason: 'required', field: '办理状态' });
    const { click } = await act({ ...press, form: { status: 'on_track', due: '2026-06-30' } });
    expect(click?.seen).toMatchObject({ kind: 'answered', toast: { type: 'success', content: '已提交' } });
    expect(scene.webhook.received[0]?.event.event['action']).toMatchObject({ form_value: { status: 'on_track', due: '2026-06-30 +0800' } });
    const { messages } = await stateOf(scene.zhang.openId, scene.store.directChat(scene.zhang.openId).chatId);
    expect(messages[0]).toMatchObject({ revision: 2, card: { header: { title: { content: '已反馈' } } } });
  });

  test('请求写错了、人不存在，说清楚', async () => {
    const wrong = await post('/api/act', { kind: 'fly' });
    expect([wrong.status, await wrong.json()]).toEqual([400, { error: expect.stringContaining('请求有误') }]);
    const nobody = await post('/api/act', { kind: 'say', as: 'ou_nobody', chatId: null, text: '喂' });
    expect([nobody.status, await nobody.json()]).toEqual([409, { error: expect.stringContaining('ou_nobody') }]);
    expect((await get('/api/nothing')).status).toBe(404);
  });

  test('看不见的会话，内容不给', async () => {
    const { chatId } = scene.store.directChat(scene.zhang.openId);
    scene.post(feedbackCard(), chatId);
    expect((await stateOf(scene.lin.openId, chatId)).messages).toEqual([]);
  });
});

describe('文件', () => {
  const upload = (name: string, bytes: string): Promise<Response> => {
    const query = new URLSearchParams({ as: scene.zhang.openId, name });
    return fetch(`${scene.url}/api/upload?${query}`, { method: 'POST', body: Buffer.from(bytes) });
  };

  test('发出的文件能下载，名字不走样', async () => {
    const { chatId } = (await (await upload('任务书.xlsx', 'PK')).json()) as ActOutcome;
    const { messages } = await stateOf(scene.zhang.openId, chatId);
    expect(messages[0]).toMatchObject({ type: 'file', file: { name: '任务书.xlsx', size: 2 } });
    const download = await get(`/api/files/${messages[0]?.file?.fileKey}`);
    expect(await download.text()).toBe('PK');
    expect(decodeURIComponent(download.headers.get('content-disposition') ?? '')).toContain('任务书.xlsx');
  });

  test('人发来的网页只能存下来，打不开', async () => {
    for (const name of ['图.html', '图.png']) {
      const { chatId } = (await (await upload(name, '<script>alert(1)</script>')).json()) as ActOutcome;
      const { messages } = await stateOf(scene.zhang.openId, chatId);
      const { headers } = await get(`/api/files/${messages.at(-1)?.file?.fileKey}`);
      expect(headers.get('content-type')).toBe('application/octet-stream');
      expect(headers.get('content-disposition')).toMatch(/^attachment/);
      expect(headers.get('content-security-policy')).toContain('sandbox');
    }
  });
});

describe('时钟、故障和幕后', () => {
  const move = async (body: unknown): Promise<ClockView & { error?: string }> =>
    (await post('/api/clock', body)).json() as Promise<ClockView & { error?: string }>;

  test('拨钟：下一个工作日、加一小时、到指定时间；不能往回', async () => {
    expect((await move({ plusMinutes: 60 })).now).toBe(Date.parse('2026-05-28T16:00:00+08:00'));
    expect((await move({ nextWorkingDay: true })).now).toBe(Date.parse('2026-05-29T09:00:00+08:00'));
    const to = Date.parse('2026-06-30T08:30:00+08:00');
    expect(await move({ to })).toEqual({ now: to, movingTo: null });
    expect((await move({ to: to - 1 })).error).toBe('时间只能往后拨');
    expect((await move({ to: to + 400 * 86_400_000 })).error).toContain('一年');
    expect(scene.moves).toHaveLength(3);
  });

  test('拨钟时，没确认的事件到点补投', async () => {
    scene.webhook.reply = () => ({ status: 500 });
    const { delivery } = await act({ kind: 'say', as: scene.zhang.openId, chatId: null, text: '帮助' });
    expect(delivery?.state).toBe('waiting');
    scene.webhook.reply = () => ({});
    await move({ plusMinutes: 1 });
    expect(scene.store.delivery(delivery?.eventId ?? '')?.state).toBe('acknowledged');
  });

  test('14 天后卡片标为失效', async () => {
    scene.post(feedbackCard());
    const { expired } = (await stateOf(scene.zhang.openId, scene.store.directChat(scene.zhang.openId).chatId)).messages[0] ?? {};
    expect(expired).toBe(false);
    await move({ to: Date.parse('2026-06-11T15:00:00+08:00') });
    const { messages } = await stateOf(scene.zhang.openId, scene.store.directChat(scene.zhang.openId).chatId);
    expect(messages[0]?.expired).toBe(true);
  });

  test('加急的消息，对被加急的人标出“加急”，对别人不标', async () => {
    const messageId = scene.post(feedbackCard());
    scene.store.urge(messageId, [scene.zhang.openId]);
    const chatId = scene.store.directChat(scene.zhang.openId).chatId;
    const seenBy = async (openId: string) => (await stateOf(openId, chatId)).messages.find((message) => message.messageId === messageId)?.urgent;
    expect(await seenBy(scene.zhang.openId)).toBe(true);
    scene.post(feedbackCard());
    expect((await stateOf(scene.zhang.openId, chatId)).messages.at(-1)?.urgent).toBe(false);
  });

  test('故障一次设一个，看得见，解得掉', async () => {
    await post('/api/faults', { arm: 'rate-limited' });
    await post('/api/faults', { arm: 'duplicate', times: 3 });
    expect((await stateOf(scene.zhang.openId)).armed.map(({ kind, times }) => [kind, times])).toEqual([
      ['rate-limited', 1],
      ['duplicate', 3],
    ]);
    await post('/api/faults', { disarm: 'duplicate' });
    await post('/api/faults', { clear: true });
    expect((await stateOf(scene.zhang.openId)).armed).toEqual([]);
    expect((await post('/api/faults', { arm: 'earthquake' })).status).toBe(400);
  });

  test('查验一条卡片：JSON、平台的结论、它引起的投递', async () => {
    const messageId = scene.post(feedbackCard());
    await act({ kind: 'click', as: scene.zhang.openId, messageId, path: 'body.elements.1.elements.3', form: { status: 'on_track' } });
    const inspection = await json<MessageInspection>(`/api/message?id=${messageId}&as=${scene.zhang.openId}`);
    expect(inspection.card?.findings.filter(({ verdict }) => verdict === 'reject')).toEqual([]);
    expect(inspection.card?.json).toEqual(feedbackCard());
    expect(inspection.deliveries.map(({ eventType }) => eventType)).toEqual(['card.action.trigger']);
  });

  test('接口记录里有走 HTTP 的每一次调用', async () => {
    const response = await get('/open-apis/bot/v3/info');
    expect(response.status).not.toBe(404);
    expect((await json<LogView>('/api/log')).calls[0]).toMatchObject({ method: 'GET', path: '/open-apis/bot/v3/info', door: 'http' });
  });

  test('陈列里有每张卡片的每个样例，连同结论', async () => {
    const [sample] = await json<readonly GalleryView[]>('/api/gallery');
    expect(sample).toMatchObject({ card: 'test.greeting', title: '问候', sample: 'one', inspection: { findings: [], house: [] } });
  });

  test('人员列表带未读数', async () => {
    scene.post(feedbackCard());
    const people = await json<readonly PersonView[]>('/api/people');
    expect(people.map(({ name, post: words, unread }) => [name, words, unread])).toEqual([
      ['张敏', '住建局 · 联络员', 1],
      ['林涛', '督查室 · 督查员', 0],
    ]);
  });
});

test('有变动，开着的页面马上知道', async () => {
  const controller = new AbortController();
  const response = await fetch(`${scene.url}/api/live`, { signal: controller.signal });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const next = async (): Promise<string> => Buffer.from((await reader.read()).value ?? new Uint8Array()).toString();
  expect(await next()).toContain('event: change');
  scene.post(feedbackCard());
  let heard = '';
  while (!heard.includes(`"revision":${scene.store.revision}`)) heard += await next();
  expect(heard).toContain('event: change');
  controller.abort();
});
