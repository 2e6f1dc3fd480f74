import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { InvalidError } from '#core/errors';
import type { CellValue, SheetData } from '#core/feature';
import { type WorkbookLimits, workbookLimits } from './limits.ts';
import { examinerCode, readerCode } from './thread-code.ts';

/** 打开的表格 — the rows stay in the thread that read them, until they are asked for. */
export interface OpenWorkbook {
  /** the first rows of each sheet */
  readonly heads: readonly SheetData[];
  /** of all sheets */
  readonly rowCount: number;
  /** @throws InvalidError as `openWorkbook` does */
  rows(): Promise<readonly SheetData[]>;
  /** 就地核对 — the module's `examine` runs in the thread of the file; see `WorkbookExaminer`. @throws InvalidError */
  examine<Found>(module: URL, input: unknown): Promise<Findings<Found>>;
  close(): void;
}

/** 核对的结果 */
interface Findings<Found> {
  readonly found: Found;
  /** JSON, gzipped */
  readonly bulk: Uint8Array;
  /** .xlsx */
  readonly marked: Uint8Array;
}

/** 工作线程的话 — a refusal, the first rows, some rows of a sheet, the end of them, or what was found. */
type Message =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'opened'; readonly heads: readonly SheetData[]; readonly rowCount: number }
  | { readonly kind: 'rows'; readonly sheet: number; readonly name: string; readonly rows: readonly (readonly CellValue[])[] }
  | { readonly kind: 'end' }
  | ({ readonly kind: 'examined' } & Findings<unknown>);

const unreadable = '文件已损坏或格式不对，请用表格软件打开、另存为 .xlsx 后再发';
const tooBig = '文件展开后太大，请删去多余的行列后再发';

/**
 * 备好读表 — for a program that runs on: the code of the threads is made before the first file comes, which would otherwise wait for it.
 * @param examiners the modules of `WorkbookImporter.examiner`
 */
export async function prepareReading(examiners: readonly URL[]): Promise<void> {
  await readerCode();
  for (const module of examiners) await examinerCode(module);
}

/**
 * 打开表格 — in a thread of its own, with a limit on memory and time, so that clicks are answered meanwhile. Reads .xlsx, .xls, .ods
 * and .csv (UTF-8 or GB18030).
 * @throws InvalidError with a Chinese reason for whatever can't or must not be read
 */
export async function openWorkbook(bytes: Uint8Array, fileName: string, limits: WorkbookLimits = workbookLimits): Promise<OpenWorkbook> {
  if (bytes.byteLength === 0) throw new InvalidError('文件是空的，请重新发送');
  if (bytes.byteLength > limits.fileBytesMax) {
    throw new InvalidError(`文件有${Math.ceil(bytes.byteLength / 1024 / 1024)}MB，超过${limits.fileBytesMax / 1024 / 1024}MB的上限，请拆分后再发`);
  }
  // execArgv 置空：工作线程只跑备好的一段代码，不带主进程的装载器，起得快。
  const workerData = { bytes, fileName, limits };
  const worker = new Worker(await readerCode(), { eval: true, workerData, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: limits.heapMb } });
  // 没有人在听的时候线程出了错，也不能带倒整个程序。
  worker.on('error', () => undefined);
  const close = (): void => void worker.terminate().catch(() => undefined);
  try {
    const opened = await hear(worker, limits.timeoutMs, (message) => message.kind === 'opened' && message).catch(asRefusal);
    return {
      heads: opened.heads,
      rowCount: opened.rowCount,
      rows: () => {
        worker.postMessage({ kind: 'rows' });
        return hearRows(worker, limits.timeoutMs);
      },
      examine: async <Found>(module: URL, input: unknown) => {
        worker.postMessage({ kind: 'examine', code: await examinerCode(module), input });
        return hear<Findings<Found>>(
          worker,
          limits.examineTimeoutMs,
          (message) => message.kind === 'examined' && (message as unknown as Findings<Found>),
        );
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function hearRows(worker: Worker, timeoutMs: number): Promise<readonly SheetData[]> {
  const sheets: { name: string; rows: (readonly CellValue[])[] }[] = [];
  return hear(worker, timeoutMs, (message) => {
    if (message.kind === 'end') return sheets;
    if (message.kind !== 'rows') return false;
    const sheet = sheets[message.sheet] ?? { name: message.name, rows: [] };
    sheets[message.sheet] = sheet;
    sheet.rows.push(...message.rows);
    // 一次只收一小份，收完先让别的事走一轮再要下一份：整张大表一次拆开会把点击堵上几秒。
    setImmediate(() => worker.postMessage({ kind: 'next' }));
    return false;
  });
}

/** 读表的库自己倒下，是文件的毛病；核对时倒下是程序的毛病，照原样抛出。 */
function asRefusal(error: unknown): never {
  throw error instanceof InvalidError ? error : new InvalidError(unreadable, String(error));
}

/** 听到为止 — until `take` gives the answer, the thread refuses, fails or takes too long. */
function hear<Answer>(worker: Worker, timeoutMs: number, take: (message: Message) => Answer | false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const done = (end: () => void): void => {
      stop();
      // 只摘自己挂上的：Node 靠内部的监听开关消息口，一把全摘，下一句就再也听不到。
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      end();
    };
    const fail = (error: unknown): void => done(() => reject(error instanceof Error ? error : new Error(String(error))));
    const refuse = (reason: string): void => fail(new InvalidError(reason));
    const stop = whenSpent(timeoutMs, () => {
      refuse(`文件在${timeoutMs / 1000}秒内没有读完，内容可能异常，请另存为新的 .xlsx 后再发`);
      void worker.terminate().catch(() => undefined);
    });
    const onMessage = (message: Message): void => {
      if (message.kind === 'refused') {
        refuse(message.reason);
        return;
      }
      try {
        const answer = take(message);
        if (answer !== false) done(() => resolve(answer));
      } catch (error) {
        fail(error);
      }
    };
    const onError = (error: Error & { code?: string }): void => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') refuse(tooBig);
      else fail(error);
    };
    const onExit = (): void => fail(new Error('the thread of the workbook has ended'));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

/** 机器再挤，也只等这么多倍 */
const crowdedFactor = 6;

/**
 * 时间用完 — counted in processor time of this process without the main thread's, so that neither a crowded machine nor many clicks
 * refuse a genuine file; no longer than six times as long by the clock. Returns how to stop it.
 */
function whenSpent(limitMs: number, refuse: () => void): () => void {
  const from = threadsMs();
  let waitedMs = 0;
  let timer: NodeJS.Timeout;
  const wait = (ms: number): void => {
    timer = setTimeout(() => {
      waitedMs += ms;
      const leftMs = limitMs - (threadsMs() - from);
      if (leftMs <= 0 || waitedMs >= crowdedFactor * limitMs) refuse();
      else wait(Math.min(Math.max(leftMs, 100), crowdedFactor * limitMs - waitedMs));
    }, ms);
  };
  wait(limitMs);
  return () => clearTimeout(timer);
}

/** 主线程之外用掉的处理器毫秒 — only Linux tells the threads apart; elsewhere the clicks count too. */
function threadsMs(): number {
  const { user, system } = process.cpuUsage();
  try {
    return (user + system) / 1e3 - Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return (user + system) / 1e3;
  }
}
