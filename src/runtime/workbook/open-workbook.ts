import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { InvalidError } from '#core/errors';
import type { CellValue, SheetData } from '#core/workbook';
import { type WorkbookLimits, workbookLimits } from './limits.ts';
import { examinerCode } from './reader-code.ts';
import { dropReader, keepSpareReader, takeReader, tellBytes, tellReader } from './reader-process.ts';

/** 打开的表格 — the rows stay in the process that read them, until they are asked for. */
export interface OpenWorkbook {
  /** the first rows of each sheet */
  readonly heads: readonly SheetData[];
  /** of all sheets */
  readonly rowCount: number;
  /** @throws InvalidError as `openWorkbook` does */
  rows(): Promise<readonly SheetData[]>;
  /** 就地核对 — the module's `examine` runs in the process of the file; see `WorkbookExaminer`. @throws InvalidError */
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

/** 读表进程的话 — a refusal, a fault, the first rows, some rows of a sheet, the end of them, or what was found. */
type Message =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'opened'; readonly heads: readonly SheetData[]; readonly rowCount: number }
  | {
      readonly kind: 'rows';
      readonly sheet: number;
      readonly name: string;
      readonly hidden?: boolean;
      readonly rows: readonly (readonly CellValue[])[];
    }
  | { readonly kind: 'end' }
  | ({ readonly kind: 'examined' } & Findings<unknown>);

const unreadable = '文件已损坏或格式不对，请用表格软件打开、另存为 .xlsx 后再发';
/** 读表的让着点击：点击一直占满机器，它就轮不上，不怪文件。 */
const tooBusy = '机器正忙，表格还没有读完，请过几分钟再发一次';
const tooBig = '文件展开后太大，请删去多余的行列后再发';

/**
 * 备好读表 — for a program that runs on: a process that reads, and the code of the checks, are made before the first file comes, which would
 * otherwise wait for them. @param examiners the modules of `WorkbookImporter.examiner`
 */
export async function prepareReading(examiners: readonly URL[]): Promise<void> {
  await keepSpareReader();
  for (const module of examiners) await examinerCode(module);
}

/**
 * 打开表格 — in a process of its own, with a limit on memory and time, so that clicks are answered meanwhile. Reads .xlsx, .xls, .ods
 * and .csv (UTF-8 or GB18030).
 * @throws InvalidError with a Chinese reason for whatever can't or must not be read
 */
export async function openWorkbook(bytes: Uint8Array, fileName: string, limits: WorkbookLimits = workbookLimits): Promise<OpenWorkbook> {
  if (bytes.byteLength === 0) throw new InvalidError('文件是空的，请重新发送');
  if (bytes.byteLength > limits.fileBytesMax) {
    throw new InvalidError(`文件有${Math.ceil(bytes.byteLength / 1024 / 1024)}MB，超过${limits.fileBytesMax / 1024 / 1024}MB的上限，请拆分后再发`);
  }
  const reader = await takeReader(limits.heapMb);
  const close = (): void => dropReader(reader);
  try {
    await tellBytes(reader, bytes);
    tellReader(reader, { kind: 'open', fileName, limits });
    const opened = await hear(reader, limits.timeoutMs, (message) => message.kind === 'opened' && message).catch(asRefusal);
    return {
      heads: opened.heads,
      rowCount: opened.rowCount,
      rows: () => {
        tellReader(reader, { kind: 'rows' });
        return hearRows(reader, limits.timeoutMs);
      },
      examine: async <Found>(module: URL, input: unknown) => {
        tellReader(reader, { kind: 'examine', code: await examinerCode(module), input });
        return hear<Findings<Found>>(
          reader,
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

function hearRows(reader: ChildProcess, timeoutMs: number): Promise<readonly SheetData[]> {
  const sheets: { name: string; rows: (readonly CellValue[])[]; hidden?: boolean }[] = [];
  return hear(reader, timeoutMs, (message) => {
    if (message.kind === 'end') return sheets;
    if (message.kind !== 'rows') return false;
    const sheet = sheets[message.sheet] ?? { name: message.name, rows: [], ...(message.hidden ? { hidden: true } : {}) };
    sheets[message.sheet] = sheet;
    sheet.rows.push(...message.rows);
    // 一次只收一小份，收完先让别的事走一轮再要下一份：整张大表一次拆开会把点击堵上几秒。
    setImmediate(() => tellReader(reader, { kind: 'next' }));
    return false;
  });
}

/** 读表的库自己倒下，是文件的毛病；核对时倒下是程序的毛病，照原样抛出。 */
function asRefusal(error: unknown): never {
  throw error instanceof InvalidError ? error : new InvalidError(unreadable, String(error));
}

/** 听到为止 — until `take` gives the answer, the process refuses, fails or takes too long. */
function hear<Answer>(reader: ChildProcess, timeoutMs: number, take: (message: Message) => Answer | false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const done = (end: () => void): void => {
      stop();
      reader.off('message', onMessage).off('error', onError).off('exit', onExit);
      end();
    };
    const fail = (error: unknown): void => done(() => reject(error instanceof Error ? error : new Error(String(error))));
    const refuse = (reason: string): void => fail(new InvalidError(reason));
    const stop = whenSpent(reader, timeoutMs, (crowded) => {
      refuse(crowded ? tooBusy : `文件在${timeoutMs / 1000}秒内没有读完，内容可能异常，请另存为新的 .xlsx 后再发`);
      reader.kill('SIGKILL');
    });
    const onMessage = (message: unknown): void => {
      const said = message as Message;
      if (said.kind === 'refused') {
        refuse(said.reason);
        return;
      }
      if (said.kind === 'failed') {
        fail(new Error(said.why));
        return;
      }
      try {
        const answer = take(said);
        if (answer !== false) done(() => resolve(answer));
      } catch (error) {
        fail(error);
      }
    };
    const onError = (error: Error): void => fail(error);
    // 内存用尽，V8 自己中止。
    const onExit = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (signal === 'SIGABRT' || code === 134) refuse(tooBig);
      else fail(new Error(`the process of the workbook has ended (${String(code ?? signal)})`));
    };
    if (reader.exitCode !== null || reader.signalCode !== null) {
      queueMicrotask(() => onExit(reader.exitCode, reader.signalCode));
      return;
    }
    reader.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

/** 机器再挤，也只等这么多倍 */
const crowdedFactor = 6;

/**
 * 时间用完 — counted in processor time of the reading process, so that a crowded machine refuses no genuine file; no longer than six
 * times as long by the clock. Returns how to stop it. @param refuse told whether the processor was never its turn
 */
function whenSpent({ pid }: ChildProcess, limitMs: number, refuse: (crowded: boolean) => void): () => void {
  const from = spentMs(pid);
  let waitedMs = 0;
  let timer: NodeJS.Timeout;
  const wait = (ms: number): void => {
    timer = setTimeout(() => {
      waitedMs += ms;
      const leftMs = limitMs - (spentMs(pid) - from);
      if (leftMs <= 0 || waitedMs >= crowdedFactor * limitMs) refuse(leftMs > 0);
      else wait(Math.min(Math.max(leftMs, 100), crowdedFactor * limitMs - waitedMs));
    }, ms);
  };
  wait(limitMs);
  return () => clearTimeout(timer);
}

/** 一拍十毫秒：Linux 的 USER_HZ */
const msPerTick = 10;

/** 进程用掉的处理器毫秒 — only Linux tells it; elsewhere the clock counts. */
function spentMs(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, , , , , , , , , , , user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return (user + system) * msPerTick;
  } catch {
    return performance.now();
  }
}
