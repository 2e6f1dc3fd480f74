import type { Tx } from '#core/context';
import type { LocalDate } from '#core/dates';
import { rows } from '#db/rows';
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

const keyOf = ({ subjectId, baseOn, step }: Pick<ReminderRecord, 'subjectId' | 'baseOn' | 'step'>): string => `${subjectId}|${baseOn}|${step}`;

/** 记提醒 — those that were recorded already are left out; what comes back may be sent. */
export async function insertSends<T extends ReminderRecord>(tx: Tx, sends: readonly T[]): Promise<T[]> {
  if (sends.length === 0) return [];
  const inserted = await rows(tx).$queryRaw<Pick<ReminderRecord, 'subjectId' | 'baseOn' | 'step'>[]>`
    INSERT INTO "ReminderSend" (id, "subjectId", kind, step, level, "offset", "baseOn", at, "byName", recipients, known)
    SELECT id, "subjectId", kind, step, level, "offset", "baseOn", at, "byName", recipients, known
    FROM jsonb_to_recordset(${JSON.stringify(sends)}::jsonb) AS x(id text, "subjectId" text, kind text, step text, level text, "offset" int,
      "baseOn" text, at timestamptz, "byName" text, recipients jsonb, known jsonb)
    ON CONFLICT ("subjectId", "baseOn", step) DO NOTHING
    RETURNING "subjectId", "baseOn", step`;
  const fresh = new Set(inserted.map(keyOf));
  return sends.filter((send) => fresh.has(keyOf(send)));
}

/** 某事项的提醒记录，先后为序 */
export async function findSends(tx: Tx, subjectIds: readonly string[]): Promise<ReminderRecord[]> {
  return (await rows(tx).reminderSend.findMany({
    where: { subjectId: { in: [...subjectIds] } },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
  })) as unknown as ReminderRecord[];
}

/** 记合并卡 */
export async function insertCards(tx: Tx, cards: readonly ReminderCardRecord[]): Promise<void> {
  if (cards.length === 0) return;
  await rows(tx).reminderCard.createMany({ data: cards.map((card) => ({ ...card, lines: card.lines.map((line) => ({ ...line })) as never })) });
}

/** 找合并卡 */
export async function findReminderCard(tx: Tx, id: string): Promise<ReminderCardRecord | null> {
  return (await rows(tx).reminderCard.findUnique({ where: { id } })) as unknown as ReminderCardRecord | null;
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

/** 该提醒签收的任务书 — not signed, not yet reminded of. @param by the limit for the receipt lies before it */
export async function findAwaitingBooks(tx: Tx, by: Date): Promise<AwaitingBook[]> {
  return rows(tx).$queryRaw<AwaitingBook[]>`
    SELECT b.id, b.year, b."unitCode", b."itemCount", b."acknowledgeBy" FROM "TaskBook" b
    WHERE b.status = 'issued' AND b."acknowledgeBy" < ${by}
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
