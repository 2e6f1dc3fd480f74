import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { daysWords, shortDay } from '../kit/due-line.ts';
import { button, buttons, datePicker, fields, form, input, note, submit, submits, text } from '../kit/elements.ts';
import { extensionStatus, term } from '../kit/terms.ts';
import {
  agreeToExtension,
  approveExtension,
  checkExtension,
  extendByInstruction,
  rejectExtension,
  signOffExtension,
  withdrawExtension,
} from './actions.ts';

export interface ExtensionProps {
  /** unit 申请的一方；其余是轮到时才有表单的人 */
  readonly audience: 'unit' | 'head' | 'inspector' | 'chief' | 'leader';
  readonly requestId: string;
  readonly code: string;
  readonly title: string;
  readonly unitName: string;
  readonly status: string;
  readonly today: string;
  readonly dueOn: string;
  readonly originalDueOn: string;
  readonly percent: number;
  readonly requestedOn: string;
  readonly reason: string;
  readonly progress: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  /** 审签、初审、同意，一步一句 */
  readonly steps: readonly string[];
  /** 此前已批准延期的次数 */
  readonly former: number;
  /** 本单位今年经批准延期的次数；只给督查室和领导看 */
  readonly ofUnit: number | null;
  /** 该谁办：`单位主要负责人罗志远` */
  readonly next: string | null;
  /** why nobody whose turn it is hears of it; null: somebody does */
  readonly unheard: string | null;
  readonly decided: { readonly by: string; readonly at: string; readonly note: string | null; readonly approvedOn: string | null } | null;
}

const colors: Readonly<Record<string, 'green' | 'red' | 'grey'>> = { approved: 'green', rejected: 'red', withdrawn: 'grey', lapsed: 'grey' };

/** 延期申请 — what is asked, where it stands, and for whoever is next what to decide. */
export const extensionCard = defineCard<ExtensionProps>(
  'extensions.request',
  '延期申请',
  (props) => {
    const { code, title, unitName, status, today, dueOn, originalDueOn, percent, requestedOn, former, ofUnit, decided } = props;
    const word = term(extensionStatus, status);
    const color = colors[status] ?? 'orange';
    const explained = status === 'explained';
    return {
      title: `${explained ? '说明情况' : '延期申请'} ${code}`,
      subtitle: `${unitName}　${title}`,
      color,
      tags: [{ text: word, color: color === 'grey' ? 'neutral' : color }],
      summary: `${code} ${headlineOf(props)}`,
      elements: [
        text(headlineOf(props), { size: 'heading', lines: 2 }),
        fields([
          { label: '时限', value: daysWords(dueOn, originalDueOn, today) },
          { label: explained ? '预计完成' : '申请延到', value: shortDay(requestedOn, today) },
          { label: '原因', value: props.reason, wide: true },
          { label: '目前进展', value: `完成${percent}%。${props.progress}`, wide: true },
          { label: '经过', value: [`${props.requestedBy}申请　${props.requestedAt}`, ...props.steps].join('\n'), wide: true },
          ...(ofUnit === null ? [] : [{ label: '经批准延期', value: `本事项${former}次，本单位今年${ofUnit}次`, wide: true }]),
        ]),
        // 上一版存在发件箱里的，没有这一样。
        props.unheard ? text(`${props.unheard}。`, { color: 'orange', lines: 3 }) : null,
        decided !== null && decidedText(status, decided),
        turn(props),
      ],
    };
  },
  samples(),
);

/** `新时限2026-12-18(原定2026-11-30)` */
function headlineOf({ status, originalDueOn, next, decided, former }: ExtensionProps): string {
  if (status === 'approved') return `新时限${decided?.approvedOn ?? ''}(原定${originalDueOn})`;
  if (status === 'rejected') return '延期没有批准，时限不变，已退回';
  if (status === 'withdrawn' || status === 'lapsed') return `${term(extensionStatus, status)}，时限不变`;
  const what = status === 'explained' ? '已过申请期限，说明情况' : former > 0 ? `第${former + 1}次延期` : '延期待批';
  return next === null ? what : `${what}｜待${next}办理`;
}

function decidedText(status: string, { by, at, note: words, approvedOn }: NonNullable<ExtensionProps['decided']>) {
  if (status === 'approved')
    return text(`${by}批准延到${approvedOn === null ? '' : shortDay(approvedOn)}　${at}${words === null ? '' : `\n依据：${words}`}`, { lines: 5 });
  return text(`${by === '' ? '' : `${by}：`}${words ?? '已撤回'}　${at}`, status === 'rejected' ? { color: 'red', lines: 5 } : { lines: 4 });
}

/** 轮到谁，谁的卡片上有表单；申请的一方可以撤回。 */
function turn(props: ExtensionProps) {
  const { audience, status, requestId, former, requestedOn } = props;
  const name = `extension_${requestId.replace(/\W/g, '').slice(0, 24)}_${status}`;
  const refuse = submit('退回', bind(rejectExtension, { requestId }), { style: 'default' });
  const reason = input('note', '意见（退回时必填）', { maxLength: 300 });
  const toPick = datePicker('approvedOn', '新时限', { initial: requestedOn });
  if (audience === 'head' && status === 'submitted')
    return form(name, [reason, submits(submit('审签', bind(signOffExtension, { requestId })), refuse)]);
  if (audience === 'inspector' && status === 'signedOff')
    return form(name, [reason, submits(submit('初审通过', bind(checkExtension, { requestId })), refuse)]);
  if (audience === 'chief' && status === 'checked' && former > 0)
    return form(name, [reason, submits(submit('同意', bind(agreeToExtension, { requestId })), refuse)]);
  if (audience === 'leader' && ((status === 'checked' && former === 0) || status === 'agreed'))
    return form(name, [toPick, reason, submits(submit('批准', bind(approveExtension, { requestId })), refuse)]);
  if (audience === 'chief' && status === 'explained')
    return form(name, [
      toPick,
      input('note', '批示（领导、日期、内容）；不延期的写原因', { multiline: true, maxLength: 300 }),
      submits(
        submit('按批示延期', bind(extendByInstruction, { requestId })),
        submit('不予延期', bind(rejectExtension, { requestId }), { style: 'default' }),
      ),
    ]);
  if (audience === 'unit' && !(status in colors))
    return buttons(
      button('撤回', { action: bind(withdrawExtension, { requestId }), confirm: { title: '撤回延期申请？', text: '时限不变，原来的提醒照常。' } }),
    );
  return audience === 'unit' && status === 'rejected' ? note('在申请期限之内的，可以改后再申请。') : null;
}

function samples() {
  const base: ExtensionProps = {
    audience: 'unit',
    requestId: 'q1',
    code: '管-112',
    title: '云帆大道地下综合管廊',
    unitName: '住房和建设局',
    status: 'submitted',
    today: '2026-11-25',
    dueOn: '2026-11-30',
    originalDueOn: '2026-11-30',
    percent: 72,
    requestedOn: '2026-12-18',
    reason: '地下管线迁改未批，影响两个标段',
    progress: '主体已封顶',
    requestedBy: '丁一凡',
    requestedAt: '11月25日（周三）10:00',
    steps: [],
    former: 0,
    ofUnit: null,
    next: '单位主要负责人罗志远',
    unheard: null,
    decided: null,
  };
  const signed = { ...base, status: 'signedOff', steps: ['罗志远审签　11月25日（周三）11:00'], next: '督查室', ofUnit: 2 };
  const checked = { ...signed, status: 'checked', steps: [...signed.steps, '何俊初审　11月25日（周三）14:00'], next: '分管领导王海峰' };
  const second = { ...checked, dueOn: '2026-12-18', requestedOn: '2027-01-15', former: 1 };
  const decided = { by: '王海峰', at: '11月27日（周五）09:40', note: null, approvedOn: '2026-12-18' };
  const refused = { by: '何俊', at: '11月25日（周三）14:00', note: '请先完成主体验收', approvedOn: null };
  const late = { ...base, status: 'explained', today: '2026-11-26', next: '督查室主任周启明' };
  return [
    { name: 'submitted', props: base },
    { name: 'unheard', props: { ...base, unheard: '单位主要负责人罗志远没有飞书账号，收不到，请当面告知' } },
    { name: 'head', props: { ...base, audience: 'head' as const } },
    { name: 'inspector', props: { ...signed, audience: 'inspector' as const } },
    { name: 'leader', props: { ...checked, audience: 'leader' as const } },
    { name: 'second-chief', props: { ...second, audience: 'chief' as const, next: '督查室主任周启明' } },
    {
      name: 'second-leader',
      props: { ...second, status: 'agreed', audience: 'leader' as const, steps: [...second.steps, '周启明同意　11月25日（周三）15:00'] },
    },
    { name: 'explained', props: { ...late, audience: 'chief' as const } },
    { name: 'approved', props: { ...checked, status: 'approved', dueOn: '2026-12-18', next: null, ofUnit: null, decided } },
    {
      name: 'instructed',
      props: {
        ...late,
        status: 'approved',
        dueOn: '2026-12-18',
        next: null,
        decided: { ...decided, by: '周启明', note: '李文博11月26日批示：同意延到12月18日' },
      },
    },
    { name: 'rejected', props: { ...signed, status: 'rejected', next: null, ofUnit: null, decided: refused } },
    { name: 'withdrawn', props: { ...base, status: 'withdrawn', next: null, decided: { ...refused, by: '丁一凡', note: null } } },
    { name: 'lapsed', props: { ...base, status: 'lapsed', next: null, decided: { ...refused, by: '', note: '事项已不在办理中' } } },
    {
      name: 'long',
      props: {
        ...checked,
        audience: 'leader' as const,
        reason: '因'.repeat(300),
        progress: '展'.repeat(300),
        steps: [...checked.steps, `初审意见：${'意'.repeat(200)}`],
      },
    },
  ];
}
