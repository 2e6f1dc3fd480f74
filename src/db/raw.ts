import type { PoolClient } from 'pg';
import pg from 'pg';
import type { RawDb } from './rows.ts';

/** 语句的写法 — text and name are made once for each place in the code where the SQL stands. */
const prepared = new WeakMap<TemplateStringsArray, { readonly name: string; readonly text: string }>();
let count = 0;

const bigint = 20;
const types = { getTypeParser: (oid: number, format?: string) => (oid === bigint ? BigInt : pg.types.getTypeParser(oid, format as 'text')) };

/** 一条连接上的原始查询 — for one transaction. */
export interface RawSession {
  readonly db: RawDb;
  /** From now on nothing more is sent: what is asked after the end of the transaction would be a transaction of its own. */
  end(): void;
}

/** 打开原始查询 — the same two calls as Prisma's client, as named prepared statements: parsed and planned once per connection. */
export function openRaw(client: PoolClient): RawSession {
  let ended = false;
  const run = (sql: TemplateStringsArray, values: readonly unknown[]): Promise<pg.QueryResult> => {
    if (ended) return Promise.reject(new Error('a statement after the end of its transaction'));
    return client.query({ ...prepare(sql), values: [...values], types: types as pg.CustomTypesConfig });
  };
  return {
    db: {
      $queryRaw: async <Found>(sql: TemplateStringsArray, ...values: readonly unknown[]) => (await run(sql, values)).rows as Found,
      $executeRaw: async (sql, ...values) => (await run(sql, values)).rowCount ?? 0,
    },
    end: () => {
      ended = true;
    },
  };
}

function prepare(sql: TemplateStringsArray): { name: string; text: string } {
  const known = prepared.get(sql);
  if (known) return known;
  count += 1;
  const made = { name: `s${count}`, text: sql.reduce((text, part, index) => (index === 0 ? part : `${text}$${index}${part}`), '') };
  prepared.set(sql, made);
  return made;
}
