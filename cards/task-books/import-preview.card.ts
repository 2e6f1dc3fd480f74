import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, note, panel, text } from '../kit/elements.ts';
import { type Finding, findingsMax, findingsPanel } from '../kit/findings.ts';
import { cancelImport, confirmImport } from './actions.ts';

/** 随表带入的：启用前已办结的、带进度的各几项 */
export interface CarriedOver {
  readonly closed: number;
  readonly underWay: number;
}

/** `启用前已办结12项、带进度40项` */
export function carriedWords({ closed, underWay }: CarriedOver): string {
  return [closed > 0 && `启用前已办结${closed}项`, underWay > 0 && `带进度${underWay}项`].filter(Boolean).join('、');
}

export interface ImportPreviewProps {
  readonly importId: string;
  readonly fileName: string;
  /** name of the file that is sent after the card */
  readonly resultName: string;
  readonly state: 'checked' | 'confirmed' | 'cancelled' | 'returned';
  /** 主任退回的：谁、为什么 */
  readonly returned: { readonly by: string; readonly reason: string } | null;
  readonly sheets: readonly { readonly name: string; readonly rows: number }[];
  /** 没有读的工作表 */
  readonly unread?: readonly { readonly name: string; readonly rows: number; readonly why: string; readonly looksLike: boolean }[];
  readonly total: number;
  readonly importable: number;
  readonly faultyRows: number;
  /** the first of them, as of the other lists */
  readonly errors: readonly Finding[];
  readonly errorCount: number;
  readonly warnings: readonly Finding[];
  readonly warningCount: number;
  /** 时限已过的项数 */
  readonly pastLimits: number;
  /** 随表带入的 */
  readonly carried?: CarriedOver | undefined;
  readonly assumptions: readonly string[];
  readonly assumptionCount: number;
  /** `与15:10文件相同` */
  readonly sameAs: string | null;
  readonly books: number;
  readonly approver: string;
  /** why the approver hears nothing; null: he does */
  readonly unheard: string | null;
  readonly approved: boolean;
  /** `16:08`: until then it can be cancelled; null: it can't */
  readonly cancelUntil: string | null;
}

const inTheFile = '都在校验结果文件里。';

/** 导入预检 — the counts, the first faults by cell, and nothing written yet; all of them are in the file. */
export const importPreviewCard = defineCard<ImportPreviewProps>('task-books.import-preview', '导入预检', (props) => build(props), samples());

function build(props: ImportPreviewProps) {
  const { state, fileName } = props;
  if (state === 'confirmed') return confirmed(props);
  if (state === 'cancelled') {
    return {
      title: '导入已撤销',
      color: 'grey' as const,
      summary: '导入已撤销，未保留任何数据',
      elements: [text(`《${fileName}》的导入已撤销，写入的事项和任务书已全部撤回。`), note('需要时请重新发送文件。')],
    };
  }
  if (state === 'returned') {
    return {
      title: '导入已退回',
      color: 'grey' as const,
      summary: `导入已退回：${props.returned?.reason ?? ''}`,
      elements: [
        text(`《${fileName}》的导入已由${props.returned?.by ?? ''}退回：${props.returned?.reason ?? ''}`, { lines: 8 }),
        note('写入的事项和任务书已全部撤回，编号可以照用。请改好表格，重新发来。'),
      ],
    };
  }
  return checked(props);
}

function checked(props: ImportPreviewProps) {
  const {
    importId,
    sheets,
    total,
    importable,
    faultyRows,
    errorCount,
    warningCount,
    pastLimits,
    carried,
    assumptionCount,
    fileName,
    sameAs,
    resultName,
    books,
  } = props;
  // 表多了就不逐张列：一行话和大字都要读得完。
  const split =
    sheets.length > 4 ? `${sheets.length}张工作表` : sheets.map(({ name, rows }) => `${name}${/\d$/.test(name) ? '：' : ''}${rows}`).join('、');
  const counts = `共${total}行(${split})｜可导入${importable}｜需修改${faultyRows}｜提醒${warningCount}`;
  const clean = errorCount === 0;
  return {
    title: '导入预检完成',
    subtitle: fileName,
    color: clean ? ('blue' as const) : ('orange' as const),
    tags: [{ text: clean ? '可以导入' : '需修改', color: clean ? ('blue' as const) : ('orange' as const) }],
    summary: `导入预检完成｜${counts}｜尚未写入任何数据`,
    elements: [
      text(`${counts}｜尚未写入任何数据`, { size: 'heading', lines: 3 }),
      sameAs ? text(sameAs) : null,
      carried ? text(`其中${carriedWords(carried)}：已办结的下达后就在台账里，不催办；带进度的从这里往下报。`, { lines: 3 }) : null,
      pastLimits > 0 &&
        text(
          `${pastLimits}项的时限已过：一下达就是逾期，当天亮红灯，随后催办。年中启用的，请在“完成情况”一列（没有就加上）写“已办结”或百分之几，其余与单位商定新的时限。`,
          {
            color: 'orange',
            lines: 4,
          },
        ),
      ...unreadLines(props),
      errorCount > 0 && findingsPanel(`需修改${errorCount}处`, props.errors, { count: errorCount, rest: inTheFile, expanded: true }),
      warningCount > 0 &&
        findingsPanel(`提醒${warningCount}处（不改也可以导入）`, props.warnings, { count: warningCount, rest: inTheFile, expanded: clean }),
      assumptionCount > 0 && panel(`这样读的写法${assumptionCount}种，请核对`, assumptionsOf(props)),
      clean
        ? buttons(
            button('确认导入', {
              style: 'primary',
              action: bind(confirmImport, { importId }),
              confirm: {
                title: '确认导入',
                text: `将写入${total}项任务${asideWords(props)}，生成${books}份任务书，确认后由督查室主任审定。${lostWords(props)}`,
              },
            }),
          )
        : note(`《${resultName}》里红格要改、黄格是提醒，原因写在批注和最后一列。改好后发回原表或这份表都可以。`),
    ],
  };
}

/** 没有读的工作表：像任务表的醒目地说，别的一句带过。 */
function unreadLines({ unread = [] }: ImportPreviewProps) {
  const [lost, others] = [unread.filter(({ looksLike }) => looksLike), unread.filter(({ looksLike }) => !looksLike)];
  const names = others.map(({ name, rows }) => `“${name}”${rows}行`).join('、');
  return [
    ...lost.slice(0, 4).map(({ name, rows, why }) => text(`工作表“${name}”没有读（${rows}行）：${why}`, { color: 'orange', lines: 3 })),
    others.length > 0 && text(`没有读的工作表，不是任务表：${names}`, { lines: 2 }),
  ];
}

/** `（其中启用前已办结12项，3项时限已过）` */
function asideWords({ carried, pastLimits }: ImportPreviewProps): string {
  const words = [carried && `其中${carriedWords(carried)}`, pastLimits > 0 && `${pastLimits}项时限已过`].filter(Boolean);
  return words.length > 0 ? `（${words.join('，')}）` : '';
}

function lostWords({ unread = [] }: ImportPreviewProps): string {
  const lost = unread.filter(({ looksLike }) => looksLike).map(({ name }) => `“${name}”`);
  return lost.length > 0 ? `工作表${lost.join('、')}没有读，不在内。` : '';
}

function confirmed({ importId, total, books, approver, approved, unheard, cancelUntil }: ImportPreviewProps) {
  const line = `已导入${total}项，生成${books}份任务书，${approved ? `${approver}已审定` : `待${approver}审定`}`;
  return {
    title: '导入完成',
    color: 'green' as const,
    tags: [approved ? { text: '已审定', color: 'green' as const } : { text: '待审定', color: 'orange' as const }],
    summary: line,
    elements: [
      text(line, { size: 'heading', lines: 2 }),
      fields([
        { label: '事项', value: `${total}项` },
        { label: '任务书', value: `${books}份` },
      ]),
      unheard !== null && text(`${unheard}。`, { color: 'orange', lines: 3 }),
      cancelUntil !== null &&
        buttons(
          button('撤销导入', {
            action: bind(cancelImport, { importId }),
            confirm: { title: '撤销导入', text: '将撤回这次写入的全部事项和任务书。' },
          }),
        ),
      cancelUntil !== null && note(`审定之前、${cancelUntil}之前可以撤销。`),
    ],
  };
}

function assumptionsOf({ assumptions, assumptionCount }: ImportPreviewProps) {
  const shown = assumptions.slice(0, findingsMax);
  const lines = [text(shown.join('；'), { lines: 12 })];
  return assumptionCount > shown.length ? [...lines, note(`另有${assumptionCount - shown.length}种，${inTheFile}`)] : lines;
}

function samples() {
  const base: ImportPreviewProps = {
    importId: 'imp1',
    fileName: '2026年重点工作任务.xlsx',
    resultName: '2026年重点工作任务-校验结果.xlsx',
    state: 'checked',
    returned: null,
    sheets: [
      { name: '党工委', rows: 103 },
      { name: '管委会', rows: 151 },
    ],
    total: 254,
    importable: 248,
    faultyRows: 6,
    errors: [{ sheet: '党工委', cell: 'F19', code: '党-018', message: '“海洋局(筹)”不在花名册', suggestion: '是否为“海洋产业促进中心”？' }],
    errorCount: 1,
    warnings: [
      {
        sheet: '党工委',
        cell: 'M25',
        code: '党-024',
        message: '完成时限2026-10-04不是工作日',
        suggestion: '可改为2026-09-30（不改也可以导入）',
      },
    ],
    warningCount: 1,
    pastLimits: 0,
    assumptions: ['年底 → 2026-12-31', '6月底 → 2026-06-30'],
    assumptionCount: 2,
    sameAs: null,
    books: 31,
    approver: '周启明',
    unheard: null,
    approved: false,
    cancelUntil: '16:08',
  };
  const past = {
    sheet: '党工委',
    cell: 'M17',
    code: '党-016',
    message: '完成时限2026-06-30已过',
    suggestion: '一下达就是逾期；已办结的请在“完成情况”一列写“已办结”，没有办结的请写新的时限（不改也可以导入）',
  };
  const clean = { ...base, importable: 254, faultyRows: 0, errors: [], errorCount: 0 };
  return [
    { name: 'faulty', props: base },
    { name: 'same-file', props: { ...base, sameAs: '与15:10文件相同，结果不变。' } },
    { name: 'thousands', props: thousands(base) },
    { name: 'clean', props: clean },
    { name: 'mid-year', props: { ...clean, warnings: [past], warningCount: 81, pastLimits: 81 } },
    { name: 'carried', props: { ...clean, warnings: [past], warningCount: 3, pastLimits: 3, carried: { closed: 12, underWay: 40 } } },
    {
      name: 'unread',
      props: {
        ...clean,
        ...{ sheets: [{ name: 'Sheet1', rows: 103 }], total: 103, importable: 103, books: 29 },
        unread: [
          { name: '管委会', rows: 152, why: '表头里没有认出“牵头单位”、“完成时限”', looksLike: true },
          { name: '党工委旧', rows: 98, why: '是隐藏的，要导入请取消隐藏', looksLike: true },
          { name: '填表说明', rows: 6, why: '不是任务表', looksLike: false },
        ],
      },
    },
    { name: 'confirmed', props: { ...clean, state: 'confirmed' as const } },
    { name: 'unheard', props: { ...clean, state: 'confirmed' as const, unheard: '督查室主任周启明没有飞书账号，收不到，请当面告知' } },
    { name: 'cancel-closed', props: { ...clean, state: 'confirmed' as const, cancelUntil: null } },
    { name: 'approved', props: { ...clean, state: 'confirmed' as const, approved: true, cancelUntil: null } },
    { name: 'cancelled', props: { ...base, state: 'cancelled' as const } },
    {
      name: 'returned',
      props: { ...clean, state: 'returned' as const, returned: { by: '周启明', reason: '管-040至管-046已由市里统一部署，请删去' } },
    },
  ];
}

/** 最长的内容：处处有错、引文写满。 */
function thousands(base: ImportPreviewProps): ImportPreviewProps {
  const quoted = '“东湾街道办事处会同城市管理和综合执法局、住房和建设局并报…”';
  const error = {
    sheet: '管委会（含各直属单位、各街道办事处、各功能区）',
    cell: 'F19999',
    code: '管-19998',
    message: `配合单位${quoted}不在花名册`,
    suggestion: '是否为“城市管理和综合执法局（城市更新和土地整备局）”？',
  };
  const twenty = <Item>(item: Item): Item[] => Array.from({ length: 20 }, () => item);
  return {
    ...base,
    sheets: Array.from({ length: 31 }, (_, nth) => ({ name: `第${nth + 1}组任务分解表`, rows: 640 })),
    total: 19_840,
    importable: 40,
    faultyRows: 19_800,
    errors: twenty(error),
    errorCount: 39_600,
    warnings: twenty({ ...error, message: '完成时限2026-10-04不是工作日', suggestion: '可改为2026-09-30（不改也可以导入）' }),
    warningCount: 40,
    assumptions: twenty('第三季度末（含国庆假期前最后一个工作日） → 2026-09-30'),
    assumptionCount: 240,
  };
}
