import { twoDecimals } from './fraction.ts';
import { type ClassTally, excellentRate, type SlotTally, scoreBands } from './tally.ts';

/** 可公布的一类 — `score` and `distribution` are null where showing them would show single ballots. */
export interface ShownClass {
  readonly voterClass: string;
  readonly valid: number;
  readonly abstained: number;
  readonly invalid: number;
  readonly score: string | null;
  readonly distribution: ClassTally['distribution'] | null;
  /** what stands in the place of the score: a band, or 票数少，不单列 */
  readonly instead: string | null;
}

/** 可公布的结果 */
export interface ShownTally {
  readonly total: string | null;
  readonly excellentRate: string | null;
  readonly excellent: number | null;
  readonly valid: number;
  readonly abstained: number;
  readonly invalid: number;
  readonly classes: readonly ShownClass[];
  readonly renormalised: readonly string[];
}

type Cover = 'small' | 'alike' | 'complement';
const tooFew = '票数少，不单列';

/**
 * 公布到哪里为止 — a class with few ballots has no breakdown; one whose ballots are all alike shows only the band of its score.
 * Both could be worked out from the total and the other classes, so further classes are covered until at least two are, with
 * enough ballots between them. Where there are too few ballots in all, nothing but the counts is shown.
 */
export function disclose(slot: SlotTally, smallClass: number): ShownTally {
  const { valid, abstained, invalid, renormalised } = slot;
  const enough = valid >= smallClass;
  const covers = coversOf(slot, smallClass);
  return {
    total: enough && slot.total ? twoDecimals(slot.total) : null,
    excellentRate: enough && valid > 0 ? twoDecimals(excellentRate(slot), true) : null,
    excellent: enough ? slot.excellent : null,
    valid,
    abstained,
    invalid,
    classes: slot.classes.map((each) => show(each, enough ? covers.get(each.voterClass) : 'small')),
    renormalised,
  };
}

/** 遮住的类别 — those with ballots of which neither score nor distribution is shown; no other output may show them either. */
export function coveredClasses({ classes }: ShownTally): ShownClass[] {
  return classes.filter(({ valid, distribution }) => valid > 0 && distribution === null);
}

function coversOf({ classes }: SlotTally, smallClass: number): Map<string, Cover> {
  const covers = new Map<string, Cover>();
  for (const each of classes) {
    if (each.valid > 0 && each.valid < smallClass) covers.set(each.voterClass, 'small');
    else if (each.valid > 1 && isAlike(each)) covers.set(each.voterClass, 'alike');
  }
  if (covers.size === 0) return covers;
  const open = classes.filter(({ voterClass, valid }) => valid > 0 && !covers.has(voterClass)).sort((left, right) => left.valid - right.valid);
  const covered = (): number => classes.reduce((all, { voterClass, valid }) => all + (covers.has(voterClass) ? valid : 0), 0);
  for (const next of open) {
    if (covers.size >= 2 && covered() >= smallClass) break;
    covers.set(next.voterClass, 'complement');
  }
  return covers;
}

function isAlike({ distribution, valid, score }: ClassTally): boolean {
  return score !== null && distribution.some(({ votes }) => votes === valid);
}

function show(each: ClassTally, cover: Cover | undefined): ShownClass {
  const { voterClass, valid, abstained, invalid, score, distribution } = each;
  const counts = { voterClass, valid, abstained, invalid };
  if (score === null) return { ...counts, score: null, distribution: null, instead: '没有有效票' };
  if (cover === undefined) return { ...counts, score: twoDecimals(score), distribution, instead: null };
  return { ...counts, score: null, distribution: null, instead: cover === 'small' ? tooFew : bandOf(each) };
}

/** 分数所在的段 */
function bandOf({ score }: ClassTally): string {
  const points = score ? Number(score.numerator) / Number(score.denominator) : 0;
  return scoreBands.find(({ from }) => points >= from)?.name ?? tooFew;
}
