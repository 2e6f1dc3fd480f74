import type { ComponentChildren, VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { Avatar } from '../avatar.tsx';
import { dateWords } from '../words.ts';
import { type MarkNode, parseMarkdown, type TagNode } from './markdown.ts';
import { PagedTable } from './paged-table.tsx';
import { Picture } from './picture.tsx';
import { fillOf, inkOf } from './style.ts';
import { useSurface } from './surface.ts';
import { Undrawn } from './undrawn.tsx';

/** Markdown — parsed to a tree and drawn from it; text never becomes HTML. @param breaks a single line break is kept (`lark_md`), or dropped as the platform may do (`markdown`) */
export function Markdown({ content, breaks = false }: { content: string; breaks?: boolean }): VNode {
  const nodes = useMemo(() => parseMarkdown(content), [content]);
  return <Marks nodes={nodes} breaks={breaks} />;
}

function Marks({ nodes, breaks }: { nodes: readonly MarkNode[]; breaks: boolean }): VNode {
  return (
    <>
      {nodes.map((node, index) => (
        <Mark key={index} node={node} breaks={breaks} />
      ))}
    </>
  );
}

type Drawing<Type> = (node: Extract<MarkNode, { type: Type }>, inside: { inner: VNode; breaks: boolean }) => VNode;

const drawings: { readonly [Type in MarkNode['type']]?: Drawing<Type> } = {
  text: ({ value }, { breaks }) => <Text value={value} breaks={breaks} />,
  break: () => <br />,
  paragraph: (_, { inner }) => <p>{inner}</p>,
  heading: ({ depth }, { inner }) => <p class={`md-heading md-heading-${depth}`}>{inner}</p>,
  strong: (_, { inner }) => <strong>{inner}</strong>,
  emphasis: (_, { inner }) => <em>{inner}</em>,
  delete: (_, { inner }) => <del>{inner}</del>,
  inlineCode: ({ value }) => <code>{value}</code>,
  code: ({ value }) => (
    <pre>
      <code>{value}</code>
    </pre>
  ),
  blockquote: (_, { inner }) => <blockquote>{inner}</blockquote>,
  thematicBreak: () => <hr />,
  list: ({ ordered, start }, { inner }) => (ordered ? <ol start={start ?? 1}>{inner}</ol> : <ul>{inner}</ul>),
  listItem: (_, { inner }) => <li>{inner}</li>,
  link: ({ url }, { inner }) => <Link url={url}>{inner}</Link>,
  image: ({ url, alt }) => <Picture imageKey={url} alt={alt ?? ''} />,
  table: ({ children }, { breaks }) => {
    const [head, ...rows] = children.map((row) => row.children.map((cell, index) => <Marks key={index} nodes={cell.children} breaks={breaks} />));
    return <PagedTable head={head ?? []} rows={rows} pageSize={5} />;
  },
  tag: (node, { inner }) => <Tag tag={node} inner={inner} />,
};

function Mark({ node, breaks }: { node: MarkNode; breaks: boolean }): VNode {
  const draw = drawings[node.type] as Drawing<MarkNode['type']> | undefined;
  if (!draw) return <Undrawn what={`Markdown ${node.type}`} />;
  const children: readonly MarkNode[] = 'children' in node ? node.children : [];
  return draw(node, { inner: <Marks nodes={children} breaks={breaks} />, breaks });
}

function Text({ value, breaks }: { value: string; breaks: boolean }): VNode {
  if (!breaks) return <>{value.replaceAll('\n', ' ')}</>;
  const [first, ...others] = value.split('\n');
  return (
    <>
      {first}
      {others.map((line, index) => (
        <span key={index}>
          <br />
          {line}
        </span>
      ))}
    </>
  );
}

function Link({ url, children }: { url: string; children: ComponentChildren }): VNode {
  if (!/^(https?:\/\/|tel:)/.test(url)) return <Undrawn what={`链接 ${url}`} />;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

function Tag({ tag: { name, attributes }, inner }: { tag: TagNode; inner: VNode }): VNode {
  switch (name) {
    case 'br':
      return <br />;
    case 'hr':
      return <hr />;
    case 'raw':
      return <>{inner}</>;
    case 'font':
      return <span style={{ color: inkOf(attributes['color'] ?? '') }}>{inner}</span>;
    case 'text_tag':
      return <span class={`text-tag tag-${attributes['color'] ?? 'neutral'}`}>{inner}</span>;
    case 'number_tag':
      return (
        <span
          class="number-tag"
          style={{ background: fillOf(attributes['background_color'] ?? 'red'), color: inkOf(attributes['font_color'] ?? 'white') }}
        >
          {inner}
        </span>
      );
    case 'a':
    case 'link':
      return <Link url={attributes['href'] ?? attributes['url'] ?? attributes['pc_url'] ?? ''}>{inner}</Link>;
    case 'at':
      return <At attributes={attributes} />;
    case 'person':
      return <PersonMark id={attributes['id'] ?? ''} avatar={attributes['show_avatar'] !== 'false'} />;
    case 'local_datetime':
      return <time>{dateWords(Number(attributes['millisecond']), attributes['format_type'] ?? 'date_num')}</time>;
    default:
      return (
        <>
          <Undrawn what={`标签 ${name}`} />
          {inner}
        </>
      );
  }
}

function At({ attributes }: { attributes: TagNode['attributes'] }): VNode {
  const { nameOf } = useSurface();
  const ids = (attributes['ids'] ?? attributes['id'] ?? attributes['email'] ?? '').split(',');
  return (
    <>
      {ids.map((id) => (
        <span key={id} class="at">
          @{id === 'all' ? '所有人' : (nameOf(id) ?? `未知人员 ${id}`)}
        </span>
      ))}
    </>
  );
}

function PersonMark({ id, avatar }: { id: string; avatar: boolean }): VNode {
  const { nameOf } = useSurface();
  const name = nameOf(id) ?? `未知人员 ${id}`;
  return (
    <span class="person">
      {avatar && <Avatar name={name} size="tiny" />}
      {name}
    </span>
  );
}
