import { isColor } from './colors.ts';
import { type Component, doubt, type Inspection, isJson, reject } from './inspection.ts';

/** Markdown 的内容和路径 */
export interface MarkupText {
  readonly content: string;
  readonly path: string;
}

/** 找 Markdown — every text of the card that the platform reads as markup: `markdown` components and `lark_md` texts. */
export function markupTexts(components: readonly Component[]): readonly MarkupText[] {
  return components.flatMap(({ tag, json, path }) => {
    const own = tag === 'markdown' && typeof json['content'] === 'string' ? [{ content: json['content'], path }] : [];
    return [...own, ...inner(json, path)];
  });
}

/** 组件自己的文字对象；子组件由它们自己报告。 */
function inner(value: unknown, path: string): MarkupText[] {
  if (Array.isArray(value)) return value.flatMap((item) => inner(item, path));
  if (!isJson(value)) return [];
  const here =
    (value['tag'] === 'lark_md' || (value['tag'] === 'markdown' && !path.endsWith('(tag: markdown)'))) && typeof value['content'] === 'string';
  const deeper = Object.entries(value).flatMap(([key, child]) => (opaque.includes(key) ? [] : inner(child, path)));
  return here ? [{ content: value['content'] as string, path }, ...deeper] : deeper;
}

/** 不往里看的属性：子组件另有记录，其余是数据。 */
const opaque: readonly string[] = ['elements', 'columns', 'value', 'chart_spec', 'rows', 'behaviors'];

/** 查 Markdown — people, pictures and colours named in markup. */
export function checkMarkup(inspection: Inspection, { content, path }: MarkupText): void {
  const { knowsPerson, knowsImage } = inspection.context;
  for (const id of mentions(content)) {
    if (id !== 'all' && knowsPerson && !knowsPerson(id)) reject(inspection, { path, code: 100290, detail: id });
  }
  for (const [, key = ''] of content.matchAll(/!\[[^\]]*\]\(([^)\s]+)\)/g)) {
    if (knowsImage && !knowsImage(key)) reject(inspection, { path, code: 200570, detail: key });
  }
  for (const [, color = ''] of content.matchAll(/<(?:font|text_tag)\s+color=["']?([^"'>]+)["']?\s*>/g)) {
    if (isColor(color) || color === 'neutral' || color.startsWith('rgba(') || inspection.customColors.has(color)) continue;
    (/^(light|dark)_/.test(color) ? doubt : reject)(inspection, { path, detail: `invalid color: ${color}` });
  }
}

/** 提到的人 — ids in `<at id=…>`, `<at ids=…>` and `<person id=…>`; `all` among them. */
export function mentions(content: string): readonly string[] {
  const tags = [...content.matchAll(/<(?:at|person)\s+ids?=["']?([^"'\s>]+)/g)];
  return tags.flatMap(([, ids = '']) => ids.split(','));
}

/** 数 Markdown 表格 — delimiter rows outside code fences; they count to the card's limit of tables. */
export function countMarkdownTables(content: string): number {
  let fenced = false;
  let tables = 0;
  const lines = content.split(/\n|<br\s*\/?>/);
  lines.forEach((line, index) => {
    if (/^\s{0,3}(```|~~~)/.test(line)) fenced = !fenced;
    else if (!fenced && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(line) && line.includes('|') && (lines[index - 1] ?? '').includes('|'))
      tables += 1;
  });
  return tables;
}
