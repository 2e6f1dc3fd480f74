import type { Tx } from '#core/context';
import { oneByOne, type RawDb, statement } from '#db/rows';

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
export const lockWaitingList: (tx: Tx, whose: Whose) => Promise<WaitingListState> = statement('progress.lockWaitingList', (db, asked) =>
  oneByOne(asked, async (whose) => {
    const former = await lock(db, whose);
    if (former) return former;
    await db.$executeRaw`INSERT INTO "WaitingListCard" (list, "personId") VALUES (${whose.list}, ${whose.personId}) ON CONFLICT DO NOTHING`;
    return (await lock(db, whose)) ?? { sentAt: null, newestAt: null, open: 0, page: 0, readingUntil: null };
  }),
);

async function lock(db: RawDb, { list, personId }: Whose): Promise<WaitingListState | undefined> {
  const [state] = await db.$queryRaw<WaitingListState[]>`
    SELECT "sentAt", "newestAt", open, page, "readingUntil" FROM "WaitingListCard" WHERE list = ${list} AND "personId" = ${personId} FOR UPDATE`;
  return state;
}

/** 记下清单的样子 — what is not given stays as it was. */
export const saveWaitingList: (tx: Tx, state: Whose & Partial<WaitingListState>) => Promise<void> = statement(
  'progress.saveWaitingList',
  (db, states) =>
    oneByOne(states, async ({ list, personId, ...state }) => {
      const given = JSON.stringify(state);
      await db.$executeRaw`
      INSERT INTO "WaitingListCard" AS w (list, "personId", "sentAt", "newestAt", open, page, "readingUntil")
      SELECT ${list}, ${personId}, "sentAt", "newestAt", COALESCE(open, 0), COALESCE(page, 0), "readingUntil"
      FROM jsonb_to_record(${given}::jsonb) AS x("sentAt" timestamptz, "newestAt" timestamptz, open int, page int, "readingUntil" timestamptz)
      ON CONFLICT (list, "personId") DO UPDATE SET
        "sentAt" = CASE WHEN ${given}::jsonb ? 'sentAt' THEN EXCLUDED."sentAt" ELSE w."sentAt" END,
        "newestAt" = CASE WHEN ${given}::jsonb ? 'newestAt' THEN EXCLUDED."newestAt" ELSE w."newestAt" END,
        open = CASE WHEN ${given}::jsonb ? 'open' THEN EXCLUDED.open ELSE w.open END,
        page = CASE WHEN ${given}::jsonb ? 'page' THEN EXCLUDED.page ELSE w.page END,
        "readingUntil" = CASE WHEN ${given}::jsonb ? 'readingUntil' THEN EXCLUDED."readingUntil" ELSE w."readingUntil" END`;
    }),
);
