import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, datePicker, fields, form, input, note, panel, row, select, submit, text } from '../kit/elements.ts';
import { drawQuestion, putQuestion, recordPromise, registerQuestion } from './actions.ts';

export interface HearingProps {
  readonly sessionId: string;
  readonly slotId: string;
  readonly number: string;
  readonly unitName: string;
  readonly presenter: string;
  /** 年度办理情况，一行；还没有开讲为空 */
  readonly year: string;
  readonly classes: readonly { readonly name: string; readonly asked: number; readonly queued: number }[];
  readonly asked: readonly { readonly voterClass: string; readonly asker: string; readonly text: string }[];
  readonly queue: readonly { readonly id: string; readonly voterClass: string; readonly asker: string; readonly text: string }[];
  readonly promises: readonly { readonly content: string; readonly dueOn: string; readonly code: string }[];
  /** 表单的版次 */
  readonly version: number;
}

const queueShown = 8;

/** 问答记录 — the secretary's second card: who asks next, and what was promised. */
export const hearingCard = defineCard<HearingProps>('review.hearing', '问答记录', build, samples());

function build({ sessionId, slotId, number, unitName, presenter, year, classes, asked, queue, promises, version }: HearingProps) {
  const name = `${slotId.replace(/\W/g, '').slice(0, 24)}_${version}`;
  const lots = classes.filter(({ queued }) => queued > 1);
  const line = `已问${asked.length}问，排队${queue.length}问，承诺${promises.length}件`;
  return {
    title: '问答记录',
    subtitle: `${unitName}　${presenter}`,
    color: 'blue' as const,
    tags: [{ text: queue.length > 0 ? `排队${queue.length}` : '没有排队', color: queue.length > 0 ? ('blue' as const) : ('neutral' as const) }],
    summary: `${number} ${unitName}：${line}`,
    elements: [
      text(line, { size: 'heading', lines: 2 }),
      fields([
        ...(year === '' ? [] : [{ label: '本年任务', value: year, wide: true }]),
        ...classes.map((each) => ({ label: each.name, value: `已问${each.asked} 排队${each.queued}` })),
      ]),
      ...queue
        .slice(0, queueShown)
        .map(({ id, voterClass, asker, text: words }) =>
          row(`${voterClass} ${asker}：${words}`, button('请提问', { action: bind(putQuestion, { sessionId, slotId, questionId: id }) })),
        ),
      queue.length > queueShown && note(`另有${queue.length - queueShown}问在排队，请过前面的就会列出来。`),
      ...lots.map(({ name: voterClass, queued }) =>
        row(`${voterClass}排队${queued}问`, button('随机请一位', { action: bind(drawQuestion, { sessionId, slotId, voterClass }) })),
      ),
      form(`question_${name}`, [
        select('voterClass', '提问人类别', { required: true, options: classes.map((each, index) => ({ text: each.name, value: String(index) })) }),
        input('asker', '提问人', { placeholder: '可以不写', maxLength: 40 }),
        input('question', '要问的', { required: true, multiline: true, maxLength: 300 }),
        submit('登记提问', bind(registerQuestion, { sessionId, slotId }), { style: 'default' }),
      ]),
      form(`promise_${name}`, [
        input('promise', '现场承诺', { required: true, multiline: true, maxLength: 300, placeholder: '述职人当场答应办的事' }),
        datePicker('promiseDueOn', '完成日期', { required: true }),
        submit('记承诺', bind(recordPromise, { sessionId, slotId })),
      ]),
      asked.length + promises.length > 0 &&
        panel('已问和已承诺', [
          fields([
            ...asked.map(({ voterClass, asker, text: words }) => ({ label: `${voterClass} ${asker}`, value: words, wide: true })),
            ...promises.map(({ content, dueOn, code }) => ({
              label: code === '' ? '承诺（试测，不立项）' : `承诺 ${code}`,
              value: `${dueOn}前：${content}`,
              wide: true,
            })),
          ]),
        ]),
      note('承诺一记下就立为该单位的事项，按月反馈；记错的，请督查室撤销。在飞书里的测评人也可以自己发“述职 提问 …”。'),
    ],
  };
}

function samples() {
  const base: HearingProps = {
    sessionId: 's1',
    slotId: 'l1',
    number: 'SZ-2026-12-18',
    unitName: '应急管理局',
    presenter: '潘碧云',
    year: '承办11项，办结9项，按时办结9/10，逾期1项，红灯1项',
    classes: [
      { name: '领导', asked: 1, queued: 0 },
      { name: '两代表一委员', asked: 0, queued: 2 },
      { name: '群众代表', asked: 0, queued: 1 },
    ],
    asked: [{ voterClass: '领导', asker: '陈建业', text: '森林防火隔离带为什么只完成八成？' }],
    queue: [
      { id: 'q1', voterClass: '两代表一委员', asker: '林晓', text: '老旧小区的消防通道什么时候打通？' },
      { id: 'q2', voterClass: '两代表一委员', asker: '高远', text: '应急物资储备点为什么没有南屿？' },
      { id: 'q3', voterClass: '群众代表', asker: '未署名', text: '台风天的避难场所在哪里看得到？' },
    ],
    promises: [],
    version: 1,
  };
  return [
    { name: 'queue', props: base },
    { name: 'empty', props: { ...base, year: '', asked: [], queue: [], classes: base.classes.map((each) => ({ ...each, asked: 0, queued: 0 })) } },
    {
      name: 'promised',
      props: {
        ...base,
        asked: [...base.asked, { voterClass: '群众代表', asker: '未署名', text: '台风天的避难场所在哪里看得到？' }],
        queue: Array.from({ length: 10 }, (_, index) => ({
          id: `q${index}`,
          voterClass: '群众代表',
          asker: `代表${index + 1}`,
          text: '避难场所的标识什么时候装好？',
        })),
        promises: [
          { content: '2027年3月底前打通葵岭片区12处消防通道', dueOn: '2027年3月31日（周三）', code: '诺-001' },
          { content: '补装避难场所标识牌', dueOn: '2027年1月29日（周五）', code: '' },
        ],
      },
    },
  ];
}
