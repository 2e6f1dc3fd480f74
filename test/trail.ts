import type pg from 'pg';

/** 读库 */
type Ask = <Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

interface Line {
  readonly type: string;
  readonly id: string;
  readonly event: string;
  readonly before: string | null;
  readonly after: string | null;
  /** the record that the line of an item speaks of */
  readonly about: string | null;
}

/** 事项的留痕里说到的别的东西：这一行使它生，或使它变 */
const spoken: Readonly<Record<string, { readonly kind: string; readonly before?: string; readonly after?: string }>> = {
  report: { kind: 'progressReport' },
  applyForCompletion: { kind: 'completionRequest' },
  requestExtension: { kind: 'extensionRequest' },
  explainDelay: { kind: 'extensionRequest' },
  decline: { kind: 'itemDecline', after: 'filed' },
  replyToUrge: { kind: 'urgeReply' },
  acceptReply: { kind: 'urgeReply' },
  returnReply: { kind: 'urgeReply' },
  suspend: { kind: 'suspension', after: 'open' },
  resume: { kind: 'suspension', before: 'open', after: 'closed' },
  resumeUnsigned: { kind: 'suspension', before: 'open', after: 'closed' },
  resumeVerification: { kind: 'suspension', before: 'open', after: 'closed' },
};

/** 一登记就在的：导入时一行说全部 */
const initial: Readonly<Record<string, string>> = { workItem: 'draft', taskBook: 'pendingApproval' };

const itemStatuses = [
  ...['draft', 'issued', 'declinePending', 'inProgress', 'underVerification', 'onSiteVerification'],
  ...['completed', 'suspended', 'cancelled', 'archived'],
];

/**
 * 留痕与状态 — I7: every record came into being with exactly one line, every line goes on from the state that the last one left, and the
 * last one left it as it is. So no change is without its line, and no line without its change.
 * @param items of which items the states are to be compared; left out: of all
 */
export async function trailGaps(ask: Ask, items?: readonly string[]): Promise<string[]> {
  const rows = await ask<{ kind: string; id: string; status: string }>(`
    SELECT 'workItem' AS kind, id, status FROM "WorkItem" UNION ALL SELECT 'taskBook', id, status FROM "TaskBook"
    UNION ALL SELECT 'progressReport', id, status FROM "ProgressReport" UNION ALL SELECT 'completionRequest', id, status FROM "CompletionRequest"
    UNION ALL SELECT 'extensionRequest', id, status FROM "ExtensionRequest" UNION ALL SELECT 'itemDecline', id, status FROM "ItemDecline"
    UNION ALL SELECT 'urgeReply', id, status FROM "UrgeReply" UNION ALL SELECT 'supervisionOrder', id, status FROM "SupervisionOrder"
    UNION ALL SELECT 'suspension', id, CASE WHEN "resumedAt" IS NULL THEN 'open' ELSE 'closed' END FROM "Suspension"`);
  const lines = await ask<Line>(
    `SELECT "subjectType" AS type, "subjectId" AS id, event, before, after,
       COALESCE(detail->>'reportId', detail->>'requestId', detail->>'declineId', detail->>'replyId', detail->>'suspensionId') AS about
     FROM "AuditEntry" WHERE "subjectType" = ANY($1) AND event <> 'moveReceiptLimit' ORDER BY seq`,
    [['workItem', 'taskBook', 'progressReport', 'completionRequest', 'extensionRequest', 'itemDecline', 'supervisionOrder']],
  );
  const problems: string[] = [];
  const at = new Map<string, string>();
  const step = (kind: string, id: string, { event, before, after }: { event: string; before: string | null; after: string }): void => {
    const key = `${kind} ${id}`;
    const last = at.get(key) ?? initial[kind] ?? null;
    if (before !== last && !(before === null && !at.has(key))) problems.push(`I7 ${key}: the trail jumps from ${last} to ${before} (${event})`);
    at.set(key, after);
  };
  for (const { type, id, event, before, after, about } of lines) {
    if (after !== null && (type !== 'workItem' || (itemStatuses.includes(after) && (before === null || itemStatuses.includes(before)))))
      step(type, id, { event, before, after });
    const other = type === 'workItem' ? spoken[event] : undefined;
    if (other && about !== null) {
      const given = { event, before: other.after === undefined ? before : (other.before ?? null), after: other.after ?? after ?? '' };
      step(other.kind, about, given);
    }
  }
  const compared = rows.filter(({ kind, id }) => kind !== 'workItem' || items === undefined || items.includes(id));
  for (const { kind, id, status } of compared) {
    const end = at.get(`${kind} ${id}`) ?? initial[kind];
    if (end !== status) problems.push(`I7 ${kind} ${id}: the trail ends at ${end ?? 'nothing'}, it is ${status}`);
  }
  const known = new Set(rows.map(({ kind, id }) => `${kind} ${id}`));
  for (const key of at.keys()) if (!known.has(key)) problems.push(`I7 ${key}: the trail speaks of what is not there`);
  return problems;
}
