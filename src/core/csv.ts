/** 表格软件当作公式的开头，全角的也算；前面的空白、字节序标记挡不住它。 */
const formula = /^[\s\ufeff\0]*[=+\-@＝＋－＠]|^[\t\r\0]/;

/**
 * CSV 的一格 — quoted as RFC 4180 asks. What would become a formula in a spreadsheet begins with an apostrophe, so that it stays a text
 * (an .xlsx needs none of this: there a text is a text).
 */
export function csvCell(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\n\r\t\0]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
