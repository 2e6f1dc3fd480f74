import type { CellValue, SheetData } from '#core/feature';

/** 列 — headings as offices write them; the order of columns does not matter. */
const columns = {
  code: ['序号', '编号', '任务编号'],
  category: ['类别', '任务类别', '分类'],
  title: ['任务名称', '重点任务', '任务', '事项名称', '事项'],
  goal: ['工作目标', '目标', '目标任务'],
  measures: ['主要措施', '工作措施', '措施', '主要举措'],
  leadUnit: ['牵头单位', '责任单位', '主办单位', '牵头部门'],
  supporting: ['配合单位', '协办单位', '配合部门'],
  leader: ['分管领导', '牵头领导', '分管新区领导'],
  responsible: ['责任人', '具体责任人'],
  liaison: ['联络员', '联系人'],
  phone: ['联络员电话', '联系电话', '电话', '联络员手机'],
  issueOn: ['下达日期', '下达时间'],
  due: ['完成时限', '完成时间', '时限', '办结时限'],
  period: ['反馈周期', '报送周期', '填报周期'],
  metricName: ['量化指标', '指标', '指标名称'],
  metricTarget: ['目标值'],
  metricUnit: ['计量单位', '单位'],
  metricCurrent: ['现状值', '当前值', '基期值'],
  theme: ['专题', '专项'],
  internalNote: ['内部备注', '内部说明'],
} as const;
export type TaskColumn = keyof typeof columns;

const needed: readonly TaskColumn[] = ['code', 'title', 'leadUnit', 'due'];
const headerRowsMax = 5;

/** 任务表的一行 — cells by meaning, and where each stands. */
export interface TaskRow {
  readonly sheet: string;
  /** as the spreadsheet numbers it, from 1 */
  readonly row: number;
  text(column: TaskColumn): string;
  value(column: TaskColumn): CellValue;
  cell(column: TaskColumn): string;
}

/** 认任务表 — a sheet whose first rows name code, title, lead unit and limit. */
export function isTaskSheet(sheet: SheetData): boolean {
  return findHeader(sheet) !== undefined;
}

/** 读任务表的行 — empty rows are skipped. */
export function readTaskRows(sheet: SheetData): TaskRow[] {
  const header = findHeader(sheet);
  if (!header) return [];
  return sheet.rows.flatMap((cells, index): TaskRow[] => {
    if (index <= header.row || cells.every((cell) => textOf(cell) === '')) return [];
    const at = (column: TaskColumn): number => header.positions.get(column) ?? -1;
    const value = (column: TaskColumn): CellValue => cells[at(column)] ?? null;
    return [
      {
        sheet: sheet.name,
        row: index + 1,
        value,
        text: (column) => textOf(value(column)),
        cell: (column) => `${letters(Math.max(0, at(column)))}${index + 1}`,
      },
    ];
  });
}

function findHeader(sheet: SheetData): { row: number; positions: Map<TaskColumn, number> } | undefined {
  for (const [row, cells] of sheet.rows.slice(0, headerRowsMax).entries()) {
    const titles = cells.map((cell) =>
      textOf(cell)
        .normalize('NFKC')
        .replace(/[\s\u200b]+/g, ''),
    );
    const positions = new Map<TaskColumn, number>();
    for (const [column, names] of Object.entries(columns) as [TaskColumn, readonly string[]][]) {
      // 先认写法靠前的：“单位”既可能是计量单位也可能是责任单位。
      const name = names.find((candidate) => titles.includes(candidate));
      if (name !== undefined) positions.set(column, titles.indexOf(name));
    }
    if (needed.every((column) => positions.has(column))) return { row, positions };
  }
  return undefined;
}

function textOf(cell: CellValue | undefined): string {
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'object' ? cell.date : String(cell).trim();
}

/** 列号 — 0 is A, 26 is AA. */
function letters(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : letters(Math.floor(index / 26) - 1) + letters(index % 26);
}
