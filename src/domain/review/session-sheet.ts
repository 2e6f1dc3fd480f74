import { isRealDate } from '#core/dates';
import { InvalidError } from '#core/errors';
import type { CellValue, SheetData } from '#core/workbook';
import { compare, fraction, readDecimal, sum } from '../ballots/fraction.ts';
import type { Grade, TallyRules, VoterClass } from '../ballots/model.ts';
import { digitsOf } from '../roster/read-roster.ts';
import type { Finding } from '../workbook-import/model.ts';
import { quote } from '../workbook-import/quote.ts';
import type { RosterView } from '../workbook-import/roster-view.ts';
import type { PlannedSlot, PlannedVoter, SessionPlan } from './model.ts';

const wantedSheets = ['场次', '类别与权重', '台上单位', '测评人'];
/** 少于几张有效票的类别不单列 — domain B10 */
const fewestShown = 5;
const slotsMax = 40;
const votersMax = 3_000;
/** 分得清的颜色就这么多 */
const slipClassesMax = 6;

/** 认述职方案 — by the names of its sheets. */
export const isSessionWorkbook = (sheets: readonly SheetData[]): boolean =>
  wantedSheets.every((name) => sheets.some((sheet) => sheet.name.trim() === name));

interface Row {
  readonly row: number;
  text(column: string): string;
  cell(column: string): string;
}

/** 述职方案预检 — the plan of a session, and every fault by cell. `plan` is only good when there are no errors. */
export function readSessionPlan(
  sheets: readonly SheetData[],
  roster: RosterView,
): { readonly plan: SessionPlan; readonly errors: readonly Finding[] } {
  const errors: Finding[] = [];
  const fault = (sheet: string, cell: string, [code, message, suggestion]: readonly [string, string, string]): void => {
    const row = Number(/\d+$/.exec(cell)?.[0] ?? 0);
    errors.push({ sheet, row, cell, code: quote(code), rule: '述职方案', message, suggestion });
  };
  const settings = settingsOf(sheets, fault);
  const [classes, slots, written, voters, grades] = [
    readClasses(sheets, fault),
    readSlots(sheets, '台上单位', roster, fault),
    readSlots(sheets, '书面述职单位', roster, fault),
    readVoters(sheets, roster, fault),
    readGrades(sheets, fault),
  ];
  checkTogether({ settings, classes, slots, voters }, fault);
  const rules: TallyRules = {
    method: settings.text('票决方式').includes('打分') ? 'scores' : 'grades',
    grades,
    classes: classes.map(({ name, weight }) => ({ name, weight })),
    trimFrom: settings.text('去掉最高最低分').startsWith('不') ? null : 6,
    emptyClass: settings.text('空类处理').includes('不') ? 'block' : 'renormalise',
    // 类别多的，少到每类只剩一张有效票，减一减就知道谁弃权。
    smallClass: Math.max(fewestShown, classes.length + 1),
    ...taskWeightOf(settings, fault),
  };
  const [shown, secrecy] = [settings.text('结果显示'), settings.text('投票方式')];
  if (shown !== '' && !/延迟|即时/.test(shown))
    fault('场次', settings.cell('结果显示'), ['结果显示', `“${quote(shown)}”看不懂`, '请写延迟公布，或即时公布']);
  if (secrecy !== '' && !/简易|匿名/.test(secrecy))
    fault('场次', settings.cell('投票方式'), ['投票方式', `“${quote(secrecy)}”看不懂`, '请写简易模式，或可证明匿名模式']);
  const quorum = settings.text('法定人数');
  if (quorum !== '' && !/三分之二|二分之一|半/.test(quorum))
    fault('场次', settings.cell('法定人数'), ['法定人数', `“${quote(quorum)}”看不懂`, '请写超过应到人数的二分之一，或达到应到人数的三分之二']);
  const number = settings.text('场次编号');
  const plan: SessionPlan = {
    number,
    title: settings.text('场次名称'),
    heldOn: settings.text('日期'),
    startsAt: settings.text('开始时间'),
    place: settings.text('地点'),
    trial: settings.text('试测').startsWith('是'),
    drawId: settings.text('抽签编号') || number,
    method: settings.text('方式').includes('集中') ? 'together' : 'each',
    reportMinutes: settings.whole('述职时长（分钟）', 8, 120),
    questionMinutes: settings.whole('问答时长（分钟）', 6, 120),
    voteSeconds: settings.whole('测评时长（秒）', 90, 3_600),
    press: settings.text('按键规则').includes('末次') ? 'last' : 'first',
    secrecy: secrecy.includes('匿名') ? 'blind' : 'simple',
    comments: !settings.text('评语').startsWith('不'),
    quorum: quorum.includes('三分之二') ? 'twoThirds' : 'half',
    show: shown.includes('即时') ? 'immediate' : 'delayed',
    rules,
    observers: settings
      .text('监督员')
      .split(/[、，,;；\s]+/)
      .filter((name) => name !== ''),
    onStage: slots,
    written,
    voters,
  };
  return { plan, errors };
}

type Fault = (sheet: string, cell: string, words: readonly [string, string, string]) => void;

function settingsOf(
  sheets: readonly SheetData[],
  fault: Fault,
): { text(key: string): string; whole(key: string, usual: number, max: number): number; cell(key: string): string } {
  const sheet = sheetOf(sheets, '场次');
  const lines = new Map((sheet?.rows ?? []).map((cells, index) => [folded(textOf(cells[0])), { value: textOf(cells[1]), cell: `B${index + 1}` }]));
  const find = (key: string) => lines.get(folded(key));
  for (const key of ['场次编号', '场次名称', '日期', '监督员']) {
    if (!find(key)?.value) fault('场次', find(key)?.cell ?? 'A1', [key, `没有写${key}`, '请补上']);
  }
  const day = find('日期');
  if (day?.value && !isRealDate(day.value)) fault('场次', day.cell, ['日期', `${quote(day.value)}不是日期`, '请写成2026-12-18']);
  return {
    text: (key) => find(key)?.value ?? '',
    cell: (key) => find(key)?.cell ?? 'A1',
    whole: (key, usual, max) => {
      const found = find(key);
      if (!found?.value) return usual;
      const value = Number(found.value);
      if (Number.isInteger(value) && value > 0 && value <= max) return value;
      fault('场次', found.cell, [key, `${quote(found.value)}不是1到${max}的整数`, `通常是${usual}`]);
      return usual;
    },
  };
}

/** 年度任务成绩的权重 — left empty: it is shown beside the speaker and does not count. */
function taskWeightOf(settings: ReturnType<typeof settingsOf>, fault: Fault): Pick<TallyRules, 'taskWeight'> {
  const key = '任务成绩权重（%）';
  const written = settings.text(key);
  if (written === '' || written === '0') return {};
  const weight = readDecimal(written);
  if (weight && compare(weight, fraction(0)) > 0 && compare(weight, fraction(100)) < 0) return { taskWeight: written };
  fault('场次', settings.cell(key), [key, `${quote(written)}不是0到100之间的数`, '请写成20；不计入就留空']);
  return {};
}

function readClasses(sheets: readonly SheetData[], fault: Fault): (VoterClass & { entitled: number })[] {
  const classes = rowsOf(sheets, '类别与权重').flatMap((row) => {
    const name = row.text('类别');
    if (name === '' || name === '合计') return [];
    const weight = readDecimal(row.text('权重（%）'));
    if (!weight) fault('类别与权重', row.cell('权重（%）'), [name, `权重${quote(row.text('权重（%）'))}不是数`, '请写成50']);
    return [{ name, weight: weight ? row.text('权重（%）') : '0', entitled: Number(row.text('应到人数')) || 0 }];
  });
  const total = sum(classes.map(({ weight }) => readDecimal(weight) ?? fraction(0)));
  if (compare(total, fraction(100)) !== 0) fault('类别与权重', 'C2', ['权重', '各类权重相加不是100', '请改成合计100']);
  return classes;
}

function readGrades(sheets: readonly SheetData[], fault: Fault): Grade[] {
  const grades = rowsOf(sheets, '等次').map((row) => {
    const points = Number(row.text('分值'));
    if (!Number.isInteger(points) || points < 0 || points > 100)
      fault('等次', row.cell('分值'), [row.text('等次'), '分值应为0到100的整数', '请更正']);
    return { name: row.text('等次'), points };
  });
  const sorted = [...grades].sort((left, right) => right.points - left.points);
  if (grades.length < 2 || grades.length > 6) fault('等次', 'A1', ['等次', `等次有${grades.length}档，应为2到6档`, '通常是优秀、良好、一般、较差']);
  if (new Set(grades.map(({ points }) => points)).size < grades.length || new Set(grades.map(({ name }) => name)).size < grades.length)
    fault('等次', 'A1', ['等次', '等次或分值有重复', '请逐档区分']);
  return sorted;
}

function readSlots(sheets: readonly SheetData[], name: string, roster: RosterView, fault: Fault): PlannedSlot[] {
  const seen = new Set<string>();
  return rowsOf(sheets, name).map((row) => {
    const [unitCode, unitName, presenter] = [row.text('单位代码').toUpperCase(), row.text('单位名称'), row.text('述职人')];
    const unit = roster.units.find(({ code }) => code === unitCode);
    if (!unit) fault(name, row.cell('单位代码'), [unitCode, `花名册里没有代码${quote(unitCode)}`, '请核对单位代码']);
    else if (unit.name !== unitName) fault(name, row.cell('单位名称'), [unitCode, `${unitCode}在花名册里是${unit.name}`, '请改成一致的全称']);
    if (seen.has(unitCode)) fault(name, row.cell('单位代码'), [unitCode, '同一个单位写了两次', '请删去一行']);
    if (presenter === '') fault(name, row.cell('述职人'), [unitCode, '没有写述职人', '请补上']);
    seen.add(unitCode);
    return { unitCode, unitName, presenter };
  });
}

function readVoters(sheets: readonly SheetData[], roster: RosterView, fault: Fault): PlannedVoter[] {
  const known = new Map(roster.people.map(({ mobile, name }) => [digitsOf(mobile), name]));
  const seen: SeenVoter[] = [];
  return rowsOf(sheets, '测评人').map((row) => {
    const [name, mobile] = [row.text('姓名'), digitsOf(row.text('手机号'))];
    const channel = row.text('参加方式').includes('票') ? 'slip' : 'card';
    const at = row.cell('手机号');
    if (channel === 'card' && mobile === '') fault('测评人', at, [name, '用飞书卡片投票的要有手机号', '请补上，或改为纸质二维码票']);
    if (channel === 'card' && mobile !== '' && known.get(mobile) !== name)
      fault('测评人', at, [name, known.has(mobile) ? `这个手机号在花名册里是${known.get(mobile)}` : '花名册里没有这个手机号', '请核对']);
    const [voterClass, workplace] = [row.text('类别'), row.text('工作单位或社区')];
    const own = { row: row.row, name, mobile, voterClass, workplace };
    const twice = seenBefore(seen, own);
    if (twice) fault('测评人', at, [name, ...twice]);
    seen.push(own);
    return { name, voterClass, identity: row.text('身份'), workplace, mobile: mobile || null, channel };
  });
}

type SeenVoter = { readonly row: number } & Record<'name' | 'mobile' | 'voterClass' | 'workplace', string>;

/** 一人一票 — the same person twice: by his telephone, or, where one of the rows has none, by name and workplace. Null: he is new. */
function seenBefore(seen: readonly SeenVoter[], { name, mobile, voterClass, workplace }: SeenVoter): readonly [string, string] | null {
  const onlyOne = (earlier: SeenVoter): string =>
    earlier.voterClass === voterClass
      ? '一人一票，请删去一行'
      : `一人一票，只算${quote(earlier.voterClass)}或${quote(voterClass)}中的一类，请删去一行`;
  const samePhone = seen.find((each) => mobile !== '' && each.mobile === mobile);
  if (samePhone) return [`与第${samePhone.row}行是同一个手机号`, onlyOne(samePhone)];
  const sameName = seen.find((each) => each.name === name && each.workplace === workplace && (each.mobile === '' || mobile === ''));
  if (!sameName) return null;
  return [`与第${sameName.row}行同名、同单位`, `${onlyOne(sameName)}；不是同一个人的，请写明各自的手机号`];
}

function checkTogether(
  {
    settings,
    classes,
    slots,
    voters,
  }: {
    settings: ReturnType<typeof settingsOf>;
    classes: ReturnType<typeof readClasses>;
    slots: readonly PlannedSlot[];
    voters: readonly PlannedVoter[];
  },
  fault: Fault,
): void {
  if (slots.length === 0 || slots.length > slotsMax) throw new InvalidError(`台上单位有${slots.length}家，应为1到${slotsMax}家。没有写入任何数据。`);
  if (voters.length === 0 || voters.length > votersMax)
    throw new InvalidError(`测评人有${voters.length}位，应为1到${votersMax}位。没有写入任何数据。`);
  const stated = Number(settings.text('台上单位数'));
  if (stated && stated !== slots.length)
    fault('场次', settings.cell('台上单位数'), ['台上单位数', `写的是${stated}家，台上单位表里有${slots.length}家`, '请改成一致']);
  for (const { name, entitled } of classes) {
    const count = voters.filter(({ voterClass }) => voterClass === name).length;
    if (count !== entitled) fault('类别与权重', 'B2', [name, `应到${entitled}人，测评人表里有${count}人`, '请改成一致']);
  }
  if (settings.text('方式').includes('集中') && slots.length > 12)
    fault('场次', settings.cell('方式'), ['方式', `集中测评的单子放不下${slots.length}家`, '请改为一述一评，或分场']);
  const bySlip = new Set(voters.filter(({ channel }) => channel === 'slip').map(({ voterClass }) => voterClass));
  if (bySlip.size > slipClassesMax)
    fault('测评人', 'G2', [
      '参加方式',
      `用纸质票的有${bySlip.size}类（${[...bySlip].join('、')}）`,
      `一类一种颜色，一场至多${slipClassesMax}类用纸质票`,
    ]);
  const unknown = [...new Set(voters.map(({ voterClass }) => voterClass))].filter((name) => !classes.some((one) => one.name === name));
  for (const name of unknown) fault('测评人', 'C2', [name, `类别${quote(name)}不在“类别与权重”里`, '请改成其中的一类']);
}

function rowsOf(sheets: readonly SheetData[], name: string): Row[] {
  const sheet = sheetOf(sheets, name);
  const header = (sheet?.rows[0] ?? []).map((cell) => folded(textOf(cell)));
  return (sheet?.rows ?? []).flatMap((cells, index): Row[] => {
    if (index === 0 || cells.every((cell) => textOf(cell) === '')) return [];
    const at = (column: string): number => header.indexOf(folded(column));
    return [
      {
        row: index + 1,
        text: (column) => textOf(cells[at(column)]),
        cell: (column) => `${String.fromCharCode(65 + Math.max(0, at(column)))}${index + 1}`,
      },
    ];
  });
}

function sheetOf(sheets: readonly SheetData[], name: string): SheetData | undefined {
  return sheets.find((sheet) => sheet.name.trim() === name);
}

function folded(text: string): string {
  return text.normalize('NFKC').replace(/\s/g, '');
}

function textOf(cell: CellValue | undefined): string {
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'object' ? cell.date : String(cell).trim();
}
