import type * as Docx from 'docx';
import type { DocumentBlock, DocumentSection } from '#core/document';
import { characterTwips, codePixels, fonts, imprintRules, letterhead, lineTwips, mm, page, sealLines, sizes } from './measures.ts';
import { type Library, paragraph, run } from './text.ts';

const typeWidth = page.portrait.width - page.portrait.left - page.portrait.right;

/** 红头 — the issuer's name in red, the number and who signed, the red rule (GB/T 9704-2012, 7.2). */
export function letterheadOf(docx: Library, { issuer, number, signer }: Extract<DocumentBlock, { kind: 'letterhead' }>): Docx.Paragraph[] {
  // 半磅计的字号就是一个字的宽的两倍。
  const widest = Math.floor((mm(letterhead.widthMm) / 10 / Math.max(issuer.length, 1) / 2) * 2);
  const size = Math.min(letterhead.sizeMax, widest);
  return [
    // 留空都用段前距：有网格的页上，空行的高不作数。
    paragraph(docx, issuer, {
      ...{ font: fonts.title, size, color: letterhead.red, line: size * 10, before: mm(letterhead.topMm) },
      ...{ alignment: docx.AlignmentType.CENTER, keepNext: true },
    }),
    new docx.Paragraph({
      keepNext: true,
      spacing: { line: lineTwips, lineRule: docx.LineRuleType.EXACT, before: lineTwips * 2 },
      tabStops: [{ type: docx.TabStopType.RIGHT, position: typeWidth - characterTwips }],
      // 红线与版心同宽，所以空一字用字，不用缩进。
      border: { bottom: { style: docx.BorderStyle.SINGLE, size: 12, space: letterhead.ruleSpacePt, color: letterhead.red } },
      children: [
        run(docx, `　${number}`),
        new docx.TextRun({ children: [new docx.Tab()] }),
        run(docx, '签发人：'),
        run(docx, signer, { font: fonts.level2 }),
      ],
    }),
  ];
}

/** 署名处 — with room for the seal: the date four characters from the right, the office centred above it; the code on the left. */
export function sealedSignatureOf(docx: Library, { office, date, code }: { office: string; date: string; code: Uint8Array }): Docx.Paragraph[] {
  const { HorizontalPositionRelativeFrom, VerticalPositionRelativeFrom, TextWrappingType } = docx;
  const right = characterTwips * 4;
  const middle = right + widthOf(date) / 2;
  const image = new docx.ImageRun({
    type: 'png',
    data: code,
    transformation: { width: codePixels, height: codePixels },
    floating: {
      horizontalPosition: { relative: HorizontalPositionRelativeFrom.MARGIN, offset: characterTwips * 2 * emuPerTwip },
      verticalPosition: { relative: VerticalPositionRelativeFrom.PARAGRAPH, offset: lineTwips * 0.25 * emuPerTwip },
      wrap: { type: TextWrappingType.NONE },
    },
  });
  return [
    new docx.Paragraph({
      ...{ alignment: docx.AlignmentType.RIGHT, indent: { right: Math.max(0, Math.round(middle - widthOf(office) / 2)) }, keepNext: true },
      spacing: { line: lineTwips, lineRule: docx.LineRuleType.EXACT, before: lineTwips * sealLines },
      children: [image, run(docx, office)],
    }),
    paragraph(docx, date, { alignment: docx.AlignmentType.RIGHT, right }),
  ];
}

const emuPerTwip = 635;

/** 三号字的一行有多宽 — Chinese characters whole, digits half, and a quarter where the two meet. */
function widthOf(text: string): number {
  const narrow = [...text].map((letter) => /[\x20-\x7e]/.test(letter));
  return narrow.reduce((sum, half, index) => {
    const seam = index > 0 && half !== narrow[index - 1] ? characterTwips / 4 : 0;
    return sum + seam + (half ? characterTwips / 2 : characterTwips);
  }, 0);
}

/** 版记 — who gets a copy, who had it printed and when; it stands in the foot of the last page, so that its last rule is the type area's edge. */
export function imprintOf(docx: Library, { copies, office, date }: NonNullable<DocumentSection['imprint']>): Docx.Table {
  const { BorderStyle, WidthType } = docx;
  const none = { style: BorderStyle.NONE, size: 0, color: 'auto' };
  const rule = (size: number) => ({ style: BorderStyle.SINGLE, size, color: '000000' });
  const look = { size: sizes.imprint };
  const margin = sizes.imprint * 10;
  const texts = [...(copies.length > 0 ? [{ left: `抄送：${copies.join('，')}。`, right: '' }] : []), { left: office, right: `${date}印发` }];
  return new docx.Table({
    layout: docx.TableLayoutType.FIXED,
    width: { size: typeWidth, type: WidthType.DXA },
    columnWidths: [typeWidth],
    margins: { left: 0, right: 0 },
    rows: texts.map(
      ({ left, right }, index) =>
        new docx.TableRow({
          cantSplit: true,
          children: [
            new docx.TableCell({
              width: { size: typeWidth, type: WidthType.DXA },
              borders: {
                ...{ left: none, right: none },
                top: rule(index === 0 ? imprintRules.outer : imprintRules.inner),
                bottom: rule(index === texts.length - 1 ? imprintRules.outer : imprintRules.inner),
              },
              children: [
                new docx.Paragraph({
                  // 回行与“抄送：”后的字对齐。
                  indent: right === '' ? { left: margin * 4, right: margin, hanging: margin * 3 } : { left: margin, right: margin },
                  spacing: { line: 480, lineRule: docx.LineRuleType.EXACT },
                  tabStops: [{ type: docx.TabStopType.RIGHT, position: typeWidth - margin }],
                  children: [
                    run(docx, left, look),
                    ...(right === '' ? [] : [new docx.TextRun({ children: [new docx.Tab()] }), run(docx, right, look)]),
                  ],
                }),
              ],
            }),
          ],
        }),
    ),
  });
}
