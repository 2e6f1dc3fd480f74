import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { workbookLimits } from './limits.ts';
import { readerCode } from './reader-code.ts';

/** 起好就等主进程把代码一份份送来，说“run”就运行 */
const bootstrap =
  "const parts = []; process.on('message', function take(said) { if (said !== 'run') return void parts.push(said.part);" +
  " process.off('message', take); require('node:vm').compileFunction(Buffer.concat(parts).toString(), ['require'])(require); })";
const shell = '/bin/sh';
/** 让到最后：只用别人不用的处理器（SCHED_IDLE），没有 chrt 的机器上退到 nice 19；都没有也照样读。 */
const stepBack = 'chrt -i -p 0 $$; renice -n 19 -p $$; unset PWD; exec "$0" "$@"';
/** 用掉一个，过这么久再备下一个：等着结果的那些点击先走 */
const nextSpareMs = 2_000;
/** 一次说给它这么多字节：两毫秒以内 */
const portionBytes = 128 * 1024;

/** 备着的一个；没有备的程序（命令行、测试）从不留下进程 */
let spare: { readonly reader: ChildProcess; readonly told: Promise<void> } | undefined;
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
  spare = { reader, told: tellCode(reader, code) };
  reader.once('exit', () => {
    if (spare?.reader === reader) spare = undefined;
  });
  // 闲着的它不拦着程序结束。
  reader.unref();
  reader.channel?.unref();
}

/** 取一个读表进程 — the spare one, or a new one; with its code. @param heapMb megabytes of memory at most */
export async function takeReader(heapMb: number): Promise<ChildProcess> {
  const waiting = heapMb === workbookLimits.heapMb ? spare : undefined;
  if (waiting?.reader.connected) {
    spare = undefined;
    waiting.reader.ref();
    waiting.reader.channel?.ref();
    await waiting.told;
    return waiting.reader;
  }
  const code = await readerCode();
  const reader = start(heapMb);
  await tellCode(reader, code);
  return reader;
}

/** 用完了 — it is not used again: whatever a file has done to it ends with it. */
export function dropReader(reader: ChildProcess): void {
  reader.kill('SIGKILL');
  // 没有备成，下一份文件来了当场起。
  if (keepsSpare) setTimeout(() => void keepSpareReader().catch(() => undefined), nextSpareMs).unref();
}

/** 说给读表进程 — if it is gone, its end is heard, not this. */
export function tellReader(reader: ChildProcess, message: string | object): void {
  if (reader.connected) reader.send(message, () => undefined);
}

async function tellCode(reader: ChildProcess, code: Uint8Array): Promise<void> {
  await tellBytes(reader, code);
  tellReader(reader, 'run');
}

/** 说给读表进程一串字节 — part by part: some megabytes in one piece would hold up the clicks for tens of milliseconds. */
export async function tellBytes(reader: ChildProcess, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.byteLength && reader.connected; from += portionBytes) {
    const part = bytes.subarray(from, from + portionBytes);
    await new Promise<void>((resolve) => reader.send({ kind: 'part', part }, () => setImmediate(resolve)));
  }
}

/**
 * 起读表进程 — it steps back, clicks come first: what takes seconds of a processor must not take it from them. `nice` alone is not enough:
 * where Linux groups processes by session, it counts only inside the group, and the database's processes are others. A thread would share the
 * program's memory map, and to give back the hundreds of megabytes of a long table stops every other thread for tenths of a second.
 * It sees nothing of our environment: whoever wrote the file must not find a key there.
 */
function start(heapMb: number): ChildProcess {
  const command = [...(existsSync(shell) ? [shell, '-c', stepBack] : []), process.execPath, `--max-old-space-size=${heapMb}`, '-e', bootstrap];
  const [program = process.execPath, ...args] = command;
  const reader = spawn(program, args, { env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' });
  // 没有人在听的时候进程出了错，也不能带倒整个程序。
  reader.on('error', () => undefined);
  return reader;
}
