import { describe, expect, test } from 'vitest';
import { addDays, instantAt, localDateOf, localTimeOf } from '#core/dates';
import { seedDays } from '#domain/calendar/seed';
import { isQuiet, isSendingTime, nextSendingInstant } from '#domain/calendar/sending-hours';
import { type Calendar, isWorkingDay } from '#domain/calendar/working-days';
import { afterwards, dueAt, dueStep, type LadderFacts, nextLook, stepAt } from '#domain/deadlines/ladder';
import { defaultRules, readRules, stepName } from '#domain/deadlines/ladder-policy';
import { mergeByPerson } from '#domain/deadlines/merge';
import type { Sending } from '#domain/deadlines/run';
import { fc } from '../fast-check.ts';

const calendar: Calendar = { exceptions: new Map(seedDays().map((day) => [day.date, day])), knownYears: new Set([2025, 2026]) };
const facts = (more: Partial<LadderFacts> = {}): LadderFacts => ({
  rules: defaultRules,
  status: 'inProgress',
  since: instantAt('2026-05-29', '09:05'),
  startOn: '2026-05-29',
  baseOn: '2026-10-09',
  sentOffset: null,
  sentLevels: [],
  orderHeld: false,
  feedbackPeriod: 'quarterly',
  hasChildren: true,
  lastReportedOn: null,
  remindedFeedbackOn: null,
  ...more,
});
const at = (text: string): Date => instantAt(text.slice(0, 10), text.slice(11));

describe('每一步的日子', () => {
  test.each([
    ['2026-10-09', ['2026-09-22', '2026-09-29', '2026-10-08', '2026-10-09', '2026-10-10', '2026-10-13', '2026-10-15'], '国庆前后（S4）'],
    [
      '2026-09-16',
      ['2026-09-07', '2026-09-11', '2026-09-15', '2026-09-16', '2026-09-17', '2026-09-20', '2026-09-22'],
      '二次催办在调休上班的周日（S5）',
    ],
    [
      '2026-10-04',
      ['2026-09-20', '2026-09-24', '2026-09-29', '2026-09-30', '2026-10-08', '2026-10-10', '2026-10-13'],
      '时限在假期里：按节前最后一个工作日',
    ],
  ])('时限%s：%j（%s）', (dueOn, days) => {
    expect(defaultRules.steps.map((step) => stepAt(calendar, dueOn, step))).toEqual(days.map((day) => instantAt(day, '09:05')));
  });

  test('步的名字和级别', () => {
    expect(defaultRules.steps.map((step) => `${stepName(step)} ${step.level}`)).toEqual([
      'T-7 L0',
      'T-3 L0',
      'T-1 L0',
      'T L1',
      'T+1 L2',
      'T+3 L3',
      'T+5 L4',
    ]);
    expect(readRules(JSON.parse(JSON.stringify(defaultRules)))).toEqual(defaultRules);
    expect(() => readRules({ steps: [{ level: 'L5', offset: 7 }] })).toThrow();
  });
});

describe('到点该走哪一步', () => {
  test.each<[string, Partial<LadderFacts>, string | null, string]>([
    ['2026-09-22 09:04', {}, null, '还差一分钟'],
    ['2026-09-22 09:05', {}, 'T-7', '到点'],
    ['2026-09-22 09:05', { sentOffset: -7 }, null, '发过了'],
    ['2026-10-09 12:05', { sentOffset: -3 }, 'T', '停机错过T-1和T：只发最高的'],
    ['2026-10-14 09:05', {}, 'T+3', '停机很久：只发最高的'],
    ['2026-10-14 09:05', { sentOffset: 3 }, null, '最高的发过了，低的不补'],
    ['2026-10-15 09:05', { sentOffset: 3 }, 'T+5', '过了五个工作日，拟督办令'],
    ['2026-10-10 09:05', { sentOffset: 0, orderHeld: true }, 'T+1', '延期待批：催办照发'],
    ['2026-10-15 09:05', { sentOffset: 3, orderHeld: true }, null, '延期待批：督办令先不拟'],
    ['2026-10-20 09:05', { sentOffset: 5 }, null, '拟过了，不再拟'],
    ['2026-10-13 09:05', { sentOffset: 1, sentLevels: ['L3'] }, null, '规则改过：这一级发过了，不再发一回'],
    ['2026-10-09 09:05', { status: 'underVerification' }, null, '申请办结：停'],
    ['2026-10-10 09:05', { status: 'suspended' }, null, '中止：停'],
    ['2026-10-09 09:05', { status: 'issued' }, 'T', '没签收的也提醒时限'],
    ['2026-10-09 09:05', { baseOn: '2026-10-30' }, null, '延期批准后按新时限'],
    ['2026-10-08 09:05', { since: at('2026-10-08 10:00') }, null, '下达之前的步不算错过'],
    ['2026-10-09 09:05', { since: at('2026-10-08 10:00') }, 'T', '下达之后的照走'],
  ])('%s：%o → %s（%s）', (now, more, expected) => {
    const step = dueStep(calendar, facts(more), at(now));
    expect(step && stepName(step)).toBe(expected);
  });
});

test('延期待批的，每个工作日看一次：一有结果就知道', () => {
  const held = facts({ sentOffset: 3, orderHeld: true });
  expect(nextLook(calendar, held, at('2026-10-15 09:05'))).toEqual(at('2026-10-16 09:05'));
});

describe('反馈提醒', () => {
  const monthly = { feedbackPeriod: 'monthly', hasChildren: false, baseOn: '2026-12-18' };
  test.each<[string, Partial<LadderFacts>, string | null, string]>([
    ['2026-06-22 09:04', {}, null, '还差一分钟'],
    ['2026-06-22 09:05', {}, '2026-06-25', '反馈日前三个工作日'],
    ['2026-06-22 09:05', { lastReportedOn: '2026-06-18' }, '2026-06-25', '早先的数不算本期（S3）'],
    ['2026-06-22 12:05', { lastReportedOn: '2026-06-22' }, null, '当天已报'],
    ['2026-06-24 12:05', {}, '2026-06-25', '停机错过：期限未过就补'],
    ['2026-06-26 09:05', {}, null, '期限已过不补'],
    ['2026-06-22 09:05', { remindedFeedbackOn: '2026-06-25' }, null, '提醒过了'],
    ['2026-06-22 09:05', { status: 'issued' }, null, '没签收的不催反馈'],
    ['2026-06-22 09:05', { hasChildren: true }, null, '有下级的不直接反馈'],
    ['2026-09-21 09:05', {}, '2026-09-24', '25日放假，提前到24日'],
  ])('%s：%o → %s（%s）', (now, more, expected) => {
    expect(dueAt(calendar, facts({ ...monthly, ...more }), at(now)).feedbackOn).toBe(expected);
  });
});

describe('免打扰与发送时刻', () => {
  test.each([
    ['2026-09-24 21:40', true, false, '2026-09-28 09:05'],
    ['2026-09-24 20:59', false, true, '2026-09-28 09:05'],
    ['2026-10-02 10:00', true, false, '2026-10-08 09:05'],
    ['2026-10-10 10:00', false, true, '2026-10-12 09:05'],
    ['2026-10-08 07:59', true, false, '2026-10-08 09:05'],
    ['2026-10-08 08:30', false, false, '2026-10-08 09:05'],
    ['2026-10-08 09:05', false, true, '2026-10-09 09:05'],
  ])('%s：免打扰%s，可自动提醒%s，下一次%s', (now, quiet, sending, next) => {
    expect([isQuiet(calendar, at(now)), isSendingTime(calendar, at(now)), nextSendingInstant(calendar, at(now))]).toEqual([quiet, sending, at(next)]);
  });
});

const days = (from: string, span: number): fc.Arbitrary<string> => fc.integer({ min: 0, max: span }).map((n) => addDays(from, n));
const anyFacts = fc
  .record({
    baseOn: days('2026-06-10', 200),
    startOn: days('2026-05-20', 40),
    feedbackPeriod: fc.constantFrom('weekly', 'monthly', 'quarterly'),
    hasChildren: fc.boolean(),
  })
  .map((given) => facts({ ...given, since: instantAt(given.startOn, '09:05') }));

/** 从没停过机：每一步在哪一刻走到 */
function stepsWithoutDowntime(given: Parameters<typeof dueAt>[1]): ReadonlyMap<number, Date> {
  const reached = new Map<number, Date>();
  let state = given;
  let slot = instantAt(given.startOn, '12:00');
  for (let n = 0; n < 160; n += 1) {
    slot = nextSendingInstant(calendar, slot);
    const due = dueAt(calendar, state, slot);
    if (due.step) reached.set(due.step.offset, slot);
    state = afterwards(state, due);
  }
  return reached;
}

test('B11-4：不论停机多少次，同一级至多一次，不在免打扰时段，级别只升不降，计划的时刻从不晚于该发的时刻', () => {
  fc.assert(
    fc.property(anyFacts, fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), (given, up) => {
      const reachedAt = stepsWithoutDowntime(given);
      let state = given;
      let look: Date | null = new Date(0);
      const sent: number[] = [];
      const feedbacks: string[] = [];
      let slot = instantAt(given.startOn, '12:00');
      for (let n = 0; n < 160; n += 1) {
        slot = nextSendingInstant(calendar, slot);
        if (!up[n % up.length]) continue;
        const due = dueAt(calendar, state, slot);
        // 按索引只看到期的：没到 nextAt 的，必定没有该发的。
        if (look === null || look > slot) expect(due).toEqual({ step: null, feedbackOn: null });
        if (due.step) {
          sent.push(due.step.offset);
          // 停机之后只走最高的一步：从没停过的话，到这一刻已经走到的那一步。
          expect(due.step.offset).toBe(Math.max(...[...reachedAt].filter(([, at]) => at <= slot).map(([offset]) => offset)));
        }
        if (due.feedbackOn) feedbacks.push(due.feedbackOn);
        if (due.step || due.feedbackOn) expect(isQuiet(calendar, slot) || !isWorkingDay(calendar, localDateOf(slot))).toBe(false);
        state = afterwards(state, due);
        if (look !== null && look <= slot) look = nextLook(calendar, state, slot);
        expect(dueAt(calendar, state, slot)).toEqual({ step: null, feedbackOn: null });
        expect(localTimeOf(slot)).toBe('09:05');
      }
      expect(sent).toEqual([...new Set(sent)].sort((left, right) => left - right));
      expect(feedbacks).toEqual([...new Set(feedbacks)].sort());
    }),
    { numRuns: 60 },
  );
});

test('规则重新套用、日历临时改动，也不重发、不在免打扰时段发：催办各级仍至多一次', () => {
  const offsets = fc.record({
    notices: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
    urge: fc.integer({ min: 1, max: 3 }),
    second: fc.integer({ min: 4, max: 6 }),
  });
  const rulesFrom = ({ notices, urge, second }: { notices: number[]; urge: number; second: number }) => ({
    steps: [
      ...[...notices].sort((left, right) => right - left).map((days) => ({ level: 'L0' as const, offset: -days })),
      ...[
        { level: 'L1' as const, offset: 0 },
        { level: 'L2' as const, offset: urge },
        { level: 'L3' as const, offset: second },
      ],
    ],
  });
  const change = fc.oneof(
    offsets.map((given) => ({ kind: 'rules' as const, rules: rulesFrom(given) })),
    fc.integer({ min: 0, max: 60 }).map((n) => ({ kind: 'dayOff' as const, day: addDays('2026-09-15', n) })),
  );
  fc.assert(
    fc.property(fc.array(fc.option(change, { nil: null, freq: 6 }), { minLength: 40, maxLength: 40 }), (changes) => {
      let state = facts({ baseOn: '2026-10-09', since: instantAt('2026-09-10', '09:05'), startOn: '2026-09-10' });
      let days = calendar;
      let slot = instantAt('2026-09-14', '12:00');
      const levels: string[] = [];
      for (const happened of changes) {
        slot = nextSendingInstant(days, slot);
        expect(isQuiet(days, slot)).toBe(false);
        const due = dueAt(days, state, slot);
        if (due.step) levels.push(due.step.level);
        state = afterwards(state, due);
        if (happened?.kind === 'rules') state = { ...state, rules: happened.rules, since: new Date(slot.getTime() + 60_000) };
        if (happened?.kind === 'dayOff')
          days = { ...days, exceptions: new Map([...days.exceptions, [happened.day, { kind: 'off', name: '停工', local: true }]]) };
      }
      for (const level of ['L1', 'L2', 'L3']) expect(levels.filter((sent) => sent === level).length).toBeLessThanOrEqual(1);
      expect(levels).toEqual([...levels].sort());
    }),
    { numRuns: 150 },
  );
});

test('B11-14：一次提醒不论多少事项、多少缘由，每人一张卡，同一事项一行', () => {
  const person = fc.record({
    personId: fc.constantFrom('a', 'b', 'c', 'd'),
    name: fc.constant('某人'),
    openId: fc.constantFrom('ou_1', null),
    part: fc.constant('responsible' as const),
    copy: fc.boolean(),
  });
  const sending = fc.record({
    subjectId: fc.constantFrom('i1', 'i2', 'i3'),
    kind: fc.constantFrom('ladder', 'feedback'),
    level: fc.constantFrom('L0', 'L2', null),
    recipients: fc.uniqueArray(person, { selector: ({ personId }) => personId }),
  });
  fc.assert(
    fc.property(fc.array(sending), (given) => {
      const sendings = given.map((some) => ({ baseOn: '2026-10-09', step: 'T', item: null, book: null, ...some }) as unknown as Sending);
      const bundles = mergeByPerson(sendings);
      expect(new Set(bundles.map(({ personId }) => personId)).size).toBe(bundles.length);
      for (const { personId, lines } of bundles) {
        expect(new Set(lines.map(({ subjectId }) => subjectId)).size).toBe(lines.length);
        const owed = sendings.filter(({ recipients }) => recipients.some((told) => told.personId === personId && told.openId !== null));
        expect(new Set(lines.map(({ subjectId }) => subjectId))).toEqual(new Set(owed.map(({ subjectId }) => subjectId)));
      }
    }),
  );
});
