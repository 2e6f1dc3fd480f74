import type { ActionValue } from '../action.ts';
import type { CardJsonElement } from '../card.ts';
import type { Element, Words } from '../elements.ts';
import { escape, plain } from '../markdown.ts';

export type Json = Record<string, unknown>;
export type Encode = (value: ActionValue) => Record<string, unknown>;

/** 一张卡片渲染时的上下文：按钮名要在整张卡里不重样。 */
export interface Drawing {
  readonly encode: Encode;
  /** draws what stands inside a form or a panel */
  readonly draw: (element: Element) => CardJsonElement[];
  buttons: number;
}

/** 有的元素 — a place in a card may be left empty. */
export const isPresent = <T>(element: T | null | false | undefined): element is T => element !== null && element !== false && element !== undefined;

/** 纯文本 — the platform never reads it as markup. */
export function plainText(content: string, extra: Json = {}): Json {
  return { tag: 'plain_text', content: plain(content), ...extra };
}

/** 文字块 — plain text as a div, escaped Markdown as markdown. */
export function drawWords(
  words: Words,
  { size = 'normal', color, lines }: { size?: string | undefined; color?: string | undefined; lines?: number | undefined } = {},
): CardJsonElement {
  if (typeof words !== 'string') {
    const content = color && color !== 'default' ? `<font color='${color}'>${words.markdown}</font>` : words.markdown;
    return { tag: 'markdown', content, text_size: size, text_align: 'left' };
  }
  return { tag: 'div', text: plainText(words, { text_size: size, text_color: color ?? 'default', text_align: 'left', lines: lines ?? 8 }) };
}

/** 写成 Markdown — plain text is escaped. */
export function asMarkdown(words: Words): string {
  return typeof words === 'string' ? escape(words).markdown : words.markdown;
}
