import { type Fraction, fraction } from './fraction.ts';
import type { BallotCounts } from './model.ts';

/** 法定人数怎么算 — half 超过二分之一 · twoThirds 达到三分之二 */
export type QuorumRule = 'half' | 'twoThirds';

/** 法定人数 — of those entitled, in all and in every class that has anybody entitled. */
export interface Quorum {
  readonly entitled: number;
  readonly present: number;
  readonly rate: Fraction;
  readonly reached: boolean;
  /** 不足的类别 */
  readonly short: readonly string[];
}

const isEnough: Readonly<Record<QuorumRule, (present: number, entitled: number) => boolean>> = {
  half: (present, entitled) => present * 2 > entitled,
  twoThirds: (present, entitled) => present > 0 && present * 3 >= entitled * 2,
};

/** 核法定人数 */
export function quorumOf(counts: readonly Pick<BallotCounts, 'voterClass' | 'entitled' | 'present'>[], rule: QuorumRule = 'half'): Quorum {
  const enough = isEnough[rule];
  const entitled = counts.reduce((all, each) => all + each.entitled, 0);
  const present = counts.reduce((all, each) => all + each.present, 0);
  const short = counts.filter((each) => each.entitled > 0 && !enough(each.present, each.entitled)).map(({ voterClass }) => voterClass);
  return { entitled, present, rate: fraction(present, Math.max(1, entitled)), reached: enough(present, entitled) && short.length === 0, short };
}

/**
 * 核票数 — used ≤ issued ≤ present ≤ entitled in every class, and as many in the box as are known to have been cast: a ballot too few
 * is as bad as one too many. What breaks it voids the round. Empty: all is well. The words are read out in the hall.
 */
export function countFaults(counts: readonly BallotCounts[]): string[] {
  return counts.flatMap(({ voterClass, entitled, present, issued, used, marked = used }) => [
    ...(used > issued ? [`${voterClass}发出${issued}收回${used}`] : []),
    ...(used <= issued && used !== marked ? [`${voterClass}记着投过${marked}票，箱里${used}票`] : []),
    ...(issued > present ? [`${voterClass}实到${present}发出${issued}`] : []),
    ...(present > entitled ? [`${voterClass}应到${entitled}实到${present}`] : []),
  ]);
}
