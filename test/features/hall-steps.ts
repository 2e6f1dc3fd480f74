import { expect } from 'vitest';
import { bind } from '#cards/kit/action';
import { refreshBallot, refreshConsole } from '#cards/review/actions';
import type { fc } from '../fast-check.ts';
import { assertAsModelled } from './hall-checks.ts';
import { type Hands, handsOf, type Try, voteIn } from './hall-hands.ts';
import type { Hall } from './hall-model.ts';
import { cardVoters, choiceBy, grades, type Level, levels, observers, releasers, slips } from './hall-people.ts';
import { sorted } from './hall-post.ts';
import type { RealHall } from './hall-real.ts';
import type { At, Entry } from './hall-rounds.ts';

/** 同时的几下；`during`：正按着的时候发生的事；`after`：按完之后发生的事 */
export interface Plan {
  readonly words: string;
  readonly tries: readonly Try[];
  readonly during?: () => Promise<void>;
  readonly after?: () => Promise<void>;
}
/** 办成过的，各几次 */
export const done = new Map<string, number>();

/** 只是问一问，什么也不变 */
const onlyAsks: readonly string[] = ['签到表', '未投', '要大屏', '要自己的卡片', '要作废单'];

/** 一步：模型说谁的一下算数，真的去按，再比；然后把看得见、看不见的都对一遍 */
export class Step implements fc.AsyncCommand<Hall, RealHall> {
  readonly name: string;
  readonly plan: (model: Hall, hands: Hands, hall: RealHall) => Plan;

  constructor(name: string, plan: Step['plan']) {
    this.name = name;
    this.plan = plan;
  }
  check = (): boolean => true;
  async run(model: Hall, hall: RealHall): Promise<void> {
    const { words, tries, during, after } = this.plan(model, handsOf(model, hall), hall);
    const step = `${this.name} ${words}`;
    const expected = tries.map(({ act, who, model: answer }) => ({ act, line: `${who} ${answer()}` }));
    if (during) await pressedThrough(tries, during());
    else {
      const seen = await Promise.all(tries.map(async ({ who, real }) => `${who} ${await real()}`));
      expect({ step, answers: sorted(seen) }).toEqual({ step, answers: sorted(expected.map(({ line }) => line)) });
    }
    const worked = expected.filter(({ line }) => !line.endsWith('refused'));
    for (const { act } of worked) done.set(act, (done.get(act) ?? 0) + 1);
    await after?.();
    await assertAsModelled({
      ...{ step, model, hall, changed: after !== undefined || worked.some(({ act }) => !onlyAsks.includes(act)) },
      console: bind(refreshConsole, { sessionId: hall.id }),
      ballot: bind(refreshBallot, { sessionId: hall.id }),
    });
  }
  toString = (): string => this.name;
}

/** 一边按，一边有事：没有得到答复的，过后再按一下。办成了没有，看过后的样子 */
async function pressedThrough(tries: readonly Try[], event: Promise<void>): Promise<void> {
  const again = async ({ real }: Try): Promise<void> => {
    await event;
    await real();
  };
  await Promise.all([event, ...tries.map((one) => one.real().catch(() => again(one)))]);
}

/** 时间走几秒：先有人投，再看到点的关了没有，到点的提醒发了没有 */
export function passing(model: Hall, { by, hall }: { by: Hands; hall: RealHall }, { who, seconds }: { who: string; seconds: number }): Plan {
  const { it } = hall.world;
  it.clock.set(new Date(it.clock.now().getTime() + seconds * 1000));
  model.pass(seconds);
  const entries = paperOf(model).map((at) => ({ at, choice: null }));
  const after = async (): Promise<void> => {
    model.timeUp();
    it.app.outbox.wake();
    await it.settled();
  };
  return { words: `${seconds}秒 ${who}`, tries: [voteIn(model, by, who, entries)], after };
}

/** 手上的单子：最近一次开放的，或是更早的一张；还没有开放过，就是一张认不出的 */
export const paperOf = ({ openings }: Hall, back = 0): readonly At[] => (openings.at(-1 - back) ?? openings[0])?.paper ?? [{ slot: 0, number: 1 }];
export const newest = (model: Hall, slot: number): At => ({ slot, number: Math.max(1, model.slots[slot]?.rounds.length ?? 0) });

/** 把一张单子填好：各家凭运气，有时随票写一句 */
export function fill(model: Hall, paper: readonly At[], { who, luck }: { who: string; luck: number }): Entry[] {
  return paper.map((at, index) => ({
    at,
    choice: choiceBy(model.shape, luck + index * 5),
    comment: (luck + index) % 3 === 0 ? `评语${who}写的${at.slot}${at.number}${luck}` : undefined,
  }));
}
/** 轮到放行的一级 */
export const nextLevel = ({ released }: Hall): Level => levels[levels.indexOf(released) + 1] ?? 'all';
/** 问什么 */
export const questionOf = (luck: number): string => `第${luck % 7}件事什么时候办成？`;
/** 来宾写的：审看时不放行的一类 */
export const fromGuests = (words: string): boolean => words.startsWith('评语s');
/** 一次、双击、两位场务同时：两个人里谁先，说不准，只认有一下算数 */
export function hands(how: 'once' | 'twice' | 'both', one: (who: string) => Try, who: string): Try[] {
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

/** 都来投票：有时全场一样，一致的一类也只许说个大概；收评语的有时随票写一句 */
function everybodyVotes(model: Hall, by: Hands, luck: number): Plan {
  const paper = paperOf(model);
  const alike = luck % 3 === 0;
  const scores = ['95', '80', '66', '40', '72'];
  const choices = [...(model.shape.scale === 'grades' ? grades : scores), null];
  const voters = [...cardVoters, ...slips].filter((_, index) => (index * 7 + luck) % 5 > 0);
  const entriesOf = (who: string, index: number): Entry[] =>
    paper.map((at, slot) => ({
      at,
      choice: choices[alike ? luck % 4 : (index * luck + slot) % choices.length] ?? null,
      comment: index % 4 === 0 ? `评语${who}写的8${slot}${at.number}${luck}` : undefined,
    }));
  return { words: '都来投票', tries: voters.map((who, index) => voteIn(model, by, who, entriesOf(who, index))) };
}

/** 投过的、没投的都来写评语，有人重写 */
function everybodyWrites(model: Hall, by: Hands, luck: number): Plan {
  const paper = paperOf(model);
  const about = luck % paper.length;
  const one = (who: string): Try => by.comment(who, paper, { about, words: `评语${who}写的7${about}${luck}` });
  return { words: `都来写评语 ${JSON.stringify(paper[about])}`, tries: [...cardVoters, ...cardVoters.slice(0, 2)].map(one) };
}

/** 轮到什么办什么：这一场往前走一步 */
export function nextStep(model: Hall, by: Hands, luck: number): Plan {
  const { current } = model;
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
  const away = model.slots.findIndex(({ state }) => state === 'absent');
  const untallied = model.phase === 'inSession' || model.phase === 'voted';
  if (untallied && away >= 0 && luck % 5 === 0) return { words: '补述', tries: [by.makeUp('c1', away)] };
  if (slot?.state === 'waiting' && model.phase === 'inSession' && luck % 9 === 0) return { words: '记缺席', tries: [by.markAbsent('c2', current)] };
  const voiding = voidStep(model, by, luck);
  if (voiding) return voiding;
  if (model.phase === 'voted') return { words: '计票', tries: [by.tally('c2')] };
  if (model.phase === 'tallied' && luck % 4 === 0) return { words: '审看评语', tries: [by.judge('boss', fromGuests)] };
  if (model.phase !== 'inSession' || !slot) {
    const next = observers.find((who) => !model.confirmed.has(who));
    if (next !== undefined) return { words: '确认', tries: [by.confirm(next)] };
    if (model.isReleased('all') || (model.isReleased('units') && luck % 5 === 0)) return { words: '归档', tries: [by.archive('c1')] };
    return { words: '放行', tries: [by.release(releasers[luck % 2] ?? '', nextLevel(model))] };
  }
  if (slot.state === 'waiting') return { words: '开始述职', tries: [by.begin('c1', current, 'reporting')] };
  if (slot.state === 'reporting' && luck % 11 === 0) return { words: '退回待述', tries: [by.stepBack('c2', current)] };
  if (slot.state === 'questioning' && luck % 6 === 5)
    return { words: '记承诺', tries: [by.promise('c1', current, { content: `第${luck % 4}件事年底前办成`, dueOn: '2027-03-31' })] };
  if (slot.state === 'reporting') return { words: '开始问答', tries: [by.begin('c2', current, 'questioning')] };
  if (slot.state === 'questioning' && model.shape.method === 'together') return { words: '述职完毕', tries: [by.begin('c1', current, 'heard')] };
  if (slot.state !== 'voting') return { words: '开放测评', tries: [by.openVote('c1', current)] };
  if (luck % 7 === 3) return { words: '催投', tries: [by.remind('c1')] };
  const { size } = slot.rounds.at(-1)?.ballots ?? new Map();
  if (size > 8 && luck % 2 === 0 && model.shape.comments) return everybodyWrites(model, by, luck);
  if (size > 8) return { words: '关闭', tries: [by.close('c1', newest(model, current))] };
  return everybodyVotes(model, by, luck);
}
