import { z } from 'zod';
import { exportThese } from '#cards/ledger/actions';
import { noticeCard } from '#cards/system/notice.card';
import { on } from '#core/click';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { defineJob, type JobWorld } from '#core/job';
import type { CellValue } from '#core/workbook';
import { understandFilter, yearOf } from '#domain/ledger/ask';
import { instantOf, type LedgerFilter } from '#domain/ledger/filter';
import { assertMay, may } from '#domain/roster/policy';
import { ledgerColumns, ledgerPage } from './columns.ts';
import { labelOf } from './show.ts';

const pageSize = 500;

/** 导出 — the same words as 台账; the file comes by itself. */
export const exportLedger: Command = command({
  words: ['导出', '导出台账', 'export'],
  summary: '把台账导出为表格，筛选与“台账”相同',
  example: '导出 住建局 红灯',
  visibleTo: (actor) => may(actor, 'exportLedger'),
  handle: async (ctx, words, { messageId }) => {
    await queueExport(ctx, words, messageId || ctx.now.toISOString());
    return {};
  },
});

/** 导出这些 */
export const onExport = on(exportThese, async (ctx, { words }) => {
  await queueExport(ctx, words, ctx.now.toISOString());
  return { toast: '正在导出，文件随后发来' };
});

async function queueExport(ctx: Context, words: string, occasion: string): Promise<void> {
  assertMay(ctx.actor, 'exportLedger');
  // 听不懂的词当场就说，不等到后台。
  await understandFilter(ctx, words);
  ctx.outbox.job(exportJob, { words, occasion }, { dedupeKey: `ledger-export:${ctx.actor.openId}:${occasion}`, priority: 'interactive' });
}

interface Exported {
  readonly blobId: string;
  readonly fileName: string;
}

export const exportJob = defineJob<{ words: string; occasion: string }, Exported>({
  name: 'ledger.export',
  payload: z.object({ words: z.string(), occasion: z.string() }),
  prepare: async (world, { words }) => {
    const { filter, at, day, year, today } = await world.briefly(async (ctx) => {
      assertMay(ctx.actor, 'exportLedger');
      // 听懂一次就够：词表要扫一遍全年的类别和专题，不能一页一遍。
      const { filter } = await understandFilter(ctx, words);
      const at = instantOf(filter, ctx.now);
      return { filter, at, day: filter.asOf ?? ctx.today, year: await yearOf(ctx, filter, at), today: ctx.today };
    });
    const columns = ledgerColumns.map(({ heading, width }) => ({ heading, width }));
    const blobId = await world.tabulate({ name: `${year}年台账`, columns, rows: readRows(world, { filter, year, at }) });
    return {
      blobId,
      fileName: `台账-${labelOf({ filter, year }, today)
        .replace(/[\\/:*?"<>|\s]+/g, '')
        .slice(0, 40)}-${day}.xlsx`,
    };
  },
  apply: (ctx, { occasion }, { blobId, fileName }) => {
    const { openId } = ctx.actor;
    if (!openId) return Promise.resolve();
    ctx.audit.record({ subject: { type: 'ledger', id: fileName }, event: 'export', detail: { blobId } });
    ctx.outbox.sendFile({ to: { person: openId }, fileName, blobId, dedupeKey: `ledger-export:${openId}:${occasion}:file`, priority: 'interactive' });
    return Promise.resolve();
  },
  fail: async (ctx, { occasion }, reason) => {
    const { openId } = ctx.actor;
    if (!openId) return;
    const card = noticeCard({ title: '没有导出', text: reason, tone: 'warning' });
    const key = `ledger-export:${openId}:${occasion}:failed`;
    ctx.outbox.sendCard({ to: { person: openId }, cardKey: key, card, dedupeKey: key, priority: 'interactive' });
    await Promise.resolve();
  },
});

/** 一页一个短事务，都是同一刻的样子。 */
async function* readRows(
  world: JobWorld,
  { filter, year, at }: { filter: LedgerFilter; year: number; at: Date },
): AsyncGenerator<readonly CellValue[]> {
  for (let after: string | null = ''; after !== null; ) {
    const from: string = after;
    const page = await world.briefly((ctx) => ledgerPage(ctx, { year, at, after: from, limit: pageSize, filter }));
    yield* page.rows;
    after = page.last;
  }
}
