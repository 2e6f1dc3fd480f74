import { describe, expect, test } from 'vitest';
import { seedDays } from '#domain/calendar/seed';
import type { Calendar } from '#domain/calendar/working-days';
import { createLamp, type LightFacts, type LightOverride, shownLight } from '#domain/lights/light';

const calendar: Calendar = { exceptions: new Map(seedDays().map((day) => [day.date, day])), knownYears: new Set([2026]) };
const { lightOf } = createLamp(calendar);
const today = '2026-09-22';

/** 5月29日下达、12月31日到期的一项，9月22日按计划应完成55% */
const onPlan: LightFacts = {
  status: 'inProgress',
  percent: 55,
  startOn: '2026-05-29',
  dueOn: '2026-12-31',
  feedback: { period: 'monthly', startOn: '2026-05-29', lastReportedOn: '2026-08-25' },
  sentBackOn: null,
  orderUnanswered: false,
};
const reported = (lastReportedOn: string | null) => ({ period: 'monthly', startOn: '2026-05-29', lastReportedOn });

describe('亮灯规则（B4），每一行', () => {
  test.each<[string, Partial<LightFacts>, string, string, readonly object[]]>([
    ['绿：按计划', {}, today, 'green', []],
    ['灰：未到计划开始日', { startOn: '2026-10-08' }, today, 'grey', [{ kind: 'notStarted' }]],
    ['绿：今天正是计划开始日', { startOn: today, percent: 0 }, today, 'green', []],
    ['灰：中止，逾期也是灰', { status: 'suspended', dueOn: '2026-09-01' }, today, 'grey', [{ kind: 'suspended' }]],
    ['灰：退件待裁', { status: 'declinePending' }, today, 'grey', [{ kind: 'declinePending' }]],
    ['蓝：已办结，不论早晚', { status: 'completed', dueOn: '2026-09-01' }, today, 'blue', []],
    ['蓝：已归档', { status: 'archived' }, today, 'blue', []],
    ['红：逾期一个工作日', { dueOn: '2026-09-21', percent: 100 }, today, 'red', [{ kind: 'overdue', days: 1 }]],
    ['红：逾期按工作日数，9月20日调休上班', { dueOn: '2026-09-16', percent: 100 }, today, 'red', [{ kind: 'overdue', days: 5 }]],
    ['周五到期，周六还不算逾期', { dueOn: '2026-09-11', percent: 100 }, '2026-09-12', 'yellow', [{ kind: 'dueSoon', days: 0 }]],
    ['红：落后31个百分点', { percent: 24 }, today, 'red', [{ kind: 'behind', points: 31 }]],
    ['黄：落后30个百分点', { percent: 25 }, today, 'yellow', [{ kind: 'behind', points: 30 }]],
    ['黄：落后10个百分点', { percent: 45 }, today, 'yellow', [{ kind: 'behind', points: 10 }]],
    ['绿：落后9个百分点', { percent: 46 }, today, 'green', []],
    ['黄：今天到期', { dueOn: today, percent: 100 }, today, 'yellow', [{ kind: 'dueSoon', days: 0 }]],
    ['黄：还剩3个工作日（跨中秋）', { dueOn: '2026-09-28', percent: 100 }, today, 'yellow', [{ kind: 'dueSoon', days: 3 }]],
    ['绿：还剩4个工作日', { dueOn: '2026-09-29', percent: 100 }, today, 'green', []],
    ['黄：反馈迟1个工作日', { feedback: reported('2026-07-24') }, '2026-08-26', 'yellow', [{ kind: 'feedbackLate', days: 1 }]],
    ['黄：反馈迟3个工作日', { feedback: reported('2026-07-24') }, '2026-08-28', 'yellow', [{ kind: 'feedbackLate', days: 3 }]],
    ['红：反馈迟4个工作日', { feedback: reported('2026-07-24') }, '2026-08-31', 'red', [{ kind: 'feedbackLate', days: 4 }]],
    ['红：一次也没有反馈', { feedback: reported(null), percent: 100 }, '2026-07-01', 'red', [{ kind: 'feedbackLate', days: 4 }]],
    ['有下级的、已在核查的不看反馈', { feedback: null }, '2026-08-31', 'green', []],
    ['黄：退回重办4个工作日未再报', { sentBackOn: '2026-09-16' }, today, 'yellow', [{ kind: 'reworkWaiting', days: 5 }]],
    ['黄：退回重办4个工作日，跨调休', { sentBackOn: '2026-09-17' }, today, 'yellow', [{ kind: 'reworkWaiting', days: 4 }]],
    ['退回重办3个工作日之内不变黄', { sentBackOn: '2026-09-18' }, today, 'green', []],
    ['红：督办令逾期未回复', { orderUnanswered: true }, today, 'red', [{ kind: 'orderUnanswered' }]],
    ['红：当天下达当天到期，还没有动', { startOn: today, dueOn: today, percent: 0 }, today, 'red', [{ kind: 'behind', points: 100 }]],
    [
      '黄：当天下达当天到期，办了七成',
      { startOn: today, dueOn: today, percent: 70 },
      today,
      'yellow',
      [
        { kind: 'dueSoon', days: 0 },
        { kind: 'behind', points: 30 },
      ],
    ],
    [
      '黄：起止都在假期里、还没有到期，不算落后',
      { startOn: '2026-10-02', dueOn: '2026-10-05', percent: 0, feedback: null },
      '2026-10-03',
      'yellow',
      [{ kind: 'dueSoon', days: 0 }],
    ],
    [
      '红的缘由不止一个时都说',
      { dueOn: '2026-09-18', percent: 10 },
      today,
      'red',
      [
        { kind: 'overdue', days: 3 },
        { kind: 'behind', points: 90 },
      ],
    ],
  ])('%s', (_row, changed, day, light, reasons) => {
    expect(lightOf({ ...onPlan, ...changed }, day)).toEqual({ light, reasons });
  });

  test('S5：党-031，9月15日P=70，Q取整为98，差28，黄', () => {
    const facts = { ...onPlan, percent: 70, dueOn: '2026-09-16' };
    expect(lightOf(facts, '2026-09-15')).toEqual({
      light: 'yellow',
      reasons: [
        { kind: 'dueSoon', days: 1 },
        { kind: 'behind', points: 28 },
      ],
    });
    expect(lightOf(facts, '2026-09-17').light).toBe('red');
  });
});

describe('人工亮灯', () => {
  const override: LightOverride = {
    ...{ id: 'o', itemId: 'i', light: 'yellow', reason: '等待批复', untilOn: '2026-09-22', setBy: '林晓' },
    setAt: new Date('2026-09-20T02:00:00Z'),
  };
  const red = lightOf({ ...onPlan, dueOn: '2026-09-16', percent: 100 }, today);

  test('有效期之内以人定的为准，缘由仍写；过了最后一天恢复', () => {
    expect(shownLight(red, override, '2026-09-22')).toMatchObject({ light: 'yellow', override, reasons: [{ kind: 'overdue' }] });
    expect(shownLight(red, override, '2026-09-23')).toMatchObject({ light: 'red', override: null });
  });

  test('没有人定过的，照规则', () => {
    expect(shownLight(red, null, today)).toEqual({ ...red, override: null });
  });

  test('红、黄、绿都可以由人改定', () => {
    const lits = [red, lightOf({ ...onPlan, percent: 45 }, today), lightOf(onPlan, today)];
    expect(lits.map(({ light }) => light)).toEqual(['red', 'yellow', 'green']);
    for (const lit of lits) expect(shownLight(lit, { ...override, light: 'red' }, today).light).toBe('red');
    for (const lit of lits) expect(shownLight(lit, { ...override, light: 'green' }, today).light).toBe('green');
  });

  test('办结、中止之后，人定的不再算数', () => {
    for (const status of ['completed', 'suspended'] as const) {
      const lit = lightOf({ ...onPlan, status }, today);
      expect(shownLight(lit, override, today)).toEqual({ ...lit, override: null });
    }
  });
});
