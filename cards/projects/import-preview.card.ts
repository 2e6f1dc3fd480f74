import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, note, panel, table, text } from '../kit/elements.ts';
import { type Finding, findingsPanel } from '../kit/findings.ts';
import { formatDay } from '../kit/format.ts';
import { confirmProject, openProject } from './actions.ts';

export interface ProjectPreviewProps {
  readonly importId: string;
  readonly name: string;
  readonly fileName: string;
  readonly unitName: string;
  readonly today: string;
  readonly sameAs: string | null;
  readonly total: number;
  readonly faultyRows: number;
  readonly errors: readonly Finding[];
  readonly parts: readonly { readonly title: string; readonly items: number; readonly tasks: number }[];
  readonly items: number;
  readonly owners: readonly { readonly name: string; readonly tasks: number }[];
  readonly snapshotOn: string | null;
  /** 这个项目已导入过：新表与它的不同；null：没有导入过 */
  readonly revision: {
    readonly added: readonly string[];
    readonly changed: readonly string[];
    readonly missing: readonly string[];
    readonly finished: readonly string[];
    /** 不能由此人确认的缘由 */
    readonly refusal: string | null;
  } | null;
  /** 没有飞书账号的责任党员 */
  readonly unreached: readonly string[];
  /** null: not written yet */
  readonly confirmed: { readonly projectId: string; readonly percent: string } | null;
}

/** 项目导入预检 — what the tree holds, every fault by cell, and nothing written before it is confirmed. */
export const projectPreviewCard = defineCard<ProjectPreviewProps>('projects.import-preview', '项目导入预检', build, samples());

function build(props: ProjectPreviewProps) {
  const { importId, name, fileName, unitName, today, sameAs, total, faultyRows, errors, parts, items, owners, snapshotOn, confirmed, unreached } =
    props;
  const counts = `${parts.length}个部分｜${items}个事项｜${total}个任务｜${owners.length}名责任党员`;
  const facts = fields([
    { label: '承担单位', value: unitName },
    { label: '责任党员', value: shareOf(owners) },
    { label: '进度快照', value: snapshotOn ? formatDay(snapshotOn, today) : '没有，从0开始' },
  ]);
  const unheard = unreached.length > 0 && text(`没有飞书账号、收不到任务卡：${unreached.join('、')}，请当面告知。`, { color: 'orange', lines: 4 });
  if (confirmed) {
    const line = `${name}已导入：${counts}，总进度${confirmed.percent}%`;
    return {
      title: '项目已导入',
      subtitle: fileName,
      color: 'green' as const,
      tags: [{ text: '已导入', color: 'green' as const }],
      summary: line,
      elements: [
        text(line, { size: 'heading', lines: 3 }),
        facts,
        unheard,
        buttons(button('查看项目', { style: 'primary', action: bind(openProject, { projectId: confirmed.projectId }) })),
        note(unreached.length > 0 ? '其余责任党员已收到自己的任务卡。' : '各责任党员已收到自己的任务卡。'),
      ],
    };
  }
  if (props.revision && errors.length === 0) return revised(props, props.revision, counts);
  const clean = errors.length === 0;
  const checked = clean ? counts : `共${total}个任务｜可导入${total - faultyRows}｜需修改${faultyRows}`;
  return {
    title: '项目导入预检完成',
    subtitle: fileName,
    color: clean ? ('blue' as const) : ('orange' as const),
    tags: [{ text: clean ? '可以导入' : '需修改', color: clean ? ('blue' as const) : ('orange' as const) }],
    summary: `${name}：${checked}｜尚未写入任何数据`,
    elements: [
      text(`${checked}｜尚未写入任何数据`, { size: 'heading', lines: 3 }),
      sameAs ? text(sameAs) : null,
      !clean && findingsPanel(`需修改${errors.length}处`, errors, { count: errors.length, rest: '改好上面的之后再发会继续列出。', expanded: true }),
      clean && facts,
      clean && unheard,
      clean && partsTable(parts),
      clean &&
        panel('责任党员名单', [
          text(
            owners
              .slice(0, 60)
              .map(({ name: owner, tasks }) => `${owner}${tasks}项`)
              .join('、'),
            { lines: 12 },
          ),
        ]),
      clean &&
        buttons(
          button('确认导入', {
            style: 'primary',
            action: bind(confirmProject, { importId }),
            confirm: { title: '确认导入', text: `将写入${total}个任务，并把任务卡发给${owners.length}名责任党员。` },
          }),
        ),
      !clean && note('请在原表中改好后重新发送，不需要重新排版。'),
    ],
  };
}

/** 改表再发 — what would change, item by item; what the sheet no longer has and what is finished stays. */
function revised({ importId, name, fileName, sameAs }: ProjectPreviewProps, revision: NonNullable<ProjectPreviewProps['revision']>, counts: string) {
  const { added, changed, missing, finished, refusal } = revision;
  const none = added.length === 0 && changed.length === 0;
  const line = none ? '与已导入的项目一致，没有要改的' : `新增${added.length}个任务｜调整${changed.length}处｜尚未写入任何数据`;
  return {
    title: '项目改动预检完成',
    subtitle: fileName,
    color: refusal ? ('orange' as const) : ('blue' as const),
    tags: [refusal ? { text: '不能确认', color: 'orange' as const } : { text: none ? '没有改动' : '可以确认', color: 'blue' as const }],
    summary: `${name}：${line}`,
    elements: [
      text(line, { size: 'heading', lines: 3 }),
      sameAs ? text(sameAs) : null,
      refusal ? text(refusal, { color: 'orange', lines: 3 }) : null,
      fields([
        { label: '这份表', value: counts, wide: true },
        { label: '进度', value: '各任务已填的进度一概不动', wide: true },
      ]),
      listed(`新增${added.length}个任务`, added),
      listed(`调整${changed.length}处`, changed),
      listed(`表里没有了的${missing.length}个任务，仍保留`, missing),
      listed(`已完成的${finished.length}个任务，表里的改动不采用`, finished),
      !none &&
        refusal === null &&
        buttons(
          button('确认改动', {
            style: 'primary',
            action: bind(confirmProject, { importId }),
            confirm: { title: '确认改动', text: `将新增${added.length}个任务、调整${changed.length}处，并告知有关的责任党员。` },
          }),
        ),
      missing.length > 0 && note('不再需要的任务，请由责任党员说明情况，或联系督查室撤销。'),
    ],
  };
}

const listedMax = 30;

function listed(title: string, lines: readonly string[]) {
  if (lines.length === 0) return null;
  const shown = lines.slice(0, listedMax).join('\n');
  return panel(title, [text(lines.length > listedMax ? `${shown}\n等${lines.length}处` : shown, { lines: 40 })], true);
}

function partsTable(parts: ProjectPreviewProps['parts']) {
  return table({
    columns: [
      { name: 'title', title: '部分' },
      { name: 'items', title: '事项', type: 'number', width: '80px', align: 'right' },
      { name: 'tasks', title: '任务', type: 'number', width: '80px', align: 'right' },
    ],
    rows: parts.map(({ title, items, tasks }) => ({ title, items, tasks })),
    pageSize: 10,
  });
}

/** `24人：10人各8项、14人各7项` */
function shareOf(owners: ProjectPreviewProps['owners']): string {
  const groups = new Map<number, number>();
  for (const { tasks } of owners) groups.set(tasks, (groups.get(tasks) ?? 0) + 1);
  const words = [...groups].sort(([left], [right]) => right - left).map(([tasks, people]) => `${people}人各${tasks}项`);
  return `${owners.length}人：${words.slice(0, 4).join('、')}${words.length > 4 ? '等' : ''}`;
}

function samples() {
  const titles = [
    '一、立项报批与资金',
    '二、方案与功能布局',
    '三、采购招标',
    '四、拆除与土建',
    '五、机电与厨房设备',
    '六、验收与许可',
    '七、试营业与评价',
  ];
  const sizes = [
    [6, 16],
    [8, 22],
    [9, 27],
    [12, 41],
    [11, 36],
    [8, 21],
    [6, 15],
  ] as const;
  const base: ProjectPreviewProps = {
    importId: 'p1',
    name: '食堂改造',
    fileName: '食堂改造-7-60-178.xlsx',
    unitName: '机关事务管理局',
    today: '2026-09-22',
    sameAs: null,
    total: 178,
    faultyRows: 0,
    errors: [],
    parts: titles.map((title, index) => ({ title, items: sizes[index]?.[0] ?? 0, tasks: sizes[index]?.[1] ?? 0 })),
    items: 60,
    owners: Array.from({ length: 24 }, (_, index) => ({ name: `党员${index + 1}`, tasks: index < 10 ? 8 : 7 })),
    snapshotOn: '2026-09-22',
    revision: null,
    unreached: [],
    confirmed: null,
  };
  const revision = {
    added: ['2.8.4 消防复核'],
    changed: ['2.8.3 逐条回复意见采纳情况：责任党员朱浩然改为曾一鸣；完成时限2026-09-30改为2026-09-28'],
    missing: ['7.6.2 满意度回访'],
    finished: ['1.1.1 立项请示'],
    refusal: null,
  };
  const error = { sheet: '任务分解', cell: 'E32', code: '2.5.2', message: '写了2位责任党员：曾一鸣、王静怡', suggestion: '请只留一位' };
  return [
    { name: 'clean', props: base },
    { name: 'same-file', props: { ...base, sameAs: '与15:10发来的文件相同，结果不变。' } },
    { name: 'faulty', props: { ...base, fileName: '食堂改造-7-60-178-问题件.xlsx', faultyRows: 2, errors: [error] } },
    {
      name: 'very-faulty',
      props: { ...base, faultyRows: 23, errors: Array.from({ length: 23 }, (_, index) => ({ ...error, cell: `E${index + 3}` })) },
    },
    { name: 'without-snapshot', props: { ...base, snapshotOn: null } },
    { name: 'revised', props: { ...base, revision } },
    { name: 'postponed', props: { ...base, revision: { ...revision, refusal: '有1项时限推后，须由督查室发来这份表并确认' } } },
    { name: 'unchanged', props: { ...base, revision: { added: [], changed: [], missing: [], finished: [], refusal: null } } },
    { name: 'confirmed', props: { ...base, confirmed: { projectId: 'w1', percent: '48.36' } } },
    { name: 'unreached', props: { ...base, unreached: ['党员3', '党员17'], confirmed: { projectId: 'w1', percent: '48.36' } } },
  ];
}
