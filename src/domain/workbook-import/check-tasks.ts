import { InvalidError } from '#core/errors';
import type { SheetData } from '#core/workbook';
import type { ImportedItem } from '../work-items/model.ts';
import type { Finding, TaskCheck, UnreadSheet } from './model.ts';
import { quote } from './quote.ts';
import { type CheckAgainst, createRowReader } from './read-task-row.ts';
import { headingsOf } from './task-columns.ts';
import { columnsWanted, isTaskSheet, readTaskSheet, type TaskSheet } from './task-sheet.ts';

export type { CheckAgainst } from './read-task-row.ts';
export type { RosterView } from './roster-view.ts';

/** 一年的任务表不会有这么多行；再多就是发错了表。 */
const taskRowsMax = 20_000;

/**
 * 预检 — reads every row, finds every name in the roster, and says of each fault where it is, which rule it breaks and what to write.
 * A pure function of its arguments; the time grows with the rows.
 * @throws InvalidError when a needed column is missing, or there are more rows than a year's tasks can have
 */
export function checkTasks(sheets: readonly SheetData[], against: CheckAgainst): TaskCheck {
  const taskSheets = shownSheets(sheets)
    .map(readTaskSheet)
    .filter((sheet) => sheet !== undefined);
  for (const sheet of taskSheets) refuseIncomplete(sheet);
  const total = taskSheets.reduce((sum, { rows }) => sum + rows.length, 0);
  if (total > taskRowsMax) throw new InvalidError(`任务有${total}行，超过${taskRowsMax}行的上限，请拆分后再发。没有写入任何数据。`);
  const readRow = createRowReader(against);
  const rows: ImportedItem[] = [];
  const [errors, warnings, assumed]: [Finding[], Finding[], Finding[]] = [[], [], []];
  let faultyRows = 0;
  for (const sheet of taskSheets) {
    for (const row of sheet.rows) {
      const read = readRow(row, sheet.hasCategory);
      assumed.push(...read.assumed);
      if (read.item) {
        rows.push(read.item);
        warnings.push(...read.warnings);
      } else {
        errors.push(...read.errors);
        faultyRows += 1;
      }
    }
  }
  const assumptions = new Set([...taskSheets.flatMap(asides), ...bySubject(assumed)]);
  return {
    rows,
    errors: withUnusedCodes(errors, new Set([...against.taken, ...rows.map(({ code }) => code), ...errors.map(({ code }) => code)])),
    warnings,
    assumed,
    assumptions: [...assumptions],
    faultyRows,
    total,
    sheets: taskSheets.filter((sheet) => sheet.rows.length > 0).map((sheet) => ({ name: sheet.name, rows: sheet.rows.length })),
    unread: unreadAmong(sheets),
  };
}

/** 要读的工作表 — what the sender sees; a workbook whose task sheets are all hidden is sent back. @throws InvalidError */
function shownSheets(sheets: readonly SheetData[]): readonly SheetData[] {
  const shown = sheets.filter(({ hidden }) => !hidden);
  const [concealed] = sheets.filter((sheet) => sheet.hidden && isTaskSheet(sheet));
  if (concealed && !shown.some(isTaskSheet))
    throw new InvalidError(`任务表在隐藏的工作表“${concealed.name}”里，请取消隐藏后再发，没有写入任何数据。`);
  return shown;
}

/** 没有读的工作表 — a list behind a drop-down that nobody sees is none of the sender's business, a hidden task table is. */
function unreadAmong(sheets: readonly SheetData[]): UnreadSheet[] {
  return sheets.flatMap((sheet): UnreadSheet[] => {
    const { name, hidden } = sheet;
    const rows = sheet.rows.filter((cells) => cells.some((cell) => cell !== null)).length;
    if (hidden) return isTaskSheet(sheet) ? [{ name, rows, why: '是隐藏的，要导入请取消隐藏', looksLike: true }] : [];
    if (rows === 0 || isTaskSheet(sheet)) return [];
    const wanted = columnsWanted(sheet).map((column) => `“${headingsOf(column)[0]}”`);
    const why = wanted.length > 0 ? `表头里没有认出${wanted.join('、')}` : '不是任务表';
    return [{ name, rows, why, looksLike: wanted.length > 0 }];
  });
}

/** 重号的，说出这一类里头一个没有用过的编号 — each of them another one. */
function withUnusedCodes(errors: readonly Finding[], used: Set<string>): Finding[] {
  const from = new Map<string, number>();
  return errors.map((finding) => {
    const [, series, number] = /^(.+)-(\d+)$/.exec(finding.code) ?? [];
    if (finding.rule !== '序号重复' || series === undefined || number === undefined) return finding;
    const codeOf = (next: number): string => `${series}-${String(next).padStart(3, '0')}`;
    let next = from.get(series) ?? 1;
    while (used.has(codeOf(next))) next += 1;
    from.set(series, next + 1);
    return { ...finding, suggestion: `请改成未用过的序号，例如${codeOf(next)}` };
  });
}

function refuseIncomplete({ name, missing, headerRow, ignored }: TaskSheet): void {
  const [column] = missing;
  if (!column) return;
  const [heading = '', ...others] = headingsOf(column);
  const unread = ignored.filter((aside) => aside.heading !== '没有表头').map((aside) => `${aside.letter}列“${quote(aside.heading)}”`);
  throw new InvalidError(
    `工作表“${name}”的表头（第${headerRow}行）缺少“${heading}”一列，也可以写作${others.slice(0, 3).join('、')}。${
      unread.length > 0 ? `没有认出的列有${unread.slice(0, 8).join('、')}。` : ''
    }请补上后再发，没有写入任何数据。`,
  );
}

/** 没有读的列和行，一张表一句。 */
function asides({ name, ignored, skipped, hasCategory }: TaskSheet): string[] {
  const lines: string[] = [];
  if (ignored.length > 0)
    lines.push(
      `工作表“${name}”没有用到的列：${ignored
        .slice(0, 10)
        .map((aside) => `${aside.letter}列“${quote(aside.heading)}”`)
        .join('、')}`,
    );
  if (skipped.length > 0) {
    const shown = skipped.slice(0, 5).map(({ row, text }) => `第${row}行“${quote(text)}”`);
    const how = hasCategory ? '不是任务的行，没有导入' : '不是任务的行，小标题作为其下各行的类别';
    lines.push(`工作表“${name}”${how}：${shown.join('、')}${skipped.length > shown.length ? `等${skipped.length}行` : ''}`);
  }
  return lines;
}

/** 谁牵头比哪一天更要紧，先说。 */
function bySubject(assumed: readonly Finding[]): string[] {
  const dates = (finding: Finding): boolean => finding.rule === '时限的读法' || finding.rule === '日期';
  return [...assumed.filter((finding) => !dates(finding)), ...assumed.filter(dates)].map(({ message }) => message);
}
