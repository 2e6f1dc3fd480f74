import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestClock } from '#core/clock';
import { instantAt } from '#core/dates';
import { listenOnLoopback } from '#platform/emulator/loopback';
import { createOpenApi } from '#platform/emulator/open-api';
import { connectEmulator } from '../../src/connect-emulator.ts';
import { demoAdministrator } from '../../src/demo.ts';
import { type ChildApp, startChildApp } from '../child-app.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { addOpenRound, press, seedHall } from '../features/ballots-given.ts';
import { chromiumPath, explainMissing, launch } from './page.ts';

explainMissing();

const now = instantAt('2026-12-18', '14:44');

describe.runIf(chromiumPath !== undefined)('大屏', () => {
  const world = connectEmulator({ clock: new TestClock(now) });
  const folder = mkdtempSync(join(tmpdir(), 'shuling-screen-'));
  let database: TestDatabase;
  let http: Awaited<ReturnType<typeof listenOnLoopback>>;
  let pool: pg.Pool;
  let child: ChildApp;
  let browser: Awaited<ReturnType<typeof launch>>;
  let port: number;

  beforeAll(async () => {
    database = await createTestDatabase();
    http = await listenOnLoopback(createOpenApi(world.api));
    pool = new pg.Pool({ connectionString: database.url, max: 2 });
    await seedHall(pool, { voters: 3 });
    await pool.query(`INSERT INTO "ReviewLink" (key, "sessionId", kind, "validUntil") VALUES ('big-screen', 's', 'screen', '2099-01-01')`);
    port = await freePort();
    child = await start();
    browser = await launch();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await child.kill();
    await pool.end();
    await http.close();
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const start = (): Promise<ChildApp> =>
    startChildApp({
      databaseUrl: database.url,
      dataDir: folder,
      adminMobile: demoAdministrator.mobile,
      at: now.toISOString(),
      feishu: { ...world.connection, domain: http.url },
      port,
    });

  test('程序断电再起来，没有人碰过大屏：画面留着，然后自己接上，跟到新的一步', async () => {
    const screen = await (await browser.newContext({ viewport: { width: 1920, height: 1080 } })).newPage();
    await screen.goto(`${child.url}/p/screen/big-screen`);
    await screen.getByText('等待测评').waitFor();
    await child.kill();
    await addOpenRound(pool, { id: 'r', slotId: 'last', closesAt: '2026-12-18 14:45:30+08' });
    expect(await screen.getByText('等待测评').count()).toBe(1);
    child = await start();
    await screen.getByText('已投0/3').waitFor({ timeout: 60_000 });
    expect(await press({ url: child.url, connection: world.connection, now }, { voter: 1, roundId: 'r', choice: '优秀' })).toBe('已投票');
    await screen.getByText('已投1/3').waitFor({ timeout: 60_000 });
    expect(await screen.getByText('优秀').count()).toBe(0);
    // 地址过期：写明，不再一秒一次地连。
    await pool.query(`UPDATE "ReviewLink" SET "validUntil" = '2000-01-01' WHERE key = 'big-screen'`);
    await screen.getByText('页面已过期，请重新打开').waitFor({ timeout: 60_000 });
  }, 240_000);
});

/** 一个空着的端口，让程序每次都起在同一个地方 */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
