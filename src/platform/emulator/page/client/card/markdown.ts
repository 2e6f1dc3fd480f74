import type { Html, Node, Parent, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { gfmTable } from 'micromark-extension-gfm-table';

/** 平台标签 — `<font color='red'>…</font>` and its like. */
export interface TagNode {
  readonly type: 'tag';
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly MarkNode[];
}

export type MarkNode = RootContent | TagNode;

const alone = ['br', 'hr'];

/** 读 Markdown — CommonMark with tables and strike-through; HTML blocks do not exist, the platform's tags are always inline. */
export function parseMarkdown(content: string): readonly MarkNode[] {
  const { children } = fromMarkdown(content.replace(platformTag, asCommonMark), {
    extensions: [gfmTable(), gfmStrikethrough(), { disable: { null: ['htmlFlow'] } }],
    mdastExtensions: [gfmTableFromMarkdown(), gfmStrikethroughFromMarkdown()],
  });
  return weave(children);
}

const platformTag = /<(\/?)(at|person|font|text_tag|number_tag|link|a|local_datetime|raw)\b([^<>]*)>/g;

/** CommonMark 的标签名不许有下划线，不带引号的属性值里不许有等号；平台都许。 */
function asCommonMark(_: string, slash: string, name: string, rest: string): string {
  const attributes = readAttributes(rest).map(([key, value]) => ` ${key}="${value.replaceAll('"', '&quot;')}"`);
  return `<${slash}${name.replace('_', '-')}${attributes.join('')}>`;
}

function readAttributes(text: string): readonly (readonly [key: string, value: string])[] {
  const found = text.matchAll(/([\w-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)/g);
  return [...found].map(([, key = '', value = '']) => [key, value.replace(/^(["'])(.*)\1$/s, '$2')]);
}

interface OpenTag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: MarkNode[];
}

/** 把开、闭标签之间的部分收进标签里；没有闭上的，管到这一段的末尾。 */
function weave(nodes: readonly RootContent[]): readonly MarkNode[] {
  const open: OpenTag[] = [{ name: '', attributes: {}, children: [] }];
  const add = (node: MarkNode): void => void open.at(-1)?.children.push(node);
  const close = (): void => {
    const tag = open.pop();
    if (tag) add({ type: 'tag', ...tag });
  };
  for (const node of nodes) {
    if (node.type !== 'html') {
      add(isParent(node) ? ({ ...node, children: weave(node.children as RootContent[]) } as RootContent) : node);
      continue;
    }
    const { closing, name, attributes } = readTag(node);
    if (!closing && alone.includes(name)) add({ type: 'tag', name, attributes, children: [] });
    else if (!closing) open.push({ name, attributes, children: [] });
    else if (open.some((tag) => tag.name === name)) {
      while (open.at(-1)?.name !== name) close();
      close();
    } else add({ type: 'tag', name: `/${name}`, attributes: {}, children: [] });
  }
  while (open.length > 1) close();
  return open[0]?.children ?? [];
}

function isParent(node: Node): node is Parent {
  return 'children' in node;
}

function readTag({ value }: Html): { closing: boolean; name: string; attributes: Record<string, string> } {
  const [, slash, name = value, rest = ''] = /^<(\/?)([a-zA-Z][\w-]*)([\s\S]*?)\/?>$/.exec(value) ?? [];
  return { closing: slash === '/', name: name.toLowerCase().replace('-', '_'), attributes: Object.fromEntries(readAttributes(rest)) };
}
