import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, note, panel, text } from '../kit/elements.ts';
import { cancelImport, confirmImport } from './actions.ts';

export interface PreviewFinding {
  readonly sheet: string;
  readonly cell: string;
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string;
}

export interface ImportPreviewProps {
  readonly importId: string;
  readonly fileName: string;
  readonly state: 'checked' | 'confirmed' | 'cancelled';
  readonly sheets: readonly { readonly name: string; readonly rows: number }[];
  readonly total: number;
  readonly importable: number;
  readonly faultyRows: number;
  readonly errors: readonly PreviewFinding[];
  readonly warnings: readonly PreviewFinding[];
  readonly assumptions: readonly string[];
  /** `与15:10文件相同` */
  readonly sameAs: string | null;
  readonly books: number;
  readonly approver: string;
  readonly approved: boolean;
  readonly cancellable: boolean;
}

const shownMax = 10;

/** 导入预检 — the counts, every fault by cell, and nothing written yet. */
export const importPreviewCard = defineCard<ImportPreviewProps>('task-books.import-preview', '导入预检', (props) => build(props), samples());

function build(props: ImportPreviewProps) {
  const { importId, state, sheets, total, importable, faultyRows, errors, warnings, fileName, sameAs } = props;
  const split = sheets.map(({ name, rows }) => `${name}${rows}`).join('、');
  const counts = `共${total}行(${split})｜可导入${importable}｜需修改${faultyRows}｜提醒${warnings.length}`;
  if (state === 'confirmed') return confirmed(props);
  if (state === 'cancelled') {
    return {
      title: '导入已撤销',
      color: 'grey' as const,
      summary: '导入已撤销，未保留任何数据',
      elements: [text(`《${fileName}》的导入已撤销，写入的事项和任务书已全部撤回。`), note('需要时请重新发送文件。')],
    };
  }
  const clean = errors.length === 0;
  return {
    title: '导入预检完成',
    subtitle: fileName,
    color: clean ? ('blue' as const) : ('orange' as const),
    tags: [{ text: clean ? '可以导入' : '需修改', color: clean ? ('blue' as const) : ('orange' as const) }],
    summary: `导入预检完成｜${counts}｜尚未写入任何数据`,
    elements: [
      text(`${counts}｜尚未写入任何数据`, { size: 'heading', lines: 3 }),
      sameAs ? text(sameAs) : null,
      errors.length > 0 && panel(`需修改${errors.length}处`, listOf(errors), true),
      warnings.length > 0 && panel(`提醒${warnings.length}处（不改也可以导入）`, listOf(warnings), clean),
      props.assumptions.length > 0 &&
        panel(`时限的读法${props.assumptions.length}种`, [text(props.assumptions.slice(0, 30).join('；'), { lines: 12 })]),
      clean
        ? buttons(
            button('确认导入', {
              style: 'primary',
              action: bind(confirmImport, { importId }),
              confirm: { title: '确认导入', text: `将写入${total}项任务，确认后由督查室主任审定。` },
            }),
          )
        : note('请在原表中改好后重新发送，不需要重新排版。'),
    ],
  };
}

function confirmed({ importId, total, books, approver, approved, cancellable }: ImportPreviewProps) {
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
      cancellable &&
        buttons(
          button('撤销导入', {
            action: bind(cancelImport, { importId }),
            confirm: { title: '撤销导入', text: '将撤回这次写入的全部事项和任务书。' },
          }),
        ),
      cancellable && note('审定之前、10分钟之内可以撤销。'),
    ],
  };
}

function listOf(findings: readonly PreviewFinding[]) {
  const lines = findings
    .slice(0, shownMax)
    .map(({ sheet, cell, code, message, suggestion }) =>
      text(`${sheet} ${cell}（${code}）：${message}${suggestion ? `。${suggestion}` : ''}`, { lines: 3 }),
    );
  return findings.length > shownMax ? [...lines, note(`另有${findings.length - shownMax}处，改好上面的之后再发会继续列出。`)] : lines;
}

function samples() {
  const base: ImportPreviewProps = {
    importId: 'imp1',
    fileName: '2026年重点工作任务.xlsx',
    state: 'checked',
    sheets: [
      { name: '党工委', rows: 103 },
      { name: '管委会', rows: 151 },
    ],
    total: 254,
    importable: 248,
    faultyRows: 6,
    errors: [{ sheet: '党工委', cell: 'F19', code: '党-018', message: '“海洋局(筹)”不在花名册', suggestion: '是否为“海洋产业促进中心”？' }],
    warnings: [
      {
        sheet: '党工委',
        cell: 'M25',
        code: '党-024',
        message: '完成时限2026-10-04不是工作日',
        suggestion: '可改为2026-09-30（不改也可以导入）',
      },
    ],
    assumptions: ['年底 → 2026-12-31', '6月底 → 2026-06-30'],
    sameAs: null,
    books: 31,
    approver: '周启明',
    approved: false,
    cancellable: true,
  };
  return [
    { name: 'faulty', props: base },
    { name: 'same-file', props: { ...base, sameAs: '与15:10发来的文件相同，结果不变。' } },
    { name: 'clean', props: { ...base, importable: 254, faultyRows: 0, errors: [] } },
    { name: 'confirmed', props: { ...base, state: 'confirmed' as const, errors: [], faultyRows: 0, importable: 254 } },
    {
      name: 'approved',
      props: { ...base, state: 'confirmed' as const, errors: [], faultyRows: 0, importable: 254, approved: true, cancellable: false },
    },
    { name: 'cancelled', props: { ...base, state: 'cancelled' as const } },
  ];
}
