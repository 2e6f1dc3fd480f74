import { Worker } from 'node:worker_threads';
import type { OfficialDocument } from '#core/document';
import type { Typeset } from './typeset.ts';

/** 排版 — sets documents one after another in a thread of its own, so that clicks are answered meanwhile. */
export interface Typesetter {
  typeset(document: OfficialDocument): Promise<Uint8Array>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** 闲这么久就收起线程，把内存还回去 */
const idleMs = 20_000;
/** 一份文件这么久还没排好，就当线程卡住了 */
const stuckMs = 60_000;
const heapMb = 512;
const entry = new URL('./typeset-worker.mjs', import.meta.url);

/** 建排版 — the thread starts with the first document. */
export function createTypesetter(): Typesetter {
  let worker: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let numbered = 0;
  const waiting = new Map<number, Waiting>();

  const rest = (ms: number, done: () => void): void => {
    clearTimeout(timer);
    timer = setTimeout(done, ms).unref();
  };
  const drop = (reason: Error): void => {
    clearTimeout(timer);
    const gone = worker;
    worker = undefined;
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
    gone?.terminate().catch(() => undefined);
  };
  const watch = (): void => {
    // 有人等着就不让进程自己退，闲着的线程不拦。
    if (waiting.size === 0) worker?.unref();
    else worker?.ref();
    if (waiting.size === 0) rest(idleMs, () => drop(new Error('typesetter: idle')));
    else rest(stuckMs, () => drop(new Error(`typesetter: no document within ${stuckMs / 1000} s`)));
  };
  const start = (): Worker => {
    const started = new Worker(entry, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: heapMb } });
    started.on('message', (done: Typeset) => {
      const asked = waiting.get(done.id);
      waiting.delete(done.id);
      if ('bytes' in done) asked?.resolve(done.bytes);
      else asked?.reject(new Error(`typesetter: ${done.fault}`));
      watch();
    });
    started.on('error', (error: Error) => {
      if (worker === started) drop(error);
    });
    return started;
  };
  return {
    typeset: (document) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        numbered += 1;
        waiting.set(numbered, { resolve, reject });
        worker.postMessage({ id: numbered, document });
        watch();
      }),
    async close() {
      clearTimeout(timer);
      await worker?.terminate();
      worker = undefined;
    },
  };
}
