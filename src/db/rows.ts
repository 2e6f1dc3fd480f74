import type { Tx } from '#core/context';
import type { Prisma } from '#prisma';

/** Prisma 的事务客户端 */
export type PrismaTx = Prisma.TransactionClient;

/**
 * 语句 — a set-based statement that several handlers of one batch share: each hands in one row, the batch runs the
 * statement once over all of them and gives each its own result. Alone it is simply a statement over one row.
 */
export interface Statement<Row, Result> {
  readonly name: string;
  readonly run: (db: PrismaTx, rows: readonly Row[]) => Promise<readonly Result[]>;
}

/** The inside of a `Tx`; made by db/transaction.ts, opened only here. */
export interface TxInside extends Tx {
  readonly db: PrismaTx;
  readonly perform: <Row, Result>(statement: Statement<Row, Result>, row: Row) => Promise<Result>;
}

/** 打开事务 — Prisma's client for ordinary queries. Only files named store.ts may import this module. */
export function rows(tx: Tx): PrismaTx {
  return (tx as TxInside).db;
}

/**
 * 定义成批语句 — returns `(tx, row) => result`. `run` must give one result per row, in order.
 * Used where callbacks come in bursts; everything else uses `rows(tx)`.
 */
export function statement<Row, Result>(
  name: string,
  run: (db: PrismaTx, rows: readonly Row[]) => Promise<readonly Result[]>,
): (tx: Tx, row: Row) => Promise<Result> {
  const definition: Statement<Row, Result> = { name, run };
  return (tx, row) => (tx as TxInside).perform(definition, row);
}
