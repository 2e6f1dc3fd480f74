import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemActor } from '#core/context';
import { ConflictError } from '#core/errors';
import type { Database } from '#db/client';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { signOrder } from '#domain/orders/sign';
import { findOrder, findOrdersOfItems } from '#domain/orders/store';
import { askToVoid, confirmVoid } from '#domain/orders/void';
import { remindDaily } from '#features/reminders/sweep';
import { builtProgram } from '../child/built.ts';
import { createTestDatabase, onServer, type TestDatabase } from '../database.ts';
import { chief, giveCheckedOrders, inspector, now, openOffice } from './orders-given.ts';

let store: TestDatabase;
let database: Database;
let as: ReturnType<typeof openOffice>['as'];
let ids: string[];
beforeAll(async () => {
  store = await createTestDatabase();
  ({ database, as } = openOffice(store.url));
  ids = await giveCheckedOrders(database, 37);
});
afterAll(async () => {
  await database.close();
  await store.close();
});

/** 登记簿的不变量（domain B11-1）：不断、不重，有号的令都签发过，签发过的都有号，每一步都有留痕。 */
async function expectWhole(): Promise<{ taken: number }> {
  const { numbers, book, orders, trail } = await withTransaction(database, async (tx) => ({
    numbers: await rows(tx).documentNumber.findMany({ orderBy: { number: 'asc' } }),
    book: await rows(tx).numberSeries.findFirst(),
    orders: await rows(tx).supervisionOrder.findMany({ where: { number: { not: null } } }),
    trail: await rows(tx).auditEntry.findMany({ where: { subjectType: 'supervisionOrder' } }),
  }));
  expect(numbers.map(({ number }) => number)).toEqual(numbers.map((_, index) => index + 1));
  expect(book?.last ?? 0).toBe(numbers.length);
  expect(numbers.map(({ text, subjectId }) => `${subjectId} ${text}`).sort()).toEqual(orders.map(({ id, number }) => `${id} ${number}`).sort());
  const events = (event: string): string[] =>
    trail
      .filter((line) => line.event === event)
      .map(({ subjectId }) => subjectId)
      .sort();
  expect(events('sign')).toEqual(orders.map(({ id }) => id).sort());
  expect(events('void')).toEqual(
    orders
      .filter(({ status }) => status === 'voided')
      .map(({ id }) => id)
      .sort(),
  );
  expect(
    numbers
      .filter(({ voidedAt }) => voidedAt !== null)
      .map(({ subjectId }) => subjectId)
      .sort(),
  ).toEqual(events('void'));
  return { taken: numbers.length };
}

const signed = (id: string) => as(chief, (ctx) => signOrder(ctx, id));
const until = async (what: Promise<unknown>): Promise<void> => {
  await what.catch(() => undefined);
};

describe('登记簿：号不断、不重、不收回', () => {
  test('许多人同时签发、作废，同一道令两人同时点：一道一个号，第二个人得到一句话', async () => {
    const group = ids.slice(0, 12);
    const outcomes = await Promise.allSettled(group.flatMap((id) => [signed(id), signed(id)]));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(12);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ConflictError);
    const wrong = group.filter((_, index) => index % 4 === 0);
    await Promise.all(
      wrong.map(async (id) => {
        await as(inspector, (ctx) => askToVoid(ctx, id, '主送单位写错'));
        await expect(as(inspector, (ctx) => confirmVoid(ctx, id))).rejects.toThrow('作废须两个人');
        await as(chief, (ctx) => confirmVoid(ctx, id));
      }),
    );
    expect(await expectWhole()).toEqual({ taken: 12 });
  });

  test('数据库的连接在随便哪一步断掉：取了的号随事务退回，下一个人接着取', async () => {
    const group = ids.slice(12, 24);
    const name = new URL(store.url).pathname.slice(1);
    const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid() AND xact_start IS NOT NULL ORDER BY random() LIMIT 2`;
    const server = new URL(store.url);
    server.pathname = '/postgres';
    const work = Promise.all(group.map((id) => until(signed(id))));
    for (let round = 0; round < 6; round += 1) await onServer(server.href, cut);
    await work;
    await expectWhole();
    for (const id of group) await until(signed(id));
    expect(await expectWhole()).toEqual({ taken: 24 });
  }, 60_000);

  test('进程在随便什么时候被杀：没有缺号，没有重号，没有签发了而没有留痕的令', async () => {
    const group = ids.slice(24, 36);
    const program = await builtProgram(fileURLToPath(new URL('orders-process.ts', import.meta.url)));
    await Promise.all(
      [0, 40].map(async (delayMs) => {
        const child = spawn(process.execPath, [program, store.url, ...group], { stdio: ['ignore', 'pipe', 'ignore'] });
        const killed = once(child, 'exit');
        // 第一道签成了，其余的正在各自的哪一步上；机器忙时，头一句可能是“-”：没签成的。
        for await (const said of child.stdout) if (/o\d/.test(String(said))) break;
        setTimeout(() => child.kill('SIGKILL'), delayMs);
        await killed;
      }),
    );
    expect((await expectWhole()).taken).toBeGreaterThan(24);
    for (const id of group) await until(signed(id));
    expect(await expectWhole()).toEqual({ taken: 36 });
    const numbers = await withTransaction(database, (tx) => rows(tx).documentNumber.findMany());
    expect(numbers.map(({ text }) => text)).toContain('湾督〔2026〕36号');
  }, 90_000);

  test('号改不了、删不掉；次年从1号起', async () => {
    const attempt = (sql: string) => onServer(store.url, sql);
    await expect(attempt(`DELETE FROM "DocumentNumber" WHERE number = 3`)).rejects.toThrow('never taken back');
    await expect(attempt(`UPDATE "DocumentNumber" SET "takenBy" = '某人' WHERE number = 3`)).rejects.toThrow('never changed');
    await expect(attempt(`UPDATE "SupervisionOrder" SET number = NULL WHERE id = 'o003'`)).rejects.toThrow('SupervisionOrder_numbered');
    const nextYear = await as(chief, (ctx) => signOrder(ctx, 'o037'), new Date('2027-01-04T02:00:00Z'));
    expect(nextYear.order.number).toBe('湾督〔2027〕1号');
    expect(await withTransaction(database, (tx) => findOrder(tx, 'o003'))).toMatchObject({ signedAt: now, signedBy: '周启明' });
  });
});

describe('到点拟稿', () => {
  test('正拟的时候才提交的申请办结、采纳的回复：一道也不拟；没有人答复的照拟', async () => {
    const [finishing, promising, silent] = ['i-finishing', 'i-promising', 'i-silent'];
    await withTransaction(database, (tx) =>
      rows(tx).workItem.createMany({
        data: [finishing, promising, silent].map((id, index) => ({
          ...{ id, year: 2026, code: `党-00${index + 1}`, series: '党', number: index + 1, kind: 'keyTask', status: 'inProgress', title: '某项工作' },
          ...{ category: '其他', goal: '', measures: '', leadUnit: 'U09', supportingUnits: [], feedbackPeriod: 'quarterly', metrics: [] },
          ...{ dueOn: '2026-09-15', originalDueOn: '2026-09-15', issuedAt: new Date('2026-05-29T01:05:00Z') },
        })),
      }),
    );
    const meanwhile = await database.pool.connect();
    await meanwhile.query('BEGIN');
    await meanwhile.query('SELECT 1 FROM "WorkItem" WHERE id = ANY($1) FOR UPDATE', [[finishing, promising]]);
    const swept = as(systemActor, (ctx) => remindDaily.sweep(ctx, ctx.now), new Date('2026-09-22T01:05:00Z'));
    // 事务里看到的活动停在头一眼，所以用另一条连接看。
    await vi.waitFor(async () => {
      const waiting = `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      expect((await database.pool.query<{ query: string }>(waiting)).rows[0]?.query).toMatch(/"WorkItem".*FOR UPDATE/);
    }, 10_000);
    await meanwhile.query(`UPDATE "WorkItem" SET status = 'underVerification' WHERE id = $1`, [finishing]);
    const promise = `"promisedOn" = '2026-12-18', "promisedFor" = '2026-09-15', "promisedAt" = '2026-09-22T01:05:00Z'`;
    await meanwhile.query(`UPDATE "ReminderPlan" SET ${promise} WHERE "itemId" = $1`, [promising]);
    await meanwhile.query('COMMIT');
    meanwhile.release();
    await swept;
    const drafted = await withTransaction(database, (tx) => findOrdersOfItems(tx, [finishing, promising, silent]));
    expect(drafted.map(({ itemId, status }) => `${itemId} ${status}`)).toEqual([`${silent} draft`]);
  });
});
