import pg from 'pg';

/** 库的样子 — tables, columns, constraints, indexes, triggers and functions as PostgreSQL itself writes them, and the books of the migrations. */
export async function schemaOf(url: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ line: string }>(lines);
    return rows.map(({ line }) => line);
  } finally {
    await client.end();
  }
}

const lines = `
  SELECT '列 ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
         || COALESCE(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') AS line
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL SELECT '约束 ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT '索引 ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT '触发器 ' || pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE NOT tgisinternal
  UNION ALL SELECT '函数 ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT '迁移 ' || migration_name || ' ' || checksum FROM _prisma_migrations
  ORDER BY 1`;
