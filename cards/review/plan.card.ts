import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, note, table, text } from '../kit/elements.ts';
import { type Finding, findingsPanel } from '../kit/findings.ts';
import { formatDay } from '../kit/format.ts';
import { confirmPlan, openSetup } from './actions.ts';

export interface PlanProps {
  readonly sessionId: string;
  readonly fileName: string;
  readonly number: string;
  readonly title: string;
  readonly heldOn: string;
  readonly startsAt: string;
  readonly place: string;
  readonly trial: boolean;
  readonly onStage: number;
  readonly written: number;
  /** 一述一评 8+6分钟、测评90秒 */
  readonly method: string;
  /** 优秀100 良好80 一般60 较差40 */
  readonly scale: string;
  readonly observers: string;
  readonly classes: readonly { readonly name: string; readonly entitled: number; readonly weight: string; readonly bySlip: number }[];
  readonly errors: readonly Finding[];
  readonly state: 'checked' | 'confirmed' | 'replaced';
}

/** 述职方案 — what the workbook says, every fault by cell; nothing is set up before it is confirmed. */
export const planCard = defineCard<PlanProps>('review.plan', '述职方案预检', build, samples());

function build(props: PlanProps) {
  const { sessionId, fileName, number, title, heldOn, startsAt, place, trial, onStage, written, method, scale, observers, classes, errors, state } =
    props;
  const voters = classes.reduce((all, { entitled }) => all + entitled, 0);
  const counts = `台上${onStage}家｜书面${written}家｜测评人${voters}人`;
  const faulty = errors.length > 0;
  const words = { checked: faulty ? `需修改${errors.length}处` : '可以确认', confirmed: '已确认', replaced: '已替换' }[state];
  const color =
    state === 'confirmed' ? ('green' as const) : state === 'replaced' ? ('grey' as const) : faulty ? ('orange' as const) : ('blue' as const);
  return {
    title: state === 'checked' ? '述职方案预检完成' : '述职方案',
    subtitle: `${number}　${title}`,
    color,
    tags: [{ text: words, color: color === 'grey' ? ('neutral' as const) : color }, ...(trial ? [{ text: '试测', color: 'neutral' as const }] : [])],
    summary: `${number}述职方案：${counts}｜${words}`,
    elements: [
      text(counts, { size: 'heading', lines: 2 }),
      fields([
        { label: '时间', value: `${formatDay(heldOn)}${startsAt}` },
        { label: '地点', value: place },
        { label: '方式', value: method },
        { label: '测评', value: scale },
        { label: '监督员', value: observers },
        { label: '文件', value: fileName },
      ]),
      table({
        columns: [
          { name: 'name', title: '类别' },
          { name: 'entitled', title: '应到', type: 'number', width: '21%', align: 'right' },
          { name: 'weight', title: '权重', width: '21%', align: 'right' },
          { name: 'bySlip', title: '用纸质票', type: 'number', width: '26%', align: 'right' },
        ],
        rows: classes.map((each) => ({ name: each.name, entitled: each.entitled, weight: `${each.weight}%`, bySlip: each.bySlip })),
        pageSize: 5,
      }),
      faulty && findingsPanel(`需修改${errors.length}处`, errors, { count: errors.length, rest: '改好上面的之后再发会继续列出。', expanded: true }),
      state === 'checked' &&
        !faulty &&
        buttons(
          button('确认方案', {
            style: 'primary',
            action: bind(confirmPlan, { sessionId }),
            confirm: { title: '确认方案', text: `建立${number}，随后由您在主持台一步步进行。同一编号还在筹备的方案由它替换。` },
          }),
          button('改设置', { action: bind(openSetup, { sessionId }) }),
        ),
      faulty && note('请在原表中改好后重新发送。没有写入任何数据。'),
      state === 'confirmed' && note('发送“述职”打开主持台。锁定名册之前，重发方案可以替换。'),
    ],
  };
}

function samples() {
  const base: PlanProps = {
    sessionId: 's1',
    fileName: '述职测评-2026-12-18.xlsx',
    number: 'SZ-2026-12-18',
    title: '2026年度单位主要负责人述职“赶考”',
    heldOn: '2026-12-18',
    startsAt: '14:30',
    place: '新区会议中心一楼报告厅',
    trial: false,
    onStage: 8,
    written: 23,
    method: '一述一评，述职8分钟、问答6分钟、测评90秒，预计共124分钟',
    scale: '优秀100 良好80 一般60 较差40，首次有效',
    observers: '罗静、白露、石磊',
    classes: [
      { name: '领导', entitled: 9, weight: '50', bySlip: 0 },
      { name: '两代表一委员', entitled: 15, weight: '30', bySlip: 0 },
      { name: '群众代表', entitled: 20, weight: '20', bySlip: 20 },
    ],
    errors: [],
    state: 'checked',
  };
  const error = { sheet: '测评人', cell: 'F10', code: '冯立', message: '花名册里没有这个手机号', suggestion: '请核对' };
  return [
    { name: 'clean', props: base },
    { name: 'trial', props: { ...base, trial: true } },
    { name: 'faulty', props: { ...base, errors: Array.from({ length: 12 }, () => error) } },
    { name: 'confirmed', props: { ...base, state: 'confirmed' as const } },
    { name: 'replaced', props: { ...base, state: 'replaced' as const } },
  ];
}
