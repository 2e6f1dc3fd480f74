import { bind } from '#cards/kit/action';
import { agreeVoid, castBallot, closeVote, proposeVoid, refreshConsole } from '#cards/review/actions';
import { fc } from '../fast-check.ts';
import { classOf, slips } from './hall-people.ts';
import { sorted } from './hall-post.ts';
import type { RealHall } from './hall-real.ts';
import type { Sequential } from './linear-check.ts';

/** 一轮测评里的举动 @property open 最后开箱看 */
export interface BallotOp {
  readonly lag: number;
  readonly act: 'vote' | 'close' | 'ask' | 'agree' | 'look' | 'open';
  readonly who: string;
  readonly choice?: string;
}

interface Round {
  readonly state: 'open' | 'closed' | 'voided';
  readonly votes: Readonly<Record<string, string>>;
  readonly asked: boolean;
}

/** 一轮，一个一个地办 */
export function roundOf(press: 'first' | 'last'): Sequential<Round, BallotOp> {
  return {
    initial: { state: 'open', votes: {}, asked: false },
    apply: (round, { act, who, choice = '' }) => {
      const { state, votes, asked } = round;
      switch (act) {
        case 'vote': {
          if (state !== 'open') return ['没有计入', round];
          if (votes[who] !== undefined && press === 'first') return ['以第一次为准', round];
          return [votes[who] === undefined ? '已投票' : '已改投', { ...round, votes: { ...votes, [who]: choice } }];
        }
        case 'close':
          return state === 'open' ? [`关闭，${Object.keys(votes).length}票`, { ...round, state: 'closed' }] : ['refused', round];
        case 'ask':
          return state !== 'voided' && !asked ? ['done', { ...round, asked: true }] : ['refused', round];
        case 'agree':
          return state !== 'voided' && asked ? ['done', { ...round, state: 'voided' }] : ['refused', round];
        case 'look':
          return [state === 'open' ? `已投${Object.keys(votes).length}` : '没有在测评', round];
        case 'open':
          return [boxWords(state, Object.entries(votes)), round];
      }
    },
  };
}

const boxWords = (state: string, votes: readonly (readonly [string, string])[]): string =>
  [state, ...sorted(votes.map(([who, choice]) => `${classOf(who)} ${choice}`)), ...sorted(votes.map(([who]) => who))].join();

/** 真的去办 */
export async function actInHall(hall: RealHall, roundId: string, { act, who, choice = '' }: BallotOp): Promise<string> {
  const round = { sessionId: hall.id, roundId };
  switch (act) {
    case 'vote': {
      const text = slips.includes(who)
        ? await hall.votesBySlip(who, [{ roundId, choice }])
        : (await hall.presses(who, bind(castBallot, { ...round, choice }))).text;
      const found = /已投票，以第一次为准|此票已使用/.test(text) ? '以第一次为准' : /没有计入|已投票|已改投/.exec(text)?.[0];
      if (!found) throw new Error(`看不懂的答复：${text.slice(0, 300)}`);
      return found;
    }
    case 'close':
      return (await hall.presses(who, bind(closeVote, round))).answer;
    case 'ask':
      return (await hall.presses(who, bind(proposeVoid, round), { reason: '会场断网' })).answer;
    case 'agree':
      return (await hall.presses(who, bind(agreeVoid, round))).answer;
    case 'look':
      return /已投\d+(?=\/)/.exec((await hall.presses(who, bind(refreshConsole, { sessionId: hall.id }))).body)?.[0] ?? '没有在测评';
    case 'open':
      return openBox(hall, roundId);
  }
}

/** 关闭时数出几票 */
export async function countedOf({ world }: RealHall, roundId: string): Promise<number> {
  const [found] = await world.query<{ used: number }>(
    `SELECT COALESCE(sum((each->>'used')::int), 0)::int AS used FROM "BallotRound" r, jsonb_array_elements(COALESCE(r.counts, '[]')) each WHERE r.id = $1`,
    [roundId],
  );
  return found?.used ?? 0;
}

async function openBox({ world, id }: RealHall, roundId: string): Promise<string> {
  const [round] = await world.query<{ state: string }>(`SELECT state FROM "BallotRound" WHERE id = $1`, [roundId]);
  const box = await world.query<{ line: string }>(`SELECT "voterClass" || ' ' || choice AS line FROM "Ballot" WHERE "roundId" = $1`, [roundId]);
  const marks = await world.query<{ holder: string }>(`SELECT holder FROM "BallotMark" WHERE "roundId" = $1`, [roundId]);
  return [round?.state, ...sorted(box.map(({ line }) => line)), ...sorted(marks.map(({ holder }) => holder.slice(id.length + 1)))].join();
}

const lag = fc.nat({ max: 12 });
// 几个人反复投：两部手机上的同一个人，才碰得上。
const voting = fc.record({
  ...{ lag, act: fc.constant('vote' as const), who: fc.constantFrom('l1', 'l2', 'd1', 'd2', 's1', 's2') },
  choice: fc.constantFrom('优秀', '良好', '一般', '较差'),
});
const staffing = fc.oneof(
  fc.record({ lag, act: fc.constant('close' as const), who: fc.constantFrom('c1', 'c2') }),
  fc.record({ lag, act: fc.constant('ask' as const), who: fc.constant('c1') }),
  fc.record({ lag, act: fc.constant('agree' as const), who: fc.constantFrom('o1', 'd6') }),
  fc.record({ lag, act: fc.constant('look' as const), who: fc.constantFrom('c1', 'c2') }),
);
/** 八个人各自的一串：先投，场务的动作夹在中间 */
export const ballotScripts: fc.Arbitrary<BallotOp[][]> = fc.array(
  fc
    .tuple(fc.array(voting, { minLength: 1, maxLength: 2 }), staffing, fc.array(voting, { maxLength: 1 }))
    .map(([first, one, after]) => [...first, one, ...after]),
  { minLength: 8, maxLength: 8 },
);
