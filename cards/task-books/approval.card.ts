import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, note, panel, progress, table, text } from '../kit/elements.ts';
import { approve, issue } from './actions.ts';

export interface ApprovalProps {
  readonly importId: string;
  readonly year: number;
  readonly state: 'pendingApproval' | 'approved' | 'issuing' | 'issued';
  readonly units: readonly { readonly name: string; readonly items: number; readonly acknowledged: boolean }[];
  readonly items: number;
  /** books issued so far */
  readonly issued: number;
  readonly acknowledged: number;
  readonly recipients: { readonly chats: number; readonly heads: number; readonly liaisons: number };
  /** who can't be reached: no account, or a unit without a bound chat */
  readonly unreachable: readonly string[];
}

/** 审定与下达 — one card for the chief from approval to the last receipt. */
export const approvalCard = defineCard<ApprovalProps>(
  'task-books.approval',
  '审定与下达',
  (props) => {
    const { importId, year, state, units, items, issued, acknowledged, recipients, unreachable } = props;
    const waiting = units.filter((unit) => !unit.acknowledged).map(({ name }) => name);
    const to = `${recipients.chats}个工作群、${recipients.heads}位主要负责人、${recipients.liaisons}位联络员`;
    const status = statusOf(props, waiting);
    return {
      title: `${year}年重点工作任务书`,
      color: state === 'issued' ? 'green' : 'orange',
      tags: [{ text: status.tag, color: state === 'issued' ? 'green' : 'orange' }],
      summary: `${year}年重点工作任务书：${status.line}`,
      elements: [
        text(status.line, { size: 'heading', lines: 3 }),
        fields([
          { label: '任务书', value: `${units.length}份` },
          { label: '事项', value: `${items}项` },
        ]),
        (state === 'issuing' || state === 'issued') &&
          progress('下达', Math.floor((issued / Math.max(1, units.length)) * 100), `${issued}/${units.length}`),
        state === 'issued' && waiting.length > 0 && panel(`待签收${waiting.length}家`, [text(waiting.join('、'), { lines: 8 })]),
        (state === 'pendingApproval' || state === 'approved') &&
          table({
            pageSize: 5,
            columns: [
              { name: 'unit', title: '牵头单位', width: '70%' },
              { name: 'items', title: '事项数', type: 'number', align: 'right' },
            ],
            rows: units.map(({ name, items: count }) => ({ unit: name, items: count })),
          }),
        unreachable.length > 0 && panel(`收不到的${unreachable.length}处，请另行通知`, [text(unreachable.join('；'), { lines: 8 })], true),
        state === 'pendingApproval' && buttons(button('审定', { style: 'primary', action: bind(approve, { importId }) })),
        state === 'approved' &&
          buttons(
            button('下达', {
              style: 'primary',
              action: bind(issue, { importId }),
              confirm: { title: '下达任务书', text: `将发送给${to}，共${recipients.chats + recipients.heads + recipients.liaisons}条。` },
            }),
          ),
        state === 'pendingApproval' && note('审定之后可以下达；审定之前导入人可以撤销。'),
        state === 'issued' && acknowledged < units.length && note('逾期未签收的由系统提醒，不用人工催。'),
      ],
    };
  },
  samples(),
);

function statusOf({ state, units, items, issued, acknowledged }: ApprovalProps, waiting: readonly string[]): { tag: string; line: string } {
  switch (state) {
    case 'pendingApproval':
      return { tag: '待审定', line: `${units.length}份任务书、${items}项任务待审定` };
    case 'approved':
      return { tag: '待下达', line: `${units.length}份任务书已审定，待下达` };
    case 'issuing':
      return { tag: '正在下达', line: `正在下达：${issued}/${units.length}` };
    case 'issued':
      return waiting.length === 0
        ? { tag: '全部签收', line: `已下达${issued}份，已签收${acknowledged}/${units.length}` }
        : {
            tag: '待签收',
            line: `已签收${acknowledged}/${units.length}，待签收：${waiting.length > 5 ? `${waiting.slice(0, 5).join('、')}等${waiting.length}家` : waiting.join('、')}`,
          };
  }
}

function samples() {
  const units = ['综合办公室', '组织人事局', '发展和财政局', '住房和建设局', '南屿办事处', '土地整备事务中心', '团工委'].map((name, index) => ({
    name,
    items: 12 + index,
    acknowledged: index < 5,
  }));
  const base: ApprovalProps = {
    importId: 'imp1',
    year: 2026,
    state: 'pendingApproval',
    units: units.map((unit) => ({ ...unit, acknowledged: false })),
    items: 254,
    issued: 0,
    acknowledged: 0,
    recipients: { chats: 7, heads: 7, liaisons: 7 },
    unreachable: [],
  };
  return [
    { name: 'pending', props: base },
    { name: 'approved', props: { ...base, state: 'approved' as const, unreachable: ['团工委：没有绑定工作群'] } },
    { name: 'issuing', props: { ...base, state: 'issuing' as const, issued: 3 } },
    { name: 'receipts', props: { ...base, state: 'issued' as const, units, issued: 7, acknowledged: 5 } },
    {
      name: 'all-signed',
      props: { ...base, state: 'issued' as const, units: units.map((unit) => ({ ...unit, acknowledged: true })), issued: 7, acknowledged: 7 },
    },
  ];
}
