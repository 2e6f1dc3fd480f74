/** 已转义的 Markdown — made only by `md`, so that text of people can never become markup. */
export interface Markdown {
  readonly markdown: string;
}

/** Characters that Markdown, autolinks or the platform's tags could read as markup; they go out as HTML entities. */
const markup = /[&<>*_~`[\]()#+\-!|\\{}:.@=]/g;
/** Spaces that would indent a line into a code block, or that Markdown trims. */
const outerSpaces = /^ +| +$/gm;
/** Bidirectional controls, zero-width and control characters: invisible, and able to disguise text. */
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
/** A zero-width joiner is kept only where it joins an emoji to the next. */
const strayJoiner = /(?<!\p{Extended_Pictographic}|\ufe0f|[\u{1f3fb}-\u{1f3ff}])\u200d|\u200d(?!\p{Extended_Pictographic})/gu;
/** Halves of a surrogate pair: no text, and refused by what stores or sends them. */
const halfCharacter = /\p{Surrogate}/gu;

/** 平常的文字：可见的 ASCII、汉字、中文标点和换行，没有什么可去的。 */
const ordinary = /^[\n\x20-\x7e\u2014\u2018-\u201d\u3000-\u3029\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e]*$/;

/** 去隐形字符 — removes what can't be seen and keeps line breaks; a broken character becomes `�`. Done twice it changes nothing more. */
export function plain(text: string): string {
  if (ordinary.test(text)) return text;
  return text.replace(/\r\n?/g, '\n').replace(invisible, '').replace(halfCharacter, '\ufffd').replace(strayJoiner, '');
}

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });

/** A letter that people typed has few code units; stacks of combining marks must not blow up a card. */
const unitsPerLetter = 16;

/** 截短 — the first `max` letters as people see them, and `…` when something was left out. */
export function clip(text: string, max: number): string {
  // 一个字至少一个编码单位：单位数不超，字数就不超。
  if (text.length <= max) return text;
  const unitsMax = max * unitsPerLetter;
  let letters = 0;
  // 先粗切再逐字数：逐字切分的代价随全文长度增长。
  for (const { segment, index } of graphemes.segment(text.slice(0, unitsMax + 1))) {
    if (letters === max || index + segment.length > unitsMax) return `${text.slice(0, index)}…`;
    letters += 1;
  }
  return text;
}

/** 转义 — any text as inert Markdown: `<at id=all>` in a title stays text. The only way from text to Markdown. */
export function escape(text: string): Markdown {
  const entity = (character: string): string => `&#${character.codePointAt(0)};`;
  const safe = plain(text)
    .replace(markup, entity)
    .replace(outerSpaces, (spaces) => entity(' ').repeat(spaces.length))
    .replace(/\n/g, '<br>');
  return { markdown: safe };
}

/** 文字消息 — a text message knows `<at …>` and links too, and has no way to escape them: the signs that open them are changed. */
export function plainMessage(text: string): string {
  return plain(text)
    .replace(/<(?=[/a-z])/gi, '＜')
    .replace(/\](?=\()/g, '］');
}

/** Markdown 模板 — the literal parts are ours, every interpolated value is escaped unless it is Markdown already. */
export function md(parts: TemplateStringsArray, ...values: readonly (string | number | Markdown)[]): Markdown {
  let markdown = parts[0] ?? '';
  values.forEach((value, index) => {
    markdown += typeof value === 'object' ? value.markdown : escape(String(value)).markdown;
    markdown += parts[index + 1] ?? '';
  });
  return { markdown };
}

/** 连接 — joins Markdown pieces with a literal separator. */
export function joinMd(pieces: readonly Markdown[], separator = '<br>'): Markdown {
  return { markdown: pieces.map((piece) => piece.markdown).join(separator) };
}

/** 提到某人 — notifies the person; never everybody. @param openId from the roster, never from text @throws Error when it is none */
export function at(openId: string): Markdown {
  if (openId === 'all' || !/^[A-Za-z0-9_-]+$/.test(openId)) throw new Error(`not an open_id: ${openId}`);
  return { markdown: `<at id=${openId}></at>` };
}

/** 着色 */
export function colored(color: 'red' | 'orange' | 'yellow' | 'green' | 'blue' | 'grey', text: string | Markdown): Markdown {
  const inner = typeof text === 'string' ? escape(text).markdown : text.markdown;
  return { markdown: `<font color='${color}'>${inner}</font>` };
}
