import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { TestClock } from '#core/clock';
import { instantAt } from '#core/dates';
import { openDatabase } from '#db/client';
import { startEmbedded } from '#db/embedded';
import { withTransaction } from '#db/transaction';
import { verifyAudit } from '#domain/audit/verify';
import { listenOnLoopback } from '#platform/emulator/loopback';
import { createOpenApi } from '#platform/emulator/open-api';
import { connectEmulator, type EmulatorWorld } from '../../src/connect-emulator.ts';
import type { ClickOn } from '../bench/requests.ts';
import { type BenchWorld, buildWorld } from '../bench/world.ts';
import { type ChildApp, startChildApp } from '../child-app.ts';
import { answerFirst } from './answer-first.ts';
import { press } from './press.ts';

const at = instantAt('2026-09-15', '10:00');

/** 断电的场地 — a district on a durable database of its own, and the platform; the program comes and goes. */
export interface CrashSite {
  readonly world: BenchWorld;
  readonly platform: EmulatorWorld;
  /** what the platform has been asked so far */
  accepted(): number;
  start(): Promise<ChildApp>;
  /** kill -9 of the database server; it is started again before the next program */
  killDatabase(): void;
  /** 读库 */
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  url(): Promise<string>;
  close(): Promise<void>;
}

/** 搭场地 @param items how many items there are to report on */
export async function buildCrashSite(items: number): Promise<CrashSite> {
  const world = await buildWorld(items);
  const platform = connectEmulator({ clock: new TestClock(at) });
  for (const openId of world.people) platform.store.addPerson({ name: openId, openId });
  let accepted = 0;
  const http = await listenOnLoopback(
    createOpenApi({
      async perform(input, caller) {
        const outcome = await platform.api.perform(input, caller);
        if (input.method === 'POST' && input.path.startsWith('/open-apis/im/v1/messages')) accepted += 1;
        return outcome;
      },
    }),
  );
  // 数据库被杀之后换了端口：每次都问一遍，没有在运行就起一个。
  const url = async (): Promise<string> => (await startEmbedded({ dataDir: world.dataDir, log: () => undefined })).url;
  return {
    world,
    platform,
    accepted: () => accepted,
    url,
    start: async () =>
      startChildApp({
        databaseUrl: await url(),
        dataDir: world.dataDir,
        adminMobile: '19900009999',
        at: at.toISOString(),
        feishu: { ...platform.connection, domain: http.url },
      }),
    killDatabase: () => {
      const pid = Number(readFileSync(join(world.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
      process.kill(pid, 'SIGKILL');
    },
    async query(sql, values = []) {
      const client = new pg.Client({ connectionString: await url() });
      await client.connect();
      try {
        return (await client.query(sql, [...values])).rows;
      } finally {
        await client.end();
      }
    },
    close: async () => {
      await http.close();
      await world.close();
    },
  };
}

/** 一次循环的账 */
export interface CrashAccount {
  readonly kills: number;
  readonly databaseKills: number;
  readonly acknowledged: number;
  /** acknowledged, and not in the database */
  readonly lost: number;
  /** more than one report on the same round */
  readonly doubled: number;
  /** messages that the platform has and the outbox does not account for */
  readonly sentTwice: number;
  /** rows that were given up */
  readonly dead: number;
  readonly brokenConnections: number;
  /** milliseconds from the start of the process until it takes requests, and of the longest */
  readonly readyMs: { readonly median: number; readonly max: number };
  /** why the trail does not verify; null: it does */
  readonly fault: string | null;
}

interface LoopOptions {
  readonly kills: number;
  /** the control: a front that answers first and passes on afterwards, as “200, then work” does */
  readonly ackFirst?: boolean;
  /** every how many kills the database dies with the program; 0: never */
  readonly databaseEvery?: number;
  readonly lines?: number;
  readonly random?: () => number;
  readonly progress?: (line: string) => void;
}

const perRoundMax = 300;

/** 办成这么多件之后才断：机器再挤，也断在办事的时候。 */
const doneBeforeKill = 3;

/** 断电循环 — clicks from many people at once; at a random moment kill -9; who got no answer clicks again, with a new event. */
export async function crashLoop(site: CrashSite, options: LoopOptions): Promise<CrashAccount> {
  const { kills, ackFirst = false, databaseEvery = 0, lines = 16, random = Math.random, progress = () => undefined } = options;
  const acknowledged = new Set<string>();
  const again: ClickOn[] = [];
  const ready: number[] = [];
  let [databaseKills, broken] = [0, 0];
  for (let round = 1; round <= kills; round += 1) {
    const startedMs = performance.now();
    const child = await site.start();
    ready.push(performance.now() - startedMs);
    const front = ackFirst ? await answerFirst(child.url, '已提交') : undefined;
    const target = front?.url ?? child.url;
    const clicks = { given: 0, done: 0 };
    let enough = (): void => undefined;
    const answered = new Promise<void>((resolve) => {
      enough = resolve;
    });
    const click = async (): Promise<void> => {
      while (clicks.given < perRoundMax) {
        clicks.given += 1;
        const next = again.pop() ?? site.world.take(1)[0];
        if (next === undefined) return;
        try {
          const { type } = await press(target, site.platform.connection, at, { openId: next.openId, ...reportOn(next.itemId) });
          if (type !== 'success') continue;
          acknowledged.add(next.itemId);
          clicks.done += 1;
          if (clicks.done >= doneBeforeKill) enough();
        } catch {
          broken += 1;
          again.push(next);
        }
      }
    };
    const clicking = Promise.all(Array.from({ length: lines }, click));
    await Promise.race([answered, clicking]);
    const withDatabase = databaseEvery > 0 && round % databaseEvery === 0;
    await new Promise((resolve) => setTimeout(resolve, random() * 400));
    if (withDatabase) {
      site.killDatabase();
      databaseKills += 1;
    }
    await child.kill();
    clicks.given = perRoundMax;
    await clicking;
    await front?.close();
    progress(`第${round}次：已答应${acknowledged.size}件，断在途中${broken}件`);
  }
  const last = await site.start();
  await drained(site);
  await last.stop();
  return { ...(await account(site, acknowledged)), kills, databaseKills, brokenConnections: broken, readyMs: spread(ready) };
}

/** 一次反馈 */
export function reportOn(itemId: string): { action: string; payload: Record<string, unknown>; form: Record<string, unknown> } {
  return { action: 'progress.report', payload: { itemId, round: 1 }, form: { percent: '40', content: '本周走访二十户，新签三户。' } };
}

/** 清空 — the rest goes out at the platform's limit. @param leaving so many may stay behind */
export async function drained(site: CrashSite, withinMs = 120_000, leaving = 0): Promise<void> {
  const until = performance.now() + withinMs;
  for (;;) {
    const [row] = await site.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM "OutboxEntry" WHERE state IN ('pending', 'sending') AND "notBefore" <= $1`,
      [at],
    );
    if (row !== undefined && row.n <= leaving) return;
    if (performance.now() > until) throw new Error(`发件箱还有${row?.n}件没有发完`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** 算账 — what was acknowledged against what is there, at the platform and in the trail. */
export async function account(site: CrashSite, acknowledged: ReadonlySet<string>) {
  const reports = await site.query<{ itemId: string; n: number }>(`SELECT "itemId", count(*)::int AS n FROM "ProgressReport" GROUP BY "itemId"`);
  const kept = new Set(reports.map(({ itemId }) => itemId));
  const sent = await site.query<{ messageId: string }>(`SELECT DISTINCT "messageId" FROM "OutboxEntry" WHERE kind LIKE 'send%' AND state = 'sent'`);
  const [dead] = await site.query<{ n: number }>(`SELECT count(*)::int AS n FROM "OutboxEntry" WHERE state = 'dead'`);
  const known = new Set(sent.map(({ messageId }) => messageId));
  const messages = site.platform.store
    .chats()
    .flatMap(({ chatId }) => site.platform.store.messagesOf(chatId))
    .filter(({ sender }) => sender.kind === 'bot');
  const database = openDatabase(await site.url(), { poolMax: 2 });
  const { fault, checked } = await verifyAudit((work) => withTransaction(database, work));
  await database.close();
  const missing = reports.length > checked ? `反馈${reports.length}份，留痕只有${checked}条` : null;
  return {
    acknowledged: acknowledged.size,
    lost: [...acknowledged].filter((itemId) => !kept.has(itemId)).length,
    doubled: reports.filter(({ n }) => n > 1).length,
    sentTwice: messages.filter(({ messageId }) => !known.has(messageId)).length,
    dead: dead?.n ?? -1,
    fault: fault?.finding ?? missing,
  };
}

function spread(values: readonly number[]): { median: number; max: number } {
  const sorted = [...values].sort((left, right) => left - right);
  return { median: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0), max: Math.round(sorted.at(-1) ?? 0) };
}
