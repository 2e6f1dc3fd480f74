import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestClock } from '#core/clock';
import { instantAt } from '#core/dates';
import { type Database, openDatabase } from '#db/client';
import { connectEmulator } from '../../src/connect-emulator.ts';
import { populateEmulator, readDemoRoster } from '../../src/demo.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { type CliRun, runCli } from './run-cli.ts';

const file = fileURLToPath(new URL('../fixtures/花名册.xlsx', import.meta.url));

let database: TestDatabase;
let client: Database;
let dataDir: string;
beforeAll(async () => {
  database = await createTestDatabase();
  client = openDatabase(database.url, { poolMax: 1 });
  dataDir = mkdtempSync(join(tmpdir(), 'shuling-cli-test-'));
});
afterAll(async () => {
  await client.close();
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const run = (...argv: string[]): Promise<CliRun> => runCli(argv, { DATABASE_URL: database.url, DATA_DIR: dataDir });
const count = async (table: string): Promise<number> => {
  const { rows } = await client.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM "${table}"`);
  return rows[0]?.n ?? -1;
};

describe('命令行导入花名册', () => {
  test('模拟平台从没运行过：说明先启动一次，什么都没写', async () => {
    expect(await run('roster', 'import', file)).toMatchObject({ code: 1, err: expect.stringContaining('npm start') });
    expect(await count('Unit')).toBe(0);
  });

  test('试导入报告同样的数目和清单，什么都没写', async () => {
    const { store } = connectEmulator({ clock: new TestClock(instantAt('2026-05-28', '15:00')), journal: join(dataDir, 'emulator.jsonl') });
    populateEmulator(store, await readDemoRoster());
    const { code, out } = await run('roster', 'import', file, '--dry-run');
    expect(code).toBe(0);
    expect(out).toContain('试导入，没有写入：31个单位、312人');
    expect(out).toMatch(/没有飞书账号\d+人：\n {2}\S+/);
    expect(out).toMatch(/按群名绑定的群39个，请核对：\n {2}\S+督办群（群主不在花名册）[\s\S]*\n {2}述职测评监督员群（群主\S+）/);
    expect([await count('Unit'), await count('Person'), await count('AuditEntry')]).toEqual([0, 0, 0]);
  });

  test('导入写入单位、人员和群，留一条痕；再导入一次不添任何东西', async () => {
    const { code, out } = await run('roster', 'import', file);
    expect(code).toBe(0);
    expect(out).toContain('花名册已导入：31个单位、312人');
    expect(await count('Unit')).toBe(31);
    expect(await count('AuditEntry')).toBe(1);
    const people = await count('Person');
    expect(await run('roster', 'import', file)).toMatchObject({ code: 0, out: expect.stringContaining('新增单位0、人员0、任职0') });
    expect(await count('Person')).toBe(people);
  });

  test('留痕校验：相符时给出可以抄存的锚；改动一条就指出是哪一条', async () => {
    const good = await run('audit', 'verify');
    expect(good).toMatchObject({ code: 0, out: expect.stringContaining('逐条相符') });
    const anchor = /锚 (\d+:\w+)/.exec(good.out)?.[1] ?? '';
    expect(await run('audit', 'verify', '--anchor', anchor)).toMatchObject({ code: 0 });
    await client.pool.query(`BEGIN`);
    await client.pool.query(`ALTER TABLE "AuditEntry" DISABLE TRIGGER ALL`);
    await client.pool.query(`UPDATE "AuditEntry" SET "actorName" = '别人' WHERE seq = 1`);
    await client.pool.query(`ALTER TABLE "AuditEntry" ENABLE TRIGGER ALL`);
    await client.pool.query(`COMMIT`);
    expect(await run('audit', 'verify')).toMatchObject({ code: 1, out: expect.stringContaining('第1条') });
  });

  test('文件不在、不是表格、命令写错：各有说法，退出码 1、1、2', async () => {
    expect(await run('roster', 'import', join(dataDir, '没有.xlsx'))).toMatchObject({ code: 1, err: expect.stringContaining('读不到文件') });
    expect(await run('roster', 'import', join(dataDir, 'emulator.jsonl'))).toMatchObject({ code: 1 });
    expect(await run('roster', 'improt', file)).toMatchObject({ code: 2 });
    expect(await run('audit', 'verify', '--anchor', '乱写')).toMatchObject({ code: 1, err: expect.stringContaining('序号:哈希') });
  });
});
