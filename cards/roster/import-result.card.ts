import { defineCard } from '../kit/card.ts';
import { fields, note, panel, text } from '../kit/elements.ts';

export interface RosterImportProps {
  readonly units: number;
  readonly people: number;
  readonly posts: number;
  readonly added: { readonly units: number; readonly people: number; readonly posts: number };
  readonly changes: readonly { readonly title: string; readonly from: string; readonly to: string }[];
  readonly withoutAccount: readonly string[];
  readonly withoutChat: readonly string[];
  readonly missing: readonly string[];
  readonly remarks: readonly string[];
}

/** 要人看的清单 — the same on the card and in the shell. */
export function rosterImportLists({ changes, withoutAccount, withoutChat, missing, remarks }: RosterImportProps): readonly {
  readonly title: string;
  readonly entries: readonly string[];
}[] {
  return [
    { title: `没有飞书账号${withoutAccount.length}人`, entries: withoutAccount },
    { title: `没有绑定的群${withoutChat.length}个`, entries: withoutChat },
    { title: `岗位换人${changes.length}处`, entries: changes.map(({ title, from, to }) => `${title}：${from} → ${to}`) },
    { title: `这次表里没有的${missing.length}人（未删除）`, entries: missing },
    { title: `备注提到移交、委托的${remarks.length}条，请办理`, entries: remarks },
  ];
}

/** 花名册导入结果 — counts, and every list that a human has to look at. */
export const rosterImportCard = defineCard<RosterImportProps>(
  'roster.import-result',
  '花名册导入结果',
  (props) => {
    const { units, people, posts, added, withoutAccount, withoutChat } = props;
    const open = withoutAccount.length + withoutChat.length;
    return {
      title: '花名册已导入',
      color: open > 0 ? 'orange' : 'green',
      tags: [{ text: open > 0 ? '有待处理' : '全部匹配', color: open > 0 ? 'orange' : 'green' }],
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
        open > 0 && note('账号每天早上自动重新匹配；群里发送“绑定本群 U09”可手工绑定。'),
      ],
    };
  },
  [
    {
      name: 'first',
      props: {
        units: 31,
        people: 312,
        posts: 313,
        added: { units: 31, people: 312, posts: 313 },
        changes: [],
        withoutAccount: ['余宏斌'],
        withoutChat: [],
        missing: [],
        remarks: ['许启航：2026年7月31日调离，工作移交黄诗涵'],
      },
    },
    {
      name: 'again',
      props: {
        units: 31,
        people: 312,
        posts: 313,
        added: { units: 0, people: 0, posts: 0 },
        changes: [],
        withoutAccount: [],
        withoutChat: [],
        missing: [],
        remarks: [],
      },
    },
    {
      name: 'changed',
      props: {
        units: 31,
        people: 312,
        posts: 313,
        added: { units: 0, people: 1, posts: 0 },
        changes: [{ title: 'U12联络员', from: '高子昂', to: '林泽' }],
        withoutAccount: ['林泽'],
        withoutChat: ['住建局督办工作群'],
        missing: ['高子昂'],
        remarks: [],
      },
    },
  ],
);
