import { describe, expect, test } from 'vitest';
import { addDays } from '#core/dates';
import {
  addWorkingDays,
  type Calendar,
  isProvisional,
  isWorkingDay,
  knownBefore,
  limitAfter,
  provisionalRemark,
  remarkBetween,
  workingDayOnOrAfter,
  workingDayOnOrBefore,
  workingDaysBetween,
} from '#domain/calendar/working-days';
import { fc } from '../fast-check.ts';

/** 2026年国庆：10月1日至7日放假，9月20日（周日）、10月10日（周六）上班。 */
const calendar: Calendar = {
  exceptions: new Map([
    ['2026-09-20', { kind: 'work', name: '国庆节' }],
    ['2026-10-01', { kind: 'off', name: '国庆节' }],
    ['2026-10-02', { kind: 'off', name: '国庆节' }],
    ['2026-10-05', { kind: 'off', name: '国庆节' }],
    ['2026-10-06', { kind: 'off', name: '国庆节' }],
    ['2026-10-07', { kind: 'off', name: '国庆节' }],
    ['2026-10-10', { kind: 'work', name: '国庆节' }],
  ]),
  knownYears: new Set([2026]),
};

describe('工作日', () => {
  test.each([
    ['2026-09-30', true, '节前周三'],
    ['2026-10-01', false, '法定放假'],
    ['2026-10-03', false, '假期里的周六'],
    ['2026-10-08', true, '节后周四'],
    ['2026-10-10', true, '调休上班的周六'],
    ['2026-10-11', false, '普通周日'],
  ])('%s 上班：%s（%s）', (day, works) => {
    expect(isWorkingDay(calendar, day)).toBe(works);
  });

  test('节前下达、两个工作日签收：跨过国庆假期', () => {
    expect(addWorkingDays(calendar, '2026-09-30', 2)).toBe('2026-10-09');
    expect(addWorkingDays(calendar, '2026-10-09', 1)).toBe('2026-10-10');
    expect(addWorkingDays(calendar, '2026-10-08', -1)).toBe('2026-09-30');
    expect(addWorkingDays(calendar, '2026-10-03', 0)).toBe('2026-10-03');
  });

  test('落在假期里的日子，往前往后都找得到工作日', () => {
    expect(workingDayOnOrBefore(calendar, '2026-10-04')).toBe('2026-09-30');
    expect(workingDayOnOrAfter(calendar, '2026-10-04')).toBe('2026-10-08');
    expect(workingDayOnOrAfter(calendar, '2026-10-10')).toBe('2026-10-10');
  });

  test('没有放假安排的年份是暂定的', () => {
    expect([isProvisional(calendar, '2026-12-31'), isProvisional(calendar, '2027-01-01')]).toEqual([false, true]);
  });

  test('期间有假期、有调休，都说得出来；平常的日子不说', () => {
    expect(remarkBetween(calendar, '2026-09-30', '2026-10-09')).toBe('含国庆假期');
    expect(remarkBetween(calendar, '2026-09-30', '2026-10-10')).toBe('含国庆假期、含调休');
    expect(remarkBetween(calendar, '2026-06-01', '2026-06-05')).toBe('');
    // 头一天、末一天都在内。
    expect(remarkBetween(calendar, '2026-10-07', '2026-10-07')).toBe('含国庆假期');
    expect(remarkBetween(calendar, '2026-10-10', '2026-10-10')).toBe('含调休');
    expect(remarkBetween(calendar, '2026-10-08', '2026-10-09')).toBe('');
  });

  test('那天之前知道的日历：之后才宣布的不算，底下原来的安排还在；没有后来的改动，就是同一份', () => {
    const base = new Map(calendar.exceptions);
    const makeup = base.get('2026-10-10');
    const later: Calendar = {
      ...calendar,
      exceptions: base
        .set('2026-10-10', { kind: 'off', name: '台风停工', local: true, since: '2026-10-09', ...(makeup ? { former: makeup } : {}) })
        .set('2026-10-17', { kind: 'work', name: '补班', local: true, since: '2026-10-12' }),
    };
    const works = (day: string): boolean[] => ['2026-10-10', '2026-10-17'].map((date) => isWorkingDay(knownBefore(later, day), date));
    expect([works('2026-10-09'), works('2026-10-10'), works('2026-10-12'), works('2026-10-13')]).toEqual([
      [true, false],
      [false, false],
      [false, false],
      [false, true],
    ]);
    expect(knownBefore(later, '2026-10-10')).toBe(knownBefore(later, '2026-10-12'));
    expect(knownBefore(later, '2026-10-13')).toBe(later);
    expect(knownBefore(calendar, '2024-01-01')).toBe(calendar);
  });

  test('起算之后才定的上班日，不把时限提前；起算之前就定了的照算；后来放假的顺延', () => {
    const changed = (date: string, kind: 'off' | 'work', since: string): Calendar => ({
      ...calendar,
      exceptions: new Map([...calendar.exceptions, [date, { kind, name: '本区调整', local: true, since }]]),
    });
    // 7月10日是周五，三个工作日到15日。
    const limit = (known: Calendar): string => limitAfter(known, '2026-07-10', 3);
    expect(limit(calendar)).toBe('2026-07-15');
    expect(limit(changed('2026-07-11', 'work', '2026-07-10'))).toBe('2026-07-15');
    expect(limit(changed('2026-07-11', 'work', '2026-07-09'))).toBe('2026-07-14');
    expect(limit(changed('2026-07-14', 'off', '2026-07-13'))).toBe('2026-07-16');
  });

  test('工作日照常上班（本区恢复的）不叫调休；周末放假也不叫调休；本区的按原因说', () => {
    const own: Calendar = {
      knownYears: new Set([2026]),
      exceptions: new Map([
        ['2026-07-16', { kind: 'work', name: '不停工', local: true }],
        ['2026-07-18', { kind: 'off', name: '台风停工', local: true }],
      ]),
    };
    expect(remarkBetween(own, '2026-07-15', '2026-07-17')).toBe('');
    expect(remarkBetween(own, '2026-07-15', '2026-07-18')).toBe('含台风停工');
  });

  test('暂定的年份，一年说一次，只说没有公布的', () => {
    expect(provisionalRemark(calendar, '2026-12-30')).toBe('');
    expect(provisionalRemark(calendar, '2026-12-30', '2027-01-04', '2027-02-01')).toBe('2027年放假安排未公布，暂定');
    expect(provisionalRemark(calendar, '2028-02-29', '2027-01-04')).toBe('2028、2027年放假安排未公布，暂定');
  });

  test('任意的放假安排：逐日照着日历数，与后推、相隔、前后最近的工作日都一样', () => {
    const base = Date.UTC(2026, 0, 1);
    const dayOf = (index: number): string => new Date(base + index * 86_400_000).toISOString().slice(0, 10);
    const exception = fc.record({ index: fc.integer({ min: -200, max: 200 }), kind: fc.constantFrom('off' as const, 'work' as const) });
    fc.assert(
      fc.property(
        fc.array(exception, { maxLength: 40 }),
        fc.integer({ min: -60, max: 60 }),
        fc.integer({ min: -60, max: 60 }),
        fc.integer({ min: -25, max: 25 }),
        (days, from, to, n) => {
          const given = new Map(days.map(({ index, kind }) => [index, kind]));
          const exceptions = new Map([...given].map(([index, kind]) => [dayOf(index), { kind, name: '节' }]));
          const any: Calendar = { exceptions, knownYears: new Set([2026]) };
          // 2026年1月1日是周四；不用产品的历法。
          const works = (index: number): boolean => (given.get(index) ?? ((((index + 3) % 7) + 7) % 7 < 5 ? 'work' : 'off')) === 'work';
          // 改过的日子都在两百天之内：往外一年，总数得够。
          const all = Array.from({ length: 801 }, (_, at) => at - 400);
          const count = all.filter((index) => index > Math.min(from, to) && index <= Math.max(from, to) && works(index)).length;
          expect(workingDaysBetween(any, dayOf(from), dayOf(to))).toBe(from <= to ? count : 0 - count);
          const ahead = all.filter((index) => index > from && works(index));
          const behind = all.filter((index) => index < from && works(index)).reverse();
          const nth = n === 0 ? from : n > 0 ? ahead[n - 1] : behind[-n - 1];
          expect(addWorkingDays(any, dayOf(from), n)).toBe(dayOf(nth ?? Number.NaN));
          expect(workingDayOnOrAfter(any, dayOf(from))).toBe(dayOf((works(from) ? from : ahead[0]) ?? Number.NaN));
          expect(workingDayOnOrBefore(any, dayOf(from))).toBe(dayOf((works(from) ? from : behind[0]) ?? Number.NaN));
        },
      ),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 500) },
    );
  });

  test('后推与相隔互为逆运算', () => {
    const days = fc.integer({ min: 0, max: 700 }).map((n) => addDays('2026-01-01', n));
    fc.assert(
      fc.property(days, fc.integer({ min: -60, max: 60 }), (from, n) => {
        const to = addWorkingDays(calendar, from, n);
        // 往回数时起点若不是工作日，它自己不在 (to, from] 里。
        expect(workingDaysBetween(calendar, from, to)).toBe(n < 0 && !isWorkingDay(calendar, from) ? n + 1 || 0 : n || 0);
      }),
    );
  });
});
