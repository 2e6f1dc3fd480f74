import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, form, input, note, submit, text } from '../kit/elements.ts';
import { formatDay } from '../kit/format.ts';
import { openNote, writeNote } from './actions.ts';

export interface GroupNoteProps {
  readonly groupId: string;
  readonly code: string;
  readonly line: string;
  readonly members: readonly string[];
  /** 2026-09 */
  readonly month: string;
  readonly dueOn: string;
  readonly today: string;
  readonly thought: string;
  readonly skill: string;
  readonly results: string;
  readonly style: string;
  /** true: 已交，只看 */
  readonly written: boolean;
}

const names = { thought: '思想', skill: '技能', results: '业绩', style: '作风' } as const;
const kinds = ['thought', 'skill', 'results', 'style'] as const;

/** 组长月记 — four short lines; those with nothing to say stay empty. */
export const groupNoteCard = defineCard<GroupNoteProps>('groups.note', '组长月记', build, samples());

function build(props: GroupNoteProps) {
  const { groupId, code, line, members, month, dueOn, today, written } = props;
  const title = `${Number(month.slice(5))}月组长月记`;
  const team = text(`您带的组员：${members.join('、')}`, { lines: 3 });
  const common = { title, subtitle: `${code}　${line}` };
  if (written) {
    return {
      ...common,
      color: 'green' as const,
      tags: [{ text: '已交', color: 'green' as const }],
      summary: `${code} ${title}已交`,
      elements: [
        team,
        fields(kinds.map((kind) => ({ label: names[kind], value: props[kind] || '（未写）', wide: true }))),
        buttons(button('修改月记', { action: bind(openNote, { groupId, month }) })),
      ],
    };
  }
  return {
    ...common,
    color: 'orange' as const,
    tags: [{ text: '待填写', color: 'orange' as const }],
    summary: `${code} ${title}，请于${formatDay(dueOn, today)}前填写`,
    elements: [
      team,
      form(
        `note_${code.replace(/\W/g, '')}_${month.replace('-', '')}_${props.thought.length + props.skill.length + props.results.length + props.style.length}`,
        [
          ...kinds.map((kind) => input(kind, names[kind], { initial: props[kind], maxLength: 100, placeholder: '一句话，没有可不写' })),
          submit('提交月记', bind(writeNote, { groupId, month })),
        ],
      ),
      note(`${formatDay(dueOn, today)}前填写，有几条写几条。只有本单位主要负责人知道谁没交，不比快慢。`),
    ],
  };
}

function samples() {
  const base: GroupNoteProps = {
    groupId: 'g1',
    code: 'G01',
    line: '食堂',
    members: ['彭柏林', '邓月明', '袁宏斌', '蒋伯钧', '宋天佑'],
    month: '2026-09',
    dueOn: '2026-10-10',
    today: '2026-09-30',
    thought: '',
    skill: '',
    results: '',
    style: '',
    written: false,
  };
  const words = { thought: '谈心2人次', skill: '组员2人参加面点培训', results: '节前供餐无投诉', style: '' };
  return [
    { name: 'blank', props: base },
    { name: 'prefilled', props: { ...base, ...words } },
    { name: 'written', props: { ...base, ...words, written: true } },
    {
      name: 'longest',
      props: { ...base, thought: '谈'.repeat(100), skill: '练'.repeat(100), results: '办'.repeat(100), style: '守'.repeat(100), written: true },
    },
  ];
}
