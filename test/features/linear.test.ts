import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fc } from '../fast-check.ts';
import { World } from './hall-given.ts';
import { actInHall, type BallotOp, ballotScripts, countedOf, roundOf } from './linear-ballots.ts';
import { type Call, orderOf, recordHistory, seenAtLast } from './linear-check.ts';
import { actOnItem, furnishUnit, giveItem, type ItemOp, itemInOffice, itemScripts } from './linear-items.ts';

/** 夜里五百段：`npm run nightly -- 线性` */
const histories = Number(process.env.LINEAR_HISTORIES ?? 8);
const patience = { timeout: Math.max(240_000, histories * 10_000) };

describe('查历史的程序自己', () => {
  const vote = (who: string, answer: string, [from, to]: readonly [number, number]): Call<BallotOp> => ({
    ...{ client: 0, op: { lag: 0, act: 'vote', who, choice: '优秀' }, answer, from, to },
  });
  const close = (answer: string, [from, to]: readonly [number, number]): Call<BallotOp> => ({
    ...{ client: 1, op: { lag: 0, act: 'close', who: 'c1' }, answer, from, to },
  });
  const first = roundOf('first');

  test('说得通的历史认得：关闭与两票同时，一票赶上、一票没有', () => {
    const history = [vote('l1', '已投票', [1, 5]), vote('l2', '没有计入', [2, 6]), close('关闭，1票', [3, 4])];
    expect(orderOf(history, first)?.map(({ answer }) => answer)).toEqual(['已投票', '关闭，1票', '没有计入']);
  });

  test.each([
    ['答应了的票没有数进去', [vote('l1', '已投票', [1, 2]), close('关闭，0票', [3, 4])]],
    ['关闭之后才按的，也答了“已投票”', [close('关闭，0票', [1, 2]), vote('l1', '已投票', [3, 4])]],
    ['一个人的两下都答“已投票”', [vote('l1', '已投票', [1, 3]), vote('l1', '已投票', [2, 4])]],
    ['两位场务都答关闭了', [close('关闭，0票', [1, 3]), close('关闭，0票', [2, 4])]],
    ['先后倒了：后一票已经被告知关闭，再后来的又投上了', [close('关闭，1票', [1, 9]), vote('l1', '没有计入', [2, 3]), vote('l2', '已投票', [4, 5])]],
  ])('说不通的历史不放过：%s', (_words, history) => {
    expect(orderOf(history, first)).toBeNull();
  });
});

describe('八个人同时办，真的程序，真的数据库', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
    await furnishUnit(world);
  }, 120_000);
  afterAll(() => world.close());

  /** 一段：都办完了，再开箱看 @returns what was answered, as `act answer` */
  const playRound = async (press: 'first' | 'last', scripts: readonly (readonly BallotOp[])[]): Promise<string[]> => {
    const hall = await world.hall({ press, show: 'delayed' });
    const roundId = await hall.openRound();
    const calls = await recordHistory<BallotOp>(scripts, (op) => Promise.resolve([op, () => actInHall(hall, roundId, op)]));
    const counted = await countedOf(hall, roundId);
    const told = calls.map((call) => (call.op.act === 'close' && call.answer === 'done' ? { ...call, answer: `关闭，${counted}票` } : call));
    const last: BallotOp = { lag: 0, act: 'open', who: 'c1' };
    assertOrder([...told, seenAtLast(calls, last, await actInHall(hall, roundId, last))], roundOf(press));
    return calls.map(({ op, answer }) => `${op.act} ${answer.replace(/\d+/, '')}`);
  };

  // 红过的：前两批正在办，一个人的几下挤在同一批里，先的答了“已改投，以这一次为准”，箱里却是后的。
  test('末次有效，一个人的几下挤在同一批里：先的答“已投票”，后的答“已改投”，箱里是最后的一次', async () => {
    const vote = (who: string, choice: string): BallotOp => ({ lag: 0, act: 'vote', who, choice });
    const hurried = ['优秀', '良好', '一般', '较差'].map((choice) => [vote('l2', choice)]);
    const answers = await playRound('last', [[vote('l1', '优秀')], [vote('d1', '优秀')], ...hurried]);
    expect(answers.filter((answer) => answer === 'vote 已投票')).toHaveLength(3);
  });

  test(`投票、关闭、作废、看已投几票，任意交错：总有一个一个办的先后说得通，答应了的都算数（${histories}段）`, patience, async () => {
    const seen = new Set<string>();
    const property = fc.asyncProperty(fc.constantFrom('first' as const, 'last' as const), ballotScripts, async (press, scripts) => {
      for (const words of await playRound(press, scripts)) seen.add(words);
    });
    await fc.assert(property, { numRuns: histories, endOnFailure: true });
    // 该碰上的都碰上了：赶上的、没赶上的、重复的。
    for (const words of ['vote 已投票', 'vote 没有计入', 'close done', 'close refused', 'agree done', 'look 已投'])
      expect([...seen]).toContain(words);
  });

  test(
    `签收、反馈、审签、采纳、起草、核稿、签发同一件事，任意交错：总有一个一个办的先后说得通，没有一步办成两次（${histories}段）`,
    patience,
    async () => {
      const seen = new Set<string>();
      let number = 0;
      const property = fc.asyncProperty(itemScripts, async (scripts) => {
        number += 1;
        const itemId = await giveItem(world, number);
        const calls = await recordHistory<ItemOp>(scripts, (op) => actOnItem(world, itemId, op));
        const [last, look] = await actOnItem(world, itemId, { lag: 0, act: '看', who: 'boss', on: 0 });
        assertOrder([...calls, seenAtLast(calls, last, await look())], itemInOffice);
        for (const { op, answer } of calls) seen.add(`${op.act} ${answer}`);
      });
      await fc.assert(property, { numRuns: histories, endOnFailure: true });
      // 每一步都有人办成；只能办成一次的两步，抢的人多，总有人被拒。
      const everyStep = ['签收', '反馈', '审签', '采纳', '起草', '核稿', '签发'].map((act) => `${act} done`);
      expect([...seen]).toEqual(expect.arrayContaining([...everyStep, '签收 refused', '起草 refused']));
    },
  );
});

/** 说不通的，把历史一行一行摆出来 */
function assertOrder<State, Op extends object>(history: readonly Call<Op>[], sequential: Parameters<typeof orderOf<State, Op>>[1]): void {
  if (orderOf(history, sequential)) return;
  const lines = [...history]
    .sort((left, right) => left.from - right.from)
    .map(({ client, op, answer, from, to }) => `${from}–${to} 第${client}人 ${Object.values(op).join(' ')} → ${answer}`);
  expect.fail(`没有说得通的先后：\n${lines.join('\n')}`);
}
