import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import type { BulletinFigures, BulletinState } from '../bulletin.ts';

/** 通报月报 */
export interface MonthlyBulletin {
  readonly id: string;
  /** 哪一期：`2026-09`，`W2026-09-21`，`Q2026-3`，`Y2026` */
  readonly month: string;
  readonly at: Date;
  readonly previousAt: Date;
  readonly state: BulletinState;
  readonly figures: BulletinFigures;
  /** 亮点 */
  readonly highlights: string;
  readonly draftedAt: Date;
  readonly editedBy: string | null;
  readonly releasedBy: string | null;
  readonly releasedAt: Date | null;
  readonly documentBlobId: string | null;
}

/** 找通报月报 */
export async function findBulletin(tx: Tx, where: { id: string } | { month: string }): Promise<MonthlyBulletin | null> {
  return (await rows(tx).monthlyBulletin.findUnique({ where })) as unknown as MonthlyBulletin | null;
}

/** 之前的一期月报 */
export async function findFormerBulletin(tx: Tx, before: Date): Promise<{ at: Date } | null> {
  return rows(tx).monthlyBulletin.findFirst({
    where: { at: { lt: before }, month: { startsWith: '2' } },
    orderBy: { at: 'desc' },
    select: { at: true },
  });
}

/** 存草稿 — false: this month has one already. */
export async function insertBulletin(tx: Tx, bulletin: MonthlyBulletin): Promise<boolean> {
  const { count } = await rows(tx).monthlyBulletin.createMany({ data: [{ ...bulletin, figures: bulletin.figures as object }], skipDuplicates: true });
  return count === 1;
}

/** 改通报月报 — false: it is no longer in that state. */
export async function moveBulletin(tx: Tx, { id, from, patch }: { id: string; from: BulletinState; patch: object }): Promise<boolean> {
  const { count } = await rows(tx).monthlyBulletin.updateMany({ where: { id, state: from }, data: patch });
  return count === 1;
}
