import { z } from 'zod';
import type { Answer, Conversation, Material } from '#core/command';
import type { Context } from '#core/context';
import { AppError, InvalidError } from '#core/errors';
import type { Contributions } from '#core/feature';
import { defineJob, type JobDefinition, type JobWorld } from '#core/job';
import { computeWords, type DataFileImporter, type ReceivedWorkbook, type SheetData, uncomputed, type WorkbookImporter } from '#core/workbook';
import { type OpenWorkbook, openWorkbook } from '../workbook/open-workbook.ts';
import { queueAnswer } from './answer.ts';
import type { SystemCards } from './parts.ts';

const payloadShape = z.object({
  fileKey: z.string(),
  fileName: z.string(),
  kind: z.enum(['file', 'image']).default('file'),
  conversation: z.object({ chatId: z.string(), chatType: z.enum(['p2p', 'group']), messageId: z.string() }),
});
type IntakePayload = z.output<typeof payloadShape>;

interface PreparedWorkbook {
  readonly kind: 'workbook';
  readonly workbook: ReceivedWorkbook;
  readonly importer: WorkbookImporter;
  readonly checked: unknown;
  /** key of the card that says 正在预检, if one was sent */
  readonly progressKey: string | undefined;
}

interface PreparedData {
  readonly kind: 'data';
  readonly importer: DataFileImporter;
  readonly text: string;
}

/** 不是哪一类表 — some feature may have a use for it all the same. */
interface PreparedMaterial {
  readonly kind: 'material';
  readonly reason: string | null;
}

type Prepared = PreparedWorkbook | PreparedData | PreparedMaterial;

const dataFileBytesMax = 256 * 1024;
const jobName = 'runtime.intake';
/** 行数超过它，核对要好几秒：先说一声。 */
const longFromRows = 3_000;

/** 排队收件 — the file is fetched and read later, outside the transaction of the message. */
export function queueIntake(ctx: Context, file: Omit<IntakePayload, 'conversation'>, conversation: Conversation): void {
  const payload: IntakePayload = { ...file, conversation: { ...conversation } };
  ctx.outbox.job({ name: jobName, payload: payloadShape }, payload, {
    dedupeKey: `intake:${conversation.messageId}`,
    priority: 'interactive',
  });
}

/** 收件 — downloads the file that a person sent, reads it as a workbook (or as text, by its ending) and hands it to the feature that knows its kind. */
export function createIntakeJob(
  { imports: importers, dataFiles }: Pick<Contributions, 'imports' | 'dataFiles'>,
  systemCards: SystemCards,
): JobDefinition<IntakePayload, Prepared> {
  return defineJob<IntakePayload, Prepared>({
    name: jobName,
    payload: payloadShape,
    prepare: async (world, { fileKey, fileName, kind, conversation }) => {
      if (kind === 'image') return { kind: 'material', reason: null };
      const bytes = await world.download(conversation.messageId, fileKey);
      const dataImporter = dataFiles.find(({ extension }) => fileName.toLowerCase().endsWith(extension));
      if (dataImporter) return { kind: 'data', importer: dataImporter, text: textOf(bytes) };
      const opened = await openWorkbook(bytes, fileName).catch(asMaterial);
      if ('reason' in opened) return opened;
      try {
        const importer = importers.find((candidate) => candidate.recognises(opened.heads));
        if (!importer) return { kind: 'material', reason: unrecognised(fileName, importers) };
        // 无权的人，不为他核对。
        await world.briefly((ctx) => Promise.resolve(assertMayImport(ctx, importer)));
        const sha256 = await world.keep(bytes);
        const workbook = { fileName, sha256, blobId: sha256, bytes, sheets: opened.heads };
        if (importer.examiner) return await examine({ world, opened, systemCards, conversation }, importer, workbook);
        const whole: ReceivedWorkbook = { ...workbook, sheets: computed(await opened.rows()) };
        return { kind: 'workbook', workbook: whole, importer, checked: await importer.check?.(world, whole), progressKey: undefined };
      } finally {
        opened.close();
      }
    },
    apply: async (ctx, { fileKey, fileName, kind, conversation }, prepared) => {
      if (prepared.kind === 'material') {
        const file = { messageId: conversation.messageId, fileKey, fileName, kind, reason: prepared.reason };
        queueAnswer(ctx, await answerMaterial(ctx, file), conversation);
        return;
      }
      assertMayImport(ctx, prepared.importer);
      if (prepared.kind === 'data') {
        queueAnswer(ctx, await prepared.importer.receive(ctx, { fileName, text: prepared.text }), conversation);
        return;
      }
      const { workbook, importer, checked, progressKey } = prepared;
      const { card, ...answer } = await importer.receive(ctx, workbook, checked, conversation);
      if (card && progressKey !== undefined) ctx.outbox.updateCard({ cardKey: progressKey, card });
      queueAnswer(ctx, card && progressKey === undefined ? { ...answer, card } : answer, conversation);
    },
    fail: async (ctx, { fileName, kind, conversation }, reason) => {
      const text = kind === 'image' ? reason : `《${fileName}》：${reason}`;
      const card = systemCards.notice({ title: kind === 'image' ? '图片没有收下' : '文件未能读入', text, tone: 'warning' });
      queueAnswer(ctx, { card }, conversation);
    },
  });
}

/** 公式都算出了结果的 @throws InvalidError names the first cell that was not */
function computed(sheets: readonly SheetData[]): readonly SheetData[] {
  for (const { name, rows, hidden } of sheets) {
    const row = hidden ? -1 : rows.findIndex((cells) => cells.includes(uncomputed));
    const column = rows[row]?.indexOf(uncomputed) ?? -1;
    if (column >= 0)
      throw new InvalidError(`工作表“${name}”第${row + 1}行第${column + 1}列是公式，没有算出的结果，${computeWords}。没有写入任何数据。`);
  }
  return sheets;
}

function asMaterial(error: unknown): PreparedMaterial {
  if (error instanceof InvalidError) return { kind: 'material', reason: error.publicMessage };
  throw error;
}

/** 当材料收 — the first feature that has a use for it; otherwise it stays refused, for the reason that it is no table of ours. */
async function answerMaterial(ctx: Context, file: Material): Promise<Answer> {
  for (const { material } of ctx.contributions.features) {
    const answer = await material?.(ctx, file);
    if (answer) return answer;
  }
  throw new InvalidError(file.reason ?? '我只看得懂文字和表格文件（.xlsx、.xls、.csv）。发送“帮助”可查看能办的事。');
}

interface Desk {
  readonly world: JobWorld;
  readonly opened: OpenWorkbook;
  readonly systemCards: SystemCards;
  readonly conversation: Conversation;
}

/** 就地核对 — long tables are announced by a card, which the result replaces. */
async function examine(desk: Desk, importer: WorkbookImporter, workbook: ReceivedWorkbook): Promise<PreparedWorkbook> {
  const { world, opened } = desk;
  if (!importer.examiner) throw new Error(`${importer.name} has no examiner`);
  const { module, input: inputOf } = importer.examiner;
  const { input, progressKey } = await inputOf(world, workbook);
  const told = opened.rowCount > longFromRows ? progressKey : undefined;
  if (told !== undefined) await tell(desk, told, { title: '正在预检', text: announcement(workbook.fileName, opened.rowCount), tone: 'info' });
  try {
    const { found, bulk, marked } = await opened.examine(module, input);
    // 几兆的文件先存好，不在事务里：经 Prisma 存一份，点击要停几十毫秒。
    const checked = { found, bulkBlobId: await world.keep(bulk), markedBlobId: await world.keep(marked) };
    return { kind: 'workbook', workbook, importer, checked, progressKey: told };
  } catch (error) {
    const text = `《${workbook.fileName}》没有核对完，原因见下一条消息。`;
    if (told !== undefined && error instanceof AppError) await tell(desk, told, { title: '预检没有完成', text, tone: 'warning' });
    throw error;
  }
}

async function tell({ world, systemCards, conversation }: Desk, cardKey: string, notice: Parameters<SystemCards['notice']>[0]): Promise<void> {
  const card = systemCards.notice(notice);
  await world.briefly(async (ctx) => {
    // 卡片已经在了（上次没办完、这次重来），发不出第二张：换上这一句。
    ctx.outbox.updateCard({ cardKey, card });
    queueAnswer(ctx, { card, cardKey, privately: true }, conversation, `progress:${conversation.messageId}`);
  });
}

function announcement(fileName: string, rows: number): string {
  return `《${fileName}》共${rows}行，正在逐行核对，约需半分钟。核对完，结果会换到这张卡片上，不必重发。`;
}

function assertMayImport(ctx: Context, importer: Pick<WorkbookImporter, 'title' | 'mayImport'>): void {
  if (importer.mayImport(ctx.actor)) return;
  throw new InvalidError(`您无权导入${importer.title}。文件没有被读入，请联系督查室或系统管理员。`);
}

function textOf(bytes: Uint8Array): string {
  if (bytes.byteLength > dataFileBytesMax) throw new InvalidError('文件太大，不像是放假数据，没有读入。请核对后重新发送');
  return new TextDecoder().decode(bytes);
}

function unrecognised(fileName: string, importers: readonly WorkbookImporter[]): string {
  const kinds = importers.map((importer) => importer.title).join('、');
  return `认不出《${fileName}》是哪一类表。现在能收的有：${kinds}。请核对表头后重新发送，没有写入任何数据。`;
}
