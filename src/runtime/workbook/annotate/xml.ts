// 改 XML 只改要改的几处，其余一个字节也不动：不经过解析再写出，原件里认不出的东西也就不会丢。

/** 改不了 — the part is not written as expected; the caller falls back on a plain copy of the values. */
export class NotEditable extends Error {}

/** 标签里的属性，引号里可以有 `>`。 */
export const attributes = `(?:\\s(?:[^"'<>]|"[^"]*"|'[^']*')*?)?`;

/** 转义 — for text and for attributes; what XML can't hold is left out. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? '&quot;');
}

/** 还原 */
function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name: string) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(Number.parseInt(hex as string, 16));
    return { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[name] ?? whole;
  });
}

/** 同一个式子只造一次 — a long table asks for the same attribute a million times. */
const patterns = new Map<string, RegExp>();
function patternOf(source: string): RegExp {
  const former = patterns.get(source);
  if (former) return former;
  const made = new RegExp(source);
  patterns.set(source, made);
  return made;
}

/** 读属性 — @param name may carry a prefix: `r:id`, or `*:id` for whatever prefix */
export function readAttribute(tag: string, name: string): string | undefined {
  const pattern = name.startsWith('*:') ? `(?!xmlns:)[\\w.-]+:${name.slice(2)}` : name;
  const match = patternOf(`\\s${pattern}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag);
  const value = match?.[1] ?? match?.[2];
  return value?.includes('&') ? unescapeXml(value) : value;
}

/** 改属性 — of the first tag in the text; added when it is not there. */
export function setAttribute(tag: string, name: string, value: string): string {
  const written = `${name}="${escapeXml(value)}"`;
  const former = patternOf(`(\\s)${name}\\s*=\\s*(?:"[^"]*"|'[^']*')`);
  const [head = ''] = patternOf(`^<[\\w:.-]+${attributes}(?=\\s*/?>)`).exec(tag) ?? [];
  const rest = tag.slice(head.length);
  return former.test(head) ? head.replace(former, (_, space: string) => space + written) + rest : `${head} ${written}${rest}`;
}

/** 一个元素 — its prefix, its opening tag, what is inside, and where it stands. */
export interface Found {
  readonly prefix: string;
  readonly open: string;
  readonly inner: string;
  readonly start: number;
  readonly end: number;
}

/** 找元素 — the first one of that name; it must not contain another of the same name. */
export function findElement(xml: string, name: string, from = 0): Found | undefined {
  const match = findOpening(xml, name, from);
  if (!match) return undefined;
  const [open, prefix = '', closed] = match;
  const body = match.index + open.length;
  if (closed) return { prefix, open, inner: '', start: match.index, end: body };
  const closing = `</${prefix}${name}>`;
  const at = xml.indexOf(closing, body);
  if (at < 0) throw new NotEditable(`${name} is not closed`);
  return { prefix, open, inner: xml.slice(body, at), start: match.index, end: at + closing.length };
}

/** 找开头的标签 — by its name first, which in a long sheet is much faster than to try the pattern at every `<`. */
function findOpening(xml: string, name: string, from: number): RegExpExecArray | undefined {
  const pattern = new RegExp(`<((?:\\w+:)?)${name}${attributes}(/?)>`, 'y');
  for (let at = xml.indexOf(name, from); at >= 0; at = xml.indexOf(name, at + name.length)) {
    const before = /<(?:\w{1,60}:)?$/.exec(xml.slice(Math.max(from, at - 62), at));
    if (!before) continue;
    pattern.lastIndex = at - before[0].length;
    const match = pattern.exec(xml);
    if (match) return match;
  }
  return undefined;
}

/** 换一段 */
export function splice(xml: string, { start, end }: { start: number; end: number }, by: string): string {
  return xml.slice(0, start) + by + xml.slice(end);
}

/** 在里面最后加 — an empty element is opened for it. */
export function appendInside(xml: string, element: Found, name: string, { added, open = element.open }: { added: string; open?: string }): string {
  const opened = open.replace(/\/>$/, '>');
  return splice(xml, element, `${opened}${element.inner}${added}</${element.prefix}${name}>`);
}

/** 找最外层 — where the first of these elements begins, seen from `from` on; elements inside others do not count. */
export function findTopLevel(xml: string, names: readonly string[], from: number): number {
  const tag = new RegExp(`<!--[\\s\\S]*?-->|<(/?)((?:\\w+:)?)([\\w.-]+)${attributes}(/?)>`, 'g');
  tag.lastIndex = from;
  let depth = 0;
  for (let match = tag.exec(xml); match; match = tag.exec(xml)) {
    const [, closing, , name, empty] = match;
    if (name === undefined) continue;
    if (closing) {
      if (depth === 0) return match.index;
      depth -= 1;
    } else {
      if (depth === 0 && names.includes(name)) return match.index;
      if (!empty) depth += 1;
    }
  }
  throw new NotEditable('the end of the part was not found');
}
