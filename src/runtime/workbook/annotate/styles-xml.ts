import { attributes, escapeXml, type Found, findElement, NotEditable, readAttribute, setAttribute, splice } from './xml.ts';

/** 底色 — the colours that the office's own spreadsheet programs call “bad” and “neutral”. */
const fills = { error: 'FFFF9999', warning: 'FFFFEB9C' } as const;

/** 样式的改法 — the colour of a finding, none, or the wrapped text of the result column. */
export type Look = keyof typeof fills | 'plain' | 'result';

/** 样式表 — gives, for the style of a cell, the number of one that differs in one thing only. */
export interface Styles {
  like(base: number, look: Look): number;
  /** Has the workbook been marked by us before? */
  readonly hasMarked: boolean;
  /** Is the fill of this style one of ours (from an earlier result)? */
  isMarked(style: number): boolean;
  xml(): string;
}

/** 没有样式表的包所用的 */
export const plainStyles =
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>';

/** 读样式表 @throws NotEditable */
export function openStyles(xml: string): Styles {
  const formats = listIn(xml, 'cellXfs', 'xf');
  const colours = listIn(xml, 'fills', 'fill');
  const made = new Map<string, number>();
  const marked = new Set(formats.items.flatMap((format, style) => (isOurs(colours.items[Number(readAttribute(format, 'fillId'))]) ? [style] : [])));
  const fillOf = (look: keyof typeof fills): number => {
    const known = colours.items.findIndex((fill) => fill.includes(`"${fills[look]}"`));
    if (known >= 0) return known;
    const p = colours.prefix;
    colours.items.push(
      `<${p}fill><${p}patternFill patternType="solid"><${p}fgColor rgb="${fills[look]}"/><${p}bgColor indexed="64"/></${p}patternFill></${p}fill>`,
    );
    return colours.items.length - 1;
  };
  return {
    like(base, look) {
      const key = `${base} ${look}`;
      const former = made.get(key);
      if (former !== undefined) return former;
      const format = formats.items[base] ?? formats.items[0];
      if (format === undefined) throw new NotEditable('no cell formats');
      const changed = look === 'result' ? wrapped(format, formats.prefix) : filled(format, look === 'plain' ? 0 : fillOf(look));
      made.set(key, formats.items.push(changed) - 1);
      return formats.items.length - 1;
    },
    hasMarked: marked.size > 0,
    isMarked: (style) => marked.has(style),
    xml: () => writeList(writeList(xml, 'cellXfs', formats.items), 'fills', colours.items),
  };
}

const isOurs = (fill = ''): boolean => Object.values(fills).some((colour) => fill.includes(`"${colour}"`));

function filled(format: string, fill: number): string {
  return setAttribute(setAttribute(format, 'fillId', String(fill)), 'applyFill', '1');
}

/** 校验结果一列：边框和字体随左邻，左对齐、换行。 */
function wrapped(format: string, p: string): string {
  const alignment = `<${p}alignment horizontal="left" vertical="center" wrapText="1"/>`;
  const bare = format.replace(new RegExp(`<${p}alignment${attributes}(?:/>|></${p}alignment>)`), '');
  const opened = bare.endsWith('/>') && !bare.includes('><') ? `${bare.slice(0, -2)}></${p}xf>` : bare;
  const withAlignment = opened.replace(/>/, () => `>${alignment}`);
  return setAttribute(setAttribute(withAlignment, 'numFmtId', '0'), 'applyAlignment', '1');
}

function listIn(xml: string, list: string, item: string): { prefix: string; items: string[] } {
  const { inner, prefix } = mustFind(xml, list);
  const items: string[] = [];
  for (let found = findElement(inner, item); found; found = findElement(inner, item, found.end)) items.push(inner.slice(found.start, found.end));
  return { prefix, items };
}

function writeList(xml: string, list: string, items: readonly string[]): string {
  const element = mustFind(xml, list);
  const open = setAttribute(element.open, 'count', escapeXml(String(items.length))).replace(/\/>$/, '>');
  return splice(xml, element, `${open}${items.join('')}</${element.prefix}${list}>`);
}

function mustFind(xml: string, name: string): Found {
  const found = findElement(xml, name);
  if (!found) throw new NotEditable(`no ${name} in the styles`);
  return found;
}
