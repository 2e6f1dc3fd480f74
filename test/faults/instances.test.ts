import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { TestClock } from '#core/clock';
import { instantAt } from '#core/dates';
import { schedule } from '#core/schedule';
import { withStatements } from '#db/transaction';
import { claim, settle } from '#runtime/outbox/claims/store';
import { createScheduler } from '#runtime/schedule/scheduler';
import { writeClosing } from '#runtime/store';
import { type App, startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { furnishUnits, type UnitPeople } from './district.ts';
import { press } from './press.ts';

// 一个数据库，四个程序；各有各的连接池、工人和定时，模拟平台是同一个。
let it: TestApp;
let apps: readonly App[] = [];
let folder: string;
let database: TestDatabase;
const at = '2026-09-15 10:00';

beforeAll(async () => {
  database = await createTestDatabase();
  it = await startTestApp({ at, databaseUrl: database.url });
  folder = mkdtempSync(join(tmpdir(), 'shuling-instances-'));
  const another = (): Promise<App> =>
    startApp({
      config: readConfig({ NODE_ENV: 'test', HOST: '127.0.0.1', PORT: '0', DATA_DIR: folder }, () => ''),
      databaseUrl: database.url,
      clock: it.clock,
      alarm: false,
      log: createLog('warn', () => undefined),
      connection: it.world.connection,
    });
  apps = [it.app, await another(), await another(), await another()];
  people = await furnishUnits(query, 12);
}, 240_000);
afterAll(async () => {
  for (const app of apps.slice(1)) await app.close();
  await it.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const query = async <Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
  (await it.app.database.pool.query(sql, [...values])).rows as Row[];
const urlOf = (app: App | undefined): string => `http://127.0.0.1:${app?.port ?? 0}`;
const settled = async (): Promise<void> => {
  for (const app of apps) app.outbox.wake();
  for (const app of apps) await app.settled();
};
let people: readonly UnitPeople[];

describe('几个程序，一个数据库', () => {
  test('同一次点击同时送到四个进程：只办一次；一边答办成了，别的说已经办过，没有一边说出错', async () => {
    for (const [index, { liaison }] of people.entries()) {
      const given = {
        openId: liaison,
        action: 'progress.report',
        payload: { itemId: `item${index}`, round: 1 },
        form: { percent: '40', content: '本周走访二十户。' },
        eventId: randomUUID(),
      };
      const answers = await Promise.all(apps.map((app) => press(urlOf(app), it.world.connection, it.clock.now(), given)));
      const kinds = answers.map(({ status, type }) => `${status} ${type}`);
      expect(kinds.filter((kind) => kind !== '200 success' && kind !== '200 info')).toEqual([]);
      // 机器忙不过来时先答“正在办理”，办没办成看库。
      if (!answers.some(({ text }) => text.startsWith('正在办理'))) expect(kinds).toContain('200 success');
    }
    await settled();
    expect(await query(`SELECT "itemId" FROM "ProgressReport" WHERE "itemId" LIKE 'item%'`)).toHaveLength(people.length);
    await settled();
  });

  test('事件被别人先认领了：这边写的整个撤销', async () => {
    const closing = { inbox: { key: 'event-of-two', receivedAt: it.clock.now(), reply: null }, effects: [], now: it.clock.now() };
    const claims = apps.map((app) => withStatements(app.database, (tx) => writeClosing(tx, closing)));
    const outcomes = await Promise.allSettled(claims);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
  });

  test('两个人在两个进程里同时签收同一本任务书：只有一个成，另一个得到一句话，留痕一行', async () => {
    for (const [index, { head, liaison }] of people.entries()) {
      const given = { action: 'task-books.acknowledge', payload: { bookId: `book${index}` } };
      const [one, other] = [apps[index % 4], apps[(index + 1) % 4]];
      const answers = await Promise.all([
        press(urlOf(one), it.world.connection, it.clock.now(), { ...given, openId: head }),
        press(urlOf(other), it.world.connection, it.clock.now(), { ...given, openId: liaison }),
      ]);
      const told = answers.map(({ type, text }) => `${type} ${text}`);
      expect(told.filter((line) => line === 'success 已签收').length).toBeLessThanOrEqual(1);
      // 机器忙不过来时先答“正在办理”，办没办成看库。
      await vi.waitFor(async () =>
        expect(await query(`SELECT 1 FROM "TaskBook" WHERE id = $1 AND status = 'acknowledged'`, [`book${index}`])).toHaveLength(1),
      );
    }
    await settled();
    const lines = await query(`SELECT 1 FROM "AuditEntry" WHERE "subjectId" LIKE 'book%' AND event = 'acknowledge'`);
    expect(lines).toHaveLength(people.length);
  });

  test('一起发：每一条只调用一次，平台从不喊停，给同一个人的先后不乱', { timeout: 60_000 }, async () => {
    const recipients = [...new Set(people.flatMap(({ head, liaison }) => [head, liaison]))];
    const each = 5;
    const callsBefore = it.world.store.apiCalls().length;
    await query(
      `INSERT INTO "OutboxEntry" (id, kind, priority, lane, recipient, "dedupeKey", payload, "notBefore", "createdAt")
       SELECT 'many' || n || '-' || r.nth, 'sendText', 2, 'many' || r.who, 'person:' || r.who, 'many' || n || '-' || r.nth,
              jsonb_build_object('text', '第' || n || '条，共${each}条'), '2026-09-15', '2026-09-15'
       FROM generate_series(1, ${each}) n, unnest($1::text[]) WITH ORDINALITY AS r(who, nth) ORDER BY n, r.nth`,
      [recipients],
    );
    it.world.faults.arm('slow', { rate: 0.3 });
    await settled();
    it.world.faults.clear();
    const rows = await query<{ state: string; attempts: number }>(`SELECT state, attempts FROM "OutboxEntry" WHERE id LIKE 'many%'`);
    expect(rows.filter(({ state, attempts }) => state !== 'sent' || attempts !== 1)).toEqual([]);
    const calls = it.world.store.apiCalls().slice(callsBefore);
    expect(calls.filter(({ status }) => status !== 200)).toEqual([]);
    for (const who of recipients) {
      const numbers = it.world.store
        .messagesOf(it.world.store.directChat(who).chatId)
        .flatMap(({ content }) => /第(\d+)条，共/.exec(content)?.[1] ?? []);
      expect(numbers).toEqual(Array.from({ length: each }, (_, index) => String(index + 1)));
    }
  });

  test('几个程序都有话给同一个人、同一个群，各走各的车道：合着算每秒不过五条，平台一次也没有嫌多', { timeout: 60_000 }, async () => {
    const group = it.world.store.chats().find(({ kind }) => kind === 'group')?.chatId;
    const targets = [`person:${people[0]?.head}`, `chat:${group}`];
    const each = 20;
    const refusedBefore = it.breaches.length;
    await query(
      `INSERT INTO "OutboxEntry" (id, kind, priority, lane, recipient, "dedupeKey", payload, "notBefore", "createdAt")
       SELECT 'same' || n || r.nth, 'sendText', 2, 'same' || n || r.nth, r.target, 'same' || n || r.nth, jsonb_build_object('text', '同一处第' || n || '条'),
              '2026-09-15', '2026-09-15' FROM generate_series(1, ${each}) n, unnest($1::text[]) WITH ORDINALITY AS r(target, nth)`,
      [targets],
    );
    await settled();
    expect(await query(`SELECT 1 FROM "OutboxEntry" WHERE id LIKE 'same%' AND state = 'sent' AND attempts = 1`)).toHaveLength(2 * each);
    expect(it.breaches.slice(refusedBefore)).toEqual([]);
  });

  test('冻住的进程醒来，写不进结果：租约被接手之后，以接手的为准', async () => {
    await query(
      `INSERT INTO "OutboxEntry" (id, kind, priority, lane, recipient, "dedupeKey", payload, "notBefore", "createdAt")
       VALUES ('frozen', 'sendText', 2, 'frozen', 'person:ou_nobody', 'frozen', '{"text":"x"}', '2030-01-01', '2026-09-15')`,
    );
    const taking = (owner: string) => withStatements(it.app.database, (tx) => claim(tx, { ids: ['frozen'], owner, leaseMs: 60_000, uses: [] }));
    const ending = (fence: number) =>
      withStatements(it.app.database, (tx) => settle(tx, { id: 'frozen', fence, state: 'sent', now: it.clock.now() }));
    const [frozen] = await taking('one that is frozen');
    const [other] = await taking('another');
    expect(await ending(frozen?.fence ?? -1)).toBe(false);
    expect(await query(`SELECT state FROM "OutboxEntry" WHERE id = 'frozen'`)).toEqual([{ state: 'sending' }]);
    expect(await ending(other?.fence ?? -1)).toBe(true);
  });

  test('每一格定时只办一次：四个程序一起响，两个快三分钟、一个慢三分钟，一格不漏、一格不重', async () => {
    const swept: string[] = [];
    // 两个快的同时到每一格：占得上的只有一个。
    const clocks = [3, 3, 0, -3].map((minutes) => ({ minutes, clock: new TestClock(instantAt('2026-09-15', '11:00')) }));
    const every = schedule('test.every-five', '*/5 * * * *', async (ctx) => {
      const [row] = await query<{ slot: Date }>('SELECT max(slot) AS slot FROM "ScheduleRun" WHERE name = $1', ['test.every-five']);
      swept.push(`${ctx.now.toISOString()} ${row?.slot.toISOString() ?? ''}`);
    });
    const schedulers = clocks.map(({ clock }, index) =>
      createScheduler({
        ...(apps[index] ?? it.app).around,
        clock,
        log: createLog('silent', () => undefined),
        schedules: [every],
        afterRun: () => undefined,
        alarm: false,
      }),
    );
    const minuteMs = 60_000;
    const from = instantAt('2026-09-15', '11:00').getTime();
    for (let minute = 0; minute <= 60; minute += 1) {
      for (const { clock, minutes } of clocks) clock.set(new Date(from + (minute + minutes) * minuteMs));
      await Promise.all(schedulers.map((scheduler) => scheduler.tick()));
    }
    for (const scheduler of schedulers) await scheduler.stop();
    const slots = await query<{ slot: Date }>(`SELECT slot FROM "ScheduleRun" WHERE name = 'test.every-five' ORDER BY slot`);
    // 第一次见到的那一刻只记不办；最快的钟走到12:03，所以最后一格是12:00。
    const due = slots.filter(({ slot }) => slot.getTime() % (5 * minuteMs) === 0 && slot.getTime() > from + 3 * minuteMs);
    expect(due.map(({ slot }) => slot.getTime())).toEqual(Array.from({ length: 12 }, (_, index) => from + (index + 1) * 5 * minuteMs));
    expect(swept.length).toBe(due.length);
  });

  test('现场画面由哪个程序都送得到：票投在一个上，大屏开在另一个上', async () => {
    const grades = ['优秀', '称职', '基本称职', '不称职'];
    const plan = {
      ...{ heldOn: '2026-09-15', startsAt: '09:30', place: '' },
      onStage: [{}],
      rules: { method: 'grades', classes: [], grades: grades.map((name, index) => ({ name, points: 100 - index * 20 })) },
      press: 'first',
      voters: [],
      observers: [],
    };
    await query(
      `INSERT INTO "ReviewSession" (id, number, title, "heldOn", "startsAt", place, state, trial, plan, "fileName", "blobId", "createdById", "createdAt", "confirmedBy")
       VALUES ('s', 'SZ', '述职测评', '2026-09-15', '09:30', '', 'inSession', false, $1, '', '', '', now(), '{}')`,
      [JSON.stringify(plan)],
    );
    await query(
      `INSERT INTO "ReviewSlot" (id, "sessionId", "unitCode", "unitName", presenter, position, state) VALUES ('l', 's', 'U11', '应急管理局', '潘碧云', 1, 'voting')`,
    );
    await query(
      `INSERT INTO "BallotRound" (id, "sessionId", "slotId", number, state, choices, "closesAt") VALUES ('r', 's', 'l', 1, 'open', $1, '2026-09-15 10:30+08')`,
      [grades],
    );
    const voters = await query<{ openId: string; id: string }>(`SELECT id, "openId" FROM "Person" WHERE "openId" IS NOT NULL ORDER BY id LIMIT 6`);
    for (const [index, { id }] of voters.entries())
      await query(
        `INSERT INTO "ReviewVoter" (id, "sessionId", "voterClass", name, identity, workplace, "personId", channel, present, position) VALUES ($1, 's', '领导', '某', '', '', $2, 'card', true, $3)`,
        [`v${index}`, id, index],
      );
    await query(`INSERT INTO "ReviewLink" (key, "sessionId", kind, "validUntil") VALUES ('screen-key-0123456789', 's', 'screen', '2026-09-16')`);
    const stream = await fetch(`${urlOf(apps[3])}/p/screen/screen-key-0123456789/live`);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    const until = async (what: string): Promise<void> => {
      while (!seen.includes(what)) {
        const piece = await reader?.read();
        if (!piece || piece.done) throw new Error(`画面断了，还没有“${what}”：${seen.slice(-200)}`);
        seen += piece.value;
      }
    };
    await until('应急管理局');
    for (const [index, { openId }] of voters.entries()) {
      const given = { openId, action: 'review.cast', payload: { sessionId: 's', roundId: 'r', choice: grades[index % 4] } };
      expect((await press(urlOf(apps[index % 3]), it.world.connection, it.clock.now(), given)).type).toBe('success');
    }
    await until('已投6');
    await reader?.cancel();
  });
});
