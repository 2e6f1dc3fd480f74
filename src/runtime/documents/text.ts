import type * as Docx from 'docx';
import { bodySpacingTwips, characterTwips, fonts, lineTwips, sizes } from './measures.ts';

export type Library = typeof Docx;

interface Look {
  readonly font?: string;
  /** half points */
  readonly size?: number;
  readonly color?: string;
}

/** XML 里不许有的控制字符；写进去整份文件就打不开了。 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** 一串字 — Chinese in the given font; digits and Latin letters in Times; quotation marks are Chinese ones. */
export function run(docx: Library, text: string, { font = fonts.body, size = sizes.body, color }: Look = {}): Docx.TextRun {
  return new docx.TextRun({
    text: text.replace(forbidden, ''),
    size,
    ...(color === undefined ? {} : { color }),
    ...(size === sizes.body ? { characterSpacing: bodySpacingTwips } : {}),
    font: { ascii: fonts.latin, hAnsi: fonts.latin, eastAsia: font, hint: 'eastAsia' },
  });
}

interface ParagraphLook extends Look {
  readonly alignment?: Docx.IParagraphOptions['alignment'];
  /** exact height of a line, twips */
  readonly line?: number;
  readonly before?: number;
  readonly after?: number;
  readonly left?: number;
  readonly right?: number;
  /** 首行空二字 */
  readonly firstLine?: boolean;
  readonly keepNext?: boolean;
  /** 段首的黑体字 */
  readonly lead?: string;
}

/** 一段 — of a text with line breaks, one paragraph. */
export function paragraph(docx: Library, text: string, look: ParagraphLook = {}): Docx.Paragraph {
  const { alignment, line = lineTwips, before = 0, after = 0, left = 0, right = 0, firstLine = false, keepNext = false, lead } = look;
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/);
  return new docx.Paragraph({
    ...(alignment === undefined ? {} : { alignment }),
    keepNext,
    // 不关掉它，每页总凑不满 22 行。
    widowControl: false,
    spacing: { line, lineRule: docx.LineRuleType.EXACT, before, after },
    indent: {
      left,
      right, // 字数给 Word，缇数给不认字数的软件。
      ...(firstLine ? { firstLineChars: 200, firstLine: characterTwips * 2 } : {}),
    },
    children: [
      ...(lead === undefined ? [] : [run(docx, lead, { ...look, font: fonts.level1 })]),
      ...lines.flatMap((each, index) => [...(index > 0 ? [new docx.TextRun({ break: 1 })] : []), run(docx, each, look)]),
    ],
  });
}
