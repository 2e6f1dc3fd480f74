import type { DocumentBlock, DocumentColumn, OfficialDocument } from '#core/document';
import { writtenDate, writtenDateWithWeekday } from './words.ts';

/** 纪要要写的 — all of it from the record of the session; names, never who voted what. */
export interface MinutesFacts {
  readonly districtName: string;
  readonly number: string;
  readonly title: string;
  readonly heldOn: string;
  readonly startsAt: string;
  readonly place: string;
  readonly trial: boolean;
  readonly observers: readonly string[];
  readonly classes: readonly { readonly name: string; readonly weight: string; readonly entitled: number; readonly present: number }[];
  readonly draw: { readonly commitment: string; readonly numbers: readonly string[] } | null;
  /** 作废的抽签，原因在内 */
  readonly voidDraws: readonly { readonly drawId: string; readonly commitment: string; readonly reason: string }[];
  /** in the order of the draw */
  readonly slots: readonly {
    readonly unitName: string;
    readonly presenter: string;
    /** 本年任务 */
    readonly year: string;
    readonly questions: readonly { readonly voterClass: string; readonly asker: string; readonly text: string }[];
    readonly promises: readonly { readonly content: string; readonly dueOn: string; readonly code: string | null }[];
    /** 没有来：没有述职，没有测评 */
    readonly absent: boolean;
    readonly pieces: string;
  }[];
  /** 作废的轮次、重新归一之类 */
  readonly remarks: readonly string[];
  readonly formula: string;
  readonly mode: string;
  readonly ballotsHash: string;
  readonly results: readonly {
    readonly rank: string;
    readonly unitName: string;
    readonly total: string;
    readonly excellent: string;
    readonly classes: string;
  }[];
  readonly writtenOn: string;
}

// 竖放的版心宽 156 毫米。
const attendanceColumns: readonly DocumentColumn[] = [
  { heading: '类别', widthMm: 66, align: 'left' },
  { heading: '权重', widthMm: 30, align: 'center' },
  { heading: '应到', widthMm: 30, align: 'center' },
  { heading: '实到', widthMm: 30, align: 'center' },
];
const resultColumns: readonly DocumentColumn[] = [
  { heading: '名次', widthMm: 14, align: 'center' },
  { heading: '单位', widthMm: 46, align: 'left' },
  { heading: '总分', widthMm: 20, align: 'center' },
  { heading: '优秀率', widthMm: 22, align: 'center' },
  { heading: '各类得分', widthMm: 54, align: 'left' },
];

/** 述职测评纪要成文 — who was there, what was asked and promised, how it was counted, and what came out. */
export function minutesDocument(facts: MinutesFacts): OfficialDocument {
  const { districtName, number, title, heldOn, startsAt, place, trial, observers, classes, remarks, results, writtenOn } = facts;
  return {
    title: `${title}纪要`,
    header: { left: '内部资料　妥善保管', right: trial ? '试测，不作数' : '不得录入涉密信息' },
    sections: [
      {
        landscape: false,
        blocks: [
          { kind: 'title', lines: [title, '纪要'] },
          { kind: 'subtitle', text: `（${number}）` },
          { kind: 'heading', text: '一、时间、地点和到会' },
          { kind: 'paragraph', text: `${writtenDateWithWeekday(heldOn)}${startsAt}，${place}。监督员：${observers.join('、')}。` },
          {
            kind: 'table',
            columns: attendanceColumns,
            rows: [
              ...classes.map(({ name, weight, entitled, present }) => ({ cells: [name, `${weight}%`, String(entitled), String(present)] })),
              { cells: ['合计', '', String(add(classes, 'entitled')), String(add(classes, 'present'))] },
            ],
          },
          { kind: 'heading', text: '二、抽签' },
          { kind: 'paragraph', text: drawWords(facts) },
          { kind: 'heading', text: '三、述职、问答和承诺' },
          ...facts.slots.flatMap((slot, index) => heard(slot, index)),
          { kind: 'heading', text: '四、测评和结果' },
          { kind: 'paragraph', lead: '计分。', text: `${facts.formula}。按分数精确计算和排名，只在写出时四舍五入到两位。` },
          { kind: 'paragraph', lead: '投票方式。', text: `${facts.mode}。票面文件的SHA-256指纹：${facts.ballotsHash}` },
          ...(remarks.length > 0 ? [{ kind: 'paragraph', lead: '说明。', text: `${remarks.join('；')}。` } as const] : []),
          {
            kind: 'table',
            columns: resultColumns,
            rows: results.map(({ rank, unitName, total, excellent, classes: scores }) => ({ cells: [rank, unitName, total, excellent, scores] })),
          },
          { kind: 'signature', office: `${districtName}督查室`, date: writtenDate(writtenOn) },
        ],
      },
    ],
  };
}

const add = (classes: MinutesFacts['classes'], key: 'entitled' | 'present'): number => classes.reduce((all, each) => all + each[key], 0);

function drawWords({ draw, voidDraws, slots }: MinutesFacts): string {
  const former = voidDraws.map(({ drawId, commitment, reason }) => `${drawId}抽签（承诺值${commitment}）作废：${reason}。`).join('');
  const order = slots.map(({ unitName }, index) => `${index + 1}.${unitName}`).join('，');
  if (!draw) return `${former}述职次序：${order}。`;
  return `${former}监督员当场取数${draw.numbers.join('、')}，抽签承诺值${draw.commitment}。述职次序：${order}。`;
}

function heard({ unitName, presenter, year, questions, promises, absent, pieces }: MinutesFacts['slots'][number], index: number): DocumentBlock[] {
  const asked = questions.map(({ voterClass, asker, text }) => `${voterClass}${asker}问：${text}`);
  const promised = promises.map(({ content, dueOn, code }) => `${content}（${code === null ? '' : `${code}，`}${writtenDate(dueOn)}前）`);
  return [
    {
      kind: 'paragraph',
      lead: `（${index + 1}）${unitName}。`,
      text: `${presenter}${absent ? '缺席，没有述职，未作测评。' : '述职。'}${year === '' ? '' : `本年${year}。`}${asked.map(sentence).join('')}${
        promised.length > 0 ? `现场承诺：${promised.join('；')}。` : ''
      }${pieces === '' ? '' : `${pieces}。`}`,
    },
  ];
}

/** 句末没有标点的补上 */
const sentence = (text: string): string => (/[。？！?!]$/.test(text) ? text : `${text}。`);
