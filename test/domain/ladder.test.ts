import { describe, expect, test } from 'vitest';
import { addDays, instantAt, localDateOf, localTimeOf } from '#core/dates';
import { seedDays } from '#domain/calendar/seed';
import { isQuiet, isSendingTime, nextSendingInstant } from '#domain/calendar/sending-hours';
import { type Calendar, isWorkingDay } from '#domain/calendar/working-days';
import { afterwards, dueAt, dueStep, isChased, type LadderFacts, nextLook, passedSteps, stepAt } from '#domain/deadlines/ladder';
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
    ['2026-10-08 09:05', { since: at('2026-10-08 09:05') }, null, '正好在下达那一刻的，不算错过'],
    ['2026-10-08 09:05', { since: at('2026-10-08 09:04') }, 'T-1', '下达之后一分钟的照走'],
    ['2026-10-09 09:05', { since: null }, 'T', '没有下达时刻的，每一步都算'],
    ['2026-09-29 09:05', { sentOffset: -7, sentLevels: ['L0'] }, 'T-3', '预告有几次：发过一次，还发下一次'],
    ['2026-10-10 09:05', { sentOffset: 0, sentLevels: ['L0', 'L1'] }, 'T+1', '低的级别发过，不妨碍高的'],
  ])('%s：%o → %s（%s）', (now, more, expected) => {
    const step = dueStep(calendar, facts(more), at(now));
    expect(step && stepName(step)).toBe(expected);
  });
});

describe('并过去的步：走到一步时，它下面哪几步到了点而没有发', () => {
  const only = {
    steps: [
      { level: 'L1', offset: 0 },
      { level: 'L4', offset: 2 },
      { level: 'L3', offset: 4 },
    ],
  } as const;
  test.each<[string, number, Partial<LadderFacts>, readonly string[]]>([
    ['一次也没有发过：下面的全是', 3, {}, ['T-7', 'T-3', 'T-1', 'T', 'T+1']],
    ['发过T-3：只是它以后的', 3, { sentOffset: -3 }, ['T-1', 'T', 'T+1']],
    ['刚发过前一步：没有', 3, { sentOffset: 1 }, []],
    ['头一步：没有', -7, {}, []],
    ['下达之前的不算', 3, { since: at('2026-10-08 10:00') }, ['T', 'T+1']],
    ['正好在下达那一刻的也不算', 3, { since: at('2026-10-08 09:05') }, ['T', 'T+1']],
    ['下达前一分钟的算', 3, { since: at('2026-10-08 09:04') }, ['T-1', 'T', 'T+1']],
    ['没有下达时刻：都算', 1, { since: null }, ['T-7', 'T-3', 'T-1', 'T']],
    ['这一级换了规则之前发过：不算', 3, { sentLevels: ['L1'] }, ['T-7', 'T-3', 'T-1', 'T+1']],
    ['预告发过一次，没发的几次仍算', 0, { sentOffset: -7, sentLevels: ['L0'] }, ['T-3', 'T-1']],
    ['延期待批：押着的督办令不算并过去', 4, { rules: only, orderHeld: true }, ['T']],
    ['没有押着：算', 4, { rules: only }, ['T', 'T+2']],
  ])('%s', (_why, offset, more, expected) => {
    const given = facts(more);
    const step = given.rules.steps.find((one) => one.offset === offset);
    expect(step && passedSteps(calendar, given, step).map(stepName)).toEqual(expected);
  });
});

describe('下一次何时看', () => {
  const monthly = { feedbackPeriod: 'monthly', hasChildren: false };
  test.each<[string, string, Partial<LadderFacts>, string | null]>([
    ['还没有走：头一步', '2026-06-10 10:00', {}, '2026-09-22 09:05'],
    ['正在这一刻的已经看了：下一步', '2026-09-22 09:05', {}, '2026-09-29 09:05'],
    ['都走完了、由下级反馈：不再看', '2026-10-15 09:05', {}, null],
    ['都走完了、自己反馈的：下一次反馈开始', '2026-10-15 09:05', monthly, '2026-10-20 09:05'],
    ['反馈比下一步早：反馈', '2026-06-10 10:00', monthly, '2026-06-22 09:05'],
    ['下一步比反馈早：下一步', '2026-09-23 10:00', monthly, '2026-09-29 09:05'],
    ['反馈今天开始、还没到九点', '2026-06-22 08:00', { ...monthly, baseOn: '2026-12-18' }, '2026-06-22 09:05'],
    ['反馈今天已经提醒：下一个月的', '2026-06-22 09:05', { ...monthly, baseOn: '2026-12-18' }, '2026-07-21 09:05'],
    ['第一次反馈还早', '2026-05-29 10:00', { ...monthly, baseOn: '2026-12-18' }, '2026-06-22 09:05'],
    ['没签收的也先记着反馈', '2026-06-10 10:00', { ...monthly, status: 'issued' }, '2026-06-22 09:05'],
    ['押着督办令：下一个工作日', '2026-10-15 09:05', { orderHeld: true }, '2026-10-16 09:05'],
    ['押着，而最后一步还没有到：也每个工作日看', '2026-10-09 09:05', { orderHeld: true }, '2026-10-10 09:05'],
    ['申请了办结：不看', '2026-06-10 10:00', { status: 'underVerification' }, null],
  ])('%s', (_why, now, more, expected) => {
    expect(nextLook(calendar, facts(more), at(now))).toEqual(expected === null ? null : at(expected));
  });

  test('只有已下达、办理中的还要提醒', () => {
    const statuses = ['draft', 'issued', 'declinePending', 'inProgress', 'underVerification', 'onSiteVerification', 'completed', 'suspended'];
    expect(statuses.filter(isChased)).toEqual(['issued', 'inProgress']);
  });

  test('说过之后：记下走到的一步、级别和反馈日；没有说的不动', () => {
    const given = facts({ sentOffset: -3, sentLevels: ['L0'], remindedFeedbackOn: '2026-06-25' });
    expect(afterwards(given, { step: null, feedbackOn: null })).toEqual(given);
    expect(afterwards(given, { step: { level: 'L1', offset: 0 }, feedbackOn: '2026-09-24' })).toEqual({
      ...given,
      ...{ sentOffset: 0, sentLevels: ['L0', 'L1'], remindedFeedbackOn: '2026-09-24' },
    });
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
    ['2026-07-21 09:05', { lastReportedOn: '2026-06-24', remindedFeedbackOn: '2026-06-25' }, '2026-07-24', '上一期报过、提醒过，这一期照提醒'],
    ['2026-06-26 09:05', {}, null, '期限已过不补'],
    ['2026-06-22 09:05', { remindedFeedbackOn: '2026-06-25' }, null, '提醒过了'],
    ['2026-06-22 09:05', { status: 'issued' }, null, '没签收的不催反馈'],
    ['2026-06-22 09:05', { hasChildren: true }, null, '有下级的不直接反馈'],
    ['2026-09-21 09:05', {}, '2026-09-24', '25日放假，提前到24日'],
    ['2026-06-25 18:05', {}, '2026-06-25', '反馈日当天还提醒'],
    ['2026-06-22 09:05', { remindedFeedbackOn: '2026-05-25' }, '2026-06-25', '上一期提醒过，这一期照提醒'],
    ['2026-06-22 09:05', { remindedFeedbackOn: '2026-06-24' }, null, '这一期的反馈日随日历挪过：提醒过了就不再提醒'],
    ['2026-06-22 09:05', { remindedFeedbackOn: '2026-06-30' }, null, '提醒过更晚的，不回头'],
    ['2026-06-22 09:05', { startOn: '2026-06-25' }, null, '下达之后的反馈日才算'],
  ])('%s：%o → %s（%s）', (now, more, expected) => {
    expect(dueAt(calendar, facts({ ...monthly, ...more }), at(now)).feedbackOn).toBe(expected);
  });

  test('窗口开了就报过的，后来添了上班日、窗口晚开一天，也不再提醒他报', () => {
    const saturday = { kind: 'work', name: '攻坚', local: true, since: '2026-10-21' } as const;
    const later: Calendar = { ...calendar, exceptions: new Map([...calendar.exceptions, ['2026-10-24', saturday]]) };
    const dueOn = (lastReportedOn: string) => dueAt(later, facts({ ...monthly, lastReportedOn }), at('2026-10-22 09:05')).feedbackOn;
    expect([dueOn('2026-10-20'), dueOn('2026-10-19')]).toEqual([null, '2026-10-24']);
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
