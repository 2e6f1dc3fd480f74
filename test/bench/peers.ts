import { systemClock } from '#core/clock';
import { installPeers, peerVersions } from './install-peers.ts';
import { burst, closedLoop, closeLines, type IsGood, type LoadResult, median, once, openLines, quantile, quartiles, shuffled } from './load.ts';
import type { BenchOptions } from './main.ts';
import { forged, makeGitHubDeliveries, makeSlackPresses } from './peer-requests.ts';
import { cpuOf, cpuOfDatabase, memoryOf, type Subject, startSubject } from './processes.ts';
import { fakeClicks, makeRequests, secrets } from './requests.ts';
import { type BenchWorld, buildWorld } from './world.ts';

const connections = 64;
const warmingTurns = 3;
/** 预备的请求数：每秒至多这么快；我们的每个要一个真的事项 */
const atMost = { peers: 14_000, ours: 8_700 };

const names = ['ours', 'bolt', 'koishi', 'probot'] as const;
type Name = (typeof names)[number];
const titles: Record<Name, string> = {
  ours: '书令，先提交后答复',
  bolt: `Bolt ${peerVersions['@slack/bolt']}，只答应`,
  koishi: `Koishi ${peerVersions.koishi} + 飞书适配器 ${peerVersions['@satorijs/adapter-lark']}，只答应`,
  probot: `Probot ${peerVersions.probot}，只答应`,
};
const goals: Record<Exclude<Name, 'ours'>, number> = { bolt: 1.5, koishi: 1.5, probot: 2.5 };

const is200: IsGood = (status) => status === 200;
/** 404 不算：那是没找到，不是验出来的 */
const isRefusal: IsGood = (status) => [400, 401, 403].includes(status);
/** 我们的还要看卡片上写的是不是办成 */
const isGood: Record<Name, IsGood> = {
  ours: (status, body) => is200(status, body) && body.includes('success'),
  bolt: is200,
  koishi: is200,
  probot: is200,
};

interface Slice extends LoadResult {
  /** microseconds of processor time per request, database included */
  readonly cpuUs: number;
}

interface Run {
  readonly world: BenchWorld;
  readonly seconds: number;
  readonly subjects: Record<Name, Subject>;
  readonly slices: Record<Name, Slice[]>;
}

/** 同行对照 — our complete callback beside bot frameworks that only acknowledge, each under the press that its own platform sends. quality G3. */
export async function benchPeers({ rounds, seconds, out }: BenchOptions): Promise<void> {
  const installed = installPeers();
  if ('problem' in installed) {
    out(installed.problem);
    process.exitCode = 1;
    return;
  }
  try {
    await compare(installed.folder, { rounds, seconds, out });
  } finally {
    installed.remove();
  }
}

async function compare(folder: string, options: BenchOptions): Promise<void> {
  const { rounds, seconds } = options;
  const world = await buildWorld(Math.ceil(atMost.ours * seconds) * (rounds + warmingTurns) + 10);
  try {
    const run: Run = { world, seconds, subjects: await startAll(folder, world), slices: byName(() => []) };
    await inRounds(run, options).finally(() => {
      for (const subject of Object.values(run.subjects)) subject.stop();
    });
  } finally {
    await world.close();
  }
}

async function inRounds(run: Run, { rounds, out }: BenchOptions): Promise<void> {
  for (const name of names) await checkSignature(run, name);
  for (let turn = 0; turn < warmingTurns; turn += 1) for (const name of names) await slice(run, name);
  for (let round = 0; round < rounds; round += 1) {
    for (const name of shuffled(names)) run.slices[name].push(await slice(run, name));
    process.stderr.write(`第 ${round + 1}/${rounds} 轮\n`);
  }
  report(run, rounds, out);
}

const byName = <Value>(of: (name: Name) => Value): Record<Name, Value> =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, Value>;

async function startAll(folder: string, world: BenchWorld): Promise<Record<Name, Subject>> {
  const ours = { BENCH_DATABASE_URL: world.url, BENCH_DATA_DIR: world.dataDir, BENCH_PEOPLE: world.people.join(',') };
  const theirs = {
    BENCH_PEERS: folder,
    BENCH_SECRET: secrets.encryptKey,
    BENCH_APP_ID: secrets.appId,
    BENCH_APP_SECRET: secrets.appSecret,
    BENCH_TOKEN: secrets.verificationToken,
  };
  return {
    ours: await startSubject('ours', ours, true),
    bolt: await startSubject('bolt', theirs, true),
    koishi: await startSubject('koishi', theirs, true),
    probot: await startSubject('probot', theirs, true),
  };
}

/** 每家自己的平台会发来的 — Koishi's is ours: the same signed and encrypted press of Feishu. */
function requestsFor({ world }: Run, name: Name, count: number): Buffer[] {
  const nowMs = systemClock.now().getTime();
  if (name === 'bolt') return makeSlackPresses(count, nowMs);
  if (name === 'probot') return makeGitHubDeliveries(count);
  return makeRequests(name === 'ours' ? world.take(count) : fakeClicks(count), nowMs);
}

/** 不验签的，比了不算 — a wrong signature is refused, and the same request with the right one is not. */
async function checkSignature(run: Run, name: Name): Promise<void> {
  const [right] = requestsFor(run, name, 1);
  if (!right) return;
  const bad = await send(run.subjects[name], forged(right), isRefusal);
  if (bad.notOk > 0) throw new Error(`${name} 没有拒绝签名不对的请求，不能比：${bad.sample.slice(0, 200)}`);
  check(name, await send(run.subjects[name], right, isGood[name]));
}

async function send({ port }: Subject, request: Buffer, good: IsGood): Promise<LoadResult> {
  const lines = await openLines(port, 1);
  const result = await burst(lines, once([request]), good);
  closeLines(lines);
  return result;
}

async function slice(run: Run, name: Name): Promise<Slice> {
  const { world, seconds, subjects } = run;
  const requests = requestsFor(run, name, Math.ceil((name === 'ours' ? atMost.ours : atMost.peers) * seconds));
  const lines = await openLines(subjects[name].port, connections);
  const used = (): number => cpuOf(subjects[name].pid) + (name === 'ours' ? cpuOfDatabase(world.postmaster) : 0);
  const before = used();
  const result = await closedLoop(lines, once(requests), seconds, isGood[name]);
  const cpu = used() - before;
  closeLines(lines);
  check(name, result);
  if (name === 'ours') await world.drain();
  return { ...result, cpuUs: (cpu * 1e6) / result.requests };
}

function check(name: Name, { notOk, sample }: LoadResult): void {
  if (notOk > 0) throw new Error(`${name}：${notOk} 个请求没有答 200，例如 ${sample.slice(0, 200)}`);
}

function report(run: Run, rounds: number, out: (line: string) => void): void {
  const { slices, subjects } = run;
  const speed = ({ requests, seconds: taken }: LoadResult): number => requests / taken;
  out(
    `\n${rounds} 轮，每轮 ${run.seconds} 秒，${connections} 个连接，次次不同；各家都验签、Node 参数相同；Node ${process.version}。同行什么也不存。\n`,
  );
  out('| 服务器 | 次/秒 | p50 / p99 毫秒 | 每次处理器 µs（含数据库） | 内存峰值 MB | 请求字节 |\n|---|---|---|---|---|---|');
  for (const name of names) {
    const each = (part: number) => median(slices[name].map(({ latencies }) => quantile(latencies, part))).toFixed(1);
    const cpu = median(slices[name].map(({ cpuUs }) => cpuUs)).toFixed(0);
    const bytes = requestsFor(run, name, 1)[0]?.byteLength;
    out(
      `| ${titles[name]} | ${median(slices[name].map(speed)).toFixed(0)} | ${each(0.5)} / ${each(0.99)} | ${cpu} | ${memoryOf(subjects[name].pid, 'VmHWM')} | ${bytes} |`,
    );
  }
  out('\n| 目标 | 轮内比值：中位数 [四分位] | 要求 |\n|---|---|---|');
  const ratio = (other: Name, of: (result: Slice) => number): string =>
    quartiles(slices.ours.map((own, index) => of(own) / of(slices[other][index] as Slice)));
  for (const [other, floor] of Object.entries(goals) as [Name, number][]) {
    out(`| G3 次/秒，书令/${other} | ${ratio(other, speed)} | ≥ ${floor.toFixed(1)} |`);
    out(`| 处理器，书令/${other} | ${ratio(other, ({ cpuUs }) => cpuUs)} | |`);
  }
}
