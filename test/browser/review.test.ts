import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHall } from '../features/review-hall.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { chromiumPath, explainMissing, launch } from './page.ts';

explainMissing();

describe.runIf(chromiumPath !== undefined)('大屏和来宾的手机', () => {
  let it: TestApp;
  let browser: Browser;
  let phone: Page;
  let screen: Page;
  let slips: readonly string[];
  const at = (path: string): string => `http://127.0.0.1:${it.app.port}${path}`;
  const shot = async (page: Page, name: string): Promise<void> => {
    const folder = process.env.SCREENSHOTS_TO;
    if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
  };
  const faultsOf = async (page: Page): Promise<string[]> => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  };

  beforeAll(async () => {
    it = await startTestApp({ at: '2026-12-18 14:30' });
    slips = await openHall(it);
    browser = await launch();
    // 来宾的手机：不许脚本；放大一倍等于只有一半宽。
    const narrow = await browser.newContext({ viewport: { width: 195, height: 420 }, deviceScaleFactor: 2, javaScriptEnabled: false });
    phone = await narrow.newPage();
    screen = await (await browser.newContext({ viewport: { width: 1920, height: 1080 } })).newPage();
    await it.person('沈澄').says('述职 大屏');
    const [address = ''] = /\/p\/screen\/\S+/.exec(it.person('沈澄').texts().at(-1) ?? '') ?? [];
    await screen.goto(at(address));
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await it.close();
  });

  test('开放测评：大屏自己跟上，只有“已投几票”；来宾不用脚本、放大一倍也投得出，投完大屏加一', async () => {
    const secretary = it.person('沈澄');
    await secretary.clicks('开始述职');
    await screen.getByText('8:00').waitFor();
    await shot(screen, 'review-screen-report');
    await secretary.clicks('开始问答');
    await secretary.clicks('开放测评');
    await screen.getByText(/已投0\//).waitFor();
    await phone.goto(at(slips[0] ?? ''));
    expect(await phone.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);
    await shot(phone, 'review-slip');
    await phone.getByLabel('良好').check();
    await phone.getByRole('button', { name: '投票' }).click();
    await phone.getByText('已投票，谢谢').waitFor();
    await shot(phone, 'review-slip-cast');
    await screen.getByText(/已投1\//).waitFor();
    expect(await screen.getByText('良好').count()).toBe(0);
    expect(await faultsOf(screen)).toEqual([]);
    await shot(screen, 'review-screen-vote');
  }, 60_000);

  test('来宾的页面无障碍检查没有问题', async () => {
    const page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
    await page.goto(at(slips[1] ?? ''));
    expect(await faultsOf(page)).toEqual([]);
    await shot(page, 'review-slip-390');
    await page.getByLabel('优秀').check();
    await page.getByRole('button', { name: '投票' }).click();
    await page.getByText('已投票，谢谢').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  }, 60_000);
});
