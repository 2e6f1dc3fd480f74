import type { Tx } from '#core/context';
import type { LocalDate } from '#core/dates';
import { rows } from '#db/rows';
import type { UrgeReplyStatus } from '../reply-model.ts';

/** 催办回复 */
export interface UrgeReply {
  readonly id: string;
  readonly itemId: string;
  /** 回复时的时限 */
  readonly dueOn: LocalDate;
  readonly status: UrgeReplyStatus;
  /** 只打了一句话的 */
  readonly text: string | null;
  readonly cause: string | null;
  readonly measure: string | null;
  readonly promisedOn: LocalDate | null;
  readonly byId: string;
  readonly byName: string;
  readonly at: Date;
  readonly decidedBy: string | null;
  readonly returnReason: string | null;
}

/** 记回复 */
export async function insertReply(tx: Tx, reply: UrgeReply): Promise<void> {
  await rows(tx).urgeReply.create({ data: reply });
}

/** 找回复 */
export async function findReply(tx: Tx, id: string): Promise<UrgeReply | null> {
  return (await rows(tx).urgeReply.findUnique({ where: { id } })) as UrgeReply | null;
}

/** 某事项最近的回复 */
export async function findLastReply(tx: Tx, itemId: string): Promise<UrgeReply | null> {
  return (await rows(tx).urgeReply.findFirst({ where: { itemId }, orderBy: [{ at: 'desc' }, { id: 'desc' }] })) as UrgeReply | null;
}

/** 某事项的全部回复，先后为序 */
export async function findReplies(tx: Tx, itemId: string): Promise<UrgeReply[]> {
  return (await rows(tx).urgeReply.findMany({ where: { itemId }, orderBy: [{ at: 'asc' }, { id: 'asc' }] })) as UrgeReply[];
}

/** 锁事项的回复 — two replies to one chase follow each other. */
export async function lockPlan(tx: Tx, itemId: string): Promise<void> {
  await rows(tx).$queryRaw`SELECT 1 FROM "ReminderPlan" WHERE "itemId" = ${itemId} FOR UPDATE`;
}

/** 改回复状态 — false: somebody was faster. */
export async function moveReply(tx: Tx, { id, from, patch }: { id: string; from: UrgeReplyStatus; patch: object }): Promise<boolean> {
  const { count } = await rows(tx).urgeReply.updateMany({ where: { id, status: from }, data: patch });
  return count === 1;
}

/** 等回复的事项 — chased from L2 on under the present limit, without an answer that was accepted. @param by items of these posts or units */
export async function findUnansweredItemIds(tx: Tx, by: { postIds: readonly string[]; unitCodes: readonly string[] }): Promise<string[]> {
  const found = await rows(tx).$queryRaw<{ id: string }[]>`
    SELECT i.id FROM "WorkItem" i JOIN "ReminderPlan" p ON p."itemId" = i.id
    WHERE i.status IN ('issued', 'inProgress')
      AND (i."responsiblePostId" = ANY(${[...by.postIds]}::text[]) OR i."liaisonPostId" = ANY(${[...by.postIds]}::text[])
        OR i."leadUnit" = ANY(${[...by.unitCodes]}::text[]))
      AND EXISTS (SELECT 1 FROM "ReminderSend" s WHERE s."subjectId" = i.id AND s.level IN ('L2', 'L3')
        AND s."baseOn" = CASE WHEN p."promisedFor" = i."dueOn" THEN p."promisedOn" ELSE i."dueOn" END)
    ORDER BY i."dueOn", i.code`;
  return found.map(({ id }) => id);
}
