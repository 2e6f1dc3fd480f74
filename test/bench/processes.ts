import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { builtProgram } from '../child/built.ts';

/** 被测的服务器 */
export interface Subject {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly readyMs: number;
  /** a line to its standard input, and the line that it answers */
  ask(line: string): Promise<string>;
  stop(): void;
}

/** 我们自己的程序，照 `npm start` 编好、照它的参数起动；别人的照他们的快速上手 */
const ourOwn: ReadonlySet<string> = new Set(['ours', 'program']);

/** 同行的程序：现成的 JavaScript，不经 tsx；Node 的参数与我们的一样 */
const peers: ReadonlySet<string> = new Set(['bolt', 'koishi', 'probot']);

function ownFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { scripts: { start: string } };
  return scripts.start.split(' ').filter((word) => /^--(max|v8)-/.test(word));
}

/** 起一个服务器 — in a process of its own. @param pinned on the first processor alone, where `taskset` is there */
export async function startSubject(name: string, env: Record<string, string>, pinned = false): Promise<Subject> {
  const command = [process.execPath, ...(await argumentsFor(name))];
  const [program = '', ...args] = pinned && hasTaskset() ? ['taskset', '-c', '0', ...command] : command;
  const startedAt = performance.now();
  const child: ChildProcess = spawn(program, args, {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // 压测自己出错退出时，也不留下它。
  process.once('exit', () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} 退出，代码 ${code}`)));
    child.stdout?.once('data', (line: Buffer) => {
      const { port } = JSON.parse(line.toString().split('\n')[0] ?? '{}') as { port: number };
      const ask = (asked: string): Promise<string> =>
        new Promise((answer) => {
          child.stdout?.once('data', (said: Buffer) => answer(said.toString()));
          child.stdin?.write(`${asked}\n`);
        });
      resolve({ name, port, pid: child.pid ?? 0, readyMs: performance.now() - startedAt, ask, stop: () => child.kill('SIGKILL') });
    });
  });
}

async function argumentsFor(name: string): Promise<string[]> {
  const file = (extension: string): string => fileURLToPath(new URL(`servers/${name}.${extension}`, import.meta.url));
  if (ourOwn.has(name)) return [...ownFlags(), '--enable-source-maps', await builtProgram(file('ts'))];
  return peers.has(name) ? [...ownFlags(), file('mjs')] : ['--import', 'tsx', file('ts')];
}

/** 负载和数据库放到另一个处理器上 */
export function pinSelf(): void {
  if (hasTaskset()) spawnSync('taskset', ['-cp', '1', String(process.pid)]);
}

/** 用上全部处理器 — of what this process starts from now on too; for a bench whose parts must not share one. */
export function unpinSelf(): void {
  if (hasTaskset()) spawnSync('taskset', ['-cp', `0-${cpus().length - 1}`, String(process.pid)]);
}

const hasTaskset = (): boolean => spawnSync('taskset', ['--version']).status === 0;
const ticksPerSecond = 100;

/** 进程用掉的处理器时间，秒 */
export function cpuOf(pid: number): number {
  const fields = statOf(pid);
  return fields ? (Number(fields[11]) + Number(fields[12])) / ticksPerSecond : 0;
}

/** 数据库各进程合计，秒 — the postmaster's children, those that ended included. */
export function cpuOfDatabase(postmaster: number): number {
  const own = statOf(postmaster);
  const ended = own ? (Number(own[11]) + Number(own[12]) + Number(own[13]) + Number(own[14])) / ticksPerSecond : 0;
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && statOf(Number(name))?.[1] === String(postmaster));
  return children.reduce((sum, pid) => sum + cpuOf(Number(pid)), ended);
}

/** 常驻内存，MB @param what VmRSS now, VmHWM the highest so far */
export function memoryOf(pid: number, what: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`${what}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}

/** fields after the command's name: [0] state, [1] ppid, [11] utime, [12] stime, [13] cutime, [14] cstime */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
