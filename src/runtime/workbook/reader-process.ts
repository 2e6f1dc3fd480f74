import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { workbookLimits } from './limits.ts';
import { readerCode } from './reader-code.ts';

/** 起好就等主进程把代码送来 */
const bootstrap = "process.once('message', (code) => require('node:vm').compileFunction(code, ['require'])(require))";
const nice = ['/usr/bin/nice', '/bin/nice'].find((path) => existsSync(path));
/** 用掉一个，过这么久再备下一个：等着结果的那些点击先走 */
const nextSpareMs = 2_000;

/** 备着的一个；没有备的程序（命令行、测试）从不留下进程 */
let spare: ChildProcess | undefined;
let keepsSpare = false;

/**
 * 备一个读表进程 — for a program that runs on. To start one copies the memory map of a program that has grown (some twenty milliseconds in
 * which nothing else happens), and the new process is awake two tenths of a second later: both while somebody waits, and others click.
 */
export async function keepSpareReader(): Promise<void> {
  keepsSpare = true;
  if (spare !== undefined) return;
  const code = await readerCode();
  if (spare !== undefined) return;
  const reader = start(workbookLimits.heapMb);
  spare = reader;
  reader.once('exit', () => {
    if (spare === reader) spare = undefined;
  });
  tellReader(reader, code);
  // 闲着的它不拦着程序结束。
  reader.unref();
  reader.channel?.unref();
}

/** 取一个读表进程 — the spare one, or a new one; with its code. @param heapMb megabytes of memory at most */
export async function takeReader(heapMb: number): Promise<ChildProcess> {
  const waiting = heapMb === workbookLimits.heapMb ? spare : undefined;
  if (waiting?.connected) {
    spare = undefined;
    waiting.ref();
    waiting.channel?.ref();
    return waiting;
  }
  const code = await readerCode();
  const reader = start(heapMb);
  tellReader(reader, code);
  return reader;
}

/** 用完了 — it is not used again: whatever a file has done to it ends with it. */
export function dropReader(reader: ChildProcess): void {
  reader.kill('SIGKILL');
  if (keepsSpare) setTimeout(() => void keepSpareReader().catch(() => undefined), nextSpareMs).unref();
}

/** 说给读表进程 — if it is gone, its end is heard, not this. */
export function tellReader(reader: ChildProcess, message: string | object): void {
  if (reader.connected) reader.send(message, () => undefined);
}

/**
 * 起读表进程 — it steps back, clicks come first: what takes seconds of a processor must not take it from them. A thread would share the
 * program's memory map, and to give back the hundreds of megabytes of a long table stops every other thread for tenths of a second.
 * It sees nothing of our environment: whoever wrote the file must not find a key there.
 */
function start(heapMb: number): ChildProcess {
  const command = [...(nice === undefined ? [] : [nice, '-n', '19']), process.execPath, `--max-old-space-size=${heapMb}`, '-e', bootstrap];
  const [program = process.execPath, ...args] = command;
  const reader = spawn(program, args, { env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' });
  // 没有人在听的时候进程出了错，也不能带倒整个程序。
  reader.on('error', () => undefined);
  return reader;
}
