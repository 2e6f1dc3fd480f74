import type { LocalDate } from '#core/dates';
import type { DocumentBlock, OfficialDocument } from '#core/document';
import { writtenDate, writtenDateWithWeekday } from './words.ts';

/** 督办令要写的 — all of it from the record; names instead of codes. */
export interface OrderPaper {
  readonly districtName: string;
  /** 湾督〔2026〕3号 */
  readonly number: string;
  readonly signer: string;
  readonly signedOn: LocalDate;
  readonly unitName: string;
  /** 抄送 */
  readonly copies: readonly string[];
  readonly code: string;
  readonly title: string;
  readonly year: number;
  readonly dueOn: LocalDate;
  readonly originalDueOn: LocalDate;
  readonly percent: number;
  readonly basis: string | null;
  readonly sends: number;
  readonly repliesNotAccepted: number;
  readonly requirement: string;
  readonly evidence: string;
  readonly acknowledgeBy: { readonly day: LocalDate; readonly time: string };
  readonly replyBy: { readonly day: LocalDate; readonly time: string };
  /** 同一事项此前的令 */
  readonly formerNumbers: readonly string[];
  /** 所替代的作废令 */
  readonly replaces: string | null;
  readonly facts: readonly string[];
  /** 联系人 */
  readonly contact: string;
  /** 令上二维码的地址 */
  readonly address: string;
}

/** 督办令成文 — the order, the log of what went before, and the slip for receipt and reply. */
export function orderDocument(paper: OrderPaper): OfficialDocument {
  const { districtName, number, signedOn, unitName, code, facts, copies } = paper;
  return {
    title: `督办令（${number}）`,
    header: { left: '内部资料　妥善保管', right: '不得录入涉密信息' },
    sections: [
      { landscape: false, bare: true, blocks: bodyOf(paper) },
      {
        landscape: false,
        blocks: [
          { kind: 'mark', text: '附件1' },
          { kind: 'title', lines: ['提醒和办理经过'] },
          { kind: 'subtitle', text: `（${unitName}　${code}，${facts.length}条）` },
          ...facts.map((text): DocumentBlock => ({ kind: 'paragraph', text })),
        ],
      },
      {
        landscape: false,
        blocks: slipOf(paper, `${districtName}督查室：`),
        imprint: { copies, office: `${districtName}督查室`, date: writtenDate(signedOn) },
      },
    ],
  };
}

function bodyOf(paper: OrderPaper): DocumentBlock[] {
  const { districtName, number, signer, signedOn, unitName, code, title, year, dueOn, originalDueOn, percent, basis, sends } = paper;
  const { repliesNotAccepted, requirement, evidence, acknowledgeBy, replyBy, formerNumbers, replaces, contact, address } = paper;
  const overdue = dueOn < signedOn;
  const changed = dueOn === originalDueOn ? '' : `（原定${writtenDate(originalDueOn)}）`;
  const limit = (by: OrderPaper['replyBy']): string => `${writtenDateWithWeekday(by.day)}${by.time}`;
  return [
    { kind: 'letterhead', issuer: `${districtName}督查室`, number, signer },
    { kind: 'title', lines: titleLines(`关于${overdue ? '限期办结' : '办好'}“${title}”的督办令`), apart: true },
    { kind: 'recipient', text: `${unitName}：` },
    {
      kind: 'paragraph',
      text: `你单位牵头的${code}“${title}”，列入${districtName}${year}年重点工作任务书，时限${writtenDate(dueOn)}${changed}，${
        overdue ? `至今逾期，完成${percent}%` : `现完成${percent}%`
      }。${overdue ? `其间提醒、催办${sends}次，未采纳的回复${repliesNotAccepted}件，经过见附件1。` : ''}${basis === null ? '' : `依据：${basis}。`}${
        formerNumbers.length > 0 ? `此前已就该事项印发督办令（${formerNumbers.join('、')}）。` : ''
      }${replaces === null ? '' : `本令替代已作废的${replaces}。`}现予督办：`,
    },
    { kind: 'paragraph', lead: '一、督办要求。', text: requirement },
    { kind: 'paragraph', lead: '二、要报的材料。', text: evidence },
    { kind: 'paragraph', lead: '三、办理时限。', text: `${limit(acknowledgeBy)}前签收，${limit(replyBy)}前由主要负责人回复原因、措施和完成日期。` },
    { kind: 'paragraph', lead: '四、反馈方式。', text: '在飞书“督办令”卡片上签收、回复，或填写附件2。' },
    { kind: 'attachments', names: ['提醒和办理经过', '督办令签收回执和复函'] },
    { kind: 'signature', office: `${districtName}督查室`, date: writtenDate(signedOn), seal: { address } },
    { kind: 'annotation', text: `联系人：${contact}；扫码查看本令和该事项的办理情况` },
  ];
}

/** 题目至多一行19字（二号字的版心）；长的分两行，上短下长。 */
function titleLines(text: string): string[] {
  const max = 19;
  if (text.length <= max) return [text];
  const lines = Math.ceil(text.length / max);
  const each = Math.ceil(text.length / lines);
  return Array.from({ length: lines }, (_, index) => text.slice(index * each, (index + 1) * each));
}

function slipOf({ number, unitName, code, acknowledgeBy, replyBy }: OrderPaper, office: string): DocumentBlock[] {
  const until = (by: OrderPaper['replyBy']): string => `${writtenDate(by.day).slice(5)}${by.time}前`;
  return [
    { kind: 'mark', text: '附件2' },
    { kind: 'title', lines: ['督办令签收回执和复函'] },
    { kind: 'recipient', text: office },
    { kind: 'paragraph', text: `${number}（${code}）收悉，现将办理情况回复如下。` },
    {
      kind: 'slip',
      rows: [
        { label: '签收单位', value: unitName, lines: 1 },
        { label: '签收人、时间', value: `　　　　　（${until(acknowledgeBy)}）`, lines: 1 },
        { label: '原因', value: '', lines: 2 },
        { label: '措施', value: '', lines: 2 },
        { label: '完成日期', value: `　　年　　月　　日（${until(replyBy)}）`, lines: 1 },
        { label: '主要负责人', value: '（签字、盖章）', lines: 1 },
        { label: '审核意见', value: '', lines: 1 },
        { label: '销号日期', value: '　　　　年　　月　　日', lines: 1 },
      ],
    },
  ];
}
