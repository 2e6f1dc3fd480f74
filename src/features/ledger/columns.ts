import { formatInstant } from '#cards/kit/format';
import { reasonWords } from '#cards/kit/lights';
import { feedbackPeriod, progressReportStatus, signalLight, term, workItemStatus } from '#cards/kit/terms';
import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import type { CellValue } from '#core/workbook';
import { type LedgerEntry, readEntryPage } from '#domain/ledger/entries';
import { type LedgerFilter, matches, unitsIn } from '#domain/ledger/filter';
import { findHolders, listUnits } from '#domain/roster/store';
import type { Metric } from '#domain/work-items/model';

/** 台账的一列 — @property width in characters */
interface LedgerColumn {
  readonly heading: string;
  readonly width: number;
  readonly cell: (entry: LedgerEntry, around: Around) => CellValue;
}

/** 事项之外要知道的 — the names behind codes and posts. */
interface Around {
  readonly unitName: (code: string) => string;
  readonly holderName: (postId: string | null) => string | null;
}

const day = (date: string | null): CellValue => (date === null ? null : { date });

/** 先是办公室自己的列，次序照旧，再是系统记下的。内部备注和电话不导出。 */
export const ledgerColumns: readonly LedgerColumn[] = [
  { heading: '序号', width: 10, cell: ({ code }) => code },
  { heading: '类别', width: 12, cell: ({ category }) => category },
  { heading: '任务名称', width: 30, cell: ({ title }) => title },
  { heading: '工作目标', width: 40, cell: ({ goal }) => goal },
  { heading: '主要措施', width: 50, cell: ({ measures }) => measures },
  { heading: '牵头单位', width: 18, cell: ({ leadUnit }, { unitName }) => unitName(leadUnit) },
  { heading: '配合单位', width: 24, cell: ({ supportingUnits }, { unitName }) => supportingUnits.map(unitName).join('、') },
  { heading: '分管领导', width: 10, cell: ({ leaderInCharge }) => leaderInCharge },
  { heading: '责任人', width: 10, cell: ({ responsiblePostId }, { holderName }) => holderName(responsiblePostId) },
  { heading: '联络员', width: 10, cell: ({ liaisonPostId }, { holderName }) => holderName(liaisonPostId) },
  { heading: '下达日期', width: 12, cell: ({ issueOn }) => day(issueOn) },
  { heading: '完成时限', width: 12, cell: ({ dueOn }) => day(dueOn) },
  { heading: '反馈周期', width: 10, cell: (item) => term(feedbackPeriod, item.feedbackPeriod) },
  { heading: '量化指标', width: 16, cell: ({ metrics }) => ofMetrics(metrics, ({ name }) => name) },
  { heading: '目标值', width: 10, cell: ({ metrics }) => ofMetrics(metrics, ({ target }) => target) },
  { heading: '计量单位', width: 10, cell: ({ metrics }) => ofMetrics(metrics, ({ unit }) => unit) },
  { heading: '现状值', width: 10, cell: ({ metrics }) => ofMetrics(metrics, ({ current }) => current) },
  { heading: '专题', width: 12, cell: ({ theme }) => theme },
  { heading: '状态', width: 10, cell: ({ status }) => term(workItemStatus, status) },
  { heading: '完成比例（%）', width: 14, cell: ({ percent }) => percent },
  { heading: '原定时限', width: 12, cell: ({ originalDueOn }) => day(originalDueOn) },
  { heading: '亮灯', width: 8, cell: ({ light, status }) => (status === 'draft' ? null : term(signalLight, light)) },
  { heading: '亮灯缘由', width: 24, cell: ({ reasons, override }) => (override ? `人工：${override.reason}` : reasonWords(reasons)) },
  { heading: '最近反馈', width: 40, cell: ({ report }) => report?.content ?? null },
  { heading: '反馈状态', width: 12, cell: ({ report }) => (report ? term(progressReportStatus, report.status) : null) },
  { heading: '反馈附件', width: 24, cell: ({ report }) => report?.files ?? null },
  { heading: '反馈时间', width: 20, cell: ({ report }) => (report ? reportedAt(report.at) : null) },
];

/** 一项事项多为一个指标，是数就写成数；有几个时各写一行。 */
function ofMetrics(metrics: readonly Metric[], pick: (metric: Metric) => string | number): CellValue {
  const values = metrics.map(pick);
  return values.length > 1 ? values.join('\n') : (values[0] ?? null);
}

function reportedAt(at: Date): string {
  return `${localDateOf(at).slice(0, 4)}年${formatInstant(at)}`;
}

/** 台账的一页 — in the order of codes. @param page.after code of the last item of the page before, '' for the first */
export async function ledgerPage(
  ctx: Pick<Context, 'tx' | 'now' | 'today'>,
  { year, after, limit, at, filter, drafts = false }: LedgerPageRequest,
): Promise<{ readonly rows: readonly (readonly CellValue[])[]; readonly last: string | null }> {
  const page = await readEntryPage(ctx, { year, at, drafts, page: { after, limit }, ...(filter ? within(filter) : {}) });
  const entries = filter ? page.entries.filter((entry) => matches(filter, entry, localDateOf(at))) : page.entries;
  const postIds = entries.flatMap(({ responsiblePostId, liaisonPostId }) => [responsiblePostId, liaisonPostId].filter((id) => id !== null));
  const [units, holders] = [await listUnits(ctx.tx), await findHolders(ctx.tx, { postIds }, ctx.today)];
  const unitNames = new Map(units.map(({ code, name }) => [code, name]));
  const names = new Map(holders.filter(({ delegateFor }) => delegateFor === null).map(({ postId, name }) => [postId, name]));
  const unitName = (code: string): string => unitNames.get(code) ?? code;
  const holderName = (postId: string | null): string | null => (postId === null ? null : (names.get(postId) ?? null));
  const rows = entries.map((entry) => ledgerColumns.map(({ cell }) => cell(entry, { unitName, holderName })));
  return { rows, last: page.last };
}

/** 一页的要求 */
interface LedgerPageRequest {
  readonly year: number;
  readonly after: string;
  readonly limit: number;
  /** 截至的时刻：各页是同一刻的，边导边办也不乱 */
  readonly at: Date;
  readonly filter?: LedgerFilter;
  /** 连同待下达的 */
  readonly drafts?: boolean;
}

function within(filter: LedgerFilter): { leadUnits?: readonly string[] } {
  const leadUnits = unitsIn(filter);
  return leadUnits ? { leadUnits } : {};
}
