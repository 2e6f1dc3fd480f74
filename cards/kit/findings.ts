import { note, type PanelElement, panel, text } from './elements.ts';

/** 一处错误或提醒 — where it stands in the workbook, what is wrong, what may be meant. */
export interface Finding {
  readonly sheet: string;
  readonly cell: string;
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string;
}

/** 预检卡上逐处列出的至多几处 */
export const findingsMax = 10;

/**
 * 逐处列出 — a panel with the first findings of a dry run, by cell.
 * @param options.count how many there are in all
 * @param options.rest where the others are to be seen
 */
export function findingsPanel(
  title: string,
  findings: readonly Finding[],
  { count, rest, expanded }: { count: number; rest: string; expanded: boolean },
): PanelElement {
  const lines = findings
    .slice(0, findingsMax)
    .map(({ sheet, cell, code, message, suggestion }) =>
      text(`${sheet} ${cell}（${code}）：${message}${suggestion ? `。${suggestion}` : ''}`, { lines: 3 }),
    );
  return panel(title, count > lines.length ? [...lines, note(`另有${count - lines.length}处，${rest}`)] : lines, expanded);
}
