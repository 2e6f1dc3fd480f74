import type { Clock } from '#core/clock';
import type { Actor, Context, Tx } from '#core/context';
import { localDateOf } from '#core/dates';
import { AppError, InvalidError } from '#core/errors';
import type { JobDefinition, JobWorld } from '#core/job';
import { withTransaction } from '#db/transaction';
import { readBlob } from '#domain/blobs/store';
import { PlatformError } from '#platform/errors';
import type { ChatReader } from '#platform/port';
import type { PdfMaker } from './documents/pdf.ts';
import type { Typesetter } from './documents/typesetter.ts';
import type { Log } from './log.ts';
import { keepFile } from './long-files.ts';
import type { JobPayload } from './outbox/buffer.ts';
import { type ClaimedEntry, settle } from './outbox/claims/store.ts';
import { endOf, NotKnownHere } from './outbox/retry.ts';
import { performAlone, performShort, type Surroundings, type Task } from './unit-of-work.ts';
import { storeWorkbook } from './workbook/store-workbook.ts';

export interface JobParts extends Surroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly reader: ChatReader;
  readonly probe: JobWorld['probe'];
  readonly typesetter: Typesetter;
  readonly pdfMaker: PdfMaker;
  readonly findJob: (name: string) => JobDefinition<unknown, unknown> | undefined;
}

const attemptsMax = 6;

/** 后台办理 — reads outside any transaction, then writes and settles the row in one; given up, it says so to whoever waits. */
export function createJobRunner(parts: JobParts): (entry: ClaimedEntry) => Promise<void> {
  return async (entry) => {
    const { job: name, payload } = entry.payload as JobPayload;
    const job = parts.findJob(name);
    if (!job) throw new NotKnownHere(`the job "${name}"`);
    const { data: parsed, error: misread } = job.payload.safeParse(payload);
    if (misread) throw new NotKnownHere(`the payload of the job "${name}" (${misread.issues.map(({ path }) => path.join('.')).join(', ')})`);
    try {
      const prepared = await job.prepare(createWorld(parts, entry), parsed);
      await inTransaction(parts, entry, (ctx) => job.apply(ctx, parsed, prepared), { dead: false, burst: job.burst === true });
    } catch (error) {
      const reason = reasonToGiveUp(entry, error);
      if (reason === undefined) throw error;
      parts.log.warn({ outboxId: entry.id, job: name, attempts: entry.attempts, err: error }, 'job: given up');
      await inTransaction(parts, entry, async (ctx) => job.fail?.(ctx, parsed, reason), { dead: !(error instanceof AppError), error: String(error) });
    }
  };
}

/** 该不该放弃 — a refusal at once; what may pass is tried again first. */
function reasonToGiveUp(entry: ClaimedEntry, error: unknown): string | undefined {
  if (error instanceof AppError) return error.publicMessage;
  if (error instanceof PlatformError && (error.kind === 'gone' || error.kind === 'unreachable' || error.kind === 'rejected')) {
    return '飞书没有给出这份文件（可能已撤回或无权读取），请重新发送';
  }
  return entry.attempts >= attemptsMax || endOf(entry, error).state === 'dead'
    ? '多次尝试都没有办成，请稍后重新发送；仍不行请联系系统管理员'
    : undefined;
}

async function inTransaction(
  parts: JobParts,
  entry: ClaimedEntry,
  work: (ctx: Context) => Promise<void>,
  { dead, error, burst = false }: { dead: boolean; error?: string; burst?: boolean },
): Promise<void> {
  const now = parts.clock.now();
  const task: Task<void> = {
    now,
    eventKey: null,
    cause: (entry.payload as JobPayload).cause ?? null,
    actor: (tx) => sameActor(parts, tx, { actor: entry.actor, now }),
    work: async (ctx) => {
      const settled = await settle(ctx.tx, {
        id: entry.id,
        fence: entry.fence,
        state: dead ? 'dead' : 'sent',
        now,
        ...(error === undefined ? {} : { error }),
      });
      // 租约被别的进程接走：那边会办，这里一个字也不能写。
      if (!settled) throw new Error(`job ${entry.id}: the lease was lost`);
      await work(ctx);
    },
  };
  await (burst ? performShort(parts, task) : performAlone(parts, task));
}

/** 仍是当时那个人 — with the rights of today, not of the moment when the work was queued. */
async function sameActor(parts: JobParts, tx: Tx, { actor, now }: { actor: Actor | null; now: Date }): Promise<Actor> {
  if (!actor) throw new InvalidError('后台办理缺少行为人', 'a job row without actor');
  if (actor.kind === 'system' || actor.openId === null) return actor;
  return parts.engines.resolveActor(tx, { openId: actor.openId, userId: null, today: localDateOf(now) });
}

function createWorld(parts: JobParts, { actor, payload }: ClaimedEntry): JobWorld {
  const { clock, reader, probe, typesetter, pdfMaker, database } = parts;
  return {
    now: clock.now(),
    download: (messageId, fileKey, kind) => reader.downloadFile(messageId, fileKey, kind),
    findAccounts: (mobiles) => reader.findAccounts(mobiles),
    listChats: () => reader.listChats(),
    probe,
    keep: (bytes) => keepFile(database, bytes, clock.now()),
    readBlob: (blobId) => withTransaction(database, (tx) => readBlob(tx, blobId)),
    briefly: async (work) => {
      const now = clock.now();
      const cause = (payload as JobPayload).cause ?? null;
      const done = await performAlone(parts, { now, eventKey: null, cause, actor: (tx) => sameActor(parts, tx, { actor, now }), work });
      // 没有事件键，就没有“办过了”。
      if (done.kind === 'seen') throw new Error('work without an event key was seen before');
      return done.value;
    },
    typeset: (document) => typesetter.typeset(document),
    toPdf: (docx) => pdfMaker.make(docx),
    tabulate: (sheet) => storeWorkbook(database, sheet, clock.now()),
  };
}
