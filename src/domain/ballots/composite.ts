import { type Fraction, fraction, over, readDecimal, sum, times, zero } from './fraction.ts';

/** 任务成绩 — of the items that were due, how many were closed in time. */
export interface TaskRecord {
  readonly onTime: number;
  readonly due: number;
}

/**
 * 综合成绩 — 测评分×(100−w)%＋按时办结率×100×w%, exact. Where nothing was due yet there is no rate, and the vote stands alone.
 * @param weight percent of the task result, as written; undefined or 0: the vote alone
 */
export function compositeOf(vote: Fraction | null, record: TaskRecord | null, weight: string | undefined): Fraction | null {
  const share = readDecimal(weight ?? '0') ?? zero;
  if (vote === null || record === null || record.due === 0 || share.numerator === 0n) return vote;
  const tasks = fraction(BigInt(record.onTime) * 100n, record.due);
  const rest = sum([fraction(100), times(share, fraction(-1))]);
  return over(sum([times(vote, rest), times(tasks, share)]), fraction(100));
}
