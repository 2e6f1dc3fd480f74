import type * as Docx from 'docx';
import qrcode from 'qrcode';
import type { DocumentBlock, DocumentSection, OfficialDocument } from '#core/document';
import { imprintOf, letterheadOf, sealedSignatureOf } from './letterhead.ts';
import { characterTwips, fonts, lineTwips, mm, page, sizes } from './measures.ts';
import { slipOf, tableOf } from './tables.ts';
import { type Library, paragraph, run } from './text.ts';

/** 排印公文 — an OfficialDocument becomes a .docx in the layout of GB/T 9704-2012. The library is loaded with the first document. */
export async function renderDocx(document: OfficialDocument): Promise<Uint8Array> {
  const docx = await import('docx');
  const { title, header, sections } = document;
  const codes = await drawCodes(sections);
  const file = new docx.Document({
    title,
    creator: '书令',
    styles: { default: { document: { run: { font: fonts.body, size: sizes.body } } } },
    evenAndOddHeaderAndFooters: true,
    sections: sections.map((section) => ({
      properties: propertiesOf(docx, section),
      headers: { default: headerOf(docx, header, section), even: headerOf(docx, header, section) },
      footers: { default: footerOf(docx, 'right', section), even: footerOf(docx, 'left', section) },
      children: section.blocks.flatMap((block) => blockOf(docx, block, codes)),
    })),
  });
  return docx.Packer.toBuffer(file);
}

/** 画二维码 — each address once. */
async function drawCodes(sections: readonly DocumentSection[]): Promise<ReadonlyMap<string, Uint8Array>> {
  const addresses = sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'signature' && block.seal ? [block.seal.address] : [])),
  );
  return new Map(
    await Promise.all(
      addresses.map(
        async (address) => [address, await qrcode.toBuffer(address, { type: 'png', margin: 1, scale: 8, errorCorrectionLevel: 'M' })] as const,
      ),
    ),
  );
}

function propertiesOf({ PageOrientation, DocumentGridType }: Library, { landscape, bare = false }: DocumentSection): Docx.ISectionPropertiesOptions {
  const { width, height, top, left, right, bottom } = landscape ? page.landscape : page.portrait;
  return {
    page: {
      // 横放时库自己把宽高对调。
      size: { width, height, orientation: landscape ? PageOrientation.LANDSCAPE : PageOrientation.PORTRAIT },
      // 页码在版心下边缘之下 7 毫米。
      margin: { top, left, right, bottom, header: mm(landscape ? 15 : 22), footer: bottom - mm(landscape ? 10 : 12) },
    },
    // 表格的行比网格密，横放的页不用网格；红头的标志和留空不落在网格上，那一节全靠固定行距。
    ...(landscape || bare ? {} : { grid: { type: DocumentGridType.LINES, linePitch: lineTwips } }),
  };
}

function headerOf(docx: Library, { left, right }: OfficialDocument['header'], { landscape, bare = false }: DocumentSection): Docx.Header {
  if (bare) return new docx.Header({ children: [new docx.Paragraph({ children: [] })] });
  const { width, height, left: leftMargin, right: rightMargin } = landscape ? page.landscape : page.portrait;
  const position = (landscape ? height : width) - leftMargin - rightMargin;
  const look = { font: fonts.level1, size: sizes.header };
  return new docx.Header({
    children: [
      new docx.Paragraph({
        tabStops: [{ type: docx.TabStopType.RIGHT, position }],
        children: [run(docx, left, look), new docx.TextRun({ children: [new docx.Tab()] }), run(docx, right, look)],
      }),
    ],
  });
}

/** 页码 — 4号, between dashes, one character in from the outer side. */
function footerOf(docx: Library, side: 'left' | 'right', { imprint }: DocumentSection): Docx.Footer {
  const look = { font: { ascii: fonts.number, hAnsi: fonts.number, eastAsia: fonts.number }, size: sizes.pageNumber };
  return new docx.Footer({
    children: [
      ...(imprint ? [imprintOf(docx, imprint)] : []),
      new docx.Paragraph({
        // 版记的末线与版心下边缘重合：页码在它下面12毫米之内。
        ...(imprint ? { spacing: { before: mm(6), line: mm(6), lineRule: docx.LineRuleType.EXACT } } : {}),
        alignment: side === 'left' ? docx.AlignmentType.LEFT : docx.AlignmentType.RIGHT,
        indent: side === 'left' ? { left: sizes.pageNumber * 10 } : { right: sizes.pageNumber * 10 },
        children: [new docx.TextRun({ ...look, children: ['— ', docx.PageNumber.CURRENT, ' —'] })],
      }),
    ],
  });
}

function blockOf(docx: Library, block: DocumentBlock, codes: ReadonlyMap<string, Uint8Array>): (Docx.Paragraph | Docx.Table)[] {
  const { AlignmentType } = docx;
  switch (block.kind) {
    case 'letterhead':
      return letterheadOf(docx, block);
    case 'mark':
      return [paragraph(docx, block.text, { font: fonts.level1, keepNext: true })];
    case 'title':
      return block.lines.map((line, index) =>
        paragraph(docx, line, {
          font: fonts.title,
          size: sizes.title,
          line: 700,
          keepNext: true,
          alignment: AlignmentType.CENTER,
          before: index === 0 ? lineTwips * (block.apart ? 2 : 0.5) : 0,
          after: index === block.lines.length - 1 ? lineTwips * (block.apart ? 1 : 0.5) : 0,
        }),
      );
    case 'subtitle':
      return [paragraph(docx, block.text, { font: fonts.level2, alignment: AlignmentType.CENTER, after: lineTwips / 2 })];
    case 'recipient':
      return [paragraph(docx, block.text)];
    case 'heading':
      return [paragraph(docx, block.text, { font: fonts.level1, firstLine: true, keepNext: true })];
    case 'paragraph':
      return [paragraph(docx, block.text, { firstLine: true, ...(block.lead === undefined ? {} : { lead: block.lead }) })];
    case 'attachments':
      return attachmentsOf(docx, block.names);
    case 'annotation':
      return [paragraph(docx, `（${block.text}）`, { firstLine: true })];
    case 'signature': {
      const code = block.seal && codes.get(block.seal.address);
      if (code) return sealedSignatureOf(docx, { office: block.office, date: block.date, code });
      return [
        paragraph(docx, block.office, { alignment: AlignmentType.RIGHT, right: characterTwips * 2, before: lineTwips, keepNext: true }),
        paragraph(docx, block.date, { alignment: AlignmentType.RIGHT, right: characterTwips * 2 }),
      ];
    }
    case 'table':
      return [tableOf(docx, block), paragraph(docx, '', { line: lineTwips / 2 })];
    case 'slip':
      return [slipOf(docx, block.rows), paragraph(docx, '', { line: lineTwips / 2 })];
  }
}

/** 附件说明 — 左空二字；一个以上的编号，第二个起与第一个对齐。 */
function attachmentsOf(docx: Library, names: readonly string[]): Docx.Paragraph[] {
  return names.map((name, index) =>
    paragraph(docx, `${index === 0 ? '附件：' : '　　　'}${names.length > 1 ? `${index + 1}．` : ''}${name}`, {
      left: characterTwips * 2,
      before: index === 0 ? lineTwips : 0,
    }),
  );
}
