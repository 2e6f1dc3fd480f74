import { inParts } from '#core/breathe';
import type { Tx } from '#core/context';
import { addDays, instantAt, type LocalDate } from '#core/dates';
import { rows } from '#db/rows';
import { endedStatuses } from '../../work-items/model.ts';
import type { ReminderLevel } from '../ladder-policy.ts';
import type { Told } from '../recipients.ts';

export type ReminderKind = 'ladder' | 'feedback' | 'receipt' | 'manual';

/** 一条提醒记录 */
export interface ReminderRecord {
  readonly id: string;
  /** 事项或任务书 */
  readonly subjectId: string;
  readonly kind: ReminderKind;
  readonly step: string;
  readonly level: ReminderLevel | null;
  readonly offset: number | null;
  readonly baseOn: LocalDate;
  readonly at: Date;
  readonly byName: string;
  readonly recipients: readonly Told[];
  /** 当时知道的 */
  readonly known: Readonly<Record<string, unknown>>;
}

/** 卡片上的一行 */
export interface ReminderEntry {
  readonly subjectId: string;
  readonly kind: ReminderKind;
  readonly level: ReminderLevel | null;
  /** the feedback day that the line reminds of */
  readonly feedbackOn: LocalDate | null;
  /** 抄送 */
  readonly copy: boolean;
  /** 抄送给迟了的配合单位：它要分工反馈；早先的记录里没有 */
  readonly support?: boolean;
  /** 同时告知 */
  readonly others: readonly string[];
  /** 收不到的人 */
  readonly unreached: readonly string[];
}

/** 一个人的合并提醒卡 */
export interface ReminderCardRecord {
  readonly id: string;
  readonly personId: string;
  readonly on: LocalDate;
  readonly at: Date;
  readonly auto: boolean;
  readonly byName: string;
  readonly lines: readonly ReminderEntry[];
}

/** 一次写这么多行 */
const writeAtOnce = 100;

const keyOf = ({ subjectId, baseOn, step }: Pick<ReminderRecord, 'subjectId' | 'baseOn' | 'step'>): string => `${subjectId}|${baseOn}|${step}`;

/** 记提醒 — those that were recorded already are left out; what comes back may be sent. */
export async function insertSends<T extends ReminderRecord>(tx: Tx, sends: readonly T[]): Promise<T[]> {
  const fresh = new Set<string>();
  await inParts(sends, writeAtOnce, async (part) => {
    for (const inserted of await insertSome(tx, part)) fresh.add(keyOf(inserted));
  });
  return sends.filter((send) => fresh.has(keyOf(send)));
}

type SendKey = Pick<ReminderRecord, 'subjectId' | 'baseOn' | 'step'>;

async function insertSome(tx: Tx, sends: readonly ReminderRecord[]): Promise<SendKey[]> {
  // 只写记录的各栏：跟着走的事项不写。
  const given = sends.map(({ id, subjectId, kind, step, level, offset, baseOn, at, byName, recipients, known }) => ({
    ...{ id, subjectId, kind, step, level, offset, baseOn, at, byName, recipients, known },
  }));
  return rows(tx).$queryRaw<SendKey[]>`
    INSERT INTO "ReminderSend" (id, "subjectId", kind, step, level, "offset", "baseOn", at, "byName", recipients, known)
    SELECT id, "subjectId", kind, step, level, "offset", "baseOn", at, "byName", recipients, known
    FROM jsonb_to_recordset(${JSON.stringify(given)}::jsonb) AS x(id text, "subjectId" text, kind text, step text, level text, "offset" int,
      "baseOn" text, at timestamptz, "byName" text, recipients jsonb, known jsonb)
    ON CONFLICT ("subjectId", "baseOn", step) DO NOTHING
    RETURNING "subjectId", "baseOn", step`;
}

/** 某事项的提醒记录，先后为序 */
export async function findSends(tx: Tx, subjectIds: readonly string[]): Promise<ReminderRecord[]> {
  return (await rows(tx).reminderSend.findMany({
    where: { subjectId: { in: [...subjectIds] } },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
  })) as unknown as ReminderRecord[];
}

/** 那一天提醒过的事项 — by whatever kind of reminder. */
export async function findRemindedOn(tx: Tx, subjectIds: readonly string[], day: LocalDate): Promise<string[]> {
  const found = await rows(tx).reminderSend.findMany({
    where: { subjectId: { in: [...subjectIds] }, at: { gte: instantAt(day), lt: instantAt(addDays(day, 1)) } },
    select: { subjectId: true },
    distinct: ['subjectId'],
  });
  return found.map(({ subjectId }) => subjectId);
}

/** 记合并卡 */
export async function insertCards(tx: Tx, cards: readonly ReminderCardRecord[]): Promise<void> {
  await inParts(cards, writeAtOnce, async (part) => {
    await rows(tx).$executeRaw`
      INSERT INTO "ReminderCard" (id, "personId", "on", at, auto, "byName", lines)
      SELECT id, "personId", "on", at, auto, "byName", lines FROM jsonb_to_recordset(${JSON.stringify(part)}::jsonb) AS x(
        id text, "personId" text, "on" text, at timestamptz, auto boolean, "byName" text, lines jsonb)`;
  });
}

/** 找合并卡 */
export async function findReminderCard(tx: Tx, id: string): Promise<ReminderCardRecord | null> {
  return (await rows(tx).reminderCard.findUnique({ where: { id } })) as unknown as ReminderCardRecord | null;
}

/** 找几张合并卡 */
export async function findReminderCards(tx: Tx, ids: readonly string[]): Promise<ReminderCardRecord[]> {
  return (await rows(tx).reminderCard.findMany({ where: { id: { in: [...ids] } } })) as unknown as ReminderCardRecord[];
}

/** 当天此前已自动收到提醒卡的人 — and when. One merged card a day is all that a person gets (domain B9). @param before cards of this moment do not count */
export async function findPeopleReminded(
  tx: Tx,
  { day, personIds, before }: { day: LocalDate; personIds: readonly string[]; before: Date },
): Promise<Map<string, Date>> {
  const found = await rows(tx).$queryRaw<{ personId: string; at: Date }[]>`
    SELECT "personId", min(at) AS at FROM "ReminderCard"
    WHERE "on" = ${day} AND "personId" = ANY(${[...personIds]}::text[]) AND auto AND at < ${before}::timestamptz GROUP BY "personId"`;
  return new Map(found.map(({ personId, at }) => [personId, at]));
}

/** 此人后来又收到过提醒卡 */
export async function hasNewerCard(tx: Tx, { personId, at }: Pick<ReminderCardRecord, 'personId' | 'at'>): Promise<boolean> {
  return (await rows(tx).reminderCard.findFirst({ where: { personId, at: { gt: at } }, select: { id: true } })) !== null;
}

/** 待签收的任务书 */
export interface AwaitingBook {
  readonly id: string;
  readonly year: number;
  readonly unitCode: string;
  readonly itemCount: number;
  readonly acknowledgeBy: Date;
}

/** 该提醒签收的任务书 — not signed, something in it still to be done, not yet reminded of. @param by the limit for the receipt lies before it */
export async function findAwaitingBooks(tx: Tx, by: Date): Promise<AwaitingBook[]> {
  return rows(tx).$queryRaw<AwaitingBook[]>`
    SELECT b.id, b.year, b."unitCode", b."itemCount", b."acknowledgeBy" FROM "TaskBook" b
    WHERE b.status = 'issued' AND b."acknowledgeBy" < ${by}
      AND EXISTS (SELECT 1 FROM "WorkItem" i WHERE i."bookId" = b.id AND i.status <> ALL(${[...endedStatuses]}::text[]))
      AND NOT EXISTS (SELECT 1 FROM "ReminderSend" s WHERE s."subjectId" = b.id AND s.kind = 'receipt')
    ORDER BY b."unitCode"`;
}

/** 读任务书 — for a card that is drawn again. */
export async function findBooks(
  tx: Tx,
  ids: readonly string[],
): Promise<(Omit<AwaitingBook, 'acknowledgeBy'> & { acknowledgeBy: Date | null; status: string })[]> {
  if (ids.length === 0) return [];
  return rows(tx).taskBook.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, year: true, unitCode: true, itemCount: true, acknowledgeBy: true, status: true },
  });
}
