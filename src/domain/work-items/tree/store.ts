import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import type { WorkItem } from '../records.ts';

/**
 * 读一棵树 — the whole tree in which an item stands, in order, with its root held until the end of the transaction: whoever rolls up or
 * closes in the same tree waits, and then sees what the former one wrote.
 */
export async function lockTree(tx: Tx, itemId: string): Promise<WorkItem[]> {
  const db = rows(tx);
  const [root] = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM "WorkItem" WHERE id = (
      WITH RECURSIVE above AS (
        SELECT id, "parentId" FROM "WorkItem" WHERE id = ${itemId}
        UNION ALL
        SELECT i.id, i."parentId" FROM above a JOIN "WorkItem" i ON i.id = a."parentId"
      ) SELECT id FROM above WHERE "parentId" IS NULL
    ) FOR UPDATE`;
  return root ? readTree(tx, root.id) : [];
}

/** 读一棵树，不占住 @param rootId the top */
export async function readTree(tx: Tx, rootId: string): Promise<WorkItem[]> {
  const found = await rows(tx).$queryRaw<{ item: WorkItem }[]>`
    WITH RECURSIVE tree AS (
      SELECT i.*, ARRAY[]::int[] AS place FROM "WorkItem" i WHERE i.id = ${rootId}
      UNION ALL
      SELECT i.*, t.place || i.position FROM tree t JOIN "WorkItem" i ON i."parentId" = t.id
    )
    SELECT to_jsonb(tree) - 'internalNote' - 'place' AS item FROM tree ORDER BY place, code`;
  return found.map(({ item }) => item);
}
