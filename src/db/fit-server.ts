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
