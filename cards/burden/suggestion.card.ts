import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { form, input, note, submit, text } from '../kit/elements.ts';
import { suggest } from './actions.ts';

export interface SuggestionProps {
  /** asks 请写 · sent 已转交（给提的人）· received 收到（给督查室主任） */
  readonly state: 'asks' | 'sent' | 'received';
  readonly version: number;
  readonly words: string;
  /** 转给了谁，一句话 */
  readonly sentTo: string;
  readonly by: string;
  readonly at: string;
}

/** 投诉建议 — anybody's word on the bot or on being asked too much; it goes to the chief inspector. */
export const suggestionCard = defineCard<SuggestionProps>(
  'burden.suggestion',
  '投诉建议',
  ({ state, version, words, sentTo, by, at }) => ({
    title: '投诉建议',
    subtitle: state === 'received' ? `${by}　${at}` : '对本系统、对重复填报和多头催报的意见',
    color: state === 'received' ? 'orange' : 'blue',
    summary: state === 'asks' ? '请写下您的意见，直接转督查室主任' : `投诉建议：${words.slice(0, 60)}`,
    elements:
      state === 'asks'
        ? [
            form(`suggestion_${version}`, [
              input('words', '您的意见', { required: true, multiline: true, maxLength: 500, placeholder: '例如：同一项工作一周被要求报了三次' }),
              submit('提交意见', bind(suggest, {})),
            ]),
            note('直接转督查室主任，不影响任何考核。请勿写涉密内容。'),
          ]
        : [
            text(words, { lines: 20 }),
            state === 'sent' && note(`${sentTo}　${at}`),
            state === 'received' && note('请直接与本人联系，并告知处理结果。'),
          ],
  }),
  samples(),
);

function samples() {
  const base: SuggestionProps = { state: 'asks', version: 1, words: '', sentTo: '已转督查室主任。', by: '丁一凡', at: '9月22日（周二）15:10' };
  const words = '党-031 上周被要求报了三次进度，建议只按反馈周期报。';
  return [
    { name: 'asks', props: base },
    { name: 'sent', props: { ...base, state: 'sent' as const, words } },
    {
      name: 'unheard',
      props: { ...base, state: 'sent' as const, words, sentTo: '已记下；督查室主任周启明没有飞书账号，收不到，请当面告知。' },
    },
    { name: 'received', props: { ...base, state: 'received' as const, words } },
  ];
}
