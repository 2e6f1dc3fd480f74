import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { TestClock } from '#core/clock';
import { type Database, openDatabase } from '#db/client';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { listenOnLoopback } from '#platform/emulator/loopback';
import { createOpenApi } from '#platform/emulator/open-api';
import { connectEmulator, type EmulatorWorld } from '../../src/connect-emulator.ts';
import { demoAdministrator } from '../../src/demo.ts';
import { type ChildApp, startChildApp } from '../child-app.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { startTestApp } from '../harness.ts';

const workbook = readFileSync(new URL('../fixtures/2026年重点工作任务-修订.xlsx', import.meta.url));

let database: TestDatabase;
let folder: string;
let world: EmulatorWorld;
let http: Awaited<ReturnType<typeof listenOnLoopback>>;
let child: ChildApp | undefined;
let reading: Database;
/** sends that the platform has accepted, and what to do after the next ones */
let accepted = 0;
let afterSends: { count: number; act: () => void } | undefined;

// 先在一个进程里导入、审定；下达和断电在另一个进程里，模拟平台一直在。
beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'shuling-issue-'));
  const before = await startTestApp({ at: '2026-05-29 09:05', databaseUrl: database.url, platformDir: folder });
  await before.person('林晓').sendsFile('2026年重点工作任务-修订.xlsx', workbook);
  await before.person('林晓').clicks('确认导入');
  await before.person('周启明').clicks('审定');
  await before.close();
  world = connectEmulator({ clock: new TestClock(before.clock.now()), journal: join(folder, 'emulator.jsonl') });
  http = await listenOnLoopback(
    createOpenApi({
      async perform(input, caller) {
        const outcome = await world.api.perform(input, caller);
        if (input.method !== 'POST' || !input.path.startsWith('/open-apis/im/v1/messages')) return outcome;
        accepted += 1;
        if (afterSends && accepted >= afterSends.count) {
          const { act } = afterSends;
          afterSends = undefined;
          act();
        }
        return outcome;
      },
    }),
  );
  reading = openDatabase(database.url, { poolMax: 2 });
}, 120_000);
afterAll(async () => {
  await child?.kill();
  await reading.close();
  await http.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = (): Promise<ChildApp> =>
  startChildApp({
    databaseUrl: database.url,
    dataDir: folder,
    adminMobile: demoAdministrator.mobile,
    at: world.connection ? new Date(world.store.nowMs()).toISOString() : '',
    feishu: { ...world.connection, domain: http.url },
  });
const db = <Found>(read: (tx: ReturnType<typeof rows>) => Promise<Found>): Promise<Found> => withTransaction(reading, (tx) => read(rows(tx)));
const unsettled = (): Promise<number> =>
  db((tx) => tx.outboxEntry.count({ where: { state: { in: ['pending', 'sending'] }, notBefore: { lte: new Date(world.store.nowMs()) } } }));
const sent = (what: (message: { msgType: string; content: string }) => boolean) =>
  world.store
    .chats()
    .flatMap(({ chatId }) => world.store.messagesOf(chatId))
    .filter(({ sender }) => sender.kind === 'bot')
    .filter(what);
const nameOfFile = (content: string): string => world.store.file((JSON.parse(content) as { file_key: string }).file_key)?.name ?? '';

test('下达途中断电（kill -9）两次、正常停机（SIGTERM）一次：停机时手上的发完才走；接着办完，93张卡片、93份文件，谁都没有两份，谁都没有漏', async () => {
  const person = world.store.people().find(({ name }) => name === '周启明');
  const openId = person?.openId ?? '';
  child = await start();
  const approval = world.store.messagesOf(world.store.directChat(openId).chatId).at(-1);
  for (const [index, [count, how]] of (
    [
      [3, 'kill'],
      [60, 'stop'],
      [150, 'kill'],
    ] as const
  ).entries()) {
    const running = child;
    let askedMs = 0;
    const ended = new Promise<void>((resolve, reject) => {
      const act = (): void => {
        askedMs = performance.now();
        running[how]().then(resolve, reject);
      };
      afterSends = { count, act };
    });
    if (index === 0) {
      const { seen } = await world.actsFor(running.url).clicks(openId, approval?.messageId ?? '', { button: '下达' });
      expect(seen).toMatchObject({ kind: 'answered', toast: { content: '开始下达31份任务书' } });
    }
    await ended;
    expect(await unsettled()).toBeGreaterThan(0);
    if (how === 'stop') {
      // 停机不等发完全部：正发着的了结，余下的留给下一个。
      expect(performance.now() - askedMs).toBeLessThan(10_000);
      expect(await db((tx) => tx.outboxEntry.count({ where: { state: 'sending' } }))).toBe(0);
    }
    child = await start();
  }
  await vi.waitFor(async () => expect(await unsettled()).toBe(0), { timeout: 60_000, interval: 100 });
  const books = sent(({ content }) => content.includes('重点工作任务书') && content.includes('签收时限'));
  const documents = sent(({ msgType, content }) => msgType === 'file' && nameOfFile(content).endsWith('.docx'));
  expect([books.length, documents.length]).toEqual([93, 93]);
  for (const messages of [books, documents]) expect(new Set(messages.map(({ chatId }) => chatId)).size).toBe(93);
  expect(await db((tx) => tx.taskBook.count({ where: { issuedAt: { not: null }, cardsSent: 3, unreached: { isEmpty: true } } }))).toBe(31);
  expect(await db((tx) => tx.workItem.count({ where: { status: 'issued' } }))).toBe(254);
  expect(await db((tx) => tx.auditEntry.count({ where: { event: 'issue', subjectType: 'workItem' } }))).toBe(254);
  expect(await db((tx) => tx.outboxEntry.count({ where: { state: 'dead' } }))).toBe(0);
}, 180_000);
