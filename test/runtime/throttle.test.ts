import { describe, expect, test } from 'vitest';
import type { ChatReader, ChatWriter } from '#platform/port';
import { throttled, throttledReader } from '#runtime/outbox/throttle';
import { fc } from '../fast-check.ts';

/** 可推的时间 — whatever is due runs in order. */
function handTime() {
  let now = 0;
  let due: { at: number; then: () => void }[] = [];
  return {
    nowMs: () => now,
    after: (ms: number, then: () => void) => void due.push({ at: now + ms, then }),
    async run(): Promise<void> {
      for (;;) {
        for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
        const next = due.toSorted((left, right) => left.at - right.at)[0];
        if (!next) return;
        due = due.filter((other) => other !== next);
        now = Math.max(now, next.at);
        next.then();
      }
    },
  };
}

type Delay = { readonly there: number; readonly back: number };
const anyDelays = fc.array(fc.record({ there: fc.integer({ min: 0, max: 900 }), back: fc.integer({ min: 0, max: 300 }) }), {
  minLength: 1,
  maxLength: 9,
});

/** 平台 — every call arrives somewhere between its start and its answer. */
function platformOf(time: ReturnType<typeof handTime>, delays: readonly Delay[]) {
  const arrivals: number[] = [];
  let calls = 0;
  const member = (): Promise<never> =>
    new Promise((resolve) => {
      const { there, back } = delays[calls++ % delays.length] ?? { there: 0, back: 0 };
      time.after(there, () => {
        arrivals.push(time.nowMs());
        time.after(back, () => resolve(undefined as never));
      });
    });
  const writer: ChatWriter = { send: member, reply: member, update: member, urge: member, uploadFile: member };
  return { writer, arrivals };
}

let people = 0;
/** 每次另一个人：只看接口的额度 */
const anyone = () => ({ person: `ou_${people++}` });

function mostWithin(arrivals: readonly number[], ms: number): number {
  return Math.max(...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + ms).length));
}

test('不论各次在路上多久，到达平台的每秒至多五十次、每分钟至多一千次，一次不丢', async () => {
  await fc.assert(
    fc.asyncProperty(anyDelays, fc.integer({ min: 1, max: 1_300 }), async (delays, count) => {
      const time = handTime();
      const { writer, arrivals } = platformOf(time, delays);
      const gated = throttled(writer, time);
      const sent = Promise.all(Array.from({ length: count }, () => gated.send(anyone(), { text: '' }, '')));
      await time.run();
      await sent;
      expect(arrivals).toHaveLength(count);
      expect(mostWithin(arrivals, 1_000)).toBeLessThanOrEqual(50);
      expect(mostWithin(arrivals, 60_000)).toBeLessThanOrEqual(1_000);
    }),
    { numRuns: 15 },
  );
});

test('一下子来一百二十份文件：取文件也不超过每秒五十次，一份不丢', async () => {
  const time = handTime();
  const { writer, arrivals } = platformOf(time, [
    { there: 280, back: 5 },
    { there: 3, back: 90 },
  ]);
  const unused = () => Promise.reject(new Error('不该问'));
  const reader = {
    downloadFile: () => writer.uploadFile('', new Uint8Array()),
    findAccounts: unused,
    listChats: unused,
    findSaid: unused,
    getBot: unused,
  };
  const gated = throttledReader(reader as unknown as ChatReader, time);
  const fetched = Promise.all(Array.from({ length: 120 }, (_, index) => gated.downloadFile(`om_${index}`, 'file')));
  await time.run();
  expect(await fetched).toHaveLength(120);
  expect(arrivals).toHaveLength(120);
  expect(mostWithin(arrivals, 1_000)).toBeLessThanOrEqual(50);
});

test('给同一个人的，不论发送还是回复、各在路上多久，每秒至多五条；同一张卡片每秒至多改五次；不挡着别人', async () => {
  await fc.assert(
    fc.asyncProperty(anyDelays, fc.integer({ min: 6, max: 40 }), async (delays, count) => {
      const time = handTime();
      const one = { person: 'ou_one' };
      const talk = platformOf(time, delays);
      const card = platformOf(time, delays);
      const others = platformOf(time, delays);
      const send: ChatWriter['send'] = (to, ...rest) => (to === one ? talk : others).writer.send(to, ...rest);
      const gated = throttled({ ...talk.writer, send, update: card.writer.update }, time);
      const all = Promise.all(
        Array.from({ length: count }, (_, index) => [
          index % 2 === 0 ? gated.send(one, { text: '' }, '') : gated.reply(`om_${index}`, { text: '' }, '', one),
          gated.update('om_card', {} as never),
        ]).flat(),
      );
      let besideAt = Number.POSITIVE_INFINITY;
      const other = gated.send({ person: 'ou_other' }, { text: '' }, '').then(() => {
        besideAt = time.nowMs();
      });
      await time.run();
      await Promise.all([all, other]);
      for (const { arrivals } of [talk, card]) {
        expect(arrivals).toHaveLength(count);
        expect(mostWithin(arrivals, 1_000)).toBeLessThanOrEqual(5);
      }
      expect(besideAt).toBeLessThanOrEqual(1_200);
    }),
    { numRuns: 30 },
  );
});

test('快的平台，额度用得足：一千张二十秒左右走完；各个接口各算各的，回复不等发送', async () => {
  const time = handTime();
  const { writer, arrivals } = platformOf(time, [{ there: 5, back: 5 }]);
  const gated = throttled(writer, time);
  const all = [
    ...Array.from({ length: 1_000 }, () => gated.send(anyone(), { text: '' }, '')),
    gated.reply('om', { text: '' }, '', anyone()).then(() => expect(time.nowMs()).toBeLessThan(50)),
  ];
  await time.run();
  await Promise.all(all);
  expect(arrivals).toHaveLength(1_001);
  expect(Math.max(...arrivals)).toBeLessThan(20_000);
});

test('失败的也算一次，后面的照样走', async () => {
  const time = handTime();
  const { writer } = platformOf(time, [{ there: 1, back: 1 }]);
  const gated = throttled({ ...writer, send: () => Promise.reject(new Error('refused')) }, time);
  const results = Promise.allSettled(Array.from({ length: 60 }, () => gated.send(anyone(), { text: '' }, '')));
  await time.run();
  expect((await results).every(({ status }) => status === 'rejected')).toBe(true);
  expect(time.nowMs()).toBeGreaterThanOrEqual(1_000);
});

describe('一毫秒不多等，一毫秒不早走', () => {
  /** 立刻到、立刻答的平台上，各次在哪一毫秒到 */
  async function arrivalsOf(calls: (gated: ReturnType<typeof throttled>) => readonly Promise<unknown>[]): Promise<readonly number[]> {
    const time = handTime();
    const { writer, arrivals } = platformOf(time, [{ there: 0, back: 0 }]);
    const all = Promise.all(calls(throttled(writer, time)));
    await time.run();
    await all;
    return arrivals;
  }

  test('第五十一次在一秒整，第一千零一次在一分钟整', async () => {
    const arrivals = await arrivalsOf((gated) => Array.from({ length: 1_001 }, () => gated.send(anyone(), { text: '' }, '')));
    expect([49, 50, 999, 1_000].map((nth) => arrivals[nth])).toEqual([0, 1_000, 19_000, 60_000]);
  });

  test('给同一个人的第六次在一秒整；中间给过一千多个别人，也还记得他', async () => {
    const one = { person: 'ou_one' };
    const alone = await arrivalsOf((gated) => Array.from({ length: 6 }, () => gated.send(one, { text: '' }, '')));
    expect([4, 5].map((nth) => alone[nth])).toEqual([0, 1_000]);
    const time = handTime();
    const { writer } = platformOf(time, [{ there: 0, back: 0 }]);
    const gated = throttled(writer, time);
    const five = Array.from({ length: 5 }, () => gated.send(one, { text: '' }, ''));
    // 修改另有额度，不占发送的：一千多张卡片各改一次。
    const others = Array.from({ length: 1_100 }, (_, nth) => gated.update(`om_${nth}`, {} as never));
    let sixthAt = -1;
    const sixth = gated.send(one, { text: '' }, '').then(() => {
      sixthAt = time.nowMs();
    });
    await time.run();
    await Promise.all([...five, ...others, sixth]);
    expect(sixthAt).toBe(1_000);
  });
});
