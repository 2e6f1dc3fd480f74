import type { DeskProps } from './desk.card.ts';
import { stageUnits } from './samples.ts';

/** 主持台的样例 — one for every state that a secretary can see it in. */
export function deskSamples(): readonly { readonly name: string; readonly props: DeskProps }[] {
  const classes = [
    { name: '领导', entitled: 9, present: 9 },
    { name: '两代表一委员', entitled: 15, present: 14 },
    { name: '群众代表', entitled: 20, present: 18 },
  ];
  const nobody = classes.map((each) => ({ ...each, present: 0 }));
  const names = stageUnits;
  const slots = names.map((unitName, index) => ({ position: index + 1, unitName, state: 'waiting', result: '—' }));
  const base: DeskProps = {
    sessionId: 's1',
    number: 'SZ-2026-12-18',
    title: '2026年度单位主要负责人述职“赶考”',
    state: 'preparing',
    trial: false,
    method: 'each',
    units: 8,
    numbers: { given: 0, wanted: 3 },
    roll: { entitled: 44, present: 0, reached: false, classes: nobody },
    stage: null,
    round: null,
    last: null,
    slots: slots.map((slot) => ({ ...slot, position: 0 })),
    confirmations: { given: 0, wanted: 3 },
    released: 'none',
    waits: [],
  };
  const full = { entitled: 44, present: 41, reached: true, classes };
  const stage = {
    slotId: 'l1',
    unitName: '应急管理局',
    presenter: '潘碧云',
    position: 1,
    state: 'waiting',
    until: '',
    warning: '',
    everyoneHeard: false,
    year: '',
  };
  const session: DeskProps = { ...base, state: 'inSession', roll: full, stage, slots };
  const at = (state: string, more: Partial<typeof stage> = {}): DeskProps => ({
    ...session,
    stage: { ...stage, state, ...more },
    slots: slots.map((slot, index) => (index === 0 ? { ...slot, state } : slot)),
  });
  const round = { roundId: 'r1', number: 1, cast: 38, present: 41 };
  const last = { roundId: 'r1', voidAsked: false };
  const counted = slots.map((slot) => ({ ...slot, state: 'voted', result: '41/41' }));
  const after: DeskProps = { ...session, stage: null, slots: counted, confirmations: { given: 3, wanted: 3 } };
  return [
    { name: 'preparing', props: base },
    { name: 'locked', props: { ...base, state: 'locked', numbers: { given: 2, wanted: 3 } } },
    { name: 'drawn', props: { ...base, state: 'drawn', slots } },
    { name: 'sign-in', props: { ...base, state: 'signIn', slots, roll: full } },
    { name: 'below-quorum', props: { ...base, state: 'signIn', slots, trial: true, roll: { ...full, present: 20, reached: false } } },
    { name: 'waiting', props: session },
    {
      name: 'reporting',
      props: at('reporting', { until: '14:38:00', warning: '还剩2分钟', year: '承办11项，办结9项，按时办结9/10，逾期1项，红灯1项' }),
    },
    { name: 'questioning', props: at('questioning', { until: '14:44:00' }) },
    { name: 'heard', props: { ...at('heard'), method: 'together' as const } },
    { name: 'all-heard', props: { ...at('heard', { everyoneHeard: true }), method: 'together' as const } },
    { name: 'together-questioning', props: { ...at('questioning', { until: '14:44:00' }), method: 'together' as const } },
    { name: 'voting', props: { ...at('voting', { until: '14:45:30' }), round } },
    {
      name: 'voting-together',
      props: {
        ...at('voting', { unitName: '8家集中测评', until: '14:45:30' }),
        ...{ method: 'together' as const, round, slots: slots.map((slot) => ({ ...slot, state: 'voting' })) },
      },
    },
    { name: 'voting-again', props: { ...at('voting', { until: '15:02:30' }), round: { ...round, number: 2 }, last } },
    {
      name: 'between',
      props: { ...session, last, slots: slots.map((slot, index) => (index === 0 ? { ...slot, state: 'voted', result: '41/41' } : slot)) },
    },
    {
      name: 'absent',
      props: {
        ...session,
        stage: { ...stage, slotId: 'l2', unitName: names[1] ?? '', presenter: '许沛然', position: 2 },
        slots: slots.map((slot, index) => (index === 0 ? { ...slot, state: 'absent' } : slot)),
      },
    },
    { name: 'voted', props: { ...session, state: 'voted', stage: null, slots: counted, last } },
    {
      name: 'void-asked',
      props: {
        ...{ ...session, state: 'voted', stage: null, slots: counted, last: { ...last, voidAsked: true } },
        waits: ['已提出作废葵岭办事处第1轮，等监督员同意；计票之后不能再作废。', '已提出换领7号票，等监督员同意。'],
      },
    },
    { name: 'tallied', props: { ...session, state: 'tallied', stage: null, slots: counted, confirmations: { given: 2, wanted: 3 } } },
    {
      name: 'vacant',
      props: {
        ...{ ...session, state: 'tallied', stage: null, slots: counted, confirmations: { given: 2, wanted: 3 } },
        waits: ['监督员罗静已不在任或没有账号，取不了数、确认不了票数。请发“述职 换监督员 罗静 接替的人”。'],
      },
    },
    { name: 'released', props: { ...after, state: 'published', released: 'hall' as const } },
    { name: 'published', props: { ...after, state: 'published', released: 'units' as const } },
    { name: 'archived', props: { ...after, state: 'archived', released: 'all' as const } },
    { name: 'wiped', props: { ...base, state: 'wiped', trial: true } },
  ];
}
