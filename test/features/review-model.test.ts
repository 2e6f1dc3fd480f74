import { afterAll, beforeAll, expect, test } from 'vitest';
import { bind } from '#cards/kit/action';
import { refreshBallot, refreshConsole } from '#cards/review/actions';
import { fc } from '../fast-check.ts';
import { assertAsModelled, sorted } from './hall-checks.ts';
import { type RealHall, World } from './hall-given.ts';
import { type At, type Hands, handsOf, type Try } from './hall-hands.ts';
import { type Answer, cardVoters, grades, guests, Hall, observers, slips } from './hall-model.ts';

/** 夜里多走几场：`npm run nightly -- 场次` */
const runs = Number(process.env.HALL_RUNS ?? 3);
/** 一个程序里走这么多场，再换一个 */
const hallsPerWorld = 50;

let world: World | undefined;
beforeAll(async () => {
  world = await World.open();
}, 120_000);
afterAll(() => world?.close());

/** 同时的几下；`after`：按完之后发生的事 */
interface Plan {
  readonly words: string;
  readonly tries: readonly Try[];
  readonly after?: () => Promise<void>;
}
/** 办成过的 */
const done = new Set<string>();

/** 一步：模型说谁的一下算数，真的去按，再比；然后把看得见、看不见的都对一遍 */
class Step implements fc.AsyncCommand<Hall, RealHall> {
  readonly name: string;
  readonly plan: (model: Hall, hands: Hands, hall: RealHall) => Plan;

  constructor(name: string, plan: Step['plan']) {
    this.name = name;
    this.plan = plan;
  }
  check = (): boolean => true;
  async run(model: Hall, hall: RealHall): Promise<void> {
    const { words, tries, after } = this.plan(model, handsOf(model, hall), hall);
    const step = `${this.name} ${words}`;
    const expected = tries.map(({ act, who, model: answer }) => ({ act, line: `${who} ${answer()}` }));
    const seen = await Promise.all(tries.map(async ({ who, real }) => `${who} ${await real()}`));
    expect({ step, answers: sorted(seen) }).toEqual({ step, answers: sorted(expected.map(({ line }) => line)) });
    const worked = expected.filter(({ line }) => line.endsWith('done'));
    for (const { act } of worked) done.add(act);
    await after?.();
    await assertAsModelled({
      ...{ step, model, hall, changed: after !== undefined || worked.length > 0 },
      console: bind(refreshConsole, { sessionId: hall.id }),
      ballot: bind(refreshBallot, { sessionId: hall.id }),
    });
  }
  toString = (): string => this.name;
}

const newest = (model: Hall, slot: number, back = 0): At => ({ slot, number: Math.max(1, (model.slots[slot]?.rounds.length ?? 0) - back) });
/** 手上的：正在测评的一家；没有，就是刚测过的 */
const inHand = (model: Hall): number =>
  model.open?.slot ??
  Math.max(
    0,
    model.slots.findLastIndex(({ rounds }) => rounds.length > 0),
  );
/** 一次、双击、两位场务同时：两个人里谁先，说不准，只认有一下算数 */
function hands(how: 'once' | 'twice' | 'both', one: (who: string) => Try, who: string): Try[] {
  if (how === 'both') return ['c1', 'c2'].map((chair) => ({ ...one(chair), who: '两位场务' }));
  return how === 'twice' ? [one(who), one(who)] : [one(who)];
}

/** 关闭之后，有时有人提出作废；提出之后，有时有人同意，哪怕已经计票 */
function voidStep(model: Hall, by: Hands, luck: number): Plan | null {
  const slot = model.slots.findIndex(({ state }) => state === 'voted');
  if (slot < 0 || luck % 3 > 0) return null;
  const at = newest(model, slot);
  const asked = model.slots[slot]?.rounds.at(-1)?.askedBy;
  return asked ? { words: '同意作废', tries: [by.agreeVoid('o1', at)] } : { words: '提出作废', tries: [by.askVoid('c1', at)] };
}

/** 轮到什么办什么：这一场往前走一步 */
function nextStep(model: Hall, by: Hands, luck: number): Plan {
  const current = model.current;
  const slot = model.slots[current];
  if (model.phase === 'drawn') return { words: '开始签到', tries: [by.openSignIn('c1')] };
  if (model.phase === 'signIn') {
    const absent = cardVoters.filter((who) => !model.present.has(who));
    // 一屋子人一起签到，有人双击。
    const twice = absent.filter((_, index) => (index + luck) % 3 === 0);
    if (absent.length > 4 || !model.present.has('g1'))
      return { words: '都来签到', tries: [...[...absent, ...twice].map(by.signIn), by.guests('c1', [])] };
    return { words: '开场', tries: [by.start('c1')] };
  }
  const voiding = voidStep(model, by, luck);
  if (voiding) return voiding;
  if (model.phase === 'voted') return { words: '计票', tries: [by.tally('c2')] };
  if (model.phase !== 'inSession' || !slot) {
    const next = observers.find((who) => !model.confirmed.has(who));
    return next === undefined ? { words: '放行', tries: [by.release('boss')] } : { words: '确认', tries: [by.confirm(next)] };
  }
  if (slot.state === 'waiting') return { words: '开始述职', tries: [by.begin('c1', current, 'reporting')] };
  if (slot.state === 'reporting') return { words: '开始问答', tries: [by.begin('c2', current, 'questioning')] };
  if (slot.state !== 'voting') return { words: '开放测评', tries: [by.openVote('c1', current)] };
  const at = newest(model, current);
  if ((slot.rounds.at(-1)?.ballots.size ?? 0) > 8) return { words: '关闭', tries: [by.close('c1', at)] };
  // 有时全场一样：一致的一类也只许说个大概。
  const choices = luck % 3 === 0 ? [grades[luck % 4] ?? null] : [...grades, null];
  const voters = [...cardVoters, ...slips].filter((_, index) => (index * 7 + luck) % 5 > 0);
  return { words: '都来投票', tries: voters.map((who, index) => by.vote(who, at, choices[(index * luck) % choices.length] ?? null)) };
}

const chairs = fc.constantFrom('c1', 'c1', 'c2', 'o1', 'l1', 'x');
const ways = fc.constantFrom('once' as const, 'once' as const, 'twice' as const, 'both' as const);
const slotNumber = fc.nat({ max: 1 });
const choice = fc.constantFrom(...grades, null, '满意');
const electors = [...cardVoters, ...slips, 'c1', 'o1', 'x'];
const crowd = fc.uniqueArray(fc.record({ who: fc.constantFrom(...electors), choice, twice: fc.boolean() }), {
  selector: ({ who }) => who,
  minLength: 1,
  maxLength: 16,
});

const commands: readonly fc.Arbitrary<Step>[] = [
  ...Array.from({ length: 14 }, () => fc.nat({ max: 1000 }).map((luck) => new Step('轮到的一步', (model, by) => nextStep(model, by, luck)))),
  // 投票：老实的、再投一次的、双击的、名册外的、没签到的、备用票、认不出的选择；手里也许是作废了的那一轮的卡片
  ...Array.from({ length: 4 }, () =>
    fc.record({ crowd, back: fc.constantFrom(0, 0, 0, 1) }).map(
      (given) =>
        new Step('投票', (model, by) => {
          const at = newest(model, inHand(model), given.back);
          const tries = given.crowd.flatMap(({ who, choice: what, twice }) =>
            twice ? [by.vote(who, at, what), by.vote(who, at, what)] : [by.vote(who, at, what)],
          );
          return {
            words: `${at.slot}家${at.number}轮 ${given.crowd.map(({ who, choice: what, twice }) => `${who}${what}${twice ? '×2' : ''}`).join()}`,
            tries,
          };
        }),
    ),
  ),
  fc
    .record({ who: fc.constantFrom(...cardVoters, 'c1', 'o1', 'x'), twice: fc.boolean() })
    .map(({ who, twice }) => new Step('签到', (_model, by) => ({ words: who, tries: twice ? [by.signIn(who), by.signIn(who)] : [by.signIn(who)] }))),
  fc
    .record({ who: chairs, absent: fc.subarray([...guests], { maxLength: 3 }) })
    .map(({ who, absent }) => new Step('登记来宾', (_model, by) => ({ words: `${who} 缺${absent.join()}`, tries: [by.guests(who, absent)] }))),
  fc
    .record({ who: chairs, how: ways })
    .map(({ who, how }) => new Step('开始签到', (_model, by) => ({ words: `${who} ${how}`, tries: hands(how, by.openSignIn, who) }))),
  fc
    .record({ who: chairs, how: ways })
    .map(({ who, how }) => new Step('开场', (_model, by) => ({ words: `${who} ${how}`, tries: hands(how, by.start, who) }))),
  fc.record({ who: chairs, how: ways, slot: slotNumber, next: fc.constantFrom('reporting' as const, 'questioning' as const) }).map(
    ({ who, how, slot, next }) =>
      new Step('换阶段', (_model, by) => ({
        words: `${who} ${how} ${slot}家 ${next}`,
        tries: hands(how, (one) => by.begin(one, slot, next), who),
      })),
  ),
  fc
    .record({ who: chairs, how: ways, slot: slotNumber })
    .map(
      ({ who, how, slot }) =>
        new Step('开放测评', (_model, by) => ({ words: `${who} ${how} ${slot}家`, tries: hands(how, (one) => by.openVote(one, slot), who) })),
    ),
  fc.record({ who: chairs, how: ways, back: fc.constantFrom(0, 0, 0, 1) }).map(
    ({ who, how, back }) =>
      new Step('关闭测评', (model, by) => {
        const at = newest(model, inHand(model), back);
        return { words: `${who} ${how} ${at.slot}家${at.number}轮`, tries: hands(how, (one) => by.close(one, at), who) };
      }),
  ),
  // 到点了、后台还没有关：这一刻的票也没有赶上
  fc.constantFrom('d1', 's1').map(
    (who) =>
      new Step('到时自动关闭', (model, by, hall) => {
        const at = newest(model, inHand(model));
        const { it } = hall.world;
        it.clock.set(new Date(it.clock.now().getTime() + 90_000));
        const late = { ...by.vote(who, at, '优秀'), model: (): Answer => 'refused' };
        const after = async (): Promise<void> => {
          model.timeUp();
          it.app.outbox.wake();
          await it.settled();
        };
        return { words: who, tries: [late], after };
      }),
  ),
  fc.record({ who: fc.constantFrom('c1', 'c2', 'c2', 'o1'), slot: slotNumber, twice: fc.boolean() }).map(
    ({ who, slot, twice }) =>
      new Step('提出作废', (model, by) => {
        const at = newest(model, slot);
        return { words: `${who} ${slot}家`, tries: hands(twice ? 'twice' : 'once', (one) => by.askVoid(one, at), who) };
      }),
  ),
  ...Array.from({ length: 2 }, () =>
    fc.record({ who: fc.constantFrom('c1', 'c2', 'o1', 'o2', 'o3'), slot: slotNumber, twice: fc.boolean() }).map(
      ({ who, slot, twice }) =>
        new Step('同意作废', (model, by) => {
          const at = newest(model, slot);
          return { words: `${who} ${slot}家`, tries: hands(twice ? 'twice' : 'once', (one) => by.agreeVoid(one, at), who) };
        }),
    ),
  ),
  fc
    .record({ who: chairs, how: ways })
    .map(({ who, how }) => new Step('计票', (_model, by) => ({ words: `${who} ${how}`, tries: hands(how, by.tally, who) }))),
  fc
    .record({ who: fc.constantFrom('c1', 'c2', 'o1', 'o2', 'o3'), twice: fc.boolean() })
    .map(
      ({ who, twice }) =>
        new Step('确认票数', (_model, by) => ({ words: who, tries: twice ? [by.confirm(who), by.confirm(who)] : [by.confirm(who)] })),
    ),
  fc.constantFrom('boss', 'c1').map((who) => new Step('放行', (_model, by) => ({ words: who, tries: [by.release(who)] }))),
  fc.constant(new Step('重启', (_model, _by, hall) => ({ words: '', tries: [], after: () => hall.world.restart() }))),
];

const setting = fc.record({
  press: fc.constantFrom('first' as const, 'last' as const),
  show: fc.constantFrom('delayed' as const, 'immediate' as const),
});

/** 红过的：一屋子人签到有人双击，两下都答“已签到”；提出作废之后计了票，再同意，还作废得了 */
test('一场从签到到放行：双击只签一次到，投票期间作废的也封箱，计了票的不再作废，每一步看得见、看不见的都与模型相同', async () => {
  world ??= await World.open();
  const hall = await world.hall({ press: 'last', show: 'immediate' });
  const model = new Hall('last');
  const onward = (luck: number) => new Step('轮到的一步', (now, by) => nextStep(now, by, luck));
  const on = (words: string, at: At, one: (by: Hands, at: At) => Try) => new Step(words, (_now, by) => ({ words, tries: [one(by, at)] }));
  const first = { slot: 0, number: 1 };
  const last = { slot: 1, number: 1 };
  const steps = [
    ...[1, 1, 1, 1, 1, 1, 4].map(onward), // 签到、开场、述职、问答、开放，都来投票
    on('改投', first, (by, at) => by.vote('d2', at, '较差')),
    on('提出作废', first, (by, at) => by.askVoid('c2', at)),
    on('自己同意不了', first, (by, at) => by.agreeVoid('c2', at)),
    on('同意作废', first, (by, at) => by.agreeVoid('o1', at)),
    ...[1, 4, 1].map(onward), // 重测：开放，投票，关闭
    ...[1, 1, 1, 7, 1].map(onward), // 第二家
    on('提出作废', last, (by, at) => by.askVoid('c1', at)),
    on('计票', last, (by) => by.tally('c1')),
    on('计票之后才同意', last, (by, at) => by.agreeVoid('o1', at)),
    ...[1, 1, 1, 1].map(onward), // 三位监督员确认，放行
  ];
  for (const step of steps) await step.run(model, hall);
  expect([model.phase, ...model.slots.map(({ rounds }) => rounds.map(({ state }) => state).join())]).toEqual([
    'published',
    'voided,closed',
    'closed',
  ]);
});

test(
  `任意次序的举动，夹着双击、两位场务同时按、迟到的票和重启：答复与模型处处相同，箱里的票就是投过的人的票，关闭之前谁也算不出，票上认不回人，人少的类别不露分数（${runs}场）`,
  async () => {
    done.clear();
    await fc.assert(
      fc.asyncProperty(setting, fc.commands([...commands], { maxCommands: 40, size: 'max' }), async (rules, sequence) => {
        if (world && world.halls >= hallsPerWorld) {
          await world.close();
          world = undefined;
        }
        world ??= await World.open();
        const real = await world.hall(rules);
        await fc.asyncModelRun(() => ({ model: new Hall(rules.press), real }), sequence);
        await world.it.settled();
      }),
      { numRuns: runs, endOnFailure: true },
    );
    // 不是什么都没办成才处处相同。
    expect(done.size).toBeGreaterThan(5);
  },
  Math.max(300_000, runs * 30_000),
);
