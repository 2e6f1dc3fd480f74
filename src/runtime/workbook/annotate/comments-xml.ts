import { parseCell } from './cells.ts';
import { officeRelations, type Package } from './package-parts.ts';
import { appendInside, attributes, escapeXml, type Found, findElement, findTopLevel, NotEditable, readAttribute } from './xml.ts';

/** 批注的作者；再收到这份表时凭它认出自己写过的。 */
const author = '书令校验';
const mainNamespace = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const emptyComments = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="${mainNamespace}"><authors/><commentList/></comments>`;
const emptyDrawing =
  '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>';
const shapeType =
  '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>';

/** 批注之多，一张表至此为止：再多表格软件就慢得打不开，全部文字都在结果列里。一组编号也只有这么多。 */
const commentsMax = 1_000;

/** 写批注 — the cells of a sheet get their comments; comments of others stay. Returns the sheet's new text. @throws NotEditable */
export function writeComments(
  pack: Package,
  part: string,
  { xml, comments }: { xml: string; comments: readonly (readonly [string, string])[] },
): string {
  const relations = pack.relationsOf(part);
  const textPart = relations.find(({ type }) => type === 'comments')?.target;
  const legacy = findElement(xml, 'legacyDrawing');
  const drawingPart = relations.find(({ id }) => legacy && id === readAttribute(legacy.open, '*:id'))?.target;
  if (comments.length === 0 && textPart === undefined) return xml;
  const former = textPart === undefined ? { xml: emptyComments, own: [] } : withoutOwn(pack.text(textPart));
  const drawing = drawingPart === undefined ? emptyDrawing : withoutShapes(pack.text(drawingPart), former.own);
  const textName = textPart ?? unusedName(pack, (nth) => `xl/comments${nth}.xml`);
  const drawingName = drawingPart ?? unusedName(pack, (nth) => `xl/drawings/vmlDrawing${nth}.vml`);
  const { written, fresh } = addComments(former.xml, comments.slice(0, commentsMax));
  pack.write(textName, written);
  pack.write(drawingName, addShapes(drawing, fresh));
  if (textPart === undefined) {
    pack.relate(part, 'comments', textName);
    pack.declare({ part: textName, contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml' });
  }
  if (drawingPart !== undefined) return xml;
  const id = pack.relate(part, 'vmlDrawing', drawingName);
  pack.declare({ extension: 'vml', contentType: 'application/vnd.openxmlformats-officedocument.vmlDrawing' });
  return showDrawing(xml, id);
}

/** 规定的次序：legacyDrawing 之后只能是这些。 */
const afterDrawing = ['legacyDrawingHF', 'drawingHF', 'picture', 'oleObjects', 'controls', 'webPublishItems', 'tableParts', 'extLst'];

function showDrawing(xml: string, id: string): string {
  const data = findElement(xml, 'sheetData');
  if (!data) throw new NotEditable('no sheetData');
  const at = findTopLevel(xml, afterDrawing, data.end);
  return `${xml.slice(0, at)}<${data.prefix}legacyDrawing xmlns:r="${officeRelations}" r:id="${id}"/>${xml.slice(at)}`;
}

/** 去掉自己以前写的 — and tell in which cells they stood. */
function withoutOwn(xml: string): { xml: string; own: string[] } {
  const authors = findElement(xml, 'authors');
  const names = authors ? (authors.inner.match(/<(?:\w+:)?author(?:\s[^>]*)?>[^<]*<|<(?:\w+:)?author\s*\/>/g) ?? []) : [];
  const mine = names.findIndex((tag) => tag.includes(`>${author}<`));
  const own: string[] = [];
  if (mine < 0) return { xml, own };
  const pattern = new RegExp(`<((?:\\w+:)?)comment${attributes}>[\\s\\S]*?</\\1comment>`, 'g');
  const rest = xml.replace(pattern, (whole) => {
    if (readAttribute(whole, 'authorId') !== String(mine)) return whole;
    own.push(readAttribute(whole, 'ref') ?? '');
    return '';
  });
  return { xml: rest, own };
}

function addComments(xml: string, comments: readonly (readonly [string, string])[]): { written: string; fresh: string[] } {
  const authors = mustFind(xml, 'authors');
  const p = authors.prefix;
  const known = (authors.inner.match(new RegExp(`<${p}author(?:\\s[^>]*)?/?>`, 'g')) ?? []).length;
  let result = appendInside(xml, authors, 'authors', { added: `<${p}author>${author}</${p}author>` });
  const taken = new Map((result.match(new RegExp(`<${p}comment${attributes}>`, 'g')) ?? []).map((open) => [readAttribute(open, 'ref'), open]));
  const run = (words: string): string =>
    `<${p}r><${p}rPr><${p}sz val="10"/><${p}rFont val="宋体"/></${p}rPr><${p}t xml:space="preserve">${escapeXml(words)}</${p}t></${p}r>`;
  const added: string[] = [];
  const fresh: string[] = [];
  for (const [ref, words] of comments) {
    const open = taken.get(ref);
    if (open === undefined) {
      added.push(`<${p}comment ref="${ref}" authorId="${known}"><${p}text>${run(words)}</${p}text></${p}comment>`);
      fresh.push(ref);
    } else {
      // 格上已有别人的批注：接在后面写。
      const text = findElement(result, 'text', result.indexOf(open));
      if (!text) throw new NotEditable('a comment without text');
      result = appendInside(result, text, 'text', { added: run(`\n${author}：${words}`) });
    }
  }
  return { written: appendInside(result, mustFind(result, 'commentList'), 'commentList', { added: added.join('') }), fresh };
}

const shapePattern = /<v:shape\s[\s\S]*?<\/v:shape>/g;

function withoutShapes(xml: string, cells: readonly string[]): string {
  const gone = new Set(cells.map((ref) => `${parseCell(ref).row - 1} ${parseCell(ref).column}`));
  return xml.replace(shapePattern, (shape) => {
    const [row, column] = [/<x:Row>(\d+)<\/x:Row>/.exec(shape)?.[1], /<x:Column>(\d+)<\/x:Column>/.exec(shape)?.[1]];
    return shape.includes('ObjectType="Note"') && gone.has(`${row} ${column}`) ? '' : shape;
  });
}

function addShapes(xml: string, cells: readonly string[]): string {
  const end = xml.lastIndexOf('</xml>');
  if (end < 0 || !/xmlns:v=/.test(xml) || !/xmlns:o=/.test(xml) || !/xmlns:x=/.test(xml))
    throw new NotEditable('the drawing of comments is not as expected');
  const used = [...xml.matchAll(/_x0000_s(\d+)"/g)].map(([, id]) => Number(id));
  const first = used.reduce((highest, id) => Math.max(highest, id), 1_024) + 1;
  const type = xml.includes('id="_x0000_t202"') ? '' : shapeType;
  return `${xml.slice(0, end)}${type}${cells.map((ref, nth) => shape(ref, first + nth)).join('')}${xml.slice(end)}`;
}

function shape(ref: string, id: number): string {
  const { row, column } = parseCell(ref);
  const anchor = [column + 1, 15, Math.max(0, row - 2), 10, column + 4, 15, row + 2, 4].join(', ');
  return `<v:shape id="_x0000_s${id}" type="#_x0000_t202" style="position:absolute;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>${anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>${row - 1}</x:Row><x:Column>${column}</x:Column></x:ClientData></v:shape>`;
}

function unusedName(pack: Package, nameOf: (nth: number) => string): string {
  let nth = 1;
  while (pack.has(nameOf(nth))) nth += 1;
  return nameOf(nth);
}

function mustFind(xml: string, name: string): Found {
  const found = findElement(xml, name);
  if (!found) throw new NotEditable(`no ${name}`);
  return found;
}

/** 表里合并的区域 — where the cell that is seen is the upper left one. */
export function mergedAreas(xml: string): string[] {
  const merges = findElement(xml, 'mergeCells');
  return merges
    ? (merges.inner.match(new RegExp(`<${merges.prefix}mergeCell${attributes}/?>`, 'g')) ?? []).flatMap((tag) => readAttribute(tag, 'ref') ?? [])
    : [];
}
