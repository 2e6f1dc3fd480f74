import type pg from 'pg';

/** 数据库也看这只钟 — the two clocks that the outbox asks are found before PostgreSQL's own. */
export async function followClock(admin: Pick<pg.Client, 'query'>, { databaseUrl, at }: { databaseUrl: string; at: Date }): Promise<Date> {
  const name = new URL(databaseUrl).pathname.slice(1);
  await admin.query(`
    CREATE SCHEMA IF NOT EXISTS simulated;
    CREATE TABLE IF NOT EXISTS simulated.clock (at timestamptz NOT NULL);
    INSERT INTO simulated.clock SELECT '${at.toISOString()}' WHERE NOT EXISTS (SELECT 1 FROM simulated.clock);
    CREATE OR REPLACE FUNCTION simulated.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT at FROM simulated.clock';
    CREATE OR REPLACE FUNCTION simulated.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM simulated.clock';
    ALTER DATABASE "${name}" SET search_path = simulated, public, pg_catalog`);
  // 搬来的布景，从它停下的那一刻接着走。
  const { rows } = await admin.query<{ at: Date }>('SELECT at FROM simulated.clock');
  return rows[0]?.at ?? at;
}
