import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { gfmTable } from 'micromark-extension-gfm-table';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { bind, defineAction } from '#cards/kit/action';
import type { Card } from '#cards/kit/card';
import * as kit from '#cards/kit/elements';
import { at, clip, colored, escape, joinMd, md, plain, plainMessage } from '#cards/kit/markdown';
import { render } from '#cards/kit/render';
import { checkCard, checkOurCard } from '#cards/kit/schema';
import { markupTexts, mentions } from '#cards/kit/schema/markup';
import { asText, shrink } from '#cards/kit/shrink';
import { fc } from '../fast-check.ts';

type Root = ReturnType<typeof fromMarkdown>;
type Nodes = Root | Root['children'][number];

function parse(markdown: string): Root {
  return fromMarkdown(markdown, {
    extensions: [gfmTable(), gfmStrikethrough()],
    mdastExtensions: [gfmTableFromMarkdown(), gfmStrikethroughFromMarkdown()],
  });
}

/** 解析后的样子：文字照抄，`<br>` 是换行，别的节点一律记名。 */
function read(node: Nodes): { words: string; others: string[] } {
  if (node.type === 'text') return { words: node.value, others: [] };
  if (node.type === 'html' && node.value === '<br>') return { words: '\n', others: [] };
  const inner = 'children' in node ? node.children.map(read) : [];
  const others = inner.flatMap((child) => child.others);
  const own = node.type === 'root' || node.type === 'paragraph' ? [] : [node.type === 'html' ? node.value : node.type];
  return { words: inner.map(({ words }) => words).join(''), others: [...own, ...others] };
}

const hostile = [
  '<at id=all></at>',
  '<at email=a@b.cn></at>',
  "<font color='red'>红</font>",
  '<a href="http://example.com">点我</a>',
  '[点我](http://example.com)',
  '![图](img_v3_x)',
  'http://example.com 与 www.example.com 与 a@example.com',
  '# 标题\n## 二级\n> 引用\n- 列\n+ 列\n1. 列\n1) 列',
  '标题\n===\n小标题\n---',
  '```\ncode\n```',
  '    缩进成代码',
  '\t制表',
  '|甲|乙|\n|-|-|\n|1|2|',
  '**粗** *斜* _斜_ ~~删~~ `码` \\* &lt; &#60; &amp;',
  '<!-- 注释 --><raw>',
  '<local_datetime millisecond="0"></local_datetime>',
  ':smile: [[wiki]] $x$',
  '=SUM(A1)＝＋',
  '𠮷野家 👨‍👩‍👧‍👦 🇨🇳 👍🏽 e\u0301\u0302\u0303',
  'A\u202eB\u202c \u2066C\u2069',
  '\u0000\u0007\u001b[31m',
  '\ud800半个\udc00字',
  '一\u2028二\u2029三\r\n四\r五',
  '\u200b\u200d\ufeff',
  '\r\n\r\n👨\u200d👩',
  '  首尾空格  \n  又一行  ',
  '',
  '名',
  '名'.repeat(60),
];
const flood = '<at id=all></at>'.repeat(2000);
const examples: [string][] = [...hostile, flood].map((one) => [one]);
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .array(fc.constantFrom(...'<>[]()*_~`#+-!|\\{}:.@=&;"\'/ \n\r\t0123aé中💡', '<at id=all></at>', '<br>', '&#42;', 'www.', 'http://'), {
      maxLength: 40,
    })
    .map((bits) => bits.join('')),
  fc.constantFrom(...hostile),
);
const runs = { numRuns: 10_000 };

describe('人写的文字进不了标记', () => {
  test('任何文字转义后，解析出来只有文字，而且一字不差', () => {
    fc.assert(
      fc.property(anyText, (given) => {
        const { words, others } = read(parse(escape(given).markdown));
        expect(others).toEqual([]);
        expect(words).toBe(plain(given));
      }),
      { ...runs, examples },
    );
  });

  test('放进自家写的标记里、接在换行后面，也还是文字', () => {
    fc.assert(
      fc.property(anyText, (given) => {
        const { words, others } = read(parse(md`**事项** ${given}\n${given}\n\n${given}`.markdown));
        expect(others.filter((node) => node !== 'strong')).toEqual([]);
        expect(others.filter((node) => node === 'strong')).toHaveLength(1);
        expect(words).toContain(plain(given));
      }),
      { numRuns: 1_500, examples: hostile.map((one) => [one]) },
    );
  });

  test('卡片的每一个文字位置都填上任意文字：没有@人、没有链接、平台不拒', () => {
    fc.assert(
      fc.property(anyText, (given) => {
        for (const card of [cardOf(given), shrink(cardOf(given))]) {
          const json = render(card);
          // 处处是长文字的卡片会超长，那由发送前的缩小来管；这里只看内容。
          expect(checkCard(json, { bytesMax: Number.MAX_SAFE_INTEGER }).filter(({ verdict }) => verdict === 'reject')).toEqual([]);
          for (const { content } of markupTexts(componentsOf(json))) {
            expect(mentions(content)).toEqual([]);
            expect(strangers(content)).toEqual([]);
          }
        }
      }),
      { numRuns: 300, examples: hostile.map((one) => [one]) },
    );
  });

  test('文字消息里也@不了人、做不出链接', () => {
    fc.assert(
      fc.property(anyText, (given) => {
        for (const message of [plainMessage(given), asText(cardOf(given))]) {
          expect(mentions(message)).toEqual([]);
          expect(message).not.toMatch(/<\/?[a-z]|\]\(/i);
        }
      }),
      { numRuns: 1_000, examples },
    );
    expect(plainMessage('没找到“<at user_id="all">所有人</at>”')).toBe('没找到“＜at user_id="all">所有人＜/at>”');
  });
});

describe('隐形字符与截短', () => {
  test('去隐形字符：做两遍与做一遍相同，不剩控制符、双向符和半个字', () => {
    fc.assert(
      fc.property(anyText, (given) => {
        const once = plain(given);
        expect(plain(once)).toBe(once);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these must be gone
        expect(once).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/u);
      }),
      runs,
    );
  });

  test('表情的连接符留着，落单的连接符去掉', () => {
    expect(plain('👨‍👩‍👧‍👦 👍🏽 🏳️‍🌈')).toBe('👨‍👩‍👧‍👦 👍🏽 🏳️‍🌈');
    expect(plain('\r\n👨‍👩')).toBe('\n👨‍👩');
    expect(plain('督\u200d查\u200d')).toBe('督查');
  });

  test('截短不切开一个字，不超过给定的字数', () => {
    const letters = new Intl.Segmenter('zh', { granularity: 'grapheme' });
    const list = (words: string): string[] => [...letters.segment(words)].map(({ segment }) => segment);
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 50 }), (given, max) => {
        const cut = clip(given, max);
        if (cut === given) expect(list(given).length).toBeLessThanOrEqual(max);
        else {
          const kept = cut.slice(0, -1);
          expect(cut.endsWith('…')).toBe(true);
          expect(list(given).slice(0, list(kept).length).join('')).toBe(kept);
          expect(list(kept).length).toBeLessThanOrEqual(max);
        }
      }),
      { numRuns: 3_000 },
    );
    expect(clip('👨‍👩‍👧‍👦'.repeat(3), 2)).toBe('👨‍👩‍👧‍👦👨‍👩‍👧‍👦…');
    expect(clip(`e${'\u0301'.repeat(5000)}`, 10)).toBe('…');
  });
});

describe('只有自家能做的标记', () => {
  test('@ 只认账号，不认 all，不认拼进来的文字', () => {
    expect(at('ou_7d8a6e6df7621556ce0d21922b676706').markdown).toBe('<at id=ou_7d8a6e6df7621556ce0d21922b676706></at>');
    for (const one of ['all', '', 'ou_1></at><at id=all', '张三', 'ou_1 ou_2']) expect(() => at(one)).toThrow();
  });

  test('着色和连接不给文字开口子', () => {
    expect(colored('red', '<at id=all>').markdown).toBe("<font color='red'>&#60;at id&#61;all&#62;</font>");
    expect(joinMd([escape('*'), md`**${'*'}**`]).markdown).toBe('&#42;<br>**&#42;**');
  });
});

const { button, buttons, chart, checker, columns, datePicker, divider, fields, form, input, note } = kit;
const { panel, personPicker, progress, row, select, submit, submits, table, text } = kit;
const ask = defineAction('test.ask', z.object({ id: z.string() }));

function cardOf(words: string): Card {
  const press = { action: bind(ask, { id: 'x' }) };
  return {
    definition: 'test.all',
    title: words,
    subtitle: words,
    color: 'blue',
    summary: words,
    tags: [{ text: words, color: 'red' }],
    elements: [
      text(words),
      text(md`**${words}** ${words}`, { color: 'red' }),
      fields([
        { label: words, value: words },
        { label: words, value: md`${words}`, wide: true },
      ]),
      progress(words, 50, words),
      row(words, button(words, press)),
      row(md`${words}`),
      table({
        columns: [
          { name: 'a', title: words },
          { name: 'b', title: words, type: 'options' },
        ],
        rows: [{ a: words, b: [{ text: words, color: 'red' }] }],
      }),
      columns([{ weight: 1, elements: [text(words), note(md`${words}`)] }]),
      panel(words, [text(words), note(words)]),
      form('f_1', [
        input('opinion', words, { placeholder: words, initial: words, maxLength: 1000 }),
        select('state', words, { options: [{ text: words, value: 'a' }], placeholder: words }),
        datePicker('due', words),
        personPicker('who', words, { candidates: [] }),
        checker('sure', words),
        submit(words, bind(ask, { id: 'x' }), { confirm: { title: words, text: words } }),
        submits(submit(words, bind(ask, { id: 'y' })), submit(words, bind(ask, { id: 'z' }))),
      ]),
      divider(),
      chart({ type: 'bar', title: { text: words }, data: [{ id: 'a', values: [{ name: words, value: 1 }] }], xField: 'name', yField: 'value' }),
      buttons(button(words, { ...press, confirm: { title: words, text: words } }), button(words, { disabled: { tips: words } })),
    ],
  };
}

/** 用到的元素 — the functions that make them are named like their kinds. */
function kindsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(kindsIn);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'kind' in value && typeof value.kind === 'string' ? [value.kind] : [];
  return [...own, ...Object.values(value).flatMap(kindsIn)];
}

/** 卡片里认作 Markdown 的内容，除了自家的粗体、颜色和换行，还有什么。 */
function strangers(content: string): string[] {
  return read(parse(content)).others.filter((node) => node !== 'strong' && !/^<\/?font( color='[a-z]+')?>$/.test(node));
}

function componentsOf(json: ReturnType<typeof render>): Parameters<typeof markupTexts>[0] {
  return json.body.elements.flatMap(function each(element): Parameters<typeof markupTexts>[0] {
    const inner = ['elements', 'columns'].flatMap((key) => (Array.isArray(element[key]) ? (element[key] as typeof json.body.elements) : []));
    return [{ tag: element.tag, json: element, path: `(tag: ${element.tag})`, form: null, depth: 0 }, ...inner.flatMap(each)];
  });
}

test('这张试验用的卡片本身合规，做卡片的每一种元素它都有', () => {
  expect(checkOurCard(render(cardOf('督查')))).toEqual([]);
  expect([...new Set(kindsIn(cardOf('督查').elements))].sort()).toEqual(Object.keys(kit).sort());
});
