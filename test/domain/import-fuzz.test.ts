import { readFileSync } from 'node:fs';
import { readXlsx } from 'hucre';
import { beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '#core/errors';
import { storableText } from '#core/storable-text';
import type { CellValue, SheetData } from '#core/workbook';
import { readSessionPlan } from '#domain/review/session-sheet';
import { readRoster } from '#domain/roster/read-roster';
import { checkTasks, type RosterView } from '#domain/workbook-import/check-tasks';
import { fc } from '../fast-check.ts';

// 夜里 FUZZ_RUNS=20000。
const runs = Math.min(Number(process.env.FUZZ_RUNS ?? 100), 5_000);
/** 一句话放得进卡片 */
const sentenceMax = 400;

let tasks: readonly SheetData[];
let people: readonly SheetData[];
let plan: readonly SheetData[];
let roster: RosterView;

/** 老实的一份 @param rowsMax of each sheet */
async function fixture(name: string, rowsMax: number): Promise<SheetData[]> {
  const { sheets } = await readXlsx(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)));
  const toValue = (cell: unknown): CellValue => (cell instanceof Date ? { date: cell.toISOString().slice(0, 10) } : ((cell ?? null) as CellValue));
  return sheets.map((sheet) => ({ name: sheet.name, rows: sheet.rows.slice(0, rowsMax).map((row) => [...row].map(toValue)) }));
}

beforeAll(async () => {
  tasks = await fixture('2026年重点工作任务-修订.xlsx', 12);
  people = await fixture('花名册.xlsx', Number.POSITIVE_INFINITY);
  plan = await fixture('述职测评-2026-12-18.xlsx', Number.POSITIVE_INFINITY);
  const { units, posts } = readRoster(people);
  roster = {
    units,
    people: posts.map(({ name, mobile, unitCode, role }, index) => ({ name, mobile, posts: [{ postId: `${index}`, unitCode, role }] })),
  };
});

const oddities: readonly CellValue[] = [
  ...[
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\u202e任务',
    '=1+1',
    '<at id=all></at>',
    '名'.repeat(33_000),
    '0000-00-00',
    '9999年99月99日',
    '２０２６年２月３０日',
  ],
  ...[
    '管-0',
    '管-99999999999999999999',
    '党-001',
    '__proto__',
    'constructor',
    '、、、',
    '%',
    '-1%',
    '1e309',
    '每月底前',
    '长期',
    '13800000000',
    'U01',
  ],
  ...[Number.NaN, Number.POSITIVE_INFINITY, -0, 1e308, -1, 46_203.5, 2_958_466, true, false, null],
  ...[{ date: '0000-00-00' }, { date: '9999-12-31' }, { date: '2026-02-30' }, { date: '1899-12-30' }],
];
/** 读表的进程交出来的格子：NUL 和半个字它已经去掉，空的它交的是 null */
const cell: fc.Arbitrary<CellValue> = fc
  .oneof(
    { weight: 3, arbitrary: fc.constantFrom(...oddities) },
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.double(),
  )
  .map((value) => (typeof value === 'string' ? storableText(value) || null : value));
const change = fc.record({
  sheet: fc.nat(3),
  // 表头和头几行改得多些。
  row: fc.oneof(fc.nat(2), fc.nat(40)),
  column: fc.nat(20),
  how: fc.constantFrom('write', 'write', 'write', 'write', 'drop row', 'copy row', 'drop cells', 'rename', 'drop sheet'),
  value: cell,
});

type Change = typeof change extends fc.Arbitrary<infer One> ? One : never;

function changed(sheets: readonly SheetData[], { sheet, row, column, how, value }: Change): SheetData[] {
  return sheets.flatMap((each, index) => {
    if (index !== sheet % sheets.length) return [each];
    if (how === 'drop sheet') return [];
    // 更长的名称，读表的进程不收。
    if (how === 'rename') return [{ ...each, name: String(value).slice(0, 100).toWellFormed() }];
    const rows = each.rows.map((cells) => [...cells]);
    const at = row % Math.max(1, rows.length);
    if (how === 'drop row') rows.splice(at, 1);
    if (how === 'copy row') rows.splice(at, 0, [...(rows[at] ?? [])]);
    const cells = rows[at];
    if (how === 'drop cells' && cells) rows[at] = cells.slice(0, column);
    if (how === 'write' && cells) cells[column % (cells.length + 1)] = value;
    return [{ ...each, rows: rows.map((one) => Array.from(one, (given) => given ?? null)) }];
  });
}

const given = <Found>(read: (sheets: readonly SheetData[]) => Found, sheets: readonly SheetData[]): Found | string => {
  try {
    return read(sheets);
  } catch (error) {
    // 拒绝要说得出原因；别的错照样抛出，让测试变红。
    if (!(error instanceof AppError)) throw error;
    return error.publicMessage;
  }
};

/** 说给人听的一句：有中文，不太长，库里存得下 */
function expectSentence(words: string): void {
  expect(words).toMatch(/[\u4e00-\u9fff]{2,}/);
  expect(words.length).toBeLessThan(sentenceMax);
}

/** 库里存得下的：没有 NUL，没有半个字 */
function expectStorable(value: unknown): void {
  const text = JSON.stringify(value);
  expect(text).not.toContain('\\u0000');
  expect(text).not.toMatch(/\\ud[89a-f]/i);
}

/** 一种表的随机改动 — `read` says of the outcome whether it was taken, faulted or refused. */
function fuzz(name: string, base: () => readonly SheetData[], read: (sheets: readonly SheetData[]) => 'taken' | 'faulted' | 'refused'): void {
  const counts = { taken: 0, faulted: 0, refused: 0 };
  let longestMs = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
      const before = process.cpuUsage();
      counts[read(changes.reduce(changed, [...base()]))] += 1;
      const { user, system } = process.cpuUsage(before);
      longestMs = Math.max(longestMs, (user + system) / 1_000);
    }),
    { numRuns: runs, endOnFailure: true },
  );
  process.stdout.write(`${name}：${JSON.stringify(counts)}，最久${longestMs.toFixed(0)}毫秒\n`);
  expect(counts.taken + counts.faulted + counts.refused).toBe(runs);
  expect(longestMs).toBeLessThan(2_000);
}

describe('改坏了的表，读得出的每一格都可能是任何东西', { timeout: 3_600_000 }, () => {
  test('任务表：每一行不是读懂就是指出，一行不少；说得出哪一格、哪条规则', () => {
    const calendar = { exceptions: new Map(), knownYears: new Set([2026]) };
    fuzz(
      '任务表',
      () => tasks,
      (sheets) => {
        const found = given((all) => checkTasks(all, { roster, calendar, baseYear: 2026, today: '2026-05-28', taken: [] }), sheets);
        if (typeof found === 'string') {
          expectSentence(found);
          return 'refused';
        }
        expect(found.rows.length + found.faultyRows).toBe(found.total);
        expectStorable(found);
        for (const { sheet, row, cell: place, rule, message, code } of [...found.errors, ...found.warnings, ...found.assumed]) {
          expectSentence(`${rule}${message}`);
          expect(code.length).toBeLessThan(sentenceMax);
          expect(sheets.map(({ name }) => name)).toContain(sheet);
          expect(row).toBeGreaterThan(0);
          expect(place).toMatch(/^[A-Z]{1,2}\d+$/);
        }
        for (const { dueOn, title } of found.rows) {
          expect(dueOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
          expect(title.length).toBeGreaterThan(0);
        }
        return found.faultyRows === 0 ? 'taken' : 'faulted';
      },
    );
  });

  test('花名册：看不懂的一行一句；读懂的人都有手机号和认得的角色', () => {
    fuzz(
      '花名册',
      () => people,
      (sheets) => {
        const found = given(readRoster, sheets);
        if (typeof found === 'string') {
          expectSentence(found);
          return 'refused';
        }
        found.problems.forEach(expectSentence);
        expectStorable(found);
        for (const { mobile } of found.posts) expect(mobile).toMatch(/^\d{7,}$/);
        return found.problems.length === 0 ? 'taken' : 'faulted';
      },
    );
  });

  test('述职方案：不是读成方案，就是指出哪一处', () => {
    fuzz(
      '述职方案',
      () => plan,
      (sheets) => {
        const found = given((all) => readSessionPlan(all, roster), sheets);
        if (typeof found === 'string') {
          expectSentence(found);
          return 'refused';
        }
        expectStorable(found);
        for (const { message } of found.errors) expectSentence(message);
        return found.errors.length === 0 ? 'taken' : 'faulted';
      },
    );
  });
});
