import { Worker } from 'node:worker_threads';
import { assertNever } from '#core/assert';
import { InvalidError } from '#core/errors';
import type { CellValue, SheetData } from '#core/feature';
import { type WorkbookLimits, workbookLimits } from './limits.ts';

type Answer = { readonly sheets: readonly SheetData[] } | { readonly refused: string };

/** 工作线程的话 — a refusal, some rows of a sheet, or the end. */
type Message =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'rows'; readonly sheet: number; readonly name: string; readonly rows: readonly (readonly CellValue[])[] }
  | { readonly kind: 'end' };

const entry = new URL('./read-worker.mjs', import.meta.url);

/**
 * 读表格 — in a thread of its own, with a limit on memory and time, so that clicks are answered meanwhile. Reads .xlsx, .xls, .ods
 * and .csv (UTF-8 or GB18030).
 * @throws InvalidError with a Chinese reason for whatever can't or must not be read
 */
export async function readWorkbook(bytes: Uint8Array, fileName: string, limits: WorkbookLimits = workbookLimits): Promise<readonly SheetData[]> {
  if (bytes.byteLength === 0) throw new InvalidError('文件是空的，请重新发送');
  if (bytes.byteLength > limits.fileBytesMax) {
    throw new InvalidError(`文件有${Math.ceil(bytes.byteLength / 1024 / 1024)}MB，超过${limits.fileBytesMax / 1024 / 1024}MB的上限，请拆分后再发`);
  }
  const answer = await inWorker({ bytes, fileName, limits });
  if ('refused' in answer) throw new InvalidError(answer.refused);
  return answer.sheets;
}

function inWorker(task: { bytes: Uint8Array; fileName: string; limits: WorkbookLimits }): Promise<Answer> {
  return new Promise((resolve) => {
    // execArgv 置空：工作线程只跑普通脚本，不带主进程的装载器，起得快。
    const worker = new Worker(entry, { workerData: task, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: task.limits.heapMb } });
    const finish = (answer: Answer): void => {
      clearTimeout(timer);
      resolve(answer);
      worker.terminate().catch(() => undefined);
    };
    const timer = setTimeout(
      () => finish({ refused: `文件在${task.limits.timeoutMs / 1000}秒内没有读完，内容可能异常，请另存为新的 .xlsx 后再发` }),
      task.limits.timeoutMs,
    );
    const sheets: { name: string; rows: (readonly CellValue[])[] }[] = [];
    worker.on('message', (message: Message) => {
      switch (message.kind) {
        case 'refused':
          return finish({ refused: message.reason });
        case 'end':
          return finish({ sheets });
        case 'rows': {
          const sheet = sheets[message.sheet] ?? { name: message.name, rows: [] };
          sheets[message.sheet] = sheet;
          sheet.rows.push(...message.rows);
          // 一次只收一小份，收完先让别的事走一轮再要下一份：整张大表一次拆开会把点击堵上几秒。
          setImmediate(() => worker.postMessage('next'));
          return;
        }
        default:
          assertNever(message);
      }
    });
    worker.once('error', (error: Error & { code?: string }) =>
      finish({
        refused:
          error.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? '文件展开后太大，请删去多余的行列后再发'
            : '文件已损坏或格式不对，请用表格软件打开、另存为 .xlsx 后再发',
      }),
    );
  });
}
