import pg from 'pg';
import { systemClock, TestClock } from '#core/clock';
import { instantAt } from '#core/dates';
import { listenOnLoopback } from '#platform/emulator/loopback';
import { createOpenApi } from '#platform/emulator/open-api';
import { connectEmulator, type EmulatorWorld } from '../../src/connect-emulator.ts';
import { type ChildApp, startChildApp } from '../child-app.ts';
import type { BenchOptions } from './main.ts';
import { unpinSelf } from './processes.ts';
import { buildWorld, unitCount } from './world.ts';

const cadres = 3_000;
/** 联络员也各收一张，余下的是责任人 */
const responsible = cadres - unitCount;
/** 前7个工作日正是这一天：所有事项同时到点 */
const dueOn = '2026-10-09';
const before = instantAt('2026-09-22', '09:04');
const morning = instantAt('2026-09-22', '09:05');
/** 平台的下限：头两分钟各一千张，余下的每秒五十张 */
const floorSeconds = 2 * 60 + (cadres - 2_000) / 50;
/** 有人等着的，多久一次，毫秒 */
const askEveryMs = 500;
/** 送到这么多张时断一次电（kill -9） */
const killAfter = 1_500;
const runMaxMs = 240_000;

interface Waited {
  readonly typed: number[];
  readonly tapped: number[];
}

/**
 * 全区催办压测 — the 09:05 run of 3 000 people through the real program in a process of its own, killed once in the middle, with others
 * asking meanwhile (G9, G10). It takes the real two and a half minutes: the limits are the platform's.
 */
export async function benchMorningRun({ out }: BenchOptions): Promise<void> {
  unpinSelf();
  const district = await buildWorld(cadres);
  const client = new pg.Client({ connectionString: district.url });
  await client.connect();
  await client.query(people);
  await client.query('VACUUM ANALYZE');
  const clock = new TestClock(before);
  const world = connectEmulator({ clock });
  for (const { openId, name } of (await client.query<{ openId: string; name: string }>('SELECT "openId", name FROM "Person"')).rows)
    world.store.addPerson({ openId, name });
  const platform = await listenOnLoopback(createOpenApi(world.api));
  const start = (): Promise<ChildApp> =>
    startChildApp({
      databaseUrl: district.url,
      dataDir: district.dataDir,
      adminMobile: '19900000001',
      at: clock.now().toISOString(),
      feishu: { ...world.connection, domain: platform.url },
    });
  // 头一次启动认定各个定时的起点；主要负责人手上也都有过一张卡片。
  const first = await start();
  await greet(world, first);
  await first.stop();
  clock.set(morning);
  const measured = await run(world, start);
  await client.end();
  await platform.close();
  await district.close();
  report(out, measured);
}

async function greet(world: EmulatorWorld, child: ChildApp): Promise<void> {
  const acts = world.actsFor(child.url);
  const answers = (): number => world.store.apiCalls().filter(({ path, code }) => path.endsWith('/reply') && code === 0).length;
  for (let head = 1; head <= unitCount; head += 1) await acts.says(`ou_head${head}`, 'bot', '我的任务');
  while (answers() < unitCount) await new Promise((resolve) => setTimeout(resolve, 100));
}

interface Measured {
  readonly seconds: number;
  readonly sentTo: ReadonlyMap<string, number>;
  readonly refused: number;
  readonly killed: boolean;
  readonly waited: Waited;
}

async function run(world: EmulatorWorld, start: () => Promise<ChildApp>): Promise<Measured> {
  const { store } = world;
  const sentTo = new Map<string, number>();
  const waiting = new Map<string, (ms: number) => void>();
  let first = 0;
  let last = 0;
  let refused = 0;
  let child: ChildApp | undefined;
  let restarting: Promise<void> | undefined;
  /** 断电那一刻正等着的不算：回调没有人接，平台15秒后才补投 */
  const cut = { at: Number.POSITIVE_INFINITY };
  const restart = async (): Promise<void> => {
    cut.at = systemClock.monotonicMs();
    await child?.kill();
    child = await start();
  };
  const forget = store.onChange((change) => {
    if (change.kind === 'apiCall' && (change.call.status === 429 || change.call.code === 230020)) refused += 1;
    if (change.kind !== 'message' || change.message.sender.kind !== 'bot') return;
    const { chatId, content } = change.message;
    const now = systemClock.monotonicMs();
    if (content.includes('到期预告')) {
      first ||= now;
      last = now;
      sentTo.set(chatId, (sentTo.get(chatId) ?? 0) + 1);
      if (sentTo.size === killAfter) restarting ??= restart();
      return;
    }
    waiting.get(chatId)?.(now);
    waiting.delete(chatId);
  });
  child = await start();
  const waited: Waited = { typed: [], tapped: [] };
  const deadline = systemClock.monotonicMs() + runMaxMs;
  const asked: Promise<void>[] = [];
  for (let turn = 0; sentTo.size < cadres && systemClock.monotonicMs() < deadline; turn += 1) {
    await restarting;
    // 主要负责人没有到期预告，他们问的都是等着要的。
    if (first > 0)
      asked.push(ask(world, child, { openId: `ou_head${1 + (turn % unitCount)}`, by: turn % 2 === 0 ? 'typed' : 'tapped', waiting, waited, cut }));
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
  await Promise.allSettled(asked);
  forget();
  await child.stop();
  return { seconds: (last - first) / 1_000, sentTo, refused, killed: restarting !== undefined, waited };
}

/** 问一句：打字的答复是“回复”，按菜单的没有可回复的消息。 */
async function ask(
  world: EmulatorWorld,
  child: ChildApp,
  {
    openId,
    by,
    waiting,
    waited,
    cut,
  }: { openId: string; by: keyof Waited; waiting: Map<string, (at: number) => void>; waited: Waited; cut: { readonly at: number } },
): Promise<void> {
  const { chatId } = world.store.directChat(openId);
  const started = systemClock.monotonicMs();
  const answered = new Promise<number>((resolve) => waiting.set(chatId, resolve));
  const acts = world.actsFor(child.url);
  await (by === 'typed' ? acts.says(openId, 'bot', '我的任务') : acts.choosesMenu(openId, '我的任务'));
  const got = await answered;
  if (got < cut.at || started > cut.at) waited[by].push(got - started);
}

function report(out: BenchOptions['out'], { seconds, sentTo, refused, killed, waited }: Measured): void {
  const twice = [...sentTo.values()].filter((count) => count > 1).length;
  out(`\n| 全区${cadres}人 09:05 | |\n|---|---|`);
  out(`| 第一张到最后一张 | ${seconds.toFixed(1)} 秒（平台的下限 ${floorSeconds} 秒${killed ? '；中途 kill -9 一次' : ''}） |`);
  out(`| 收到的人 / 收到两张的人 | ${sentTo.size} / ${twice} |`);
  out(`| 被平台拒绝（429、230020） | ${refused} |`);
  for (const [by, name] of [
    ['typed', '打字问的'],
    ['tapped', '按菜单的'],
  ] as const) {
    const sorted = [...waited[by]].sort((left, right) => left - right);
    const at = (share: number): string => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0);
    out(`| 其间${name}（${sorted.length}次）等多久，p50 / p99 / 最久 | ${at(0.5)} / ${at(0.99)} / ${at(1)} 毫秒 |`);
  }
}

const people = `
  INSERT INTO "Person" (id, name, mobile, "openId") SELECT 'staff-' || n, '责任人' || n, '1990010' || lpad(n::text, 4, '0'), 'ou_staff' || n FROM generate_series(1, ${responsible}) n;
  INSERT INTO "Post" (id, "unitCode", title, role, position) SELECT 'staff-' || n, 'B' || (1 + n % ${unitCount}), '科员', 'responsiblePerson', n FROM generate_series(1, ${responsible}) n;
  INSERT INTO "PostHolding" (id, "postId", "personId", "fromOn") SELECT id, id, id, '2000-01-01' FROM "Post" WHERE role = 'responsiblePerson';
  DELETE FROM "WorkItem" WHERE number > ${responsible};
  UPDATE "WorkItem" SET "responsiblePostId" = 'staff-' || number, "issuedAt" = '2026-05-29 09:05+08', "issueOn" = '2026-05-29', "dueOn" = '${dueOn}', "originalDueOn" = '${dueOn}',
    "feedbackPeriod" = 'quarterly';
`;
