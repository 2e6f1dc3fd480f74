import { isRealDate, type LocalDate } from '#core/dates';
import { InvalidError } from '#core/errors';
import { compare, fraction, readDecimal, sum } from '../ballots/fraction.ts';
import { defaultGrades, type Grade, type TallyRules } from '../ballots/model.ts';
import { digitsOf } from '../roster/read-roster.ts';
import { quote } from '../workbook-import/quote.ts';
import type { PlannedVoter, SessionPlan } from './model.ts';

// 在聊天里定一场：表单上的选择变成与表格读出来一样的方案，随后走同一张预检卡。

/** 花名册里办一场用得着的人 — leaders, deputies, observers and heads, in the order of the roster. */
export interface RollSource {
  readonly personId: string;
  readonly name: string;
  readonly mobile: string;
  readonly role: string;
  readonly title: string;
  readonly unitCode: string | null;
  readonly unitName: string | null;
}

/** 等次的几套 — domain B10, as found in practice. */
const gradeSets: readonly { readonly key: string; readonly grades: readonly Grade[] }[] = [
  { key: 'excellent', grades: defaultGrades },
  { key: 'good', grades: setOf('好', '较好', '一般', '差') },
  { key: 'competent', grades: setOf('优秀', '称职', '基本称职', '不称职') },
];

function setOf(...names: readonly string[]): Grade[] {
  return names.map((name, index) => ({ name, points: [100, 80, 60, 40][index] ?? 0 }));
}

/** 表单上的设置 — as chosen and typed. */
export interface PlanSettings {
  readonly heldOn: string;
  readonly startsAt: string;
  readonly place: string;
  readonly method: 'each' | 'together';
  readonly reportMinutes: string;
  readonly questionMinutes: string;
  readonly voteSeconds: string;
  /** one of the grade sets, 打分 with or without trimming, or `own`: as the plan has it */
  readonly scale: string;
  /** 50/30/20, in the order of the classes */
  readonly weights: string;
  readonly press: 'first' | 'last';
  readonly quorum: 'half' | 'twoThirds';
  readonly show: 'delayed' | 'immediate';
  readonly secrecy: 'simple' | 'blind';
  readonly comments: 'yes' | 'no';
  readonly emptyClass: TallyRules['emptyClass'];
  readonly taskWeight: string;
  readonly trial: 'yes' | 'no';
}

/** 新建时还要选的 — who is on stage, who watches, and the guests, who are in no roster. */
export interface PlanPeople {
  readonly unitCodes: readonly string[];
  /** their persons' numbers */
  readonly observerIds: readonly string[];
  /** 一行一位：姓名 单位 */
  readonly guests: string;
}

const classNames = ['领导', '两代表一委员', '群众代表'] as const;
const leaders = ['principalLeader', 'leaderInCharge'];
const guestsMax = 300;

/** 方案的底子 — the people; everything else is what the settings say. @throws InvalidError curable in the form */
export function planOfPeople({ unitCodes, guests, ...people }: PlanPeople, source: readonly RollSource[]): SessionPlan {
  const chosen = source.filter(({ role, personId }) => role === 'observer' && people.observerIds.includes(personId));
  const observerIds = [...new Set(chosen.map(({ personId }) => personId))];
  const observers = observerIds.map((id) => chosen.find(({ personId }) => personId === id)?.name ?? '');
  if (observers.length === 0) throw new InvalidError('请选择监督员');
  const twice = observers.find((name, index) => observers.indexOf(name) !== index);
  if (twice !== undefined) throw new InvalidError(`选了两位${twice}做监督员，票数核对上分不清，请只选一位`);
  const heads = source.filter(({ role, unitCode }) => role === 'unitHead' && unitCode !== null);
  const slots = heads
    .filter(({ unitCode }, index) => heads.findIndex((other) => other.unitCode === unitCode) === index)
    .map(({ unitCode, unitName, name }) => ({ unitCode: unitCode ?? '', unitName: unitName ?? '', presenter: name }));
  const onStage = slots.filter(({ unitCode }) => unitCodes.includes(unitCode));
  const headless = unitCodes.length - onStage.length;
  if (headless > 0) throw new InvalidError(`所选的单位里有${headless}家没有主要负责人，请先补花名册`);
  const leading = cardVoters(source, { roles: leaders, voterClass: classNames[0], leftOut: observerIds });
  const leftOut = [...observerIds, ...bothLeaderAndDeputy(source).map(({ personId }) => personId)];
  const voters = [...leading, ...cardVoters(source, { roles: ['voter'], voterClass: classNames[1], leftOut }), ...guestsOf(guests)];
  if (voters.length === 0) throw new InvalidError('没有测评人：花名册里没有领导、两代表一委员，也没有写群众代表');
  const classes = classNames.filter((name) => voters.some(({ voterClass }) => voterClass === name)).map((name) => ({ name, weight: '0' }));
  return {
    ...{ number: '', title: '', heldOn: '', startsAt: '14:30', place: '', trial: false, drawId: '' },
    ...{ method: 'each', reportMinutes: 8, questionMinutes: 6, voteSeconds: 90, press: 'first', quorum: 'half' },
    ...{ secrecy: 'simple', comments: true, show: 'delayed' },
    rules: { method: 'grades', grades: defaultGrades, classes, trimFrom: 6, emptyClass: 'renormalise', smallClass: 5 },
    ...{ observers, observerIds, onStage, written: slots.filter(({ unitCode }) => !unitCodes.includes(unitCode)), voters },
  };
}

/** 既是领导又是代表的 — one person, one ballot: it counts among the leaders'. */
export function bothLeaderAndDeputy(source: readonly RollSource[]): RollSource[] {
  const leading = new Set(source.flatMap(({ role, personId }) => (leaders.includes(role) ? [personId] : [])));
  const found = source.filter(({ role, personId }) => role === 'voter' && leading.has(personId));
  return found.filter(({ personId }, index) => found.findIndex((other) => other.personId === personId) === index);
}

function cardVoters(
  source: readonly RollSource[],
  { roles, voterClass, leftOut }: { roles: readonly string[]; voterClass: string; leftOut: readonly string[] },
): PlannedVoter[] {
  const own = source.filter(({ role, personId }) => roles.includes(role) && !leftOut.includes(personId));
  return own
    .filter(({ mobile }, index) => own.findIndex((other) => other.mobile === mobile) === index)
    .map(({ name, title, unitName, mobile }) => ({
      ...{ name, voterClass, identity: title, workplace: unitName ?? '', mobile: digitsOf(mobile), channel: 'card' as const },
    }));
}

function guestsOf(typed: string): PlannedVoter[] {
  const lines = typed
    .split(/[\n；;]+/)
    .map((line) => line.normalize('NFKC').trim().split(/\s+/))
    .filter(([name]) => name);
  const twice = lines.map((line) => line.join(' ')).find((line, index, all) => all.indexOf(line) !== index);
  if (twice !== undefined) throw new InvalidError(`群众代表里“${quote(twice)}”写了两次，一人一票，请删去一行；同名的请写明各自的单位`);
  if (lines.length > guestsMax) throw new InvalidError(`群众代表有${lines.length}位，卡片上至多${guestsMax}位，请改用表格`);
  return lines.map(([name = '', ...place]) => ({
    ...{ name, voterClass: classNames[2], identity: '群众代表', workplace: place.join(''), mobile: null, channel: 'slip' as const },
  }));
}

/** 照设置定方案 — of a plan and what the form says. @throws InvalidError curable in the form */
export function applySettings(plan: SessionPlan, settings: PlanSettings, today: LocalDate): SessionPlan {
  const { heldOn, startsAt, place, method, press, quorum, show, secrecy, taskWeight } = settings;
  if (!isRealDate(heldOn)) throw new InvalidError('日期看不懂，请重新选择');
  if (heldOn < today) throw new InvalidError(`${quote(heldOn)}已经过去，请选今天以后的日期`);
  const time = startsAt.normalize('NFKC').trim();
  if (!/^([01]?\d|2[0-3]):[0-5]\d$/.test(time)) throw new InvalidError(`开始时间${quote(startsAt)}看不懂，请写成14:30`);
  if (method === 'together' && plan.onStage.length > 12) throw new InvalidError(`集中测评的单子放不下${plan.onStage.length}家，请改为一述一评`);
  const trial = settings.trial === 'yes';
  const kept = plan.number !== '' && plan.heldOn === heldOn && plan.trial === trial;
  const number = kept ? plan.number : `SZ-${heldOn}${trial ? '-试' : ''}`;
  const title = plan.title === '' ? `${heldOn.slice(0, 4)}年度单位主要负责人述职“赶考”` : plan.title;
  return {
    ...plan,
    ...{
      number,
      title,
      heldOn,
      startsAt: time,
      place: place.trim(),
      trial,
      drawId: kept ? plan.drawId : number,
      method,
      press,
      quorum,
      show,
      secrecy,
    },
    reportMinutes: wholeOf('述职时长', settings.reportMinutes, 120),
    questionMinutes: wholeOf('问答时长', settings.questionMinutes, 120),
    voteSeconds: wholeOf('测评时长', settings.voteSeconds, 3_600),
    comments: settings.comments === 'yes',
    rules: rulesOf(plan.rules, settings, taskWeight),
  };
}

function rulesOf({ taskWeight: _former, ...rules }: TallyRules, settings: PlanSettings, taskWeight: string): TallyRules {
  const set = gradeSets.find(({ key }) => key === settings.scale);
  const scores = settings.scale === 'trimmed' || settings.scale === 'untrimmed';
  return {
    ...rules,
    ...(set ? { method: 'grades' as const, grades: set.grades } : {}),
    ...(scores ? { method: 'scores' as const, trimFrom: settings.scale === 'trimmed' ? 6 : null } : {}),
    classes: weighed(rules.classes, settings.weights),
    emptyClass: settings.emptyClass,
    ...taskPart(taskWeight),
  };
}

function weighed(classes: TallyRules['classes'], typed: string): TallyRules['classes'] {
  const written = typed
    .normalize('NFKC')
    .split(/[/、，,\s%]+/)
    .filter((part) => part !== '');
  const names = classes.map(({ name }) => name).join('、');
  if (written.length !== classes.length) throw new InvalidError(`权重要写${classes.length}个数（${names}），例如50/30/20`);
  const weights = written.map((part) => readDecimal(part));
  if (weights.some((weight) => weight === null)) throw new InvalidError(`权重${quote(typed)}里有看不懂的数`);
  if (compare(sum(weights.map((weight) => weight ?? fraction(0))), fraction(100)) !== 0)
    throw new InvalidError(`权重${quote(typed)}相加不是100（${names}）`);
  return classes.map(({ name }, index) => ({ name, weight: written[index] ?? '0' }));
}

function taskPart(typed: string): Pick<TallyRules, 'taskWeight'> {
  const written = typed.normalize('NFKC').replace(/[%\s]/g, '');
  if (written === '' || written === '0') return {};
  const weight = readDecimal(written);
  if (weight && compare(weight, fraction(0)) > 0 && compare(weight, fraction(100)) < 0) return { taskWeight: written };
  throw new InvalidError(`任务成绩权重${quote(typed)}不是0到100之间的数；不计入就留空`);
}

function wholeOf(what: string, typed: string, max: number): number {
  const value = Number(typed.normalize('NFKC').trim());
  if (Number.isInteger(value) && value > 0 && value <= max) return value;
  throw new InvalidError(`${what}${quote(typed)}不是1到${max}的整数`);
}

/** 方案上的等次是哪一套 — `own`: another, as the workbook wrote it. */
export function scaleKeyOf({ method, trimFrom, grades }: TallyRules): string {
  if (method === 'scores') return trimFrom === null ? 'untrimmed' : 'trimmed';
  const words = (list: readonly Grade[]): string => list.map(({ name, points }) => `${name}${points}`).join(' ');
  return gradeSets.find((set) => words(set.grades) === words(grades))?.key ?? 'own';
}
