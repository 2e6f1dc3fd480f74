/** 编号的写法，放进别的式子里：年份、字头、号、子任务 */
export const itemCodeSource = String.raw`(?:(20\d{2})\s*[年—–-]?\s*)?(\p{Script=Han})\s*[-—–]?\s*(\d{1,4})(?:\s*[-—–]\s*(\d{1,2}))?`;

/** 事项编号的写法 — `管-063`, `管63`, `管—063-2`, full-width or not; with the year before it when it is not the newest one: `2026年管-063`. */
export const itemCodePattern = new RegExp(`^${itemCodeSource}$`, 'u');

/** 说出的编号 — in the way it is stored; the year is null when none was said. */
export interface ItemCode {
  readonly year: number | null;
  readonly code: string;
}

/** 读事项编号 — null: not a number of an item. */
export function readItemCode(text: string): ItemCode | null {
  const match = itemCodePattern.exec(text.normalize('NFKC').trim());
  if (!match) return null;
  const [, year, series, number = '', part] = match;
  return { year: year ? Number(year) : null, code: `${series}-${number.padStart(3, '0')}${part ? `-${Number(part)}` : ''}` };
}

/** 带年份的编号 — which item it is, whatever year it is read in. */
export const datedCode = ({ year, code }: { readonly year: number; readonly code: string }): string => `${year}年${code}`;
