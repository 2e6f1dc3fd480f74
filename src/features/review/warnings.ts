import type { ReviewSlot } from '#domain/review/model';

/** 提前多少秒提醒 — domain S7: 2:00 and 0:30, then the end. */
export const warnings = [120, 30, 0];

/** 提醒的说法 @param left seconds */
export const wordsOf = (left: number): string => (left === 0 ? '时间到' : left >= 60 ? `还剩${left / 60}分钟` : `还剩${left}秒`);

/** 最近的计时提醒 — the one that was reached last, whoever draws the console: a draw of another cause does not wipe it away. */
export function lastWarning({ state, phaseUntil }: Pick<ReviewSlot, 'state' | 'phaseUntil'>, now: Date): string {
  if (phaseUntil === null || (state !== 'reporting' && state !== 'questioning')) return '';
  const leftMs = phaseUntil.getTime() - now.getTime();
  const reached = warnings.filter((left) => leftMs <= left * 1000).at(-1);
  return reached === undefined ? '' : wordsOf(reached);
}
