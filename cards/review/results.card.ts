import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, chart, fields, note, panel, table, text } from '../kit/elements.ts';
import { releaseLevel, term } from '../kit/terms.ts';
import { releaseResults } from './actions.ts';
import { scoreChart } from './score-chart.ts';

export interface ResultsProps {
  readonly sessionId: string;
  readonly number: string;
  readonly title: string;
  /** 公式与权重，一行 */
  readonly formula: string;
  readonly tieRule: string;
  /** 简易模式 */
  readonly mode: string;
  readonly ballotsHash: string;
  readonly released: 'none' | 'leaders' | 'hall' | 'units' | 'all';
  /** 下一级；null：不能放行（无权、未确认或已到最后） */
  readonly next: 'leaders' | 'hall' | 'units' | 'all' | null;
  readonly rows: readonly {
    readonly rank: string;
    readonly unitName: string;
    readonly total: string;
    readonly excellent: string;
    readonly valid: string;
    readonly classes: string;
  }[];
  /** 作废过的轮次、重新归一之类 */
  readonly remarks: readonly string[];
}

/** 测评结果 — the ranked list with the formula that made it; released level by level. */
export const resultsCard = defineCard<ResultsProps>('review.results', '述职测评结果', build, samples());

function build({ sessionId, number, title, formula, tieRule, mode, ballotsHash, released, next, rows, remarks }: ResultsProps) {
  const [first, ...others] = rows.filter(({ rank }) => rank === '1');
  const best = first ? `，第1名${[first, ...others].map(({ unitName }) => unitName).join('、')} ${first.total}` : '';
  const line = rows.length === 0 ? '没有结果' : `${rows.length}家${first ? best : '，都不排名'}`;
  const scored = rows.filter(({ total }) => /^\d/.test(total));
  return {
    title: '述职测评结果',
    subtitle: `${number}　${title}`,
    color: released === 'none' ? ('orange' as const) : ('blue' as const),
    tags: [
      {
        text: released === 'none' ? '待放行' : `已公布：${term(releaseLevel, released)}`,
        color: released === 'none' ? ('orange' as const) : ('blue' as const),
      },
    ],
    summary: `${number}测评结果：${line}`,
    elements: [
      text(line, { size: 'heading', lines: 2 }),
      table({
        columns: [
          { name: 'rank', title: '名次', width: '22%', align: 'right' },
          { name: 'unit', title: '单位' },
          { name: 'total', title: '总分', width: '22%', align: 'right' },
          { name: 'excellent', title: '优秀率', width: '24%', align: 'right' },
        ],
        rows: rows.map((row) => ({ rank: row.rank, unit: row.unitName, total: row.total, excellent: row.excellent })),
        pageSize: 10,
      }),
      panel('各类得分与票数', [
        fields(rows.map(({ unitName, classes, valid }) => ({ label: unitName, value: `${classes}　${valid}`, wide: true }))),
        ...(scored.length > 1 ? [chart(scoreChart(scored), '4:3')] : []),
        fields([
          { label: '计分', value: formula, wide: true },
          { label: '同分', value: tieRule, wide: true },
          { label: '投票方式', value: mode, wide: true },
          { label: '票面指纹', value: ballotsHash, wide: true },
          ...(remarks.length > 0 ? [{ label: '说明', value: remarks.join('；'), wide: true }] : []),
        ]),
      ]),
      next !== null &&
        buttons(
          button(`放行：${term(releaseLevel, next)}`, {
            style: 'primary',
            action: bind(releaseResults, { sessionId, level: next }),
            confirm: { title: '放行结果', text: `结果将公布到“${term(releaseLevel, next)}”，放行之后不能收回，继续吗？` },
          }),
        ),
      note('总分由各类得分加权，按分数精确计算和排名，只在显示时四舍五入到两位。'),
    ],
  };
}

function samples() {
  const list = [
    ['1', '葵岭办事处', '93.65', '68.29%'],
    ['2', '应急管理局', '93.41', '65.85%'],
    ['3', '南屿办事处', '91.67', '60.98%'],
    ['4', '教育和卫生健康局', '90.89', '57.50%'],
    ['5', '科技创新和经济服务局', '88.81', '48.78%'],
    ['6', '住房和建设局', '83.76', '36.59%'],
    ['7', '城市管理和综合执法局', '81.13', '29.27%'],
    ['8', '公共事业局', '80.46', '31.71%'],
  ] as const;
  const base: ResultsProps = {
    sessionId: 's1',
    number: 'SZ-2026-12-18',
    title: '2026年度单位主要负责人述职“赶考”',
    formula: '领导×50%＋两代表一委员×30%＋群众代表×20%；优秀100 良好80 一般60 较差40',
    tieRule: '先比优秀率，再比领导类得分，再并列',
    mode: '简易模式',
    ballotsHash: '7987f32738e74913af3a6d29e781524fba16396076ebf03a0e12e9750f72a5d5',
    released: 'none',
    next: 'leaders',
    rows: list.map(([rank, unitName, total, excellent]) => ({
      rank,
      unitName,
      total,
      excellent,
      valid: '有效41 弃权0',
      classes: '领导95.56 两代表一委员91.43 群众代表92.22',
    })),
    remarks: ['公共事业局第1轮作废：会场断网'],
  };
  return [
    { name: 'to-release', props: base },
    { name: 'leaders', props: { ...base, released: 'leaders' as const, next: 'hall' as const } },
    { name: 'hall', props: { ...base, released: 'hall' as const, next: 'units' as const, remarks: [] } },
    { name: 'units', props: { ...base, released: 'units' as const, next: 'all' as const } },
    { name: 'all', props: { ...base, released: 'all' as const, next: null } },
    {
      name: 'tied',
      props: { ...base, rows: base.rows.map((row, index) => (index < 2 ? { ...row, rank: '1', total: '93.65', excellent: '68.29%' } : row)) },
    },
    {
      name: 'too-few',
      props: {
        ...base,
        next: null,
        rows: [{ rank: '—', unitName: '葵岭办事处', total: '票数少，不公布', excellent: '—', valid: '收回3', classes: '群众代表 票数少，不单列' }],
      },
    },
  ];
}
