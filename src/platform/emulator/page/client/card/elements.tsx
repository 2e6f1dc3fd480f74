import { createContext, type FunctionComponent, type VNode } from 'preact';
import { useContext } from 'preact/hooks';
import type { ElementProps } from './field.tsx';
import { isJson, textIn } from './read.ts';
import { marginStyle } from './style.ts';
import { Undrawn } from './undrawn.tsx';

export type Drawings = Readonly<Record<string, FunctionComponent<ElementProps>>>;

/** 画法表 — handed down, because containers draw what stands inside them without knowing it. */
export const DrawingsContext = createContext<Drawings>({});

/** 一串组件 @param path of the list, for clicks */
export function Elements({ list, path }: { list: unknown; path: string }): VNode {
  const elements = Array.isArray(list) ? (list as unknown[]) : [];
  return (
    <>
      {elements.map((json, index) => (
        <Element key={keyOf(json, index)} json={json} path={`${path}.${index}`} />
      ))}
    </>
  );
}

/** 名字变了就是另一个组件：换上的新表单从空白开始。 */
function keyOf(json: unknown, index: number): string {
  return isJson(json) ? `${index}:${textIn(json, 'tag')}:${textIn(json, 'name')}` : String(index);
}

function Element({ json, path }: { json: unknown; path: string }): VNode {
  const drawings = useContext(DrawingsContext);
  if (!isJson(json)) return <Undrawn what={String(json)} />;
  const tag = textIn(json, 'tag');
  const Drawing = Object.hasOwn(drawings, tag) ? drawings[tag] : undefined;
  if (!Drawing) return <Undrawn what={tag || '没有 tag 的元素'} />;
  const margin = marginStyle(json);
  const drawn = <Drawing json={json} path={path} />;
  return 'margin' in margin ? (
    <div class="margined" style={margin}>
      {drawn}
    </div>
  ) : (
    drawn
  );
}
