import type { Context } from '#core/context';
import { auditOf } from '../audit/store.ts';
import { findReplies } from '../deadlines/replies/store.ts';
import { findSends } from '../deadlines/sends/store.ts';
import { findLightChanges } from '../lights/store.ts';
import type { WorkItem } from '../work-items/records.ts';
import type { OrderFact, OrderFacts, SupervisionOrder } from './model.ts';
import { findReportsOf } from './store.ts';

/**
 * 取事实 — all that the order says about the item comes from the record: sends, replies, reports, changes of the limit and the
 * orders before this one, each with its time. Nothing is typed by hand.
 */
export async function collectFacts(ctx: Pick<Context, 'tx'>, item: WorkItem, former: readonly SupervisionOrder[]): Promise<OrderFacts> {
  const { tx } = ctx;
  const lines: OrderFact[] = [
    ...(item.issuedAt ? [{ at: iso(item.issuedAt), kind: 'issue' as const }] : []),
    ...(item.acknowledgedAt ? [{ at: iso(item.acknowledgedAt), kind: 'acknowledge' as const }] : []),
  ];
  for (const { submittedAt, status, percent, reporterName } of await findReportsOf(tx, item.id)) {
    lines.push({ at: iso(submittedAt), kind: 'report', status, percent, people: [reporterName] });
  }
  for (const { at, kind, level, recipients } of await findSends(tx, [item.id])) {
    // 反馈提醒与逾期无关；拟稿的一步发给督查员，不是发给单位的。
    if ((kind !== 'ladder' && kind !== 'manual') || level === 'L4') continue;
    lines.push({ at: iso(at), kind: 'send', level: level ?? kind, people: recipients.map(({ name, copy }) => (copy ? `${name}（抄送）` : name)) });
  }
  for (const { at, status, text, cause, measure, byName } of await findReplies(tx, item.id)) {
    lines.push({ at: iso(at), kind: 'reply', status, people: [byName], text: text ?? [cause, measure].filter(Boolean).join('；') });
  }
  for (const { at, detail } of await auditOf(tx, { type: 'workItem', id: item.id })) {
    const { dueBefore, dueAfter, reason } = (detail ?? {}) as { dueBefore?: string; dueAfter?: string; reason?: string };
    if (dueBefore === undefined || dueAfter === undefined || dueBefore === dueAfter) continue;
    lines.push({ at, kind: 'due', from: dueBefore, to: dueAfter, ...(reason ? { text: reason } : {}) });
  }
  for (const { at, from, to } of await findLightChanges(tx, item.id)) {
    // 第一次记下的不是变化。
    if (from !== null) lines.push({ at: iso(at), kind: 'light', from, to });
  }
  const numbered = former.flatMap(({ number, signedAt, status }) => (number && signedAt ? [{ number, signedAt, status }] : []));
  for (const { number, signedAt, status } of numbered) lines.push({ at: iso(signedAt), kind: 'order', text: number, status });
  lines.sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
  const { dueOn, originalDueOn, percent } = item;
  return { dueOn, originalDueOn, percent, lines, formerNumbers: numbered.filter(({ status }) => status !== 'voided').map(({ number }) => number) };
}

/** 批里读出的时刻有的是文字。 */
function iso(at: Date | string): string {
  return new Date(at).toISOString();
}
