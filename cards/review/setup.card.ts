import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { datePicker, form, input, note, select, submit, text } from '../kit/elements.ts';
import { clip } from '../kit/markdown.ts';
import { adjustPlan, draftPlan } from './actions.ts';

export interface SetupProps {
  /** 改哪一份方案；新建为空 */
  readonly sessionId: string;
  /** 改方案时：SZ-2026-12-18　2026年度…；新建为空 */
  readonly about: string;
  /** 新建时才选的 */
  readonly people: {
    readonly units: readonly { readonly code: string; readonly name: string }[];
    readonly observers: readonly { readonly personId: string; readonly name: string }[];
    /** 照花名册：领导9位、两代表一委员15位 */
    readonly fromRoster: string;
  } | null;
  readonly settings: {
    readonly heldOn: string;
    readonly startsAt: string;
    readonly place: string;
    readonly method: string;
    readonly reportMinutes: string;
    readonly questionMinutes: string;
    readonly voteSeconds: string;
    readonly scale: string;
    readonly weights: string;
    readonly press: string;
    readonly quorum: string;
    readonly show: string;
    readonly secrecy: string;
    readonly comments: string;
    readonly emptyClass: string;
    readonly taskWeight: string;
    readonly trial: string;
  };
  /** 权重各是谁的：领导、两代表一委员、群众代表 */
  readonly classes: string;
  /** 表单的版次 */
  readonly version: number;
}

const choices = {
  method: { each: '一述一评', together: '集中测评' },
  press: { first: '首次有效', last: '末次有效，关闭前可改投' },
  quorum: { half: '超过应到的二分之一', twoThirds: '达到应到的三分之二' },
  show: { delayed: '延迟公布，放行之后才有', immediate: '即时公布，每家关闭就上大屏' },
  secrecy: { simple: '简易模式：卡片上一按', blind: '可证明匿名模式：盲签名，在网页上投' },
  comments: { yes: '收评语', no: '不收评语' },
  emptyClass: { renormalise: '其余类别重新归一，写明', block: '不得公布' },
  trial: { no: '正式', yes: '试测，办完可以清空' },
  scale: {
    excellent: '优秀100 良好80 一般60 较差40',
    good: '好100 较好80 一般60 差40',
    competent: '优秀100 称职80 基本称职60 不称职40',
    trimmed: '打0—100分，满6票去掉最高最低',
    untrimmed: '打0—100分，不去高低',
    own: '照方案里的等次',
  },
} as const;

/** 定方案的单子 — a session from the chat alone, or another setting for one that was read from a workbook. */
export const setupCard = defineCard<SetupProps>('review.setup', '定述职方案', build, samples());

function build({ sessionId, about, people, settings, classes, version }: SetupProps) {
  const pick = (name: keyof typeof choices, label: string) => {
    const options = Object.entries(choices[name]).filter(([value]) => value !== 'own' || settings.scale === 'own');
    return select(name, label, { required: true, initial: settings[name], options: options.map(([value, words]) => ({ text: words, value })) });
  };
  const line = people ? '填好这一张，先给您看方案，确认之后才建立' : '改好之后给您一份新的方案，单位和人照旧';
  const action = people ? bind(draftPlan, {}) : bind(adjustPlan, { sessionId });
  return {
    title: people ? '新建述职场次' : '改方案设置',
    ...(about === '' ? {} : { subtitle: about }),
    color: 'blue' as const,
    summary: people ? '新建述职场次：填好发送' : `改方案设置：${about}`,
    elements: [
      text(line, { size: 'heading', lines: 2 }),
      form(`setup_${sessionId.replace(/\W/g, '').slice(0, 24)}_${version}`, [
        datePicker('heldOn', '日期', { required: true, initial: settings.heldOn === '' ? undefined : settings.heldOn }),
        input('startsAt', '开始时间', { required: true, initial: settings.startsAt, maxLength: 5 }),
        input('place', '地点', { initial: settings.place, maxLength: 60 }),
        people &&
          select('units', '台上述职的单位', {
            required: true,
            multiple: true,
            placeholder: '其余单位书面述职',
            options: people.units.map(({ code, name }) => ({ text: clip(name, 20), value: code })),
          }),
        people &&
          select('observers', '监督员，各给抽签一个数', {
            required: true,
            multiple: true,
            initial: people.observers.slice(0, 3).map(({ personId }) => personId),
            options: people.observers.map(({ personId, name }) => ({ text: clip(name, 20), value: personId })),
          }),
        people && text(people.fromRoster, { lines: 3 }),
        people && input('guests', '群众代表，一行一位，用纸质票', { multiline: true, maxLength: 1000, placeholder: '张三 灯塔社区\n李四 坝湾学校' }),
        pick('method', '方式'),
        input('reportMinutes', '述职几分钟', { required: true, initial: settings.reportMinutes, maxLength: 3 }),
        input('questionMinutes', '问答几分钟', { required: true, initial: settings.questionMinutes, maxLength: 3 }),
        input('voteSeconds', '测评几秒', { required: true, initial: settings.voteSeconds, maxLength: 4 }),
        pick('scale', '等次或打分'),
        input('weights', `权重：${classes}`, { required: true, initial: settings.weights, placeholder: '50/30/20', maxLength: 40 }),
        pick('press', '按键规则'),
        pick('quorum', '法定人数，总数和每类都要'),
        pick('show', '结果显示'),
        pick('secrecy', '投票方式'),
        pick('comments', '评语'),
        pick('emptyClass', '某类没有人投票'),
        input('taskWeight', '任务成绩权重（%）', { initial: settings.taskWeight, placeholder: '留空：只显示，不计入', maxLength: 6 }),
        pick('trial', '正式或试测'),
        submit(people ? '看方案' : '照此修改', action),
      ]),
      note(people ? '要逐位指定测评人、等次另定的，用“述职 模板”的表格；办过一场之后，用“述职 照上次 日期”。' : '确认方案之前都可以再改。'),
    ],
  };
}

function samples() {
  const settings: SetupProps['settings'] = {
    heldOn: '2026-12-18',
    startsAt: '14:30',
    place: '新区会议中心一楼报告厅',
    method: 'each',
    reportMinutes: '8',
    questionMinutes: '6',
    voteSeconds: '90',
    scale: 'excellent',
    weights: '50/30/20',
    press: 'first',
    quorum: 'half',
    show: 'delayed',
    secrecy: 'simple',
    comments: 'yes',
    emptyClass: 'renormalise',
    taskWeight: '',
    trial: 'no',
  };
  const adjust: SetupProps = {
    sessionId: 's1',
    about: 'SZ-2026-12-18　2026年度单位主要负责人述职“赶考”',
    people: null,
    settings,
    classes: '领导、两代表一委员、群众代表',
    version: 1,
  };
  return [
    { name: 'adjust', props: adjust },
    { name: 'adjust-own', props: { ...adjust, settings: { ...settings, scale: 'own', method: 'together', taskWeight: '20' } } },
    {
      name: 'new',
      props: {
        ...adjust,
        sessionId: '',
        about: '',
        settings: { ...settings, heldOn: '', place: '' },
        people: {
          units: Array.from({ length: 31 }, (_, index) => ({ code: `U${String(index + 1).padStart(2, '0')}`, name: `第${index + 1}个单位` })),
          observers: ['罗静', '白露', '石磊', '何俊'].map((name, index) => ({ personId: `p${index + 1}`, name })),
          fromRoster: '领导9位、两代表一委员15位照花名册，用卡片投票。',
        },
      },
    },
  ];
}
