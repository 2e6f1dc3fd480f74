import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { listenOnLoopback } from '#platform/emulator/loopback';
import { createOpenApi } from '#platform/emulator/open-api';
import { createPage } from '#platform/emulator/page/server';
import { demoCast } from '../../src/demo.ts';
import { createControls } from '../../src/emulator-controls.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { chromiumPath, explainMissing, launch, Visitor } from './page.ts';

explainMissing();
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const keepScreenshots = process.env.UPDATE_SCREENSHOTS === '1';

describe.runIf(chromiumPath !== undefined)('在真的浏览器里走完主路径', () => {
  let it: TestApp;
  let browser: Browser;
  let site: Awaited<ReturnType<typeof listenOnLoopback>>;
  let visitor: Visitor;

  beforeAll(async () => {
    it = await startTestApp({ at: '2026-05-28 15:00' });
    const controls = createControls({ app: it.app, clock: it.clock, acts: it.acts, cast: demoCast(it.world.store) });
    site = await listenOnLoopback(
      createPage({ store: it.world.store, acts: it.acts, faults: it.world.faults, controls, openApi: createOpenApi(it.world.api) }),
    );
    browser = await launch();
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
    visitor = new Visitor(await context.newPage());
    await visitor.page.goto(site.url);
  }, 180_000);
  afterEach(async ({ task }) => {
    // 失败时留一张图，看得见当时的页面。
    if (task.result?.state === 'fail') await visitor.page.screenshot({ path: `${tmpdir()}/shuling-browser-failure.png` });
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
    await it.close();
  });

  const shot = async (name: string): Promise<void> => {
    if (keepScreenshots) await visitor.page.screenshot({ path: path(`../screenshots/${name}.png`) });
  };

  test('督查员把表拖给机器人，看到预检，确认导入', async () => {
    // 头一回打开的人就是督查员，这条路上要用到的人都摆在旁边。
    const identity = visitor.page.getByRole('region', { name: '当前身份' });
    await identity.getByRole('button', { name: /^林晓.*换人/ }).waitFor();
    await identity.getByRole('listitem').nth(4).waitFor();
    expect(await identity.getByRole('listitem').allTextContents()).toEqual(['周启明', '曾小雨', '梁海生', '方伟', '江岩']);
    await visitor.become('林晓');
    await visitor.sends(path('../fixtures/2026年重点工作任务.xlsx'));
    await visitor.sees(/可导入248｜需修改6｜提醒4/);
    await shot('preview');
    expect(await visitor.faults()).toEqual([]);
    await visitor.sends(path('../fixtures/2026年重点工作任务-修订.xlsx'));
    await visitor.sees(/可导入254/);
    await visitor.clicks('确认导入', { confirm: true });
    await visitor.sees(/已导入254项，生成31份任务书，待周启明审定/);
  }, 180_000);

  test('主任审定、下达', async () => {
    await visitor.become('周启明');
    await visitor.sees(/待审定/);
    await visitor.clicks('审定');
    await visitor.sees(/已审定，待下达/);
    await visitor.clicks('下达', { confirm: true });
    await visitor.sees(/已签收0\/31/);
    await shot('receipts');
  }, 180_000);

  test('联络员签收，按钮换成状态', async () => {
    await visitor.become('曾小雨');
    await visitor.sees(/签收时限/);
    await visitor.clicks('签收');
    await visitor.sees('已签收');
    await shot('book');
    expect(await visitor.faults()).toEqual([]);
  }, 60_000);

  test('责任人在卡片上反馈', async () => {
    await visitor.become('方伟');
    await visitor.sees(/渔排清退协商签约/);
    await visitor.clicks('反馈');
    const card = visitor.cardWith('提交反馈');
    await card.getByLabel(/签约户数/).fill('216');
    await card.getByLabel(/完成百分比/).fill('99');
    await card.getByLabel(/进展情况/).fill('本周新签18户');
    await card.getByLabel(/存在困难/).fill('剩余2户在外地');
    await shot('chat');
    expect(await visitor.faults()).toEqual([]);
    await visitor.clicks('提交反馈');
    await visitor.sees(/已签约216\/218户 99\.08% ↑18 ｜待单位审签/);
  }, 60_000);

  test('主要负责人审签，督查员采纳，发编号看到结果', async () => {
    await visitor.become('梁海生');
    await visitor.sees(/待单位审签/);
    await visitor.clicks('审签');
    await visitor.sees(/待督查室采纳/);
    await visitor.become('林晓');
    await visitor.sees(/待督查室采纳/);
    await visitor.clicks('采纳');
    await visitor.sees(/已采纳/);
    await visitor.says('管-063');
    await visitor.sees(/台账进度/);
    await visitor.sees(/216\/218户/);
    await shot('item');
  }, 60_000);

  test('手机宽度也能看，无障碍没有严重问题', async () => {
    await visitor.page.setViewportSize({ width: 390, height: 844 });
    await visitor.page.waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth + 1);
    await shot('phone');
    expect(await visitor.faults()).toEqual([]);
    await visitor.page.setViewportSize({ width: 1440, height: 900 });
  }, 60_000);

  test('卡片陈列：每张卡片每个样例都画得出来，没有校验问题', async () => {
    await visitor.page.goto(`${site.url}/gallery`);
    const samples = it.app.registry.contributions.features.flatMap(({ cards }) => cards.flatMap((card) => card.samples)).length;
    await visitor.page.waitForFunction((count) => document.querySelectorAll('.card').length >= count, samples);
    expect(await visitor.page.getByText('模拟器未绘制').count()).toBe(0);
    await shot('gallery');
  }, 60_000);
});
