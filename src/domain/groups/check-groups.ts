import { InvalidError } from '#core/errors';
import type { CellValue, SheetData } from '#core/workbook';
import { digitsOf } from '../roster/read-roster.ts';
import type { Finding } from '../workbook-import/model.ts';
import { quote } from '../workbook-import/quote.ts';
import type { GroupDraft, GroupMember, GroupSummary } from './model.ts';

const membersWanted = 5;
const headerRowsMax = 5;
const groupsMax = 1_000;

interface Header {
  readonly row: number;
  readonly code: number;
  readonly line: number;
  /** the leader first, then the members: where each name stands; the telephone is in the next column */
  readonly places: readonly number[];
}

/** 认小组名单 — one sheet names group, leader and members. */
export const isGroupSheet = (sheet: SheetData): boolean => headerOf(sheet) !== undefined;

/** 小组预检 — 一带五: every group has one leader and five members, and nobody stands in two groups; every fault is named by cell. */
export function checkGroups(sheets: readonly SheetData[]): { readonly groups: readonly GroupDraft[]; readonly summary: GroupSummary } {
  const filled = sheets.filter(({ hidden }) => !hidden).flatMap(groupRowsOf);
  if (filled.length === 0) throw new InvalidError('这份表里没有小组名单，没有写入任何数据。');
  if (filled.length > groupsMax) throw new InvalidError(`小组有${filled.length}个，超过${groupsMax}个的上限，请拆分后再发。没有写入任何数据。`);
  const errors: Finding[] = [];
  const codes = new Map<string, string>();
  const homes = new Map<string, string>();
  const groups = filled.map(({ cells, row, sheet, header }): GroupDraft => {
    const code = textOf(cells[header.code]).normalize('NFKC').toUpperCase();
    const fault = (column: number, [rule, message, suggestion]: readonly [string, string, string]): void => {
      errors.push({
        sheet: sheet.name,
        row,
        cell: `${String.fromCharCode(65 + column)}${row}`,
        code: quote(code) || `第${row}行`,
        rule,
        message,
        suggestion,
      });
    };
    const earlier = codes.get(code);
    if (code === '') fault(header.code, ['必填', '没有组号', '请补上组号']);
    else if (earlier) fault(header.code, ['组号重复', `${quote(code)}与${earlier}重复`, '请改成未用过的组号']);
    else codes.set(code, `工作表“${sheet.name}”第${row}行`);
    const people = header.places.map((column): GroupMember | null => {
      const [name, mobile] = [textOf(cells[column]), digitsOf(textOf(cells[column + 1]))];
      if (name === '' && mobile === '') return null;
      if (name === '') fault(column, ['必填', '有电话没有姓名', '请补上姓名']);
      if (mobile.length < 7) fault(column + 1, ['电话', `${quote(name)}的电话认不出来`, '请填写手机号，同名的人靠它分清']);
      const home = homes.get(mobile);
      if (home !== undefined && mobile !== '')
        fault(column, ['一人一组', `${quote(name)}（尾号${mobile.slice(-4)}）已在${home}`, '一个人只能在一个组，请更换']);
      else homes.set(mobile, code);
      return { name, mobile };
    });
    const [leader, ...rest] = people;
    const members = rest.filter((member) => member !== null);
    if (!leader) fault(header.places[0] ?? 0, ['必填', '没有组长', '请填写一位组长']);
    if (members.length !== membersWanted) {
      const at = header.places[1 + Math.max(0, rest.indexOf(null))] ?? 0;
      fault(at, ['一名组长带五名组员', `只有${members.length}名组员，应为${membersWanted}名`, '请补足']);
    }
    return { code, line: textOf(cells[header.line]), leader: leader ?? { name: '', mobile: '' }, members };
  });
  return { groups, summary: { ...countsOf(groups), errors } };
}

/** 名单里的行 — one group each, on whatever sheet: a line of work may have its own. A row that names nobody and has no number is none. */
function groupRowsOf(sheet: SheetData): { cells: readonly CellValue[]; row: number; sheet: SheetData; header: Header }[] {
  const header = headerOf(sheet);
  if (!header) return [];
  const isGroup = (cells: readonly CellValue[]): boolean =>
    /\d/.test(textOf(cells[header.code])) || header.places.some((at) => textOf(cells[at]) !== '' && textOf(cells[at]) !== textOf(cells[header.code]));
  return sheet.rows.flatMap((cells, index) => (index > header.row && isGroup(cells) ? [{ cells, row: index + 1, sheet, header }] : []));
}

function countsOf(groups: readonly GroupDraft[]): Omit<GroupSummary, 'errors'> {
  const everyone = groups.flatMap(({ leader, members }) => [leader, ...members]).filter(({ name }) => name !== '');
  const lines = new Map<string, { groups: number; people: number }>();
  for (const { line, leader, members } of groups) {
    const found = lines.get(line) ?? { groups: 0, people: 0 };
    lines.set(line, { groups: found.groups + 1, people: found.people + members.length + (leader.name === '' ? 0 : 1) });
  }
  return {
    groups: groups.length,
    places: everyone.length,
    people: new Set(everyone.map(({ mobile }) => mobile)).size,
    lines: [...lines].map(([name, counts]) => ({ name, ...counts })),
  };
}

function headerOf(sheet: SheetData): Header | undefined {
  for (const [row, cells] of sheet.rows.slice(0, headerRowsMax).entries()) {
    const titles = cells.map((cell) => textOf(cell).normalize('NFKC').replace(/\s/g, ''));
    const [code, line, leader] = [titles.indexOf('组号'), titles.indexOf('条线'), titles.indexOf('组长')];
    const members = titles.flatMap((title, index) => (/^组员./.test(title) ? [index] : []));
    if (code >= 0 && line >= 0 && leader >= 0 && members.length >= membersWanted) return { row, code, line, places: [leader, ...members] };
  }
  return undefined;
}

function textOf(cell: CellValue | undefined): string {
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'object' ? cell.date : String(cell).trim();
}
