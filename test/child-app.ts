import { type ChildProcess, spawn } from 'node:child_process';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
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
  /** the most that its heap may take, megabytes; left out: what node thinks right */
  readonly heapMb?: number;
  /** where it listens; left out: anywhere */
  readonly port?: number;
  /** true: it brings the database to its own form first, as `npm start` does */
  readonly migrates?: boolean;
}

/** 哪一份程序 — the one of this tree, unless another tree is named; and who wants to know of it before it is ready. */
export interface ChildProgram {
  /** of a tree with its own `test/child/main.ts` and `src/build-program.mjs` */
  readonly root?: string;
  readonly spawned?: (pid: number) => void;
  /** each line of its log */
  readonly heard?: (line: string) => void;
}

/** 子进程里的程序 — the real program in a process of its own, so that it can really be killed. */
export interface ChildApp {
  readonly url: string;
  readonly pid: number;
  /** kill -9 @throws Error with what it printed when it had ended by itself */
  kill(): Promise<void>;
  /** SIGTERM @throws Error with what it printed when it had ended by itself, or did not end in good order */
  stop(): Promise<void>;
  /** SIGSTOP: it stands still, its sockets and connections stay open */
  freeze(): void;
  /** SIGCONT */
  thaw(): void;
}

const ourRoot = fileURLToPath(new URL('..', import.meta.url));
const ourEntry = fileURLToPath(new URL('child/main.ts', import.meta.url));
const startMaxMs = 180_000;

/** 起子进程 @throws Error with what it printed when it does not get ready */
export async function startChildApp(orders: ChildOrders, { root = ourRoot, spawned, heard }: ChildProgram = {}): Promise<ChildApp> {
  const limits = orders.heapMb === undefined ? [] : [`--max-old-space-size=${orders.heapMb}`];
  const child = spawn(process.execPath, [...limits, await builtProgram(join(root, relative(ourRoot, ourEntry)), root)], {
    env: {
      ...process.env,
      ...(orders.port === undefined ? {} : { PORT: String(orders.port) }),
      CHILD_ORDERS: JSON.stringify({ ...orders, since: systemClock.now().getTime() }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const said = keepWords(child);
  if (heard) createInterface({ input: child.stderr }).on('line', heard);
  spawned?.(child.pid ?? 0);
  const port = await portOf(child, said);
  let ours = false;
  /** 自己倒下的不算我们停的：那正是要看见的（I10）。 */
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const again = ours;
    ours = true;
    child.kill(signal);
    await ended;
    const asked = signal === 'SIGKILL' ? child.signalCode === signal : child.exitCode === 0;
    if (!again && !asked) throw new Error(`the child ended by itself, ${child.signalCode ?? child.exitCode}\n${said.text()}`);
    if (/unhandled|uncaught/i.test(said.text())) throw new Error(`the child left something unhandled\n${said.text()}`);
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

/** 说过的话 — the last of what it printed; a flood of lines is not kept whole. */
interface Words {
  text(): string;
}

const wordsMax = 20_000;

function keepWords(child: ChildProcess): Words {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-wordsMax);
    });
  return { text: () => said };
}

function portOf(child: ChildProcess, said: Words): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${why}\n${said.text()}`));
    const timer = setTimeout(() => fail('the child did not get ready'), startMaxMs);
    child.stdout?.on('data', () => {
      const port = /^port (\d+)$/m.exec(said.text())?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
    child.once('exit', () => fail('the child ended'));
  });
}
