import { workItemMachine } from '../work-items/model.ts';
import type { WorkItem } from '../work-items/records.ts';

/** 重现所看的留痕 */
export interface PastLine {
  readonly event: string;
  readonly before: string | null;
  readonly detail: unknown;
}

const statusEvents: ReadonlySet<string> = new Set(workItemMachine.events);
/** 记进度的留痕，改前的比例在 before 里 */
const percentEvents: ReadonlySet<string> = new Set(['adopt', 'rollUp', 'progress']);

/**
 * 回到当时 — undoes what the trail says happened since, the newest first. What the trail does not keep (titles, names, figures of
 * metrics) stays as it is today; the card says so.
 */
export function undo(item: WorkItem, since: readonly PastLine[]): WorkItem {
  const past: { -readonly [Key in keyof WorkItem]: WorkItem[Key] } = { ...item };
  for (const { event, before, detail } of [...since].reverse()) {
    if (before !== null && statusEvents.has(event)) past.status = before as WorkItem['status'];
    if (before !== null && percentEvents.has(event)) past.percent = Number(before);
    const { former } = (detail ?? {}) as { former?: Partial<WorkItem> };
    if (!former) continue;
    Object.assign(past, former);
    if (former.issuedAt !== undefined) past.issuedAt = former.issuedAt === null ? null : new Date(former.issuedAt);
  }
  return past;
}
