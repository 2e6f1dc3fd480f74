import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defineCard } from '#cards/kit/card';
import { button, buttons, fields, text } from '#cards/kit/elements';
import { chromiumPath, explainMissing, launch } from '../browser/page.ts';
import { callbackButton, cardWith, words } from './emulator-scene.ts';
import { acceptedReply, componentSamples, feedbackCard, openPageScene, type PageScene } from './page-scene.ts';

const greeting = defineCard<{ unit: string }>(
  'test.notice',
  '告知',
  ({ unit }) => ({
    title: '告知',
    color: 'orange',
    tags: [{ text: '待签收', color: 'orange' }],
    summary: '告知',
    elements: [text('请于两个工作日内签收。'), fields([{ label: '单位', value: unit }]), buttons(button('查看', { url: 'https://example.gov.cn' }))],
  }),
  [
    { name: 'short', props: { unit: '住建局' } },
    { name: 'long', props: { unit: '住房和城乡建设局（人民防空办公室）' } },
  ],
);

const desktop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

interface Watched {
  readonly page: Page;
  /** what the browser complained about: script errors, violations of the policy, failed requests, requests to elsewhere */
  readonly complaints: string[];
}

async function openPage(browser: Browser, viewport = desktop): Promise<Watched> {
  const touch = viewport === phone ? { hasTouch: true, isMobile: true } : {};
  const context = await browser.newContext({ viewport, locale: 'zh-CN', ...touch });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') complaints.push(`外部请求：${request.url()}`);
  });
  return { page, complaints };
}

explainMissing();

describe.runIf(chromiumPath !== undefined)('模拟平台的网页', { timeout: 90_000 }, () => {
  let browser: Browser;
  let scene: PageScene;
  let watched: Watched;
  let page: Page;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    scene = await openPageScene({ cards: [greeting] });
    watched = await openPage(browser);
    ({ page } = watched);
  });
  afterEach(async () => {
    await page.context().close();
    await scene.close();
  });

  const enter = async (chatName: string): Promise<void> => {
    await page.goto(`${scene.url}/?as=${scene.zhang.openId}`);
    await chatNamed(chatName).click();
  };
  const chatNamed = (name: string): Locator => page.locator('.chat-list button', { has: page.locator('.chat-name', { hasText: name }) });
  const seriousFindings = async (rules?: readonly string[]): Promise<string[]> => {
    const builder = new AxeBuilder({ page }).options({ resultTypes: ['violations'] });
    const { violations } = await (rules ? builder.withRules([...rules]) : builder).analyze();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')} ${failureSummary ?? ''}`));
  };

  test('说话、填表、提交：看得到三秒的钟、提示和换上的卡片', async () => {
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    scene.webhook.reply = async (received) => {
      if (received.event.header['event_type'] === 'card.action.trigger') await answered;
      return acceptedReply(received);
    };
    await enter('督查助手');
    await page.getByLabel('消息', { exact: true }).fill('我的任务');
    await page.keyboard.press('Enter');
    await page.getByText('我的任务').first().waitFor();
    scene.post(feedbackCard());

    await page.getByRole('button', { name: '提交反馈' }).click();
    await page.getByText('有必填项未填写：办理状态').waitFor();
    await page.getByText('这一项必须填写').waitFor();
    expect(scene.webhook.received.map(({ event }) => event.header['event_type'])).not.toContain('card.action.trigger');

    await page.getByLabel('办理状态').selectOption('按期推进');
    await page.getByLabel('进展说明').fill('完成八成');
    await page.getByLabel('预计完成').fill('2026-06-30');
    await page.getByRole('button', { name: '提交反馈' }).click();
    await page.getByText(/等待应答 .* 秒，限 3 秒/).waitFor();
    answer();
    await page.getByText('已提交', { exact: true }).waitFor();
    await page.getByText('反馈已提交，待单位审签。').waitFor();
    await page.getByText(/回调已应答/).waitFor();
    const callback = scene.webhook.received.find(({ event }) => event.header['event_type'] === 'card.action.trigger');
    expect(callback?.event.event['action']).toMatchObject({ form_value: { status: 'on_track', note: '完成八成', due: '2026-06-30 +0800' } });
    expect(watched.complaints).toEqual([]);
  });

  test('换上的卡片沿用了表单名，提醒真实的客户端会锁着它', async () => {
    scene.webhook.reply = ({ event }) =>
      event.header['event_type'] === 'card.action.trigger' ? { body: { card: { type: 'raw', data: feedbackCard() } } } : {};
    scene.post(feedbackCard());
    await enter('督查助手');
    await page.getByLabel('办理状态').selectOption('存在困难');
    await page.getByRole('button', { name: '提交反馈' }).click();
    await page.getByText(/沿用了表单名 fb_1_r1/).waitFor();
    expect(await page.getByLabel('办理状态').inputValue()).toBe('');
  });

  test('没有提交成功时，填好的内容还在，错误码看得见', async () => {
    scene.webhook.reply = () => ({ status: 500 });
    scene.post(feedbackCard());
    await enter('督查助手');
    await page.getByLabel('办理状态').selectOption('存在困难');
    await page.getByLabel('进展说明').fill('资金缺口');
    await page.getByRole('button', { name: '提交反馈' }).click();
    await page.getByText('应用返回了错误状态（200671）').waitFor();
    expect(await page.getByLabel('进展说明').inputValue()).toBe('资金缺口');
  });

  test('要确认的按钮先问一句，取消就什么也不发', async () => {
    const plain = (content: string): Record<string, unknown> => ({ tag: 'plain_text', content });
    scene.post(cardWith([callbackButton('撤销', { a: 'cancel' }, { confirm: { title: plain('撤销这项任务？'), text: plain('撤销后不能恢复。') } })]));
    await enter('督查助手');
    const callbacks = (): number => scene.webhook.received.filter(({ event }) => event.header['event_type'] === 'card.action.trigger').length;
    await page.getByRole('button', { name: '撤销' }).click();
    await page.getByRole('dialog').getByText('撤销后不能恢复。').waitFor();
    await page.getByRole('button', { name: '取消' }).click();
    expect(callbacks()).toBe(0);
    await page.getByRole('button', { name: '撤销' }).click();
    await page.getByRole('button', { name: '确定' }).click();
    await page.getByText(/回调已应答/).waitFor();
    expect(callbacks()).toBe(1);
  });

  test('换个人：找得到、看得到他的会话，未读清清楚楚', async () => {
    scene.store.post({ chatId: scene.group.chatId, sender: { kind: 'bot' }, msgType: 'text', content: JSON.stringify({ text: '请按期反馈' }) });
    await page.goto(`${scene.url}/?as=${scene.zhang.openId}`);
    await page.getByRole('button', { name: /换人/ }).click();
    await page.getByLabel('找人').fill('督查室 林');
    await page.getByText('共 1 人', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await chatNamed('住建局任务群').getByText('1条未读').waitFor();
    await chatNamed('住建局任务群').click();
    await page.getByText('已读 1 / 2').waitFor();
    expect(scene.store.unreadOf(scene.lin.openId, scene.group.chatId)).toBe(0);
    expect(scene.store.unreadOf(scene.zhang.openId, scene.group.chatId)).toBe(1);
  });

  test('每种组件都画得出来；画不出的，写明「模拟器未绘制」', async () => {
    const samples = Object.entries(componentSamples(scene.zhang.openId));
    const ids = new Map(samples.map(([name, { elements }]) => [name, scene.post(cardWith(elements, { title: `组件 ${name}` }))]));
    await enter('督查助手');
    await page.getByText('组件 form', { exact: true }).waitFor();
    for (const [name, { shows }] of samples) {
      const card = page.locator(`[data-message-id="${ids.get(name)}"] .card`);
      const hidden = await card
        .locator('[aria-label], [alt], option')
        .evaluateAll((nodes) => nodes.map((node) => [node.getAttribute('aria-label'), node.getAttribute('alt'), node.textContent].join(' ')));
      const shown = [await card.innerText(), ...hidden].join(' ');
      for (const expected of shows) expect(shown, name).toContain(expected);
      expect(await card.locator('.undrawn').count(), name).toBe(shows.filter((expected) => expected.startsWith('模拟器未绘制')).length);
    }
    // 指着图，图表库要画出提示框，也不许违反页面的安全策略。
    await page.locator('.chart-box[data-drawn] canvas').hover();
    await page.locator('[class*=vchart-tooltip]', { hasText: '住建局' }).first().waitFor({ state: 'attached' });
    expect(await page.getByLabel('预计完成').last().inputValue()).toBe('2026-06-30');
    expect(await page.getByLabel('几点').inputValue()).toBe('09:30');
    expect(await page.getByLabel('何时').inputValue()).toBe('2026-06-30T09:30');
    // 样例里的图片本来就不在模拟平台上。
    expect(watched.complaints.filter((complaint) => !complaint.includes('404'))).toEqual([]);
  });

  test('独立的下拉、勾选、更多，选了就回调', async () => {
    const plain = (content: string): Record<string, unknown> => ({ tag: 'plain_text', content });
    const behaviors = [{ type: 'callback', value: { a: 'choose' } }];
    const options = [{ text: plain('红灯'), value: 'red' }];
    scene.post(
      cardWith([
        { tag: 'select_static', placeholder: plain('亮灯'), options, behaviors },
        { tag: 'checker', text: plain('已阅'), behaviors },
        { tag: 'overflow', options: [{ text: plain('改派'), value: 'reassign' }], behaviors },
        { tag: 'interactive_container', hover_tips: plain('看详情'), behaviors, elements: [words('整块')] },
      ]),
    );
    await enter('督查助手');
    const actions = (): unknown[] =>
      scene.webhook.received.filter(({ event }) => event.header['event_type'] === 'card.action.trigger').map(({ event }) => event.event['action']);
    const answered = async (count: number): Promise<void> => {
      await expect.poll(actions).toHaveLength(count);
      await page.getByText(/回调已应答/).waitFor();
    };
    await page.getByLabel('亮灯').selectOption('红灯');
    await answered(1);
    await page.getByLabel('已阅').check();
    await answered(2);
    await page.getByRole('button', { name: '更多操作' }).click();
    await page.getByRole('menuitem', { name: '改派' }).click();
    await answered(3);
    await page.getByRole('button', { name: '看详情' }).click();
    await answered(4);
    expect(actions()).toMatchObject([
      { tag: 'select_static', option: 'red' },
      { tag: 'checker', checked: true },
      { tag: 'overflow', option: 'reassign' },
      { tag: 'interactive_container', value: { a: 'choose' } },
    ]);
  });

  test('14 天以后，卡片说明自己点不了', async () => {
    scene.post(feedbackCard());
    await enter('督查助手');
    await page.getByRole('button', { name: '到指定时间' }).click();
    await page.getByRole('dialog').getByLabel('日期').fill('2026-06-12');
    await page.getByRole('button', { name: '拨钟' }).click();
    await page.getByText('2026年6月12日 星期五 15:00', { exact: true }).waitFor();
    await page.getByText('卡片发出已满 14 天，点了也不能再办').waitFor();
    await page.getByRole('button', { name: '提交反馈' }).click();
    await page.getByText('卡片已超过 14 天，不能再操作').waitFor();
  });

  test('幕后：查验、投递、接口、发件箱、故障都看得见，故障一点就设', async () => {
    scene.post(feedbackCard());
    await enter('督查助手');
    await page.locator('.message').first().hover();
    await page.getByRole('button', { name: '查验' }).first().click();
    await page.getByText(/平台接受/).waitFor();
    await page.getByText('"fb_1_r1"').waitFor();
    await page.getByRole('tab', { name: '投递' }).click();
    await page.locator('.row-title', { hasText: 'im.chat.access_event.bot_p2p_chat_entered_v1' }).click();
    await page.getByText('发出的事件（加密前）').waitFor();
    await page.getByRole('tab', { name: '发件箱' }).click();
    await page.getByText('发卡片 task-book:1').waitFor();
    await page.getByRole('tab', { name: '故障' }).click();
    await page.getByRole('button', { name: /限频（429）/ }).click();
    await page.getByText('已设，还有 1 次').waitFor();
    await page.getByText('已设故障 1').waitFor();
    expect(scene.faults.armed()).toMatchObject([{ kind: 'rate-limited', times: 1 }]);
  });

  test('陈列里每张卡片有电脑和手机两种宽度，旁边是结论', async () => {
    await page.goto(`${scene.url}/gallery`);
    await page.getByRole('heading', { name: '告知 long' }).waitFor();
    const sample = page.getByRole('region', { name: '告知：long' });
    expect(await sample.locator('.card', { hasText: '住房和城乡建设局（人民防空办公室）' }).count()).toBe(2);
    await sample.getByText(/平台接受，没有问题/).waitFor();
    expect(await seriousFindings()).toEqual([]);
    expect(watched.complaints).toEqual([]);
  });

  test('用键盘能走完：选会话、说话、点卡片', async () => {
    scene.post(cardWith([callbackButton('签收', { a: 'acknowledge' })]));
    await page.goto(`${scene.url}/?as=${scene.zhang.openId}`);
    await chatNamed('督查助手').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '签收' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(/回调已应答/).waitFor();
  });

  test.each(['浅色', '深色'])('无障碍检查没有严重问题（%s，电脑）', async (theme) => {
    for (const [name, { elements }] of Object.entries(componentSamples(scene.zhang.openId)))
      scene.post(cardWith(elements, { title: `组件 ${name}` }));
    scene.post(feedbackCard());
    await enter('督查助手');
    if (theme === '深色') await page.getByRole('button', { name: '深色' }).click();
    await page.getByRole('button', { name: '提交反馈' }).click();
    await page.locator('.chart-box[data-drawn]').waitFor();
    await page.getByRole('button', { name: '幕后' }).click();
    await page.getByRole('tab', { name: '故障' }).click();
    await page.getByRole('button', { name: /没有应答（超时）/ }).click();
    await page.getByText('已设，还有 1 次').waitFor();
    // 深色只换了颜色。
    expect(await seriousFindings(theme === '深色' ? ['color-contrast'] : undefined)).toEqual([]);
  });

  test('手机上一次一屏：列表、会话、返回；无障碍检查没有严重问题', async () => {
    await page.context().close();
    watched = await openPage(browser, phone);
    ({ page } = watched);
    scene.post(feedbackCard());
    await enter('督查助手');
    await page.getByRole('button', { name: '提交反馈' }).waitFor();
    expect(await chatNamed('督查助手').isVisible()).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(phone.width);
    expect(await seriousFindings()).toEqual([]);
    await page.getByRole('button', { name: '返回会话列表' }).click();
    await chatNamed('督查助手').waitFor();
    expect(await seriousFindings()).toEqual([]);
  });
});
