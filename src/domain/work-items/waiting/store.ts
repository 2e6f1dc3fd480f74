import type { Tx } from '#core/context';
import { oneByOne, type RawDb, rows, statement } from '#db/rows';
import { decidableStatuses } from '../model.ts';
import type { ProgressReport, WorkItem } from '../records.ts';

/** 待办的反馈 — with its item, and the name of the unit that speaks. */
export interface WaitingReport {
  readonly report: ProgressReport;
  readonly item: WorkItem;
  readonly unitName: string;
}

interface Waiting {
  readonly status: 'submitted' | 'signedOff';
  /** null: of all units */
  readonly leadUnits: readonly string[] | null;
}

// 先找在等的反馈，再逐件取事项：写成连接，计划按空表定，事项一多就把全区的翻一遍。
/** 待审签或待采纳的反馈 — those of items that are under way, the longest waiting first. */
export const findWaitingReports: (tx: Tx, asked: Waiting) => Promise<WaitingReport[]> = statement('waiting.findReports', (db, asked) =>
  oneByOne(
    asked,
    ({ status, leadUnits }) => db.$queryRaw<WaitingReport[]>`
      SELECT to_jsonb(r) AS report, to_jsonb(i) - 'internalNote' AS item, u.name AS "unitName"
      FROM (SELECT * FROM "ProgressReport" WHERE status = ${status} OFFSET 0) r
      CROSS JOIN LATERAL (SELECT * FROM "WorkItem" WHERE id = r."itemId" OFFSET 0) i JOIN "Unit" u ON u.code = i."leadUnit"
      WHERE i.status = ANY(${[...decidableStatuses]}::text[]) AND (${leadUnits}::text[] IS NULL OR i."leadUnit" = ANY(${leadUnits}::text[]))
      ORDER BY COALESCE(r."signedOffAt", r."submittedAt"), i.code`,
  ),
);

interface Decided {
  readonly list: 'signOff' | 'adopt';
  readonly leadUnits: readonly string[] | null;
  readonly since: Date;
  readonly limit: number;
}

interface DecidedReport {
  readonly year: number;
  readonly code: string;
  readonly status: ProgressReport['status'];
}

/** 这一步之后的反馈，近的在前 — for the line that says what has been dealt with today. */
export const findDecidedReports: (tx: Tx, asked: Decided) => Promise<DecidedReport[]> = statement('waiting.findDecided', (db, asked) =>
  oneByOne(asked, (one) => (one.list === 'signOff' ? signedOff(db, one) : adopted(db, one))),
);

// 审签和采纳各有一个表达式索引（0036_decided），写法要与它一字不差。
const signedOff = (db: RawDb, { leadUnits, since, limit }: Decided): Promise<DecidedReport[]> => db.$queryRaw<DecidedReport[]>`
  SELECT i.year, i.code, r.status FROM "ProgressReport" r JOIN "WorkItem" i ON i.id = r."itemId"
  WHERE COALESCE(r."signedOffAt", r."returnedAt") >= ${since}::timestamptz AND (${leadUnits}::text[] IS NULL OR i."leadUnit" = ANY(${leadUnits}::text[]))
  ORDER BY COALESCE(r."signedOffAt", r."returnedAt") DESC, i.code LIMIT ${limit}::int`;

const adopted = (db: RawDb, { leadUnits, since, limit }: Decided): Promise<DecidedReport[]> => db.$queryRaw<DecidedReport[]>`
  SELECT i.year, i.code, r.status FROM "ProgressReport" r JOIN "WorkItem" i ON i.id = r."itemId"
  WHERE GREATEST(r."adoptedAt", r."returnedAt") >= ${since}::timestamptz AND (r."adoptedAt" IS NOT NULL OR r."signedOffAt" IS NOT NULL)
    AND (${leadUnits}::text[] IS NULL OR i."leadUnit" = ANY(${leadUnits}::text[]))
  ORDER BY GREATEST(r."adoptedAt", r."returnedAt") DESC, i.code LIMIT ${limit}::int`;

/** 某事项的反馈，先报的在前 @param limit the newest so many */
export async function findReportsOf(tx: Tx, itemId: string, limit: number): Promise<ProgressReport[]> {
  const found = await rows(tx).progressReport.findMany({ where: { itemId }, orderBy: { round: 'desc' }, take: limit });
  return (found as unknown as ProgressReport[]).reverse();
}
