import type { Tx } from '#core/context';
import { rows } from '#db/rows';

/** 公文的种类，各有一册登记簿 */
export type NumberedKind = 'supervisionOrder';

/** 登记簿的一行 */
export interface RegisteredNumber {
  readonly series: string;
  readonly year: number;
  readonly number: number;
  /** 湾督〔2026〕3号 */
  readonly text: string;
  readonly subjectId: string;
  readonly takenAt: Date;
  readonly takenBy: string;
  readonly voidedAt: Date | null;
  readonly voidedBy: string | null;
  readonly voidReason: string | null;
}

/**
 * 取号 — the next number of the year's book, entered in the register. The book's row stays locked until the commit, so whoever
 * signs next waits and gets the next one; what is rolled back gives its number back by itself. Lock order: item, order, book,
 * head of the audit chain — take the number as late as the transaction allows.
 */
export async function takeNumber(
  tx: Tx,
  {
    series,
    year,
    pattern,
    subjectId,
    takenAt,
    takenBy,
  }: Omit<RegisteredNumber, 'number' | 'text' | 'voidedAt' | 'voidedBy' | 'voidReason'> & {
    series: NumberedKind;
    pattern: string;
  },
): Promise<string> {
  const [taken] = await rows(tx).$queryRaw<{ text: string }[]>`
    WITH book AS (
      INSERT INTO "NumberSeries" (series, year, last) VALUES (${series}, ${year}, 1)
      ON CONFLICT (series, year) DO UPDATE SET last = "NumberSeries".last + 1
      RETURNING last
    )
    INSERT INTO "DocumentNumber" (series, year, number, text, "subjectId", "takenAt", "takenBy")
    SELECT ${series}, ${year}, last, replace(${withYear(pattern, year)}, '{number}', last::text), ${subjectId}, ${takenAt}, ${takenBy} FROM book
    RETURNING text`;
  if (!taken) throw new Error(`no number for ${subjectId}`);
  return taken.text;
}

/** 写文号 — GB/T 9704: the year in full in 〔〕, no leading zeros, no 第. */
function withYear(pattern: string, year: number): string {
  return pattern.replaceAll('{year}', String(year));
}

/** 作废号 — it stays in the register, with the reason. */
export async function voidNumber(tx: Tx, subjectId: string, voided: { voidedAt: Date; voidedBy: string; voidReason: string }): Promise<void> {
  await rows(tx).documentNumber.update({ where: { subjectId }, data: voided });
}

/** 按号找 — newest year first; `3`, or the whole number as written. */
export async function findNumber(
  tx: Tx,
  series: NumberedKind,
  wanted: { number: number; year: number } | { text: string },
): Promise<RegisteredNumber | null> {
  return rows(tx).documentNumber.findFirst({ where: { series, ...wanted } });
}
