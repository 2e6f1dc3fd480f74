import type { Actor, Audit, AuditRecord, Context, Settings, Tx } from '#core/context';
import { localDateOf } from '#core/dates';
import type { Contributions } from '#core/feature';
import type { Database } from '#db/client';
import { type Outcome, type Work, withBatch, withTransaction } from '#db/transaction';
import { createOutboxBuffer } from './outbox/buffer.ts';
import { findInboxRow, writeClosing } from './store.ts';

/** 一行待写的留痕 */
export interface AuditLine extends AuditRecord {
  readonly at: Date;
  readonly actorId: string | null;
  readonly actorName: string;
  readonly sourceEventId: string | null;
}

/** 领域引擎 — what the engine room needs from the domain; the composition root hands it in. */
export interface Engines {
  resolveActor(tx: Tx, who: { openId: string | null; userId: string | null; today: string }): Promise<Actor>;
  appendAudit(tx: Tx, lines: readonly AuditLine[]): Promise<unknown>;
}

export interface Surroundings {
  readonly database: Database;
  readonly engines: Engines;
  readonly contributions: Contributions;
  readonly settings: Settings;
}

/** 一件要办的事 */
export interface Task<T> {
  readonly now: Date;
  /** claimed once; null for work that has a unique key of its own (jobs, schedule slots) */
  readonly eventKey: string | null;
  /** what brought a work that has no event of its own */
  readonly cause?: string | null;
  /** false: the event is taken to be new without looking; the unique key decides */
  readonly known?: boolean;
  /** 密封 — neither actor nor payload nor reply is kept beside the handler's own tables */
  readonly sealed?: boolean;
  readonly actor: (tx: Tx) => Promise<Actor>;
  readonly work: (ctx: Context) => Promise<T>;
  /** how long it may take; left out: as long as whoever waits for an answer would */
  readonly timeoutMs?: number;
  /** what a repeated delivery of the same event is answered with */
  readonly replyToKeep?: (value: T) => unknown;
}

/** 办的结果 @property queued something waits in the outbox now */
export type Done<T> = { readonly kind: 'fresh'; readonly value: T; readonly queued: boolean } | { readonly kind: 'seen'; readonly reply: unknown };

/** 办理 — one task in a transaction of its own. */
export function performAlone<T>(around: Surroundings, task: Task<T>): Promise<Done<T>> {
  return withTransaction(around.database, toWork(around, task), task.timeoutMs);
}

/** 来宾 — whoever opened a page; nobody asks who. */
const visitor: Actor = { kind: 'person', personId: null, openId: null, name: '来宾', posts: [] };

/** 为来宾办 — a page's work. Whatever is recorded in the trail names no one; a vote records nothing at all. */
export async function performForVisitor<T>(around: Surroundings, now: Date, work: (ctx: Context) => Promise<T>): Promise<T> {
  const done = await performAlone<T>(around, { now, eventKey: null, actor: () => Promise.resolve(visitor), work });
  if (done.kind === 'seen') throw new Error('a page has no event to be seen before');
  return done.value;
}

/** 成批办理 — many tasks in one transaction; a refused one leaves the others alone. */
export function performTogether<T>(around: Surroundings, tasks: readonly Task<T>[]): Promise<Outcome<Done<T>>[]> {
  return withBatch(
    around.database,
    tasks.map((task) => hopefully(toWork(around, task), toWork(around, { ...task, known: false }))),
  );
}

/** 抄近路办理 — one task that asks for statements only, without Prisma in between; see `withBatch`. */
export async function performShort<T>(around: Surroundings, task: Task<T>): Promise<Done<T>> {
  const [outcome] = await performTogether(around, [task]);
  if (!outcome?.ok) throw outcome?.error;
  return outcome.value;
}

/** 先当它没来过 — repeated events are rare: the first try saves the look-up, and the unique key undoes it if the event was seen. */
function hopefully<T>(careful: Work<T>, hopeful: Work<T>): Work<T> {
  let tried = false;
  return (tx) => {
    const work = tried ? careful : hopeful;
    tried = true;
    return work(tx);
  };
}

function toWork<T>(around: Surroundings, task: Task<T>): Work<Done<T>> {
  return async (tx) => {
    const { eventKey, now, sealed = false, known = true } = task;
    const cause = sealed ? null : (eventKey ?? task.cause ?? null);
    const [seen, actor] = await Promise.all([eventKey === null || !known ? undefined : findInboxRow(tx, eventKey), task.actor(tx)]);
    if (seen) return { kind: 'seen', reply: seen.reply };
    const outbox = createOutboxBuffer(now, actor, cause);
    const lines: AuditLine[] = [];
    const audit = sealed ? silentAudit : createAudit(lines, { now, actor, cause });
    const { contributions, settings } = around;
    const value = await task.work({ now, today: localDateOf(now), actor, tx, outbox, audit, contributions, settings });
    const reply = sealed ? null : (task.replyToKeep?.(value) ?? null);
    // 留痕链只有一个写者：链头的锁要拿得晚、放得快，所以排在最后。
    await writeClosing(tx, { inbox: eventKey === null ? null : { key: eventKey, receivedAt: now, reply }, effects: outbox.effects, now });
    await appendTo(tx, around.engines, lines);
    return { kind: 'fresh', value, queued: outbox.effects.length > 0 };
  };
}

const silentAudit: Audit = { record: () => undefined };

function createAudit(lines: AuditLine[], { now, actor, cause }: { now: Date; actor: Actor; cause: string | null }): Audit {
  return {
    record: (entry) => {
      lines.push({ ...entry, at: now, actorId: actor.personId, actorName: actor.name, sourceEventId: cause });
    },
  };
}

async function appendTo(tx: Tx, engines: Engines, lines: readonly AuditLine[]): Promise<void> {
  if (lines.length > 0) await engines.appendAudit(tx, lines);
}
