import type { Tx } from '#core/context';
import { newId } from '#core/ids';
import { rows } from '#db/rows';

/** 纸质票 */
export interface Slip {
  readonly id: string;
  readonly sessionId: string;
  readonly voterClass: string;
  readonly serial: number;
  readonly state: 'valid' | 'void';
  readonly voidAskedBy: string | null;
}

const fields = { id: true, sessionId: true, voterClass: true, serial: true, state: true, voidAskedBy: true } as const;

/** 换一批票 — what was printed before is thrown away. @param hashes in the order of the serials, from 1 */
export async function replaceSlips(
  tx: Tx,
  { sessionId, voterClass, hashes }: { sessionId: string; voterClass: string; hashes: readonly string[] },
): Promise<void> {
  await rows(tx).ballotSlip.deleteMany({ where: { sessionId } });
  await rows(tx).ballotSlip.createMany({
    data: hashes.map((tokenHash, index) => ({ id: newId(), sessionId, voterClass, serial: index + 1, tokenHash, state: 'valid' })),
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

/** 作废一张 — false: it is void already. */
export async function voidSlip(tx: Tx, id: string): Promise<boolean> {
  const { count } = await rows(tx).ballotSlip.updateMany({ where: { id, state: 'valid', voidAskedBy: { not: null } }, data: { state: 'void' } });
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
