import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuditRecord, type Context, systemActor } from '#core/context';
import { instantAt, localDateOf } from '#core/dates';
import { AppError } from '#core/errors';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { acknowledgeBook } from '#domain/work-items/books';
import { breakDown } from '#domain/work-items/break-down';
import { completeItem, requestCompletion, requireOnSite, returnCompletion, sendBackItem, signOffCompletion } from '#domain/work-items/complete';
import { decideDecline, declineItem, proposeDecline } from '#domain/work-items/decline';
import { archiveItem, cancelItem, resumeItem, suspendItem } from '#domain/work-items/halt';
import { completionCriteria, openStatuses } from '#domain/work-items/model';
import { adoptReport, returnReport, signOffReport, submitReport } from '#domain/work-items/progress';
import { fc } from '../fast-check.ts';
import { startWithBooks } from '../features/given-books.ts';
import type { TestApp } from '../harness.ts';

let it: TestApp;
let items: string[] = [];
const now = instantAt('2026-05-29', '10:00');

/** 在一个事务里办一件事 — the real engine and database; messages and the chain are not looked at here. */
async function perform<Done>(work: (ctx: Context, records: AuditRecord[]) => Promise<Done>): Promise<Done> {
  return withTransaction(it.app.database, (tx) => {
    const records: AuditRecord[] = [];
    const ctx = {
      ...{ now, today: localDateOf(now), actor: systemActor, tx, audit: { record: (entry: AuditRecord) => void records.push(entry) } },
      settings: { acknowledgeWithinDays: 2, declineWithinDays: 2 },
    } as unknown as Context;
    return work(ctx, records);
  });
}

beforeAll(async () => {
  it = await startWithBooks();
  const books = await perform((ctx) => rows(ctx.tx).taskBook.findMany({ select: { id: true } }));
  for (const { id } of books) await perform((ctx) => acknowledgeBook(ctx, id));
  items = (await perform((ctx) => rows(ctx.tx).workItem.findMany({ select: { id: true }, orderBy: { code: 'asc' } }))).map(({ id }) => id);
}, 120_000);
afterAll(() => it.close());

type Verb = (typeof verbs)[number];
const verbs = [
  ...(['breakDown', 'request', 'signOff', 'return', 'onSite', 'complete', 'sendBack'] as const),
  ...(['suspend', 'resume', 'cancel', 'archive', 'decline', 'propose', 'keep', 'reassign'] as const),
] as const;

/** 一道命令：办哪件事，对事项本身还是它的第几个子任务 */
const command = fc.record({ verb: fc.constantFrom(...verbs), on: fc.integer({ min: 0, max: 3 }), waived: fc.boolean() });

async function act(ctx: Context, itemId: string, { verb, waived, target }: { verb: Verb; waived: boolean; target: Target }): Promise<unknown> {
  const { requestId, declineId, round, known } = target;
  switch (verb) {
    case 'breakDown': {
      const part = (title: string, weight: number | null) => ({ title, dueOn: '2026-06-05', weight, responsiblePostId: null });
      return breakDown(
        ctx,
        { itemId, known },
        { parts: waived ? [part('甲', null), part('乙', null)] : [part('甲', 30), part('乙', 70)], shares: [] },
      );
    }
    case 'request':
      return requestCompletion(ctx, { itemId, round }, { result: '办完', evidence: null, waiver: waived ? '另有安排' : null });
    case 'signOff':
      return signOffCompletion(ctx, requestId);
    case 'return':
      return returnCompletion(ctx, requestId, '补充');
    case 'onSite':
      return requireOnSite(ctx, requestId, null);
    case 'complete':
      return completeItem(ctx, requestId, { met: completionCriteria, findings: '看过' });
    case 'sendBack':
      return sendBackItem(ctx, requestId, { reason: '重办', findings: null });
    case 'suspend':
      return suspendItem(ctx, itemId, '纪要');
    case 'resume':
      return resumeItem(ctx, itemId, { dueOn: '2026-06-05', basis: '批示' });
    case 'cancel':
      return cancelItem(ctx, itemId, '纪要');
    case 'archive':
      return archiveItem(ctx, itemId);
    case 'decline':
      return declineItem(ctx, itemId, { reason: '不是本单位职责', suggestedUnit: 'U27' });
    case 'propose':
      return proposeDecline(ctx, declineId, { decision: 'reassign', unit: 'U27', note: null });
    case 'keep':
      return decideDecline(ctx, declineId, { decision: 'uphold', unit: null, note: null });
    case 'reassign':
      return decideDecline(ctx, declineId, { decision: 'reassign', unit: 'U27', note: null });
  }
}

interface Target {
  readonly requestId: string;
  readonly declineId: string;
  readonly round: number;
  readonly known: number;
}

const treeOf = (rootId: string) =>
  perform((ctx) =>
    rows(ctx.tx).workItem.findMany({
      where: { OR: [{ id: rootId }, { parentId: rootId }] },
      include: { completions: { orderBy: { round: 'asc' } }, declines: { orderBy: { filedAt: 'asc' } }, suspensions: true },
      orderBy: { position: 'asc' },
    }),
  );
type Tree = Awaited<ReturnType<typeof treeOf>>;

/** B11 2、6：牵头和责任岗；上级是下级的加权平均；必办的没办完，没有书面说明就办不结 */
function assertInvariants(tree: Tree, rootId: string): void {
  const root = tree.find(({ id }) => id === rootId);
  const children = tree.filter(({ parentId }) => parentId === rootId);
  for (const { status, leadUnit, responsiblePostId } of tree) {
    expect(leadUnit).toMatch(/^U\d\d$/);
    if (status === 'inProgress') expect(responsiblePostId).not.toBeNull();
  }
  const live = children.filter(({ status }) => status !== 'cancelled');
  const closed = root?.status === 'completed' || root?.status === 'archived';
  if (closed) {
    const open = children.filter(({ status }) => openStatuses.some((known) => known === status) || status === 'suspended');
    if (open.length > 0) expect(root.completions.at(-1)?.waiver).toBeTruthy();
  } else if (live.length > 0) {
    const weightOf = (child: Tree[number]): number => (live.some(({ weight }) => weight !== null) ? (child.weight ?? 0) : 1);
    const whole = live.reduce((sum, child) => sum + weightOf(child), 0);
    expect(root?.percent).toBe(Math.floor(live.reduce((sum, child) => sum + weightOf(child) * child.percent, 0) / whole));
  }
}

test('任意次序、带重复的命令：不变式 B11 2、5、6 始终成立，改了状态必有一行留痕，重复的什么都不改', { timeout: 120_000 }, async () => {
  let next = 0;
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 6, maxLength: 12 }), async (commands) => {
      const rootId = items[next++ % items.length] ?? '';
      for (const { verb, on, waived } of commands) {
        const before = await treeOf(rootId);
        const subject = before[on] ?? before.find(({ id }) => id === rootId);
        if (!subject) continue;
        const target: Target = {
          requestId: subject.completions.at(-1)?.id ?? '',
          declineId: subject.declines.at(-1)?.id ?? '',
          round: (subject.completions.at(-1)?.round ?? 0) + 1,
          known: before.filter(({ parentId }) => parentId === subject.id).length,
        };
        const attempt = () =>
          perform(async (ctx, records) => {
            await act(ctx, subject.id, { verb, waived, target });
            return records;
          }).catch((error: unknown) => {
            if (error instanceof AppError) return null;
            throw error;
          });
        const records = await attempt();
        const after = await treeOf(rootId);
        assertInvariants(after, rootId);
        if (records === null) {
          expect(after).toEqual(before);
          continue;
        }
        accepted += 1;
        for (const item of after) {
          const former = before.find(({ id }) => id === item.id);
          if (former?.status === item.status) continue;
          const last = records.filter(({ subject: about, after: status }) => about.id === item.id && status === item.status);
          expect([verb, last.length]).toEqual([verb, 1]);
        }
        expect(await attempt()).toBeNull();
        expect(await treeOf(rootId)).toEqual(after);
      }
    }),
    { numRuns: 30, endOnFailure: true },
  );
  expect(accepted).toBeGreaterThan(30);
});

test('B11-7：指标任意次填报、退回、采纳：降了的必有原因记着，没有原因的一次也不收', { timeout: 120_000 }, async () => {
  const find = () =>
    perform((ctx) => rows(ctx.tx).workItem.findFirstOrThrow({ where: { code: '管-063' }, include: { reports: { orderBy: { round: 'asc' } } } }));
  const metricOf = (metrics: unknown) => (metrics as { name: string; value: number; previous: number; reason?: string; current: number }[])[0];
  const step = fc.record({ value: fc.integer({ min: 190, max: 230 }), reason: fc.boolean(), adopted: fc.boolean() });
  const seen = { refused: 0, lowered: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
      for (const { value, reason, adopted } of steps) {
        const item = await find();
        const current = metricOf(item.metrics)?.current ?? 0;
        const target = { itemId: item.id, round: (item.reports.at(-1)?.round ?? 0) + 1 };
        const input = { percent: item.percent, content: '按计划', difficulties: null, reason: reason ? '核减重复' : null };
        const name = metricOf(item.metrics)?.name ?? '';
        const submitted = await perform((ctx) => submitReport(ctx, target, { ...input, metrics: () => new Map([[name, value]]) })).catch(
          (error: unknown) => {
            if (error instanceof AppError) return null;
            throw error;
          },
        );
        expect([value, current, reason, submitted === null]).toEqual([value, current, reason, value < current && !reason]);
        const last = (await find()).reports.at(-1);
        if (submitted === null) {
          seen.refused += 1;
          expect(last?.round ?? 0).toBe(target.round - 1);
          continue;
        }
        const kept = metricOf(last?.metrics);
        expect([kept?.value, kept?.previous]).toEqual([value, current]);
        if (value < current) {
          seen.lowered += 1;
          expect(kept?.reason).toBe('核减重复');
        }
        const reportId = submitted.report.id;
        if (adopted) {
          await perform((ctx) => signOffReport(ctx, reportId));
          await perform((ctx) => adoptReport(ctx, reportId));
        } else await perform((ctx) => returnReport(ctx, reportId, '请补充'));
        expect(metricOf((await find()).metrics)?.current).toBe(adopted ? value : current);
      }
    }),
    { numRuns: 10, endOnFailure: true },
  );
  expect(seen.refused).toBeGreaterThan(2);
  expect(seen.lowered).toBeGreaterThan(2);
});
