import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SheetData } from '#core/workbook';
import { seedDays } from '#domain/calendar/seed';
import type { Calendar } from '#domain/calendar/working-days';
import { readRoster } from '#domain/roster/read-roster';
import { checkTasks, type RosterView } from '#domain/workbook-import/check-tasks';
import { summarise, type TaskCheck } from '#domain/workbook-import/model';
import { readWorkbook } from '#runtime/workbook/read-workbook';

const fixture = (name: string): Promise<readonly SheetData[]> => readWorkbook(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)), name);
const calendar: Calendar = { exceptions: new Map(seedDays().map((day) => [day.date, day])), knownYears: new Set([2026]) };

let roster: RosterView;
let first: TaskCheck;
let corrected: TaskCheck;

beforeAll(async () => {
  const parsed = readRoster(await fixture('花名册.xlsx'));
  const people = new Map<string, RosterView['people'][number] & { posts: { postId: string; unitCode: string | null; role: string }[] }>();
  parsed.posts.forEach(({ name, mobile, unitCode, role }, index) => {
    const person = people.get(mobile) ?? { name, mobile, posts: [] };
    person.posts.push({ postId: `post-${index}`, unitCode, role });
    people.set(mobile, person);
  });
  roster = { units: parsed.units, people: [...people.values()] };
  first = checkTasks(await fixture('2026年重点工作任务.xlsx'), { roster, calendar, baseYear: 2026, today: '2026-05-28', taken: [] });
  corrected = checkTasks(await fixture('2026年重点工作任务-修订.xlsx'), { roster, calendar, baseYear: 2026, today: '2026-05-28', taken: [] });
});

describe('预检', () => {
  test('办公室第一次发来的表：254行，可导入248，需修改6，提醒4', () => {
    expect(first.sheets).toEqual([
      { name: '党工委', rows: 103 },
      { name: '管委会', rows: 151 },
    ]);
    expect([first.total, first.rows.length, first.faultyRows, first.warnings.length]).toEqual([254, 248, 6, 4]);
  });

  test('六处错误逐一指到格、说明规则、给出建议', () => {
    expect(first.errors.map(({ sheet, cell, code, rule, suggestion }) => [sheet, cell, code, rule, suggestion])).toEqual([
      ['党工委', 'F19', '党-018', '单位不在花名册', '是否为“海洋产业促进中心”？'],
      ['党工委', 'M44', '党-043', '日期', '是否为2026-02-28？'],
      ['管委会', 'A48', '管-047', '序号重复', '请改成未用过的序号，例如管-011'],
      ['管委会', 'F90', '管-089', '必填', '请填写一个牵头单位'],
      ['管委会', 'M121', '管-120', '时限早于下达', '请核对年份和月份'],
      ['管委会', 'K135', '管-134', '电话不在花名册', expect.stringContaining('尾号是2562')],
    ]);
  });

  test('年中才启用的：时限已过的逐项提醒，数目与表上一致，当天到期的不算；照样可以导入', async () => {
    const today = '2026-07-31';
    const late = checkTasks(await fixture('2026年重点工作任务-修订.xlsx'), { roster, calendar, baseYear: 2026, today, taken: [] });
    const past = late.warnings.filter(({ rule }) => rule === '时限已过').map(({ code }) => code);
    expect(past).toEqual(corrected.rows.filter(({ dueOn }) => dueOn < today).map(({ code }) => code));
    expect(corrected.rows.filter(({ dueOn }) => dueOn === today).length).toBeGreaterThan(0);
    expect([late.rows.length, summarise(late).pastLimits, summarise(corrected).pastLimits]).toEqual([254, past.length, 0]);
  });

  test('四处提醒给出前一个工作日，但不改日期', () => {
    expect(first.warnings.map(({ sheet, row, suggestion }) => [sheet, row, suggestion?.slice(3, 13)])).toEqual([
      ['党工委', 25, '2026-09-30'],
      ['党工委', 102, '2026-08-14'],
      ['管委会', 38, '2026-11-06'],
      ['管委会', 50, '2026-09-24'],
    ]);
    expect(corrected.rows.find(({ code }) => code === '党-024')?.dueOn).toBe('2026-10-04');
  });

  test('改好的表：254项全部可导入，编号连续，31家牵头', () => {
    expect([corrected.errors, corrected.rows.length, corrected.warnings.length]).toEqual([[], 254, 4]);
    const numbers = (series: string): number[] =>
      corrected.rows
        .filter((row) => row.series === series)
        .map(({ number }) => number)
        .sort((a, b) => a - b);
    expect(numbers('党')).toEqual(Array.from({ length: 103 }, (_, index) => index + 1));
    expect(numbers('管')).toEqual(Array.from({ length: 151 }, (_, index) => index + 1));
    expect(new Set(corrected.rows.map(({ leadUnit }) => leadUnit)).size).toBe(31);
  });

  test('各单位牵头数与资料一致（党/管）', () => {
    const lines = `U01 9/6 U02 9/2 U03 6/1 U04 5/3 U05 6/14 U06 5/12 U07 5/11 U08 2/6 U09 5/13 U10 3/9 U11 4/7 U12 4/12 U13 2/4 U14 3/6 U15 5/8 U16 4/6
      U17 1/4 U18 3/2 U19 1/3 U20 1/1 U21 2/1 U22 2/3 U23 2/3 U24 2/2 U25 1/2 U26 1/1 U27 1/0 U28 1/2 U29 3/3 U30 3/3 U31 2/1`;
    const expected = Object.fromEntries(
      lines
        .trim()
        .split(/\s+/)
        .reduce<string[][]>((pairs, word, index) => (index % 2 === 0 ? [...pairs, [word]] : (pairs.at(-1)?.push(word), pairs)), []),
    );
    const count = (unit: string, series: string): number => corrected.rows.filter((row) => row.leadUnit === unit && row.series === series).length;
    expect(Object.fromEntries(roster.units.map(({ code }) => [code, `${count(code, '党')}/${count(code, '管')}`]))).toEqual(expected);
  });

  test('时限分布与资料一致', () => {
    const upTo = (day: string): number => corrected.rows.filter(({ dueOn }) => dueOn <= day).length;
    expect(['2026-06-30', '2026-07-31', '2026-08-31', '2026-09-22', '2026-09-30', '2026-10-31', '2026-11-30', '2026-12-31'].map(upTo)).toEqual([
      14, 40, 69, 97, 118, 142, 180, 254,
    ]);
  });

  test('指标、专题、别名单位、责任人都读得到', () => {
    const item = (code: string) => corrected.rows.find((row) => row.code === code);
    expect(item('管-063')?.metrics).toEqual([{ name: '签约户数', target: 218, unit: '户', baseline: 198, current: 198 }]);
    expect(item('管-055')?.metrics.map(({ name, target, current }) => [name, target, current])).toEqual([
      ['签约宗数', 120, 114],
      ['拆除宗数', 120, 91],
    ]);
    expect(corrected.rows.filter(({ theme }) => theme === '经济稳住').map(({ code }) => code)).toEqual(
      Array.from({ length: 8 }, (_, index) => `管-00${index + 1}`),
    );
    expect(corrected.rows.every(({ responsiblePostId, liaisonPostId }) => responsiblePostId !== null && liaisonPostId !== null)).toBe(true);
  });
});
