import pg from 'pg';

/**
 * 独占 — held by one process as long as it lives, however it ends.
 * @param what names the thing that has one holder only
 * @returns lets it go; null: somebody else has it
 */
export async function holdAlone(url: string, what: string): Promise<(() => Promise<void>) | null> {
  const client = new pg.Client({ connectionString: url, application_name: `shuling-${what}`, keepAlive: true });
  // 数据库停了，连接断了：程序自有办法，不因此倒下。
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock(hashtext($1)) AS held', [what]);
  if (rows[0]?.held) return () => client.end();
  await client.end();
  return null;
}
