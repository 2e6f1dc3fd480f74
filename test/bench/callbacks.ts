import { systemClock } from '#core/clock';
import { burst, closedLoop, closeLines, type LoadResult, median, once, openLines, paced, quantile, quartiles, shuffled } from './load.ts';
import type { BenchOptions } from './main.ts';
import { cpuOf, cpuOfDatabase, memoryOf, type Subject, startSubject } from './processes.ts';
import { fakeClicks, makeRequests } from './requests.ts';
import { type BenchWorld, buildWorld } from './world.ts';

const connections = 64;
const burstSize = 1000;
/** 匀速每秒这么多次，连着这么多秒 */
const steady = { perSecond: 400, seconds: 3 };

const names = ['bare', 'sdk', 'ours', 'sdk-prisma'] as const;
type Name = (typeof names)[number];
const titles: Record<Name, string> = {
  bare: '(a) 裸 node:http',
  sdk: '(b) SDK 快速上手，不存',
  ours: '(c) 书令，先提交后答复',
  'sdk-prisma': '(d) SDK + Prisma create()',
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
  readonly bursts: Record<Name, LoadResult[]>;
  readonly steady: Record<Name, LoadResult[]>;
  readonly idle: Record<Name, number>;
}

/** 回调压测 — four servers under the same requests in turn; only ratios inside a round count. quality 5, 6: G1, G2, G4, G6, G13. */
export async function benchCallbacks({ rounds, seconds, out }: BenchOptions): Promise<void> {
  const world = await buildWorld(Math.ceil((rounds + 4) * 9_000 * seconds) + (burstSize + steady.perSecond * steady.seconds) * (rounds + 2) + 20_000);
  const env = { BENCH_DATABASE_URL: world.url, BENCH_DATA_DIR: world.dataDir, BENCH_PEOPLE: world.people.join(',') };
  const ours = await startSubject('ours', env, true);
  const reply = await firstReply(world, ours);
  const subjects: Record<Name, Subject> = {
    ours,
    bare: await startSubject('bare', { ...env, BENCH_REPLY: reply }, true),
    sdk: await startSubject('sdk', { ...env, BENCH_REPLY: reply }, true),
    'sdk-prisma': await startSubject('sdk-prisma', { ...env, BENCH_REPLY: reply }, true),
  };
  const idle = byName((name) => memoryOf(subjects[name].pid, 'VmRSS'));
  const run: Run = { world, seconds, subjects, idle, slices: byName(() => []), bursts: byName(() => []), steady: byName(() => []) };
  // 先热身：长期运行的服务器，代码早已编译好。我们的代码多，两轮还在变快，所以热三轮。
  for (let turn = 0; turn < 3; turn += 1) for (const name of names) await slice(run, subjects[name]);
  for (let round = 0; round < rounds; round += 1) {
    for (const name of shuffled(names)) {
      run.slices[name].push(await slice(run, subjects[name]));
      run.bursts[name].push(await oneBurst(run, subjects[name]));
      run.steady[name].push(await steadily(run, subjects[name]));
    }
    process.stderr.write(`第 ${round + 1}/${rounds} 轮\n`);
  }
  out(
    `\n${rounds} 轮，每轮 ${seconds} 秒，${connections} 个连接；齐发 ${burstSize} 个；匀速每秒 ${steady.perSecond} 个 ${steady.seconds} 秒；Node ${process.version}，答复 ${Buffer.byteLength(reply)} 字节\n`,
  );
  report(run, out);
  for (const subject of Object.values(subjects)) subject.stop();
  await world.close();
}

const byName = <Value>(of: (name: Name) => Value): Record<Name, Value> =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, Value>;

async function firstReply(world: BenchWorld, subject: Subject): Promise<string> {
  const lines = await openLines(subject.port, 1);
  const [request] = makeRequests(world.take(1), systemClock.now().getTime());
  const { sample } = await burst(lines, once(request ? [request] : []));
  closeLines(lines);
  if (!sample.includes('success')) throw new Error(`回调没有办成：${sample}`);
  return sample;
}

async function slice({ world, seconds }: Run, subject: Subject): Promise<Slice> {
  // 预备的请求数：每轮每个服务器至多这么快
  const perSlice = Math.ceil(14_000 * seconds);
  const clicks = subject.name === 'ours' ? world.take(Math.ceil(perSlice * 0.62)) : fakeClicks(perSlice);
  const requests = makeRequests(clicks, systemClock.now().getTime());
  const lines = await openLines(subject.port, connections);
  const before = cpuOf(subject.pid) + cpuOfDatabase(world.postmaster);
  const result = await closedLoop(lines, once(requests), seconds);
  const cpu = cpuOf(subject.pid) + cpuOfDatabase(world.postmaster) - before;
  closeLines(lines);
  check(subject, result);
  if (subject.name === 'ours') await world.drain();
  return { ...result, cpuUs: (cpu * 1e6) / result.requests };
}

async function oneBurst({ world }: Run, subject: Subject): Promise<LoadResult> {
  const requests = makeRequests(subject.name === 'ours' ? world.take(burstSize) : fakeClicks(burstSize), systemClock.now().getTime());
  const lines = await openLines(subject.port, burstSize);
  const result = await burst(lines, once(requests));
  closeLines(lines);
  check(subject, result);
  if (subject.name === 'ours') await world.drain();
  return result;
}

async function steadily({ world }: Run, subject: Subject): Promise<LoadResult> {
  const count = steady.perSecond * steady.seconds;
  const requests = makeRequests(subject.name === 'ours' ? world.take(count) : fakeClicks(count), systemClock.now().getTime());
  const lines = await openLines(subject.port, connections);
  const result = await paced(lines, once(requests), steady.perSecond);
  closeLines(lines);
  check(subject, result);
  if (subject.name === 'ours') await world.drain();
  return result;
}

function check(subject: Subject, { notOk, sample }: LoadResult): void {
  if (notOk > 0) throw new Error(`${subject.name}：${notOk} 个请求没有办成，例如 ${sample.slice(0, 200)}`);
}

function ratios<Result>(results: Record<Name, Result[]>, name: Name, other: Name, of: (result: Result) => number): string {
  const list = results[name].map((own, index) => of(own) / of(results[other][index] as Result));
  return quartiles(list);
}

function report(run: Run, out: (line: string) => void): void {
  const { slices, bursts, subjects, idle } = run;
  const speed = ({ requests, seconds: taken }: LoadResult): number => requests / taken;
  out(
    '| 服务器 | 次/秒 | p50 / p99 毫秒 | 每次处理器 µs（含数据库） | 内存 闲→峰 MB | 齐发 p50 / p99 / 最大 毫秒 | 匀速 p50 / p99 毫秒 | 就绪 毫秒 |',
  );
  out('|---|---|---|---|---|---|---|---|');
  for (const name of names) {
    const each = (part: number) => median(slices[name].map(({ latencies }) => quantile(latencies, part))).toFixed(1);
    const inBurst = (part: number) => median(bursts[name].map(({ latencies }) => quantile(latencies, part))).toFixed(0);
    const even = (part: number) => median(run.steady[name].map(({ latencies }) => quantile(latencies, part))).toFixed(1);
    const { pid, readyMs } = subjects[name];
    out(
      `| ${titles[name]} | ${median(slices[name].map(speed)).toFixed(0)} | ${each(0.5)} / ${each(0.99)} | ${median(slices[name].map(({ cpuUs }) => cpuUs)).toFixed(0)} | ${idle[name]} → ${memoryOf(pid, 'VmHWM')} | ${inBurst(0.5)} / ${inBurst(0.99)} / ${inBurst(1)} | ${even(0.5)} / ${even(0.99)} | ${readyMs.toFixed(0)} |`,
    );
  }
  out('\n| 目标 | 轮内比值：中位数 [四分位] | 要求 |\n|---|---|---|');
  out(`| G1 次/秒，(c)/(b) | ${ratios(slices, 'ours', 'sdk', speed)} | ≥ 1.5 |`);
  out(`| G1 处理器，(c)/(b) | ${ratios(slices, 'ours', 'sdk', ({ cpuUs }) => cpuUs)} | ≤ 0.6 |`);
  out(`| G2 次/秒，(c)/(d) | ${ratios(slices, 'ours', 'sdk-prisma', speed)} | ≥ 5 |`);
  const p99 = ({ latencies }: LoadResult): number => quantile(latencies, 0.99);
  out(`| G6 匀速 p99，(c)/(b) | ${ratios(run.steady, 'ours', 'sdk', p99)} | ≤ 1.3 |`);
  out(`| G6 匀速 p99，(c)/(d) | ${ratios(run.steady, 'ours', 'sdk-prisma', p99)} | ≤ 0.25 |`);
  const peak = (name: Name): number => memoryOf(subjects[name].pid, 'VmHWM');
  out(`| G13 内存 (c)/(b)，闲 | ${(idle.ours / idle.sdk).toFixed(2)} | ≤ 1.0 |`);
  out(`| G13 内存 (c)/(b)，峰 | ${(peak('ours') / peak('sdk')).toFixed(2)} | ≤ 0.65 |`);
  out(`| G13 就绪 (c)/(b) | ${(subjects.ours.readyMs / subjects.sdk.readyMs).toFixed(2)} | ≤ 1.0 |`);
  out(`| G4 次/秒，(c)/(a) | ${ratios(slices, 'ours', 'bare', speed)} | ≥ 0.45 |`);
}
