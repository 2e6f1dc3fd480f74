import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '#core/clock';
import type { FeishuConfig } from '../src/config.ts';
import { builtProgram } from './child/built.ts';

/** 给子进程的交代 */
export interface ChildOrders {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly adminMobile: string;
  /** the instant at which its clock stands, ISO */
  readonly at: string;
  /** true: the clock runs from there, from the moment of these orders on */
  readonly runs?: boolean;
  readonly feishu: FeishuConfig;
  /** where it listens; left out: anywhere */
  readonly port?: number;
}

/** 子进程里的程序 — the real program in a process of its own, so that it can really be killed. */
export interface ChildApp {
  readonly url: string;
  readonly pid: number;
  /** kill -9 */
  kill(): Promise<void>;
  /** SIGTERM */
  stop(): Promise<void>;
  /** SIGSTOP: it stands still, its sockets and connections stay open */
  freeze(): void;
  /** SIGCONT */
  thaw(): void;
}

const entry = fileURLToPath(new URL('child/main.ts', import.meta.url));
const startMaxMs = 180_000;

/** 起子进程 @throws Error with what it printed when it does not get ready */
export async function startChildApp(orders: ChildOrders): Promise<ChildApp> {
  const child = spawn(process.execPath, [await builtProgram(entry)], {
    env: {
      ...process.env,
      ...(orders.port === undefined ? {} : { PORT: String(orders.port) }),
      CHILD_ORDERS: JSON.stringify({ ...orders, since: systemClock.now().getTime() }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const port = await portOf(child);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string): void => reject(new Error(`${why}\n${said}`));
    const timer = setTimeout(() => fail('the child did not get ready'), startMaxMs);
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const port = /^port (\d+)$/m.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
    child.once('exit', () => fail('the child ended'));
  });
}
