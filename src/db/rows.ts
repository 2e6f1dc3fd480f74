import type { Tx } from '#core/context';
import type { Prisma } from '#prisma';

/** Prisma 的事务客户端 */
export type PrismaTx = Prisma.TransactionClient;

/** 原始查询 — the two calls of Prisma's client that a statement uses; a batch answers them without Prisma in between. */
export interface RawDb {
  $queryRaw<Found>(sql: TemplateStringsArray, ...values: readonly unknown[]): Promise<Found>;
  $executeRaw(sql: TemplateStringsArray, ...values: readonly unknown[]): Promise<number>;
}

/**
 * 语句 — a set-based statement that several handlers of one batch share: each hands in one row, the batch runs the
 * statement once over all of them and gives each its own result. Alone it is simply a statement over one row.
 */
export interface Statement<Row, Result> {
  readonly name: string;
  readonly run: (db: RawDb, rows: readonly Row[]) => Promise<readonly Result[]>;
}

/** The inside of a `Tx`; made by db/transaction.ts, opened only here. */
export interface TxInside extends Tx {
  /** null inside a batch: there only statements may run */
  readonly db: PrismaTx | null;
  readonly perform: <Row, Result>(statement: Statement<Row, Result>, row: Row) => Promise<Result>;
}

/** 打开事务 — Prisma's client for ordinary queries. Only files named store.ts may import this module. @throws NotInBatch inside a batch */
export function rows(tx: Tx): PrismaTx {
  const { db } = tx as TxInside;
  if (!db) throw new NotInBatch('an ordinary query inside a batch');
  return db;
}

/** 批里不能这样查 — the batch is undone and its works are run one by one, where it may. */
class NotInBatch extends Error {}

/**
 * 定义成批语句 — returns `(tx, row) => result`. `run` must give one result per row, in order.
 * Used where callbacks come in bursts; everything else uses `rows(tx)`.
 */
export function statement<Row, Result>(
  name: string,
  run: (db: RawDb, rows: readonly Row[]) => Promise<readonly Result[]>,
): (tx: Tx, row: Row) => Promise<Result> {
  const definition: Statement<Row, Result> = { name, run };
  return (tx, row) => (tx as TxInside).perform(definition, row);
}

/**
 * 逐个查 — for a statement whose SQL answers one row at a time. The next is asked when the one before it is done: an answer may take several
 * queries, and what one of them takes, such as a message of the history, the next must not take too.
 */
export async function oneByOne<Asked, Found>(asked: readonly Asked[], ask: (one: Asked) => Promise<Found>): Promise<Found[]> {
  const found: Found[] = [];
  for (const one of asked) found.push(await ask(one));
  return found;
}

/** 一个事务里只问一次的 — `forget` is for whoever writes what it reads. */
export interface AskedOnce<Found> {
  (tx: Tx): Promise<Found>;
  forget(tx: Tx): void;
}

/** 一个事务里只问一次 — for what many steps of one transaction look up alike, and nobody changes meanwhile. */
export function askedOnce<Found>(ask: (tx: Tx) => Promise<Found>): AskedOnce<Found> {
  const asked = new WeakMap<Tx, Promise<Found>>();
  const once = (tx: Tx): Promise<Found> => {
    const known = asked.get(tx);
    if (known !== undefined) return known;
    const found = ask(tx);
    asked.set(tx, found);
    return found;
  };
  return Object.assign(once, { forget: (tx: Tx): void => void asked.delete(tx) });
}
