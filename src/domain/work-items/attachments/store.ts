import type { ActorPost, Tx } from '#core/context';
import { rows, statement } from '#db/rows';
import type { ProgressReport, WorkItem } from '../records.ts';

/** 反馈的附件 */
export interface ReportAttachment {
  readonly reportId: string;
  readonly blobId: string;
  readonly itemId: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly byId: string;
  readonly byName: string;
  readonly at: Date;
}

/** 记附件 — false: the same file is there already. */
export async function insertAttachment(tx: Tx, attachment: ReportAttachment): Promise<boolean> {
  const { count } = await rows(tx).reportAttachment.createMany({ data: [attachment], skipDuplicates: true });
  return count === 1;
}

/** 某几次反馈的附件，先附的在前 */
export const findAttachments: (tx: Tx, reportIds: readonly string[]) => Promise<Map<string, ReportAttachment[]>> = statement(
  'attachments.find',
  async (db, asked) => {
    const wanted = [...new Set(asked.flat())];
    const found =
      wanted.length === 0
        ? []
        : await db.$queryRaw<ReportAttachment[]>`
          SELECT "reportId", "blobId", "itemId", "fileName", "sizeBytes", "byId", "byName", at
          FROM "ReportAttachment" WHERE "reportId" = ANY(${wanted}::text[]) ORDER BY at`;
    return asked.map((reportIds) => byReport(found.filter(({ reportId }) => reportIds.includes(reportId))));
  },
);

function byReport(found: readonly ReportAttachment[]): Map<string, ReportAttachment[]> {
  const groups = new Map<string, ReportAttachment[]>();
  for (const attachment of found) groups.set(attachment.reportId, [...(groups.get(attachment.reportId) ?? []), attachment]);
  return groups;
}

/** 还没有采纳的反馈 — of the person, or of the items of his posts; the newest first. */
export async function findOpenReportsOf(
  tx: Tx,
  { personId, posts, limit }: { personId: string; posts: readonly ActorPost[]; limit: number },
): Promise<{ report: ProgressReport; item: WorkItem }[]> {
  const postIds = posts.map(({ postId }) => postId);
  const found = await rows(tx).progressReport.findMany({
    where: {
      status: { in: ['submitted', 'signedOff'] },
      OR: [{ reporterId: personId }, { item: { OR: [{ responsiblePostId: { in: postIds } }, { liaisonPostId: { in: postIds } }] } }],
    },
    include: { item: { omit: { internalNote: true } } },
    orderBy: { submittedAt: 'desc' },
    take: limit,
  });
  return found.map(({ item, ...report }) => ({ report, item })) as unknown as { report: ProgressReport; item: WorkItem }[];
}
