import type { VNode } from 'preact';
import { Markdown } from './marks.tsx';
import { isJson, type Json, numberIn, textIn, wordsOf } from './read.ts';
import { inkOf, type Style, sizeStyle } from './style.ts';
import { useSurface } from './surface.ts';

/** 文字对象 — plain_text is shown as it stands, lark_md and markdown are read. */
export function Words({ text, class: name = 'words' }: { text: unknown; class?: string }): VNode | null {
  const { device, textSizes } = useSurface();
  if (!isJson(text)) return null;
  const lines = numberIn(text, 'lines');
  const style: Style = {
    ...sizeStyle(textIn(text, 'text_size') || 'normal', { device, custom: textSizes }),
    ...(textIn(text, 'text_align') ? { textAlign: textIn(text, 'text_align') } : {}),
    ...(lines === undefined ? {} : { WebkitLineClamp: String(lines) }),
  };
  const marked = textIn(text, 'tag') !== 'plain_text';
  const color = marked ? undefined : inkOf(textIn(text, 'text_color'));
  return (
    <div class={`${name} ${lines === undefined ? '' : 'clamped'} ${marked ? 'md' : 'plain'}`} style={{ ...style, color }}>
      {marked ? <Markdown content={wordsOf(text)} breaks={textIn(text, 'tag') === 'lark_md'} /> : wordsOf(text)}
    </div>
  );
}

const glyphs: readonly (readonly [pattern: RegExp, path: string])[] = [
  [/down/, 'M4 6l4 4 4-4'],
  [/up/, 'M4 10l4-4 4 4'],
  [/right/, 'M6 4l4 4-4 4'],
  [/left/, 'M10 4L6 8l4 4'],
  [/yes|done|succeed|check/, 'M3 8.5l3.2 3L13 5'],
  [/warn|alarm|alert|info|maybe/, 'M8 4v5M8 11.5v.5'],
  [/time|calendar|date/, 'M8 4v4l3 2M8 1.5a6.5 6.5 0 100 13 6.5 6.5 0 000-13'],
  [/close|delete|no_/, 'M4 4l8 8M12 4l-8 8'],
  [/add|plus/, 'M8 3v10M3 8h10'],
  [/member|person|group|user/, 'M8 8a3 3 0 100-6 3 3 0 000 6M2.5 14c.5-3 2.7-4.5 5.5-4.5s5 1.5 5.5 4.5'],
  [/file|doc|sheet|list/, 'M4 2h6l2.5 2.5V14H4zM6 7h4M6 10h4'],
  [/edit|pen/, 'M3 13l1-3 7-7 2 2-7 7z'],
  [/search/, 'M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9M10.5 10.5L14 14'],
  [/link|share/, 'M6.5 9.5l3-3M5 8L3 10a2.5 2.5 0 003.5 3.5l2-2M11 8l2-2A2.5 2.5 0 009.5 2.5l-2 2'],
  [/more/, 'M3.5 8h.01M8 8h.01M12.5 8h.01'],
  [/chat|bell|notice|message/, 'M2.5 3h11v8H7l-3 2.5V11H2.5z'],
];

/** 图标 — the platform's font of icons is not ours to ship: known shapes are drawn alike, others as a frame that names itself. */
export function Icon({ icon }: { icon: Json }): VNode {
  const token = textIn(icon, 'token') || textIn(icon, 'img_key');
  const path = glyphs.find(([pattern]) => pattern.test(token))?.[1] ?? 'M3 3h10v10H3z';
  return (
    <svg
      class="glyph"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      role="img"
      aria-label={`图标 ${token}`}
      style={{ color: inkOf(textIn(icon, 'color')) }}
    >
      <title>{token}</title>
      <path d={path} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}
