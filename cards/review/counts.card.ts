import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, note, panel, table, text } from '../kit/elements.ts';
import { confirmCounts } from './actions.ts';
import { stageUnits } from './samples.ts';

export interface CountsProps {
  readonly sessionId: string;
  readonly number: string;
  readonly title: string;
  readonly ballotsHash: string;
  readonly rounds: readonly {
    readonly unitName: string;
    readonly round: number;
    readonly entitled: number;
    readonly present: number;
    readonly issued: number;
    readonly used: number;
    /** 有效/弃权：40/1；会看出谁投了什么的写“—” */
    readonly valid: string;
    /** 各类：领导9/9/9/9/0 …，依次是应到、实到、发出、收回、弃权；弃权不单列的写“—” */
    readonly classes: string;
  }[];
  /** 有的票为什么不在票面文件里：群众代表票数少，或有的类别投得完全一样；都在为空 */
  readonly sealed: string;
  readonly confirmedBy: readonly string[];
  readonly wanted: number;
  /** 这张卡片的主人还没有确认 */
  readonly asks: boolean;
}

/** 票数核对 — pieces, not votes: the observers confirm them before anything may be released. */
export const countsCard = defineCard<CountsProps>('review.counts', '票数核对', build, samples());

function build({ sessionId, number, title, ballotsHash, rounds, sealed, confirmedBy, wanted, asks }: CountsProps) {
  const used = rounds.reduce((all, round) => all + round.used, 0);
  const line = `${rounds.length}家共收回${used}票，监督员确认${confirmedBy.length}/${wanted}`;
  const complete = confirmedBy.length >= wanted;
  return {
    title: '测评票数核对',
    subtitle: `${number}　${title}`,
    color: complete ? ('green' as const) : asks ? ('orange' as const) : ('blue' as const),
    tags: [
      complete
        ? { text: '已确认', color: 'green' as const }
        : { text: asks ? '请您确认' : '待确认', color: asks ? ('orange' as const) : ('blue' as const) },
    ],
    summary: `${number} ${line}`,
    elements: [
      text(line, { size: 'heading', lines: 2 }),
      table({
        columns: [
          { name: 'unit', title: '单位' },
          { name: 'attendance', title: '应到/实到', width: '23%', align: 'right' },
          { name: 'pieces', title: '发出/收回', width: '23%', align: 'right' },
          { name: 'valid', title: '有效/弃权', width: '23%', align: 'right' },
        ],
        rows: rounds.map((each) => ({
          unit: each.round > 1 ? `${each.unitName}（第${each.round}轮）` : each.unitName,
          attendance: `${each.entitled}/${each.present}`,
          pieces: `${each.issued}/${each.used}`,
          valid: each.valid,
        })),
        pageSize: 10,
      }),
      panel('各类票数：应到/实到/发出/收回/弃权（—：不单列）', [
        fields(rounds.map(({ unitName, classes }) => ({ label: unitName, value: classes, wide: true }))),
      ]),
      fields([
        { label: '已确认', value: confirmedBy.length > 0 ? confirmedBy.join('、') : '还没有', wide: true },
        { label: '票面指纹', value: ballotsHash, wide: true },
      ]),
      asks && buttons(button('确认票数', { style: 'primary', action: bind(confirmCounts, { sessionId }) })),
      note(
        sealed === ''
          ? '票面文件（没有人、没有时间）与指纹已发到监督员群，谁都能照它重算总分。分数在全部监督员确认、领导放行之后公布。'
          : `${sealed}，列出来会看出谁投了什么：这样的几类封存，票面文件里只列指纹，其余的票都在文件里，已发到监督员群。分数在全部监督员确认、领导放行之后公布。`,
      ),
    ],
  };
}

function samples() {
  const names = stageUnits;
  const base: CountsProps = {
    sessionId: 's1',
    number: 'SZ-2026-12-18',
    title: '2026年度单位主要负责人述职“赶考”',
    ballotsHash: '7987f32738e74913af3a6d29e781524fba16396076ebf03a0e12e9750f72a5d5',
    rounds: names.map((unitName, index) => ({
      unitName,
      round: index === 2 ? 2 : 1,
      entitled: 44,
      present: 41,
      issued: 41,
      used: 41,
      valid: index === 5 ? '40/1' : '41/0',
      classes: `领导9/9/9/9/0 两代表一委员15/14/14/14/0 群众代表20/18/18/18/${index === 5 ? 1 : 0}`,
    })),
    sealed: '',
    confirmedBy: [],
    wanted: 3,
    asks: true,
  };
  return [
    { name: 'asks', props: base },
    {
      name: 'sealed',
      props: {
        ...base,
        sealed: '群众代表票数少',
        rounds: base.rounds.map((each) => ({ ...each, classes: '领导9/9/9/9/0 两代表一委员15/14/14/14/— 群众代表4/4/4/4/—' })),
      },
    },
    { name: 'waiting', props: { ...base, asks: false, confirmedBy: ['罗静'] } },
    { name: 'confirmed', props: { ...base, asks: false, confirmedBy: ['罗静', '白露', '石磊'] } },
  ];
}
