import { createHash } from 'node:crypto';
import { csvCell } from '#core/csv';

/** 票面文件的一行 */
export interface BallotLine {
  readonly unitCode: string;
  readonly unitName: string;
  readonly voterClass: string;
  readonly choice: string | null;
}

/**
 * 票面文件 — every ballot of a session, sorted by what is on it, so that the file says nothing about when or by whom it was cast.
 * @param salt random, when the file is withheld and only its fingerprint published: a few ballots can be put in so few ways that
 * whoever tries them all would know the file by its fingerprint
 */
export function ballotsFile(
  sessionId: string,
  ballots: readonly BallotLine[],
  salt: string | null = null,
): { readonly bytes: Buffer; readonly sha256: string } {
  const lines = ballots
    .map(({ unitCode, unitName, voterClass, choice }) => [sessionId, unitCode, unitName, voterClass, choice ?? ''].map(csvCell).join(','))
    .sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  if (salt !== null) lines.push(['封存', salt, '', '', ''].join(','));
  const bytes = Buffer.from(`\ufeff场次编号,单位代码,单位名称,类别,等次\n${lines.map((line) => `${line}\n`).join('')}`);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}
