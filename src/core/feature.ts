import type { z } from 'zod';
import type { ActionDefinition, ActionValue } from '#cards/kit/action';
import type { Card, CardDefinition } from '#cards/kit/card';
import type { Actor, Context, Tx } from './context.ts';
import type { OfficialDocument } from './document.ts';
import type { Machine } from './machine.ts';
import type { Recipient } from './outbox.ts';
import type { LiveView, PageScript, WebPage } from './web.ts';

/**
 * 功能 — a feature's table of contents. Features never import each other; they meet through what they
 * contribute here (commands for the help card, imports for the file intake, checks for 诊断 …).
 */
export interface Feature {
  readonly name: string;
  /** 中文名，用于帮助 */
  readonly title: string;
  readonly cards: readonly CardDefinition<never>[];
  readonly actions?: readonly ActionHandler[];
  readonly commands?: readonly Command[];
  readonly jobs?: readonly JobDefinition<never, never>[];
  readonly schedules?: readonly Schedule[];
  readonly imports?: readonly WorkbookImporter[];
  readonly dataFiles?: readonly DataFileImporter[];
  readonly notices?: readonly NoticeHandler[];
  readonly checks?: readonly HealthCheck[];
  /** 网页 — for people without an account and for the projector */
  readonly pages?: readonly WebPage[];
  readonly liveViews?: readonly LiveView[];
  readonly pageScripts?: readonly PageScript[];
  readonly machines?: Readonly<Record<string, Machine<string, string>>>;
  readonly itemActions?: readonly ItemAction<never>[];
  /** 话题 — a bare name that only the data know (a project, a theme pack), asked when no command is meant. null: not mine. */
  readonly topic?: (ctx: Context, text: string) => Promise<Answer | null>;
  /** 简报里的一行 — about these items at this instant (`在督1(湾督〔2026〕3号)`); an empty text says nothing. */
  readonly digestLine?: (ctx: Context, query: { readonly itemIds: readonly string[]; readonly at: Date }) => Promise<string>;
  readonly renewals?: readonly CardRenewal[];
  /** 等他办的 — keys of cards, each under a prefix of `renewals`, that these posts owe an answer to, whoever got them before. */
  readonly waitingFor?: (ctx: Context, person: Actor) => Promise<readonly string[]>;
  /** Another feature has changed the item: bring the cards that show it up to date. */
  readonly itemChanged?: (ctx: Context, itemId: string) => Promise<void>;
  /** The working days are other ones now: reckon anew what hangs on them, and say in one sentence what changed. null: nothing did. */
  readonly calendarChanged?: (ctx: Context) => Promise<string | null>;
  /**
   * 收材料 — a picture, or a file that is no table anybody imports: whoever has a use for it answers, the others say null.
   * @param file.reason why it was not taken for a table; null for a picture
   */
  readonly material?: (ctx: Context, file: Material) => Promise<Answer | null>;
  /** 到了督办令的一步 — the reminders were of no use: whoever owns orders drafts them (never more than a draft). */
  readonly orderDue?: (ctx: Context, itemIds: readonly string[]) => Promise<void>;
}

/** 发来的材料 — still on the platform; `JobWorld.download` fetches it. */
export interface Material {
  readonly messageId: string;
  readonly fileKey: string;
  /** '' for a picture */
  readonly fileName: string;
  readonly kind: 'file' | 'image';
  readonly reason: string | null;
}

/** 功能的写法 — props, payloads and checked values differ from one entry to the next; the lists only need their names. */
interface FeatureDeclaration extends Omit<Feature, 'cards' | 'jobs' | 'imports' | 'itemActions'> {
  readonly cards: readonly Pick<CardDefinition<never>, 'cardName' | 'title'>[];
  readonly jobs?: readonly Pick<JobDefinition<never, never>, 'name'>[];
  readonly imports?: readonly Pick<WorkbookImporter, 'name' | 'title'>[];
  readonly itemActions?: readonly Pick<ItemAction<never>, 'text'>[];
}

/** 定义功能 */
export function defineFeature(feature: FeatureDeclaration): Feature {
  return feature as unknown as Feature;
}

/** 全部贡献 — the read-only union over all features, built once at start by runtime/registry. */
export interface Contributions {
  readonly features: readonly Feature[];
  readonly commands: readonly Command[];
  readonly imports: readonly WorkbookImporter[];
  readonly dataFiles: readonly DataFileImporter[];
  readonly checks: readonly HealthCheck[];
}

// ── 按钮 ─────────────────────────────────────────────────────────────────

/** 提示 — the short line that the platform shows after a click. */
export interface Toast {
  readonly type: 'success' | 'info' | 'warning' | 'error';
  readonly text: string;
}

/** 对点击的答复 — a plain string is a success toast; `card` replaces the card under the finger at once. */
export interface ActionReply {
  readonly toast?: string | Toast;
  readonly card?: Card;
}

/** 点击 — what the platform told about the click besides the action's own payload. */
export interface Click {
  readonly messageId: string | null;
  readonly chatId: string | null;
}

export interface ActionHandler {
  readonly action: ActionDefinition<unknown, unknown>;
  readonly handle: (ctx: Context, payload: never, form: never, click: Click) => Promise<ActionReply>;
}

/** 接按钮 — binds a handler to an action declared in `cards/<feature>/actions.ts`. */
export function on<Payload, Form>(
  action: ActionDefinition<Payload, Form>,
  handle: (ctx: Context, payload: Payload, form: Form, click: Click) => Promise<ActionReply>,
): ActionHandler {
  return { action: action as ActionDefinition<unknown, unknown>, handle };
}

/**
 * 事项动作 — a button that a feature adds to the card of an item. `offer` gives what the button carries, or null where the
 * state or the right does not allow it.
 */
export interface ItemAction<Item> {
  readonly text: string;
  readonly offer: (ctx: Context, item: Item) => ActionValue | null | Promise<ActionValue | null>;
}

/** 可办的动作 — a button as it is offered. */
export interface OfferedAction {
  readonly text: string;
  readonly action: ActionValue;
}

/**
 * 换发 — the cards of a key that begins with `prefix` wait for an answer: before the platform switches their buttons off they are sent anew.
 * `redraw` gives the card as it is now, or null when nobody has to answer any more. It may note that the card goes out. It is called by
 * `renewedFor` (core/renewal) only.
 */
export interface CardRenewal {
  readonly prefix: string;
  readonly redraw: (ctx: Context, card: { readonly cardKey: string; readonly to: Recipient }) => Promise<Renewed | null>;
}

/** 换发的样子 — with whom it is for by what holds today: whoever had the old card may have left the post since, or the item the unit. */
export interface Renewed {
  readonly card: Card;
  readonly isFor: (reader: Actor) => boolean;
  /** the one chat that may have it; left out: none */
  readonly chatId?: string | null;
}

// ── 口令 ─────────────────────────────────────────────────────────────────

/** 口令的来路 — where the text was typed. */
export interface Conversation {
  readonly chatId: string;
  readonly chatType: 'p2p' | 'group';
  readonly messageId: string;
}

/**
 * 答复 — `card`, `files` or `text` go back to where the question came from; with `privately` it goes to the
 * asker in direct chat and a group gets a one-line pointer.
 */
export interface Answer {
  readonly card?: Card;
  readonly cardKey?: string;
  /** earlier cards of the key are taken back, see `sendCard` */
  readonly replaces?: boolean;
  readonly text?: string;
  /** 附在卡片之后的文件，见 `saveBlob` */
  readonly files?: readonly { readonly fileName: string; readonly blobId: string }[];
  readonly privately?: boolean;
}

export interface Command {
  /** 第一个是正名，其余是别名（含英文） */
  readonly words: readonly [string, ...string[]];
  /** 一句话说明，进帮助卡 */
  readonly summary: string;
  /** 写法示例，例如 `任务 管-063` */
  readonly example: string;
  /** Recognises texts that carry no command word (`管-063`). Returns the argument text or null. */
  readonly match?: (text: string) => string | null;
  /** Shown in help only to those who may use it; execution is checked by the handler itself. */
  readonly visibleTo?: (actor: Actor) => boolean;
  readonly handle: (ctx: Context, argument: string, conversation: Conversation) => Promise<Answer>;
}

/** 定义口令 */
export function command(definition: Command): Command {
  return definition;
}

// ── 后台办理 ─────────────────────────────────────────────────────────────

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

/** 要写的表 */
export interface SheetToWrite {
  readonly name: string;
  /** @property width in characters */
  readonly columns: readonly { readonly heading: string; readonly width: number }[];
  readonly rows: AsyncIterable<readonly CellValue[]>;
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

// ── 定时 ─────────────────────────────────────────────────────────────────

export interface Schedule {
  readonly name: string;
  /** cron 表达式（Asia/Shanghai）；只是闹钟，到期与否由 sweep 去查 */
  readonly cron: string;
  readonly sweep: (ctx: Context) => Promise<void>;
  /** 一批可能发给全区的人：在它前一分钟，有人等着的就改走“回复”，把“发送”的额度让出来 */
  readonly bulk?: boolean;
}

/** 定义定时 */
export function schedule(name: string, cron: string, sweep: (ctx: Context) => Promise<void>, { bulk = false }: { bulk?: boolean } = {}): Schedule {
  return { name, cron, sweep, bulk };
}

// ── 收文件 ───────────────────────────────────────────────────────────────

/** 单元格 — as the reader gives it: text, number, boolean, a date (YYYY-MM-DD) or empty. */
export type CellValue = string | number | boolean | { readonly date: string } | null;

export interface SheetData {
  readonly name: string;
  /** rows[0] is row 1 of the sheet; merged cells are filled from their top-left cell */
  readonly rows: readonly (readonly CellValue[])[];
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

// ── 平台通知 ─────────────────────────────────────────────────────────────

/** 平台通知 — things that happen without a click or a text. */
export type Notice =
  | { readonly kind: 'chatEntered'; readonly chatId: string }
  | { readonly kind: 'botAdded'; readonly chatId: string; readonly chatName: string }
  | { readonly kind: 'botRemoved'; readonly chatId: string }
  | { readonly kind: 'menu'; readonly key: string }
  | { readonly kind: 'personLeft'; readonly openId: string };

export interface NoticeHandler {
  readonly kind: Notice['kind'];
  readonly handle: (ctx: Context, notice: never) => Promise<Answer | void>;
}

/** 接通知 */
export function onNotice<K extends Notice['kind']>(
  kind: K,
  handle: (ctx: Context, notice: Extract<Notice, { kind: K }>) => Promise<Answer | void>,
): NoticeHandler {
  return { kind, handle };
}

// ── 诊断 ─────────────────────────────────────────────────────────────────

export interface HealthResult {
  readonly status: 'pass' | 'warn' | 'fail' | 'skip';
  readonly finding: string;
  /** 怎么办 */
  readonly hint?: string;
}

/** 诊断项 — the same list answers `doctor` in the shell and 诊断 in chat. Reads only. */
export interface HealthCheck {
  readonly name: string;
  /** 要紧 — while it fails, `/readyz` does too */
  readonly critical?: boolean;
  readonly run: (tx: Tx, now: Date) => Promise<HealthResult>;
}
