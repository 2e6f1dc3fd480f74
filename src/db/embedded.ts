import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { choosePlace, isAlive, type Place, preparePlace, superuser } from './embedded-place.ts';

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
  /** false only in tests: commits do not wait for the disk, and nothing tidies up behind a test at a moment of its own */
  readonly durable?: boolean;
}

const readyWithinMs = 20_000;
/** A server that answers "starting up" or "shutting down" is at work: after a crash it may have much to replay. */
const recoveredWithinMs = 600_000;
const pollMs = 20;
const relaunchAfterMs = 250;

/**
 * 起自带的数据库 — starts the PostgreSQL that ships inside an npm package, or joins the one that already runs on this folder
 * (a former run that was killed, or another process). Never two servers on one folder.
 * @throws Error when the server does not answer within 20 s (10 min while it recovers), or the folder or its password do not fit
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const place = choosePlace(options.dataDir, options.log);
  const password = preparePlace(place);
  const url = (port: number, name: string): string =>
    `postgresql://${superuser}:${password}@127.0.0.1:${port}/${name}${existsSync(socketFile(place, port)) ? `?host=${encodeURIComponent(place.data)}` : ''}`;
  const { port, launched } = await reach(place, options, (at) => url(at, 'postgres'));
  if (launched || !isAlive(readOwner(place))) writeFileSync(ownerFile(place), String(process.pid));
  if (!launched) options.log(`沿用已在运行的数据库（端口 ${port}）`);
  await ensureDatabase(url(port, 'postgres'));
  return { url: url(port, 'shuling'), stop: () => stop(place) };
}

const ownerFile = (place: Place): string => join(place.base, 'postgres.owner');
const readOwner = (place: Place): number => Number(readIfThere(ownerFile(place)) ?? 0);

/** 另一个进程随时会删掉它：先问有没有再读，中间就可能没了。 */
function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * 找到或起动服务 — asks whoever holds the folder; when nobody does, launches, and launches again as long as need be: after a crash
 * the children of the dead server hold its memory for a moment, a server that is stopping holds the folder until it has stopped,
 * and another process may be launching just now.
 */
async function reach(place: Place, options: EmbeddedOptions, url: (port: number) => string): Promise<{ port: number; launched: boolean }> {
  const startedMs = performance.now();
  let child: ChildProcess | undefined;
  let untilMs = startedMs + readyWithinMs;
  while (performance.now() < untilMs) {
    const running = readPid(place);
    if (running) {
      const answer = await knock(url(running.port), place);
      if (answer === 'ready') return { port: running.port, launched: child?.pid === running.pid };
      if (answer === 'busy') untilMs = Math.min(performance.now() + readyWithinMs, startedMs + recoveredWithinMs);
      await pause(pollMs);
    } else if (!child || hasEnded(child)) {
      if (child) await pause(relaunchAfterMs);
      child = await launch(place, options);
    } else {
      await pause(pollMs);
    }
  }
  throw new Error(`自带的数据库等了 ${Math.round((performance.now() - startedMs) / 1000)} 秒还没有就绪，请查看 ${logFile(place)}`);
}

/** 正在运行的服务 — the pid file of PostgreSQL: line 1 pid, line 4 port. undefined: none, or it died without cleaning up. */
function readPid(place: Place): { pid: number; port: number } | undefined {
  const lines = (readIfThere(join(place.data, 'postmaster.pid')) ?? '').split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return port > 0 && isServer(pid, place) ? { pid, port } : undefined;
}

/** 进程号会被系统重新分给别人，死了没人收的进程也还占着号；能看到命令行的系统上多核对一次。 */
function isServer(pid: number, { data }: Place): boolean {
  if (!isAlive(pid)) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(data);
  } catch {
    // 没有 /proc 的系统看不到命令行；有的系统上则是刚刚结束。
    return !existsSync('/proc/self') && isAlive(pid);
  }
}

/** @returns busy: the server is alive and says that it is starting up or shutting down */
async function knock(url: string, { base }: Place): Promise<'ready' | 'busy' | 'silent'> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return 'ready';
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === '28P01') throw new Error(`数据库不认 ${join(base, 'postgres.password')} 里的口令。请从备份找回这个文件后再启动。`);
    return code === '57P03' ? 'busy' : 'silent';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * 本机套接字 — beside the data, where only the database's user (and root) may enter. A question costs up to a third less than by TCP.
 * 路径长过系统所限（107字节，有的系统103）、带有要转义的字符、没有本机套接字的系统，都照旧走 TCP。
 */
const socketFile = ({ data }: Place, port: number): string => join(data, `.s.PGSQL.${port}`);
const mayUseSocket = (place: Place): boolean =>
  process.platform !== 'win32' && /^[\w./-]+$/.test(place.data) && Buffer.byteLength(socketFile(place, 65_535)) <= 103;

/** 清掉断电留下的套接字：锁文件里的进程已经不在的 */
function clearSockets({ data }: Place): void {
  for (const lock of readdirSync(data).filter((name) => /^\.s\.PGSQL\.\d+\.lock$/.test(name))) {
    if (isAlive(Number((readIfThere(join(data, lock)) ?? '').split('\n')[0]))) continue;
    for (const name of [lock, lock.slice(0, -'.lock'.length)]) rmSync(join(data, name), { force: true });
  }
}

const logFile = ({ base }: Place): string => join(base, 'postgres.log');
const hasEnded = (child: ChildProcess): boolean => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

async function launch(place: Place, { durable = true }: EmbeddedOptions): Promise<ChildProcess> {
  const { native, data, account } = place;
  const port = await freePort();
  clearSockets(place);
  const socket = `unix_socket_directories=${mayUseSocket(place) ? data : ''}`;
  const settings = ['listen_addresses=127.0.0.1', socket, 'max_connections=120', 'shared_buffers=128MB'];
  if (!durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off');
  const log = openSync(logFile(place), 'a');
  // 另成一组：在终端按 Ctrl-C 时先停程序，再由程序停数据库。
  const child = spawn(join(native, 'bin', 'postgres'), ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])], {
    ...account,
    cwd: data,
    detached: true,
    stdio: ['ignore', log, log],
  });
  // 起不来的原因写进同一个日志，等不到服务的人会去看它。
  child.on('error', (error) => writeFileSync(logFile(place), `${error.message}\n`, { flag: 'a' }));
  child.unref();
  closeSync(log);
  return child;
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

/** PostgreSQL: the database exists; so it does, as another process found out at the same moment. */
const alreadyThere = new Set<unknown>(['42P04', '23505']);

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query(`SELECT 1 FROM pg_database WHERE datname = 'shuling'`);
    if (rowCount === 0) await client.query('CREATE DATABASE shuling');
  } catch (error) {
    if (!alreadyThere.has((error as { code?: unknown }).code)) throw error;
  } finally {
    await client.end();
  }
}

async function stop(place: Place): Promise<void> {
  if (readOwner(place) !== process.pid) return;
  rmSync(ownerFile(place), { force: true });
  const running = readPid(place);
  if (!running) return;
  // 先请它收尾；二十秒还没停就立即停，已确认的写入在日志里，下次起动时补上。
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.kill(running.pid, signal);
    for (let waited = 0; waited < readyWithinMs; waited += pollMs) {
      if (!isServer(running.pid, place)) return;
      await pause(pollMs);
    }
  }
}
