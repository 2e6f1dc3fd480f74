import { inParts } from '#core/breathe';
import type { Tx } from '#core/context';
import { type LocalDate, localDateOf } from '#core/dates';
import { rows } from '#db/rows';
import { type ExtensionStatus, pendingStatuses } from '../../extensions/model.ts';
import { type ProgressReportStatus, projectKinds, type WorkItemStatus } from '../../work-items/model.ts';
import type { LadderFacts } from '../ladder.ts';
import { defaultRules, type LadderRules, type ReminderLevel, readRules } from '../ladder-policy.ts';

/** 在提醒的事项 — what a reminder says about it, and what decides when. */
export interface PlannedItem {
  readonly id: string;
  readonly year: number;
  readonly code: string;
  readonly title: string;
  readonly status: WorkItemStatus;
  readonly leadUnit: string;
  readonly supportingUnits: readonly string[];
  readonly responsiblePostId: string | null;
  readonly liaisonPostId: string | null;
  readonly leaderInCharge: string | null;
  readonly dueOn: LocalDate;
  readonly originalDueOn: LocalDate;
  readonly percent: number;
  /** 采纳的回复里承诺的日期 */
  readonly promisedOn: LocalDate | null;
  /** 延期待批 */
  readonly extensionPending: boolean;
  readonly lastReport: { readonly status: ProgressReportStatus; readonly on: LocalDate; readonly round: number } | null;
  readonly facts: LadderFacts;
  /** 读的时候，计划被叫醒过几次 */
  readonly woken: number;
}

interface PlannedRow {
  readonly id: string;
  readonly year: number;
  readonly code: string;
  readonly title: string;
  readonly status: WorkItemStatus;
  readonly leadUnit: string;
  readonly supportingUnits: readonly string[];
  readonly responsiblePostId: string | null;
  readonly liaisonPostId: string | null;
  readonly leaderInCharge: string | null;
  readonly dueOn: LocalDate;
  readonly originalDueOn: LocalDate;
  readonly percent: number;
  readonly issuedAt: Date | null;
  readonly startOn: LocalDate | null;
  readonly feedbackPeriod: string;
  readonly rules: unknown;
  readonly promisedOn: LocalDate | null;
  readonly promisedAt: Date | null;
  readonly sentOffset: number | null;
  readonly sentLevels: ReminderLevel[] | null;
  readonly policyAppliedAt: Date | null;
  readonly woken: number;
  readonly remindedFeedbackOn: LocalDate | null;
  readonly hasChildren: boolean;
  readonly reportStatus: ProgressReportStatus | null;
  readonly reportedAt: Date | null;
  readonly reportRound: number | null;
  readonly extensionStatus: ExtensionStatus | null;
  /** 现时限是何时批准的 */
  readonly extendedAt: Date | null;
}

/** 到点要看的事项 — by the partial index: as many as are due, whatever the number of items. */
export async function findDueItemIds(tx: Tx, by: Date): Promise<string[]> {
  const found = await rows(tx).$queryRaw<{ itemId: string }[]>`SELECT "itemId" FROM "ReminderPlan" WHERE "nextAt" <= ${by}`;
  return found.map(({ itemId }) => itemId);
}

/** 一次读这么多：三千项一次读出来，别人要等半秒。 */
const readAtOnce = 100;

/** 读提醒计划 — each item with its facts, in one statement for some hundreds. */
export async function findPlanned(tx: Tx, itemIds: readonly string[]): Promise<PlannedItem[]> {
  const planned: PlannedItem[] = [];
  await inParts(itemIds, readAtOnce, async (ids) => {
    planned.push(...(await readPlanned(tx, ids)));
  });
  return planned;
}

async function readPlanned(tx: Tx, itemIds: readonly string[]): Promise<PlannedItem[]> {
  const found = await rows(tx).$queryRaw<PlannedRow[]>`
    SELECT i.id, i.year, i.code, i.title, i.status, i."leadUnit", i."supportingUnits", i."responsiblePostId", i."liaisonPostId", i."leaderInCharge", i."dueOn", i."originalDueOn", i.percent,
      i."issuedAt", COALESCE(i."startOn", i."issueOn") AS "startOn", i."feedbackPeriod", policy.rules,
      promise."on" AS "promisedOn", CASE WHEN promise."on" IS NOT NULL THEN p."promisedAt" END AS "promisedAt",
      (SELECT max(s."offset") FROM "ReminderSend" s
         WHERE s."subjectId" = i.id AND s.kind = 'ladder' AND s."baseOn" = COALESCE(promise."on", i."dueOn")) AS "sentOffset",
      (SELECT array_agg(DISTINCT s.level) FROM "ReminderSend" s
         WHERE s."subjectId" = i.id AND s.kind = 'ladder' AND s."baseOn" = COALESCE(promise."on", i."dueOn")) AS "sentLevels",
      p."policyAppliedAt", p.woken,
      (SELECT max(s."baseOn") FROM "ReminderSend" s WHERE s."subjectId" = i.id AND s.kind = 'feedback') AS "remindedFeedbackOn",
      EXISTS (SELECT 1 FROM "WorkItem" child WHERE child."parentId" = i.id AND child.status <> 'cancelled') AS "hasChildren",
      r.status AS "reportStatus", r."submittedAt" AS "reportedAt", r.round AS "reportRound",
      extension.status AS "extensionStatus", CASE WHEN extension."approvedOn" = i."dueOn" THEN extension."decidedAt" END AS "extendedAt"
    FROM "WorkItem" i
    JOIN "ReminderPlan" p ON p."itemId" = i.id
    LEFT JOIN "LadderPolicy" policy ON policy.id = COALESCE(p."policyId", (SELECT max(id) FROM "LadderPolicy"))
    CROSS JOIN LATERAL (SELECT CASE WHEN p."promisedFor" = i."dueOn" THEN p."promisedOn" END AS "on") promise
    LEFT JOIN LATERAL (SELECT status, "submittedAt", round FROM "ProgressReport" r WHERE r."itemId" = i.id ORDER BY r.round DESC LIMIT 1) r ON true
    LEFT JOIN LATERAL (SELECT status, "approvedOn", "decidedAt" FROM "ExtensionRequest" e WHERE e."itemId" = i.id ORDER BY e.round DESC LIMIT 1) extension ON true
    WHERE i.id = ANY(${[...itemIds]}::text[])
    ORDER BY i."dueOn", i.code`;
  const parsed = new Map<unknown, LadderRules>();
  return found.map((row) => toPlanned(row, rulesOf(row.rules, parsed)));
}

/** 同一版规则只解析一次。 */
function rulesOf(stored: unknown, parsed: Map<unknown, LadderRules>): LadderRules {
  if (stored === null) return defaultRules;
  const key = JSON.stringify(stored);
  const rules = parsed.get(key) ?? readRules(stored);
  parsed.set(key, rules);
  return rules;
}

function toPlanned(row: PlannedRow, rules: LadderRules): PlannedItem {
  const { id, year, code, title, status, leadUnit, supportingUnits, responsiblePostId, liaisonPostId, leaderInCharge } = row;
  const { dueOn, originalDueOn, percent, promisedOn } = row;
  const extensionPending = row.extensionStatus !== null && pendingStatuses.includes(row.extensionStatus);
  const reportedOn = row.reportedAt === null ? null : localDateOf(row.reportedAt);
  return {
    ...{ id, year, code, title, status, leadUnit, supportingUnits, responsiblePostId, liaisonPostId, leaderInCharge },
    ...{ dueOn, originalDueOn, percent, promisedOn, woken: row.woken },
    extensionPending,
    lastReport: row.reportStatus === null || reportedOn === null ? null : { status: row.reportStatus, on: reportedOn, round: row.reportRound ?? 0 },
    facts: {
      rules,
      status,
      since: later(row.promisedAt ?? row.extendedAt ?? row.issuedAt, row.policyAppliedAt),
      startOn: row.issuedAt === null ? (row.startOn ?? dueOn) : localDateOf(row.issuedAt),
      baseOn: promisedOn ?? dueOn,
      sentOffset: row.sentOffset,
      sentLevels: row.sentLevels ?? [],
      orderHeld: extensionPending,
      feedbackPeriod: row.feedbackPeriod,
      hasChildren: row.hasChildren,
      lastReportedOn: reportedOn,
      remindedFeedbackOn: row.remindedFeedbackOn,
    },
  };
}

function later(left: Date | null, right: Date | null): Date | null {
  return left !== null && right !== null ? (left > right ? left : right) : (left ?? right);
}

/** 下一次要看 */
export interface NextLook {
  readonly itemId: string;
  readonly nextAt: Date | null;
  /** as it was read with the facts that this was reckoned from */
  readonly woken: number;
}

/** 记下一次要看的时刻 — except where the plan was woken meanwhile: what changed then is reckoned at the next sending time, not passed by. */
export async function saveNextLooks(tx: Tx, looks: readonly NextLook[]): Promise<void> {
  await inParts(looks, readAtOnce, async (part) => {
    await rows(tx).$executeRaw`
      UPDATE "ReminderPlan" p SET "nextAt" = x."nextAt"
      FROM jsonb_to_recordset(${JSON.stringify(part)}::jsonb) AS x("itemId" text, "nextAt" timestamptz, woken int)
      WHERE p."itemId" = x."itemId" AND p.woken = x.woken`;
  });
}

/** 叫醒全部计划 — the working days changed: every step is reckoned anew at the next sending time, and what was sent stays sent. */
export async function wakePlans(tx: Tx): Promise<void> {
  await rows(tx).$executeRaw`UPDATE "ReminderPlan" SET "nextAt" = 'epoch' WHERE "nextAt" IS NOT NULL`;
}

/** 叫醒一项的计划 — a part of it is gone: with none left the item is reported itself again. */
export async function wakePlan(tx: Tx, itemId: string): Promise<void> {
  await rows(tx).$executeRaw`UPDATE "ReminderPlan" SET "nextAt" = 'epoch' WHERE "itemId" = ${itemId}`;
}

/** 记下承诺的日期 — the reminders follow it from now on, as long as the limit stays what it is. */
export async function savePromise(
  tx: Tx,
  promise: { itemId: string; promisedOn: LocalDate; promisedFor: LocalDate; promisedAt: Date },
): Promise<void> {
  const { itemId, ...data } = promise;
  await rows(tx).reminderPlan.update({ where: { itemId }, data: { ...data, nextAt: new Date(0) } });
}

/** 作废此前的承诺 — the item is another unit's by now: the reminders go by its limit again. False: there was none. */
export async function dropPromise(tx: Tx, itemId: string, before: Date): Promise<boolean> {
  const data = { promisedOn: null, promisedFor: null, promisedAt: null, nextAt: new Date(0) };
  const { count } = await rows(tx).reminderPlan.updateMany({ where: { itemId, promisedAt: { lt: before } }, data });
  return count > 0;
}

/**
 * 该核对的事项 — near or past their limit by its index; of each feedback period in progress those that were not reminded in it (by the
 * index that the records themselves keep) and have not reported.
 */
export async function findAuditCandidates(
  tx: Tx,
  { horizon, feedbacks }: { horizon: LocalDate; feedbacks: readonly { period: string; opensOn: LocalDate; opensAt: Date }[] },
): Promise<{ id: string; code: string }[]> {
  const found = await rows(tx).$queryRaw<{ id: string; code: string }[]>`
    SELECT i.id, i.code FROM "WorkItem" i
    WHERE i."dueOn" <= ${horizon} AND i.status IN ('issued', 'inProgress') AND i.kind <> ALL(${[...projectKinds]}::text[])`;
  // 一期一句：日子写在条件里，才看得出要找的只是几项。
  for (const { period, opensOn, opensAt } of feedbacks) {
    found.push(
      ...(await rows(tx).$queryRaw<{ id: string; code: string }[]>`
        SELECT i.id, i.code FROM "ReminderPlan" p JOIN "WorkItem" i ON i.id = p."itemId"
        WHERE p."nextAt" IS NOT NULL AND p."feedbackPeriod" = ${period} AND p."feedbackRemindedOn" < ${opensOn}
          AND i.status = 'inProgress' AND i.kind <> ALL(${[...projectKinds]}::text[])
          AND NOT EXISTS (SELECT 1 FROM "WorkItem" child WHERE child."parentId" = i.id AND child.status <> 'cancelled')
          AND NOT EXISTS (SELECT 1 FROM "ProgressReport" r WHERE r."itemId" = i.id AND r."submittedAt" >= ${opensAt})`),
    );
  }
  return [...new Map(found.map((item) => [item.id, item])).values()];
}

/** 那以后变过的 — by the trail; what is only said about an item does not count. */
export async function findChangedSince(tx: Tx, itemIds: readonly string[], since: Date): Promise<string[]> {
  const found = await rows(tx).auditEntry.findMany({
    where: {
      ...{ subjectType: 'workItem', subjectId: { in: [...itemIds] }, at: { gte: since } },
      event: { notIn: ['urge', 'report', 'adopt', 'rollUp', 'replyToUrge', 'requestExtension', 'supportNote', 'askSupport'] },
    },
    select: { subjectId: true },
    distinct: ['subjectId'],
  });
  return found.map(({ subjectId }) => subjectId);
}

/** 最早的一步 — in working days from the limit, over all versions of the rules. */
export async function findEarliestOffset(tx: Tx): Promise<number> {
  const [found] = await rows(tx).$queryRaw<{ earliest: number | null }[]>`
    SELECT min((step->>'offset')::int) AS earliest FROM "LadderPolicy", jsonb_array_elements(rules->'steps') AS step`;
  return found?.earliest ?? -7;
}
