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
  let waiter: Page;
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
    slips = await openHall(it, { units: 2, settings: { 结果显示: '即时公布' } });
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
    // 没有脚本的手机不会卡住：按一下就看得到现在。
    await phone.getByRole('link', { name: '看最新进展' }).click();
    await phone.getByText('您已经投过').waitFor();
    await screen.getByText(/已投1\//).waitFor();
    expect(await screen.getByText('良好').count()).toBe(0);
    expect(await faultsOf(screen)).toEqual([]);
    await shot(screen, 'review-screen-vote');
  }, 60_000);

  test('核对抽签的网页：在看的人自己的浏览器里重算，一致；名单改一个字，就说哪里不符；不许脚本也看得到公布的数', async () => {
    const { rows } = await it.app.database.pool.query<{ commitment: string; order: string[] }>(`SELECT commitment, "order" FROM "Draw"`);
    const address = at(`/p/draw/${rows[0]?.commitment}`);
    const page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
    await page.goto(address);
    await page.getByText('承诺一致，次序一致').waitFor();
    expect(await page.locator('#order li').allInnerTexts()).toEqual(rows[0]?.order);
    expect(await faultsOf(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);
    await shot(page, 'review-draw-390');
    const items = page.locator('textarea[name=items]');
    await items.fill((await items.inputValue()).replace('局', '处'));
    await page.getByText('承诺不符：名单或密数与事先公布的不一样').waitFor();
    await phone.goto(address);
    expect(await phone.locator('body').innerText()).toContain(rows[0]?.commitment);
    expect((await fetch(at(`/p/draw/${'0'.repeat(64)}`))).status).toBe(404);
  }, 60_000);

  test('来宾的页面无障碍检查没有问题；微信里打开、被微信先看过一眼，都一样投', async () => {
    const userAgent =
      'Mozilla/5.0 (Linux; Android 12; M2102K1C) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/86.0.4240.99 XWEB/4313 MMWEBSDK/20220805 Mobile Safari/537.36 MicroMessenger/8.0.27.2220(0x28001B37) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN';
    waiter = await (await browser.newContext({ viewport: { width: 390, height: 844 }, userAgent })).newPage();
    const page = waiter;
    // 先看一眼的是微信的服务器：只看不投，票不算用过。
    expect((await fetch(at(slips[1] ?? ''), { headers: { 'user-agent': userAgent } })).status).toBe(200);
    expect((await fetch(at(slips[1] ?? ''), { method: 'HEAD' })).status).toBe(200);
    await page.goto(at(slips[1] ?? ''));
    expect(await faultsOf(page)).toEqual([]);
    await shot(page, 'review-slip-390');
    await page.getByLabel('优秀').check();
    await page.getByRole('button', { name: '投票' }).click();
    await page.getByText('已投票，谢谢').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await shot(page, 'review-slip-cast-390');
  }, 60_000);

  test('即时公布：关闭测评，大屏上有这一家的总分；放行之后是全部成绩和图表，1920×1080放得下，后排看得清', async () => {
    const secretary = it.person('沈澄');
    await putBallots();
    await secretary.clicks('关闭测评');
    await screen.getByText(/总分\d+\.\d\d　优秀率/).waitFor();
    await shot(screen, 'review-screen-at-once');
    for (const step of ['开始述职', '开始问答', '开放测评']) await secretary.clicks(step);
    // 投过上一家的来宾没有碰过手机：那一页自己变成了这一家的测评票。
    await waiter.getByRole('button', { name: '投票' }).waitFor({ timeout: 60_000 });
    await putBallots();
    await secretary.clicks('关闭测评');
    await screen.getByText('等待计票').waitFor();
    await secretary.clicks('计票');
    for (const name of ['罗静', '白露', '石磊']) await it.person(name).clicks('确认票数');
    await screen.getByText('结果由领导放行后公布').waitFor();
    await it.person('陈建业').clicks('放行：仅领导');
    expect(await screen.getByText('名次').count()).toBe(0);
    await it.person('陈建业').clicks('放行：参会者');
    await screen.getByText('名次').waitFor();
    const canvas = screen.locator('.chart canvas').first();
    await canvas.waitFor();
    // 画出来的不是一张空白：不同颜色的点不止一种。
    await expect
      .poll(() =>
        canvas.evaluate((node: HTMLCanvasElement) => {
          const { data } = node.getContext('2d')?.getImageData(0, 0, node.width, node.height) ?? { data: new Uint8ClampedArray() };
          const colours = new Set<number>();
          for (let at = 0; at < data.length; at += 4) colours.add(((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0));
          return colours.size;
        }),
      )
      .toBeGreaterThan(3);
    const fits = await screen.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      const sizes = [...document.querySelectorAll('.results td')].map((cell) => Number.parseFloat(getComputedStyle(cell).fontSize));
      return { scrollWidth, scrollHeight, smallest: Math.min(...sizes) };
    });
    expect(fits.scrollWidth).toBeLessThanOrEqual(1920);
    expect(fits.scrollHeight).toBeLessThanOrEqual(1080);
    expect(fits.smallest).toBeGreaterThanOrEqual(30);
    expect(await faultsOf(screen)).toEqual([]);
    // 大屏上的图与卡片上的是同一份描述，只换了底色和字号。
    const spec = JSON.parse((await screen.locator('.chart').getAttribute('data-chart')) ?? '{}') as Record<string, unknown>;
    const onCard = chartOf(it.person('陈建业').lastCard());
    for (const key of ['type', 'direction', 'data', 'xField', 'yField']) expect(spec[key]).toEqual(onCard[key]);
    await shot(screen, 'review-screen-results');
  }, 120_000);

  function chartOf(card: unknown): Record<string, unknown> {
    let found: Record<string, unknown> = {};
    JSON.stringify(card, (key, value: unknown) => {
      if (key === 'chart_spec') found = value as Record<string, unknown>;
      return value;
    });
    return found;
  }

  /** 每类六张，直接放进箱里：这里看的是屏幕 */
  async function putBallots(): Promise<void> {
    await it.app.database.pool.query(
      `INSERT INTO "Ballot" (id, "roundId", "voterClass", choice)
       SELECT gen_random_uuid()::text, r.id, c.name, (ARRAY['优秀','优秀','良好','一般','优秀','良好'])[n]
       FROM "BallotRound" r, unnest(ARRAY['领导','两代表一委员','群众代表']) AS c(name), generate_series(1, 6) n WHERE r.state = 'open'`,
    );
    await it.app.database.pool.query(
      `INSERT INTO "BallotMark" ("roundId", holder) SELECT id, voter FROM (
         SELECT r.id, v.id AS voter, row_number() OVER (PARTITION BY r.id, v."voterClass") AS n
         FROM "BallotRound" r JOIN "ReviewVoter" v ON v."sessionId" = r."sessionId" WHERE r.state = 'open'
       ) numbered WHERE n <= 6`,
    );
  }
});
