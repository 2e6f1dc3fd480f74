import { systemClock } from '#core/clock';
import { listenOnLoopback } from '#platform/emulator/loopback';
import { createOpenApi } from '#platform/emulator/open-api';
import { connectEmulator } from '../../src/connect-emulator.ts';
import { closedLoop, closeLines, openLines, quantile } from '../bench/load.ts';
import { cpuOf, memoryOf } from '../bench/processes.ts';
import { makeRequests } from '../bench/requests.ts';
import { buildWorld } from '../bench/world.ts';
import { startChildApp } from '../child-app.ts';
import type { Nightly } from './main.ts';

const sliceMax = 20_000;
const lineCount = 64;
/** 头一段是热身：堆还在长到它要的大小 */
const warmPart = 0.2;
/** 至少有两次完整的回收，才比得出来 */
const judgedFrom = 500_000;
/** 质量要求 L2：匀速每秒500次、一分钟不多占1 MB；首尾的处理器时间相差不到两成 */
const growthMaxMb = 1 / 30_000;
const dearerMax = 1.2;

interface Slice {
  readonly done: number;
  readonly memoryMb: number;
  readonly cpuMicroseconds: number;
  readonly perSecond: number;
  readonly p99Ms: number;
}

/**
 * 一百万次回调 — as fast as 64 connections press; every one a report on an item of its own, committed before it is answered. The program runs in
 * a process of its own and talks to the platform through the SDK. Its memory must stay flat, and the last click must cost what the first did.
 */
export const nightlyMillion: Nightly = async (say) => {
  const wanted = Number(process.env.CALLBACKS ?? 1_000_000);
  const world = await buildWorld(wanted);
  const platform = connectEmulator({ clock: systemClock });
  for (const openId of world.people) platform.store.addPerson({ name: openId, openId });
  const http = await listenOnLoopback(createOpenApi(platform.api));
  const child = await startChildApp({
    databaseUrl: world.url,
    dataDir: world.dataDir,
    adminMobile: '19900009999',
    at: systemClock.now().toISOString(),
    runs: true,
    feishu: { ...platform.connection, domain: http.url },
  });
  try {
    const slices: Slice[] = [];
    for (let done = 0; done < wanted; ) {
      const slice = Math.min(sliceMax, wanted - done);
      const requests = makeRequests(world.take(slice), systemClock.now().getTime());
      const cpu = cpuOf(child.pid);
      const lines = await openLines(Number(new URL(child.url).port), lineCount);
      let next = 0;
      const { requests: given, seconds, notOk, latencies, sample } = await closedLoop(lines, () => requests[next++], Number.POSITIVE_INFINITY);
      closeLines(lines);
      if (notOk > 0 || given !== slice) throw new Error(`${slice}次里${notOk}次没有办成：${sample.slice(0, 200)}`);
      done += slice;
      const measured = {
        done,
        memoryMb: memoryOf(child.pid, 'VmRSS'),
        cpuMicroseconds: ((cpuOf(child.pid) - cpu) / slice) * 1e6,
        perSecond: slice / seconds,
        p99Ms: quantile(latencies, 0.99),
      };
      slices.push(measured);
      say(spoken(measured));
      await world.drain();
    }
    return judge(slices);
  } finally {
    await child.kill();
    await http.close();
    await world.close();
  }
};

/**
 * 平不平 — memory rises between two full collections, some 250 000 callbacks apart, and falls back: so the valleys are compared.
 * @throws Error when they rise, or a click has become dearer
 */
function judge(slices: readonly Slice[]): string {
  const warm = slices.slice(Math.floor(slices.length * warmPart));
  const half = Math.ceil(warm.length / 2);
  const [earlier, later] = [warm.slice(0, half), warm.slice(half)].map((part) => ({
    low: Math.min(...part.map(({ memoryMb }) => memoryMb)),
    high: Math.max(...part.map(({ memoryMb }) => memoryMb)),
    cpu: part.reduce((sum, { cpuMicroseconds }) => sum + cpuMicroseconds, 0) / part.length,
  }));
  const last = slices.at(-1);
  if (!earlier || !later || !last || last.done < judgedFrom) return `${last?.done}次，全都办成；不到${judgedFrom}次，看不出内存平不平`;
  const growth = (later.low - earlier.low) / (half * sliceMax);
  const dearer = later.cpu / earlier.cpu;
  const result = `${last.done}次，全都办成；热身之后前一半内存${earlier.low}至${earlier.high} MB，后一半${later.low}至${later.high} MB；每次的处理器时间，后一半是前一半的${dearer.toFixed(2)}倍；${spoken(last)}`;
  if (growth > growthMaxMb || dearer > dearerMax) throw new Error(`不平：${result}`);
  return result;
}

const spoken = ({ done, memoryMb, perSecond, p99Ms, cpuMicroseconds }: Slice): string =>
  `第${done}次：内存${memoryMb} MB，每秒${perSecond.toFixed(0)}次，p99 ${p99Ms.toFixed(0)}毫秒，每次${cpuMicroseconds.toFixed(0)}微秒`;
