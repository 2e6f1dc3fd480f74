import { inParts } from '#core/breathe';
import type { Tx } from '#core/context';
import { addDays, instantAt, type LocalDate } from '#core/dates';
import { rows } from '#db/rows';

/** 一个单位一周收到多少 — counted together; nobody's own number is ever shown. */
export interface UnitBurden {
  readonly unitCode: string;
  /** 收到过自动消息的人数 */
  readonly people: number;
  /** 发给人的自动消息数 */
  readonly toPeople: number;
  /** 发到单位群的 */
  readonly toGroup: number;
  /** 填报的次数，和其中一点“本期无变化”的 */
  readonly reports: number;
  readonly noChange: number;
  /** 要填的格数：反馈、催办回复、办结申请、延期申请里必填的 */
  readonly fields: number;
  /** 同一事项再次提醒的次数 */
  readonly repeated: number;
}

/** 各单位的负担 — from the outbox and the reports; answers to people's own questions are not counted. */
export async function countBurden(tx: Tx, { from, to, today }: { from: Date; to: Date; today: LocalDate }): Promise<UnitBurden[]> {
  return rows(tx).$queryRaw<UnitBurden[]>`
    WITH sent AS (
      SELECT o.recipient FROM "OutboxEntry" o
      WHERE o.state = 'sent' AND o.kind IN ('sendCard', 'sendText', 'sendFile') AND o.priority > 0 AND o."createdAt" > ${from} AND o."createdAt" <= ${to}
    ), home AS (
      SELECT DISTINCT ON (h."personId") h."personId", post."unitCode" FROM "PostHolding" h JOIN "Post" post ON post.id = h."postId"
      WHERE post."unitCode" IS NOT NULL AND h."fromOn" <= ${today} AND (h."toOn" IS NULL OR h."toOn" >= ${today})
      ORDER BY h."personId", post.position
    ), personal AS (
      SELECT home."unitCode", count(DISTINCT p.id)::int AS people, count(*)::int AS "toPeople"
      FROM sent JOIN "Person" p ON sent.recipient = 'person:' || p."openId" JOIN home ON home."personId" = p.id GROUP BY 1
    ), grouped AS (
      SELECT substr(b.purpose, 6) AS "unitCode", count(*)::int AS "toGroup"
      FROM sent JOIN "ChatBinding" b ON sent.recipient = 'chat:' || b."chatId" AND b.purpose LIKE 'unit:%' GROUP BY 1
    ), reported AS (
      SELECT i."leadUnit" AS "unitCode", count(*)::int AS reports, count(*) FILTER (WHERE r."noChange")::int AS "noChange"
      FROM "ProgressReport" r JOIN "WorkItem" i ON i.id = r."itemId" WHERE r."submittedAt" > ${from} AND r."submittedAt" <= ${to} GROUP BY 1
    ), filled AS (
      SELECT "itemId", 2 + jsonb_array_length(metrics) AS fields FROM "ProgressReport" WHERE NOT "noChange" AND "submittedAt" > ${from} AND "submittedAt" <= ${to}
      UNION ALL SELECT "itemId", 3 FROM "UrgeReply" WHERE cause IS NOT NULL AND at > ${from} AND at <= ${to}
      UNION ALL SELECT "itemId", 1 FROM "CompletionRequest" WHERE "requestedAt" > ${from} AND "requestedAt" <= ${to}
      UNION ALL SELECT "itemId", 3 FROM "ExtensionRequest" WHERE "requestedAt" > ${from} AND "requestedAt" <= ${to}
    ), asked AS (
      SELECT i."leadUnit" AS "unitCode", sum(f.fields)::int AS fields FROM filled f JOIN "WorkItem" i ON i.id = f."itemId" GROUP BY 1
    ), reminded AS (
      SELECT i."leadUnit" AS "unitCode", (count(*) - count(DISTINCT s."subjectId"))::int AS repeated
      FROM "ReminderSend" s JOIN "WorkItem" i ON i.id = s."subjectId"
      WHERE s.at > ${from} AND s.at <= ${to} AND (s.kind <> 'ladder' OR s.level <> 'L4') GROUP BY 1
    )
    SELECT u.code AS "unitCode", COALESCE(people, 0) AS people, COALESCE("toPeople", 0) AS "toPeople", COALESCE("toGroup", 0) AS "toGroup",
      COALESCE(reports, 0) AS reports, COALESCE("noChange", 0) AS "noChange",
      COALESCE(fields, 0) AS fields, COALESCE(repeated, 0) AS repeated
    FROM "Unit" u LEFT JOIN personal ON personal."unitCode" = u.code LEFT JOIN grouped ON grouped."unitCode" = u.code
      LEFT JOIN reported ON reported."unitCode" = u.code LEFT JOIN asked ON asked."unitCode" = u.code
      LEFT JOIN reminded ON reminded."unitCode" = u.code
    WHERE u.active ORDER BY u.position`;
}

/** 每人每天至多收几次自动消息（domain B9、B11-14） */
export const messagesPerDayMax = 2;

/**
 * 当天已收几次自动消息 — reminders, renewed cards and digests, by account. What somebody else has sent up for a decision (one merged
 * list) and signed documents do not count: the machine does not send them of its own accord.
 */
export async function countAutomaticOn(tx: Tx, day: LocalDate, openIds: readonly (string | null)[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  await inParts(openIds, askedAtOnce, async (part) => {
    for (const { recipient, count } of await findCounts(tx, day, part)) counts.set(recipient.slice('person:'.length), count);
  });
  return counts;
}

/** 一次问这么多人 */
const askedAtOnce = 500;

async function findCounts(tx: Tx, day: LocalDate, openIds: readonly (string | null)[]): Promise<{ recipient: string; count: number }[]> {
  const recipients = openIds.flatMap((openId) => (openId === null ? [] : [`person:${openId}`]));
  if (recipients.length === 0) return [];
  return rows(tx).$queryRaw<{ recipient: string; count: number }[]>`
    SELECT o.recipient, count(*)::int AS count FROM "OutboxEntry" o
    WHERE o.kind = 'sendCard' AND o.priority >= 3 AND o.state <> 'dead' AND o.recipient = ANY(${recipients}::text[])
      AND o."createdAt" >= ${instantAt(day)} AND o."createdAt" < ${instantAt(addDays(day, 1))}
    GROUP BY o.recipient`;
}

/** 超过每日上限的人次 — person-days with more reminders and digests than the rule allows; it should be none. */
export async function countOverCap(tx: Tx, { from, to, max }: { from: Date; to: Date; max: number }): Promise<number> {
  const found = await rows(tx).$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM "OutboxEntry" o
      WHERE o.state = 'sent' AND o.kind = 'sendCard' AND o.priority >= 3 AND o.recipient LIKE 'person:%' AND o."createdAt" > ${from} AND o."createdAt" <= ${to}
      GROUP BY o.recipient, (o."createdAt" AT TIME ZONE 'Asia/Shanghai')::date HAVING count(*) > ${max}
    ) over_cap`;
  return found[0]?.count ?? 0;
}
