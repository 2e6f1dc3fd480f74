import { twoDecimals } from './fraction.ts';
import { type ClassTally, excellentRate, isSilent, piecesOf, type SlotTally, scoreBands } from './tally.ts';

/** 可公布的一类 — what is null is covered: showing it would show single ballots, and 弃权 is one of the things a ballot may say. */
export interface ShownClass {
  readonly voterClass: string;
  readonly valid: number | null;
  readonly abstained: number | null;
  readonly invalid: number | null;
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
  /** 收回；早先的结果里没有记 */
  readonly used?: number;
  readonly valid: number | null;
  readonly abstained: number | null;
  readonly invalid: number | null;
  readonly classes: readonly ShownClass[];
  readonly renormalised: readonly string[];
}

type Cover = 'small' | 'alike' | 'complement';
const tooFew = '票数少，不单列';
const nothing = { valid: null, abstained: null, invalid: null };

/**
 * 公布到哪里为止 — a class with few valid ballots has no breakdown, nor is it said how many of it abstained; one whose ballots are all
 * alike shows only the band of its score. Both could be worked out from the total and the other classes, so further classes are covered
 * until at least two are, with enough ballots between them. Where there are too few ballots in all, or a whole class abstained, nothing
 * but the pieces is shown: which of the two it is can't be told, nor which class.
 */
export function disclose(slot: SlotTally, smallClass: number): ShownTally {
  const { valid, abstained, invalid, renormalised } = slot;
  const enough = valid >= smallClass && !slot.classes.some(isSilent);
  const covers = coversOf(slot, smallClass);
  return {
    total: enough && slot.total ? twoDecimals(slot.total) : null,
    excellentRate: enough ? twoDecimals(excellentRate(slot), true) : null,
    excellent: enough ? slot.excellent : null,
    used: piecesOf(slot),
    ...(enough ? { valid, abstained, invalid } : nothing),
    classes: slot.classes.map((each) => show(each, enough ? covers.get(each.voterClass) : 'small')),
    renormalised,
  };
}

/** 遮住的类别 — those with ballots of which neither score nor distribution is shown; no other output may show them either. */
export function coveredClasses({ classes }: ShownTally): ShownClass[] {
  return classes.filter(({ valid, distribution }) => distribution === null && valid !== 0);
}

/** 因票少而遮住 — by what stands in the place of the score. */
export const isTooFew = ({ instead }: ShownClass): boolean => instead === tooFew;

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
  if (piecesOf(each) === 0) return { voterClass, valid, abstained, invalid, score: null, distribution: null, instead: '没有有效票' };
  if (cover === undefined) return { voterClass, valid, abstained, invalid, score: score && twoDecimals(score), distribution, instead: null };
  return { voterClass, ...nothing, score: null, distribution: null, instead: cover === 'small' ? tooFew : bandOf(each) };
}

/** 分数所在的段 */
function bandOf({ score }: ClassTally): string {
  const points = score ? Number(score.numerator) / Number(score.denominator) : 0;
  return scoreBands.find(({ from }) => points >= from)?.name ?? tooFew;
}
