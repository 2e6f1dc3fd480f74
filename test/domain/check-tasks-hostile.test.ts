import { describe, expect, test } from 'vitest';
import type { CellValue } from '#core/workbook';
import { checkTasks, type RosterView } from '#domain/workbook-import/check-tasks';

const unit = (code: string, name: string): RosterView['units'][number] => ({
  code,
  name,
  shortName: name,
  aliases: [],
  kind: '局',
  leaderName: null,
  chatName: null,
});
const roster: RosterView = {
  units: [unit('U09', '住房和建设局'), ...Array.from({ length: 30 }, (_, index) => unit(`U${index + 10}`, `第${index}办事处`))],
  people: Array.from({ length: 312 }, (_, index) => ({ name: `人${index}`, mobile: `1990000${String(index).padStart(4, '0')}`, posts: [] })),
};
const header = ['序号', '任务名称', '牵头单位', '配合单位', '完成时限', '量化指标', '目标值'];
const check = (rows: CellValue[][]) =>
  checkTasks([{ name: '管委会', rows: [header, ...rows] }], {
    roster,
    calendar: { exceptions: new Map(), knownYears: new Set([2026]) },
    baseYear: 2026,
    today: '2026-05-28',
    taken: [],
  });
const good = ['管-001', '任务', '住房和建设局', null, '6月底前', null, null];
const row = (changes: Record<number, CellValue>): CellValue[] => good.map((cell, column) => changes[column] ?? cell);
const longText = Array.from({ length: 20_000 }, (_, index) => String.fromCharCode(0x4e00 + index)).join('');

describe('读得出、却写得荒唐的任务表：核对的工夫有界', () => {
  test('20001行的表不核对，请拆分；20000行的照核', () => {
    const numbered = (count: number): CellValue[][] => Array.from({ length: count }, (_, index) => row({ 0: `管-${index + 1}` }));
    expect(() => check(numbered(20_001))).toThrow(/任务有20001行，超过20000行的上限/);
    expect(check(numbered(20_000)).rows).toHaveLength(20_000);
  });

  test('牵头单位里各贴了两万字的三百行：很快指出，理由短得放得进卡片', () => {
    const before = process.cpuUsage();
    const { errors } = check(Array.from({ length: 300 }, (_, index) => row({ 0: `管-${index + 1}`, 2: `${longText}${index}` })));
    // 处理器时间而非钟点：机器忙时等的不算。没有上限时，这一张表要核对几分钟。
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(3_000);
    expect(errors).toHaveLength(300);
    for (const { message } of errors) expect(message.length).toBeLessThan(100);
  });

  test('一格里写了一万个单位、一万个指标：各算一处错误，不铺满卡片', () => {
    const supporting = check([row({ 3: Array(10_000).fill('甲乙局').join('、') })]).errors;
    expect(supporting.map(({ cell, message }) => [cell, message])).toEqual([['D2', '写了10000个配合单位']]);
    const metrics = check([row({ 5: Array(10_000).fill('户').join('；'), 6: '1' })]).errors;
    expect(metrics.map(({ cell, message }) => [cell, message])).toEqual([['F2', '写了10000个指标']]);
  });

  test('序号里贴了一篇文字：错误里的序号和说明都是短的', () => {
    const [error] = check([row({ 0: longText })]).errors;
    expect([error?.code.length, error?.message.length].every((length) => (length ?? 0) < 100)).toBe(true);
  });

  test('写错的单位名仍然得到相近的建议，第二次也一样', () => {
    const { errors } = check([row({ 0: '管-001', 2: '住房建设局' }), row({ 0: '管-002', 2: '住房建设局' })]);
    expect(errors.map(({ suggestion }) => suggestion)).toEqual(['是否为“住房和建设局”？', '是否为“住房和建设局”？']);
  });
});
