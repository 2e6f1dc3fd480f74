import { instantAt, type LocalDate } from '#core/dates';
import type { CellValue } from '#core/workbook';
import type { ImportedItem, Metric } from '../work-items/model.ts';
import { readDue } from './due-phrase.ts';
import type { Fault } from './findings.ts';
import { quote } from './quote.ts';
import type { TaskRow } from './task-sheet.ts';

/** 带入的情况 — where an item stood before the office began with the system; empty: it begins here. */
type Carried = Pick<ImportedItem, 'percent' | 'completedAt'>;

/** 一格说的 — a share beyond 100 is left to the caller to refuse. @property prose words that say neither a share nor whether it is finished */
type Said = { readonly percent: number } | { readonly closed: boolean } | { readonly prose: string };

const closedWords = /^(?:已经?)?(?:全部|全面|按期|按时|如期|提前|逾期)?(?:办结|完成|销号|完结|办毕|完工)(?:并?(?:销号|办结))?$/;
const openWords =
  /^(?:正在|正常|有序|持续|常态化?|按?序时|按计划)?(?:推进|办理|进行)中?$|^(?:在办|办理中|未完成|未办结|未销号|(?:尚?未|没有)(?:启动|开展|开始|开工)|(?:已|仍)?(?:滞后|逾期|超期)(?:未完成|未办结)?|长期坚持|达到序时进度|[—–\-/无])$/;
const share = /^(?:已|累计|约|总体|目前|进度|完成|达到?|为)*(\d+(?:\.\d+)?)[%％]$/;
/** 像是整项办结、其实说的是一部分的：已完成主体施工 */
const soundsClosed = /^(?:已经?|基本|均已?|全部|全面)+(?:办结|完成|销号)/;

/** 读带入的情况 — from up to three cells; absent columns and empty cells bring nothing along. */
export function readCarried(
  row: TaskRow,
  { baseYear, today, dueOn }: { baseYear: number; today: LocalDate; dueOn: string | null },
  { fault, assume }: { fault: Fault; assume: Fault },
): Carried {
  const percent = readPercent(row, { fault, assume });
  const state = readCell(row.value('state'));
  if (state && 'prose' in state) assume('state', '完成情况', ['“完成情况”“进展”一类的列只看办结没有、完成百分之几，其余的文字不导入']);
  const said = state && 'percent' in state ? state.percent : percent;
  if (said !== null && (said > 100 || said < 0)) fault(shareColumn(row), '进度', [`进度写成${said}%`, '请写0到100']);
  const closedOn = readClosedOn(row, { baseYear, today }, { fault, assume });
  const closed = state && 'closed' in state ? state.closed : null;
  if (closed === false && closedOn !== null)
    fault('closedOn', '办结日期', [`写了办结日期，完成情况是“${quote(row.text('state'))}”`, '请核对是哪一个']);
  const finished = closed === true || closedOn !== null;
  if (finished && said !== null && said < 100) fault(shareColumn(row), '进度', [`写了已办结，进度是${said}%`, '请核对是哪一个']);
  if (!finished) return said === null || said === 0 ? {} : { percent: said };
  const on = closedOn ?? (dueOn !== null && dueOn < today ? dueOn : today);
  if (closedOn === null) assume('state', '办结日期', ['已办结而没有写办结日期的，按时限当天办结；时限还没到的，按今天']);
  return { percent: 100, completedAt: instantAt(on).toISOString() };
}

/** 提醒 — what can be imported as it stands, and may still be a slip. */
export function warnOfCarried(row: TaskRow, { carried, metrics }: { carried: Carried; metrics: readonly Metric[] }, warn: Fault): void {
  const { percent, completedAt } = carried;
  const written = row.text('state');
  const finished = completedAt !== undefined;
  const said = readCell(row.value('state'));
  if (!finished && said && 'prose' in said && soundsClosed.test(written))
    warn('state', '完成情况', [`“${quote(written)}”没有读作已办结`, '整项已办结的，这一格请只写“已办结”（不改也可以导入）']);
  if (!finished && percent === undefined && said && 'prose' in said && /\d[%％]/.test(written))
    warn('state', '进度', [`“${quote(written)}”里的百分数没有读作进度`, '请在“完成率”一列写上（不改也可以导入）']);
  if (!finished && percent === 100)
    warn(shareColumn(row), '进度', ['进度是100%，没有写已办结，按在办导入', '已办结的请在“完成情况”一列写“已办结”（不改也可以导入）']);
  for (const { name, current, target, baseline, unit } of metrics) {
    if (current < baseline) warn('metricDone', '指标', [`${name}完成${current}${unit}，比现状值${baseline}${unit}还少`, '请核对（不改也可以导入）']);
    else if (finished && current !== baseline && current < target)
      warn('metricDone', '指标', [`写了已办结，${name}是${current}${unit}，目标值${target}${unit}`, '请核对（不改也可以导入）']);
  }
  if (metrics.length === 0 && row.text('metricDone') !== '')
    warn('metricDone', '指标', ['没有量化指标，完成值没有用到', '请补上指标（不改也可以导入）']);
}

/** 百分数写在哪一列 */
const shareColumn = (row: TaskRow): 'progress' | 'state' => (row.text('progress') === '' ? 'state' : 'progress');

/** 进度一列要写百分数。 */
function readPercent(row: TaskRow, { fault, assume }: { fault: Fault; assume: Fault }): number | null {
  const value = row.value('progress');
  const said = readCell(value);
  if (said === null) return null;
  if ('percent' in said) {
    if (typeof value === 'number' && value > 0 && value < 1) assume('progress', '进度', ['进度里0到1之间的数按百分数读，如0.6 → 60%']);
    return said.percent;
  }
  if ('closed' in said && said.closed) return 100;
  if ('prose' in said) fault('progress', '进度', [`“${quote(row.text('progress'))}”不是百分数`, '请写60%这样']);
  return null;
}

function readCell(value: CellValue): Said | null {
  if (typeof value === 'number') return { percent: wholePercent(value > 0 && value <= 1 ? value * 100 : value) };
  if (value === null) return null;
  if (typeof value === 'boolean') return { closed: value };
  if (typeof value === 'object') return { prose: value.date };
  const text = value.normalize('NFKC').replace(/[\s。；;，,]/g, '');
  if (text === '') return null;
  const match = share.exec(text);
  if (match) return { percent: wholePercent(Number(match[1])) };
  if (/^\d+(?:\.\d+)?$/.test(text)) return readCell(Number(text));
  if (closedWords.test(text) || /^[是√✓]$/.test(text)) return { closed: true };
  if (openWords.test(text) || /^[否×✗]$/.test(text)) return { closed: false };
  return { prose: text };
}

/** 截去小数，不进位：99.9%还不是100%。 */
const wholePercent = (percent: number): number => Math.floor(percent + 1e-9);

function readClosedOn(
  row: TaskRow,
  { baseYear, today }: { baseYear: number; today: LocalDate },
  { fault, assume }: { fault: Fault; assume: Fault },
): LocalDate | null {
  const value = row.value('closedOn');
  if (value === null || typeof value === 'boolean' || /^[—–\-/无\s]*$/.test(row.text('closedOn'))) return null;
  const read = readDue(value, baseYear);
  if (read.kind === 'unreadable') {
    fault('closedOn', '办结日期', [read.reason, '没有办结的请空着']);
    return null;
  }
  if (read.assumption) assume('closedOn', '日期', [read.assumption]);
  if (read.due <= today) return read.due;
  if (!read.assumption) fault('closedOn', '办结日期', [`办结日期${read.due}还没有到`, '请核对；没有办结的请空着']);
  return today;
}
