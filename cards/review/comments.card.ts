import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { fields, form, note, select, submit, text } from '../kit/elements.ts';
import { judgeComments } from './actions.ts';

export interface CommentsProps {
  readonly sessionId: string;
  readonly number: string;
  readonly title: string;
  /** 正在看哪一家；看完了为空 */
  readonly unitName: string;
  readonly roundId: string;
  /** 这一页，至多十条，先后是随机的 */
  readonly comments: readonly { readonly id: string; readonly body: string }[];
  /** 这一家还有几条，这一页在内 */
  readonly left: number;
  readonly leftInAll: number;
}

/** 评语审看 — page by page, by one who may release the result; nobody else has seen them before. */
export const commentsCard = defineCard<CommentsProps>('review.comments', '评语审看', build, samples());

function build({ sessionId, number, title, unitName, roundId, comments, left, leftInAll }: CommentsProps) {
  const [first] = comments;
  const line = first ? `${unitName}的评语，还有${left}条` : '评语已全部审看';
  return {
    title: '评语审看',
    subtitle: `${number}　${title}`,
    color: first ? ('orange' as const) : ('green' as const),
    tags: [first ? { text: '待审看', color: 'orange' as const } : { text: '已审看', color: 'green' as const }],
    summary: `${title}：${line}`,
    elements: [
      text(line, { size: 'heading', lines: 2 }),
      first !== undefined && fields(comments.map(({ body }, index) => ({ label: `第${index + 1}条`, value: body, wide: true }))),
      first !== undefined &&
        form(`judge_${first.id.replace(/\W/g, '').slice(0, 24)}`, [
          select('held', '认得出是谁写的、与述职无关的，选出来不放行', {
            options: comments.map((_comment, index) => ({ text: `第${index + 1}条`, value: String(index + 1) })),
            placeholder: '都可以放行就不选',
            multiple: true,
          }),
          submit('放行其余各条', bind(judgeComments, { sessionId, roundId, ids: comments.map(({ id }) => id) })),
        ]),
      note(
        first
          ? `全场还有${leftInAll}条。评语与人、与票都没有对应，先后也打乱过。放行的只有本单位看得到，不放行的不再给任何人看。`
          : '放行的已随成绩单给本单位；成绩单还没有发的，公布到各单位时一并发。',
      ),
    ],
  };
}

function samples() {
  const base: CommentsProps = {
    sessionId: 's1',
    number: 'SZ-2026-12-18',
    title: '2026年度单位主要负责人述职“赶考”',
    unitName: '应急管理局',
    roundId: 'r1',
    comments: [
      { id: 'c1', body: '防火隔离带的账讲得清楚，希望把时间表也公开。' },
      { id: 'c2', body: '预警短信来得太晚。' },
      { id: 'c3', body: '**建议**多到社区讲讲 <at id=all></at>' },
    ],
    left: 13,
    leftInAll: 61,
  };
  const long =
    '台风天的通知要早一天发到楼栋长手里，避难场所的牌子要看得见，老人多的小区要有人上门，别只在群里转发；明年请把每个月做了什么贴在社区公告栏，大家都能看到，也好提意见，谢谢。请把这一条记下来';
  return [
    { name: 'first-page', props: base },
    { name: 'longest', props: { ...base, comments: Array.from({ length: 10 }, (_, index) => ({ id: `c${index}`, body: long })) } },
    { name: 'done', props: { ...base, unitName: '', roundId: '', comments: [], left: 0, leftInAll: 0 } },
  ];
}
