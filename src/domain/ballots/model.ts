/** 测评票 — what is in the box. It has no voter, no time, no number and no place in any order. */
export interface Ballot {
  /** 类别 */
  readonly voterClass: string;
  /** 等次，或 0—100 的分数；null：空白票，弃权 */
  readonly choice: string | null;
}

/** 等次 */
export interface Grade {
  readonly name: string;
  readonly points: number;
}

/** 类别与权重 @property weight percent, as written: `12.5` */
export interface VoterClass {
  readonly name: string;
  readonly weight: string;
}

/** 计票规则 — frozen with the session and printed on its result. */
export interface TallyRules {
  /** 等次测评，或打分 */
  readonly method: 'grades' | 'scores';
  /** from the best down; for `scores` they are not used */
  readonly grades: readonly Grade[];
  /** in the order in which they are shown; the first decides ties after 优秀率 */
  readonly classes: readonly VoterClass[];
  /** 打分时去掉一个最高分、一个最低分所需的有效票数；null：不去 */
  readonly trimFrom: number | null;
  /** 某类没有人投票：不得公布，或由其余类别重新归一 */
  readonly emptyClass: 'block' | 'renormalise';
  /** 年度任务成绩在总分里占百分之几，按所写；没有：只看测评 */
  readonly taskWeight?: string;
  /** 少于这么多有效票的类别不单独公布 */
  readonly smallClass: number;
}

/** 默认的等次 — domain B10 [DEF] */
export const defaultGrades: readonly Grade[] = [
  { name: '优秀', points: 100 },
  { name: '良好', points: 80 },
  { name: '一般', points: 60 },
  { name: '较差', points: 40 },
];

/** 打分达到多少算优秀 */
export const excellentFrom = 90;

/** 票数 — one class in one round: domain B11 (8). */
export interface BallotCounts {
  readonly voterClass: string;
  /** 应到 */
  readonly entitled: number;
  /** 实到 */
  readonly present: number;
  /** 发出 */
  readonly issued: number;
  /** 收回 */
  readonly used: number;
  /** 记着投过的：简易模式数投过的记号，匿名票数票上的指纹；早先关闭的轮次没有记下 */
  readonly marked?: number;
}
