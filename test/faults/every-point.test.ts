import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { seed } from '../fast-check.ts';
import { seeded } from '../simulation/chance.ts';
import { everyKind } from '../simulation/wire.ts';
import { buildPointStage, type Point, type PointStage } from './every-point.ts';

/** 平时每样断点、每一章各一处；夜里 POINTS=all 逐点，POINTS_PART=2/3 只做三份里的第二份 */
const all = process.env.POINTS === 'all';
const [part, parts] = (process.env.POINTS_PART ?? '1/1').split('/').map(Number);
const pairs = Number(process.env.POINT_PAIRS ?? 1);
/** 断过之后，余下的故事有几步；多出来的等于只断一次 */
const recoveryStepsMax = 60;

vi.setConfig({ testTimeout: all || pairs > 10 ? 24 * 3_600_000 : 240_000, hookTimeout: 300_000 });

let stage: PointStage;
beforeAll(async () => {
  stage = await buildPointStage();
});
afterAll(() => stage.close());

const nameOf = ({ chapter, nth, when, step }: Point): string =>
  `${stage.chapters[chapter]}第${nth}步${when === 'before' ? '之前' : '之后'}（${step.kind} ${step.what}）`;
const sortOf = ({ step, when }: Point): string => `${step.kind} ${when}`;

/** 每样断点一处，尽量各在不同的一章，取那一章里中间的一处 */
function oneOfEach(points: readonly Point[]): Point[] {
  const chosen: Point[] = [];
  const take = (among: readonly Point[]): void => {
    const middle = among[Math.floor(among.length / 2)];
    if (middle) chosen.push(middle);
  };
  const unused = (point: Point): boolean => chosen.every(({ chapter }) => chapter !== point.chapter);
  // 答复少的几样先挑：定时办的几章里没有它们。
  const often = (sort: string): number => points.filter((point) => sortOf(point) === sort).length;
  const sorts = [...new Set(points.map(sortOf))].sort((left, right) => often(left) - often(right));
  for (const sort of sorts) {
    const of = points.filter((point) => sortOf(point) === sort);
    const fresh = of.filter(unused);
    const chapter = (fresh[0] ?? of[0])?.chapter;
    const here = of.filter((point) => point.chapter === chapter);
    // 发出的一条最要紧：重发看得出来，重改看不出来。
    const sends = here.filter(({ step }) => step.what === 'send');
    take(sends.length > 0 ? sends : here);
  }
  for (const chapter of stage.chapters.keys())
    if (chosen.every((point) => point.chapter !== chapter)) take(points.filter((p) => p.chapter === chapter));
  return chosen;
}

test('断点数得齐：写库、提交、记账、平台调用、答复，每样都有，每一章都有', () => {
  expect(stage.points.length).toBeGreaterThan(800);
  expect(new Set(stage.points.map(sortOf))).toEqual(
    new Set([...everyKind.map((kind) => `${kind} before`), 'commit after', 'call after', 'answer after']),
  );
  for (const [chapter, name] of stage.chapters.entries())
    expect([name, stage.points.filter((point) => point.chapter === chapter).length > 30]).toEqual([name, true]);
});

test('没有断的再讲一遍，账一样；账上动一动手脚，看得出来', async () => {
  const chapter = stage.chapters.indexOf('签收');
  expect(await stage.tell({ chapter })).toEqual([]);
  const meddled = await stage.tell({ chapter }, null, async ({ sql, emulator: { store } }) => {
    await sql(`UPDATE "TaskBook" SET status = 'issued' WHERE "unitCode" = 'U31'`);
    const [sent] = store.chats().flatMap(({ chatId }) => store.messagesOf(chatId).filter(({ uuid }) => uuid !== null));
    if (sent) store.post({ ...sent, uuid: '另一条' });
  });
  expect(meddled).toContainEqual(expect.stringMatching(/^少了一行 TaskBook .*"acknowledged"/));
  expect(meddled).toContainEqual(expect.stringContaining('I2 平台上有1条，发件箱里没有'));
  expect(meddled).toContainEqual(expect.stringMatching(/^I7 taskBook/));
});

test('在一处断电，起来接着办，没听到答复的再按一次：账与没断过的一样，办成的各一份，消息各一条', async () => {
  const points = all ? stage.points.filter((_, index) => index % (parts ?? 1) === (part ?? 1) - 1) : oneOfEach(stage.points);
  const wrong: string[] = [];
  for (const [done, point] of points.entries()) {
    for (const line of await stage.tell(point)) wrong.push(`${nameOf(point)}：${line}`);
    if (all && done % 50 === 49) console.info(`${done + 1}/${points.length}处，不符${wrong.length}处`);
  }
  if (all) console.info(`断点${stage.points.length}处，断了${points.length}处，不符${wrong.length}处`);
  expect(wrong).toEqual([]);
});

test('起来的途中再断一次，也一样', async () => {
  const chance = seeded(seed, 'pairs');
  const wrong: string[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const point = chance.pick(stage.points);
    const second = { nth: chance.int(1, recoveryStepsMax), when: chance.pick(['before', 'after'] as const) };
    for (const line of await stage.tell(point, second)) wrong.push(`${nameOf(point)}，再过${second.nth}步${second.when}：${line}`);
  }
  expect(wrong).toEqual([]);
});
