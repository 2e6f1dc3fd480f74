import { describe, expect, test } from 'vitest';
import { addDays } from '#core/dates';
import { readHolidayFile } from '#domain/calendar/read-holiday-file';
import { looksLikeNotice, readNotice } from '#domain/calendar/read-notice';
import { seedDays } from '#domain/calendar/seed';
import type { Calendar } from '#domain/calendar/working-days';
import { addWorkingDays, dueSpan, isWorkingDay } from '#domain/calendar/working-days';
import { notice2025, notice2026, notice2027 } from '../notices.ts';

const off = (text: string): string[] => readNotice(text)!.days.flatMap(({ date, kind }) => (kind === 'off' ? [date] : []));
const work = (text: string): string[] => readNotice(text)!.days.flatMap(({ date, kind }) => (kind === 'work' ? [date] : []));

function calendarOf(text: string): Calendar {
  const { year, days } = readNotice(text)!;
  return { exceptions: new Map(days.map(({ date, kind, name }) => [date, { kind, name }])), knownYears: new Set([year]) };
}

function workingDaysByMonth(calendar: Calendar, year: number): number[] {
  const counts = Array.from({ length: 12 }, () => 0);
  for (let day = `${year}-01-01`; day <= `${year}-12-31`; day = addDays(day, 1)) {
    if (isWorkingDay(calendar, day)) counts[Number(day.slice(5, 7)) - 1]! += 1;
  }
  return counts;
}

describe('国务院的放假通知', () => {
  test('2026年：33天放假、6天调休上班，与程序预置的一天不差；全年248个工作日', () => {
    const notice = readNotice(notice2026)!;
    expect(notice).toMatchObject({ year: 2026, problems: [], ignored: [] });
    const seed = seedDays().filter(({ date }) => date.startsWith('2026-'));
    expect(off(notice2026)).toEqual(seed.flatMap(({ date, kind }) => (kind === 'off' ? [date] : [])).sort());
    expect(work(notice2026)).toEqual(['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10']);
    expect(workingDaysByMonth(calendarOf(notice2026), 2026)).toEqual([21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]);
  });

  test('2025年：元旦“放假1天，不调休”，国庆中秋合在一起，也与预置的一天不差', () => {
    const notice = readNotice(notice2025)!;
    expect(notice).toMatchObject({ year: 2025, problems: [] });
    const seed = seedDays().filter(({ date }) => date.startsWith('2025-'));
    expect(off(notice2025)).toEqual(seed.flatMap(({ date, kind }) => (kind === 'off' ? [date] : [])).sort());
    expect(work(notice2025)).toEqual(['2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11']);
  });

  test.each([
    ['星期X的写法', notice2026.replaceAll('（周', '（星期'), []],
    ['只写日期，不写星期', notice2026.replaceAll(/（[^）]*）/g, ''), []],
    ['元旦跨年，写明年份', notice2026.replace('1月1日（周四）至3日（周六）放假调休，共3天', '2025年12月31日至2026年1月2日放假调休，共3天'), []],
    ['元旦跨年，只写12月', notice2026.replace('1月1日（周四）至3日（周六）放假调休，共3天', '12月31日至1月2日放假调休，共3天'), []],
    ['与周末连休', notice2026.replace('4月4日（周六）至6日（周一）放假，共3天', '4月6日放假，与周末连休'), []],
    ['星期不对', notice2026.replace('5月9日（周六）上班', '5月9日（周日）上班'), ['通知写5月9日是周日，实际是5月9日（周六）']],
    ['起止的星期不对', notice2026.replace('至7日（周三）', '至7日（周四）'), ['通知写10月7日是周四，实际是10月7日（周三）']],
    ['天数不对', notice2026.replace('共9天', '共8天'), ['春节写的是共8天，按日期是9天']],
    ['上班日不是周末', notice2026.replace('5月9日（周六）上班', '5月8日上班'), ['5月8日（周五）不是周末，本来就上班']],
    ['既放假又上班', notice2026.replace('5月9日（周六）上班', '5月3日上班'), ['5月3日（周日）既放假又上班']],
    ['没有这一天', notice2026.replace('2月28日（周六）上班', '2月30日上班'), ['春节的上班日不存在：“2月14日(周六)、2月30日上班”']],
    [
      '起止颠倒',
      notice2026.replace('9月25日（周五）至27日', '9月27日（周日）至25日'),
      ['中秋节的日期不存在或颠倒：“9月27日(周日)至25日(周日)放假,共3天”', '没有找到中秋节的放假安排'],
    ],
    ['少了一节', notice2026.replace(/五、端午节.*\n/, ''), ['没有找到端午节的放假安排']],
    [
      '写法认不出',
      notice2026.replace('9月25日（周五）至27日（周日）放假，共3天。', '中秋节当天放假。'),
      ['中秋节这一句没看懂：“中秋节当天放假”', '没有找到中秋节的放假安排'],
    ],
  ])('%s', (_name, text, problems) => {
    expect(readNotice(text)!.problems).toEqual(problems);
  });

  test('鼓励的话不是安排：放在一边，说出来', () => {
    const text = notice2026.replace('2月28日（周六）上班。', '2月28日（周六）上班。鼓励各单位安排职工在除夕（2月16日）休息。');
    expect(readNotice(text)).toMatchObject({ problems: [], ignored: ['春节：鼓励各单位安排职工在除夕(2月16日)休息'] });
    expect(off(text)).toEqual(off(notice2026));
  });

  test('元旦从上一年12月起的，算在这一年的安排里', () => {
    const text = notice2026.replace('1月1日（周四）至3日（周六）放假调休，共3天', '2025年12月31日至2026年1月2日放假调休，共3天');
    expect(off(text).slice(0, 3)).toEqual(['2025-12-31', '2026-01-01', '2026-01-02']);
  });

  test('不是放假通知的文字，不当放假通知', () => {
    expect(looksLikeNotice(notice2027)).toBe(true);
    expect(looksLikeNotice('任务 管-063')).toBe(false);
    expect(readNotice('国务院办公厅关于节假日的说明')).toBeNull();
  });
});

describe('holiday-cn 的文件', () => {
  const file = (days: readonly object[]): string => JSON.stringify({ $schema: 'x', year: 2026, papers: ['http://www.gov.cn/'], days });
  const all = readNotice(notice2026)!.days.map(({ date, kind, name }) => ({ name, date, isOffDay: kind === 'off' }));

  test('与通知读出来的一样', () => {
    expect(readHolidayFile(file(all))).toEqual(readNotice(notice2026));
  });

  test.each([
    ['一天两说', [...all, { ...all[0]!, isOffDay: false }], '1月1日（周四）既放假又上班'],
    ['周三要上班', [...all, { name: '国庆节', date: '2026-10-14', isOffDay: false }], '10月14日（周三）不是周末，本来就上班'],
    ['缺了春节', all.filter(({ name }) => name !== '春节'), '没有找到春节的放假安排'],
    ['别的年份', [...all, { name: '元旦', date: '2028-01-08', isOffDay: true }], '2028-01-08不在2026年的安排之内'],
  ])('矛盾说得出来：%s', (_name, days, problem) => {
    expect(readHolidayFile(file(days)).problems).toContain(problem);
  });

  test.each([
    ['{"year":2027'],
    ['[]'],
    ['{"year":2027,"days":[{"name":"元旦","date":"2027-02-30","isOffDay":true}]}'],
    ['{"year":"2027","days":[]}'],
  ])('不是这种文件的，说清楚：%s', (text) => {
    expect(() => readHolidayFile(text)).toThrow(/没有读入/);
  });
});

describe('按通知数工作日', () => {
  const calendar = calendarOf(notice2026);

  test.each([
    ['2026-02-13', 1, '2026-02-14'],
    ['2026-02-13', 2, '2026-02-24'],
    ['2026-09-22', 3, '2026-09-28'],
    ['2026-10-09', -7, '2026-09-22'],
    ['2026-10-09', -3, '2026-09-29'],
    ['2026-10-09', -1, '2026-10-08'],
    ['2026-10-09', 1, '2026-10-10'],
    ['2026-05-29', 2, '2026-06-02'],
    ['2026-11-30', -3, '2026-11-25'],
    ['2026-12-18', -7, '2026-12-09'],
  ])('%s 过 %i 个工作日是 %s', (from, n, to) => {
    expect(addWorkingDays(calendar, from, n)).toBe(to);
  });

  test.each([
    ['2026-09-29', '2026-10-09', { when: 'ahead', days: 3, remark: '含国庆假期' }],
    ['2026-10-07', '2026-10-09', { when: 'ahead', days: 2, remark: '' }],
    ['2026-10-10', '2026-10-09', { when: 'overdue', days: 1, remark: '含调休' }],
    ['2026-10-09', '2026-10-09', { when: 'today', days: 0, remark: '' }],
    ['2026-06-01', '2026-06-05', { when: 'ahead', days: 4, remark: '' }],
    ['2026-12-30', '2027-01-04', { when: 'ahead', days: 3, remark: '2027年放假安排未公布，暂定' }],
    ['2027-01-05', '2026-12-31', { when: 'overdue', days: 3, remark: '2027年放假安排未公布，暂定' }],
  ])('%s 看时限 %s', (today, dueOn, span) => {
    expect(dueSpan(calendar, today, dueOn)).toEqual(span);
  });

  test('本区的台风停工按原因说，不叫假期', () => {
    const stormy: Calendar = {
      ...calendar,
      exceptions: new Map([...calendar.exceptions, ['2026-08-19', { kind: 'off', name: '台风停工', local: true }]]),
    };
    expect(dueSpan(stormy, '2026-08-17', '2026-08-21').remark).toBe('含台风停工');
    expect(addWorkingDays(stormy, '2026-08-18', 1)).toBe('2026-08-20');
  });
});
