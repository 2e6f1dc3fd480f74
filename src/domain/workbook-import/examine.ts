import type { SheetData, SheetMarks, WorkbookExaminer } from '#core/workbook';
import { type CheckAgainst, checkTasks } from './check-tasks.ts';
import { type CheckSummary, type Finding, summarise, type TaskCheck } from './model.ts';
import { isTaskSheet, readTaskSheet } from './task-sheet.ts';

/** 结果列的表头 */
export const resultHeading = '校验结果';

/** 核对任务表 — the check, and what is written about it into the sender's own file. Runs in the thread of the file. */
export const examine: WorkbookExaminer<CheckAgainst, CheckSummary> = (sheets, against) => {
  const check = checkTasks(sheets, against);
  const taskSheets = sheets.filter((sheet) => !sheet.hidden && isTaskSheet(sheet));
  return { found: summarise(check), bulk: check.rows, marks: taskSheets.map((sheet) => marksOf(sheet, check)) };
};

function marksOf(sheet: SheetData, check: TaskCheck): SheetMarks {
  const here = ({ sheet: name }: Finding): boolean => name === sheet.name;
  const [errors, warnings] = [check.errors.filter(here), check.warnings.filter(here)];
  const [errorsByRow, warningsByRow, assumedByRow] = [byRow(errors), byRow(warnings), byRow(check.assumed.filter(here))];
  const read = readTaskSheet(sheet);
  const rows = (read?.rows ?? []).map(({ row }) => row);
  return {
    sheet: sheet.name,
    headerRow: read?.headerRow ?? 1,
    heading: resultHeading,
    results: rows.map((row) => ({ row, text: resultOf(errorsByRow.get(row) ?? [], warningsByRow.get(row) ?? [], assumedByRow.get(row) ?? []) })),
    cells: [
      ...errors.map((finding) => ({ cell: finding.cell, tone: 'error' as const, comment: commentOn(finding) })),
      ...warnings.map((finding) => ({ cell: finding.cell, tone: 'warning' as const, comment: commentOn(finding) })),
    ],
  };
}

/** 结果列的一格 — the word first, so that the column can be filtered by it; how a cell was understood comes last. */
function resultOf(errors: readonly Finding[], warnings: readonly Finding[], assumed: readonly Finding[]): string {
  const understood = assumed.map((finding) => `\n按此读入：${said(finding)}`).join('');
  if (errors.length > 0) return `需修改：${errors.map(said).join('\n')}${understood}`;
  if (warnings.length > 0) return `提醒：${warnings.map(said).join('\n')}${understood}`;
  return `可导入${understood}`;
}

const said = ({ cell, message, suggestion }: Finding): string => `${cell} ${message}${suggestion ? `。${suggestion}` : ''}`;

function commentOn({ rule, message, suggestion }: Finding): string {
  return `【${rule}】${message}${suggestion ? `\n建议：${suggestion}` : ''}`;
}

function byRow(findings: readonly Finding[]): Map<number, Finding[]> {
  const rows = new Map<number, Finding[]>();
  for (const finding of findings) {
    const former = rows.get(finding.row);
    if (former) former.push(finding);
    else rows.set(finding.row, [finding]);
  }
  return rows;
}
