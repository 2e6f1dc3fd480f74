import type { Role } from '#core/context';
import type { CellValue, SheetData } from '#core/workbook';
import { quote } from '../workbook-import/quote.ts';
import { leaderNamed } from './leader-name.ts';
import { leaderRoles, plainName, type Unit } from './model.ts';

/** 花名册里的一个任职 */
export interface RosterPost {
  readonly name: string;
  readonly mobile: string;
  readonly unitCode: string | null;
  readonly title: string;
  readonly role: Role;
  readonly backup: boolean;
  readonly field: string | null;
  readonly note: string | null;
}

/** 花名册里的一个群 */
export interface RosterChat {
  readonly purpose: string;
  readonly chatName: string;
}

export interface ParsedRoster {
  readonly units: readonly Unit[];
  readonly posts: readonly RosterPost[];
  readonly chats: readonly RosterChat[];
  /** 看不懂的行，逐条说明；有一条就不导入 */
  readonly problems: readonly string[];
}

const headers = {
  unitCode: ['单位代码', '代码', '单位编号'],
  unitName: ['单位名称', '单位', '名称', '单位全称'],
  shortName: ['简称', '单位简称'],
  aliases: ['别名', '曾用名', '其他名称'],
  kind: ['单位类型', '类型', '类别'],
  leader: ['分管领导', '联系领导'],
  chatName: ['工作群名称', '工作群', '群名称'],
  name: ['姓名'],
  mobile: ['手机号', '手机', '电话', '联系电话', '手机号码'],
  title: ['岗位', '职务', '岗位名称'],
  role: ['角色', '身份'],
  field: ['分管领域', '分管工作'],
  note: ['备注', '说明'],
  chatKind: ['群类型', '类型'],
} as const;

/** 角色的写法（domain B2） */
const roleWords: Readonly<Record<string, { readonly role: Role; readonly backup?: boolean }>> = {
  新区领导: { role: 'leaderInCharge' },
  主要领导: { role: 'principalLeader' },
  分管领导: { role: 'leaderInCharge' },
  督查室主任: { role: 'chiefInspector' },
  督查员: { role: 'inspector' },
  单位主要负责人: { role: 'unitHead' },
  一把手: { role: 'unitHead' },
  分管负责人: { role: 'unitDeputy' },
  联络员: { role: 'liaison' },
  备用联络员: { role: 'liaison', backup: true },
  责任人: { role: 'responsiblePerson' },
  组织人事局: { role: 'organisation' },
  场务秘书: { role: 'sessionSecretary' },
  监督员: { role: 'observer' },
  两代表一委员: { role: 'voter' },
  测评人: { role: 'voter' },
  系统管理员: { role: 'administrator' },
};

const chatKinds: Readonly<Record<string, string>> = { 新区总群: 'district', 监督员群: 'observers', 场务群: 'session', 存证群: 'audit' };

/** 认花名册 — a workbook with the sheets 单位 and 人员. */
export function looksLikeRoster(sheets: readonly SheetData[]): boolean {
  return find(sheets, '单位') !== undefined && find(sheets, '人员') !== undefined;
}

/** 读花名册 — the key of a person is the telephone number; the same name twice is two people. */
export function readRoster(sheets: readonly SheetData[]): ParsedRoster {
  const problems: string[] = [];
  const units = readRows(find(sheets, '单位'), ['unitCode', 'unitName'], problems).map(({ of: row }): Unit => {
    const aliases = row('aliases')
      .split(/[、,，;；]/)
      .map((alias) => alias.trim())
      .filter(Boolean);
    const code = row('unitCode').normalize('NFKC').toUpperCase();
    return {
      code,
      name: row('unitName'),
      shortName: row('shortName') || row('unitName'),
      aliases,
      kind: row('kind'),
      leaderName: plainName(row('leader')) || null,
      chatName: row('chatName') || null,
    };
  });
  const codes = new Set(units.map(({ code }) => code));
  const posts: RosterPost[] = [];
  readRows(find(sheets, '人员'), ['name', 'mobile', 'role'], problems).forEach(({ number, of }) => {
    const post = readPost(of, codes);
    const namesake = typeof post === 'string' ? undefined : posts.find(({ mobile, name }) => mobile === post.mobile && name !== post.name);
    if (typeof post === 'string') problems.push(`人员表第${number}行：${post}`);
    else if (namesake) problems.push(`人员表第${number}行：${quote(post.name)}的手机号与${quote(namesake.name)}的相同`);
    else posts.push(post);
  });
  const leaders = posts.filter(({ role }) => (leaderRoles as readonly string[]).includes(role)).map(({ name }) => name);
  const led = units.map((unit) => ({ ...unit, leaderName: unit.leaderName && (leaderNamed(unit.leaderName, leaders) ?? unit.leaderName) }));
  const chats = [
    ...units.flatMap(({ code, chatName }) => (chatName ? [{ purpose: `unit:${code}`, chatName }] : [])),
    ...readRows(find(sheets, '群聊'), ['chatName', 'chatKind'], problems).map(({ of: row }) => ({
      purpose: chatPurpose(row('chatKind'), row('chatName')),
      chatName: row('chatName'),
    })),
  ];
  return { units: led, posts, chats, problems };
}

/** 一行 @property number as the spreadsheet counts it: empty rows count too */
interface Row {
  readonly number: number;
  readonly of: Cells;
}
type Cells = (column: keyof typeof headers) => string;

function readPost(row: Cells, codes: ReadonlySet<string>): RosterPost | string {
  const mobile = digitsOf(row('mobile'));
  if (mobile.length < 7) return `${quote(row('name')) || '（无姓名）'}没有可用的手机号`;
  const word = row('role').replace(/\s+/g, '');
  const known = roleWords[word];
  if (!known) return `认不出角色“${quote(word)}”，可写：${Object.keys(roleWords).join('、')}`;
  const unitCode = row('unitCode').normalize('NFKC').toUpperCase() || null;
  if (unitCode !== null && !codes.has(unitCode)) return `单位代码${quote(unitCode)}不在单位表里`;
  const title = row('title') || word;
  const principal = word === '新区领导' && isPrincipal(title);
  return {
    name: plainName(row('name')),
    mobile,
    unitCode,
    title,
    role: principal ? 'principalLeader' : known.role,
    backup: known.backup ?? false,
    field: row('field') || null,
    note: row('note') || null,
  };
}

/**
 * 主要领导 — of a title's parts, one is the head of the party committee or of the administration itself: 党工委副书记、管委会主任 is one,
 * 党工委委员、纪检监察工委书记 is not. The other leaders are each in charge of a field.
 */
function isPrincipal(title: string): boolean {
  return title
    .normalize('NFKC')
    .split(/[、,;\s]+/)
    .some((part) => /(?:党工委|[区县市党]委)书记$|管委会主任$|[区县市镇乡]长$/.test(part) && !part.includes('副'));
}

function chatPurpose(kind: string, name: string): string {
  return chatKinds[kind] ?? `field:${name.replace(/(督办)?(工作)?群$/, '')}`;
}

/** 手机号只留数字。 */
export function digitsOf(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\D/g, '')
    .replace(/^86(?=1\d{10}$)/, '');
}

function find(sheets: readonly SheetData[], name: string): SheetData | undefined {
  return sheets.find((sheet) => sheet.name.trim() === name);
}

function readRows(sheet: SheetData | undefined, required: readonly (keyof typeof headers)[], problems: string[]): Row[] {
  if (!sheet) return [];
  const [header = [], ...body] = sheet.rows;
  const titles = header.map((cell) => textOf(cell).replace(/\s+/g, ''));
  const columnOf = (column: keyof typeof headers): number => titles.findIndex((title) => (headers[column] as readonly string[]).includes(title));
  for (const column of required) if (columnOf(column) < 0) problems.push(`工作表“${sheet.name}”缺少“${headers[column][0]}”一列`);
  return body.flatMap((cells, index): Row[] =>
    cells.some((cell) => textOf(cell) !== '') ? [{ number: index + 2, of: (column) => textOf(cells[columnOf(column)] ?? null) }] : [],
  );
}

function textOf(cell: CellValue | undefined): string {
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'object' ? cell.date : String(cell).trim();
}
