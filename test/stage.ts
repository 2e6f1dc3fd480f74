import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { onServer } from './database.ts';

/** 布景 — a database and the journal of the emulated platform, as a story left them, ready to be copied. */
export interface Stage {
  /** name of the database to copy */
  readonly template: string;
  /** folder with the emulator's journal and files */
  readonly platform: string;
  /** instant at which the story stopped */
  readonly at: Date;
}

/**
 * 取布景 — the first test file that needs a stage plays the story; the others, in whichever process, wait and copy the result.
 * Reaching 下达 takes ten seconds, copying it a fraction of one.
 * @param play plays the story in the given database and folder, closes everything and returns the instant at which it stopped
 */
export async function stageOf(name: string, play: (databaseUrl: string, platform: string) => Promise<Date>): Promise<Stage> {
  const { serverUrl, template: empty, stages } = inject('database');
  const platform = join(stages, name);
  const record = join(stages, `${name}.json`);
  const template = `${empty}_${name}`;
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [template]);
    if (!existsSync(record)) {
      await onServer(serverUrl, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
      await onServer(serverUrl, `CREATE DATABASE ${template} TEMPLATE ${empty} STRATEGY FILE_COPY`);
      rmSync(platform, { recursive: true, force: true });
      mkdirSync(platform, { recursive: true });
      const url = new URL(serverUrl);
      url.pathname = `/${template}`;
      const at = await play(url.href, platform);
      // 测试的数据库没有自动清理：照它会做的做一次，复制去的库计划才定得对。
      await onServer(url.href, 'VACUUM ANALYZE');
      writeFileSync(`${record}.new`, JSON.stringify({ at: at.toISOString() }));
      renameSync(`${record}.new`, record);
    }
  } finally {
    await client.end();
  }
  const { at } = JSON.parse(readFileSync(record, 'utf8')) as { at: string };
  return { template, platform, at: new Date(at) };
}

/** 搬布景 — a copy of the platform's side for one test. */
export function copyPlatform({ platform }: Stage, to: string): void {
  cpSync(platform, to, { recursive: true });
}
