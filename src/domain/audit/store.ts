import { invariant } from '#core/assert';
import type { Tx } from '#core/context';
import { rows, statement } from '#db/rows';
import { type AuditLine, type ChainedLine, type ChainHead, chain } from './model.ts';

/**
 * 留痕 — appends lines to the one hash chain. The head is locked until the commit, so this is the last write of a transaction;
 * a whole batch of works appends with two statements.
 */
export const appendAudit: (tx: Tx, lines: readonly AuditLine[]) => Promise<null> = statement('audit.append', async (db, batches) => {
  const lines = batches.flat();
  const [head] = await db.$queryRaw<ChainHead[]>`SELECT seq, hash FROM "AuditHead" WHERE id = 1 FOR UPDATE`;
  invariant(head, 'the audit chain has a head');
  const { chained, head: moved } = chain(head, lines);
  await db.$executeRaw`
    WITH moved AS (UPDATE "AuditHead" SET seq = ${moved.seq}, hash = ${moved.hash} WHERE id = 1)
    INSERT INTO "AuditEntry" (seq, at, "actorId", "actorName", "onBehalfOf", "subjectType", "subjectId", event, before, after, detail, "sourceEventId", "prevHash", hash)
    SELECT seq, at, "actorId", "actorName", "onBehalfOf", "subjectType", "subjectId", event, before, after, NULLIF(detail, 'null'::jsonb), "sourceEventId", "prevHash", hash
    FROM jsonb_to_recordset(${JSON.stringify(chained)}::jsonb) AS x(
      seq bigint, at timestamptz, "actorId" text, "actorName" text, "onBehalfOf" text, "subjectType" text, "subjectId" text, event text,
      before text, after text, detail jsonb, "sourceEventId" text, "prevHash" text, hash text)`;
  return batches.map(() => null);
});

/** 链头 */
export async function auditHead(tx: Tx): Promise<ChainHead> {
  const head = await rows(tx).auditHead.findUniqueOrThrow({ where: { id: 1 } });
  return { seq: head.seq, hash: head.hash };
}

/** 链的两端 — the head and the number of the last line, in one statement and thus of one moment. */
export async function auditEdges(tx: Tx): Promise<{ head: ChainHead | null; lastSeq: bigint }> {
  const [edges] = await rows(tx).$queryRaw<{ seq: bigint | null; hash: string | null; lastSeq: bigint }[]>`
    SELECT h.seq, h.hash, last.seq AS "lastSeq"
    FROM (SELECT COALESCE(max(seq), 0) AS seq FROM "AuditEntry") last LEFT JOIN "AuditHead" h ON h.id = 1`;
  invariant(edges, 'an aggregate gives one row');
  const { seq, hash, lastSeq } = edges;
  return { head: seq === null || hash === null ? null : { seq, hash }, lastSeq };
}

/**
 * 一页留痕 — in order, for verification and export. @param after the sequence number before the page
 * The database writes the page as one text: a million lines are read in seconds, row by row it is a minute.
 */
export async function auditPage(tx: Tx, after: bigint, limit: number): Promise<ChainedLine[]> {
  const [page] = await rows(tx).$queryRaw<{ lines: string | null }[]>`
    SELECT '[' || string_agg(line, ',' ORDER BY seq) || ']' AS lines FROM (
      SELECT e.seq, json_build_object(
        'seq', e.seq::text, 'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'actorId', e."actorId", 'actorName', e."actorName",
        'onBehalfOf', e."onBehalfOf", 'subjectType', e."subjectType", 'subjectId', e."subjectId", 'event', e.event, 'before', e.before, 'after', e.after,
        'detail', e.detail, 'sourceEventId', e."sourceEventId", 'prevHash', e."prevHash", 'hash', e.hash)::text AS line
      FROM "AuditEntry" e WHERE e.seq > ${after} ORDER BY e.seq LIMIT ${limit}
    ) page`;
  return JSON.parse(page?.lines ?? '[]') as ChainedLine[];
}

/** 某事的留痕 — in order of time. */
export async function auditOf(tx: Tx, subject: { type: string; id: string }): Promise<ChainedLine[]> {
  const found = await rows(tx).auditEntry.findMany({ where: { subjectType: subject.type, subjectId: subject.id }, orderBy: { seq: 'asc' } });
  return found.map((entry) => ({ ...entry, seq: String(entry.seq), at: entry.at.toISOString() }));
}
