import { defineCard } from '../kit/card.ts';
import { fields, note, panel, text } from '../kit/elements.ts';
import { formatDay } from '../kit/format.ts';

export interface RosterImportProps {
  readonly today: string;
  readonly units: number;
  readonly people: number;
  readonly posts: number;
  readonly added: { readonly units: number; readonly people: number; readonly posts: number };
  readonly changes: readonly { readonly title: string; readonly from: string; readonly to: string }[];
  /** handed over since by 移交, while the file still names the former holder: left as it is */
  readonly handedOver: readonly { readonly title: string; readonly from: string; readonly to: string; readonly on: string }[];
  readonly withoutAccount: readonly string[];
  /** bound by their names in this import; `ownerName` null: the roster does not know the owner */
  readonly boundChats: readonly { readonly chatName: string; readonly ownerName: string | null }[];
  readonly withoutChat: readonly { readonly chatName: string; readonly reason: keyof typeof unboundNotes }[];
  /** 换了分管领导的单位，和随着换的事项 */
  readonly fields: readonly { readonly unitName: string; readonly from: string; readonly to: string; readonly items: number }[];
  readonly missingUnits: readonly { readonly name: string; readonly open: number }[];
  readonly missing: readonly string[];
  /** units whose leader nobody is */
  readonly leadersUnknown: readonly { readonly unit: string; readonly leader: string }[];
  /** by the last four digits: the same person under another number; under the same number with another name; the number of somebody else now */
  readonly renumbered: readonly { readonly name: string; readonly from: string; readonly to: string }[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  readonly passedOn: readonly { readonly tail: string; readonly from: string; readonly to: string }[];
  readonly remarks: readonly string[];
}

/** 没有按群名绑定的缘由 */
const unboundNotes = {
  absent: '',
  sameName: '（同名的群不止一个，分不清）',
  external: '（有外单位的人在内）',
  taken: '（叫这个名字的群另有用途）',
} as const;

/** 要人看的清单 — the same on the card and in the shell. */
export function rosterImportLists({
  today,
  changes,
  handedOver,
  withoutAccount,
  boundChats,
  withoutChat,
  fields: moved,
  missingUnits,
  missing,
  leadersUnknown,
  renumbered,
  renamed,
  passedOn,
  remarks,
}: RosterImportProps): readonly {
  readonly title: string;
  readonly entries: readonly string[];
}[] {
  return [
    { title: `没有飞书账号${withoutAccount.length}人`, entries: withoutAccount },
    { title: `没有绑定的群${withoutChat.length}个`, entries: withoutChat.map(({ chatName, reason }) => `${chatName}${unboundNotes[reason]}`) },
    {
      title: `按群名绑定的群${boundChats.length}个，请核对`,
      // 群主认不出的排在前面：最该看一眼的就是它们。
      entries: [...boundChats]
        .sort((left, right) => Number(left.ownerName !== null) - Number(right.ownerName !== null))
        .map(({ chatName, ownerName }) => `${chatName}（${ownerName === null ? '群主不在花名册' : `群主${ownerName}`}）`),
    },
    { title: `岗位换人${changes.length}处`, entries: changes.map(({ title, from, to }) => `${title}：${from} → ${to}`) },
    {
      title: `已经移交、表里仍是原任的${handedOver.length}处：没有改，请更新表；如确要改回，请用“移交”`,
      entries: handedOver.map(({ title, from, to, on }) => `${title}：${formatDay(on, today)}起由${to}任职，表里仍是${from}`),
    },
    {
      title: `换了手机号${renumbered.length}人，请核对`,
      entries: renumbered.map(({ name, from, to }) => `${name}：尾号${from} → 尾号${to}`),
    },
    {
      title: `号码没变、姓名变了${renamed.length}人：当作同一个人；如是换了人，请改回姓名，用“移交”`,
      entries: renamed.map(({ from, to }) => `${from} → ${to}`),
    },
    {
      title: `号码换了人用${passedOn.length}处：当作两个人，请核对`,
      entries: passedOn.map(({ tail, from, to }) => `尾号${tail}：${from} → ${to}`),
    },
    {
      title: `单位的分管领导，人员表里没有的${leadersUnknown.length}处：他收不到，要他批的由主要领导批，请更新表`,
      entries: leadersUnknown.map(({ unit, leader }) => `${unit}：${leader}`),
    },
    {
      title: `单位换了分管领导${moved.length}个`,
      entries: moved.map(({ unitName, from, to, items }) => `${unitName}：${from} → ${to}${items > 0 ? `（没有了结的${items}项随着换）` : ''}`),
    },
    {
      title: `这次表里没有的单位${missingUnits.length}个（未删除）；已撤销、合并的，用“移交”把它的岗位交给接手单位的人，在办的事项随岗位走`,
      entries: [...missingUnits]
        .sort((left, right) => right.open - left.open)
        .map(({ name, open }) => `${name}${open > 0 ? `（还有${open}项没有办结）` : ''}`),
    },
    { title: `这次表里没有的${missing.length}人（未删除）`, entries: missing },
    { title: `备注提到移交、委托的${remarks.length}条，请办理`, entries: remarks },
  ];
}

/** 有要人核对的 — what may have been taken for something else, or is left to somebody. */
function asksToLook({ handedOver, boundChats, missingUnits, leadersUnknown, renumbered, renamed, passedOn, remarks }: RosterImportProps): boolean {
  const lists = [handedOver, leadersUnknown, renumbered, renamed, passedOn, remarks];
  return (
    lists.some((list) => list.length > 0) || boundChats.some(({ ownerName }) => ownerName === null) || missingUnits.some((unit) => unit.open > 0)
  );
}

function stateOf(props: RosterImportProps): readonly [string, 'orange' | 'green'] {
  if (props.withoutAccount.length + props.withoutChat.length > 0) return ['有待处理', 'orange'];
  return asksToLook(props) ? ['请核对', 'orange'] : ['全部匹配', 'green'];
}

/** 花名册导入结果 — counts, and every list that a human has to look at. */
export const rosterImportCard = defineCard<RosterImportProps>(
  'roster.import-result',
  '花名册导入结果',
  (props) => {
    const { units, people, posts, added, withoutAccount, boundChats, withoutChat } = props;
    const open = withoutAccount.length + withoutChat.length;
    const [state, color] = stateOf(props);
    return {
      title: '花名册已导入',
      color,
      tags: [{ text: state, color }],
      summary: `花名册已导入：${units}个单位、${people}人、${posts}个任职`,
      elements: [
        text(`${units}个单位、${people}人、${posts}个任职；新增单位${added.units}、人员${added.people}、任职${added.posts}`, { lines: 3 }),
        fields([
          { label: '账号', value: `${people - withoutAccount.length}/${people}人已匹配` },
          { label: '工作群', value: withoutChat.length === 0 ? '全部绑定' : `${withoutChat.length}个未绑定` },
        ]),
        ...rosterImportLists(props)
          .filter(({ entries }) => entries.length > 0)
          .map(({ title, entries }) =>
            panel(
              title,
              [text(entries.slice(0, 60).join('；') + (entries.length > 60 ? `；等${entries.length}` : ''), { lines: 12 })],
              entries.length <= 12,
            ),
          ),
        open > 0 && note('账号每天早上自动重新匹配；群请督查室或系统管理员在群里@我发送“绑定本群 U09”。'),
        boundChats.length > 0 && note('群名谁都能取。不是本单位的群，请把我移出那个群，再到对的群里@我发送“绑定本群 U09”。'),
      ],
    };
  },
  [
    {
      name: 'first',
      props: {
        today: '2026-08-03',
        units: 31,
        people: 312,
        posts: 313,
        added: { units: 31, people: 312, posts: 313 },
        changes: [],
        handedOver: [],
        withoutAccount: ['余宏斌'],
        boundChats: [
          { chatName: '住建局督办工作群', ownerName: '丁一凡' },
          { chatName: '述职测评监督员群', ownerName: null },
        ],
        withoutChat: [],
        fields: [],
        missingUnits: [],
        missing: [],
        ...{ leadersUnknown: [], renumbered: [], renamed: [], passedOn: [] },
        remarks: ['许启航：2026年7月31日调离，工作移交黄诗涵'],
      },
    },
    {
      name: 'again',
      props: {
        today: '2026-08-03',
        units: 31,
        people: 312,
        posts: 313,
        added: { units: 0, people: 0, posts: 0 },
        changes: [],
        handedOver: [],
        withoutAccount: [],
        boundChats: [],
        withoutChat: [],
        fields: [],
        missingUnits: [],
        missing: [],
        ...{ leadersUnknown: [], renumbered: [], renamed: [], passedOn: [] },
        remarks: [],
      },
    },
    {
      name: 'to-check',
      props: {
        today: '2026-08-03',
        units: 31,
        people: 312,
        posts: 313,
        added: { units: 0, people: 0, posts: 0 },
        changes: [],
        handedOver: [],
        withoutAccount: [],
        boundChats: [],
        withoutChat: [],
        fields: [],
        missingUnits: [{ name: '海洋产业促进中心', open: 5 }],
        missing: [],
        ...{ leadersUnknown: [], renumbered: [], renamed: [{ from: '欧阳珊', to: '欧阳姗' }], passedOn: [] },
        remarks: [],
      },
    },
    {
      name: 'changed',
      props: {
        today: '2026-08-03',
        units: 31,
        people: 312,
        posts: 313,
        added: { units: 0, people: 1, posts: 0 },
        changes: [{ title: 'U12联络员', from: '高子昂', to: '林泽' }],
        handedOver: [{ title: 'U12工程三部负责人', from: '许启航', to: '黄诗涵', on: '2026-07-31' }],
        withoutAccount: ['林泽'],
        boundChats: [],
        withoutChat: [
          { chatName: '住建局督办工作群', reason: 'absent' },
          { chatName: '城管局督办工作群', reason: 'sameName' },
          { chatName: '应急局督办工作群', reason: 'external' },
          { chatName: '述职测评监督员群', reason: 'taken' },
        ],
        fields: [
          { unitName: '住房和建设局', from: '王海峰', to: '黄诗涵', items: 12 },
          { unitName: '统计局', from: '王海峰', to: '黄诗涵', items: 0 },
        ],
        missingUnits: [
          { name: '海洋产业促进中心', open: 5 },
          { name: '招商办', open: 0 },
        ],
        missing: ['高子昂'],
        leadersUnknown: [{ unit: '住房和建设局', leader: '王峰' }],
        renumbered: [{ name: '方伟', from: '0231', to: '9988' }],
        renamed: [{ from: '欧阳珊', to: '欧阳姗' }],
        passedOn: [{ tail: '0118', from: '许启航', to: '黄诗涵' }],
        remarks: [],
      },
    },
  ],
);
