const quotedLengthMax = 30;

/** 引用原文 — what stands in a cell, short enough for a line of a card, whatever was typed there. */
export function quote(cell: string, lengthMax = quotedLengthMax): string {
  // 先截后换：一格可以有三万字，不必整格换一遍空白。
  const line = cell
    .slice(0, lengthMax * 4)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > lengthMax || cell.length > lengthMax * 4 ? `${line.slice(0, lengthMax)}…` : line;
}
