import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { fields, form, input, note, panel, submit, submits, text } from '../kit/elements.ts';
import { orderStatus, term, workItemStatus } from '../kit/terms.ts';
import { checkOrder, dropOrder, returnOrder, signOrder } from './actions.ts';

export interface DraftProps {
  readonly audience: 'inspector' | 'chief';
  readonly orderId: string;
  /** differs from one state of the order to the next */
  readonly version: number;
  readonly status: 'draft' | 'checked' | 'dropped';
  /** 机器自己撤回的，不是谁不予印发 */
  readonly withdrawn?: boolean;
  readonly code: string;
  readonly title: string;
  readonly unitName: string;
  /** `时限9月16日(周三)｜已逾期4个工作日`，改过的连原定时限 */
  readonly dueLine: string;
  readonly percent: number;
  readonly sends: number;
  readonly repliesNotAccepted: number;
  /** 事实，一条一行 */
  readonly facts: readonly string[];
  readonly formerNumbers: readonly string[];
  /** 所替代的作废令 */
  readonly replaces: string | null;
  /** 事项停着、在核查的状态，这时签发不得；null：在催办之列 */
  readonly standing: string | null;
  /** 还没逾期的，须写依据 */
  readonly basisRequired: boolean;
  readonly basis: string;
  readonly requirement: string;
  readonly evidence: string;
  readonly checkedBy: string | null;
  /** 谁退回或不予印发，为什么 */
  readonly verdict: string | null;
}

const colors = { draft: 'orange', checked: 'orange', dropped: 'grey' } as const;
const linesShown = 20;

/** 督办令拟稿 — every fact from the record; a human checks it, another signs. It has no number yet. */
export const draftCard = defineCard<DraftProps>(
  'orders.draft',
  '督办令拟稿',
  (props) => {
    const { audience, status, code, title, unitName, sends, repliesNotAccepted, facts, verdict, standing } = props;
    const color = colors[status];
    const word = props.withdrawn ? '已撤回' : term(orderStatus, status);
    const left = facts.length - linesShown;
    return {
      title: `督办令拟稿 ${code}`,
      subtitle: `${unitName}　${title}`,
      color,
      tags: [{ text: word, color: color === 'grey' ? 'neutral' : color }],
      summary: `督办令拟稿 ${code}（${unitName}）：${word}`,
      elements: [
        text(`${unitName}${code}：提醒、催办${sends}次，未采纳的回复${repliesNotAccepted}件`, { size: 'heading', lines: 3 }),
        fields(factsOf(props)),
        facts.length > 0 &&
          panel(`经过${facts.length}条`, [
            ...facts.slice(Math.max(0, left)).map((line) => text(line, { lines: 2 })),
            ...(left > 0 ? [note(`另有更早的${left}条，印在附件里。`)] : []),
          ]),
        verdict !== null && text(verdict, { color: status === 'dropped' ? 'grey' : 'red', lines: 4 }),
        status === 'draft' && audience === 'inspector' && checkForm(props),
        status === 'checked' && audience === 'chief' && signForm(props),
        status === 'draft' && note('核稿后报督查室主任签发；签发之前没有文号，也不会发给单位。'),
        status === 'checked' && note(audience === 'chief' ? '签发即取号、下达；退回或不予印发都不占号。' : '已报签发，等督查室主任。'),
        status !== 'dropped' && standing !== null && note(`事项${term(workItemStatus, standing)}，现在不能签发；事项再办理时再签发，或不予印发。`),
        status === 'dropped' && note('没有取号，没有发给单位。'),
      ],
    };
  },
  samples(),
);

function factsOf({ audience, status, dueLine, percent, formerNumbers, replaces, basis, requirement, evidence, checkedBy }: DraftProps) {
  const settled = status !== 'draft' || audience === 'chief';
  return [
    { label: '时限', value: dueLine.replace(/^时限/, ''), wide: true },
    { label: '完成', value: `${percent}%` },
    ...(formerNumbers.length > 0 ? [{ label: '此前的令', value: formerNumbers.join('、') }] : []),
    ...(replaces === null ? [] : [{ label: '替代', value: `${replaces}（已作废）` }]),
    ...(settled && basis !== '' ? [{ label: '依据', value: basis, wide: true }] : []),
    ...(settled ? [{ label: '督办要求', value: requirement, wide: true }] : []),
    ...(settled ? [{ label: '要报的材料', value: evidence, wide: true }] : []),
    ...(checkedBy === null ? [] : [{ label: '核稿', value: checkedBy }]),
  ];
}

function nameOf(what: string, { orderId, version }: DraftProps): string {
  return `${what}_${orderId.replace(/\W/g, '').slice(0, 24)}_${version}`;
}

const dropConfirm = { title: '不予印发', text: '这份拟稿就此了结，不占文号。继续吗？' };

function checkForm(props: DraftProps) {
  const { orderId, basisRequired, basis, requirement, evidence } = props;
  return form(nameOf('check', props), [
    input('basis', basisRequired ? '依据（未逾期须填）' : '依据（特急、批示件填写）', { initial: basis, maxLength: 200 }),
    input('requirement', '督办要求', { initial: requirement, required: true, multiline: true, maxLength: 500 }),
    input('evidence', '要报的材料', { initial: evidence, required: true, maxLength: 200 }),
    input('reason', '原因（不予印发时填写）', { maxLength: 300 }),
    submits(
      submit('报签发', bind(checkOrder, { orderId }), { style: 'primary' }),
      submit('不予印发', bind(dropOrder, { orderId }), { style: 'danger', confirm: dropConfirm }),
    ),
  ]);
}

function signForm(props: DraftProps) {
  const { orderId, unitName, standing } = props;
  const confirm = { title: '签发督办令', text: `签发后取文号，下达给${unitName}，并以应用内加急提醒主要负责人。` };
  return form(nameOf('sign', props), [
    input('reason', '原因（退回、不予印发时填写）', { maxLength: 300 }),
    submits(
      ...(standing === null ? [submit('签发', bind(signOrder, { orderId }), { style: 'primary' as const, confirm })] : []),
      submit('退回修改', bind(returnOrder, { orderId }), { style: 'default' }),
      submit('不予印发', bind(dropOrder, { orderId }), { style: 'danger', confirm: dropConfirm }),
    ),
  ]);
}

function samples() {
  const base: DraftProps = {
    ...{ audience: 'inspector', orderId: 'o31', version: 0, status: 'draft', code: '党-031', title: '老旧小区改造', unitName: '住房和建设局' },
    ...{ dueLine: '时限9月16日(周三)｜已逾期4个工作日(含调休)', percent: 70, sends: 6, repliesNotAccepted: 1 },
    facts: [
      '5月29日（周五）09:05 下达',
      '9月7日（周一）09:05 到期预告：马骁、丁一凡',
      '9月16日（周三）09:05 今天到期：马骁、丁一凡',
      '9月17日（周四）09:05 催办：马骁、丁一凡、邓一鸣',
      '9月17日（周四）15:20 丁一凡回复（未停表）：收到',
      '9月20日（周日）09:05 二次催办：马骁、丁一凡、邓一鸣、罗志远、王海峰（抄送）',
    ],
    ...{ formerNumbers: [], replaces: null, basisRequired: false, basis: '' },
    requirement: '查明逾期原因，明确赶上进度的措施、责任人和每一步的时间，由主要负责人亲自部署，按新的完成日期办结。',
    evidence: '完成情况说明，以及能够证明完成的材料。',
    ...{ checkedBy: null, verdict: null, standing: null },
  };
  const checked = { ...base, status: 'checked' as const, checkedBy: '林晓', version: 1 };
  return [
    { name: 'draft', props: base },
    {
      name: 'urgent',
      props: {
        ...base,
        ...{ dueLine: '时限12月18日(周五)(原定11月30日(周一))｜剩余60个工作日', sends: 0, repliesNotAccepted: 0, facts: [] },
        ...{ basisRequired: true, basis: '李文博批示', formerNumbers: ['湾督〔2026〕1号'], replaces: '湾督〔2026〕2号' },
      },
    },
    { name: 'returned', props: { ...base, version: 2, verdict: '周启明退回：督办要求要写到每栋楼' } },
    { name: 'checked', props: checked },
    { name: 'to-sign', props: { ...checked, audience: 'chief' as const, basis: '王海峰批示' } },
    { name: 'to-sign-halted', props: { ...checked, audience: 'chief' as const, standing: 'suspended' } },
    { name: 'withdrawn', props: { ...checked, status: 'dropped' as const, withdrawn: true, verdict: '已撤回：时限已改为2026年9月30日，不再逾期' } },
    {
      name: 'dropped',
      props: {
        ...checked,
        status: 'dropped' as const,
        verdict: '周启明不予印发：已在常务会上部署',
        facts: Array.from({ length: 60 }, (_, index) => `9月${index}日 催办：马骁`),
      },
    },
  ];
}
