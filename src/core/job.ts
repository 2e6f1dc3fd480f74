import type { z } from 'zod';
import type { Context } from './context.ts';
import type { OfficialDocument } from './document.ts';
import type { HealthResult } from './health.ts';
import type { SheetToWrite } from './workbook.ts';

/** 外界 — what the reading half of a job may ask of the world, outside any transaction. */
export interface JobWorld {
  readonly now: Date;
  /** 下载用户发来的文件 @throws AppError with a public text when it can't be had */
  download(messageId: string, fileKey: string, kind?: 'file' | 'image'): Promise<Uint8Array>;
  /** 按手机号找账号 — digits only; numbers without an account are missing from the map */
  findAccounts(mobiles: readonly string[]): Promise<Map<string, Account>>;
  /** 机器人所在的群 */
  listChats(): Promise<readonly ListedChat[]>;
  /** 存文件 — at once and for itself; what no row names in the end is cleared away. Returns the id, its SHA-256. */
  keep(bytes: Uint8Array): Promise<string>;
  /** 读已存的文件 */
  readBlob(blobId: string): Promise<Uint8Array>;
  /** 短事务 — as the same person; committed at once, whatever becomes of the job. May be run again, like every transaction. */
  briefly<T>(work: (ctx: Context) => Promise<T>): Promise<T>;
  /** 排印公文 — as .docx, in a thread of its own */
  typeset(document: OfficialDocument): Promise<Uint8Array>;
  /** 转 PDF — of a .docx. null: no LibreOffice here, or it did not manage; then the print page has to do */
  toPdf(docx: Uint8Array): Promise<Uint8Array | null>;
  /** 写表格 — as .xlsx, row by row and part by part: neither the rows nor the file is ever whole in memory. Returns the id of the blob. */
  tabulate(sheet: SheetToWrite): Promise<string>;
  /** 向平台核实凭证、权限等，逐项 */
  probe(): Promise<readonly (HealthResult & { readonly name: string })[]>;
}

/** 机器人所在的一个群 */
export interface ListedChat {
  readonly chatId: string;
  readonly name: string;
  /** null: the owner is a bot */
  readonly ownerOpenId: string | null;
  /** people of other tenants are in it */
  readonly external: boolean;
}

/** 平台上的账号 */
export interface Account {
  readonly openId: string;
  readonly unionId?: string;
  readonly userId?: string;
}

/**
 * 后台办理的定义 — `prepare` reads and computes without a transaction; `apply` writes in one.
 * `fail` runs (in a transaction) when the work is given up, so that nobody waits in silence.
 */
export interface JobDefinition<Payload, Prepared> {
  readonly name: string;
  readonly payload: z.ZodType<Payload>;
  /** 一阵一阵来的 — `apply` asks for statements only and goes the short way, at half the cost; what is no statement sends it the long way */
  readonly burst?: boolean;
  readonly prepare: (world: JobWorld, payload: Payload) => Promise<Prepared>;
  readonly apply: (ctx: Context, payload: Payload, prepared: Prepared) => Promise<void>;
  readonly fail?: (ctx: Context, payload: Payload, reason: string) => Promise<void>;
}

/** 定义后台办理 */
export function defineJob<Payload, Prepared>(definition: JobDefinition<Payload, Prepared>): JobDefinition<Payload, Prepared> {
  return definition;
}
