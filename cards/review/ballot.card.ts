import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, form, input, note, select, submit, text } from '../kit/elements.ts';
import { clip } from '../kit/markdown.ts';
import { askPass, castBallot, castForm, refreshBallot, signIn, writeComment } from './actions.ts';
import { stageUnits } from './samples.ts';

export interface BallotProps {
  readonly sessionId: string;
  readonly number: string;
  readonly title: string;
  /** signIn 请签到 · waiting 已签到，等开放 · open 请投票 · cast 已投 · closed 本轮已关闭 · done 全部结束 · absent 没有到会 · wiped 试测已清空 · own 正在测评的就是他自己 */
  readonly phase: 'signIn' | 'waiting' | 'open' | 'cast' | 'closed' | 'done' | 'absent' | 'wiped' | 'own';
  /** 地点和时间 */
  readonly where: string;
  /** 正在述职或测评的单位；集中测评时是全部 */
  readonly units: readonly { readonly roundId: string; readonly name: string; readonly presenter: string; readonly position: number }[];
  readonly total: number;
  /** 第几轮：作废重测时大于1 */
  readonly round: number;
  /** 到几时关闭 14:45:30 */
  readonly closesAt: string;
  /** 打分时为空 */
  readonly grades: readonly string[];
  readonly press: 'first' | 'last';
  /** blind：在匿名投票页投，卡片上不投 */
  readonly secrecy: 'simple' | 'blind';
  /** asked 投票之后可以写评语 · said 已收下 · none 这一场不收；可证明匿名模式在投票页写 */
  readonly comments: 'asked' | 'said' | 'none';
}

/** 测评票 — the voter's own card from sign-in to the end; it never shows what was chosen. */
export const ballotCard = defineCard<BallotProps>('review.ballot', '我的测评卡', build, samples());

const phaseTags = {
  signIn: { text: '请签到', color: 'orange' },
  waiting: { text: '等待测评', color: 'blue' },
  open: { text: '正在测评', color: 'orange' },
  cast: { text: '已投票', color: 'green' },
  closed: { text: '本轮已关闭', color: 'blue' },
  done: { text: '测评结束', color: 'neutral' },
  absent: { text: '不在会场', color: 'neutral' },
  wiped: { text: '试测已清空', color: 'neutral' },
  own: { text: '您在述职', color: 'blue' },
} as const;

function build(props: BallotProps) {
  const { number, title, phase, where, units, total, round, closesAt } = props;
  const tag = phaseTags[phase];
  const one = units.length === 1 ? units[0] : undefined;
  const unit = one ? `第${one.position}/${total}家　${one.name}　${one.presenter}` : units.length > 1 ? `${units.length}家集中测评` : '';
  const again = round > 1 ? `（第${round}轮）` : '';
  const lines: Record<BallotProps['phase'], string> = {
    signIn: '请到会场后签到',
    waiting: unit === '' ? '已签到，请等待开场' : `${unit}　尚未开放测评`,
    open: `${unit}${again}`,
    cast: `${unit}${again}　您已投票`,
    closed: `${unit}${again}　测评已关闭`,
    done: '全部测评已结束',
    absent: '您没有签到，或已登记离会',
    wiped: '这次试测的签到和票都已删除',
    own: `${unit}　正在测评，您自己述职的一家由别人测评`,
  };
  return {
    title: phase === 'open' ? '现在测评' : '述职测评',
    subtitle: `${number}　${title}`,
    color: tag.color === 'neutral' ? ('grey' as const) : tag.color,
    tags: [tag],
    summary: `${title}：${lines[phase]}`,
    elements: [
      text(lines[phase], { size: 'heading', lines: 3 }),
      ...bodyOf(props, closesAt),
      phase === 'signIn' && fields([{ label: '时间地点', value: where, wide: true }]),
      ...commentOf(props),
      ...actionsOf(props),
      noteOf(props),
    ],
  };
}

function bodyOf({ phase, press, secrecy, units }: BallotProps, closesAt: string) {
  if (phase === 'open' && secrecy === 'blind') return [text(`请在您的匿名投票页投票，${closesAt}关闭。`, { lines: 2 })];
  if (phase === 'open')
    return [text(`${closesAt}关闭。${press === 'last' ? '关闭前可以改投，以最后一次为准。' : '以第一次为准，投出不能改。'}`, { lines: 2 })];
  if (phase === 'cast')
    return [text(press === 'last' ? `${closesAt}之前可以改投。` : units.length > 1 ? '投出不能改。' : '投出不能改，请等下一家。', { lines: 2 })];
  return [];
}

/** 写评语 — after the vote, so that a vote stays one press. */
function commentOf({ sessionId, phase, units, round, secrecy, comments }: BallotProps) {
  const [first] = units;
  if (phase !== 'cast' || secrecy === 'blind' || comments === 'none' || !first) return [];
  if (comments === 'said') return [text('评语已收下，不署名。', { lines: 1 })];
  const one = units.length === 1;
  return [
    form(`say_${first.roundId.replace(/\W/g, '').slice(0, 24)}_${round}`, [
      !one &&
        select('about', '评语写给', {
          options: units.slice(0, 12).map(({ name }, index) => ({ text: clip(name, 20), value: String(index + 1) })),
          placeholder: '请选择单位',
        }),
      input('comment', '评语，可不写', { placeholder: '意见建议，100字以内，不署名', maxLength: 100 }),
      submit('送出评语', bind(writeComment, { sessionId, rounds: units.slice(0, 12).map(({ roundId }) => roundId) }), { style: 'default' }),
    ]),
  ];
}

function actionsOf({ sessionId, phase, units, round, grades, press, secrecy }: BallotProps) {
  const refresh = buttons(button('看最新进展', { action: bind(refreshBallot, { sessionId }) }));
  if (phase === 'signIn') return [buttons(button('签到', { style: 'primary', action: bind(signIn, { sessionId }) }))];
  if (secrecy === 'blind' && (phase === 'open' || phase === 'waiting')) {
    const style = phase === 'open' ? ('primary' as const) : ('default' as const);
    return [buttons(button('要投票页地址', { style, action: bind(askPass, { sessionId }) }))];
  }
  if (phase === 'cast' && press === 'first') return [refresh];
  if (phase !== 'open' && phase !== 'cast') return phase === 'done' || phase === 'absent' || phase === 'wiped' ? [] : [refresh];
  const [first] = units;
  if (!first) return [];
  if (phase === 'cast') return [buttons(button('改投', { action: bind(refreshBallot, { sessionId }) }))];
  if (units.length === 1 && grades.length > 0) {
    const { roundId } = first;
    const all = [
      ...grades.map((choice) => button(clip(choice, 8), { action: bind(castBallot, { sessionId, roundId, choice }), wide: true })),
      button('弃权', { action: bind(castBallot, { sessionId, roundId }), wide: true }),
    ];
    return [buttons(...all.slice(0, 2)), buttons(...all.slice(2, 5)), ...(all.length > 5 ? [buttons(...all.slice(5))] : [])];
  }
  const fieldsOf = units.slice(0, 12).map(({ name }, index) => {
    const field = `s${index + 1}`;
    return grades.length > 0
      ? select(field, clip(name, 20), {
          options: grades.map((grade, at) => ({ text: clip(grade, 8), value: String(at + 1) })),
          placeholder: '不选即弃权',
        })
      : input(field, clip(name, 20), { placeholder: '0—100，不填即弃权', maxLength: 3 });
  });
  const formName = `vote_${first.roundId.replace(/\W/g, '').slice(0, 24)}_${round}`;
  return [form(formName, [...fieldsOf, submit('投票', bind(castForm, { sessionId, rounds: units.slice(0, 12).map(({ roundId }) => roundId) }))])];
}

function noteOf({ phase, secrecy }: BallotProps) {
  if (secrecy === 'blind' && (phase === 'open' || phase === 'waiting' || phase === 'signIn'))
    return note('可证明匿名模式：票在您的手机里生成，系统盲签时看不到票，收票时不知道是谁。名册只记您领过票。');
  if (phase === 'open' || phase === 'cast')
    return note('简易模式：“谁投过”和“票”分开存放，不记您选了什么。防不住的：点击本身带着您的账号；投票期间改了程序的人看得到。');
  return phase === 'waiting' || phase === 'signIn' ? note('开放测评时，这张卡片会变成测评票；没有变就点“看最新进展”。') : null;
}

function samples() {
  const unit = { roundId: 'r1', name: '应急管理局', presenter: '潘碧云', position: 1 };
  const base: BallotProps = {
    sessionId: 's1',
    number: 'SZ-2026-12-18',
    title: '2026年度单位主要负责人述职“赶考”',
    phase: 'open',
    where: '12月18日（周五）14:30　新区会议中心一楼报告厅',
    units: [unit],
    total: 8,
    round: 1,
    closesAt: '14:45:30',
    grades: ['优秀', '良好', '一般', '较差'],
    press: 'first',
    secrecy: 'simple',
    comments: 'asked',
  };
  const eight = stageUnits;
  return [
    { name: 'sign-in', props: { ...base, phase: 'signIn' as const, units: [] } },
    { name: 'before-start', props: { ...base, phase: 'waiting' as const, units: [] } },
    { name: 'waiting', props: { ...base, phase: 'waiting' as const } },
    { name: 'open', props: base },
    { name: 'open-again', props: { ...base, round: 2, press: 'last' as const } },
    { name: 'cast', props: { ...base, phase: 'cast' as const } },
    { name: 'cast-said', props: { ...base, phase: 'cast' as const, comments: 'said' as const } },
    { name: 'cast-only', props: { ...base, phase: 'cast' as const, comments: 'none' as const } },
    {
      name: 'cast-together',
      props: {
        ...base,
        phase: 'cast' as const,
        units: eight.map((name, index) => ({ roundId: `r${index + 1}`, name, presenter: '某某', position: index + 1 })),
      },
    },
    { name: 'cast-changeable', props: { ...base, phase: 'cast' as const, press: 'last' as const } },
    { name: 'scores', props: { ...base, grades: [] } },
    {
      name: 'together',
      props: { ...base, units: eight.map((name, index) => ({ roundId: `r${index + 1}`, name, presenter: '某某', position: index + 1 })) },
    },
    { name: 'blind-waiting', props: { ...base, phase: 'waiting' as const, secrecy: 'blind' as const } },
    { name: 'blind-open', props: { ...base, secrecy: 'blind' as const } },
    { name: 'closed', props: { ...base, phase: 'closed' as const } },
    { name: 'done', props: { ...base, phase: 'done' as const, units: [] } },
    { name: 'wiped', props: { ...base, title: `【试测】${base.title}`, phase: 'wiped' as const, units: [] } },
    { name: 'own', props: { ...base, phase: 'own' as const } },
    { name: 'absent', props: { ...base, phase: 'absent' as const, units: [] } },
  ];
}
