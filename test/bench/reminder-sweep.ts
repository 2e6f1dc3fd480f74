import pg from 'pg';
import { systemClock } from '#core/clock';
import { systemActor } from '#core/context';
import { instantAt } from '#core/dates';
import { type Database, openDatabase } from '#db/client';
import { withTransaction } from '#db/transaction';
import { loadCalendar, seedCalendar } from '#domain/calendar/store';
import { findOmissions } from '#domain/deadlines/audit-sends';
import { seedPolicy } from '#domain/deadlines/policies/store';
import { remindDaily } from '#features/reminders/sweep';
import { performAlone, type Surroundings } from '#runtime/unit-of-work';
import { furnish } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { BenchOptions } from './main.ts';
import { type BenchWorld, buildWorld } from './world.ts';

const sizes = [1_000, 100_000, 1_000_000] as const;
/** 到点的，不论一共有多少 */
const due = 100;
/** 月度反馈正在收、别的人都提醒过了的一天：核对最费事的时候 */
const today = '2026-09-22';
const at = instantAt(today, '09:05');
const looked = instantAt(today, '09:12');

interface Subject {
  readonly size: number;
  readonly world: BenchWorld;
  readonly database: Database;
  readonly around: Surroundings;
  readonly sweeps: number[];
  readonly audits: number[];
}

/** 催办扫描压测 — the same 100 due among 1 000, 100 000 and 1 000 000 open items: the sweep, and the auditor that believes only items and records (G8, G17). */
export async function benchReminderSweep({ rounds, out }: BenchOptions): Promise<void> {
  const subjects: Subject[] = [];
  for (const size of sizes) subjects.push(await prepare(size));
  // 头一遍不算：语句还没有预备好。
  for (let round = 0; round <= rounds; round += 1) {
    for (const subject of subjects) {
      const ms = await timed(() => sweepOnce(subject, { keep: false }));
      if (round > 0) subject.sweeps.push(ms);
    }
  }
  for (const subject of subjects) await sweepOnce(subject, { keep: true });
  for (let round = 0; round <= rounds; round += 1) {
    for (const subject of subjects) {
      const ms = await timed(() => auditOnce(subject));
      if (round > 0) subject.audits.push(ms);
    }
  }
  const [smallest] = subjects;
  out(`\n| 在办事项 | 一次催办（到点${due}项）毫秒 | 与最小的之比 | 核对一次 毫秒 | 与最小的之比 |\n|---|---|---|---|---|`);
  for (const { size, sweeps, audits } of subjects) {
    const ratio = (mine: readonly number[], base: readonly number[] = []): string =>
      median(mine.map((ms, round) => ms / (base[round] ?? ms))).toFixed(2);
    out(
      `| ${size} | ${median(sweeps).toFixed(1)} | ${ratio(sweeps, smallest?.sweeps)} | ${median(audits).toFixed(1)} | ${ratio(audits, smallest?.audits)} |`,
    );
  }
  for (const { size, world } of subjects) out(`\n在办${size}项时，找到点事项的执行计划：\n${await planOf(world)}`);
  for (const { database, world } of subjects) {
    await database.close();
    await world.close();
  }
}

async function prepare(size: number): Promise<Subject> {
  process.stderr.write(`备 ${size} 项…\n`);
  const world = await buildWorld(size);
  const client = new pg.Client({ connectionString: world.url });
  await client.connect();
  await client.query(history);
  await client.query('VACUUM ANALYZE');
  await client.end();
  const database = openDatabase(world.url, { poolMax: 4 });
  const config = readConfig({ NODE_ENV: 'test', HOST: '127.0.0.1', PORT: '0', DATA_DIR: world.dataDir }, () => '');
  const { around } = furnish(database, config);
  await withTransaction(database, async (tx) => {
    await seedCalendar(tx);
    await seedPolicy(tx, instantAt('2026-01-05'));
  });
  return { size, world, database, around, sweeps: [], audits: [] };
}

/** 已下达、上月反馈过、这个月的反馈也提醒过；只有前面的一百项今天到“提前7个工作日”。 */
const history = `
  UPDATE "WorkItem" SET "issuedAt" = '2026-05-29 09:05+08', "issueOn" = '2026-05-29', "dueOn" = CASE WHEN number <= ${due} THEN '2026-10-09' ELSE '2026-12-31' END,
    "originalDueOn" = CASE WHEN number <= ${due} THEN '2026-10-09' ELSE '2026-12-31' END;
  INSERT INTO "ProgressReport" (id, "itemId", round, status, percent, content, metrics, "reporterId", "reporterName", "submittedAt")
    SELECT 'r' || number, id, 1, 'adopted', 50, '按计划推进', '[]', 'liaison-1', '联络员1', '2026-08-24 10:00+08' FROM "WorkItem";
  INSERT INTO "ReminderSend" (id, "subjectId", kind, step, "baseOn", at, "byName", recipients, known)
    SELECT 's' || number, id, 'feedback', 'F', '2026-09-24', '2026-09-21 09:05+08', '系统', '[]', '{}' FROM "WorkItem";
  UPDATE "ReminderPlan" p SET "nextAt" = CASE WHEN i.number <= ${due} THEN '2026-09-22 09:05+08' ELSE '2026-10-22 09:05+08' END::timestamptz FROM "WorkItem" i WHERE i.id = p."itemId";
`;

/** 撤销用：量完就退回，下一遍还是那一百项 */
class Undo extends Error {}

async function sweepOnce({ around }: Subject, { keep }: { keep: boolean }): Promise<void> {
  let sent = 0;
  await performAlone(around, {
    now: at,
    eventKey: null,
    actor: () => Promise.resolve(systemActor),
    work: async (ctx) => {
      const sendCard: typeof ctx.outbox.sendCard = (effect) => {
        sent += 1;
        ctx.outbox.sendCard(effect);
      };
      await remindDaily.sweep({ ...ctx, outbox: { ...ctx.outbox, sendCard } }, at);
      if (!keep) throw new Undo();
    },
  }).catch((error: unknown) => {
    if (!(error instanceof Undo)) throw error;
  });
  if (sent === 0) throw new Error('一张提醒也没有发');
}

async function auditOnce({ database, size }: Subject): Promise<void> {
  const missing = await withTransaction(database, async (tx) => findOmissions(tx, await loadCalendar(tx), looked));
  if (missing.length > 0) throw new Error(`${size}项里查出${missing.length}项漏发，例如${missing[0]?.code ?? ''}`);
}

async function planOf(world: BenchWorld): Promise<string> {
  const client = new pg.Client({ connectionString: world.url });
  await client.connect();
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) SELECT "itemId" FROM "ReminderPlan" WHERE "nextAt" <= $1`,
    [instantAt('2026-10-01')],
  );
  await client.end();
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = systemClock.monotonicMs();
  await work();
  return systemClock.monotonicMs() - started;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
