import { fc } from '../fast-check.ts';
import { type Try, voteIn } from './hall-hands.ts';
import { cardVoters, guests, heldOn, levels, releasers, slips } from './hall-people.ts';
import { fill, fromGuests, hands, newest, nextLevel, nextStep, paperOf, passing, questionOf, Step } from './hall-steps.ts';

/** 场次的样子，随便怎样 — half of the halls are plain: there a run goes farthest. */
export const shapes = fc.record({
  press: fc.constantFrom('first' as const, 'last' as const),
  show: fc.constantFrom('delayed' as const, 'immediate' as const),
  method: fc.constantFrom('each' as const, 'together' as const),
  scale: fc.constantFrom('grades' as const, 'scores' as const),
  secrecy: fc.constantFrom('simple' as const, 'simple' as const, 'blind' as const),
  comments: fc.boolean(),
  units: fc.constantFrom(2, 3),
  quorum: fc.constantFrom('half' as const, 'twoThirds' as const),
  smallClass: fc.constantFrom(5, 3),
  emptyClass: fc.constantFrom('renormalise' as const, 'block' as const),
  taskWeight: fc.constantFrom(0, 20),
  beside: fc.constant(false),
});

const chairs = fc.constantFrom('c1', 'c1', 'c2', 'o1', 'l1', 'x');
const ways = fc.constantFrom('once' as const, 'once' as const, 'twice' as const, 'both' as const);
const slotNumber = fc.nat({ max: 2 });
const luckily = fc.nat({ max: 1000 });
/** 手上的单子，有时是旧的一张 */
const older = fc.constantFrom(0, 0, 0, 1);
const electors = [...cardVoters, ...slips, 'c1', 'o1', 'x'];
const crowd = fc.uniqueArray(fc.record({ who: fc.constantFrom(...electors), luck: luckily, twice: fc.boolean() }), {
  selector: ({ who }) => who,
  minLength: 1,
  maxLength: 16,
});
const times = <One>(count: number, one: () => One): One[] => Array.from({ length: count }, one);

/** 投票：老实的、再投一次的、双击的、名册外的、没签到的、备用票、换下的票、认不出的选择；手里也许是作废了的那一轮的单子 */
const voting = [
  ...times(4, () =>
    fc.record({ crowd, back: older }).map(
      (given) =>
        new Step('投票', (model, by) => {
          const paper = paperOf(model, given.back);
          const tries = given.crowd.flatMap(({ who, luck, twice }) => {
            const one = voteIn(model, by, who, fill(model, paper, { who, luck }));
            return twice ? [one, one] : [one];
          });
          return {
            words: `${JSON.stringify(paper)} ${given.crowd.map(({ who, luck, twice }) => `${who}${luck}${twice ? '×2' : ''}`).join()}`,
            tries,
          };
        }),
    ),
  ),
  // 匿名的一场：卡片、纸质票上投不了；领了票的、在另一部手机上又来领的、拿着上一轮的票来投的
  fc.record({ who: fc.constantFrom(...electors), luck: luckily, back: older }).map(
    ({ who, luck, back }) =>
      new Step('不凭匿名票投', (model, by) => {
        const paper = paperOf(model, back);
        return { words: `${who} ${JSON.stringify(paper)}`, tries: [by.vote(who, fill(model, paper, { who, luck }))] };
      }),
  ),
  fc.record({ who: fc.constantFrom(...cardVoters, ...slips), phone: fc.constantFrom('a', 'b'), luck: luckily, back: older, casts: fc.boolean() }).map(
    ({ who, phone, luck, back, casts }) =>
      new Step('领匿名票', (model, by) => {
        const paper = paperOf(model, back);
        const one = casts ? by.blindVote(who, fill(model, paper, { who, luck }), phone) : by.fetchTicket(who, paper, phone);
        return { words: `${who}${phone} ${JSON.stringify(paper)}${casts ? '并投' : ''}`, tries: luck % 4 === 0 ? [one, one] : [one] };
      }),
  ),
  // 多半是投过票的人写，有时是随便哪一位
  ...times(2, () =>
    fc.record({ other: fc.constantFrom(...cardVoters, 'c1', 'x'), about: slotNumber, luck: luckily, back: older }).map(
      ({ other, about, luck, back }) =>
        new Step('写评语', (model, by) => {
          const paper = paperOf(model, back);
          const place = about % paper.length;
          const voted = [...(model.round(paper[place] ?? newest(model, 0))?.ballots.keys() ?? [])].filter((who) => cardVoters.includes(who));
          const who = luck % 4 === 0 ? other : (voted[luck % Math.max(1, voted.length)] ?? other);
          return {
            words: `${who} ${JSON.stringify(paper[place])}`,
            tries: [by.comment(who, paper, { about: place, words: `评语${who}写的9${place}${luck}` })],
          };
        }),
    ),
  ),
  // 钟往前走：到点了、后台还没有关，这一刻的票也没有赶上；走过头了，提醒只说最后一个
  ...times(2, () =>
    fc
      .record({ who: fc.constantFrom('d1', 's1'), seconds: fc.constantFrom(7, 45, 90, 90, 250, 420) })
      .map(({ who, seconds }) => new Step('时间走', (model, by, hall) => passing(model, { by, hall }, { who, seconds }))),
  ),
];

/** 名册和票：印票、签到、来宾、离会、换票 */
const roll = [
  chairs.map((who) => new Step('印票', (_model, by) => ({ words: who, tries: [by.print(who)] }))),
  fc
    .record({ who: fc.constantFrom(...cardVoters, 'c1', 'o1', 'x'), twice: fc.boolean() })
    .map(({ who, twice }) => new Step('签到', (_model, by) => ({ words: who, tries: twice ? [by.signIn(who), by.signIn(who)] : [by.signIn(who)] }))),
  fc
    .record({ who: chairs, absent: fc.subarray([...guests], { maxLength: 3 }) })
    .map(({ who, absent }) => new Step('登记来宾', (_model, by) => ({ words: `${who} 缺${absent.join()}`, tries: [by.guests(who, absent)] }))),
  fc
    .record({ who: chairs, name: fc.constantFrom(...cardVoters, ...guests) })
    .map(({ who, name }) => new Step('登记离会', (_model, by) => ({ words: `${who} ${name}`, tries: [by.leave(who, name)] }))),
  ...times(2, () =>
    fc
      .record({ who: fc.constantFrom('c1', 'c2', 'c2', 'o1'), slip: fc.constantFrom(...slips) })
      .map(({ who, slip }) => new Step('提出换票', (_model, by) => ({ words: `${who} ${slip}`, tries: [by.askSlip(who, slip)] }))),
  ),
  // 多半同意提出了的一张，有时是随便一张
  ...times(2, () =>
    fc.record({ who: fc.constantFrom('o1', 'd6', 'c2', 'c1', 'o3'), luck: luckily, twice: fc.boolean() }).map(
      ({ who, luck, twice }) =>
        new Step('同意换票', (model, by) => {
          const { asked } = model.slips;
          const among = asked.length > 0 && luck % 4 > 0 ? asked : slips;
          const slip = among[luck % among.length] ?? 's1';
          return { words: `${who} ${slip}`, tries: hands(twice ? 'twice' : 'once', (one) => by.agreeSlip(one, slip), who) };
        }),
    ),
  ),
];

/** 名册这一边：谁到了，谁没投，催一催 */
const watching = fc.record({
  who: fc.constantFrom('c1', 'c2', 'o1', 'l1'),
  what: fc.constantFrom('signInList' as const, 'unvoted' as const, 'remind' as const, 'screen' as const, 'ownCard' as const),
});
const lists = times(2, () =>
  watching.map(({ who, what }) => new Step('名册', (_model, by) => ({ words: `${who} ${what}`, tries: [by[what](who)] }))),
);

/** 主持台：一步一步，记缺席，开放，关闭，作废重测 */
const chairing = [
  fc
    .record({ who: chairs, how: ways })
    .map(({ who, how }) => new Step('开始签到', (_model, by) => ({ words: `${who} ${how}`, tries: hands(how, by.openSignIn, who) }))),
  fc
    .record({ who: chairs, how: ways })
    .map(({ who, how }) => new Step('开场', (_model, by) => ({ words: `${who} ${how}`, tries: hands(how, by.start, who) }))),
  fc.record({ who: chairs, how: ways, slot: slotNumber, next: fc.constantFrom('reporting' as const, 'questioning' as const, 'heard' as const) }).map(
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
        new Step('记缺席', (_model, by) => ({ words: `${who} ${how} ${slot}家`, tries: hands(how, (one) => by.markAbsent(one, slot), who) })),
    ),
  ...times(2, () =>
    fc.record({ who: fc.constantFrom('c1', 'c2', 'c1', 'o1'), luck: luckily }).map(
      ({ who, luck }) =>
        new Step('补述', (model, by) => {
          const absent = model.slots.findIndex(({ state }) => state === 'absent');
          const slot = absent >= 0 ? absent : luck % model.slots.length;
          return { words: `${who} ${slot}家`, tries: [by.makeUp(who, slot)] };
        }),
    ),
  ),
  fc
    .record({ who: chairs, how: ways, slot: slotNumber })
    .map(
      ({ who, how, slot }) =>
        new Step('开放测评', (_model, by) => ({ words: `${who} ${how} ${slot}家`, tries: hands(how, (one) => by.openVote(one, slot), who) })),
    ),
  fc.record({ who: chairs, how: ways, back: older, last: fc.boolean() }).map(
    ({ who, how, back, last }) =>
      new Step('关闭测评', (model, by) => {
        const at = paperOf(model, back).at(last ? -1 : 0) ?? newest(model, 0);
        return { words: `${who} ${how} ${at.slot}家${at.number}轮`, tries: hands(how, (one) => by.close(one, at), who) };
      }),
  ),
  fc
    .record({ who: chairs, how: ways, slot: slotNumber })
    .map(
      ({ who, how, slot }) =>
        new Step('退回待述', (_model, by) => ({ words: `${who} ${how} ${slot}家`, tries: hands(how, (one) => by.stepBack(one, slot), who) })),
    ),
  fc
    .record({ who: fc.constantFrom('c1', 'c2', 'o1'), slot: slotNumber })
    .map(({ who, slot }) => new Step('要作废单', (_model, by) => ({ words: `${who} ${slot}家`, tries: [by.voidForm(who, slot)] }))),
  fc.record({ who: fc.constantFrom('c1', 'c2', 'c2', 'o1'), slot: slotNumber, twice: fc.boolean() }).map(
    ({ who, slot, twice }) =>
      new Step('提出作废', (model, by) => {
        const at = newest(model, slot);
        return { words: `${who} ${slot}家`, tries: hands(twice ? 'twice' : 'once', (one) => by.askVoid(one, at), who) };
      }),
  ),
  ...times(2, () =>
    fc.record({ who: fc.constantFrom('c1', 'c2', 'o1', 'd6', 'o3'), slot: slotNumber, twice: fc.boolean() }).map(
      ({ who, slot, twice }) =>
        new Step('同意作废', (model, by) => {
          const at = newest(model, slot);
          return { words: `${who} ${slot}家`, tries: hands(twice ? 'twice' : 'once', (one) => by.agreeVoid(one, at), who) };
        }),
    ),
  ),
];

/** 承诺：当场立项，双击只立一项；完成的日子要在今天之后 */
const promising = fc.record({ who: chairs, slot: slotNumber, luck: luckily, how: ways }).map(
  ({ who, slot, luck, how }) =>
    new Step('记承诺', (_model, by) => {
      const given = { content: `第${luck % 4}件事年底前办成`, dueOn: luck % 5 === 0 ? heldOn : '2027-06-30' };
      return { words: `${who} ${how} ${slot}家 ${given.dueOn}`, tries: hands(how, (one) => by.promise(one, slot, given), who) };
    }),
);

/** 问答：测评人自己提，场务代为登记（在哪一家的记录上都有），请提问；记录上的这一家也许已经述完 */
const asking = [
  fc
    .record({ who: fc.constantFrom(...cardVoters, 'c1', 'x'), luck: luckily })
    .map(({ who, luck }) => new Step('提问', (_model, by) => ({ words: who, tries: [by.ask(who, questionOf(luck))] }))),
  fc.record({ who: chairs, slot: slotNumber, at: fc.nat({ max: 2 }), luck: luckily, how: ways }).map(
    ({ who, slot, at, luck, how }) =>
      new Step('登记提问', (_model, by) => ({
        words: `${who} ${how} ${slot}家`,
        tries: hands(how, (one) => by.register(one, slot, { at, asker: `来宾${luck % 4}`, text: questionOf(luck) }), who),
      })),
  ),
  ...times(2, () =>
    fc
      .record({ who: fc.constantFrom('c1', 'c2', 'o1'), slot: slotNumber, place: fc.nat({ max: 1 }), how: ways })
      .map(
        ({ who, slot, place, how }) =>
          new Step('请提问', (_model, by) => ({ words: `${who} ${slot}家`, tries: hands(how, (one) => by.putQuestion(one, slot, place), who) })),
      ),
  ),
];

/** 之后：计票、确认、放行；重启随时会来 */
const after = [
  fc
    .record({ who: chairs, how: ways })
    .map(({ who, how }) => new Step('计票', (_model, by) => ({ words: `${who} ${how}`, tries: hands(how, by.tally, who) }))),
  fc
    .record({ who: fc.constantFrom('c1', 'c2', 'o1', 'd6', 'o3'), twice: fc.boolean() })
    .map(
      ({ who, twice }) =>
        new Step('确认票数', (_model, by) => ({ words: who, tries: twice ? [by.confirm(who), by.confirm(who)] : [by.confirm(who)] })),
    ),
  // 来宾随票写的不放行
  fc.constantFrom('boss', 'lead', 'c1').map((who) => new Step('审看评语', (_model, by) => ({ words: who, tries: [by.judge(who, fromGuests)] }))),
  // 多半是轮到的一级，有时跳级、重来；两位放行的人同时按
  fc.record({ who: fc.constantFrom('boss', 'lead', 'c1', 'aide'), luck: luckily, level: fc.constantFrom(...levels.slice(1)) }).map(
    ({ who, luck, level }) =>
      new Step('放行', (model, by) => {
        const next = luck % 2 === 0 ? nextLevel(model) : level;
        const one = (each: string): Try => ({ ...by.release(each, next), who: luck % 3 === 0 ? '两位放行的人' : each });
        return { words: `${who} ${next}`, tries: luck % 3 === 0 ? releasers.map(one) : [one(who)] };
      }),
  ),
  fc.constantFrom('c1', 'c2', 'boss').map((who) => new Step('再要纪要', (_model, by) => ({ words: who, tries: [by.minutes(who)] }))),
  chairs.map((who) => new Step('归档', (_model, by) => ({ words: who, tries: [by.archive(who)] }))),
  // 正按着，程序重启：没有得到答复的再按一下
  luckily.map((luck) => new Step('按着重启', (model, by, hall) => ({ ...nextStep(model, by, luck), during: () => hall.world.restart() }))),
  fc.constant(new Step('重启', (_model, _by, hall) => ({ words: '', tries: [], after: () => hall.world.restart() }))),
];

/** 一场里的举动，什么次序都行；多半是轮到的一步，不然走不远 */
export const commands: readonly fc.Arbitrary<Step>[] = [
  ...times(40, () => luckily.map((luck) => new Step('轮到的一步', (model, by) => nextStep(model, by, luck)))),
  ...voting,
  ...roll,
  ...chairing,
  ...lists,
  ...asking,
  ...times(2, () => promising),
  ...after,
];
