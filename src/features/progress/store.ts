import type { Tx } from '#core/context';
import { rows } from '#db/rows';

/** 待审签或待采纳 */
export type WaitingList = 'signOff' | 'adopt';

/** 清单的卡片上次是什么样子 */
export interface WaitingListState {
  readonly sentAt: Date | null;
  readonly newestAt: Date | null;
  readonly open: number;
  readonly page: number;
  readonly readingUntil: Date | null;
}

type Whose = { readonly list: WaitingList; readonly personId: string };

/** 占住一张清单 — until the end of the transaction: whoever draws it next waits, and then sees what was committed meanwhile. */
export async function lockWaitingList(tx: Tx, { list, personId }: Whose): Promise<WaitingListState> {
  const db = rows(tx);
  await db.waitingListCard.createMany({ data: [{ list, personId }], skipDuplicates: true });
  const [state] = await db.$queryRaw<WaitingListState[]>`
    SELECT "sentAt", "newestAt", open, page, "readingUntil" FROM "WaitingListCard" WHERE list = ${list} AND "personId" = ${personId} FOR UPDATE`;
  return state ?? { sentAt: null, newestAt: null, open: 0, page: 0, readingUntil: null };
}

/** 记下清单的样子 */
export async function saveWaitingList(tx: Tx, { list, personId, ...state }: Whose & Partial<WaitingListState>): Promise<void> {
  const where = { list_personId: { list, personId } };
  await rows(tx).waitingListCard.upsert({ where, create: { list, personId, ...state }, update: state });
}
