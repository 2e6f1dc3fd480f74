import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** 测试用数据库 — a clone of the migrated template; nobody else sees it. */
export interface TestDatabase {
  readonly url: string;
  close(): Promise<void>;
}

/** 建测试库 — milliseconds, because the template is copied as files. @param from another database to copy than the empty one */
export async function createTestDatabase(from?: string): Promise<TestDatabase> {
  const { serverUrl, template } = inject('database');
  const name = `t_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${from ?? template} STRATEGY FILE_COPY`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, close: () => onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** 在服务器上执行一句 */
export async function onServer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
