import type { Tx } from '#core/context';
import { AppError } from '#core/errors';
import type { Database } from './client.ts';
import { openRaw } from './raw.ts';
import type { PrismaTx, RawDb, Statement, TxInside } from './rows.ts';

/** 事务里的一件事 — may be run again from the start, so it keeps nothing outside its own call. */
export type Work<T> = (tx: Tx) => Promise<T>;

/** 一件事的结果 — a refusal (`AppError`) belongs to its own work only; everything else undoes the batch. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** PostgreSQL: serialization failure, deadlock; a unique key that somebody else took first — looked at again, the rule will say so. */
const retryable = new Set(['40001', '40P01', '23505', 'P2002', 'P2034']);
const attemptsMax = 3;

/** 开事务 — the only caller of `$transaction`. A conflict between transactions is tried again from the start. */
export async function withTransaction<T>(database: Database, work: Work<T>, timeoutMs = 15_000): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.prisma.$transaction((db) => work(alone(db)), { maxWait: 10_000, timeout: timeoutMs });
    } catch (error) {
      if (attempt >= attemptsMax || !isConflict(error)) throw error;
    }
  }
}

/** 只用成批语句的事务 — a transaction that asks for statements only, on the short way that batches take. */
export async function withStatements<T>(database: Database, work: Work<T>): Promise<T> {
  const [outcome] = await inOneCommit(database, (db) => runTogether(db, [work]));
  if (!outcome) throw new Error('a work without outcome');
  if (!outcome.ok) throw outcome.error;
  return outcome.value;
}

/**
 * 看一眼 — the one statement that `ask` sends at once, in a transaction that is begun, asked and ended in a single round trip: the rules of
 * batches hold for it, and nothing else fits in. For a look that mostly finds nothing to do.
 */
export async function glance<T>(database: Database, ask: Work<T>): Promise<T> {
  const client = await database.pool.connect();
  const { db, end } = openRaw(client);
  try {
    const begun = client.query(beginBatch);
    const asked = ask(direct(db));
    end();
    const [, answer] = await Promise.all([begun, asked, client.query('COMMIT')]);
    client.release();
    return answer;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** 几件只用成批语句的事，一次提交 — those that fail together are tried again one by one. */
export async function withStatementsTogether<T>(database: Database, works: readonly Work<T>[]): Promise<Outcome<T>[]> {
  try {
    return await inOneCommit(database, (db) => runTogether(db, works));
  } catch (error) {
    if (works.length === 1) return [{ ok: false, error }];
    return Promise.all(works.map((work) => settle(withStatements(database, work))));
  }
}

/**
 * 成批提交 — several works share one transaction and one commit. Statements that they name alike run once for all of them.
 * A work that is refused leaves the others alone; if anything else fails, the whole batch is undone and each is run by itself.
 */
export async function withBatch<T>(database: Database, works: readonly Work<T>[]): Promise<Outcome<T>[]> {
  const only = works[0];
  if (works.length === 1 && only) return [await byItself(database, only)];
  try {
    return await inOneCommit(database, (db) => runTogether(db, works));
  } catch {
    const outcomes: Outcome<T>[] = [];
    for (const work of works) outcomes.push(await settle(withTransaction(database, work)));
    return outcomes;
  }
}

/** 一批只有一件 — on the short way too, which costs half of Prisma's. A refusal undoes it; whatever else fails is done again on the long way. */
async function byItself<T>(database: Database, work: Work<T>): Promise<Outcome<T>> {
  try {
    const value = await inOneCommit(database, async (db) => {
      const [outcome] = await runTogether(db, [work]);
      if (!outcome?.ok) throw outcome?.error;
      return outcome.value;
    });
    return { ok: true, value };
  } catch (error) {
    return error instanceof AppError ? { ok: false, error } : settle(withTransaction(database, work));
  }
}

/**
 * 预备语句的计划只定一次，多半定在表还空着的时候：那时顺扫最省，表大了就成了灾难。批里的语句都有索引可走，禁掉顺扫，计划便与表的大小无关。
 * 位图扫描也禁掉：它不给死了的行做记号，待发的那条部分索引里尽是死行，两次清理之间每看一眼都要从头翻过（一年的模拟里四万条，190毫秒）；
 * 顺着索引走，第一眼做了记号，往后就跳过（1毫秒）。
 */
const beginBatch = 'BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL plan_cache_mode = force_generic_plan';

/**
 * 一批一次提交 — on a connection of the pool, with prepared statements and without Prisma in between: this is the busy path.
 * BEGIN 不单等一个来回，头一句跟着它走。它没有办成（只会是连接断了、被管理员取消），后面的一句也不提交。
 */
async function inOneCommit<T>(database: Database, work: (db: RawDb) => Promise<T>): Promise<T> {
  const client = await database.pool.connect();
  const { db, end } = openRaw(client);
  try {
    const [, result] = await Promise.all([client.query(beginBatch), work(db)]);
    end();
    const { command } = await client.query('COMMIT');
    // 出过错的事务，COMMIT 不报错，只答 ROLLBACK：那不是办成了。
    if (command !== 'COMMIT') throw new Error(`the batch was not committed but ended by ${command}`);
    client.release();
    return result;
  } catch (error) {
    // 一件出了错，同批的别的几件也许正要问下一句：回滚之后再发的，就成了单独提交的一句。
    end();
    // 连接可能已断：回滚不成就丢掉它。
    await client.query('ROLLBACK').then(
      () => client.release(),
      () => client.release(true),
    );
    throw error;
  }
}

async function settle<T>(promise: Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await promise };
  } catch (error) {
    return { ok: false, error };
  }
}

function alone(db: PrismaTx): Tx {
  return { db, perform: performing(db) } as unknown as TxInside;
}

/** 只有成批语句，一句一句直接办 */
function direct(db: RawDb): Tx {
  return { db: null, perform: performing(db) } as unknown as TxInside;
}

const performing =
  (db: RawDb) =>
  async <Row, Result>(statement: Statement<Row, Result>, row: Row): Promise<Result> => {
    const [result] = await statement.run(db, [row]);
    return result as Result;
  };

interface Call {
  readonly statement: Statement<unknown, unknown>;
  readonly row: unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs all works side by side; whenever every one of them waits for a statement (or is done), the waiting statements run,
 * each once over all its rows. Works that walk the same path therefore share every statement of it.
 */
async function runTogether<T>(db: RawDb, works: readonly Work<T>[]): Promise<Outcome<T>[]> {
  let waiting: Call[] = [];
  /** works that neither wait for a statement nor are done */
  let busy = works.length;
  let running = false;

  const runWaiting = async (): Promise<void> => {
    running = true;
    const calls = waiting;
    waiting = [];
    // 不同的语句一句接一句地发，不等前一句的回话；连接上的先后就是这里的先后。
    await Promise.all([...groupByStatement(calls)].map(([statement, group]) => runGroup(db, statement, group)));
    running = false;
    check();
  };
  // The check is put off to the end of the turn: a work that asks for two things at once has then asked for both.
  const check = (): void => {
    queueMicrotask(() => {
      if (busy === 0 && !running && waiting.length > 0) void runWaiting();
    });
  };
  const txOf = (): Tx => {
    let asked = 0;
    const answered = (): void => {
      asked -= 1;
      if (asked === 0) busy += 1;
    };
    const perform = <Row, Result>(statement: Statement<Row, Result>, row: Row): Promise<Result> =>
      new Promise<Result>((resolve, reject) => {
        if (asked === 0) busy -= 1;
        asked += 1;
        waiting.push({
          statement: statement as Statement<unknown, unknown>,
          row,
          resolve: (result) => {
            answered();
            resolve(result as Result);
          },
          reject: (error) => {
            answered();
            reject(error);
          },
        });
        check();
      });
    return { db: null, perform } as unknown as TxInside;
  };

  return Promise.all(
    works.map(async (work): Promise<Outcome<T>> => {
      try {
        return { ok: true, value: await work(txOf()) };
      } catch (error) {
        if (error instanceof AppError) return { ok: false, error };
        throw error;
      } finally {
        busy -= 1;
        check();
      }
    }),
  );
}

async function runGroup(db: RawDb, statement: Statement<unknown, unknown>, group: readonly Call[]): Promise<void> {
  try {
    const results = await statement.run(
      db,
      group.map((call) => call.row),
    );
    for (const [index, call] of group.entries()) call.resolve(results[index]);
  } catch (error) {
    for (const call of group) call.reject(error);
  }
}

function groupByStatement(calls: readonly Call[]): Map<Statement<unknown, unknown>, Call[]> {
  const groups = new Map<Statement<unknown, unknown>, Call[]>();
  for (const call of calls) {
    const group = groups.get(call.statement);
    if (group) group.push(call);
    else groups.set(call.statement, [call]);
  }
  return groups;
}

/** 没有等到连接 — the pool had none to give in time, so nothing was begun. */
export function isOutOfConnections(error: unknown): boolean {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    const { code, message } = current as Error & { code?: unknown };
    if (code === 'P2024' || /timeout exceeded when trying to connect|Unable to start a transaction in the given time/.test(message)) return true;
  }
  return false;
}

function isConflict(error: unknown): boolean {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    const { code, meta } = current as { code?: unknown; meta?: { code?: unknown; driverAdapterError?: { cause?: { originalCode?: unknown } } } };
    const codes = [code, meta?.code, meta?.driverAdapterError?.cause?.originalCode];
    if (codes.some((candidate) => retryable.has(String(candidate)))) return true;
  }
  return false;
}
