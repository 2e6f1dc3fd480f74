import { bind } from '../kit/action.ts';
import { type CardTag, defineCard, type HeaderColor } from '../kit/card.ts';
import { button, buttons, datePicker, type Element, fields, form, input, note, panel, submit, submits, text } from '../kit/elements.ts';
import { orderReplyStatus, orderStatus, term, workItemStatus } from '../kit/terms.ts';
import {
  acknowledgeOrder,
  adoptReply,
  confirmVoid,
  keepOrder,
  openVoid,
  redraftOrder,
  replyToOrder,
  retryIssue,
  sealOrder,
  sendBackReply,
} from './actions.ts';

export interface OrderProps {
  /** office 督查员 · chief 督查室主任 · head 主要负责人 · unit 联络员 · deputy 分管负责人 · group 工作群和抄送 */
  readonly audience: 'office' | 'chief' | 'head' | 'unit' | 'deputy' | 'group';
  readonly orderId: string;
  readonly version: number;
  /** 湾督〔2026〕3号 */
  readonly number: string;
  readonly status: 'signed' | 'issued' | 'acknowledged' | 'replied' | 'adopted' | 'closed' | 'voided';
  readonly code: string;
  readonly title: string;
  readonly unitName: string;
  readonly dueLine: string;
  readonly requirement: string;
  readonly evidence: string;
  readonly signed: string;
  readonly acknowledgeBy: string | null;
  readonly replyBy: string | null;
  /** 过了哪个时限 */
  readonly late: 'receipt' | 'reply' | null;
  /** 事项的状态：中止或退件待裁，签收、回复的时限停着；null：没有停 */
  readonly halted: string | null;
  readonly acknowledged: string | null;
  readonly reply: {
    readonly status: 'submitted' | 'adopted' | 'sentBack';
    readonly cause: string;
    readonly measure: string;
    readonly promisedOn: string;
    readonly by: string;
    readonly verdict: string | null;
  } | null;
  readonly replaces: string | null;
  readonly previous: string | null;
  readonly facts: readonly string[];
  /** 令的网页：打印稿和办理情况 */
  readonly printUrl: string | null;
  /** 用印：谁、何时；空：还没有；null：还没有下达 */
  readonly sealed: string | null;
  readonly issueFault: string | null;
  readonly unreached: readonly string[];
  readonly voiding: { readonly by: string; readonly reason: string } | null;
  /** 作废的一道：事项还在办，也没有另一道在办 */
  readonly redraftable: boolean;
  /** 销号时的两句考核话：按原定时限、按督办令时限 */
  readonly closed: string | null;
}

const headers: Readonly<Record<OrderProps['status'], { color: HeaderColor; tag: CardTag['color'] }>> = {
  signed: { color: 'red', tag: 'red' },
  issued: { color: 'red', tag: 'red' },
  acknowledged: { color: 'red', tag: 'red' },
  replied: { color: 'orange', tag: 'orange' },
  adopted: { color: 'blue', tag: 'blue' },
  closed: { color: 'green', tag: 'green' },
  voided: { color: 'grey', tag: 'neutral' },
};
const linesShown = 20;
const isOffice = (audience: OrderProps['audience']): boolean => audience === 'office' || audience === 'chief';

/** 督办令 — one card from the signature to 销号, drawn for the office, the head, the rest of the unit and its group. */
export const orderCard = defineCard<OrderProps>(
  'orders.order',
  '督办令',
  (props) => {
    const { audience, number, status, code, title, unitName, facts, halted } = props;
    const { color, tag } = headers[halted === null ? status : 'voided'];
    const word = term(orderStatus, status);
    return {
      title: number,
      subtitle: `${unitName}　${code} ${title}`,
      color,
      tags: [{ text: word, color: tag }],
      summary: status === 'closed' ? `${number} ${unitName}${code}：${word}` : `督办令${number}（${unitName}${code}）：${word}`,
      elements: [
        text(headlineOf(props), { size: 'heading', lines: 3 }),
        fields(fieldsOf(props)),
        audience !== 'group' &&
          facts.length > 0 &&
          panel(
            `经过${facts.length}条`,
            facts.slice(-linesShown).map((line) => text(line, { lines: 2 })),
          ),
        ...actionsOf(props),
        ...notesOf(props),
      ],
    };
  },
  samples(),
);

function headlineOf({ status, acknowledgeBy, replyBy, late, halted, reply, voiding, closed, issueFault, unitName }: OrderProps): string {
  if (halted !== null) return `事项${term(workItemStatus, halted)}，${status === 'issued' ? '签收、回复' : '回复'}的时限停表；恢复办理后顺延`;
  switch (status) {
    case 'signed':
      return issueFault === null ? '已签发，正在下达' : `已签发，没有下达成：${issueFault}`;
    case 'issued':
      return late === 'receipt' ? `已过签收时限（${acknowledgeBy}），请立即签收` : `请于${acknowledgeBy}前签收`;
    case 'acknowledged':
      return late === 'reply'
        ? `已过回复时限（${replyBy}），请立即回复原因、措施和完成日期`
        : `请于${replyBy}前回复原因、措施和完成日期${reply?.status === 'sentBack' ? '（上次回复已退回）' : ''}`;
    case 'replied':
      return `${unitName}已回复，待督查室审核`;
    case 'adopted':
      return `已采纳，限${reply?.promisedOn ?? ''}完成`;
    case 'closed':
      return closed ?? '已销号';
    case 'voided':
      return `已作废${voiding ? `：${voiding.reason}` : ''}`;
  }
}

function fieldsOf(props: OrderProps) {
  const { audience, status, dueLine, requirement, evidence, signed, acknowledgeBy, replyBy, acknowledged, reply, replaces, previous, sealed } = props;
  const whole = audience !== 'group';
  // 重新回复的表单里已填着上次的原因和措施。
  const written = reply && !(audience === 'head' && status === 'acknowledged');
  return [
    { label: '时限', value: dueLine.replace(/^时限/, ''), wide: true },
    ...(whole ? [{ label: '督办要求', value: requirement, wide: true }] : []),
    ...(whole ? [{ label: '要报的材料', value: evidence, wide: true }] : []),
    { label: '签发', value: signed },
    { label: '签收', value: acknowledged ?? (acknowledgeBy === null ? '下达后签收' : `${acknowledgeBy}前`) },
    ...(replyBy === null ? [] : [{ label: '回复时限', value: replyBy }]),
    ...(isOffice(audience) && sealed ? [{ label: '用印', value: sealed }] : []),
    ...(replaces === null ? [] : [{ label: '替代', value: `${replaces}（已作废）` }]),
    ...(previous === null ? [] : [{ label: '此前的令', value: previous }]),
    ...(whole && reply
      ? [
          ...(written ? [{ label: '原因', value: reply.cause, wide: true }] : []),
          ...(written ? [{ label: '措施', value: reply.measure, wide: true }] : []),
          { label: '完成日期', value: reply.promisedOn },
          { label: '回复', value: `${reply.by}　${term(orderReplyStatus, reply.status)}` },
          ...(reply.verdict === null ? [] : [{ label: '审核意见', value: reply.verdict, wide: true }]),
        ]
      : []),
  ];
}

function actionsOf(props: OrderProps): (Element | null | false)[] {
  const { audience, orderId, status, voiding, issueFault, printUrl, sealed, redraftable } = props;
  if (audience === 'group') return [];
  const print = printUrl !== null && button('打印稿', { url: printUrl });
  if (!isOffice(audience)) {
    const receive = status === 'issued' && audience !== 'deputy' && button('签收', { style: 'primary', action: bind(acknowledgeOrder, { orderId }) });
    return [status === 'acknowledged' && audience === 'head' && replyForm(props), (receive || print) && buttons(receive, print)];
  }
  if (status === 'voided') return [redraftable && buttons(button('重新印发', { action: bind(redraftOrder, { orderId }) }))];
  if (voiding) {
    const confirm = { title: '同意作废', text: '文号留在登记簿上，注明作废和原因，不再使用。继续吗？' };
    return [
      buttons(
        button('同意作废', { style: 'danger', action: bind(confirmVoid, { orderId }), confirm }),
        button('不作废', { action: bind(keepOrder, { orderId }) }),
      ),
    ];
  }
  return [
    status === 'replied' && verdictForm(props),
    buttons(
      audience === 'chief' &&
        status === 'signed' &&
        issueFault !== null &&
        button('重新下达', { style: 'primary', action: bind(retryIssue, { orderId }) }),
      print,
      sealed === '' && button('已用印', { action: bind(sealOrder, { orderId }) }),
      button('作废', { style: 'text', action: bind(openVoid, { orderId }) }),
    ),
  ];
}

function nameOf(what: string, { orderId, version }: OrderProps): string {
  return `${what}_${orderId.replace(/\W/g, '').slice(0, 24)}_${version}`;
}

function replyForm(props: OrderProps) {
  const { orderId, reply } = props;
  return form(nameOf('reply', props), [
    input('cause', '原因', { initial: reply?.cause ?? '', required: true, multiline: true, maxLength: 300 }),
    input('measure', '措施', { initial: reply?.measure ?? '', required: true, multiline: true, maxLength: 500, placeholder: '谁、做什么、怎么赶上' }),
    datePicker('promisedOn', '完成日期', { required: true }),
    submit('提交回复', bind(replyToOrder, { orderId })),
  ]);
}

function verdictForm(props: OrderProps) {
  const { orderId } = props;
  return form(nameOf('verdict', props), [
    input('reason', '退回原因（退回时填写）', { maxLength: 300 }),
    submits(
      submit('采纳', bind(adoptReply, { orderId }), { style: 'primary' }),
      submit('退回重办', bind(sendBackReply, { orderId }), {
        style: 'danger',
        confirm: { title: '退回重办', text: '单位会收到退回原因，须重新回复。' },
      }),
    ),
  ]);
}

function notesOf({ audience, status, unreached, voiding, issueFault }: OrderProps): (Element | false)[] {
  return [
    audience === 'office' && status === 'signed' && issueFault !== null && note('由督查室主任重新下达。'),
    isOffice(audience) && unreached.length > 0 && note(`没有送到，请另行通知：${unreached.join('、')}`),
    isOffice(audience) && voiding !== null && status !== 'voided' && note(`${voiding.by}提出作废：${voiding.reason}。须另一人同意。`),
    audience === 'head' && status === 'acknowledged' && note('采纳后，事项的时限改为您写的完成日期；原定时限仍然记着。内容不得涉密。'),
    (audience === 'unit' || audience === 'deputy') && status === 'acknowledged' && note('回复由本单位主要负责人提交。'),
    audience === 'deputy' && status === 'issued' && note('由本单位主要负责人或联络员签收。'),
    audience === 'group' && status === 'issued' && note('令文已发给本单位主要负责人和联络员。'),
  ];
}

function samples() {
  const base: OrderProps = {
    ...{ audience: 'head', orderId: 'o31', version: 3, number: '湾督〔2026〕3号', status: 'issued' },
    ...{ code: '党-031', title: '老旧小区改造', unitName: '住房和建设局' },
    ...{ dueLine: '时限9月16日(周三)｜已逾期4个工作日(含调休)' },
    requirement: '查明逾期原因，明确赶上进度的措施、责任人和每一步的时间，由主要负责人亲自部署，按新的完成日期办结。',
    evidence: '完成情况说明，以及能够证明完成的材料。',
    ...{ signed: '周启明　9月22日（周二）16:20', acknowledgeBy: '9月23日（周三）18:00', replyBy: '9月28日（周一）18:00', late: null, halted: null },
    ...{ acknowledged: null, reply: null, replaces: null, previous: null },
    facts: ['9月17日（周四）09:05 催办：马骁、丁一凡、邓一鸣', '9月20日（周日）09:05 二次催办：马骁、丁一凡、邓一鸣、罗志远、王海峰（抄送）'],
    ...{
      printUrl: 'https://duban.example.gov.cn/p/order/Zx81',
      sealed: '',
      issueFault: null,
      unreached: [],
      voiding: null,
      redraftable: false,
      closed: null,
    },
  };
  const acknowledged = { ...base, version: 4, status: 'acknowledged' as const, acknowledged: '罗志远　9月23日（周三）10:12' };
  const reply = {
    ...{ status: 'submitted' as const, cause: '管线迁改未批', measure: '9月30日前完成迁改，增加两个班组', promisedOn: '10月15日（周四）' },
    ...{ by: '罗志远　9月28日（周一）15:40', verdict: null },
  };
  const sentBack = { ...reply, status: 'sentBack' as const, verdict: '林晓：请写明每栋楼的完成时间' };
  const adopted = { ...acknowledged, status: 'adopted' as const, dueLine: '时限10月15日(周四)(原定9月16日(周三))｜剩余8个工作日(含国庆假期)' };
  const office = { ...base, audience: 'office' as const };
  const signed = { ...office, status: 'signed' as const, acknowledgeBy: null, replyBy: null, printUrl: null, sealed: null };
  const voiding = { by: '林晓', reason: '主送单位写错' };
  return [
    { name: 'issued', props: base },
    { name: 'issued-unit', props: { ...base, audience: 'unit' as const, late: 'receipt' as const } },
    { name: 'issued-deputy', props: { ...base, audience: 'deputy' as const } },
    { name: 'issued-group', props: { ...base, audience: 'group' as const } },
    { name: 'signed', props: { ...signed, previous: '湾督〔2026〕1号' } },
    { name: 'stuck', props: { ...signed, issueFault: '多次尝试都没有办成', replaces: '湾督〔2026〕2号' } },
    { name: 'stuck-chief', props: { ...signed, audience: 'chief' as const, issueFault: '多次尝试都没有办成' } },
    { name: 'issued-office', props: { ...office, sealed: '林晓　9月22日（周二）17:05', unreached: ['没有绑定工作群', '联络员余宏斌没有飞书账号'] } },
    { name: 'halted', props: { ...base, halted: 'declinePending' } },
    { name: 'to-reply', props: acknowledged },
    { name: 'to-reply-halted', props: { ...acknowledged, halted: 'suspended' } },
    { name: 'to-reply-unit', props: { ...acknowledged, audience: 'unit' as const } },
    { name: 'to-reply-late', props: { ...acknowledged, late: 'reply' as const } },
    { name: 'sent-back', props: { ...acknowledged, version: 6, reply: sentBack } },
    { name: 'replied', props: { ...acknowledged, status: 'replied' as const, audience: 'office' as const, version: 5, reply } },
    { name: 'adopted', props: { ...adopted, reply: { ...reply, status: 'adopted' as const } } },
    {
      name: 'closed',
      props: {
        ...adopted,
        status: 'closed' as const,
        dueLine: '时限10月15日(周四)(原定9月16日(周三))',
        closed: '已销号：10月14日办结，按原定时限逾期，按督办令时限按时',
      },
    },
    { name: 'voiding', props: { ...office, voiding } },
    { name: 'voided', props: { ...office, status: 'voided' as const, printUrl: null, voiding, redraftable: true } },
    { name: 'voided-over', props: { ...office, status: 'voided' as const, printUrl: null, voiding } },
  ];
}
