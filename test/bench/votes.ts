import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { systemClock } from '#core/clock';
import type { Database } from '#db/client';
import { withBatch } from '#db/transaction';
import { cast } from '#domain/ballots/box/store';
import { defaultGrades } from '#domain/ballots/model';
import { createBatcher } from '#runtime/batcher';
import { addOpenRound, addSlot, seedHall } from '../features/ballots-given.ts';
import { burst, closeLines, type LoadResult, openLines, quantile, quartiles } from './load.ts';
import type { BenchOptions } from './main.ts';
import { openPlain, plainVote } from './plain-vote.ts';
import { type Subject, startSubject } from './processes.ts';
import { makeVotes } from './requests.ts';
import { type BenchWorld, buildWorld } from './world.ts';

const hall = 1_000;
const choices = defaultGrades.map(({ name }) => name);
const names = ['sdk', 'ours', 'sdk-vote'] as const;
type Name = (typeof names)[number];
const titles: Record<Name, string> = {
  sdk: '(b) SDK 快速上手，不存',
  ours: '(c) 书令，先提交后答复',
  'sdk-vote': '(d) SDK + Prisma，一票一个事务、计数行',
};

/** 投票压测 — a hall of 1 000 at one instant, every ballot durable; and the storage path alone. quality 6: G5, G14. */
export async function benchVotes(options: BenchOptions): Promise<void> {
  const world = await buildWorld(1);
  try {
    await measureIn(world, options);
  } finally {
    await world.close();
  }
}

async function measureIn(world: BenchWorld, options: BenchOptions): Promise<void> {
  const pool = new pg.Pool({ connectionString: world.url, max: 2 });
  try {
    await measure(world, pool, options);
  } finally {
    // 出错时也先收起连接，再停数据库：不然看到的是断线，不是出的错。
    await pool.end();
  }
}

async function measure(world: BenchWorld, pool: pg.Pool, { rounds, out }: BenchOptions): Promise<void> {
  await seedHall(pool, { voters: hall });
  await pool.query(`CREATE TABLE "BenchCounter" ("roundId" TEXT PRIMARY KEY, votes INTEGER NOT NULL)`);
  let number = 0;
  const openRound = async (): Promise<string> => {
    number += 1;
    const [slotId, roundId] = [`slot-${number}`, `round-${number}`];
    await addSlot(pool, slotId);
    await addOpenRound(pool, { id: roundId, slotId, closesAt: '2099-01-01' });
    await pool.query(`INSERT INTO "BenchCounter" VALUES ($1, 0)`, [roundId]);
    return roundId;
  };
  const counted = async (roundId: string): Promise<void> => {
    const { rows } = await pool.query<{ ballots: number; marks: number }>(
      `SELECT (SELECT count(*)::int FROM "Ballot" WHERE "roundId" = $1) AS ballots, (SELECT count(*)::int FROM "BallotMark" WHERE "roundId" = $1) AS marks`,
      [roundId],
    );
    if (rows[0]?.ballots !== hall || rows[0].marks !== hall) throw new Error(`票数不对：${JSON.stringify(rows[0])}`);
  };

  const env = { BENCH_DATABASE_URL: world.url, BENCH_DATA_DIR: world.dataDir, BENCH_PEOPLE: 'ou_voter1' };
  const ours = await startSubject('ours', env, true);
  const reply = (await fire(ours, await openRound(), 1)).sample;
  if (!reply.includes('success')) throw new Error(`没有投上：${reply}`);
  const subjects: Record<Name, Subject> = {
    ours,
    sdk: await startSubject('sdk', { ...env, BENCH_REPLY: reply }, true),
    'sdk-vote': await startSubject('sdk-vote', { ...env, BENCH_REPLY: reply }, true),
  };
  const bursts: Record<Name, LoadResult[]> = { sdk: [], ours: [], 'sdk-vote': [] };
  // 热身：从几十票到全场，长期运行的服务器代码早已编译好。
  const warm = [50, 200, hall, hall, hall, hall, hall, hall];
  for (let round = -warm.length; round < rounds; round += 1) {
    for (const name of names) {
      const roundId = await openRound();
      const result = await fire(subjects[name], roundId, warm[round + warm.length]);
      if (round < 0) continue;
      if (name !== 'sdk') await counted(roundId);
      bursts[name].push(result);
    }
    process.stderr.write(round < 0 ? '热身\n' : `第 ${round + 1}/${rounds} 轮\n`);
  }
  for (const subject of Object.values(subjects)) subject.stop();

  const database = openPlain(world.url);
  const stored: { ours: number[]; plain: number[] } = { ours: [], plain: [] };
  for (let round = -1; round < rounds; round += 1) {
    const [first, second] = [await openRound(), await openRound()];
    const [batched, plain] = [await timed(() => storeTogether(database, first)), await timed(() => storeOneByOne(database, second))];
    await counted(first);
    await counted(second);
    if (round < 0) continue;
    stored.ours.push(hall / batched);
    stored.plain.push(hall / plain);
  }
  await database.close();
  report(bursts, stored, { rounds, replyBytes: Buffer.byteLength(reply) }, out);
}

/** 齐发一千票 */
async function fire(subject: Subject, roundId: string, voters = hall): Promise<LoadResult> {
  const requests = makeVotes(voters, { roundId, choices }, systemClock.now().getTime());
  const lines = await openLines(subject.port, voters);
  let index = 0;
  const result = await burst(lines, () => requests[index++]);
  closeLines(lines);
  return result;
}

/** 我们的写法 — the statement and the batching of the callback path, without HTTP. */
async function storeTogether(database: Database, roundId: string): Promise<void> {
  const now = systemClock.now();
  const batcher = createBatcher<number, string>(
    (voters) =>
      withBatch(
        database,
        voters.map((voter) => (tx) => {
          const choice = choices[voter % choices.length] ?? null;
          return cast(tx, { roundId, personId: `p${voter}`, tokenHash: null, ballotId: randomUUID(), choice, now });
        }),
      ),
    { sizeMax: 128, inFlightMax: 2 },
  );
  const outcomes = await Promise.all(Array.from({ length: hall }, (_, index) => batcher.add(index + 1)));
  if (outcomes.some((outcome) => outcome !== 'cast')) throw new Error('有票没有投上');
}

async function storeOneByOne(database: Database, roundId: string): Promise<void> {
  await Promise.all(
    Array.from({ length: hall }, (_, index) =>
      plainVote(database, { roundId, holder: `v${index + 1}`, choice: choices[index % choices.length] ?? '' }),
    ),
  );
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

const sorted = (list: readonly number[]): number[] => [...list].sort((left, right) => left - right);
const median = (list: readonly number[]): number => quantile(sorted(list), 0.5);

function ratio(own: readonly number[], other: readonly number[]): string {
  const list = own.map((value, index) => value / (other[index] ?? Number.NaN));
  return quartiles(list);
}

function report(
  bursts: Record<Name, LoadResult[]>,
  stored: { ours: readonly number[]; plain: readonly number[] },
  { rounds, replyBytes }: { rounds: number; replyBytes: number },
  out: (line: string) => void,
): void {
  const at = (name: Name, part: number): number[] => bursts[name].map(({ latencies }) => quantile(latencies, part));
  out(`\n${rounds} 轮，每轮 ${hall} 人同一刻各投一票；Node ${process.version}，答复 ${replyBytes} 字节\n`);
  out('| 服务器 | 票/秒 | p50 / p99 / 最大 毫秒 | 到时限先答“正在办理” |');
  out('|---|---|---|---|');
  for (const name of names) {
    const speed = median(bursts[name].map(({ requests, seconds }) => requests / seconds));
    const late = bursts[name].reduce((all, { notOk }) => all + notOk, 0);
    out(`| ${titles[name]} | ${speed.toFixed(0)} | ${[0.5, 0.99, 1].map((part) => median(at(name, part)).toFixed(0)).join(' / ')} | ${late} |`);
  }
  out('\n| 目标 | 轮内比值：中位数 [四分位] | 要求 |\n|---|---|---|');
  out(`| G5 齐投 p99，(c)/(d) | ${ratio(at('ours', 0.99), at('sdk-vote', 0.99))} | ≤ 0.3 |`);
  out(`| G5 齐投 p99，(c)/(b) | ${ratio(at('ours', 0.99), at('sdk', 0.99))} | ≤ 1.0 |`);
  out(
    `| G14 存储一段，票/秒：${median(stored.ours).toFixed(0)} 对 ${median(stored.plain).toFixed(0)} | ${ratio(stored.ours, stored.plain)} | ≥ 20 |`,
  );
}
