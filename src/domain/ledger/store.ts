import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import { openStatuses, projectKinds } from '../work-items/model.ts';
import type { WorkItem } from '../work-items/records.ts';
import { itemFields } from '../work-items/store.ts';
import type { PastLine } from './past.ts';

/** 台账的范围 — an undefined part does not narrow it. */
export interface LedgerRange {
  readonly year: number;
  readonly ids?: readonly string[];
  readonly leadUnits?: readonly string[];
  /** 编号在此之后的，至多几项；整页读 */
  readonly page?: { readonly after: string; readonly limit: number };
}

/** 台账上的事项 — whole items, in the order of codes; neither the tasks of projects nor the parts of broken-down items. */
export async function findLedgerItems(tx: Tx, { year, ids, leadUnits, page }: LedgerRange): Promise<WorkItem[]> {
  const found = await rows(tx).workItem.findMany({
    where: {
      year,
      parentId: null,
      kind: { notIn: [...projectKinds] },
      ...(ids ? { id: { in: [...ids] } } : {}),
      ...(leadUnits ? { leadUnit: { in: [...leadUnits] } } : {}),
      ...(page ? { code: { gt: page.after } } : {}),
    },
    select: itemFields,
    orderBy: { code: 'asc' },
    ...(page ? { take: page.limit } : {}),
  });
  return found as unknown as WorkItem[];
}

/** 当时之外的事实 — the newest report and request as they stood at the instant. */
export interface ItemFacts {
  readonly itemId: string;
  /** 那时有没有撤销的子任务：由它们反馈 */
  readonly hasChildren: boolean;
  readonly reportPercent: number | null;
  readonly reportContent: string | null;
  readonly reportDifficulties: string | null;
  readonly reportBy: string | null;
  /** names of its attachments, one a line */
  readonly reportFiles: string | null;
  readonly submittedAt: Date | null;
  readonly signedOffAt: Date | null;
  readonly adoptedAt: Date | null;
  readonly returnedAt: Date | null;
  readonly sentBackAt: Date | null;
  /** 进度最近一次有变化的反馈 */
  readonly movedAt: Date | null;
  /** 采纳了的承诺日期，时限没有再改的 */
  readonly promisedOn: string | null;
  /** 有令过了那时的回复时限还没有回复；退回重办的不算回复 */
  readonly orderUnanswered: boolean;
}

/** 反馈和办结申请的情况 */
export async function findFacts(tx: Tx, { itemIds, at }: { itemIds: readonly string[]; at: Date }): Promise<Map<string, ItemFacts>> {
  if (itemIds.length === 0) return new Map();
  const found = await rows(tx).$queryRaw<ItemFacts[]>`
    SELECT x.id AS "itemId",
      EXISTS (
        SELECT 1 FROM "WorkItem" part WHERE part."parentId" = x.id AND (part."issuedAt" <= ${at} OR EXISTS (
          SELECT 1 FROM "AuditEntry" a WHERE a."subjectType" = 'workItem' AND a."subjectId" = part.id AND a.event = 'passOn' AND a.at > ${at}
            AND (a.detail->'former'->>'issuedAt')::timestamptz <= ${at}))
          AND (part.status <> 'cancelled' OR EXISTS (
          SELECT 1 FROM "AuditEntry" a WHERE a."subjectType" = 'workItem' AND a."subjectId" = part.id AND a.event = 'cancel' AND a.at > ${at}))
      ) AS "hasChildren",
      r.percent AS "reportPercent", r.content AS "reportContent", r.difficulties AS "reportDifficulties", r."reporterName" AS "reportBy",
      (SELECT string_agg(a."fileName", E'\\n' ORDER BY a.at) FROM "ReportAttachment" a WHERE a."reportId" = r.id AND a.at <= ${at}) AS "reportFiles",
      r."submittedAt", r."signedOffAt", r."adoptedAt", r."returnedAt", c."sentBackAt",
      (SELECT max(m."submittedAt") FROM (
         SELECT m."submittedAt", m.percent, lag(m.percent, 1, COALESCE(m."previousPercent", 0)) OVER (ORDER BY m.round) AS before FROM "ProgressReport" m
         WHERE m."itemId" = x.id AND m."submittedAt" <= ${at}) m WHERE m.percent <> m.before) AS "movedAt",
      (SELECT p."promisedOn" FROM "ReminderPlan" p JOIN "WorkItem" i ON i.id = p."itemId"
         WHERE p."itemId" = x.id AND p."promisedFor" = i."dueOn" AND p."promisedAt" <= ${at}) AS "promisedOn",
      EXISTS (
        SELECT 1 FROM "SupervisionOrder" o WHERE o."itemId" = x.id AND o."signedAt" <= ${at}
          AND COALESCE((
            SELECT (a.detail->'former'->>'replyBy')::timestamptz FROM "AuditEntry" a WHERE a."subjectType" = 'supervisionOrder'
              AND a."subjectId" = o.id AND a.at > ${at} AND a.detail->'former'->>'replyBy' IS NOT NULL ORDER BY a.seq LIMIT 1
          ), o."replyBy") < ${at}
          AND (o."closedAt" IS NULL OR o."closedAt" > ${at}) AND (o."voidedAt" IS NULL OR o."voidedAt" > ${at})
          AND NOT EXISTS (SELECT 1 FROM "OrderReply" reply WHERE reply."orderId" = o.id AND reply.at <= ${at}
            AND (reply.status <> 'sentBack' OR reply."decidedAt" > ${at}))
      ) AS "orderUnanswered"
    FROM unnest(${[...itemIds]}::text[]) AS x(id)
    LEFT JOIN LATERAL (SELECT * FROM "ProgressReport" r WHERE r."itemId" = x.id AND r."submittedAt" <= ${at} ORDER BY r.round DESC LIMIT 1) r ON true
    LEFT JOIN LATERAL (
      SELECT CASE WHEN c.status = 'sentBack' AND c."decidedAt" <= ${at} THEN c."decidedAt" END AS "sentBackAt"
      FROM "CompletionRequest" c WHERE c."itemId" = x.id AND c."requestedAt" <= ${at} ORDER BY c.round DESC LIMIT 1
    ) c ON true`;
  return new Map(found.map((facts) => [facts.itemId, facts]));
}

/** 那以后的留痕 — of each item, in order. */
export async function findLinesSince(tx: Tx, { itemIds, at }: { itemIds: readonly string[]; at: Date }): Promise<Map<string, PastLine[]>> {
  const found = await rows(tx).auditEntry.findMany({
    where: { subjectType: 'workItem', subjectId: { in: [...itemIds] }, at: { gt: at } },
    orderBy: { seq: 'asc' },
    select: { subjectId: true, event: true, before: true, detail: true },
  });
  const lines = new Map<string, PastLine[]>();
  for (const { subjectId, ...line } of found) {
    const list = lines.get(subjectId);
    if (list) list.push(line);
    else lines.set(subjectId, [line]);
  }
  return lines;
}

/** 最近一次对催办的回复 — what people said last about each item. */
export async function findLastReplies(tx: Tx, itemIds: readonly string[]): Promise<Map<string, { readonly words: string; readonly at: Date }>> {
  if (itemIds.length === 0) return new Map();
  const found = await rows(tx).$queryRaw<{ itemId: string; words: string; at: Date }[]>`
    SELECT x.id AS "itemId", COALESCE(r.cause, r.text, '') AS words, r.at FROM unnest(${[...itemIds]}::text[]) AS x(id)
    JOIN LATERAL (SELECT * FROM "UrgeReply" r WHERE r."itemId" = x.id ORDER BY r.at DESC LIMIT 1) r ON true`;
  return new Map(found.map(({ itemId, words, at }) => [itemId, { words, at }]));
}

/** 这一年里出现过的类别和专题 */
export async function findSections(tx: Tx, year: number): Promise<{ categories: string[]; themes: string[]; leaders: string[] }> {
  const found = await rows(tx).$queryRaw<{ categories: string[] | null; themes: string[] | null; leaders: string[] | null }[]>`
    SELECT array_agg(DISTINCT category) FILTER (WHERE category <> '') AS categories, array_agg(DISTINCT theme) FILTER (WHERE theme <> '') AS themes,
      array_agg(DISTINCT "leaderInCharge") FILTER (WHERE "leaderInCharge" <> '') AS leaders
    FROM "WorkItem" WHERE year = ${year} AND kind <> ALL(${[...projectKinds]}::text[])`;
  const [row] = found;
  return { categories: row?.categories ?? [], themes: row?.themes ?? [], leaders: row?.leaders ?? [] };
}

/** 往年未办结的事项 — of the years before this one, oldest first. */
export async function findOpenBefore(tx: Tx, { year, leadUnits }: { year: number; leadUnits?: readonly string[] }): Promise<WorkItem[]> {
  const found = await rows(tx).workItem.findMany({
    where: {
      year: { lt: year },
      parentId: null,
      kind: { notIn: [...projectKinds] },
      status: { in: [...openStatuses] },
      ...(leadUnits ? { leadUnit: { in: [...leadUnits] } } : {}),
    },
    select: itemFields,
    orderBy: [{ year: 'asc' }, { code: 'asc' }],
  });
  return found as unknown as WorkItem[];
}

/** 还有在办事项的年份 */
export async function findOpenYears(tx: Tx): Promise<number[]> {
  const found = await rows(tx).workItem.groupBy({
    by: ['year'],
    where: { status: { in: [...openStatuses] }, kind: { notIn: [...projectKinds] } },
    orderBy: { year: 'asc' },
  });
  return found.map(({ year }) => year);
}

/** 一段时间里提交的反馈 — when, by item. */
export async function findReportTimes(tx: Tx, { from, to }: { from: Date; to: Date }): Promise<Map<string, Date[]>> {
  const found = await rows(tx).progressReport.findMany({
    where: { submittedAt: { gt: from, lte: to } },
    select: { itemId: true, submittedAt: true },
  });
  const times = new Map<string, Date[]>();
  for (const { itemId, submittedAt } of found) times.set(itemId, [...(times.get(itemId) ?? []), submittedAt]);
  return times;
}
