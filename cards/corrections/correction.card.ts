import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, form, input, note, panel, submit, submits, text } from '../kit/elements.ts';
import { clip } from '../kit/markdown.ts';
import { correctionStatus, term } from '../kit/terms.ts';
import { approveCorrection, rejectCorrection, withdrawCorrection } from './actions.ts';

export interface CorrectionProps {
  /** office 提出的一方；chief 批准的；told 告知的单位和领导 */
  readonly audience: 'office' | 'chief' | 'told';
  readonly correctionId: string;
  readonly code: string;
  readonly title: string;
  readonly unitName: string;
  readonly status: string;
  readonly changes: readonly { readonly label: string; readonly before: string; readonly after: string }[];
  readonly reason: string;
  readonly proposed: { readonly by: string; readonly at: string };
  readonly decided: { readonly by: string; readonly at: string; readonly note: string | null } | null;
  /** 在任务书里，书要重排 */
  readonly inBook: boolean;
  /** why nobody whose turn it is hears of it; null: somebody does */
  readonly unheard: string | null;
}

const colors: Readonly<Record<string, 'green' | 'red' | 'grey'>> = { approved: 'green', rejected: 'red', withdrawn: 'grey', lapsed: 'grey' };

/** 更正 — what was wrong and what it is to be, side by side; for the chief to approve, and then for everybody concerned to know. */
export const correctionCard = defineCard<CorrectionProps>(
  'corrections.correction',
  '更正',
  (props) => {
    const { code, title, unitName, status, changes, reason, proposed, decided } = props;
    const word = term(correctionStatus, status);
    const color = colors[status] ?? 'orange';
    const what = changes.map(({ label }) => label).join('、');
    return {
      title: `更正 ${code}`,
      subtitle: `${unitName}　${title}`,
      color,
      tags: [{ text: word, color: color === 'grey' ? 'neutral' : color }],
      summary: `${code}更正${what}｜${word}`,
      elements: [
        text(`${what}｜${word}`, { size: 'heading', lines: 2 }),
        fields([
          ...changes.map(({ label, before, after }) => ({ label, value: `原：${short(before)}\n改为：${short(after)}`, wide: true })),
          { label: '理由', value: `${reason}（${proposed.by}　${proposed.at}）`, wide: true },
          ...(decided ? [{ label: word, value: `${decided.by}　${decided.at}${decided.note === null ? '' : `　${decided.note}`}`, wide: true }] : []),
        ]),
        ...changes
          .filter(({ before, after }) => before.length > shownMax || after.length > shownMax)
          .map(({ label, before, after }) => panel(`${label}全文`, [...paragraphs(`原：${before}`), ...paragraphs(`改为：${after}`)])),
        props.unheard !== null && text(`${props.unheard}。`, { color: 'orange', lines: 3 }),
        turn(props),
        status === 'approved' &&
          note(`时限、状态和报过的进展不变。已下的督办令，令文不改。${props.inBook ? '更正后的任务书文件，发“任务书”可取。' : ''}`),
      ],
    };
  },
  samples(),
);

/** 一段至多四百字 */
const paragraphs = (words: string) => (words.match(/[\s\S]{1,400}/gu) ?? []).map((part) => text(part, { lines: 20 }));

/** 一栏里写得下的字数；长的另有全文 */
const shownMax = 160;
const short = (words: string): string => (words === '' ? '（没有）' : clip(words, shownMax));

function turn({ audience, status, correctionId }: CorrectionProps) {
  if (status !== 'proposed') return null;
  if (audience === 'chief')
    return form(`correction_${correctionId.replace(/\W/g, '').slice(0, 24)}`, [
      input('note', '意见（退回时必填）', { maxLength: 200 }),
      submits(
        submit('批准更正', bind(approveCorrection, { correctionId })),
        submit('退回', bind(rejectCorrection, { correctionId }), { style: 'default' }),
      ),
    ]);
  return audience === 'office'
    ? buttons(button('撤回', { action: bind(withdrawCorrection, { correctionId }), confirm: { title: '撤回更正？', text: '事项照旧，不改。' } }))
    : null;
}

function samples() {
  const base: CorrectionProps = {
    audience: 'chief',
    correctionId: 'c1',
    code: '管-063',
    title: '渔排清退协商签约',
    unitName: '南屿办事处',
    status: 'proposed',
    changes: [
      { label: '任务名称', before: '渔排清退协商签约', after: '渔排清退协商签约和补偿' },
      { label: '量化指标', before: '签约户数：218户', after: '签约户数：216户' },
      { label: '配合单位', before: '团工委', after: '团工委、规划和自然资源管理局' },
    ],
    reason: '排查复核为216户',
    proposed: { by: '林晓', at: '7月3日（周五）10:20' },
    decided: null,
    inBook: true,
    unheard: null,
  };
  const decided = { by: '周启明', at: '7月3日（周五）14:00', note: null };
  return [
    { name: 'chief', props: base },
    { name: 'office', props: { ...base, audience: 'office' as const } },
    { name: 'unheard', props: { ...base, audience: 'office' as const, unheard: '督查室主任周启明没有飞书账号，收不到，请当面告知' } },
    { name: 'told', props: { ...base, audience: 'told' as const, status: 'approved', decided } },
    { name: 'rejected', props: { ...base, audience: 'office' as const, status: 'rejected', decided: { ...decided, note: '先核实户数' } } },
    { name: 'withdrawn', props: { ...base, status: 'withdrawn', decided: { ...decided, by: '林晓' } } },
    { name: 'lapsed', props: { ...base, status: 'lapsed', decided: { ...decided, by: '系统', note: '事项已不在办理中' } } },
    {
      name: 'longest',
      props: {
        ...base,
        changes: [
          { label: '任务名称', before: '督'.repeat(200), after: '查'.repeat(200) },
          { label: '工作目标', before: '', after: '查'.repeat(1000) },
          { label: '分管领导', before: '王海峰', after: '' },
        ],
        reason: '督'.repeat(300),
      },
    },
  ];
}
