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
import { type BenchWorld, buildWorld } from '../bench/world.ts';
import { type ChildApp, type ChildOrders, type ChildProgram, startChildApp } from '../child-app.ts';
import { answerFirst } from './answer-first.ts';
import { createReporters, type Reported, type Reporters } from './reporters.ts';

const at = instantAt('2026-09-15', '10:00');

/** 断电的场地 — a district on a durable database of its own, and the platform; the program comes and goes. */
export interface CrashSite {
  readonly world: BenchWorld;
  readonly platform: EmulatorWorld;
  /** what the platform has been asked so far */
  accepted(): number;
  start(orders?: Pick<ChildOrders, 'migrates'>, program?: ChildProgram): Promise<ChildApp>;
  /** kill -9 of the database server; it is started again before the next program */
  killDatabase(): void;
  /** 来报送的人 */
  reporters(): Reporters;
  /** 读库 */
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  url(): Promise<string>;
  close(): Promise<void>;
}

interface SiteOptions extends Pick<ChildOrders, 'heapMb'> {
  /** the migrations that a former version had */
  readonly only?: readonly string[];
}

/** 搭场地 @param items how many items there are to report on @param options.heapMb the most that a program's heap may take, megabytes */
export async function buildCrashSite(items: number, { only, ...limits }: SiteOptions = {}): Promise<CrashSite> {
  const world = await buildWorld(items, only === undefined ? {} : { only });
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
    start: async (orders, program) =>
      startChildApp(
        {
          databaseUrl: await url(),
          dataDir: world.dataDir,
          adminMobile: '19900009999',
          at: at.toISOString(),
          feishu: { ...platform.connection, domain: http.url },
          ...limits,
          ...orders,
        },
        program,
      ),
    killDatabase: () => {
      const pid = Number(readFileSync(join(world.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
      process.kill(pid, 'SIGKILL');
    },
    reporters: () => createReporters(world, { secrets: platform.connection, at }),
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
  /** in the database with other words than those that were acknowledged */
  readonly changed: number;
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
  const reporters = site.reporters();
  const ready: number[] = [];
  let databaseKills = 0;
  for (let round = 1; round <= kills; round += 1) {
    const startedMs = performance.now();
    const child = await site.start();
    ready.push(performance.now() - startedMs);
    const front = ackFirst ? await answerFirst(child.url, '已提交') : undefined;
    const target = front?.url ?? child.url;
    const shift = reporters.begin({ target: () => target, lines, most: perRoundMax, enough: doneBeforeKill });
    await shift.enough;
    const withDatabase = databaseEvery > 0 && round % databaseEvery === 0;
    await new Promise((resolve) => setTimeout(resolve, random() * 400));
    if (withDatabase) {
      site.killDatabase();
      databaseKills += 1;
    }
    await child.kill();
    await shift.stop();
    await front?.close();
    progress(`第${round}次：已答应${reporters.acknowledged.size}件，断在途中${reporters.seen.broken}件`);
  }
  const last = await site.start();
  await drained(site);
  await last.stop();
  const found = await account(site, reporters.acknowledged);
  return { ...found, kills, databaseKills, brokenConnections: reporters.seen.broken, readyMs: spread(ready) };
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
export async function account(site: CrashSite, acknowledged: ReadonlyMap<string, Reported>) {
  const reports = await site.query<{ itemId: string; n: number; noted: number; percent: number; content: string }>(`
    SELECT r."itemId", count(*)::int AS n, min(r.percent) AS percent, min(r.content) AS content,
      (SELECT count(*)::int FROM "AuditEntry" a WHERE a."subjectType" = 'workItem' AND a."subjectId" = r."itemId" AND a.event = 'report') AS noted
    FROM "ProgressReport" r GROUP BY r."itemId"`);
  const [noted] = await site.query<{ items: number }>(
    `SELECT count(DISTINCT "subjectId")::int AS items FROM "AuditEntry" WHERE "subjectType" = 'workItem' AND event = 'report'`,
  );
  const kept = new Map(reports.map((report) => [report.itemId, report]));
  const sent = await site.query<{ messageId: string }>(`SELECT DISTINCT "messageId" FROM "OutboxEntry" WHERE kind LIKE 'send%' AND state = 'sent'`);
  const [dead] = await site.query<{ n: number }>(`SELECT count(*)::int AS n FROM "OutboxEntry" WHERE state = 'dead'`);
  const known = new Set(sent.map(({ messageId }) => messageId));
  const messages = site.platform.store
    .chats()
    .flatMap(({ chatId }) => site.platform.store.messagesOf(chatId))
    .filter(({ sender }) => sender.kind === 'bot');
  const database = openDatabase(await site.url(), { poolMax: 2 });
  const { fault } = await verifyAudit((work) => withTransaction(database, work));
  await database.close();
  // I7：一份反馈恰有一行留痕，没有反馈的也没有留痕
  const uneven = reports.find(({ n, noted }) => n !== noted);
  const missing = uneven
    ? `${uneven.itemId}：反馈${uneven.n}份，留痕${uneven.noted}行`
    : noted?.items === reports.length
      ? null
      : `${reports.length}项有反馈，${noted?.items}项有留痕`;
  const differs = ([itemId, said]: [string, Reported]): boolean => {
    const stored = kept.get(itemId);
    return stored !== undefined && (stored.percent !== said.percent || stored.content !== said.content);
  };
  return {
    acknowledged: acknowledged.size,
    lost: [...acknowledged.keys()].filter((itemId) => !kept.has(itemId)).length,
    changed: [...acknowledged].filter(differs).length,
    doubled: reports.filter(({ n }) => n > 1).length,
    sentTwice: messages.filter(({ messageId }) => !known.has(messageId)).length,
    dead: dead?.n ?? -1,
    fault: fault?.finding ?? missing,
  };
}

/** 账要平 @throws Error when anything was lost, changed, doubled, sent twice or given up, or the trail does not verify */
export function assertBalanced(found: Pick<CrashAccount, 'lost' | 'changed' | 'doubled' | 'sentTwice' | 'dead' | 'fault'>): void {
  const { lost, changed, doubled, sentTwice, dead, fault } = found;
  if (lost + changed + doubled + sentTwice + dead > 0 || fault !== null) throw new Error(`账不平：${JSON.stringify(found)}`);
}

function spread(values: readonly number[]): { median: number; max: number } {
  const sorted = [...values].sort((left, right) => left - right);
  return { median: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0), max: Math.round(sorted.at(-1) ?? 0) };
}
