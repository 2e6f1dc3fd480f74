import { defineCard } from '../kit/card.ts';
import { note, text } from '../kit/elements.ts';

export interface MissingNotesProps {
  /** 2026-09 */
  readonly month: string;
  readonly groups: number;
  readonly written: number;
  /** 按组号 */
  readonly missing: readonly { readonly code: string; readonly line: string; readonly leader: string; readonly reached: boolean }[];
}

const shownMax = 60;

/** 月记未交 — to the head of the unit only, in the order of the groups. */
export const missingNotesCard = defineCard<MissingNotesProps>(
  'groups.missing-notes',
  '月记未交名单',
  ({ month, groups, written, missing }) => {
    const line = `${Number(month.slice(5))}月月记已交${written}/${groups}组，未交${missing.length}组`;
    const lines = missing
      .slice(0, shownMax)
      .map(({ code, line: of, leader, reached }) => `${code} ${of} ${leader}${reached ? '' : '（没有飞书账号）'}`);
    const chunks = Array.from({ length: Math.ceil(lines.length / 10) }, (_, index) =>
      text(lines.slice(index * 10, index * 10 + 10).join('\n'), { lines: 12 }),
    );
    return {
      title: '“一带五”月记未交名单',
      color: 'blue',
      summary: line,
      elements: [
        text(line, { size: 'heading', lines: 2 }),
        ...chunks,
        note(`${missing.length > shownMax ? `另有${missing.length - shownMax}组。` : ''}只发给您一人。未交的组长仍可补交。`),
      ],
    };
  },
  samples(),
);

function samples() {
  const missing = { code: 'G17', line: '物业', leader: '曾楚瑶', reached: true };
  return [
    {
      name: 'seven',
      props: { month: '2026-09', groups: 69, written: 62, missing: Array.from({ length: 7 }, (_, index) => ({ ...missing, reached: index !== 3 })) },
    },
    { name: 'nearly-all', props: { month: '2026-09', groups: 69, written: 2, missing: Array.from({ length: 67 }, () => missing) } },
  ];
}
