/** 事项编号的写法 — `管-063`, `管63`, `管—063-2`, full-width or not. */
export const itemCodePattern = /^(\p{Script=Han})\s*[-—–]?\s*(\d{1,4})(?:\s*[-—–]\s*(\d{1,2}))?$/u;

/** 读事项编号 — in the way it is stored; null: not a number of an item. */
export function readItemCode(text: string): string | null {
  const match = itemCodePattern.exec(text.normalize('NFKC').trim());
  if (!match) return null;
  const [, series, number = '', part] = match;
  return `${series}-${number.padStart(3, '0')}${part ? `-${Number(part)}` : ''}`;
}
