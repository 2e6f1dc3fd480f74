import { createHash } from 'node:crypto';
import { csvCell } from '#core/csv';

/** 票面文件的一行 */
export interface BallotLine {
  readonly unitCode: string;
  readonly unitName: string;
  readonly voterClass: string;
  readonly choice: string | null;
}

/** 封存的票 @property salt random: a few ballots can be put in so few ways that whoever tries them all would know them by their fingerprint */
export interface SealedBallots {
  readonly salt: string;
  readonly ballots: readonly BallotLine[];
}

/**
 * 票面文件 — every ballot of a session, sorted by what is on it, so that the file says nothing about when or by whom it was cast. Of the
 * sealed ones it has the fingerprint alone: whoever is shown them one day can tell that they are the same.
 * @returns bytes: the file for everybody; sha256: its fingerprint; kept: what is sealed, for the archive alone
 */
export function ballotsFile(
  sessionId: string,
  ballots: readonly BallotLine[],
  sealed: SealedBallots | null = null,
): { readonly bytes: Buffer; readonly sha256: string; readonly kept: Buffer } {
  const kept = Buffer.from(sealed === null ? '' : textOf([['封存', sealed.salt, '', '', ''].join(','), ...sorted(sessionId, sealed.ballots)]));
  const lines = ['场次编号,单位代码,单位名称,类别,等次', ...sorted(sessionId, ballots)];
  const bytes = Buffer.from(`\ufeff${textOf(sealed === null ? lines : [...lines, ['封存', fingerprint(kept), '', '', ''].join(',')])}`);
  return { bytes, sha256: fingerprint(bytes), kept };
}

const fingerprint = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

function sorted(sessionId: string, ballots: readonly BallotLine[]): string[] {
  return ballots
    .map(({ unitCode, unitName, voterClass, choice }) => [sessionId, unitCode, unitName, voterClass, choice ?? ''].map(csvCell).join(','))
    .sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
}
