import { createHash } from 'node:crypto';
import type { AuditRecord } from '#core/context';

/** 一行留痕 — what happened, who did it, and the event that brought it. */
export interface AuditLine extends AuditRecord {
  readonly at: Date;
  readonly actorId: string | null;
  readonly actorName: string;
  readonly sourceEventId: string | null;
}

/** 链上的一行 */
export interface ChainedLine {
  readonly seq: string;
  readonly at: string;
  readonly actorId: string | null;
  readonly actorName: string;
  readonly onBehalfOf: string | null;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly event: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly detail: unknown;
  readonly sourceEventId: string | null;
  readonly prevHash: string;
  readonly hash: string;
}

/** 链头 — sequence number and hash of the newest line. */
export interface ChainHead {
  readonly seq: bigint;
  readonly hash: string;
}

/** 起点 — the head of an empty chain. */
export const origin: ChainHead = { seq: 0n, hash: '0'.repeat(64) };

/** 接链 — gives every line its number and its hash over the former one, in order. */
export function chain(head: ChainHead, lines: readonly AuditLine[]): { chained: ChainedLine[]; head: ChainHead } {
  let { seq, hash } = head;
  const chained = lines.map((line) => {
    seq += 1n;
    const body = { ...bodyOf(line), seq: String(seq), prevHash: hash };
    hash = hashOf(body);
    return { ...body, hash };
  });
  return { chained, head: { seq, hash } };
}

/** 一行的哈希 — SHA-256 over the former hash and the line in a fixed order of fields. */
export function hashOf(line: Omit<ChainedLine, 'hash'>): string {
  const { seq, at, actorId, actorName, onBehalfOf, subjectType, subjectId, event, before, after, detail, sourceEventId, prevHash } = line;
  const content = JSON.stringify([
    seq,
    at,
    actorId,
    actorName,
    onBehalfOf,
    subjectType,
    subjectId,
    event,
    before,
    after,
    canonical(detail),
    sourceEventId,
  ]);
  return createHash('sha256').update(prevHash).update('\n').update(content).digest('hex');
}

function bodyOf(line: AuditLine): Omit<ChainedLine, 'seq' | 'prevHash' | 'hash'> {
  return {
    at: line.at.toISOString(),
    actorId: line.actorId,
    actorName: line.actorName,
    onBehalfOf: line.onBehalfOf ?? null,
    subjectType: line.subject.type,
    subjectId: line.subject.id,
    event: line.event,
    before: line.before ?? null,
    after: line.after ?? null,
    detail: asStored(line.detail),
    sourceEventId: line.sourceEventId,
  };
}

/** 存下来再读出来是什么样，就按什么样算哈希：日期成了文字，未定义的不见了。 */
function asStored(detail: AuditLine['detail']): unknown {
  return detail === undefined ? null : JSON.parse(JSON.stringify(detail));
}

/** JSONB 不保留键的次序：哈希前一律按字母排。 */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}
