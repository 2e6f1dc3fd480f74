import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { datePicker, fields, form, input, note, submit, text } from '../kit/elements.ts';
import { formatDay } from '../kit/format.ts';
import { term, workItemStatus } from '../kit/terms.ts';
import { cancel, resume, suspend } from './actions.ts';

export interface HaltProps {
  readonly itemId: string;
  readonly code: string;
  readonly title: string;
  readonly unitName: string;
  readonly status: string;
  readonly today: string;
  readonly dueOn: string;
  readonly originalDueOn: string;
  /** 未办结的子任务数，一并处理 */
  readonly parts: number;
  /** 要办的；null：已经办了，这是结果 */
  readonly asks: { readonly what: 'suspend' | 'resume' | 'cancel'; readonly suggestedDueOn: string | null; readonly version: number } | null;
  readonly done: { readonly words: string; readonly by: string; readonly basis: string } | null;
}

const labels = { suspend: '中止', resume: '恢复', cancel: '撤销' } as const;

/** 中止、恢复、撤销 — with the basis in writing; afterwards the result. */
export const haltCard = defineCard<HaltProps>(
  'halts.halt',
  '中止、恢复、撤销',
  (props) => {
    const { code, title, unitName, status, today, dueOn, originalDueOn, parts, asks, done } = props;
    const grey = status === 'suspended' || status === 'cancelled' || status === 'archived';
    const color = asks ? 'blue' : grey ? 'grey' : 'green';
    const due = dueOn === originalDueOn ? formatDay(dueOn, today) : `${formatDay(dueOn, today)}（原定${formatDay(originalDueOn, today)}）`;
    return {
      title: asks ? `${labels[asks.what]} ${code}` : `${code} ${title}`,
      subtitle: asks ? title : unitName,
      color,
      tags: [{ text: term(workItemStatus, status), color: color === 'grey' ? 'neutral' : color }],
      summary: done ? `${code} ${done.words}` : `${code} ${title}`,
      elements: [
        done && text(done.words, { size: 'heading', lines: 2 }),
        fields([
          { label: '牵头单位', value: unitName },
          { label: '时限', value: due },
          ...(done ? [{ label: '依据', value: `${done.basis}（${done.by}）`, wide: true }] : []),
        ]),
        parts > 0 && text(`${asks ? '还有' : '连同'}${parts}个没有办结的子任务${asks ? '，一并处理。' : '。'}`, { lines: 2 }),
        asks && decisionForm(props, asks),
        asks?.what === 'cancel' ? note('撤销后不再办理，也不能恢复；经过都有留痕。') : asks && note('依据写明文件、会议或领导批示。'),
      ],
    };
  },
  samples(),
);

function decisionForm({ itemId }: HaltProps, { what, suggestedDueOn, version }: NonNullable<HaltProps['asks']>) {
  const name = `${what}_${itemId.replace(/\W/g, '').slice(0, 24)}_${version}`;
  const basis = input('basis', '依据', { required: true, multiline: true, maxLength: 300 });
  switch (what) {
    case 'suspend':
      return form(name, [basis, submit('中止事项', bind(suspend, { itemId }))]);
    case 'resume':
      return form(name, [
        datePicker('dueOn', '恢复后的时限', { required: true, ...(suggestedDueOn ? { initial: suggestedDueOn } : {}) }),
        basis,
        submit('恢复办理', bind(resume, { itemId })),
      ]);
    case 'cancel':
      return form(name, [
        basis,
        submit('撤销事项', bind(cancel, { itemId }), { style: 'danger', confirm: { title: '撤销事项', text: '撤销后不能恢复，继续吗？' } }),
      ]);
  }
}

function samples() {
  const base: HaltProps = {
    itemId: 'i40',
    code: '管-040',
    title: '产业空间土地整备入库',
    unitName: '土地整备事务中心',
    status: 'inProgress',
    today: '2026-07-01',
    dueOn: '2026-11-20',
    originalDueOn: '2026-11-20',
    parts: 0,
    asks: { what: 'suspend', suggestedDueOn: null, version: 1 },
    done: null,
  };
  const result = { ...base, asks: null };
  return [
    { name: 'suspend', props: base },
    {
      name: 'resume',
      props: { ...base, status: 'suspended', parts: 2, asks: { what: 'resume' as const, suggestedDueOn: '2026-12-25', version: 2 } },
    },
    { name: 'cancel', props: { ...base, parts: 3, asks: { what: 'cancel' as const, suggestedDueOn: null, version: 3 } } },
    {
      name: 'suspended',
      props: { ...result, status: 'suspended', done: { words: '周启明中止了办理', by: '周启明', basis: '区政府常务会议纪要第12期' } },
    },
    {
      name: 'resumed',
      props: { ...result, dueOn: '2026-12-25', done: { words: '周启明恢复了办理', by: '周启明', basis: '李文博批示' } },
    },
    {
      name: 'cancelled',
      props: { ...result, status: 'cancelled', parts: 2, done: { words: '周启明撤销了事项', by: '周启明', basis: '并入市级项目' } },
    },
    { name: 'archived', props: { ...result, status: 'archived', done: { words: '林晓已归档', by: '林晓', basis: '办结' } } },
  ];
}
