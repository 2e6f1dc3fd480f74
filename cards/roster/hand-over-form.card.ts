import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { datePicker, form, input, note, select, submit, text } from '../kit/elements.ts';
import { formatDay } from '../kit/format.ts';
import { handOver, postOption } from './actions.ts';

export interface HandOverFormProps {
  /** 查的是谁、哪个单位 */
  readonly about: string;
  readonly posts: readonly {
    readonly postId: string;
    readonly unitName: string | null;
    readonly title: string;
    readonly holderId: string | null;
    readonly holderName: string | null;
    readonly planned: { readonly name: string; readonly on: string } | null;
  }[];
  readonly candidates: readonly { readonly personId: string; readonly name: string; readonly title: string }[];
  readonly today: string;
  /** changes with every card, because a form's name that was used once stays locked on the client */
  readonly occasion: string;
}

/** 岗位移交表单 — which post, to whom, from which day. */
export const handOverFormCard = defineCard<HandOverFormProps>(
  'roster.hand-over-form',
  '岗位移交表单',
  ({ about, posts, candidates, today, occasion }) => {
    const planned = posts.flatMap((post) =>
      post.planned ? [`${post.title}：已安排${post.planned.name}于${formatDay(post.planned.on, today)}接任`] : [],
    );
    const [only] = posts;
    return {
      title: '岗位移交',
      subtitle: about,
      color: 'orange',
      summary: `岗位移交：${about}`,
      elements: [
        planned.length > 0 && text(`${planned.slice(0, 5).join('；')}。再办即以新的为准。`, { lines: 6 }),
        form(`hand_over_${occasion}`, [
          select('post', '移交的岗位', {
            required: true,
            options: posts.map(({ postId, unitName, title, holderId, holderName }) => ({
              text: `${unitName ? `${unitName} ` : ''}${title}（${holderName ?? '空缺'}）`,
              value: postOption(postId, holderId),
            })),
            ...(posts.length === 1 && only ? { initial: postOption(only.postId, only.holderId) } : {}),
          }),
          candidates.length > 0 &&
            select('person', '接任人', {
              options: candidates.map(({ personId, name, title }) => ({ text: `${name}（${title}）`, value: personId })),
            }),
          input('mobile', candidates.length > 0 ? '不在名单里的，填接任人手机号' : '接任人手机号', {
            maxLength: 20,
            placeholder: '须已登记在花名册',
          }),
          datePicker('on', '移交日期', { initial: today, required: true }),
          submit('办理移交', bind(handOver, {}), {
            confirm: { title: '确认办理移交？', text: '自移交日起由接任人履职，未办结的事项随岗位转给接任人。' },
          }),
        ]),
        note('职责在岗：历史记录不变，原任自移交日起不再收到该岗位的卡片。'),
      ],
    };
  },
  samples(),
);

function samples() {
  const base: HandOverFormProps = {
    about: '许启航',
    posts: [{ postId: 'p54', unitName: '应急管理局', title: '责任人', holderId: 'h1', holderName: '许启航', planned: null }],
    candidates: [
      { personId: 'h2', name: '黄诗涵', title: '责任人' },
      { personId: 'h3', name: '高子昂', title: '联络员' },
    ],
    today: '2026-07-31',
    occasion: 'mfn3k2',
  };
  return [
    { name: 'person', props: base },
    {
      name: 'unit',
      props: {
        ...base,
        about: '应急管理局',
        posts: [
          ...base.posts,
          { postId: 'p1', unitName: '应急管理局', title: '局长', holderId: null, holderName: null, planned: { name: '高子昂', on: '2026-08-03' } },
        ],
      },
    },
    {
      name: 'outside-units',
      props: {
        ...base,
        about: '莫红梅',
        posts: [{ postId: 'p9', unitName: null, title: '管委会副主任', holderId: 'h9', holderName: '莫红梅', planned: null }],
        candidates: [],
      },
    },
  ];
}
