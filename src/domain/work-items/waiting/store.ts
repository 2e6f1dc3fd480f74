import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import { decidableStatuses } from '../model.ts';
import type { ProgressReport, WorkItem } from '../records.ts';

/** 待办的反馈 — with its item, and the name of the unit that speaks. */
export interface WaitingReport {
  readonly report: ProgressReport;
  readonly item: WorkItem;
  readonly unitName: string;
}

/** 待审签或待采纳的反馈 — those of items that are under way, the longest waiting first. @param leadUnits null: of all units */
export async function findWaitingReports(
  tx: Tx,
  { status, leadUnits }: { status: 'submitted' | 'signedOff'; leadUnits: readonly string[] | null },
): Promise<WaitingReport[]> {
  const units = leadUnits && [...leadUnits];
  return rows(tx).$queryRaw<WaitingReport[]>`
    SELECT to_jsonb(r) AS report, to_jsonb(i) - 'internalNote' AS item, u.name AS "unitName"
    FROM "ProgressReport" r JOIN "WorkItem" i ON i.id = r."itemId" JOIN "Unit" u ON u.code = i."leadUnit"
    WHERE r.status = ${status} AND i.status = ANY(${[...decidableStatuses]}::text[]) AND (${units}::text[] IS NULL OR i."leadUnit" = ANY(${units}::text[]))
    ORDER BY COALESCE(r."signedOffAt", r."submittedAt"), i.code`;
}

/** 这一步之后的反馈，近的在前 — for the line that says what has been dealt with today. */
export async function findDecidedReports(
  tx: Tx,
  { list, leadUnits, since, limit }: { list: 'signOff' | 'adopt'; leadUnits: readonly string[] | null; since: Date; limit: number },
): Promise<{ code: string; status: ProgressReport['status'] }[]> {
  const units = leadUnits && [...leadUnits];
  return rows(tx).$queryRaw<{ code: string; status: ProgressReport['status'] }[]>`
    SELECT i.code, r.status
    FROM "ProgressReport" r JOIN "WorkItem" i ON i.id = r."itemId"
    CROSS JOIN LATERAL (SELECT CASE WHEN ${list} = 'signOff' THEN GREATEST(r."signedOffAt", CASE WHEN r."signedOffAt" IS NULL THEN r."returnedAt" END)
      ELSE GREATEST(r."adoptedAt", CASE WHEN r."signedOffAt" IS NOT NULL THEN r."returnedAt" END) END AS at) decided
    WHERE decided.at >= ${since}::timestamptz AND (${units}::text[] IS NULL OR i."leadUnit" = ANY(${units}::text[]))
    ORDER BY decided.at DESC, i.code LIMIT ${limit}`;
}

/** 某事项的反馈，先报的在前 @param limit the newest so many */
export async function findReportsOf(tx: Tx, itemId: string, limit: number): Promise<ProgressReport[]> {
  const found = await rows(tx).progressReport.findMany({ where: { itemId }, orderBy: { round: 'desc' }, take: limit });
  return (found as unknown as ProgressReport[]).reverse();
}
