import { createPublicKey } from 'node:crypto';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bind } from '#cards/kit/action';
import { castBallot } from '#cards/review/actions';
import { createSeal } from '#runtime/seal';
import { openHall } from '../features/review-hall.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { chromiumPath, explainMissing, launch } from './page.ts';

explainMissing();

/** 服务器看到的一次往来 */
interface Seen {
  readonly path: string;
  readonly form: URLSearchParams;
  readonly answer: { readonly signature?: string };
}

describe.runIf(chromiumPath !== undefined)('可证明匿名模式：票在浏览器里造', () => {
  let it: TestApp;
  let browser: Browser;
  let slips: readonly string[];
  const leaders = ['陈建业', '王海峰', '赵敏之'];
  const seen: Seen[] = [];
  const pages: Page[] = [];
  let publicKeys: readonly { voterClass: string; publicKey: string }[] = [];
  const at = (path: string): string => `http://127.0.0.1:${it.app.port}${path}`;
  const query = async <Row>(sql: string): Promise<Row[]> => (await it.app.database.pool.query(sql)).rows as Row[];
  const shot = async (page: Page, name: string): Promise<void> => {
    const folder = process.env.SCREENSHOTS_TO;
    if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  };
  const linkOf = (name: string): string => /\/p\/vote\/[\w-]{22}/.exec(JSON.stringify(it.person(name).cards()))?.[0] ?? '';
  const watched = async (context: BrowserContext, path: string): Promise<Page> => {
    const page = await context.newPage();
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (!/^\/p\/(issue|cast)/.test(pathname)) return;
      void response.json().then((answer: Seen['answer']) => {
        seen.push({ path: pathname, form: new URLSearchParams(response.request().postData() ?? ''), answer });
      });
    });
    await page.goto(at(path));
    return page;
  };
  const phone = (): Promise<BrowserContext> => browser.newContext({ viewport: { width: 390, height: 844 } });

  beforeAll(async () => {
    it = await startTestApp({ at: '2026-12-18 14:30' });
    slips = await openHall(it, { settings: { 投票方式: '可证明匿名模式' } });
    browser = await launch();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await it.close();
  });

  test('签到之后各收一个自己的投票页；开放测评，各人的手机自动领票，核对码与大屏一致', async () => {
    for (const name of leaders) pages.push(await watched(await phone(), linkOf(name)));
    for (const slip of slips.slice(0, 2)) pages.push(await watched(await phone(), slip));
    await Promise.all(pages.map((page) => page.getByText('尚未开放测评').waitFor()));
    const secretary = it.person('沈澄');
    await secretary.clicks('开始述职');
    await secretary.clicks('开始问答');
    await secretary.clicks('开放测评');
    await Promise.all(pages.map((page) => page.getByText('已领到匿名票').waitFor({ timeout: 60_000 })));
    publicKeys = await query(`SELECT "voterClass", "publicKey" FROM "BallotKey"`);
    await secretary.says('述职 大屏');
    const [address = ''] = /\/p\/screen\/\S+/.exec(secretary.texts().at(-1) ?? '') ?? [];
    const screen = await (await browser.newContext({ viewport: { width: 1920, height: 1080 } })).newPage();
    await screen.goto(at(address));
    const [code = ''] = /[0-9a-f]{4} [0-9a-f]{4}/.exec(await screen.locator('main').innerText()) ?? [];
    expect(code).not.toBe('');
    for (const page of pages) expect(await page.locator('main').innerText()).toContain(`核对码 ${code}`);
    await shot(screen, 'blind-screen');
    const [first] = pages;
    if (first) {
      await shot(first, 'blind-vote-390');
      expect((await new AxeBuilder({ page: first }).analyze()).violations).toEqual([]);
      await first.setViewportSize({ width: 195, height: 420 });
      expect(await first.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);
      await shot(first, 'blind-vote-200');
      await first.setViewportSize({ width: 390, height: 844 });
    }
  }, 180_000);

  test('投出：一张票只算一次；刷新之后记得投过；换一部手机领不到第二张；卡片上、没有脚本的浏览器里投不了', async () => {
    const choices = ['优秀', '良好', '一般', '较差', '弃权'];
    for (const [index, page] of pages.entries()) {
      await page.getByLabel(choices[index] ?? '').check();
      await page.getByLabel('评语，可不写').fill(`匿名写的第${index + 1}条`);
      await page.getByRole('button', { name: '投票' }).click();
      await page.getByText('已投票，谢谢').waitFor();
    }
    const [first] = pages;
    if (!first) throw new Error('没有页面');
    await shot(first, 'blind-cast-390');
    expect((await new AxeBuilder({ page: first }).analyze()).violations).toEqual([]);
    expect(await first.evaluate(() => JSON.stringify(localStorage))).not.toMatch(/signature":"[\w-]+/);
    await first.reload();
    await first.getByText('您已投票').waitFor();
    const other = await (await phone()).newPage();
    await other.goto(at(linkOf('陈建业')));
    await other.getByText('已在别的手机或浏览器里领过').waitFor({ timeout: 60_000 });
    await shot(other, 'blind-other-390');
    const cast = seen.find(({ path }) => path === '/p/cast');
    const again = (await (await fetch(at('/p/cast'), { method: 'POST', body: cast?.form ?? '' })).json()) as { words: string };
    expect(again.words).toBe('此票已使用，以第一次为准。');
    const forged = new URLSearchParams(cast?.form);
    forged.set('token', Buffer.alloc(64, 7).toString('base64url'));
    const refused = (await (await fetch(at('/p/cast'), { method: 'POST', body: forged })).json()) as { refused: string };
    expect(refused.refused).toContain('不是系统签发的匿名票');
    expect(await pressOnCard('冯立')).toContain('请在您的匿名投票页投票');
    const plain = await (await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } })).newPage();
    await plain.goto(at(slips[2] ?? ''));
    expect(await plain.locator('body').innerText()).toContain('浏览器须允许脚本');
    expect(await query(`SELECT 1 FROM "Ballot"`)).toHaveLength(5);
    // 同一张票再送一次，评语也不会多一条。
    expect((await query<{ body: string }>(`SELECT body FROM "BallotComment" ORDER BY body`)).map(({ body }) => body)).toEqual(
      [1, 2, 3, 4, 5].map((place) => `匿名写的第${place}条`),
    );
    expect(await query(`SELECT 1 FROM "BallotComment" c JOIN "Ballot" b ON b.handle = c.handle`)).toEqual([]);
    expect(await query(`SELECT 1 FROM "BallotMark"`)).toEqual([]);
  }, 180_000);

  test('服务器的全部记录与任何一种对法都相容：哪次领票配哪张票，一样说得通', () => {
    const issues = seen.filter(({ path, answer }) => path.startsWith('/p/issue') && answer.signature !== undefined);
    const casts = seen.filter(({ path }) => path === '/p/cast');
    expect(casts).toHaveLength(5);
    for (const text of casts.map(({ form }) => form.toString())) expect(slips.some((slip) => text.includes(slip.slice(-22)))).toBe(false);
    const publicKey = publicKeys.find(({ voterClass }) => voterClass === '领导')?.publicKey ?? '';
    const { n, e } = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' }).export({ format: 'jwk' });
    const [modulus, exponent] = [numberOf(n ?? ''), numberOf(e ?? '')];
    const own = casts.filter(({ form }) => form.get('class') === '领导').map(({ form }) => numberOf(form.get('signature') ?? ''));
    let pairs = 0;
    for (const { form, answer } of issues) {
      const [covered, signed] = [numberOf(form.get('blinded') ?? ''), numberOf(answer.signature ?? '')];
      // 别的类别用别的钥匙
      if (power(signed, exponent, modulus) !== covered) continue;
      for (const bare of own) {
        // 使“这次领的就是这张”成立的遮挡数总是有一个，而且它是均匀随机的：记录里没有任何东西偏向哪一对。
        const cover = (signed * inverse(bare, modulus)) % modulus;
        expect((power(bare, exponent, modulus) * power(cover, exponent, modulus)) % modulus).toBe(covered);
        pairs += 1;
      }
    }
    expect(pairs).toBe(leaders.length ** 2);
  });

  test('关闭：钥匙销毁，票上不再有指纹，发出的就是领过的；没有一行同时有人和票', async () => {
    await it.person('沈澄').says('述职 未投');
    expect(it.person('沈澄').texts().at(-1)).toContain('没有领票');
    await it.person('沈澄').clicks('关闭测评');
    expect(await query(`SELECT 1 FROM "BallotKey"`)).toEqual([]);
    expect(await query(`SELECT 1 FROM "Ballot" WHERE handle IS NOT NULL`)).toEqual([]);
    expect(await query(`SELECT 1 FROM "BallotIssue" WHERE "requestHash" IS NOT NULL`)).toEqual([]);
    expect(await query(`SELECT 1 FROM "BallotComment" WHERE handle IS NOT NULL`)).toEqual([]);
    expect(await query(`SELECT 1 FROM "BallotRound" WHERE "commentKey" IS NOT NULL`)).toEqual([]);
    const tables = await query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'BallotComment'`,
    );
    for (const { name } of tables) expect(await query(`SELECT 1 FROM "${name}" t WHERE t::text LIKE '%匿名写的第%'`)).toEqual([]);
    expect(it.logLines.filter((line) => line.includes('匿名写的第'))).toEqual([]);
    const [round] = await query<{ counts: { voterClass: string; issued: number; used: number }[] }>(`SELECT counts FROM "BallotRound"`);
    expect(round?.counts.map(({ voterClass, issued, used }) => [voterClass, issued, used])).toEqual([
      ['领导', 3, 3],
      ['两代表一委员', 0, 0],
      ['群众代表', 2, 2],
    ]);
    expect(it.logLines.filter((line) => /\/p\/(vote|issue|cast|now)/.test(line))).toEqual([]);
    const late = (await (await fetch(at('/p/cast'), { method: 'POST', body: seen.find(({ path }) => path === '/p/cast')?.form ?? '' })).json()) as {
      refused: string;
    };
    expect(late.refused).toBe('测评已关闭，这一票没有计入。');
  });

  /** 名册上的人在旧卡片上硬按“优秀” */
  async function pressOnCard(name: string): Promise<string> {
    const { person } = it.person(name);
    const [round] = await query<{ id: string; sessionId: string }>(`SELECT id, "sessionId" FROM "BallotRound"`);
    const payload = { sessionId: round?.sessionId ?? '', roundId: round?.id ?? '', choice: '优秀' };
    const value = createSeal(it.world.connection.appSecret).seal(bind(castBallot, payload), `person:${person.openId}`, it.clock.now());
    const message = it.world.store.messagesOf(it.world.store.directChat(person.openId).chatId).findLast(({ msgType }) => msgType === 'interactive');
    const clicked = await it.acts.forgesClick(person.openId, message?.messageId ?? '', { tag: 'button', value });
    return JSON.stringify(clicked.seen);
  }
});

function numberOf(base64url: string): bigint {
  return BigInt(`0x${Buffer.from(base64url, 'base64url').toString('hex')}`);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n, base % modulus];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (b > 0n) {
    const part = a / b;
    [a, b] = [b, a - part * b];
    [x, y] = [y, x - part * y];
  }
  return ((x % modulus) + modulus) % modulus;
}
