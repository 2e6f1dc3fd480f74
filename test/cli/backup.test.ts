import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startEmbedded } from '#db/embedded';
import { createTestDatabase, onServer, type TestDatabase } from '../database.ts';
import { startWithBooks } from '../features/given-books.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { type CliRun, runCli } from './run-cli.ts';

let it: TestApp;
let folder: string;
let file: string;
let made: CliRun;
const empties: TestDatabase[] = [];
beforeAll(async () => {
  it = await startWithBooks();
  folder = mkdtempSync(join(tmpdir(), 'shuling-backup-'));
  file = join(folder, '今天.shuling');
  // 反斜杠、引号、换行、表情、零长度、很大的数：备份里一样都不能走样。
  await it.app.database.pool.query(`UPDATE "WorkItem" SET measures = $1 WHERE code = '管-063'`, ['a\\b"c,(d)\n\t𠮷👨‍👩‍👧 ""{}']);
  await it.app.database.pool.query(`UPDATE "WorkItem" SET measures = '' WHERE code = '管-064'`);
  made = await cli(await urlOf(it), 'backup', file);
}, 120_000);
afterAll(async () => {
  await it.close();
  for (const { close } of empties) await close();
  rmSync(folder, { recursive: true, force: true });
});

const cli = (url: string, ...argv: string[]): Promise<CliRun> => runCli(argv, { DATABASE_URL: url, DATA_DIR: folder });
const nameOf = async (app: TestApp): Promise<string> =>
  (await app.app.database.pool.query<{ name: string }>('SELECT current_database() AS name')).rows[0]?.name ?? '';
async function urlOf(app: TestApp): Promise<string> {
  const url = new URL(inject('database').serverUrl);
  url.pathname = `/${await nameOf(app)}`;
  return url.href;
}

/** 一个连迁移都没有的空库 */
async function emptyDatabase(): Promise<string> {
  const database = await createTestDatabase('template0');
  empties.push(database);
  return database.url;
}

/** 全部内容的指纹，一张表一个；再加序列和外键、触发器的样子 */
async function fingerprints(url: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '_prisma_migrations' ORDER BY 1`,
  );
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await client.query<{ print: string }>(
      `SELECT count(*) || ' ' || md5(COALESCE(string_agg(t::text, '|' ORDER BY t::text COLLATE "C"), '')) AS print FROM "${name}" t`,
    );
    found[name] = rows[0]?.print ?? '';
  }
  const { rows } = await client.query<{ print: string }>(`
    SELECT (SELECT string_agg(conname::text || pg_get_constraintdef(oid), '|' ORDER BY conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype = 'f')
      || (SELECT string_agg(tgname::text || tgenabled::text, '|' ORDER BY tgname) FROM pg_trigger WHERE NOT tgisinternal) AS print`);
  found['(constraints)'] = (rows[0]?.print ?? '').replace(/ \d+$/, '');
  const { rows: next } = await client.query<{ n: string }>(`SELECT nextval('"OutboxEntry_seq_seq"')::text AS n`);
  found['(next)'] = next[0]?.n ?? '';
  await client.end();
  return found;
}

describe('备份和恢复', () => {
  test('备份时程序照常运行；文件只有本人可读，不盖过已有的，印出行数、迁移和锚', async () => {
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toMatch(/已备份\d+张表、\d+行/);
    expect(made.out).toMatch(/锚 \d+:[0-9a-f]{64}/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await cli(await urlOf(it), 'backup', file)).toMatchObject({ code: 1, err: expect.stringContaining('已经存在') });
  });

  test('恢复到空库：每张表一字不差，序列接着走，外键和触发器都装回，留痕与锚相符，程序接着用', { timeout: 60_000 }, async () => {
    const url = await emptyDatabase();
    const restored = await cli(url, 'restore', file);
    expect(restored).toMatchObject({ code: 0, err: '' });
    expect(restored.out).toMatch(/留痕\d+条，逐条相符，与备份时的锚相符/);
    expect(await fingerprints(url)).toEqual(await fingerprints(await urlOf(it)));
    const again = await startTestApp({ databaseUrl: url, at: '2026-05-29 09:30', roster: false, platformDir: folder });
    await again.close();
    expect(await cli(url, 'audit', 'verify')).toMatchObject({ code: 0 });
  });

  test('恢复到自带的数据库：换一个新的 DATA_DIR 就行', { timeout: 120_000 }, async () => {
    const dataDir = join(folder, 'new');
    const restored = await runCli(['restore', file], { DATA_DIR: dataDir });
    expect(restored).toMatchObject({ code: 0, err: '' });
    const back = join(folder, '再备份.shuling');
    expect(await runCli(['backup', back], { DATA_DIR: dataDir })).toMatchObject({ code: 0, err: '' });
    const rowsOf = (path: string): string[] => gunzipSync(readFileSync(path)).toString().split('\n').slice(1, -2).sort();
    expect(rowsOf(back)).toEqual(rowsOf(file));
    await (await startEmbedded({ dataDir, log: () => undefined })).stop();
  });

  test('库里已有数据、正在用的库：拒绝，什么都没动', async () => {
    const url = await urlOf(it);
    const before = await fingerprints(url);
    expect(await cli(url, 'restore', file)).toMatchObject({ code: 1, err: expect.stringContaining('已有数据') });
    expect({ ...(await fingerprints(url)), '(next)': '' }).toEqual({ ...before, '(next)': '' });
  });

  test.each([
    ['截断的', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2), '不完整或已损坏'],
    ['改过一个字的', (bytes: Buffer) => gzipSync(gunzipSync(bytes).toString().replace('住房', '住宅')), '与校验值不符'],
    ['少了结尾的', (bytes: Buffer) => gzipSync(`${gunzipSync(bytes).toString().trimEnd().split('\n').slice(0, -1).join('\n')}\n`), '没有结尾'],
    ['少了一行的', (bytes: Buffer) => gzipSync(gunzipSync(bytes).toString().split('\n').toSpliced(20, 1).join('\n')), '与校验值不符'],
    ['不是备份的', () => Buffer.from('督查督办'), '不完整或已损坏'],
    ['别的 JSON 的', () => gzipSync('{"a":1}\n'), '不是书令的备份'],
    [
      '更新的版本做的',
      (bytes: Buffer) => gzipSync(gunzipSync(bytes).toString().replace('"0001_ground"', '"0001_ground","9999_future"')),
      '更新的版本',
    ],
  ] as const)('%s文件：说明为什么不能恢复，一行也没有写进去', async (_name, spoil, why) => {
    const url = await emptyDatabase();
    const spoilt = join(folder, 'spoilt.shuling');
    writeFileSync(spoilt, spoil(readFileSync(file)));
    expect(await cli(url, 'restore', spoilt)).toMatchObject({ code: 1, err: expect.stringContaining(why) });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass('"WorkItem"') IS NOT NULL AS there`);
    if (rows[0]?.there) expect((await client.query('SELECT 1 FROM "WorkItem" LIMIT 1')).rowCount).toBe(0);
    await client.end();
  });

  test('从没用过的库没有可备份的；没有的文件说没有', async () => {
    const url = await emptyDatabase();
    const path = join(folder, 'nothing.shuling');
    expect(await cli(url, 'backup', path)).toMatchObject({ code: 1, err: expect.stringContaining('没有可以备份的') });
    expect(existsSync(`${path}.part`)).toBe(false);
    expect(await cli(url, 'restore', path)).toMatchObject({ code: 1, err: expect.stringContaining('没有文件') });
  });

  test('旧的备份：等着发的押下不发，说出几件；不到一小时的照发', { timeout: 60_000 }, async () => {
    await onServer(
      await urlOf(it),
      `INSERT INTO "OutboxEntry" (id, kind, priority, lane, recipient, "dedupeKey", payload, state, "notBefore", "createdAt") VALUES ('held', 'sendText', 3, 'x', 'person:${it.person('方伟').person.openId}', 'held', '{}', 'pending', '2026-05-29', '2026-05-29')`,
    );
    const late = join(folder, '晚些.shuling');
    expect(await cli(await urlOf(it), 'backup', late)).toMatchObject({ code: 0 });
    const lines = gunzipSync(readFileSync(late)).toString();
    const [fresh, old] = [await emptyDatabase(), await emptyDatabase()];
    expect((await cli(fresh, 'restore', late)).out).not.toContain('没有再发');
    // 开头不在校验之内是不行的：改了时间，校验值也要重算，所以直接改写整份。
    const aged = lines.replace(/"takenAt":"[^"]+"/, '"takenAt":"2026-05-29T01:00:00.000Z"');
    const { createHash } = await import('node:crypto');
    const body = aged.slice(0, aged.trimEnd().lastIndexOf('\n') + 1);
    const end = JSON.parse(aged.slice(body.length)) as { sha256: string };
    writeFileSync(late, gzipSync(`${body}${JSON.stringify({ ...end, sha256: createHash('sha256').update(body).digest('hex') })}\n`));
    const { out } = await cli(old, 'restore', late);
    expect(out).toMatch(/等着发的1件没有再发.*发给：\n {2}方伟1件\n请他们发送“我的任务”/);
    expect((await cli(old, 'doctor')).out).toMatch(/1件已放弃，其中1件是恢复备份时没有再发的[\s\S]*请他们发送“我的任务”/);
  });
});
