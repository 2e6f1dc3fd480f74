/** 一个单位里要用的人 */
export interface UnitPeople {
  readonly unitCode: string;
  /** open_id of the head, and of the liaison */
  readonly head: string;
  readonly liaison: string;
}

type Query = <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** 布置几个单位 — each with a book that waits for its receipt (`book0`…) and an item in progress (`item0`…); far quicker than playing the story up to there. */
export async function furnishUnits(query: Query, count: number): Promise<UnitPeople[]> {
  const people = await query<UnitPeople & { liaisonPost: string }>(
    `SELECT h."unitCode", hp."openId" AS head, lp."openId" AS liaison, min(l.id) AS "liaisonPost"
     FROM "Post" h JOIN "PostHolding" hh ON hh."postId" = h.id AND hh."toOn" IS NULL JOIN "Person" hp ON hp.id = hh."personId" AND hp."openId" IS NOT NULL
     JOIN "Post" l ON l."unitCode" = h."unitCode" AND l.role = 'liaison' JOIN "PostHolding" lh ON lh."postId" = l.id AND lh."toOn" IS NULL
     JOIN "Person" lp ON lp.id = lh."personId" AND lp."openId" IS NOT NULL
     WHERE h.role = 'unitHead' AND hp.id <> lp.id GROUP BY 1, 2, 3 ORDER BY 1 LIMIT $1`,
    [count],
  );
  for (const [index, { unitCode, liaisonPost }] of people.entries()) {
    await query(
      `INSERT INTO "TaskBook" (id, year, "unitCode", kind, status, "itemCount", "issuedAt", "acknowledgeBy", "documentName")
       VALUES ($1, 2026, $2, 'annual', 'issued', 0, '2026-09-14', '2026-09-16', '任务书.docx')`,
      [`book${index}`, unitCode],
    );
    await query(
      `INSERT INTO "WorkItem" (id, year, code, series, number, kind, status, title, category, goal, measures, "leadUnit", "supportingUnits", "liaisonPostId", "dueOn", "originalDueOn", "feedbackPeriod", metrics, "bookId")
       VALUES ($1, 2026, $2, '试', $3, 'keyTask', 'inProgress', '渔排清退协商签约', '民生社会', '全部签约', '逐户上门', $4, '{}', $5, '2026-12-31', '2026-12-31', 'monthly', '[]', $6)`,
      [`item${index}`, `试-${index + 1}`, index + 1, unitCode, liaisonPost, `book${index}`],
    );
  }
  return people;
}
