import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    database: { serverUrl: string; template: string; stages: string };
  }
}

/** 每次测试起一个数据库服务，建好迁移过的模板库；测试文件从模板复制。TEST_DATABASE_URL 可换成现成的服务器。 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const dataDir = mkdtempSync(join(tmpdir(), 'shuling-test-'));
  // 以 root 运行时，数据库用户也要进得来。
  chmodSync(dataDir, 0o755);
  // 照中国的机器那样：initdb 从 TZ 认时区，服务器站在上海。程序写的、读的时刻都与它无关。
  process.env.TZ = 'Asia/Shanghai';
  const server = given ? undefined : await startEmbedded({ dataDir, log: () => undefined, durable: false });
  const serverUrl = given ?? server?.url ?? '';
  const template = `template_${process.pid}`;
  await run(serverUrl, `DROP DATABASE IF EXISTS ${template}`, `CREATE DATABASE ${template}`);
  const url = new URL(serverUrl);
  url.pathname = `/${template}`;
  await migrate(url.href, { log: () => undefined });
  project.provide('database', { serverUrl, template, stages: join(dataDir, 'stages') });
  return async () => {
    if (given) await dropAll(serverUrl, template);
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}

/** 模板和各个布景 */
async function dropAll(serverUrl: string, template: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [template]);
  for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS ${datname}`);
  await client.end();
}

async function run(serverUrl: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}
