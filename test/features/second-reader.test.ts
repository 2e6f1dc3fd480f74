import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../harness.ts';
import { convert, haveOffice, layoutOf, type PdfPage } from '../office.ts';
import { startWithBooks } from './given-books.ts';

/** 机器人发给某人的最后一份文件 */
function lastFileOf(it: TestApp, name: string): { name: string; bytes: Uint8Array } {
  const { openId } = it.person(name).person;
  const message = it.world.store
    .messagesOf(it.world.store.directChat(openId).chatId)
    .filter(({ sender, msgType }) => sender.kind === 'bot' && msgType === 'file')
    .at(-1);
  const key = (JSON.parse(message?.content ?? '{}') as { file_key?: string }).file_key ?? '';
  return { name: it.world.store.file(key)?.name ?? '', bytes: it.world.store.fileBytes(key) ?? new Uint8Array() };
}

describe.skipIf(!haveOffice())('第二个读者（LibreOffice）', () => {
  describe('任务书', () => {
    let pages: PdfPage[];
    const textOf = (page: PdfPage | undefined): string => (page?.words ?? []).map(({ text }) => text).join('');
    beforeAll(async () => {
      const it = await startWithBooks();
      const { name, bytes } = lastFileOf(it, '曾小雨');
      expect(name).toMatch(/任务书.*\.docx$/);
      await it.close();
      pages = await layoutOf(await convert('任务书.docx', bytes, 'pdf'));
    }, 180_000);

    test('打得开，标题、主送、事项、签收时限都在，内部备注不在', () => {
      const text = pages.map(textOf).join('');
      for (const words of ['重点工作任务书', '南屿办事处', '管-063', '党-020', '218户', '6月2日']) expect(text).toContain(words);
      expect(text).not.toContain('内部备注');
    });

    test('纸张A4，正文在国标的版心里：左28右26、上37毫米以下', () => {
      const [first] = pages;
      expect(first?.width).toBeCloseTo(210, 0);
      expect(first?.height).toBeCloseTo(297, 0);
      const body = (first?.words ?? []).filter(({ top }) => top > 36);
      expect(body.length).toBeGreaterThan(0);
      expect(Math.min(...body.map(({ left }) => left))).toBeGreaterThan(27);
      expect(Math.max(...body.map(({ right }) => right))).toBeLessThan(210 - 25);
    });

    test('每页都有页码，从1起', () => {
      pages.forEach((page, index) => {
        expect(textOf(page).replaceAll(/\s/g, '')).toMatch(new RegExp(`—${index + 1}—`));
      });
    });
  });

  describe('校验结果', () => {
    let flat: string;
    beforeAll(async () => {
      const it = await startTestApp({ at: '2026-05-28 15:10' });
      await it.person('林晓').sendsFile('2026年重点工作任务.xlsx', readFileSync(new URL('../fixtures/2026年重点工作任务.xlsx', import.meta.url)));
      const { bytes } = lastFileOf(it, '林晓');
      await it.close();
      flat = (await convert('校验结果.xlsx', bytes, 'fods')).toString('utf8');
    }, 180_000);

    test('打得开：两张表都在，六处错误和四处提醒的批注都读得到', () => {
      expect([...flat.matchAll(/<table:table table:name="([^"]+)"/g)].map(([, name]) => name)).toEqual(expect.arrayContaining(['党工委', '管委会']));
      const notes = [...flat.matchAll(/<office:annotation[ >].*?<\/office:annotation>/gs)].map(([note]) => note.replaceAll(/<[^>]+>/g, ''));
      expect(notes).toHaveLength(10);
      expect(notes.join('\n')).toContain('是否为“海洋产业促进中心”？');
    });

    test('红和黄都认得，结果列的文字在，没有一个公式', () => {
      expect(flat).toMatch(/fo:background-color="#ff9999"/i);
      expect(flat).toMatch(/fo:background-color="#ffeb9c"/i);
      expect(flat.match(/需修改：/g)?.length).toBe(6);
      expect(flat).not.toContain('table:formula');
    });
  });
});
