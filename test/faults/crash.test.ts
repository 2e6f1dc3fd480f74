import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChildApp } from '../child-app.ts';
import { buildCrashSite, type CrashSite, crashLoop, drained } from './crash-loop.ts';

// 这里杀三次，夜里杀几百次：npm run nightly -- 断电。
let site: CrashSite;
beforeAll(async () => {
  site = await buildCrashSite(6_000);
}, 240_000);
afterAll(() => site.close(), 120_000);

test('答应了的一件不丢：程序、连同数据库被 kill -9 三次，一件不重，没有发两遍，不用人修', { timeout: 600_000 }, async () => {
  const account = await crashLoop(site, { kills: 3, databaseEvery: 3 });
  expect(account).toMatchObject({ kills: 3, databaseKills: 1, lost: 0, changed: 0, doubled: 0, sentTwice: 0, dead: 0, fault: null });
  expect(account.acknowledged).toBeGreaterThan(5);
});

test('对照：先答后办的，同样杀一次就丢', { timeout: 300_000 }, async () => {
  const account = await crashLoop(site, { kills: 1, ackFirst: true, lines: 64 });
  expect(account.lost).toBeGreaterThan(0);
});

test('两个进程杀掉一个：它认领的不等占期满，由另一个接手，二百条一条不漏、一条不重', { timeout: 300_000 }, async () => {
  // 接手的这一个先办过几件：刚起来的本来就要看一遍有没有别人丢下的，那不算。
  const second = await site.start();
  await enqueue('先办', 5);
  await drained(site, 60_000);
  const taker = await names();
  const first = await site.start();
  const own = (await names()).find((name) => !taker.includes(name)) ?? '';
  // 再让它站着，活都在要杀的那一个手里。
  await freezeIdle(second, own);
  await halfSent('杀掉');
  await killHolding(first, own);
  second.thaw();
  // 占期长到等不及：只有接手才放得出来。
  await site.query(`UPDATE "OutboxEntry" SET "leaseUntil" = now() + interval '1 hour' WHERE state = 'sending'`);
  await drained(site, 60_000);
  await second.stop();
  expectOnce('杀掉');
});

test('两个进程冻住一个（SIGSTOP），过了占期再醒来：没有当它死了，到期才接手；醒来的写不进、不再发，二百条恰好各一次', {
  timeout: 300_000,
}, async () => {
  const [first, second] = await Promise.all([site.start(), site.start()]);
  await halfSent('冻住');
  first.freeze();
  const held = await site.query<{ id: string }>(
    `UPDATE "OutboxEntry" SET "leaseUntil" = now() + interval '1 hour' WHERE state = 'sending' RETURNING id`,
  );
  // 别的都发完了，冻住的那几条还占着：它的连接都在，谁也不抢。
  await drained(site, 60_000, held.length);
  const [still] = await site.query<{ n: number }>(`SELECT count(*)::int AS n FROM "OutboxEntry" WHERE state = 'sending'`);
  expect(still?.n).toBeLessThanOrEqual(held.length);
  await site.query(`UPDATE "OutboxEntry" SET "leaseUntil" = now() - interval '1 second' WHERE state = 'sending'`);
  await drained(site, 60_000);
  first.thaw();
  // 关得掉，说明迟到的答复它都已经处置。
  await first.stop();
  expectOnce('冻住');
  // 它自己倒下的，不会被当成我们停的：上面每一次 kill、stop 都真的看着它活到那时（I10）。
  process.kill(second.pid, 'SIGKILL');
  await expect(second.stop()).rejects.toThrow('ended by itself');
});

/** 趁它不在事务里冻住：不然它拿着的锁，谁也等不到。 @param other the name of the one that goes on */
async function freezeIdle(child: ChildApp, other: string): Promise<void> {
  for (;;) {
    child.freeze();
    const busy = await site.query(
      `SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'shuling %' AND application_name <> $1 AND state <> 'idle'`,
      [other],
    );
    if (busy.length === 0) return;
    child.thaw();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** 趁它手里认领着几条，杀掉它；手里空着的杀了也白杀，谈不上接手。 */
async function killHolding(child: ChildApp, name: string): Promise<void> {
  for (;;) {
    child.freeze();
    const held = await site.query(`SELECT 1 FROM "OutboxEntry" WHERE state = 'sending' AND "claimedBy" = $1`, [name]);
    if (held.length > 0) return child.kill();
    child.thaw();
    const left = await site.query(`SELECT 1 FROM "OutboxEntry" WHERE state <> 'sent' LIMIT 1`);
    if (left.length === 0) throw new Error('都发完了，它手里一条也没有认领过');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** 连着数据库的程序，各是什么名字 */
async function names(): Promise<string[]> {
  const found = await site.query<{ name: string }>(
    `SELECT DISTINCT application_name AS name FROM pg_stat_activity WHERE application_name LIKE 'shuling %'`,
  );
  return found.map(({ name }) => name);
}

/** 排进几条 */
async function enqueue(name: string, count: number): Promise<void> {
  await site.query(
    `INSERT INTO "OutboxEntry" (id, kind, priority, lane, recipient, "dedupeKey", payload, "notBefore", "createdAt")
     SELECT $1 || n, 'sendText', 2, $1 || n, 'person:ou_liaison' || (1 + n % 31), $1 || n, jsonb_build_object('text', $1 || n || '条'), '2026-09-14', '2026-09-14' FROM generate_series(1, $2::int) n`,
    [name, count],
  );
}

/** 排进二百条，发出四十条之后返回 */
async function halfSent(name: string): Promise<void> {
  const before = site.accepted();
  await enqueue(name, 200);
  while (site.accepted() < before + 40) await new Promise((resolve) => setTimeout(resolve, 10));
}

function expectOnce(name: string): void {
  const texts = site.platform.store
    .chats()
    .flatMap(({ chatId }) => site.platform.store.messagesOf(chatId))
    .flatMap(({ content }) => new RegExp(`${name}\\d+条`).exec(content)?.[0] ?? []);
  expect(texts).toHaveLength(200);
  expect(new Set(texts).size).toBe(200);
}
