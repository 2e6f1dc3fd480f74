import { describe, expect, test } from 'vitest';
import properties from '../../cards/kit/schema/properties.json' with { type: 'json' };
import { drawings } from '../../src/platform/emulator/page/client/card/drawings.tsx';
import { type MarkNode, parseMarkdown } from '../../src/platform/emulator/page/client/card/markdown.ts';
import { fillOf, inkOf } from '../../src/platform/emulator/page/client/card/style.ts';
import { dateWords, shortWhenWords, sizeWords, whenWords } from '../../src/platform/emulator/page/client/words.ts';
import { componentSamples } from './page-scene.ts';

describe('组件', () => {
  /** 列由分栏画；音频没有画法，页面上会标明。 */
  const drawnElsewhere = ['column', 'audio'];

  test('平台的每种组件都有画法，没有画法的一一列明', () => {
    const undrawn = Object.keys(properties.components).filter((tag) => !Object.hasOwn(drawings, tag));
    expect(undrawn.sort()).toEqual(drawnElsewhere.sort());
  });

  test('每种组件都有样子在浏览器里验过', () => {
    const sampled = Object.keys(componentSamples('ou_x'));
    expect(Object.keys(properties.components).filter((tag) => tag !== 'column' && !sampled.includes(tag))).toEqual([]);
  });

  test('表里每种颜色都有底色和字色', () => {
    for (const hue of [
      'blue',
      'wathet',
      'turquoise',
      'green',
      'lime',
      'yellow',
      'sunflower',
      'orange',
      'red',
      'carmine',
      'violet',
      'purple',
      'indigo',
      'grey',
    ]) {
      for (const shade of ['', '-50', '-100', '-200', '-300', '-350', '-400', '-500', '-600', '-700', '-800', '-900'])
        expect(fillOf(`${hue}${shade}`)).toMatch(/^color-mix/);
      expect(inkOf(hue)).toBe(`var(--ink-${hue})`);
    }
    expect(fillOf('default')).toBeUndefined();
    expect(fillOf('url(https://evil.example)')).toBeUndefined();
    expect(inkOf('#ff0000')).toBeUndefined();
  });
});

describe('Markdown', () => {
  /** 只看结构：标签写成 `name{…}`。 */
  const outline = (nodes: readonly MarkNode[]): string =>
    nodes
      .map((node) => {
        if (node.type === 'text') return node.value;
        const inner = 'children' in node ? outline(node.children as readonly MarkNode[]) : '';
        return `${node.type === 'tag' ? node.name : node.type}{${inner}}`;
      })
      .join('');
  const read = (content: string): string => outline(parseMarkdown(content));

  test.each([
    ["<font color='red'>**逾期** 2 天</font>", 'paragraph{font{strong{逾期} 2 天}}'],
    ['**<font color=red>红</font>黑**', 'paragraph{strong{font{红}黑}}'],
    ['<at id=ou_1></at> 请签收', 'paragraph{at{} 请签收}'],
    ['甲<br>乙<br/>丙', 'paragraph{甲br{}乙br{}丙}'],
    ["<text_tag color='green'>按期</text_tag>", 'paragraph{text_tag{按期}}'],
    ['<link url=https://a.cn/?b=1&c=2>看</link>', 'paragraph{link{看}}'],
    ["<font color='red'>没有闭上", 'paragraph{font{没有闭上}}'],
    ['多了一个</font>', 'paragraph{多了一个/font{}}'],
    ["<font color='red'>交<text_tag>叉</font>了</text_tag>", 'paragraph{font{交text_tag{叉}}了/text_tag{}}'],
    ['<div>\n块\n</div>', 'paragraph{div{\n块\n}}'],
  ])('%s', (content, expected) => {
    expect(read(content)).toBe(expected);
  });

  test('转义过的文字一个标签也变不出来', () => {
    expect(read('&#60;at id&#61;all&#62;&#60;/at&#62; &#42;&#42;粗&#42;&#42;')).toBe('paragraph{<at id=all></at> **粗**}');
    expect(read('a &lt;script&gt;alert(1)&lt;/script&gt;')).toBe('paragraph{a <script>alert(1)</script>}');
  });

  test('不带引号的网址里有等号，也读得全', () => {
    const [paragraph] = parseMarkdown('<link url=https://a.cn/?b=1>看</link>');
    expect(paragraph).toMatchObject({ children: [{ name: 'link', attributes: { url: 'https://a.cn/?b=1' } }] });
  });
});

describe('日期和大小的写法', () => {
  const at = (stamp: string): number => Date.parse(`${stamp}:00+08:00`);
  const now = at('2026-05-28T15:00');

  test('一律北京时间，不看机器的时区', () => {
    expect(dateWords(now, 'full')).toBe('2026年5月28日 星期四 15:00');
    expect(dateWords(at('2026-01-01T00:05'), 'date')).toBe('2026年1月1日');
    expect(dateWords(now, 'week_short')).toBe('周四');
    expect(dateWords(Number.NaN, 'date')).toBe('时间有误');
  });

  test('越近越短', () => {
    expect(whenWords(at('2026-05-28T09:01'), now)).toBe('09:01');
    expect(whenWords(at('2026-05-27T23:59'), now)).toBe('昨天 23:59');
    expect(whenWords(at('2026-03-02T08:00'), now)).toBe('3月2日 08:00');
    expect(whenWords(at('2025-12-31T08:00'), now)).toBe('2025年12月31日 08:00');
    expect(shortWhenWords(at('2026-05-27T23:59'), now)).toBe('昨天');
    expect(shortWhenWords(at('2026-05-28T09:01'), now)).toBe('09:01');
    expect(shortWhenWords(at('2026-03-02T08:00'), now)).toBe('3月2日');
  });

  test('文件大小', () => {
    expect([sizeWords(12), sizeWords(2048), sizeWords(3 * 1024 * 1024)]).toEqual(['12 字节', '2.0 KB', '3.0 MB']);
  });
});
