import type { Tx } from '#core/context';
import { newId } from '#core/ids';
import { rows } from '#db/rows';

/** 纸质票 */
export interface Slip {
  readonly id: string;
  readonly sessionId: string;
  readonly voterClass: string;
  readonly serial: number;
  /** spare 备用，换票时才启用 */
  readonly state: 'valid' | 'spare' | 'void';
  readonly voidAskedBy: string | null;
}

const fields = { id: true, sessionId: true, voterClass: true, serial: true, state: true, voidAskedBy: true } as const;

/** 印出的一张，还没有号 */
export interface PrintedSlip {
  readonly voterClass: string;
  readonly tokenHash: string;
  readonly spare: boolean;
}

/** 换一批票 — what was printed before is thrown away. @param slips in the order of their serials, from 1 */
export async function replaceSlips(tx: Tx, { sessionId, slips }: { sessionId: string; slips: readonly PrintedSlip[] }): Promise<void> {
  await rows(tx).ballotSlip.deleteMany({ where: { sessionId } });
  await rows(tx).ballotSlip.createMany({
    data: slips.map(({ spare, ...slip }, index) => ({ id: newId(), sessionId, ...slip, serial: index + 1, state: spare ? 'spare' : 'valid' })),
  });
}

/** 凭票找票 — void ones too. */
export async function findSlip(tx: Tx, tokenHash: string): Promise<Slip | null> {
  return (await rows(tx).ballotSlip.findUnique({ where: { tokenHash }, select: fields })) as Slip | null;
}

/** 凭号找票 */
export async function findSlipBySerial(tx: Tx, { sessionId, serial }: { sessionId: string; serial: number }): Promise<Slip | null> {
  return (await rows(tx).ballotSlip.findUnique({ where: { sessionId_serial: { sessionId, serial } }, select: fields })) as Slip | null;
}

/** 提出作废一张 — false: it was asked for already, or is void. */
export async function askSlipVoid(tx: Tx, { id, askedBy }: { id: string; askedBy: string }): Promise<boolean> {
  const { count } = await rows(tx).ballotSlip.updateMany({ where: { id, state: 'valid', voidAskedBy: null }, data: { voidAskedBy: askedBy } });
  return count === 1;
}

/** 等监督员同意作废的 */
export async function findAskedSlips(tx: Tx, sessionId: string): Promise<Slip[]> {
  return (await rows(tx).ballotSlip.findMany({
    where: { sessionId, state: 'valid', voidAskedBy: { not: null } },
    orderBy: { serial: 'asc' },
    select: fields,
  })) as Slip[];
}

/** 作废一张 — false: it is void already. */
export async function voidSlip(tx: Tx, id: string): Promise<boolean> {
  const { count } = await rows(tx).ballotSlip.updateMany({ where: { id, state: 'valid', voidAskedBy: { not: null } }, data: { state: 'void' } });
  return count === 1;
}

/** 下一张备用票 — of the class, the lowest serial; null: they are used up. */
export async function findSpare(tx: Tx, { sessionId, voterClass }: { sessionId: string; voterClass: string }): Promise<Slip | null> {
  const found = await rows(tx).ballotSlip.findFirst({
    where: { sessionId, voterClass, state: 'spare' },
    orderBy: { serial: 'asc' },
    select: fields,
  });
  return found as Slip | null;
}

/** 启用备用票 — false: it was taken meanwhile. */
export async function activateSpare(tx: Tx, id: string): Promise<boolean> {
  const { count } = await rows(tx).ballotSlip.updateMany({ where: { id, state: 'spare' }, data: { state: 'valid' } });
  return count === 1;
}

/** 网页钥匙 */
export interface ReviewLink {
  readonly key: string;
  readonly sessionId: string;
  readonly kind: 'print' | 'screen';
  readonly validUntil: Date;
  readonly used: boolean;
}

/** 发一把钥匙 */
export async function insertLink(tx: Tx, link: Omit<ReviewLink, 'used'>): Promise<void> {
  await rows(tx).reviewLink.create({ data: link });
}

/** 找钥匙 — expired ones are none. */
export async function findLink(tx: Tx, { key, kind, now }: { key: string; kind: ReviewLink['kind']; now: Date }): Promise<ReviewLink | null> {
  return (await rows(tx).reviewLink.findFirst({ where: { key, kind, validUntil: { gt: now } } })) as ReviewLink | null;
}

/** 用掉钥匙 — false: it was used. */
export async function spendLink(tx: Tx, key: string): Promise<boolean> {
  const { count } = await rows(tx).reviewLink.updateMany({ where: { key, used: false }, data: { used: true } });
  return count === 1;
}
