import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { type ButtonElement, button, buttons, fields, note, table, text } from '../kit/elements.ts';
import { formatRate } from '../kit/format.ts';
import { releaseLevel, reviewSessionStatus, reviewSlotStatus, term } from '../kit/terms.ts';
import {
  archiveSession,
  closeVote,
  lockRoll,
  markAbsent,
  openGuests,
  openHearing,
  openSignIn,
  openVoid,
  openVote,
  refreshConsole,
  startPhase,
  startSession,
  stepBack,
  tallySession,
  wipeTrial,
} from './actions.ts';
import { deskSamples } from './desk-samples.ts';

export interface DeskProps {
  readonly sessionId: string;
  readonly number: string;
  readonly title: string;
  readonly state: string;
  readonly trial: boolean;
  readonly method: 'each' | 'together';
  readonly units: number;
  /** 抽签：几位监督员取了数 */
  readonly numbers: { readonly given: number; readonly wanted: number };
  readonly roll: {
    readonly entitled: number;
    readonly present: number;
    readonly reached: boolean;
    readonly classes: readonly { readonly name: string; readonly entitled: number; readonly present: number }[];
  };
  /** 台上的单元；没有开场或全部结束为null */
  readonly stage: {
    readonly slotId: string;
    readonly unitName: string;
    readonly presenter: string;
    readonly position: number;
    readonly state: string;
    /** 本阶段到几时 14:38:00；不计时为空 */
    readonly until: string;
    /** 剩余两分钟之类；没有为空 */
    readonly warning: string;
    readonly everyoneHeard: boolean;
    /** 年度办理情况，一行；还没有开讲为空 */
    readonly year: string;
  } | null;
  /** 正在进行的一轮 */
  readonly round: { readonly roundId: string; readonly number: number; readonly cast: number; readonly present: number } | null;
  /** 刚关闭、还可以作废的一轮 */
  readonly last: { readonly roundId: string; readonly voidAsked: boolean } | null;
  readonly slots: readonly { readonly position: number; readonly unitName: string; readonly state: string; readonly result: string }[];
  /** 计票之后：几位监督员确认了票数 */
  readonly confirmations: { readonly given: number; readonly wanted: number };
  /** 公布到哪一级：归档之前说清还有哪一级没有放行 */
  readonly released: 'none' | 'leaders' | 'hall' | 'units' | 'all';
  /** 等着别人的，一条一句：监督员离任了怎么办，提出了的作废、换票等谁同意 */
  readonly waits: readonly string[];
}

/** 主持台 — the secretary's one card: where the session stands, and the next step. */
export const deskCard = defineCard<DeskProps>('review.desk', '述职主持台', build, deskSamples());

function build(props: DeskProps) {
  const { number, title, state, trial, slots, stage, waits } = props;
  const words = term(reviewSessionStatus, state);
  const finished = state === 'published' || state === 'archived';
  // 手机上一排放得下三个。
  const all = buttonsOf(props).filter((each) => each !== null);
  const rows = [all.slice(0, 3), all.slice(3)].filter((row) => row.length > 0);
  const color = finished ? ('green' as const) : state === 'wiped' || state === 'replaced' ? ('grey' as const) : ('blue' as const);
  return {
    title: '述职主持台',
    subtitle: `${number}　${title}`,
    color,
    tags: [{ text: words, color: color === 'grey' ? ('neutral' as const) : color }, ...(trial ? [{ text: '试测', color: 'neutral' as const }] : [])],
    summary: `${number} ${headline(props)}`,
    elements: [
      text(headline(props), { size: 'heading', lines: 3 }),
      stage?.warning ? text(stage.warning, { color: 'orange', lines: 1 }) : null,
      ...waits.map((words) => text(words, { color: 'orange' })),
      // 一步一步按的在表的上面：台上几十家，在手机上翻不到底。
      ...rows.map((row) => buttons(...row)),
      fields(factsOf(props)),
      slots.length > 0 &&
        table({
          columns: [
            { name: 'position', title: '次序', width: '18%', align: 'right' },
            { name: 'unit', title: '单位' },
            { name: 'state', title: '进展', width: '25%' },
            { name: 'result', title: '票数', width: '25%', align: 'right' },
          ],
          rows: slots.map((slot) => ({
            position: slot.position === 0 ? '—' : String(slot.position),
            unit: slot.unitName,
            state: term(reviewSlotStatus, slot.state),
            result: slot.result,
          })),
          pageSize: 10,
        }),
      note(noteOf(props)),
    ],
  };
}

function noteOf({ state, slots, number }: DeskProps): string {
  const away = slots.find((slot) => slot.state === 'absent');
  switch (state) {
    case 'preparing':
      return '锁定名册之后，单位和测评人都不能再改；要改，现在重发方案。';
    case 'locked':
    case 'drawn':
      return '来宾的票用“述职 打印票”。监督员到不了、名单要改，用“述职 重新抽签 原因”，监督员同意才作废。';
    case 'signIn':
      return '投影用“述职 大屏”，来宾的票用“述职 打印票”，谁没到用“述职 签到表”。';
    case 'inSession':
    case 'voted':
      return `${away ? `缺席的到了，用“述职 补述 ${away.unitName}”。` : ''}投影用“述职 大屏”，换票用“述职 换票 7”，谁没投用“述职 催投”，离会用“述职 离会 姓名”。谁投了什么，没有任何画面看得到。`;
    case 'tallied':
      return '监督员都确认之后，由领导逐级放行。谁投了什么，没有任何画面看得到。';
    case 'wiped':
      return '这次试测的签到、票和结果都已删除；要再办，重发方案。';
    default:
      return `纪要和计票表用“述职 纪要 ${number}”再要。谁投了什么，没有任何画面看得到。`;
  }
}

function headline({ state, stage, round, units, numbers, roll, confirmations, method, released }: DeskProps): string {
  switch (state) {
    case 'preparing':
      return `台上${units}家，请锁定名册`;
    case 'locked':
      return `等监督员取数：${numbers.given}/${numbers.wanted}`;
    case 'drawn':
      return '次序已定，可以开始签到';
    case 'signIn':
      return `应到${roll.entitled} 实到${roll.present}（${formatRate(roll.present, roll.entitled)}）${roll.reached ? '达到法定人数' : '未达法定人数'}`;
    case 'inSession':
      if (!stage) return '正在进行';
      if (method === 'together' && stage.state === 'heard' && stage.everyoneHeard) return '都已述完，请开放集中测评';
      return round
        ? `${stage.unitName}　已投${round.cast}/${round.present}`
        : `第${stage.position}/${units}家　${stage.unitName}　${stage.presenter}`;
    case 'voted':
      return '全部测评已关闭，请计票';
    case 'tallied':
      return `已计票，监督员确认${confirmations.given}/${confirmations.wanted}`;
    case 'published':
      return `已公布：${term(releaseLevel, released)}`;
    default:
      return term(reviewSessionStatus, state);
  }
}

function factsOf({ roll, stage, round }: DeskProps) {
  return [
    ...(stage
      ? [
          {
            label: '现在',
            value: `${term(reviewSlotStatus, stage.state)}${stage.until ? `，到${stage.until}` : ''}${round && round.number > 1 ? `（第${round.number}轮）` : ''}`,
          },
          ...(stage.year === '' ? [] : [{ label: '本年任务', value: stage.year, wide: true }]),
        ]
      : []),
    ...roll.classes.map(({ name, entitled, present }) => ({ label: name, value: `应到${entitled} 实到${present}` })),
  ];
}

function buttonsOf(props: DeskProps): (ButtonElement | null)[] {
  const { sessionId, state, trial, stage, round, last, released } = props;
  const refresh = button('刷新', { action: bind(refreshConsole, { sessionId }) });
  const wipe = trial
    ? button('清空试测', {
        style: 'danger',
        action: bind(wipeTrial, { sessionId }),
        confirm: { title: '清空试测', text: '这次试测的签到、票和结果全部删除，继续吗？' },
      })
    : null;
  const primary = (words: string, action: Parameters<typeof button>[1]['action'], confirm?: string) =>
    button(words, { style: 'primary', action, ...(confirm ? { confirm: { title: words, text: confirm } } : {}) });
  switch (state) {
    case 'preparing':
      return [primary('锁定名册', bind(lockRoll, { sessionId }), '锁定之后，单位和测评人都不能再改；抽签的承诺随即公布到监督员群。'), wipe];
    case 'drawn':
      return [primary('开始签到', bind(openSignIn, { sessionId })), wipe];
    case 'signIn':
      return [primary('开场', bind(startSession, { sessionId })), button('登记来宾', { action: bind(openGuests, { sessionId }) }), wipe ?? refresh];
    case 'inSession': {
      const again = last && !last.voidAsked ? button('作废重测', { action: bind(openVoid, { sessionId, roundId: last.roundId }) }) : null;
      if (stage && round) {
        const left = round.present - round.cast;
        const told = `${left > 0 ? `上次刷新时还有${left}位没有投。` : ''}关闭之后不能再投，到时也会自动关闭。`;
        return [primary('关闭测评', bind(closeVote, { sessionId, roundId: round.roundId }), told), again, refresh];
      }
      return [
        stage && stepOf(props, stage),
        stage?.state === 'waiting' ? button('登记来宾', { action: bind(openGuests, { sessionId }) }) : null,
        stage?.state === 'waiting' ? absent(sessionId, stage) : null,
        stage && stage.state !== 'waiting' ? button('问答记录', { action: bind(openHearing, { sessionId, slotId: stage.slotId }) }) : null,
        again ?? refresh,
        stage?.state === 'reporting' || stage?.state === 'questioning' ? back(sessionId, stage) : null,
      ];
    }
    case 'voted': {
      const again = last && !last.voidAsked ? button('作废重测', { action: bind(openVoid, { sessionId, roundId: last.roundId }) }) : null;
      const told = last?.voidAsked ? '有人提出作废，监督员还没有答复；计票之后不能再作废，继续计票吗？' : undefined;
      return [primary('计票', bind(tallySession, { sessionId }), told), again, wipe];
    }
    case 'published': {
      const isLeft = { none: true, leaders: true, hall: true, units: false, all: false }[released];
      const left = isLeft
        ? '各单位的成绩单还没有发，归档之后不能再放行，成绩单也不再发。'
        : released === 'units'
          ? '结果还没有公开，归档之后不能再放行。'
          : '';
      const done = `${left}归档之后，发“述职”不再看到这一场；记录都在。`;
      return [button('归档', { action: bind(archiveSession, { sessionId }), confirm: { title: '归档', text: done } }), refresh, wipe];
    }
    case 'archived':
    case 'wiped':
      return [];
    default:
      return [refresh, wipe];
  }
}

function absent(sessionId: string, { slotId, unitName, presenter }: NonNullable<DeskProps['stage']>): ButtonElement {
  const told = `${unitName}${presenter}不在，先请下一家；不测评、不排名。计票之前到了，发“述职 补述 ${unitName}”。`;
  return button('记缺席', { action: bind(markAbsent, { sessionId, slotId }), confirm: { title: '记缺席', text: told } });
}

function back(sessionId: string, { slotId, unitName }: NonNullable<DeskProps['stage']>): ButtonElement {
  const told = `${unitName}的计时清掉，回到待述，可以重新开始，人不在的也可以记缺席。问答和承诺都留着。`;
  return button('退回待述', { action: bind(stepBack, { sessionId, slotId }), confirm: { title: '退回待述', text: told } });
}

function stepOf({ sessionId, method }: DeskProps, { slotId, state, everyoneHeard }: NonNullable<DeskProps['stage']>): ButtonElement | null {
  const step = (words: string, action: Parameters<typeof button>[1]['action']) => button(words, { style: 'primary', action });
  const openIt = step(method === 'together' ? '集中测评' : '开放测评', bind(openVote, { sessionId, slotId }));
  switch (state) {
    case 'waiting':
      return step('开始述职', bind(startPhase, { sessionId, slotId, phase: 'report' }));
    case 'reporting':
      return step('开始问答', bind(startPhase, { sessionId, slotId, phase: 'question' }));
    case 'questioning':
      return method === 'together' ? step('述职完毕', bind(startPhase, { sessionId, slotId, phase: 'hear' })) : openIt;
    case 'heard':
      return method === 'together' && !everyoneHeard ? null : openIt;
    default:
      return null;
  }
}
