import type { Hall } from './hall-model.ts';
import type { RealHall } from './hall-real.ts';
import type { Score } from './hall-scores.ts';

/** 公布出来的 */
export interface Shown {
  readonly total: string | null;
  readonly excellentRate: string | null;
  readonly used: number;
  readonly valid: number | null;
  readonly abstained: number | null;
  readonly invalid: number | null;
  readonly classes: readonly {
    readonly voterClass: string;
    readonly valid: number | null;
    readonly abstained: number | null;
    readonly score: string | null;
    readonly instead: string | null;
    readonly distribution: readonly { readonly name: string; readonly votes: number }[] | null;
  }[];
  readonly renormalised: readonly string[];
}

/** 一家的结果 */
export interface Result {
  readonly unitName: string;
  readonly rank: number | null;
  readonly round: number;
  readonly shown: Shown;
  readonly task?: { readonly vote: string | null; readonly onTime: number; readonly due: number };
}

/** 遮住的一类：得分、分布、弃权都不说 */
export const isCovered = ({ valid, distribution }: Shown['classes'][number]): boolean => distribution === null && valid !== 0;

/** 总分怎样写 */
export const totalWords = ({ total, why }: Score): string => total ?? `${why}，不公布`;

/** 一家各类的得分怎样写 */
export function classWords({ shown, task }: Result): string {
  const words = shown.classes.map(({ voterClass, score, instead }) => `${voterClass}${score ?? instead ?? ''}`).join(' ');
  if (!task) return words;
  return `${words}　测评${task.vote ?? '不公布'} 按时办结${task.due === 0 ? '没有到期的，只计测评' : `${task.onTime}/${task.due}`}`;
}

/** 看什么 @property hash 票面指纹 */
export interface Given {
  readonly step: string;
  readonly model: Hall;
  readonly hall: RealHall;
  readonly results: readonly Result[];
  readonly hash: string;
}
