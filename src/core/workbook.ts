import type { Answer, Conversation } from './command.ts';
import type { Actor, Context } from './context.ts';
import type { JobWorld } from './job.ts';

/** 单元格 — as the reader gives it: text, number, boolean, a date (YYYY-MM-DD) or empty. */
export type CellValue = string | number | boolean | { readonly date: string } | null;

/** 没有结果的公式 — stands for a formula whose value was never stored (a program wrote the file, and nobody opened and saved it): it is not an empty cell. */
export const uncomputed = '=（公式没有算出的结果）';

/** 没有结果的公式怎么办 */
export const computeWords = '请用 Excel 或 WPS 打开、保存一次再发';

export interface SheetData {
  readonly name: string;
  /** rows[0] is row 1 of the sheet; merged cells are filled from their top-left cell */
  readonly rows: readonly (readonly CellValue[])[];
  /** 隐藏的工作表：发的人自己也看不见 */
  readonly hidden?: boolean;
}

export interface ReceivedWorkbook {
  readonly fileName: string;
  readonly sha256: string;
  readonly blobId: string;
  readonly bytes: Uint8Array;
  readonly sheets: readonly SheetData[];
}

/** 表上的批注 — what is written into the copy of a sheet that goes back to the sender. */
export interface SheetMarks {
  readonly sheet: string;
  /** the last row of the header, from 1 */
  readonly headerRow: number;
  /** heading of the column that is added */
  readonly heading: string;
  readonly results: readonly { readonly row: number; readonly text: string }[];
  /** @property cell F19 */
  readonly cells: readonly { readonly cell: string; readonly tone: 'error' | 'warning'; readonly comment: string }[];
}

/**
 * 表格核对 — a pure function in a module of its own, exported as `examine`. It runs in the thread that read the file, so that
 * neither a long table nor its check keeps a click waiting; input and `found` are copied between the threads.
 */
export type WorkbookExaminer<Input, Found> = (
  sheets: readonly SheetData[],
  input: Input,
) => { readonly found: Found; readonly bulk: unknown; readonly marks: readonly SheetMarks[] };

/** 核对过的表格 */
export interface ExaminedWorkbook<Found> {
  readonly found: Found;
  /** blob of what is only to be stored: JSON, gzipped */
  readonly bulkBlobId: string;
  /** blob of the same workbook with the marks in it, .xlsx */
  readonly markedBlobId: string;
}

/**
 * 表格导入 — a feature that takes workbooks says by which sheets and headers it recognises its own.
 * `check` runs in the job's reading half (no transaction, may ask the world); `receive` writes and answers.
 */
export interface WorkbookImporter<Checked = unknown> {
  readonly name: string;
  readonly title: string;
  /** sees the first thirty rows of each sheet */
  readonly recognises: (sheets: readonly SheetData[]) => boolean;
  readonly mayImport: (actor: Actor) => boolean;
  readonly check?: (world: JobWorld, workbook: ReceivedWorkbook) => Promise<Checked>;
  /**
   * For long tables, instead of `check`: the module whose `examine` gives the `ExaminedWorkbook` that `receive` gets, and what it
   * is called with. `workbook.sheets` has the first rows only, here and in `receive`. Under `progressKey` a card may say that the
   * work goes on; give it only for a card that does not exist yet.
   */
  readonly examiner?: {
    readonly module: URL;
    readonly input: (world: JobWorld, workbook: ReceivedWorkbook) => Promise<{ readonly input: unknown; readonly progressKey?: string }>;
  };
  readonly receive: (ctx: Context, workbook: ReceivedWorkbook, checked: Checked, conversation: Conversation) => Promise<Answer>;
}

/** 数据文件导入 — small files of text with a format of their own, recognised by the ending of the name. */
export interface DataFileImporter {
  readonly name: string;
  readonly title: string;
  /** `.json` */
  readonly extension: string;
  readonly mayImport: (actor: Actor) => boolean;
  readonly receive: (ctx: Context, file: { readonly fileName: string; readonly text: string }) => Promise<Answer>;
}

/** 要写的表 */
export interface SheetToWrite {
  readonly name: string;
  /** @property width in characters */
  readonly columns: readonly { readonly heading: string; readonly width: number }[];
  readonly rows: AsyncIterable<readonly CellValue[]>;
}
