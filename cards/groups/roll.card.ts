import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, note, table, text } from '../kit/elements.ts';
import { type Finding, findingsPanel } from '../kit/findings.ts';
import { confirmGroups } from './actions.ts';

export interface GroupRollProps {
  readonly rollId: string;
  readonly fileName: string;
  readonly unitName: string;
  readonly groups: number;
  readonly places: number;
  readonly people: number;
  readonly errors: readonly Finding[];
  readonly lines: readonly { readonly name: string; readonly groups: number; readonly people: number }[];
  readonly state: 'checked' | 'inForce' | 'replaced';
}

/** 小组名单 — the counts, every fault by cell, nothing written before it is confirmed. */
export const groupRollCard = defineCard<GroupRollProps>('groups.roll', '一带五小组名单', build, samples());

function build({ rollId, fileName, unitName, groups, places, people, errors, lines, state }: GroupRollProps) {
  const counts = `${groups}组｜${places === people ? `${people}人` : `${places}个位置、${people}人`}`;
  const clean = errors.length === 0;
  const perLine = table({
    columns: [
      { name: 'name', title: '条线' },
      { name: 'groups', title: '组', type: 'number', width: '80px', align: 'right' },
      { name: 'people', title: '人', type: 'number', width: '80px', align: 'right' },
    ],
    rows: lines.map(({ name, groups: all, people: staff }) => ({ name, groups: all, people: staff })),
    pageSize: 10,
  });
  if (state !== 'checked') {
    const words = state === 'inForce' ? `小组名单已生效：${counts}` : `这份名单（${counts}）已被新名单替换`;
    return {
      title: '“一带五”小组名单',
      subtitle: `${unitName}　${fileName}`,
      color: state === 'inForce' ? ('green' as const) : ('grey' as const),
      tags: [state === 'inForce' ? { text: '已生效', color: 'green' as const } : { text: '已替换', color: 'neutral' as const }],
      summary: words,
      elements: [
        text(words, { size: 'heading', lines: 2 }),
        perLine,
        note('每月最后一个工作日，月记卡发给有飞书账号的组长。发送“一带五”查看覆盖情况。'),
      ],
    };
  }
  return {
    title: '“一带五”小组名单预检完成',
    subtitle: `${unitName}　${fileName}`,
    color: clean ? ('blue' as const) : ('orange' as const),
    tags: [{ text: clean ? '可以导入' : '需修改', color: clean ? ('blue' as const) : ('orange' as const) }],
    summary: `小组名单预检：${counts}${clean ? '' : `｜需修改${errors.length}处`}｜尚未写入任何数据`,
    elements: [
      text(`${counts}${clean ? '' : `｜需修改${errors.length}处`}｜尚未写入任何数据`, { size: 'heading', lines: 3 }),
      !clean && findingsPanel(`需修改${errors.length}处`, errors, { count: errors.length, rest: '改好上面的之后再发会继续列出。', expanded: true }),
      clean && perLine,
      clean
        ? buttons(
            button('确认导入', {
              style: 'primary',
              action: bind(confirmGroups, { rollId }),
              confirm: { title: '确认导入', text: `${groups}组生效；原有的名单（如有）由它替换，已写的月记保留。` },
            }),
          )
        : note('请在原表中改好后重新发送，不需要重新排版。'),
    ],
  };
}

function samples() {
  const base: GroupRollProps = {
    rollId: 'r1',
    fileName: '一带五-69组-修订.xlsx',
    unitName: '机关事务管理局',
    groups: 69,
    places: 414,
    people: 414,
    errors: [],
    lines: (
      [
        ['食堂', 14],
        ['物业', 16],
        ['会务', 8],
        ['车队', 9],
        ['安保', 10],
        ['机电', 7],
        ['综合', 5],
      ] as const
    ).map(([name, groups]) => ({ name, groups, people: groups * 6 })),
    state: 'checked',
  };
  const error = { sheet: '联系小组', cell: 'M19', code: 'G17', message: '只有4名组员，应为5名', suggestion: '请补足' };
  return [
    { name: 'clean', props: base },
    { name: 'faulty', props: { ...base, places: 413, people: 412, errors: [error] } },
    { name: 'very-faulty', props: { ...base, errors: Array.from({ length: 14 }, () => error) } },
    { name: 'in-force', props: { ...base, state: 'inForce' as const } },
    { name: 'replaced', props: { ...base, state: 'replaced' as const } },
  ];
}
