import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestClock } from '#core/clock';
import { instantAt } from '#core/dates';
import { listenOnLoopback } from '#platform/emulator/loopback';
import { createOpenApi } from '#platform/emulator/open-api';
import { connectEmulator, type EmulatorWorld } from '../../src/connect-emulator.ts';
import { demoAdministrator } from '../../src/demo.ts';
import { type ChildApp, startChildApp } from '../child-app.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { answerFirst } from '../faults/answer-first.ts';
import { seeded } from '../simulation/chance.ts';
import { addOpenRound, addSlot, press, seedHall } from './ballots-given.ts';

/** 平时两次；夜里用 BALLOT_KILLS=50 */
const kills = Number(process.env['BALLOT_KILLS'] ?? 2);
const voters = 250;
const chance = seeded(7, 'review-kill');
const now = instantAt('2026-12-18', '14:44');

let database: TestDatabase;
let folder: string;
let world: EmulatorWorld;
let http: Awaited<ReturnType<typeof listenOnLoopback>>;
let pool: pg.Pool;
let child: ChildApp | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'shuling-kill-'));
  world = connectEmulator({ clock: new TestClock(now) });
  http = await listenOnLoopback(createOpenApi(world.api));
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  await seedHall(pool, { voters });
});
afterAll(async () => {
  await child?.kill();
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
  });

/** 每人投一张只有他会投的票：箱里少了谁的、多了谁的，一看便知。真的票上没有人，所以只在这里这样做。 */
const markOf = (voter: number): string => `第${voter}号`;
const everyone = Array.from({ length: voters }, (_, index) => index + 1);

interface Round {
  readonly roundId: string;
  /** who was told 已投票 */
  readonly told: ReadonlySet<number>;
  /** what was in the box when the program had died */
  readonly boxed: readonly string[];
}

/** 开一轮，全场齐投，投到一半断电 @param front where the presses go; by itself the program */
async function killedRound(
  name: string,
  { killAt, byRows, front }: { killAt: number; byRows: boolean; front?: (url: string) => Promise<{ url: string; close(): Promise<void> }> },
): Promise<Round> {
  const [slotId, roundId] = [`slot-${name}`, `round-${name}`];
  await addSlot(pool, slotId);
  await addOpenRound(pool, { id: roundId, slotId, closesAt: '2026-12-18 15:00:00+08' });
  await pool.query(`UPDATE "BallotRound" SET choices = $2 WHERE id = $1`, [roundId, everyone.map(markOf)]);
  const running = child ?? (await start());
  const before = await front?.(running.url);
  const told = new Set<number>();
  let killed: Promise<void> | undefined;
  const kill = (): Promise<void> => {
    killed ??= running.kill();
    return killed;
  };
  const watching = byRows ? reaches(roundId, killAt, () => killed !== undefined).then(kill) : undefined;
  await Promise.allSettled(
    everyone.map(async (voter) => {
      const hall = { url: before?.url ?? running.url, connection: world.connection, now };
      const said = await press(hall, { voter, roundId, choice: markOf(voter) });
      if (said === '已投票') told.add(voter);
      if (told.size >= (byRows ? voters : killAt)) void kill();
    }),
  );
  await kill();
  await watching;
  await before?.close();
  child = undefined;
  return { roundId, told, boxed: await inBox(roundId) };
}

const missing = ({ told, boxed }: Round): number[] => [...told].filter((voter) => !boxed.includes(markOf(voter)));

test(`齐投途中断电（kill -9）${kills}次：答过“已投票”的一张不少，谁都没有两张，重启之后没答到的接着投`, {
  timeout: 120_000 + kills * 120_000,
}, async () => {
  child = await start();
  let [acknowledged, unanswered, kept] = [0, 0, 0];
  let [interrupted, rounds, latest] = [0, 0, voters - 20];
  while (interrupted < kills) {
    // 断在第几张上：从第一张到将近最后一张，均匀散开。单数次等那么多人得到答复，双数次只等那么多张落库——答复还在路上。
    const killAt = chance.int(1, latest);
    rounds += 1;
    const round = await killedRound(String(rounds), { killAt, byRows: interrupted % 2 === 1 });
    const { roundId, told, boxed } = round;
    // 机器忙的时候，断电会落在全场都答完之后：那一次什么也没有试到，不算数，断得早一些再来。
    const tooLate = told.size === voters;
    interrupted += tooLate ? 0 : 1;
    latest = tooLate ? Math.max(1, Math.floor(killAt / 2)) : voters - 20;
    expect(rounds).toBeLessThanOrEqual(kills * 3);
    expect(missing(round)).toEqual([]);
    expect(new Set(boxed).size).toBe(boxed.length);
    acknowledged += told.size;
    unanswered += voters - told.size;
    kept += boxed.length;
    child = await start();
    // 手里没有答复的人再按一次；已在箱里的，答“您已投票”。
    const { url } = child;
    const again = everyone.filter((voter) => !told.has(voter));
    const said = await Promise.all(
      again.map((voter) => press({ url, connection: world.connection, now }, { voter, roundId, choice: markOf(voter) })),
    );
    expect(said.filter((words) => words !== '已投票' && words !== '您已投票，以第一次为准' && !words.startsWith('正在办理'))).toEqual([]);
    await expect.poll(() => inBox(roundId).then((box) => box.length), { timeout: 90_000 }).toBe(voters);
    expect((await inBox(roundId)).sort(byText)).toEqual(everyone.map(markOf).sort(byText));
    const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM "BallotMark" WHERE "roundId" = $1`, [roundId]);
    expect(rows[0]?.n).toBe(voters);
  }
  expect(acknowledged).toBeGreaterThan(0);
  console.info(`断电${kills}次：答过${acknowledged}张，一张不少；断电时没答到${unanswered}人，其中${kept - acknowledged}张已在箱里；没有一张重复`);
});

test('对照：先答“已投票”再办的，同样断电一次就丢票', { timeout: 120_000 }, async () => {
  child ??= await start();
  const round = await killedRound('control', { killAt: 1, byRows: false, front: (url) => answerFirst(url, '已投票') });
  expect(round.told.size).toBe(voters);
  expect(missing(round).length).toBeGreaterThan(0);
});

const byText = (left: string, right: string): number => (left < right ? -1 : 1);

/** 看着箱子，到那么多张为止 */
async function reaches(roundId: string, wanted: number, enough: () => boolean): Promise<void> {
  while (!enough() && (await inBox(roundId)).length < wanted);
}

async function inBox(roundId: string): Promise<string[]> {
  const { rows } = await pool.query<{ choice: string }>(`SELECT choice FROM "Ballot" WHERE "roundId" = $1`, [roundId]);
  return rows.map(({ choice }) => choice);
}
