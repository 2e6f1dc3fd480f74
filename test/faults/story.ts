import { readFileSync } from 'node:fs';
import ExcelJS from 'exceljs';
import { openSmallHall } from './story-hall.ts';
import type { Teller } from './teller.ts';

const books = '2026年重点工作任务-修订.xlsx';
/** 南屿（曾小雨、方伟、梁海生）和住建局（丁一凡、罗志远）各一项 */
const kept = ['党-031', '管-063'];

/** 一章 — `prepare` is told once, uncut; `play` is told again for every point at which the program may die. */
export interface Chapter {
  readonly name: string;
  readonly prepare?: (teller: Teller) => Promise<void>;
  readonly play: (teller: Teller) => Promise<void>;
}

/** 两项的工作簿 — made once: made anew it would have other bytes, and be another file. */
let made: Promise<Uint8Array> | undefined;
const smallBooks = (): Promise<Uint8Array> => {
  made ??= makeSmallBooks();
  return made;
};
async function makeSmallBooks(): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(readFileSync(new URL(`../fixtures/${books}`, import.meta.url)) as unknown as ArrayBuffer);
  for (const sheet of book.worksheets) {
    for (let row = sheet.rowCount; row > 1; row -= 1) if (!kept.includes(String(sheet.getCell(row, 1).value))) sheet.spliceRows(row, 1);
  }
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** 从导入到督办令 */
const fromImportToOrder: readonly Chapter[] = [
  {
    name: '导入确认',
    prepare: (it) => it.skipsTo('2026-05-28 15:58'),
    play: async (it) => {
      await it.sendsFile('林晓', books, await smallBooks());
      await it.presses('林晓', 'task-books.confirm-import');
    },
  },
  {
    name: '审定下达',
    prepare: (it) => it.skipsTo('2026-05-29 09:10'),
    play: async (it) => {
      await it.presses('周启明', 'task-books.approve');
      await it.presses('周启明', 'task-books.issue');
    },
  },
  {
    name: '签收',
    play: async (it) => {
      await it.presses('曾小雨', 'task-books.acknowledge');
    },
  },
  {
    name: '反馈审签采纳',
    prepare: async (it) => {
      await it.presses('丁一凡', 'task-books.acknowledge');
      await it.skipsTo('2026-06-24 16:40');
      await it.says('方伟', '我的任务');
    },
    play: async (it) => {
      await it.presses('方伟', 'progress.open-form');
      await it.presses('方伟', 'progress.report', { metric1: '216', percent: '99', content: '本周新签18户', difficulties: '剩余2户在外地' });
      await it.presses('梁海生', 'progress.sign-off');
      await it.presses('林晓', 'progress.adopt');
    },
  },
  {
    name: '到点催办',
    // 前面的几步照常走；别的定时在这一格之前都已办过，这一格只有催办。
    prepare: async (it) => {
      for (const at of ['2026-09-07 09:05', '2026-09-11 09:05', '2026-09-15 09:05', '2026-09-16 09:05', '2026-09-17 09:03']) await it.skipsTo(at);
    },
    play: (it) => it.goesTo('2026-09-17 09:05'),
  },
  {
    name: '督办令拟稿',
    prepare: async (it) => {
      for (const at of ['2026-09-20 09:05', '2026-09-22 09:03']) await it.skipsTo(at);
    },
    play: (it) => it.goesTo('2026-09-22 09:05'),
  },
  {
    name: '督办令签发下达',
    play: async (it) => {
      await it.presses('林晓', 'orders.check', { requirement: '查明原因，限期完成', evidence: '完成情况说明' });
      await it.presses('周启明', 'orders.sign', {});
      await it.presses('罗志远', 'orders.acknowledge');
    },
  },
];

/** 述职：一家、几位测评人 */
const review: readonly Chapter[] = [
  {
    name: '投票',
    prepare: async (it) => {
      await it.skipsTo('2026-12-18 14:20');
      await openSmallHall(it);
    },
    play: async (it) => {
      await it.presses('沈澄', 'review.open-vote');
      for (const [name, choice] of [
        ['陈建业', '优秀'],
        ['李文博', '良好'],
      ] as const)
        await it.presses(name, 'review.cast', undefined, { choice });
      await it.presses('沈澄', 'review.close-vote');
    },
  },
];

/** 各条故事，一条一条地从头讲；一条里，后一章从前一章停下的地方接着讲 */
export const stories: readonly (readonly Chapter[])[] = [fromImportToOrder, review];
