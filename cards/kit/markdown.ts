/** 已转义的 Markdown — made only by `md`, so that text of people can never become markup. */
export interface Markdown {
  readonly markdown: string;
}

/** Characters that Markdown or the platform's tags could read as markup, as HTML entities. */
const markup = /[&<>*_~`[\]()#+\-!|\\{}:]/g;
/** Bidirectional controls, zero-width and control characters: invisible, and able to disguise text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const invisible = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** 去隐形字符 — removes what can't be seen; keeps line breaks. Joiners inside emoji are kept. */
export function plain(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(invisible, (character, offset: number) =>
      character === '\u200d' && /\p{Extended_Pictographic}/u.test(text.slice(offset + 1, offset + 3)) ? character : '',
    );
}

/** 转义 — any text as inert Markdown: `<at id=all>` in a title stays text. */
export function escape(text: string): Markdown {
  const safe = plain(text)
    .replace(markup, (character) => `&#${character.codePointAt(0)};`)
    .replace(/\n/g, '<br>')
    .replace(/^(\s*)(\d+)\./gm, '$1$2&#46;');
  return { markdown: safe };
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

/** 提到某人 — notifies the person. @param openId from the roster, never from text */
export function at(openId: string): Markdown {
  if (!/^[A-Za-z0-9_-]+$/.test(openId)) throw new Error(`not an open_id: ${openId}`);
  return { markdown: `<at id=${openId}></at>` };
}

/** 着色 */
export function colored(color: 'red' | 'orange' | 'yellow' | 'green' | 'blue' | 'grey', text: string | Markdown): Markdown {
  const inner = typeof text === 'string' ? escape(text).markdown : text.markdown;
  return { markdown: `<font color='${color}'>${inner}</font>` };
}
