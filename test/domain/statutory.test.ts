import { describe, expect, test } from 'vitest';
import { addDays } from '#core/dates';
import { seedDays } from '#domain/calendar/seed';
import { statutoryDays } from '#domain/calendar/statutory';

const years = Array.from({ length: 10 }, (_, index) => 2027 + index);
const of = (year: number, name: string): string[] =>
  statutoryDays(year).flatMap((day) => (day.name.split('、').includes(name) ? [day.date.slice(5)] : []));

describe('法定节假日', () => {
  test('2027年的十三天：元旦一天，春节除夕到初三四天，清明、端午、中秋各一天，劳动节两天，国庆节三天；没有调休', () => {
    expect(statutoryDays(2027).map(({ date, kind, name }) => `${date.slice(5)} ${kind} ${name}`)).toEqual([
      '01-01 off 元旦',
      ...['02-05', '02-06', '02-07', '02-08'].map((day) => `${day} off 春节`),
      '04-05 off 清明节',
      ...['05-01', '05-02'].map((day) => `${day} off 劳动节`),
      '06-09 off 端午节',
      '09-15 off 中秋节',
      ...['10-01', '10-02', '10-03'].map((day) => `${day} off 国庆节`),
    ]);
  });

  test('中秋在国庆的三天里，一天只写一条，两个节日都在', () => {
    expect(statutoryDays(2028).filter(({ date }) => date === '2028-10-03')).toEqual([{ date: '2028-10-03', kind: 'off', name: '国庆节、中秋节' }]);
    expect(statutoryDays(2031).filter(({ date }) => date === '2031-10-01')).toHaveLength(1);
  });

  test('农历的日子与 Intl 的农历一致，只有两年的春节差一天：朔在北京时间2027年2月6日23时56分、2030年2月3日零时7分，都挨着半夜', () => {
    const lunar = new Intl.DateTimeFormat('en-u-ca-chinese', { timeZone: 'UTC', month: 'numeric', day: 'numeric' });
    const spoken = (year: number, day: string): string => lunar.format(new Date(`${year}-${day}T00:00:00Z`));
    const differing = years.filter((year) => {
      const [, first = ''] = of(year, '春节');
      return (
        spoken(year, first) !== '1/1' || spoken(year, of(year, '端午节')[0] ?? '') !== '5/5' || spoken(year, of(year, '中秋节')[0] ?? '') !== '8/15'
      );
    });
    expect(differing).toEqual([2027, 2030]);
    // 这两年只有那一个月差一天：端午、中秋仍是对的。
    for (const year of differing)
      expect([spoken(year, of(year, '端午节')[0] ?? ''), spoken(year, of(year, '中秋节')[0] ?? '')]).toEqual(['5/5', '8/15']);
    expect(differing.map((year) => of(year, '春节')[1])).toEqual(['02-06', '02-03']);
  });

  test('清明在太阳黄经15度的那一天', () => {
    for (const year of years) {
      const day = `${year}-${of(year, '清明节')[0]}`;
      const midnight = (date: string): number => sunAt(new Date(`${date}T00:00:00+08:00`));
      expect([year, midnight(day) < 15, midnight(addDays(day, 1)) >= 15]).toEqual([year, true, true]);
    }
  });

  test('日期不动的几天，2024年至2026年的通知里也都放假', () => {
    const off = new Set(seedDays().flatMap(({ date, kind }) => (kind === 'off' ? [date] : [])));
    for (const year of [2025, 2026]) for (const { date } of statutoryDays(year)) expect([date, off.has(date)]).toEqual([date, true]);
  });

  test('表里没有的年份，只有日期不动的六天', () => {
    expect(statutoryDays(2066).map(({ date }) => date.slice(5))).toEqual(['01-01', '05-01', '05-02', '10-01', '10-02', '10-03']);
  });
});

/** 太阳的视黄经（度），准到百分之一度，也就是一刻钟；这十年的清明离半夜都在一个小时以上。 */
function sunAt(at: Date): number {
  const sin = (degrees: number): number => Math.sin((degrees * Math.PI) / 180);
  const t = (at.getTime() / 86_400_000 + 2_440_587.5 - 2_451_545) / 36_525;
  const anomaly = 357.52911 + 35_999.05029 * t;
  const centre = (1.914602 - 0.004817 * t) * sin(anomaly) + 0.019993 * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly);
  return (280.46646 + 36_000.76983 * t + centre - 0.00569 - 0.00478 * sin(125.04 - 1934.136 * t)) % 360;
}
