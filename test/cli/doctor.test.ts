import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, onServer, type TestDatabase } from '../database.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { runCli, silentPort } from './run-cli.ts';

interface Report {
  readonly ok: boolean;
  readonly results: readonly { readonly name: string; readonly status: string; readonly finding: string; readonly hint?: string }[];
}

let it: TestApp;
let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await createTestDatabase();
  it = await startTestApp({ databaseUrl: database.url });
  dataDir = mkdtempSync(join(tmpdir(), 'shuling-cli-test-'));
});
afterAll(async () => {
  await it.close();
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const env = (more: Record<string, string> = {}) => ({ DATABASE_URL: database.url, DATA_DIR: dataDir, PORT: String(it.app.port), ...more });

async function doctor(more: Record<string, string> = {}): Promise<{ code: number; report: Report; status(name: string): string | undefined }> {
  const { code, out } = await runCli(['doctor', '--json'], env(more));
  const report = JSON.parse(out) as Report;
  return { code, report, status: (name) => report.results.find((result) => result.name === name)?.status };
}

describe('诊断命令', () => {
  test('程序运行时逐项报告，没有未通过的，退出码 0', async () => {
    const { code, report, status } = await doctor();
    expect(report.results.filter((result) => result.status === 'fail')).toEqual([]);
    expect([code, report.ok]).toEqual([0, true]);
    expect(
      Object.fromEntries(['运行环境', '配置', '数据库', '数据库迁移', '工作日历', '系统管理员', '程序'].map((name) => [name, status(name)])),
    ).toEqual({
      运行环境: 'pass',
      配置: 'pass',
      数据库: 'pass',
      数据库迁移: 'pass',
      工作日历: 'pass',
      系统管理员: 'pass',
      程序: 'pass',
    });
  });

  test('与聊天里的“诊断”是同一份清单：功能贡献的检查一项不少', async () => {
    const { report } = await doctor();
    const names = report.results.map(({ name }) => name);
    for (const { name } of it.app.registry.contributions.checks) expect(names).toContain(name);
  });

  test('每个注意和未通过都写明怎么办', async () => {
    const { report } = await doctor();
    for (const { status, hint } of report.results) if (status === 'warn' || status === 'fail') expect(hint).toBeTruthy();
  });

  test('给人看的写法：每项一行，末行是合计，没有颜色代码', async () => {
    const { out } = await runCli(['doctor'], env());
    expect(out).toMatch(/✓ 通过 {2}数据库：可用/);
    expect(out.split('\n').at(-1)).toMatch(/^通过\d+，注意\d+，未通过0，未检查\d+$/);
    expect(out.includes('\u001b')).toBe(false);
  });

  test('程序没有运行不算故障：未检查', async () => {
    const { code, status } = await doctor({ PORT: silentPort });
    expect([code, status('程序')]).toEqual([0, 'skip']);
  });

  test('数据库连不上：未通过，退出码 1，其余照报', async () => {
    const { code, status } = await doctor({ DATABASE_URL: 'postgresql://nobody:x@127.0.0.1:1/none' });
    expect([code, status('数据库'), status('程序')]).toEqual([1, 'fail', 'pass']);
  });

  test('配置有误：指出哪个变量，退出码 1', async () => {
    const { code, report } = await doctor({ FEISHU_APP_ID: 'cli_x' });
    expect(code).toBe(1);
    expect(report.results.at(-1)).toMatchObject({ name: '配置', status: 'fail', finding: expect.stringContaining('FEISHU_APP_SECRET') });
  });

  test('只读：前后的数据库一模一样', async () => {
    const before = await dump();
    await doctor();
    expect(await dump()).toEqual(before);
  });
});

describe('迁移命令', () => {
  test('空库：诊断说没有迁移，迁移之后就通过；再迁移一次什么也不做', async () => {
    const url = new URL(database.url);
    url.pathname += '_empty';
    await onServer(database.url, `CREATE DATABASE ${url.pathname.slice(1)} TEMPLATE template0`);
    try {
      const before = await doctor({ DATABASE_URL: url.href });
      expect([before.code, before.status('数据库迁移')]).toEqual([1, 'fail']);
      expect(await runCli(['migrate'], env({ DATABASE_URL: url.href }))).toMatchObject({ code: 0, out: expect.stringContaining('0001_ground') });
      expect(await runCli(['migrate'], env({ DATABASE_URL: url.href }))).toMatchObject({ code: 0, out: '数据库已是最新，没有需要应用的迁移' });
      expect((await doctor({ DATABASE_URL: url.href })).status('数据库迁移')).toBe('pass');
    } finally {
      await onServer(database.url, `DROP DATABASE ${url.pathname.slice(1)} WITH (FORCE)`);
    }
  });
});

/** 每张表的行数与改动数，足以看出有没有写。 */
async function dump(): Promise<unknown> {
  const { rows } = await it.app.database.pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
  );
  const contents: [string, unknown][] = [];
  for (const { name } of rows) {
    const { rows: found } = await it.app.database.pool.query(`SELECT count(*)::int AS n, max(xmin::text::bigint) AS newest FROM "${name}"`);
    contents.push([name, found[0]]);
  }
  return contents;
}
