import { defineCard } from '../kit/card.ts';
import { fields, note, panel, text } from '../kit/elements.ts';

export interface SheetProps {
  readonly number: string;
  readonly title: string;
  readonly unitName: string;
  readonly presenter: string;
  /** 没有总分的不排名，为空 */
  readonly rank: string;
  readonly of: number;
  readonly total: string;
  readonly excellent: string;
  /** 有效40 弃权1；票太少的只写收回几票 */
  readonly pieces: string;
  readonly grades: readonly string[];
  readonly classes: readonly { readonly name: string; readonly score: string; readonly votes: readonly (number | null)[] }[];
  readonly formula: string;
  /** 投票方式 */
  readonly mode: string;
  /** 本年任务，一行；没有为空 */
  readonly year: string;
  readonly questions: readonly string[];
  readonly promises: readonly string[];
  /** 审看放行的评语，先后是随机的 */
  readonly comments: readonly string[];
}

/** 本单位成绩单 — “照镜子”: a unit's own result, nobody else's. */
export const sheetCard = defineCard<SheetProps>('review.sheet', '本单位成绩单', build, samples());

function build({
  number,
  title,
  unitName,
  presenter,
  rank,
  of,
  total,
  excellent,
  pieces,
  grades,
  classes,
  formula,
  mode,
  year,
  questions,
  promises,
  comments,
}: SheetProps) {
  const line = rank === '' ? `${total}总分，不排名` : `总分${total}，第${rank}名（共${of}家）`;
  return {
    title: '述职测评成绩单',
    subtitle: `${unitName}　${presenter}`,
    color: 'blue' as const,
    tags: [{ text: '只发本单位', color: 'blue' as const }],
    summary: `${unitName}述职测评：${line}`,
    elements: [
      text(line, { size: 'heading', lines: 2 }),
      fields([
        { label: '场次', value: `${number}　${title}`, wide: true },
        { label: '票数', value: pieces },
        { label: '优秀率', value: excellent },
        ...classes.map(({ name, score, votes }) => ({ label: name, value: [score, ...votesOf(grades, votes)].join('　'), wide: true })),
        { label: '计分', value: formula, wide: true },
        { label: '投票方式', value: mode, wide: true },
        ...(year === '' ? [] : [{ label: '本年任务', value: year, wide: true }]),
      ]),
      questions.length + promises.length > 0 &&
        panel(`现场${questions.length}问，承诺${promises.length}件`, [
          fields([
            ...questions.map((value, index) => ({ label: `第${index + 1}问`, value, wide: true })),
            ...promises.map((value) => ({ label: '承诺', value, wide: true })),
          ]),
        ]),
      comments.length > 0 &&
        panel(`评语${comments.length}条，不署名`, [
          fields(comments.slice(0, commentsMax).map((value, index) => ({ label: `第${index + 1}条`, value, wide: true }))),
          ...(comments.length > commentsMax ? [note(`这里放得下${commentsMax}条，其余${comments.length - commentsMax}条请向督查室要。`)] : []),
        ]),
      note('人少的类别和意见一致的类别不列分布和弃权，免得看出谁投了什么。'),
    ],
  };
}

/** 一张卡片放得下的评语 */
const commentsMax = 30;

/** 一行放得下、手机上不用左右滑：每档几票写成一句 */
function votesOf(grades: readonly string[], votes: readonly (number | null)[]): string[] {
  return votes.some((each) => each === null) ? [] : [grades.map((grade, index) => `${grade}${votes[index] ?? 0}票`).join(' ')];
}

function samples() {
  const base: SheetProps = {
    number: 'SZ-2026-12-18',
    title: '2026年度单位主要负责人述职“赶考”',
    unitName: '教育和卫生健康局',
    presenter: '许沛然',
    rank: '4',
    of: 8,
    total: '90.89',
    excellent: '57.50%（23/40）',
    pieces: '有效40 弃权1',
    grades: ['优秀', '良好', '一般', '较差'],
    classes: [
      { name: '领导', score: '93.33', votes: [6, 3, 0, 0] },
      { name: '两代表一委员', score: '88.57', votes: [8, 4, 2, 0] },
      { name: '群众代表', score: '88.24', votes: [9, 6, 2, 0] },
    ],
    formula: '领导×50%＋两代表一委员×30%＋群众代表×20%',
    mode: '简易模式（分开存放，不留对应；不是可证明匿名）',
    year: '承办16项，办结12项，按时办结13/14',
    questions: ['领导 陈建业：学位缺口怎样补？', '群众代表 未署名：社康什么时候开到晚上九点？'],
    promises: ['诺-002　2027年2月26日（周五）前：葵岭社康延时服务'],
    comments: ['学位的账讲得清楚。', '社康晚上没有人，盼着早点改。'],
  };
  return [
    { name: 'full', props: base },
    {
      name: 'covered',
      props: {
        ...base,
        pieces: '有效40 弃权1 无效1',
        year: '',
        questions: [],
        promises: [],
        comments: [],
        classes: base.classes.map((each, index) => (index === 2 ? { ...each, score: '票数少，不单列', votes: [null, null, null, null] } : each)),
      },
    },
    {
      name: 'unranked',
      props: {
        ...base,
        rank: '',
        total: '票数少，不公布',
        excellent: '—',
        pieces: '收回3',
        questions: [],
        comments: [],
        classes: base.classes.map((each) => ({ ...each, score: '票数少，不单列', votes: [null, null, null, null] })),
      },
    },
    {
      name: 'most',
      props: {
        ...base,
        grades: ['90分以上', '70—90分', '60—70分', '60分以下'],
        comments: Array.from(
          { length: 45 },
          () =>
            '台风天的通知要早一天发到楼栋长手里，避难场所的牌子要看得见，老人多的小区要有人上门，别只在群里转发；明年请把每个月做了什么贴在社区公告栏，大家都能看到，也好提意见，谢谢。请把这一条记下来',
        ),
      },
    },
  ];
}
