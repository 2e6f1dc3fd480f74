import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, form, input, note, panel, progress, submit, submits, table, text } from '../kit/elements.ts';
import { approve, issue, returnImport } from './actions.ts';

export interface ApprovalProps {
  readonly importId: string;
  /** false: the card only tells, for those who don't approve or issue */
  readonly mayDecide: boolean;
  readonly year: number;
  /** stuck: some books could not be issued, the rest are */
  readonly state: 'pendingApproval' | 'approved' | 'issuing' | 'stuck' | 'issued';
  readonly units: readonly { readonly name: string; readonly items: number; readonly acknowledged: boolean; readonly needless?: boolean }[];
  readonly items: number;
  /** 随表带入的：`启用前已办结12项、带进度40项`；没有的不写 */
  readonly carried?: { readonly words: string; readonly by: string };
  /** books issued so far */
  readonly issued: number;
  /** cards that went out with them */
  readonly cardsSent: number;
  readonly acknowledged: number;
  readonly recipients: { readonly chats: number; readonly heads: number; readonly liaisons: number };
  /** who can't be reached: no account, a vacant post, a unit without a bound chat, refused by the platform */
  readonly unreached: readonly string[];
  /** which books could not be issued, and why */
  readonly faults: readonly string[];
}

/** 审定与下达 — one card for the chief from approval to the last receipt. */
export const approvalCard = defineCard<ApprovalProps>(
  'task-books.approval',
  '审定与下达',
  (props) => {
    const { importId, mayDecide, year, state, units, items, issued, cardsSent, acknowledged, recipients, unreached, faults } = props;
    const toSign = units.filter(({ needless }) => !needless);
    const waiting = toSign.filter((unit) => !unit.acknowledged).map(({ name }) => name);
    const to = `${recipients.chats}个工作群、${recipients.heads}位主要负责人、${recipients.liaisons}位联络员`;
    const status = statusOf(props, waiting);
    return {
      title: `${year}年重点工作任务书`,
      color: status.color,
      tags: [{ text: status.tag, color: status.color }],
      summary: `${year}年重点工作任务书：${status.line}`,
      elements: [
        text(status.line, { size: 'heading', lines: 3 }),
        carriedLine(props),
        issued > 0 &&
          fields([
            { label: '任务书', value: `已下达${issued}份，共${units.length}份` },
            { label: '事项', value: `${items}项` },
            { label: '已发出', value: `${cardsSent}张卡片，各附文件` },
          ]),
        (state === 'issuing' || state === 'stuck') && progress('下达', percentOf(issued, units.length), `${issued}/${units.length}`),
        state === 'issued' && toSign.length > 0 && progress('签收', percentOf(acknowledged, toSign.length), `${acknowledged}/${toSign.length}`),
        faults.length > 0 && panel(`未下达的${faults.length}份`, listOf(faults), true),
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
        unreached.length > 0 && panel(`收不到的${unreached.length}处，请另行通知`, listOf(unreached), true),
        ...(mayDecide ? deciding(props, to) : []),
        state === 'stuck' && mayDecide && buttons(button('重新下达', { style: 'primary', action: bind(issue, { importId }) })),
        state === 'stuck' && note('已经下达的不会再发。仍不成功请联系系统管理员。'),
        state === 'issued' && waiting.length > 0 && note('逾期未签收的由系统提醒，不用人工催。'),
        needlessNote(props),
      ],
    };
  },
  samples(),
);

/** 事项都改派走了、都已了结的，不算在签收里 */
function needlessNote({ units, state }: ApprovalProps) {
  const names = units.filter(({ needless }) => needless).map(({ name }) => name);
  if (state !== 'issued' || names.length === 0) return null;
  return note(`没有要签收的${names.length}家：${names.slice(0, 5).join('、')}${names.length > 5 ? '等' : ''}（事项已改派或都已了结）。`);
}

/** 随表带入的，连同谁带入的：审定表，也就认可了它们 */
function carriedLine({ carried, state }: ApprovalProps) {
  if (!carried) return null;
  return text(`其中${carried.words}，由${carried.by}随表带入${state === 'pendingApproval' ? '，请一并审定' : ''}。`, { lines: 2 });
}

/** 审定或者退回；审定了还没有下达，也退得回 */
function deciding({ importId, state, recipients: { chats, heads, liaisons } }: ApprovalProps, to: string) {
  if (state !== 'pendingApproval' && state !== 'approved') return [];
  const back = submit('退回修改', bind(returnImport, { importId }), {
    style: 'default',
    confirm: { title: '退回修改', text: '写入的事项和任务书全部撤回，由导入人改好表格重新发来。' },
  });
  const pending = state === 'pendingApproval';
  const choice = form(`return_${importId.replace(/\W/g, '').slice(0, 32)}`, [
    input('reason', '退回的原因（要退回才填）', { maxLength: 200 }),
    pending ? submits(submit('审定', bind(approve, { importId })), back) : back,
  ]);
  if (pending) return [choice];
  const confirm = { title: '下达任务书', text: `将发送给${to}，共${chats + heads + liaisons}张卡片，各附任务书文件。` };
  return [choice, buttons(button('下达', { style: 'primary', action: bind(issue, { importId }), confirm }))];
}

const listedMax = 30;

function listOf(lines: readonly string[]) {
  const shown = lines.slice(0, listedMax).map((line) => text(line, { lines: 2 }));
  return lines.length > listedMax ? [...shown, note(`另有${lines.length - listedMax}处，发送“诊断”可查看没有账号的人和没有绑定的群。`)] : shown;
}

function percentOf(part: number, whole: number): number {
  return Math.floor((part / Math.max(1, whole)) * 100);
}

function statusOf(
  { state, units, items, issued, acknowledged, faults }: ApprovalProps,
  waiting: readonly string[],
): { tag: string; line: string; color: 'orange' | 'red' | 'green' } {
  switch (state) {
    case 'pendingApproval':
      return { tag: '待审定', line: `${units.length}份任务书、${items}项任务待审定`, color: 'orange' };
    case 'approved':
      return { tag: '待下达', line: `${units.length}份任务书、${items}项任务已审定，待下达`, color: 'orange' };
    case 'issuing':
      return { tag: '正在下达', line: `正在下达：${issued}/${units.length}`, color: 'orange' };
    case 'stuck':
      return { tag: '下达失败', line: `已下达${issued}/${units.length}，${faults.length}份未下达`, color: 'red' };
    case 'issued':
      return waiting.length === 0
        ? { tag: '全部签收', line: `已下达${issued}份，已签收${acknowledged}/${acknowledged + waiting.length}`, color: 'green' }
        : {
            tag: '待签收',
            line: `已签收${acknowledged}/${acknowledged + waiting.length}，待签收：${waiting.length > 5 ? `${waiting.slice(0, 5).join('、')}等${waiting.length}家` : waiting.join('、')}`,
            color: 'green',
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
    mayDecide: true,
    year: 2026,
    state: 'pendingApproval',
    units: units.map((unit) => ({ ...unit, acknowledged: false })),
    items: 254,
    issued: 0,
    cardsSent: 0,
    acknowledged: 0,
    recipients: { chats: 7, heads: 7, liaisons: 7 },
    unreached: [],
    faults: [],
  };
  const issued = { ...base, state: 'issued' as const, issued: 7, cardsSent: 21 };
  const manyUnits = Array.from({ length: 31 }, (_, index) => ({ name: `海洋产业促进和对外经济合作中心${index + 1}`, items: 8, acknowledged: false }));
  return [
    { name: 'pending', props: base },
    { name: 'pending-for-inspector', props: { ...base, mayDecide: false } },
    { name: 'carried', props: { ...base, carried: { words: '启用前已办结12项、带进度40项', by: '林晓' } } },
    { name: 'approved', props: { ...base, state: 'approved' as const, unreached: ['团工委：没有绑定工作群'] } },
    { name: 'issuing', props: { ...base, state: 'issuing' as const, issued: 3, cardsSent: 9 } },
    {
      name: 'stuck',
      props: {
        ...base,
        state: 'stuck' as const,
        issued: 6,
        cardsSent: 18,
        faults: ['团工委：多次尝试都没有办成，请稍后重新发送；仍不行请联系系统管理员'],
      },
    },
    { name: 'receipts', props: { ...issued, units, acknowledged: 5, unreached: ['团工委：联络员何苗没有飞书账号'] } },
    { name: 'needless', props: { ...issued, units: units.map((unit, nth) => ({ ...unit, needless: nth === 6 })), acknowledged: 5 } },
    { name: 'all-signed', props: { ...issued, units: units.map((unit) => ({ ...unit, acknowledged: true })), acknowledged: 7 } },
    {
      name: 'longest',
      props: {
        ...base,
        state: 'stuck' as const,
        units: manyUnits,
        issued: 0,
        recipients: { chats: 31, heads: 31, liaisons: 31 },
        unreached: manyUnits.map(({ name }) => `${name}：单位主要负责人欧阳某某没有飞书账号`),
        faults: manyUnits.map(({ name }) => `${name}：多次尝试都没有办成，请稍后重新发送；仍不行请联系系统管理员`),
      },
    },
  ];
}
