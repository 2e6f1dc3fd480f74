import type { Tx } from '#core/context';
import { rows } from '#db/rows';

/** 归属 — whose database this is, and with which seal its buttons are sealed. */
export interface InstallationRow {
  readonly appId: string;
  /** the people in it are the emulator's */
  readonly demo: boolean;
  readonly claimedAt: Date;
  readonly sealMark: string;
  /** when another seal came into use; what was sealed before is not known any more; null: never */
  readonly sealedFrom: Date | null;
}

/** 有没有这张表 — not before the migrations of this version. */
export async function isClaimable(tx: Tx): Promise<boolean> {
  const [found] = await rows(tx).$queryRaw<{ there: boolean }[]>`SELECT to_regclass('"Installation"') IS NOT NULL AS there`;
  return found?.there ?? false;
}

/** 查归属 — null: nobody's yet. */
export async function findInstallation(tx: Tx): Promise<InstallationRow | null> {
  return rows(tx).installation.findUnique({ where: { id: 1 } });
}

/** 记归属 — two processes that start together leave one row. */
export async function saveInstallation(tx: Tx, installation: InstallationRow): Promise<void> {
  await rows(tx).installation.upsert({ where: { id: 1 }, create: { id: 1, ...installation }, update: installation });
}

/**
 * 忘掉发过的 — messages, uploaded files and commands that only the former application may touch; what waited to be sent is given up,
 * with the reason. @returns how many cards were out, and how many sends had waited
 */
export async function forgetSent(tx: Tx, { now, reason }: { now: Date; reason: string }): Promise<{ cards: number; unsent: number }> {
  const db = rows(tx);
  const { count: cards } = await db.cardMessage.deleteMany({});
  await db.uploadedFile.deleteMany({});
  await db.panelCommand.deleteMany({});
  const { count: unsent } = await db.outboxEntry.updateMany({
    where: { state: { in: ['pending', 'sending'] }, kind: { not: 'job' } },
    data: { state: 'dead', settledAt: now, claimedBy: null, leaseUntil: null, lastError: reason },
  });
  return { cards, unsent };
}
