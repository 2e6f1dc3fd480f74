import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

/**
 * Debian 的 /usr/bin/chromium 是一层脚本，替有显卡的桌面加参数；测试直接用它后面的程序，省六分之一的处理器时间。没有界面的那一种
 * （chromium-headless-shell）是同一个引擎，又省三分之一，有就先用它。
 */
const candidates = [
  process.env.CHROMIUM_PATH,
  '/usr/lib/chromium/chromium-headless-shell',
  '/usr/lib/chromium/chromium',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** 浏览器在哪里 — undefined: none, and the browser tests say how to get one. */
export const chromiumPath: string | undefined = candidates.find((path) => path !== undefined && existsSync(path));

/** 没有浏览器时的说明；CI 里不许跳过。 */
export function explainMissing(): void {
  if (chromiumPath !== undefined) return;
  const how = '没有找到 Chromium，浏览器测试已跳过。安装：apt-get install -y chromium-headless-shell（或 chromium），或用 CHROMIUM_PATH 指明路径。';
  if (process.env.CI) throw new Error(how);
  process.stderr.write(`${how}\n`);
}

/** 开浏览器 */
export function launch(): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    // 浏览器自己的界面也是网页，先备在后台；没有人看它。
    '--disable-features=PreloadTopChromeWebUI,WebUIOmniboxPopup,InitialWebUI,WebUIReloadButton,WebUIToolbar',
  ];
  return chromium.launch({ ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }), args });
}

/** 一个坐在浏览器前的人 */
export class Visitor {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** 换成某人，打开与机器人的单聊 */
  async become(name: string): Promise<void> {
    const identity = this.page.getByRole('region', { name: '当前身份' });
    await identity.getByRole('button', { name: /换人/ }).click();
    await identity.getByRole('searchbox', { name: '找人' }).fill(name);
    await identity
      .getByRole('listitem')
      .getByRole('button', { name: new RegExp(`^${name}`) })
      .first()
      .click();
    await this.page.getByRole('button', { name: new RegExp(`^${name}.*换人`) }).waitFor();
    await this.page.locator('.chat-name', { hasText: /^督查助手$/ }).click();
  }

  async sends(path: string): Promise<void> {
    await this.page.locator('input[type=file]').setInputFiles(path);
  }

  async says(text: string): Promise<void> {
    await this.page.getByPlaceholder(/^发给/).fill(text);
    await this.page.getByRole('button', { name: '发送', exact: true }).last().click();
  }

  /** 最后一张有这个按钮的卡片 — the welcome card may have come in behind it. */
  cardWith(button: string): Locator {
    const { page } = this;
    return page
      .getByRole('main')
      .locator('li.message')
      .filter({ has: page.getByRole('button', { name: button, exact: true }) })
      .last();
  }

  /** 点卡片上的按钮，弹出确认时点确定 */
  async clicks(button: string, { confirm = false } = {}): Promise<void> {
    await this.cardWith(button).getByRole('button', { name: button, exact: true }).first().click();
    if (confirm) await this.page.getByRole('dialog').getByRole('button', { name: '确定' }).click();
  }

  /** 会话里看得到这句话 */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByRole('main').getByText(text).last().waitFor({ timeout: 60_000 });
  }

  /** 无障碍检查 — serious and critical findings. */
  async faults(): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page: this.page }).options({ resultTypes: ['violations'] }).analyze();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}：${nodes.map(({ target }) => target.join(' ')).join('；')}`);
  }
}
