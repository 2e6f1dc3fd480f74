import type { LocalDate } from '#core/dates';
import type { CellValue, SheetData } from '#core/workbook';

/** 列 — headings as offices write them. */
const columns = {
  number: ['编号', '序号'],
  part: ['部分', '板块'],
  item: ['事项'],
  title: ['任务', '任务名称'],
  owner: ['责任党员', '责任人'],
  phone: ['联系电话', '电话', '手机号'],
  startOn: ['开始日期', '开始时间'],
  dueOn: ['完成时限', '完成日期', '完成时间'],
  mandatory: ['是否必办', '必办'],
  evidence: ['佐证材料'],
  remark: ['备注'],
  percent: ['完成百分比', '完成比例', '进度'],
  status: ['状态'],
} as const;
export type ProjectColumn = keyof typeof columns;

const ofTasks: readonly ProjectColumn[] = ['number', 'part', 'item', 'title', 'owner', 'dueOn'];
const ofSnapshot: readonly ProjectColumn[] = ['number', 'percent'];
const headerRowsMax = 5;
const snapshotName = /^进度快照\s*(\d{4})[-.年]?(\d{2})[-.月]?(\d{2})日?$/;

/** 表里的一行 — cells by meaning, and where each stands. */
export interface ProjectRow {
  readonly sheet: string;
  readonly row: number;
  text(column: ProjectColumn): string;
  value(column: ProjectColumn): CellValue;
  cell(column: ProjectColumn): string;
}

/** 认项目分解表 — one sheet names number, part, item, task and owner. */
export const isProjectSheet = (sheet: SheetData): boolean => headerOf(sheet, ofTasks) !== undefined;

/** 读任务行 — of every sheet that has some: a part may have its own. Part and item are written beside the task (merged cells are filled in by the reader). */
export function readProjectRows(sheets: readonly SheetData[]): ProjectRow[] {
  const ofProject = sheets.filter((sheet) => !sheet.hidden && !isSnapshot(sheet) && isProjectSheet(sheet));
  return ofProject.flatMap((sheet) => rowsOf(sheet, ofTasks));
}

const isSnapshot = ({ name }: SheetData): boolean => snapshotName.test(name.normalize('NFKC').trim());

/** 读进度快照 — the newest sheet named 进度快照20260922. null: the workbook has none */
export function readSnapshot(sheets: readonly SheetData[]): { readonly on: LocalDate; readonly rows: readonly ProjectRow[] } | null {
  const found = sheets.flatMap((sheet) => {
    const [, year, month, day] = snapshotName.exec(sheet.name.normalize('NFKC').trim()) ?? [];
    return year && headerOf(sheet, ofSnapshot) ? [{ on: `${year}-${month}-${day}`, sheet }] : [];
  });
  const newest = found.sort((left, right) => (left.on < right.on ? 1 : -1))[0];
  return newest ? { on: newest.on, rows: rowsOf(newest.sheet, ofSnapshot) } : null;
}

function rowsOf(sheet: SheetData, needed: readonly ProjectColumn[]): ProjectRow[] {
  const header = headerOf(sheet, needed);
  if (!header) return [];
  return sheet.rows.flatMap((cells, index): ProjectRow[] => {
    if (index <= header.row || cells.every((cell) => textOf(cell) === '')) return [];
    const at = (column: ProjectColumn): number => header.positions.get(column) ?? -1;
    const value = (column: ProjectColumn): CellValue => cells[at(column)] ?? null;
    return [
      {
        sheet: sheet.name,
        row: index + 1,
        value,
        text: (column) => textOf(value(column)),
        cell: (column) => `${String.fromCharCode(65 + Math.max(0, at(column)))}${index + 1}`,
      },
    ];
  });
}

function headerOf(sheet: SheetData, needed: readonly ProjectColumn[]): { row: number; positions: Map<ProjectColumn, number> } | undefined {
  for (const [row, cells] of sheet.rows.slice(0, headerRowsMax).entries()) {
    const titles = cells.map((cell) => textOf(cell).normalize('NFKC').replace(/\s+/g, ''));
    const positions = new Map<ProjectColumn, number>();
    for (const [column, names] of Object.entries(columns) as [ProjectColumn, readonly string[]][]) {
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
