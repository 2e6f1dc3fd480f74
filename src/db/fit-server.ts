import type pg from 'pg';

/** 要 15 或更新 */
const versionMin = 15;

/** 服务器不合用 — why a database can't hold what we write; null: it can. @param version as `server_version_num` says, 150004 for 15.4 */
export function unfitness({ version, encoding }: { version: number; encoding: string }): string | null {
  const major = Math.floor(version / 10_000);
  if (major < versionMin) return `数据库是 PostgreSQL ${major}，要 ${versionMin} 或更新，请升级，或换一个数据库`;
  if (encoding !== 'UTF8') return `数据库的编码是 ${encoding}，存不了汉字；请另建一个：CREATE DATABASE 名字 ENCODING 'UTF8' TEMPLATE template0`;
  return null;
}

/** 看服务器合不合用 — before the first table is made: later it would fail at some person's name. */
export async function findUnfitness(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ version: number; encoding: string }>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding`,
  );
  return rows[0] ? unfitness(rows[0]) : null;
}

const looks = 5;

/**
 * 看连接是不是与别人共用 — behind a pool that hands out a connection for one transaction at a time (PgBouncer in transaction mode, the proxy
 * of a cloud's database) two connections of ours meet on one of the server's. Statements are named on a connection: there, a name would
 * stand for another program's statement, and be carried out.
 */
export async function findSharing(one: pg.Client, other: pg.Client): Promise<string | null> {
  for (let look = 0; look < looks; look += 1) {
    const before = await processOf(one);
    await other.query('BEGIN');
    const [meanwhile, after] = [await processOf(other), await processOf(one)];
    await other.query('ROLLBACK');
    if (meanwhile === before || meanwhile === after || after !== before) return `DATABASE_URL 指的是数据库前面的连接池，${direct}`;
  }
  return null;
}

/** 直连的说法 */
export const direct = '请写 PostgreSQL 自己的地址和端口（如 PgBouncer 或云上的代理，不要经过它们；程序自带连接池）';

async function processOf(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid;
}
