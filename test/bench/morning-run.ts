import pg from 'pg';
import { MovableClock, systemClock } from '#core/clock';
import { instantAt } from '#core/dates';
import { listenOnLoopback } from '#platform/emulator/loopback';
import { createOpenApi } from '#platform/emulator/open-api';
import { connectEmulator, type EmulatorWorld } from '../../src/connect-emulator.ts';
import { isBreach } from '../breaches.ts';
import { type ChildApp, startChildApp } from '../child-app.ts';
import type { BenchOptions } from './main.ts';
import { unpinSelf } from './processes.ts';
import { buildWorld, unitCount } from './world.ts';

/** 平台的限额：一个接口每秒五十次、每分钟一千次 */
const perSecond = 50;
const perMinute = 1_000;
/** 前7个工作日正是这一天：所有事项同时到点 */
const dueOn = '2026-10-09';
const before = instantAt('2026-09-22', '09:04');
const morning = instantAt('2026-09-22', '09:05');
/** 有人等着的，多久一次，毫秒 */
const askEveryMs = 500;
const runMaxMs = 330_000;
/** 至少先开着这么久 */
const warmUpMs = 20_000;

/** 一种情形 */
interface Situation {
  readonly cadres: number;
  /** 上个月的提醒还在各人手上：发满了可以改为回复它 */
  readonly holding: boolean;
  /** 送到这么多张时断一次电（kill -9） */
  readonly killAfter: number | null;
}
const situations: readonly Situation[] = [
  { cadres: 254, holding: false, killAfter: null },
  { cadres: 3_000, holding: false, killAfter: null },
  { cadres: 3_000, holding: true, killAfter: 1_500 },
];

/** 问一句，等了多久 @property at 什么时候问的，单调的毫秒 */
interface Wait {
  readonly ms: number;
  readonly at: number;
}
interface Waited {
  readonly typed: Wait[];
  readonly tapped: Wait[];
}

/**
 * 全区催办压测 — the 09:05 run of 254 and of 3 000 people through the real program in a process of its own, killed once in the middle,
 * with others asking meanwhile (G9, G10). It takes real minutes: the limits are the platform's.
 */
export async function benchMorningRun({ out }: BenchOptions): Promise<void> {
  unpinSelf();
  for (const situation of situations) report(out, situation, await measure(situation));
}

async function measure(situation: Situation): Promise<Measured> {
  const { cadres } = situation;
  const district = await buildWorld(cadres);
  const client = new pg.Client({ connectionString: district.url });
  await client.connect();
  await client.query(peopleOf(cadres));
  await client.query('VACUUM ANALYZE');
  const clock = new MovableClock(before);
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
      runs: true,
      feishu: { ...world.connection, domain: platform.url },
    });
  // 头一次启动认定各个定时的起点；主要负责人手上也都有过一张卡片。
  const first = await start();
  await greet(world, first);
  await first.stop();
  if (situation.holding) await handOut(world, client);
  // 09:05落在真的整分，闹钟正好响；在那之前程序已经开着、有人在问，同平常一样是热的。
  clock.set(new Date(morning.getTime() - untilWholeMinute(warmUpMs)));
  const measured = await run(world, start, situation);
  await client.end();
  await platform.close();
  await district.close();
  return measured;
}

/** 到真的整分还有多久，至少 `atLeastMs` */
function untilWholeMinute(atLeastMs: number): number {
  const minuteMs = 60_000;
  return atLeastMs + minuteMs - ((systemClock.now().getTime() + atLeastMs) % minuteMs);
}

/** 上个月的提醒 — 平台上一条消息，库里一行已发的卡片。 */
async function handOut({ store }: EmulatorWorld, client: pg.Client): Promise<void> {
  const card = { schema: '2.0', header: { title: { tag: 'plain_text', content: '到期预告' } }, body: { elements: [] } };
  const held = store.people().map(({ openId }) => {
    const { chatId } = store.directChat(openId);
    const { messageId } = store.post({ chatId, sender: { kind: 'bot' }, msgType: 'interactive', content: JSON.stringify(card) });
    return { messageId, recipient: `person:${openId}` };
  });
  await client.query(
    `INSERT INTO "CardMessage" ("messageId", "cardKey", recipient, "sentAt", card, revision)
     SELECT "messageId", 'held:' || recipient, recipient, '2026-08-31 09:05+08', $2::jsonb, 0 FROM jsonb_to_recordset($1::jsonb) AS x("messageId" text, recipient text)`,
    [JSON.stringify(held), JSON.stringify(card)],
  );
}

async function greet(world: EmulatorWorld, child: ChildApp): Promise<void> {
  const acts = world.actsFor(child.url);
  const answers = (): number => world.store.apiCalls().filter(({ path, code }) => path.endsWith('/reply') && code === 0).length;
  for (let head = 1; head <= unitCount; head += 1) await acts.says(`ou_head${head}`, 'bot', '我的任务');
  while (answers() < unitCount) await new Promise((resolve) => setTimeout(resolve, 100));
}

interface Measured {
  readonly seconds: number;
  /** 第一张送到、断电之后重新起来的时刻，单调的毫秒 */
  readonly first: number;
  readonly restartedAt: number | null;
  readonly sentTo: ReadonlyMap<string, number>;
  readonly refused: number;
  /** “发送”了而不是到期预告的：09:05起，谁的、什么 */
  readonly others: readonly string[];
  readonly killed: boolean;
  readonly waited: Waited;
}

async function run(world: EmulatorWorld, start: () => Promise<ChildApp>, { cadres, killAfter }: Situation): Promise<Measured> {
  const { store } = world;
  const sentTo = new Map<string, number>();
  const waiting = new Map<string, (ms: number) => void>();
  let first = 0;
  let last = 0;
  let refused = 0;
  const others: string[] = [];
  const counted = new Set<string>();
  let child: ChildApp | undefined;
  let restarting: Promise<void> | undefined;
  /** 断电那一刻正等着的不算：回调没有人接，平台15秒后才补投 */
  const cut = { at: Number.POSITIVE_INFINITY };
  let restartedAt: number | null = null;
  const restart = async (): Promise<void> => {
    cut.at = systemClock.monotonicMs();
    await child?.kill();
    child = await start();
    restartedAt = systemClock.monotonicMs();
  };
  const forget = store.onChange((change) => {
    if (change.kind === 'apiCall' && isBreach(change.call)) refused += 1;
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
    const { messageId, parentId, createdAt } = change.message;
    // 换卡片也是一次变化：一条消息只数一次。
    if (parentId === null && createdAt >= morning.getTime() && !counted.has(messageId)) others.push(content.slice(0, 300));
    counted.add(messageId);
    waiting.get(chatId)?.(now);
    waiting.delete(chatId);
  });
  child = await start();
  const waited: Waited = { typed: [], tapped: [] };
  const beforehand: Waited = { typed: [], tapped: [] };
  const deadline = systemClock.monotonicMs() + runMaxMs;
  const asked: Promise<void>[] = [];
  for (let turn = 0; sentTo.size < cadres && systemClock.monotonicMs() < deadline; turn += 1) {
    await restarting;
    // 主要负责人没有到期预告，他们问的都是等着要的。
    const by = turn % 2 === 0 ? 'typed' : 'tapped';
    asked.push(
      ask(world, child, { openId: `ou_head${1 + (turn % unitCount)}`, by, waiting, waited: store.clock.now() < morning ? beforehand : waited, cut }),
    );
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
  await Promise.allSettled(asked);
  forget();
  await child.stop();
  return { seconds: (last - first) / 1_000, first, restartedAt, sentTo, refused, others, killed: restarting !== undefined, waited };
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
  if (got < cut.at || started > cut.at) waited[by].push({ ms: got - started, at: started });
}

/** 平台的下限 — by sending alone: full minutes of a thousand, and what is left at fifty a second. */
function floorOf(count: number): number {
  const full = Math.ceil(count / perMinute) - 1;
  return full * 60 + (count - full * perMinute) / perSecond;
}

function report(
  out: BenchOptions['out'],
  { cadres, holding }: Situation,
  { seconds, first, restartedAt, sentTo, refused, others, killed, waited }: Measured,
): void {
  const twice = [...sentTo.values()].filter((count) => count > 1).length;
  out(`\n| ${cadres}人 09:05，手上${holding ? '都有' : '没有'}上次的卡片 | |\n|---|---|`);
  out(
    `| 第一张到最后一张 | ${seconds.toFixed(1)} 秒（只用“发送”，平台的下限 ${floorOf(cadres).toFixed(1)} 秒${killed ? '；中途 kill -9 一次' : ''}） |`,
  );
  out(`| 收到的人 / 收到两张的人 | ${sentTo.size} / ${twice} |`);
  out(`| 其间也占“发送”的 | ${others.length} |`);
  out(`| 被平台拒绝（429、230020） | ${refused} |`);
  for (const [by, name] of [
    ['typed', '打字问的'],
    ['tapped', '按菜单的'],
  ] as const) {
    const sorted = waited[by].map(({ ms }) => ms).sort((left, right) => left - right);
    const at = (share: number): string => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0);
    out(`| 其间${name}（${sorted.length}次）等多久，p50 / p99 / 最久 | ${at(0.5)} / ${at(0.99)} / ${at(1)} 毫秒 |`);
    // 慢的几次在什么时候：一起头，还是断电之后刚起来。
    const slowest = [...waited[by]].sort((left, right) => right.ms - left.ms).slice(0, 4);
    const when = (moment: number): string =>
      restartedAt !== null && moment > restartedAt
        ? `重新起来之后${((moment - restartedAt) / 1_000).toFixed(1)}秒`
        : `第一张${moment < first ? '之前' : '之后'}${(Math.abs(moment - first) / 1_000).toFixed(1)}秒`;
    out(`| 最慢的四次 | ${slowest.map(({ ms, at: moment }) => `${ms.toFixed(0)}毫秒（${when(moment)}）`).join('、')} |`);
  }
}

const peopleOf = (cadres: number): string => {
  /** 联络员也各收一张，余下的是责任人 */
  const responsible = cadres - unitCount;
  return `
  INSERT INTO "Person" (id, name, mobile, "openId") SELECT 'staff-' || n, '责任人' || n, '1990010' || lpad(n::text, 4, '0'), 'ou_staff' || n FROM generate_series(1, ${responsible}) n;
  INSERT INTO "Post" (id, "unitCode", title, role, position) SELECT 'staff-' || n, 'B' || (1 + n % ${unitCount}), '科员', 'responsiblePerson', n FROM generate_series(1, ${responsible}) n;
  INSERT INTO "PostHolding" (id, "postId", "personId", "fromOn") SELECT id, id, id, '2000-01-01' FROM "Post" WHERE role = 'responsiblePerson';
  DELETE FROM "WorkItem" WHERE number > ${responsible};
  UPDATE "WorkItem" SET "responsiblePostId" = 'staff-' || number, "issuedAt" = '2026-05-29 09:05+08', "issueOn" = '2026-05-29', "dueOn" = '${dueOn}', "originalDueOn" = '${dueOn}',
    "feedbackPeriod" = 'quarterly';
`;
};
