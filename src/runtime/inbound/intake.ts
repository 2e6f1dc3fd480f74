import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { type Conversation, defineJob, type JobDefinition, type ReceivedWorkbook, type WorkbookImporter } from '#core/feature';
import { saveBlob } from '#domain/blobs/store';
import { readWorkbook } from '../workbook/read-workbook.ts';
import { queueAnswer } from './answer.ts';
import type { SystemCards } from './parts.ts';

const payloadShape = z.object({
  fileKey: z.string(),
  fileName: z.string(),
  conversation: z.object({ chatId: z.string(), chatType: z.enum(['p2p', 'group']), messageId: z.string() }),
});
type IntakePayload = z.output<typeof payloadShape>;

interface Prepared {
  readonly workbook: ReceivedWorkbook;
  readonly importer: WorkbookImporter;
  readonly checked: unknown;
}

const jobName = 'runtime.intake';

/** 排队收件 — the file is fetched and read later, outside the transaction of the message. */
export function queueIntake(ctx: Context, file: { fileKey: string; fileName: string }, conversation: Conversation): void {
  const payload: IntakePayload = { ...file, conversation: { ...conversation } };
  ctx.outbox.job({ name: jobName, payload: payloadShape }, payload, {
    dedupeKey: `intake:${conversation.messageId}`,
    priority: 'interactive',
  });
}

/** 收件 — downloads the file that a person sent, reads it as a workbook and hands it to the feature that knows its kind. */
export function createIntakeJob(importers: readonly WorkbookImporter[], systemCards: SystemCards): JobDefinition<IntakePayload, Prepared> {
  return defineJob<IntakePayload, Prepared>({
    name: jobName,
    payload: payloadShape,
    prepare: async (world, { fileKey, fileName, conversation }) => {
      const bytes = await world.download(conversation.messageId, fileKey);
      const sheets = await readWorkbook(bytes, fileName);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const workbook: ReceivedWorkbook = { fileName, sha256, blobId: sha256, bytes, sheets };
      const importer = importers.find((candidate) => candidate.recognises(sheets));
      if (!importer) throw new InvalidError(unrecognised(fileName, importers));
      return { workbook, importer, checked: await importer.check?.(world, workbook) };
    },
    apply: async (ctx, { conversation }, { workbook, importer, checked }) => {
      if (!importer.mayImport(ctx.actor)) {
        throw new InvalidError(`您无权导入${importer.title}。文件没有被读入，请联系督查室或系统管理员。`);
      }
      await saveBlob(ctx.tx, workbook.bytes, ctx.now);
      queueAnswer(ctx, await importer.receive(ctx, workbook, checked, conversation), conversation);
    },
    fail: async (ctx, { fileName, conversation }, reason) => {
      const card = systemCards.notice({ title: '文件未能读入', text: `《${fileName}》：${reason}`, tone: 'warning' });
      queueAnswer(ctx, { card }, conversation);
    },
  });
}

function unrecognised(fileName: string, importers: readonly WorkbookImporter[]): string {
  const kinds = importers.map((importer) => importer.title).join('、');
  return `认不出《${fileName}》是哪一类表。现在能收的有：${kinds}。请核对表头后重新发送，没有写入任何数据。`;
}
