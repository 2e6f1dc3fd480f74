/** 述职现场的人、票和场次的样子 — what a hall is made of; pure, and not one line of src. */
export const grades = ['优秀', '良好', '一般', '较差'] as const;
const gradePoints: Readonly<Record<string, number>> = { 优秀: 100, 良好: 80, 一般: 60, 较差: 40 };

/** 各类：几个人，占多少，怎样投 */
export const classes = [
  { name: '领导', letter: 'l', people: 3, weight: 50 },
  { name: '两代表一委员', letter: 'd', people: 6, weight: 30 },
  { name: '群众代表', letter: 'g', people: 6, weight: 20 },
] as const;
const numbered = (letter: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
export const peopleOf = (letter: string): string[] => numbered(letter, classes.find((each) => each.letter === letter)?.people ?? 0);

/** 用卡片投票的，来宾，来宾的票（最后两张备用）；场务（c2又是监督员），监督员（d6又是代表，o3不在这一场），放行的人（督查室主任、主要领导），分管领导，旁人 */
export const cardVoters: readonly string[] = [...peopleOf('l'), ...peopleOf('d')];
export const guests: readonly string[] = peopleOf('g');
export const slips: readonly string[] = numbered('s', guests.length + 2);
export const staff = ['c1', 'c2', 'o1', 'o3', 'boss', 'lead', 'aide', 'x'] as const;
export const secretaries: readonly string[] = ['c1', 'c2'];
export const observers: readonly string[] = ['c2', 'o1', 'd6'];
export const releasers: readonly string[] = ['boss', 'lead'];
/** 台上的各家，这一场有前几家；各家的负责人，上台述职的就是他们；第一家的也是代表 */
export const units = ['应急管理局', '公共事业局', '南屿办事处'] as const;
export const heads: readonly string[] = ['d5', ...numbered('h', units.length).slice(1)];
/** 各家的任务：到期几项，其中按时办结几项 */
export const tasks = [
  { due: 5, onTime: 3 },
  { due: 0, onTime: 0 },
  { due: 3, onTime: 3 },
] as const;
/** 各个群，按用途 */
export const groups: Readonly<Record<string, string>> = {
  observers: '会场监督员群',
  session: '会场参会者群',
  district: '会场外全区群',
  ...Object.fromEntries(units.map((name, index) => [`unit:U${index}`, `会场外${name}群`])),
};
/** 逐级放行 */
export const levels = ['none', 'leaders', 'hall', 'units', 'all'] as const;
export type Level = (typeof levels)[number];

/** 票属于哪一类 @param holder a voter, a slip, or the anonymous ticket of either */
export const classOf = (holder: string): string => classes.find(({ letter }) => letter === (holder[0] === 's' ? 'g' : holder[0]))?.name ?? '';

/** 这一场怎样办 — as the plan has it. */
export interface Shape {
  readonly press: 'first' | 'last';
  readonly show: 'delayed' | 'immediate';
  /** each 一述一评 · together 集中测评 */
  readonly method: 'each' | 'together';
  /** grades 等次 · scores 打分，满六票去掉一个最高分、一个最低分 */
  readonly scale: 'grades' | 'scores';
  /** simple 简易模式 · blind 可证明匿名模式 */
  readonly secrecy: 'simple' | 'blind';
  readonly comments: boolean;
  /** 台上几家 */
  readonly units: number;
  /** half 超过二分之一 · twoThirds 达到三分之二 */
  readonly quorum: 'half' | 'twoThirds';
  /** 少于几张有效票的类别不单列 */
  readonly smallClass: number;
  /** 一类没有人投票：renormalise 其余类别重新归一 · block 不公布 */
  readonly emptyClass: 'renormalise' | 'block';
  /** 任务成绩占百分之几；0：只计测评 */
  readonly taskWeight: number;
  /** 旁边还撂着一场试测：后建的，同样的人都签了到，同一家缺席 */
  readonly beside: boolean;
}
/** 最平常的一场 */
export const plainShape: Shape = {
  ...{ press: 'first', show: 'delayed', method: 'each', scale: 'grades', secrecy: 'simple', comments: false },
  ...{ units: 2, quorum: 'half', smallClass: 5, emptyClass: 'renormalise', taskWeight: 0, beside: false },
};

/** 述职、问答各几分钟，测评几秒 */
export const minutes = { reporting: 8, questioning: 6 } as const;
export const voteSeconds = 90;
/** 述职、问答还剩几秒提醒，怎样说 */
export const bells = [
  { left: 120, words: '还剩2分钟' },
  { left: 30, words: '还剩30秒' },
  { left: 0, words: '时间到' },
] as const;
/** 开会的日子 */
export const heldOn = '2026-12-18';

/** 满几票去掉一个最高分、一个最低分 */
export const trimFrom = 6;

/** 值几分 — null: nobody may choose that. */
export function pointsOf({ scale }: Pick<Shape, 'scale'>, choice: string): number | null {
  if (scale === 'grades') return gradePoints[choice] ?? null;
  return /^(\d|[1-9]\d|100)$/.test(choice) ? Number(choice) : null;
}

/** 选一样 — by chance: what may be chosen, 弃权, and what nobody may choose. */
export function choiceBy({ scale }: Pick<Shape, 'scale'>, luck: number): string | null {
  if (scale === 'grades') return [...grades, null, '满意'][luck % 6] ?? null;
  return luck % 11 === 0 ? null : luck % 11 === 1 ? '101' : String((luck * 37) % 101);
}

/** 述职的是不是他自己：别家由他评，自己的一家由别人评；匿名的集中测评分不出来，不许这样办，模型里就当他不在台上 */
export const isOwn = ({ secrecy, method }: Pick<Shape, 'secrecy' | 'method'>, holder: string, slot: number): boolean =>
  heads[slot] === holder && !(secrecy === 'blind' && method === 'together');
