import { compare, type Fraction, fraction, over, readDecimal, sum, times, zero } from './fraction.ts';
import { type Ballot, excellentFrom, type TallyRules } from './model.ts';

/** 一类的结果 */
export interface ClassTally {
  readonly voterClass: string;
  readonly weight: Fraction;
  readonly valid: number;
  readonly abstained: number;
  /** 无效票：不在规定的等次或分数之内 */
  readonly invalid: number;
  /** 优秀票 */
  readonly excellent: number;
  /** 每一等次几票，与规则里的次序一致；打分时按分数段 */
  readonly distribution: readonly { readonly name: string; readonly votes: number }[];
  /** 去掉了一个最高分、一个最低分 */
  readonly trimmed: boolean;
  /** null: no valid ballot */
  readonly score: Fraction | null;
}

/** 一位述职人的结果 */
export interface SlotTally {
  readonly classes: readonly ClassTally[];
  readonly valid: number;
  readonly abstained: number;
  readonly invalid: number;
  readonly excellent: number;
  /** null: nothing may be published: no valid ballot, a class that abstained to a man, or an empty class under the rule 不得公布 */
  readonly total: Fraction | null;
  /** 重新归一：没有人投票的类别，其余类别的权重除以它们的和 */
  readonly renormalised: readonly string[];
}

/** 分数段 — how single scores are shown: the bands of domain B10. */
export const scoreBands: readonly { readonly name: string; readonly from: number }[] = [
  { name: '90分以上', from: 90 },
  { name: '70—90分', from: 70 },
  { name: '60—70分', from: 60 },
  { name: '60分以下', from: 0 },
];

/** 计票 — one presenter's ballots; exact, and independent of their order. */
export function tally(rules: TallyRules, ballots: readonly Ballot[]): SlotTally {
  const classes = rules.classes.map(({ name, weight }) =>
    tallyClass(rules, { voterClass: name, weight: over(readDecimal(weight) ?? zero, fraction(100)) }, ballots),
  );
  const counted = classes.filter(({ score }) => score !== null);
  const empty = classes.filter(({ score, weight }) => score === null && compare(weight, zero) > 0).map(({ voterClass }) => voterClass);
  const weights = sum(counted.map(({ weight }) => weight));
  const publishable = compare(weights, zero) > 0 && (empty.length === 0 || rules.emptyClass === 'renormalise') && !classes.some(isSilent);
  const weighted = sum(counted.map(({ weight, score }) => times(weight, score ?? zero)));
  const add = (of: (one: ClassTally) => number): number => classes.reduce((all, one) => all + of(one), 0);
  return {
    classes,
    valid: add(({ valid }) => valid),
    abstained: add(({ abstained }) => abstained),
    invalid: add(({ invalid }) => invalid),
    excellent: add(({ excellent }) => excellent),
    total: publishable ? over(weighted, weights) : null,
    renormalised: publishable ? empty : [],
  };
}

/** 收回几票 */
export const piecesOf = ({ valid, abstained, invalid }: Pick<ClassTally, 'valid' | 'abstained' | 'invalid'>): number => valid + abstained + invalid;

/**
 * 投了票而没有一张有效 — a class that came and abstained to a man. A total without it would tell just that; 空类处理 is for a class of
 * which nobody voted.
 */
export const isSilent = (one: ClassTally): boolean => one.valid === 0 && piecesOf(one) > 0;

function tallyClass(rules: TallyRules, of: { readonly voterClass: string; readonly weight: Fraction }, ballots: readonly Ballot[]): ClassTally {
  const own = ballots.filter(({ voterClass }) => voterClass === of.voterClass);
  const cast = own.flatMap(({ choice }) => (choice === null ? [] : [choice]));
  const points = cast.flatMap((choice) => pointsOf(rules, choice) ?? []).sort((left, right) => left - right);
  const trimmed = rules.method === 'scores' && rules.trimFrom !== null && points.length >= Math.max(3, rules.trimFrom);
  const counted = trimmed ? points.slice(1, -1) : points;
  return {
    ...of,
    valid: points.length,
    abstained: own.length - cast.length,
    invalid: cast.length - points.length,
    excellent: points.filter((value) => isExcellent(rules, value)).length,
    distribution: distributionOf(rules, points),
    trimmed,
    score: counted.length === 0 ? null : fraction(BigInt(counted.reduce((all, value) => all + value, 0)), counted.length),
  };
}

function pointsOf(rules: TallyRules, choice: string): number | null {
  if (rules.method === 'grades') return rules.grades.find(({ name }) => name === choice)?.points ?? null;
  return /^(\d{1,2}|100)$/.test(choice) ? Number(choice) : null;
}

function isExcellent(rules: TallyRules, points: number): boolean {
  return rules.method === 'scores' ? points >= excellentFrom : points === rules.grades[0]?.points;
}

function distributionOf(rules: TallyRules, points: readonly number[]): { name: string; votes: number }[] {
  if (rules.method === 'grades')
    return rules.grades.map((grade) => ({ name: grade.name, votes: points.filter((value) => value === grade.points).length }));
  return scoreBands.map(({ name, from }, index) => {
    const below = scoreBands[index - 1]?.from ?? 101;
    return { name, votes: points.filter((value) => value >= from && value < below).length };
  });
}

/** 优秀率 — of the valid ballots of all classes, untrimmed. */
export function excellentRate({ excellent, valid }: Pick<SlotTally, 'excellent' | 'valid'>): Fraction {
  return valid === 0 ? zero : fraction(excellent, valid);
}

/**
 * 名次 — by exact total, then 优秀率, then the first class's score, then shared: 1、1、3. Whoever has no total to be published has no
 * rank, takes nobody's, and comes after all others in the order given: his place would tell how high he scored.
 * @param fewest with fewer valid ballots the total is not published
 */
export function rank<Slot extends { readonly tally: SlotTally }>(slots: readonly Slot[], fewest = 0): (Slot & { readonly rank: number | null })[] {
  const isRanked = ({ tally: { total, valid } }: Slot): boolean => total !== null && valid >= fewest;
  const ordered = slots.filter(isRanked).sort((left, right) => order(left.tally, right.tally));
  let place = 0;
  const ranked = ordered.map((slot, index) => {
    const former = ordered[index - 1];
    if (!former || order(former.tally, slot.tally) !== 0) place = index + 1;
    return { ...slot, rank: place };
  });
  return [...ranked, ...slots.filter((slot) => !isRanked(slot)).map((slot) => ({ ...slot, rank: null }))];
}

function order(left: SlotTally, right: SlotTally): number {
  const first = (one: SlotTally): Fraction => one.classes[0]?.score ?? zero;
  return compare(right.total ?? zero, left.total ?? zero) || compare(excellentRate(right), excellentRate(left)) || compare(first(right), first(left));
}
