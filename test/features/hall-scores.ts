import type { Hall } from './hall-model.ts';
import { classes, classOf, grades, pointsOf, type Shape, tasks, trimFrom } from './hall-people.ts';
import { type Round, validRound } from './hall-rounds.ts';

// 该是多少分，照规矩从票里算：精确的分数，只在写出来时四舍五入到两位。

type Exact = readonly [bigint, bigint];
const exact = (top: number, bottom = 1): Exact => [BigInt(top), BigInt(bottom)];
const plus = ([a, b]: Exact, [c, d]: Exact): Exact => [a * d + c * b, b * d];
const by = ([a, b]: Exact, [c, d]: Exact): Exact => [a * c, b * d];
const compare = ([a, b]: Exact, [c, d]: Exact): number => Number(a * d - c * b);
/** 两位小数，四舍五入 */
const written = ([a, b]: Exact): string => {
  const hundredths = (a * 200n + b) / (b * 2n);
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
};

/** 一类 @property isAlike 投得完全一样（打分的，在同一个分数段） */
interface ClassScore {
  readonly name: string;
  readonly used: number;
  readonly valid: number;
  readonly abstained: number;
  readonly score: string | null;
  readonly votes: readonly { readonly name: string; readonly votes: number }[];
  readonly isAlike: boolean;
}

/** 一家 @property vote 只计测评的分；why：为什么没有总分 */
export interface Score {
  readonly total: string | null;
  readonly vote: string | null;
  readonly excellent: number;
  readonly excellentRate: string;
  readonly used: number;
  readonly valid: number;
  readonly abstained: number;
  /** 有效票够，也没有哪一类投了票而没有一张有效 */
  readonly isEnough: boolean;
  readonly classes: readonly ClassScore[];
  readonly why: '' | '票数少' | '有类别没有有效票';
  readonly renormalised: readonly string[];
  readonly order: readonly Exact[];
}

/** 一家的名次 */
export interface Standing {
  readonly slot: number;
  /** 第几轮算数 */
  readonly number: number;
  readonly round: Round;
  readonly rank: number | null;
  readonly score: Score;
}

/** 分数段 */
const bands = [
  { name: '90分以上', from: 90 },
  { name: '70—90分', from: 70 },
  { name: '60—70分', from: 60 },
  { name: '60分以下', from: 0 },
];

/** 分布：等次，或者分数段 */
function votesOf({ scale }: Shape, values: readonly number[]): { name: string; votes: number }[] {
  const isIn = (value: number, index: number): boolean =>
    scale === 'grades' ? value === 100 - index * 20 : bands.findIndex(({ from }) => value >= from) === index;
  const names = scale === 'grades' ? grades : bands.map(({ name }) => name);
  return names.map((name, index) => ({ name, votes: values.filter((value) => isIn(value, index)).length }));
}

/** 一类的得分：平均；打分的满六票去掉一个最高分、一个最低分 */
function meanOf({ scale }: Shape, values: readonly number[]): Exact | null {
  const rising = [...values].sort((left, right) => left - right);
  const counted = scale === 'scores' && rising.length >= trimFrom ? rising.slice(1, -1) : rising;
  return counted.length === 0
    ? null
    : exact(
        counted.reduce((sum, value) => sum + value, 0),
        counted.length,
      );
}

/** 一轮的票值多少分 @param slot 哪一家：任务成绩计入的，按它的任务 */
export function scoreOf({ ballots }: Round, slot: number, shape: Shape): Score {
  const own = classes.map(({ name, weight }) => {
    const choices = [...ballots].flatMap(([holder, choice]) => (classOf(holder) === name ? [choice] : []));
    const values = choices.flatMap((choice) => (choice === null ? [] : (pointsOf(shape, choice) ?? [])));
    return { name, weight, values, used: choices.length, abstained: choices.filter((choice) => choice === null).length, mean: meanOf(shape, values) };
  });
  const values = own.flatMap((each) => each.values);
  const counted = own.flatMap(({ weight, mean }) => (mean === null ? [] : [{ weight, mean }]));
  const empty = own.flatMap(({ name, mean }) => (mean === null ? [name] : []));
  const weights = counted.reduce((sum, { weight }) => sum + weight, 0);
  const isSilent = own.some(({ used, mean }) => used > 0 && mean === null);
  const isBlocked = counted.length === 0 || isSilent || (empty.length > 0 && shape.emptyClass === 'block');
  const vote = isBlocked
    ? null
    : by(
        counted.reduce((sum, { weight, mean }) => plus(sum, by(exact(weight), mean)), exact(0)),
        exact(1, weights),
      );
  const excellent = values.filter((value) => (shape.scale === 'grades' ? value === 100 : value >= 90)).length;
  const isFew = isSilent || values.length < shape.smallClass;
  const total = isFew || vote === null ? null : withTasks(vote, slot, shape);
  const rate = exact(excellent, Math.max(1, values.length));
  return {
    ...{ total: total && written(total), vote: isFew || vote === null ? null : written(vote) },
    ...{ excellent, excellentRate: written(by(rate, exact(100))), valid: values.length },
    ...{ used: own.reduce((sum, { used }) => sum + used, 0), isEnough: !isFew },
    abstained: own.reduce((sum, { abstained }) => sum + abstained, 0),
    classes: own.map((each) => {
      const votes = votesOf(shape, each.values);
      const isAlike = each.values.length > 0 && votes.some((one) => one.votes === each.values.length);
      return {
        name: each.name,
        used: each.used,
        valid: each.values.length,
        abstained: each.abstained,
        score: each.mean && written(each.mean),
        votes,
        isAlike,
      };
    }),
    why: total !== null ? '' : isFew ? '票数少' : '有类别没有有效票',
    renormalised: vote === null ? [] : empty,
    order: [total ?? exact(-1), rate, own[0]?.mean ?? exact(0)],
  };
}

/** 综合成绩：测评分和按时办结率各占多少；还没有到期的，只计测评 */
function withTasks(vote: Exact, slot: number, { taskWeight }: Shape): Exact {
  const { due, onTime } = tasks[slot] ?? { due: 0, onTime: 0 };
  if (taskWeight === 0 || due === 0) return vote;
  return plus(by(vote, exact(100 - taskWeight, 100)), exact(onTime * taskWeight, due));
}

/** 名次：总分，优秀率，第一类的得分，再并列；没有总分的不排名，列在后面，占不了别家的名次 */
export function standingsOf({ slots, shape }: Hall): Standing[] {
  const heard = slots.flatMap((slot, index) => {
    const round = validRound(slot);
    return round ? [{ slot: index, number: slot.rounds.indexOf(round) + 1, round, score: scoreOf(round, index, shape) }] : [];
  });
  const order = (left: Score, right: Score): number =>
    left.order.reduce((found, value, index) => found || compare(right.order[index] ?? value, value), 0);
  const ranked = heard.filter(({ score }) => score.total !== null).sort((left, right) => order(left.score, right.score) || left.slot - right.slot);
  const placed = ranked.map((each) => ({ ...each, rank: 1 + ranked.filter(({ score }) => order(score, each.score) < 0).length }));
  return [...placed, ...heard.flatMap((each) => (each.score.total === null ? [{ ...each, rank: null }] : []))];
}
