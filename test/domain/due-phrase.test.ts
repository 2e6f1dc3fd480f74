import { describe, expect, test } from 'vitest';
import { addDays, isRealDate } from '#core/dates';
import { readDue } from '#domain/workbook-import/due-phrase';
import { fc } from '../fast-check.ts';

const baseYear = 2026;

describe('写明了日子的时限读成那一天', () => {
  test.each([
    ['2026-12-18', '2026-12-18'],
    ['2026-6-3', '2026-06-03'],
    ['2026.9.30', '2026-09-30'],
    ['2026/11/10', '2026-11-10'],
    ['2026年8月28日', '2026-08-28'],
    ['2026年8月28日前', '2026-08-28'],
    ['2026年8月28日之前', '2026-08-28'],
    ['2026年8月28号', '2026-08-28'],
    ['2027年1月15日', '2027-01-15'],
    ['2028年2月29日', '2028-02-29'],
    [' 2026 年 6 月 30 日 ', '2026-06-30'],
    ['2026年6月\n30日', '2026-06-30'],
    ['\u200b2026年6月30日\ufeff', '2026-06-30'],
    ['２０２６年６月３０日', '2026-06-30'],
    ['２０２６／１１／１０', '2026-11-10'],
    ['２０２６．９．３０', '2026-09-30'],
    ['２０２６－１２－１８', '2026-12-18'],
    ['2026-06-30 00:00:00', '2026-06-30'],
    ['2026/6/30 0:00', '2026-06-30'],
    ['2026-06-30T00:00:00.000Z', '2026-06-30'],
    ['2026年6月30日前完成', '2026-06-30'],
    ['于2026年6月30日前办结。', '2026-06-30'],
    ['2026年6月30日（星期二）', '2026-06-30'],
    ['2026年6月30日(周二)前', '2026-06-30'],
    ['二〇二六年六月三十日', '2026-06-30'],
    ['二〇二六年十一月九日', '2026-11-09'],
  ])('“%s” 是 %s，不作任何假定', (phrase, due) => {
    expect(readDue(phrase, baseYear)).toEqual({ kind: 'date', due });
  });

  test('日期格原样读出', () => {
    expect(readDue({ date: '2026-05-01' }, baseYear)).toEqual({ kind: 'date', due: '2026-05-01' });
  });
});

describe('办公室的写法读成一天，并说明作了什么假定', () => {
  test.each([
    ['6月底', '2026-06-30'],
    ['6月底前', '2026-06-30'],
    ['6月底以前', '2026-06-30'],
    ['6月末', '2026-06-30'],
    ['９月底', '2026-09-30'],
    ['2月底', '2026-02-28'],
    ['2028年2月底', '2028-02-29'],
    ['2026年6月底前', '2026-06-30'],
    ['2026年6月份底', '2026-06-30'],
    ['今年9月底前', '2026-09-30'],
    ['12月底前', '2026-12-31'],
    ['2027年12月底', '2027-12-31'],
    ['2026年6月', '2026-06-30'],
    ['2026-06', '2026-06-30'],
    ['2026.10', '2026-10-31'],
    ['9月份', '2026-09-30'],
    ['9月', '2026-09-30'],
    ['6月30日', '2026-06-30'],
    ['6月30日前', '2026-06-30'],
    ['10月9号', '2026-10-09'],
    ['6/30', '2026-06-30'],
    ['6月上旬', '2026-06-10'],
    ['6月中旬', '2026-06-20'],
    ['2027年6月中旬', '2027-06-20'],
    ['6月下旬', '2026-06-30'],
    ['2月下旬', '2026-02-28'],
    ['年底', '2026-12-31'],
    ['年底前', '2026-12-31'],
    ['年内', '2026-12-31'],
    ['今年底', '2026-12-31'],
    ['今年年底前', '2026-12-31'],
    ['2027年底前', '2027-12-31'],
    ['2027年年底', '2027-12-31'],
    ['一季度末', '2026-03-31'],
    ['第三季度', '2026-09-30'],
    ['3季度末前', '2026-09-30'],
    ['2027年第四季度', '2027-12-31'],
    ['上半年', '2026-06-30'],
    ['下半年', '2026-12-31'],
    ['6月底前完成', '2026-06-30'],
    ['6月完成', '2026-06-30'],
    ['截至6月底', '2026-06-30'],
    ['六月底前', '2026-06-30'],
    ['十二月三十一日前', '2026-12-31'],
    ['二十六年六月', '2026-06-30'],
    ['26年6月底', '2026-06-30'],
    ['26年6月30日', '2026-06-30'],
    ['2026年12月份', '2026-12-31'],
    ['20260630', '2026-06-30'],
    ['6.30', '2026-06-30'],
    ['12-31', '2026-12-31'],
    ['Q3', '2026-09-30'],
    ['2026Q3', '2026-09-30'],
    ['三季', '2026-09-30'],
    ['当年底', '2026-12-31'],
    ['2026-06-30 18:00', '2026-06-30'],
    ['2026年6月30日17:30前', '2026-06-30'],
    ['6月30日下班前', '2026-06-30'],
    ['2027年上半年', '2027-06-30'],
  ])('“%s” → %s', (phrase, due) => {
    const read = readDue(phrase, baseYear);
    expect(read).toMatchObject({ kind: 'date', due, assumption: expect.stringContaining('→') });
  });

  test('Excel 的日期序号（丢了格式的日期格）', () => {
    expect(readDue(46_203, baseYear)).toMatchObject({ kind: 'date', due: '2026-06-30', assumption: expect.stringContaining('46203') });
  });

  test('没写年份的，用文件标题里的年份', () => {
    expect(readDue('6月底前', 2027)).toMatchObject({ due: '2027-06-30' });
    expect(readDue('年底前', 2027)).toMatchObject({ due: '2027-12-31' });
  });
});

describe('说不准是哪一天的不猜，请填表的人写明', () => {
  test.each([
    [
      '没有这一天',
      [
        '2026-02-30',
        '2026年2月29日',
        '2月29日',
        '6月31日',
        '2026年4月31号',
        '2026-13-01',
        '2026年0月5日',
        '6月0日',
        '13月底',
        '0月底',
        '13月中旬',
        '2026-13',
        '13/1',
      ],
    ],
    ['长期的事', ['长期坚持', '持续推进', '常态化', '立行立改', '即知即改', '适时', '尽快', '待定']],
    ['周期', ['每月25日前', '每季度末', '每周五', '每年年底', '年年底']],
    ['要看今天才知道', ['月底', '本月底', '下月底', '下周五', '明年底', '一个月内', '30日', '会后三个工作日']],
    ['只说了早于一段时间', ['6月前', '6月份之前', '2026年6月前', '2026-06以前', '三季度前', '上半年前', '6月中旬前', '2026年前', '年前', '春节前']],
    ['没有公认的日子', ['6月初', '年初', '年中', '月中', '6月初前']],
    ['星期对不上', ['2026年6月30日（周一）', '6月30日(星期三)前']],
    ['日子不全', ['6.3', '6.31', '13.01', '6-8', '20261301', '20260231', '18991231', '2026063']],
    [
      '不止一天',
      [
        '1-12月',
        '3-6月',
        '2026.3-2026.12',
        '2026年6月1日至6月30日',
        '6月至8月',
        '6月1日-6月30日',
        '6月底或7月初',
        '6月、9月底',
        '2026年6月30日/7月31日',
      ],
    ],
    ['残缺的字', ['', '  ', '前', '底', '末', '内', '底前', '年', '月', '日', '季度末', '第五季度', '半年', '/', '—', '无', '见附件', '=TODAY()']],
    ['年份不对', ['0001-01-01', '1899-12-31', '9999年12月31日', '2206年6月底', '1026年6月']],
  ])('%s', (_, phrases) => {
    for (const phrase of phrases) {
      const read = readDue(phrase, baseYear);
      expect(read, phrase).toMatchObject({ kind: 'unreadable', reason: expect.stringMatching(/[\u4e00-\u9fff]{2,}/) });
    }
  });

  test('不是日期的数和荒唐的日期格', () => {
    for (const cell of [0, -1, 1, 2026, 2026.6, 46_203.5, 20_260_631, 202_606, 18_991_231, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(readDue(cell, baseYear), String(cell)).toMatchObject({ kind: 'unreadable' });
    }
    for (const date of ['1899-12-31', '1900-01-01', '9999-12-31']) expect(readDue({ date }, baseYear), date).toMatchObject({ kind: 'unreadable' });
  });

  test('理由说到点子上', () => {
    const reasonFor = (phrase: string): unknown => readDue(phrase, baseYear);
    expect(reasonFor('2026-02-30')).toMatchObject({ reason: '没有2月30日这一天' });
    expect(reasonFor('13月底')).toMatchObject({ reason: '没有13月' });
    expect(reasonFor('长期坚持')).toMatchObject({ reason: expect.stringContaining('没有具体日期') });
    expect(reasonFor('每季度末')).toMatchObject({ reason: expect.stringContaining('反馈周期') });
    expect(reasonFor('6月前')).toMatchObject({ reason: expect.stringContaining('请写明日期') });
    expect(reasonFor('6月至8月')).toMatchObject({ reason: expect.stringContaining('不止一天') });
    expect(reasonFor('6月初')).toMatchObject({ reason: expect.stringContaining('没有公认的日子') });
    expect(reasonFor('2026年6月30日（周一）')).toMatchObject({ reason: expect.stringContaining('星期二') });
    expect(reasonFor(`6月底${' '.repeat(300)}或7月初`)).toMatchObject({ reason: expect.stringContaining('太长') });
    expect(readDue(2026.1, baseYear)).toMatchObject({ reason: expect.stringContaining('分不清是哪个月') });
  });

  test('一整篇文字误填在时限格里，理由仍然短得放得进卡片', () => {
    const read = readDue('督'.repeat(30_000), baseYear);
    expect(read.kind === 'unreadable' ? read.reason.length : 0).toBeGreaterThan(0);
    expect(read.kind === 'unreadable' ? read.reason.length : Number.NaN).toBeLessThan(100);
  });
});

describe('不论怎么写', () => {
  const days = fc.integer({ min: 0, max: 36_524 }).map((offset) => addDays('2000-01-01', offset));
  const years = fc.integer({ min: 2000, max: 2099 });
  const months = fc.integer({ min: 1, max: 12 });
  const fullWidth = (text: string): string => text.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));

  test('任何一天用任何一种写法写出来，读回来还是那一天，与标题的年份无关', () => {
    const writings = [
      ([y, m, d]: number[]) => `${y}年${m}月${d}日`,
      ([y, m, d]: number[]) => `${y}年${m}月${d}号`,
      ([y, m, d]: number[]) => `${y}.${m}.${d}`,
      ([y, m, d]: number[]) => `${y}/${m}/${d}`,
      ([y, m, d]: number[]) => `${y}-${m}-${d}`,
    ];
    const dressings = [
      (text: string) => text,
      fullWidth,
      (text: string) => `${text}前`,
      (text: string) => [...text].join(' '),
      (text: string) => `\u3000${text}\n`,
    ];
    fc.assert(
      fc.property(days, fc.constantFrom(...writings), fc.constantFrom(...dressings), years, (day, write, dress, year) => {
        expect(readDue(dress(write(day.split('-').map(Number))), year)).toEqual({ kind: 'date', due: day });
      }),
    );
  });

  test('“X月底”总是那个月的最后一天', () => {
    fc.assert(
      fc.property(years, months, fc.constantFrom('底', '底前', '末', '底之前'), (year, month, end) => {
        const read = readDue(`${year}年${month}月${end}`, baseYear);
        const due = read.kind === 'date' ? read.due : '';
        expect(due.slice(0, 7)).toBe(`${year}-${String(month).padStart(2, '0')}`);
        expect(addDays(due, 1).slice(8)).toBe('01');
      }),
    );
  });

  const fragments = fc.array(
    fc.constantFrom(
      '2026',
      '6',
      '30',
      '13',
      '年',
      '月',
      '日',
      '号',
      '底',
      '末',
      '前',
      '之前',
      '上',
      '中',
      '旬',
      '季度',
      '第',
      '三',
      '半年',
      '每',
      '今年',
      '/',
      '-',
      '.',
      ' ',
      '内',
      '至',
    ),
    {
      maxLength: 8,
    },
  );

  test('任意文字都有答复：真实的一天，或一句中文理由；从不抛错，从不给出不存在的日子', () => {
    const cells = fc.oneof(
      fc.string({ unit: 'binary' }),
      fragments.map((parts) => parts.join('')),
      fc.double(),
      fc.integer(),
    );
    fc.assert(
      fc.property(cells, (cell) => {
        const read = readDue(cell, baseYear);
        if (read.kind === 'date') expect(isRealDate(read.due) && read.due >= '2000-01-01' && read.due <= '2099-12-31').toBe(true);
        else expect(read.reason).toMatch(/[\u4e00-\u9fff]/);
      }),
      { numRuns: 3_000 },
    );
  });

  test('读出一天的文字必定写了月、季度、半年、年或完整的日期，绝不凭半个字猜', () => {
    fc.assert(
      fc.property(
        fragments.map((parts) => parts.join('')),
        (text) => {
          if (readDue(text, baseYear).kind === 'date') expect(text.replaceAll(' ', '')).toMatch(/月|季|半年|年|\d[-./]\d|\d{4}[底末内]|\d{8}/);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
