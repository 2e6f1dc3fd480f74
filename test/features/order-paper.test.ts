import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import qrcode from 'qrcode';
import { beforeAll, describe, expect, test } from 'vitest';
import { renderDocx } from '#runtime/documents/render-docx';
import { giveCheckedOrders } from '../domain/orders-given.ts';
import { startTestApp } from '../harness.ts';
import { convertAll, drawPage, haveOffice, inkOf, layoutOf, type PdfPage, type Picture, readPng } from '../office.ts';
import { inDatabase } from './given-books.ts';
import { orderPaper } from './given-order-paper.ts';

const golden = new URL('../fixtures/督办令-第1页.png', import.meta.url);
/** 版心：左28、右26、上37、下35毫米 */
const area = { left: 28, right: 184, top: 37, bottom: 262 };

const textOf = (page: PdfPage | undefined): string => (page?.words ?? []).map(({ text }) => text).join('');
/** 一行一行的正文：字框的上边相同的是一行 */
const linesOf = (page: PdfPage | undefined): { top: number; text: string }[] => {
  const lines = new Map<string, { top: number; text: string }>();
  for (const { top, text } of page?.words ?? []) {
    if (top < 36 || top > 262) continue;
    const key = top.toFixed(0);
    lines.set(key, { top, text: `${lines.get(key)?.text ?? ''}${text}` });
  }
  return [...lines.values()].sort((a, b) => a.top - b.top);
};

type Dark = (r: number, g: number, b: number) => boolean;
const black: Dark = (r, g, b) => r + g + b < 380;
const red: Dark = (r, g, b) => r > 150 && g < 110 && b < 110;
const isDark = ({ width, rgb }: Picture, x: number, y: number, dark: Dark): boolean => {
  const at = (y * width + x) * 3;
  return dark(rgb[at] ?? 255, rgb[at + 1] ?? 255, rgb[at + 2] ?? 255);
};
/** 墨在哪里，毫米 */
function boxOf(picture: Picture, dark: Dark, within: { left: number; right: number; top: number; bottom: number }) {
  const { perMm } = picture;
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (let y = Math.round(within.top * perMm); y < within.bottom * perMm; y += 1) {
    for (let x = Math.round(within.left * perMm); x < within.right * perMm; x += 1) {
      if (!isDark(picture, x, y, dark)) continue;
      box.left = Math.min(box.left, x / perMm);
      box.right = Math.max(box.right, (x + 1) / perMm);
      box.top = Math.min(box.top, y / perMm);
      box.bottom = Math.max(box.bottom, (y + 1) / perMm);
    }
  }
  return box;
}

describe.skipIf(!haveOffice())('督办令的成文稿，由 LibreOffice 打开', () => {
  let pdf: Buffer;
  let pages: PdfPage[];
  let pictures: Picture[];
  let long: PdfPage[];
  beforeAll(async () => {
    const requirement = '查明逾期原因明确赶上进度的措施责任人和每一步的时间由主要负责人亲自部署'.repeat(20);
    const papers = [
      { name: '督办令.docx', bytes: await renderDocx(orderPaper()) },
      { name: '长.docx', bytes: await renderDocx(orderPaper({ requirement })) },
    ];
    const converted = await convertAll(papers, 'pdf');
    pdf = converted[0] as Buffer;
    long = await layoutOf(converted[1] as Buffer);
    pages = await layoutOf(pdf);
    pictures = await Promise.all(pages.map(async (_, index) => readPng(await drawPage(pdf, index + 1, 150))));
  }, 180_000);
  const first = (): Picture => pictures[0] as Picture;

  test('四面：令文两面、经过、回执；A4，字都在版心里，页码居外侧', () => {
    expect(pages).toHaveLength(4);
    for (const [index, { width, height, words }] of pages.entries()) {
      expect([width, height].map(Math.round)).toEqual([210, 297]);
      expect(Math.min(...words.map(({ left }) => left))).toBeGreaterThan(area.left - 0.5);
      // 行末的标点可以悬在版心之外，别的字不行。
      const inked = words.map(({ right, text }) => (/[，。、；：]$/.test(text) ? right - 5.6 : right));
      expect(Math.max(...inked)).toBeLessThan(area.right + 1);
      const number = words.filter(({ top }) => top > 262 && top < 280);
      expect(number.map(({ text }) => text).join('')).toBe(`—${index + 1}—`);
      expect(Math.min(...number.map(({ left }) => left)) > 105).toBe(index % 2 === 0);
    }
  });

  test('发文机关标志红色居中，上边缘在版心上边缘之下35毫米；发文字号在标志下空二行；红线在字号之下4毫米，与版心同宽', () => {
    const mark = boxOf(first(), red, { left: 0, right: 210, top: 37, bottom: 110 });
    expect(mark.top).toBeGreaterThan(area.top + 35 - 1.5);
    expect(mark.top).toBeLessThan(area.top + 35 + 1.5);
    expect((mark.left + mark.right) / 2).toBeCloseTo((area.left + area.right) / 2, -0.3);
    const rule = boxOf(first(), red, { left: 0, right: 210, top: 110, bottom: 140 });
    const number = boxOf(first(), black, { left: 0, right: 210, top: mark.bottom + 1, bottom: rule.top - 1 });
    expect(number.top - mark.bottom).toBeGreaterThan(20.4);
    expect(number.top - mark.bottom).toBeLessThan(20.4 + 8);
    expect(rule.top - number.bottom).toBeGreaterThan(3.4);
    expect(rule.top - number.bottom).toBeLessThan(4.6);
    expect(rule.bottom - rule.top).toBeLessThan(1);
    expect(Math.abs(rule.left - area.left)).toBeLessThan(0.6);
    expect(Math.abs(rule.right - area.right)).toBeLessThan(0.6);
    // 字号居左、签发人居右，各空一字。
    expect(number.left - area.left).toBeGreaterThan(5);
    expect(area.right - number.right).toBeGreaterThan(5);
    expect(textOf(pages[0])).toContain('湾督〔2026〕3号签发人：周启明');
    // 题目在红线下空二行。
    const title = boxOf(first(), black, { left: 0, right: 210, top: rule.bottom + 0.5, bottom: 160 });
    expect(title.top - rule.bottom).toBeGreaterThan(20.4);
    expect(title.top - rule.bottom).toBeLessThan(20.4 + 5);
  });

  test('写满的一面22行，行距28.95磅；写满的一行28字', () => {
    const lines = linesOf(long[1]);
    expect(lines).toHaveLength(22);
    expect(lines[0]?.top).toBeGreaterThan(area.top);
    const pitch = ((lines[21]?.top ?? 0) - (lines[0]?.top ?? 0)) / 21;
    expect(pitch).toBeCloseTo((28.95 * 25.4) / 72, 1);
    expect(lines.filter(({ text }) => text.length === 28).length).toBeGreaterThan(15);
  });

  test('署名之上留着盖章的地方，日期右空四字；二维码逐格与地址相符', () => {
    const words = pages[1]?.words ?? [];
    const at = (text: string) => words.find((word) => word.text.startsWith(text));
    const attachment = at('2．督办令签收回执');
    const office = at('滨湾新区督查室');
    const date = words.filter(({ top }) => Math.abs(top - (office?.top ?? 0) - 10.2) < 1);
    expect((office?.top ?? 0) - (attachment?.top ?? 0)).toBeGreaterThan(3 * 10.2 - 0.5);
    const right = Math.max(...date.map((word) => word.right));
    expect(area.right - right).toBeGreaterThan(21);
    expect(area.right - right).toBeLessThan(24);
    const middle = (Math.min(...date.map(({ left }) => left)) + right) / 2;
    expect(Math.abs(((office?.left ?? 0) + (office?.right ?? 0)) / 2 - middle)).toBeLessThan(3);
    const top = (attachment?.bottom ?? 0) + 0.5;
    const picture = pictures[1] as Picture;
    const box = boxOf(picture, black, { left: area.left, right: 70, top, bottom: top + 32 });
    const { modules } = qrcode.create('https://duban.example.gov.cn/p/order/Zx81kQ0aRbCdEfGhIjKlMn', { errorCorrectionLevel: 'M' });
    expect(box.right - box.left).toBeGreaterThan(20);
    expect(Math.abs(box.right - box.left - (box.bottom - box.top))).toBeLessThan(0.7);
    const size = (box.right - box.left) / modules.size;
    let wrong = 0;
    for (let row = 0; row < modules.size; row += 1) {
      for (let column = 0; column < modules.size; column += 1) {
        const [x, y] = [box.left + (column + 0.5) * size, box.top + (row + 0.5) * size].map((mm) => Math.floor(mm * picture.perMm));
        if (isDark(picture, x ?? 0, y ?? 0, black) !== (modules.get(row, column) === 1)) wrong += 1;
      }
    }
    expect(wrong).toBe(0);
  });

  test('版记只在最后一面，末线就是版心的下边缘；抄送和印发日期都在', () => {
    expect(textOf(pages[3]).replaceAll(/\s/g, '')).toMatch(/抄送：王海峰。滨湾新区督查室.*2026年9月22日印发/);
    expect(pages.filter((page) => textOf(page).includes('印发'))).toHaveLength(1);
    const foot = boxOf(pictures[3] as Picture, black, { left: 100, right: 120, top: 240, bottom: 266 });
    expect(Math.abs(foot.bottom - area.bottom)).toBeLessThan(1);
    for (const label of ['签收单位', '签收人、时间', '原因', '措施', '完成日期', '主要负责人', '审核意见', '销号日期'])
      expect(textOf(pages[3])).toContain(label);
  });

  test('第一面与存着的图相符；换了字体的机器上只差字形', async () => {
    const drawn = await drawPage(pdf, 1, 60);
    if (process.env.UPDATE_GOLDENS || !existsSync(golden)) writeFileSync(golden, drawn);
    const [now, kept] = [inkOf(readPng(drawn), 5), inkOf(readPng(readFileSync(golden)), 5)];
    expect([now.length, now[0]?.length]).toEqual([kept.length, kept[0]?.length]);
    const differences = now.flatMap((row, y) => row.map((ink, x) => Math.abs(ink - (kept[y]?.[x] ?? 0))));
    expect(differences.reduce((sum, each) => sum + each, 0) / differences.length).toBeLessThan(0.02);
    expect(differences.filter((each) => each > 0.25).length / differences.length).toBeLessThan(0.02);
  });

  test('签发之后，主要负责人收到DOCX和PDF，文件名是文号、单位、编号；扫码的网页说得出办到哪里', async () => {
    const it = await startTestApp({ at: '2026-09-22 16:20', pdf: true });
    try {
      const [id = ''] = await giveCheckedOrders(it.app.database, 1);
      const zhou = it.person('周启明');
      await zhou.says('管-001');
      await zhou.clicks('看督办令');
      expect(await zhou.clicks('签发')).toMatchObject({ toast: { content: '已签发：湾督〔2026〕1号，正在下达' } });
      const { openId } = it.person('罗志远').person;
      const names = it.world.store
        .messagesOf(it.world.store.directChat(openId).chatId)
        .filter(({ msgType }) => msgType === 'file')
        .map(({ content }) => it.world.store.file((JSON.parse(content) as { file_key: string }).file_key));
      expect(names.map((file) => file?.name)).toEqual(['湾督〔2026〕1号-住房和建设局-管-001.docx', '湾督〔2026〕1号-住房和建设局-管-001.pdf']);
      const { accessKey, printBlobId } = await inDatabase(it, (db) => db.supervisionOrder.findUniqueOrThrow({ where: { id } }));
      const blob = await inDatabase(it, (db) => db.blob.findUniqueOrThrow({ where: { id: printBlobId ?? '' } }));
      expect(Buffer.from(blob.bytes.subarray(0, 5)).toString()).toBe('%PDF-');
      const html = await (await fetch(`http://127.0.0.1:${it.app.port}/p/order/${accessKey}`)).text();
      for (const words of ['湾督〔2026〕1号　待签收', '管-001 某项工作', '签发人：周启明']) expect(html).toContain(words);
      expect((await fetch(`http://127.0.0.1:${it.app.port}/p/order/none`)).status).toBe(404);
    } finally {
      await it.close();
    }
  }, 180_000);
});
