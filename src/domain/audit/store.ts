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

/** 一页留痕 — in order, for verification and export. @param after the sequence number before the page */
export async function auditPage(tx: Tx, after: bigint, limit: number): Promise<ChainedLine[]> {
  const found = await rows(tx).auditEntry.findMany({ where: { seq: { gt: after } }, orderBy: { seq: 'asc' }, take: limit });
  return found.map((entry) => ({ ...entry, seq: String(entry.seq), at: entry.at.toISOString() }));
}

/** 某事的留痕 — in order of time. */
export async function auditOf(tx: Tx, subject: { type: string; id: string }): Promise<ChainedLine[]> {
  const found = await rows(tx).auditEntry.findMany({ where: { subjectType: subject.type, subjectId: subject.id }, orderBy: { seq: 'asc' } });
  return found.map((entry) => ({ ...entry, seq: String(entry.seq), at: entry.at.toISOString() }));
}
