import { cardVoters, classes, guests, isOwn, peopleOf, type Shape, secretaries } from './hall-people.ts';
import type { Answer, At, Opening, Round, Slot } from './hall-rounds.ts';
import { Slips } from './hall-slips.ts';

/** 场上有谁、到了哪一步、几点了 — a part of the model of the hall: the roll and the doors; the stage and the boxes are in hall-model. */
export class Roll {
  readonly shape: Shape;
  phase: 'drawn' | 'signIn' | 'inSession' | 'voted' | 'tallied' | 'published' | 'archived' = 'drawn';
  /** 摆好以来过了几秒 */
  now = 0;
  readonly present = new Set<string>();
  /** 登记过离会的：来过 */
  readonly left = new Set<string>();
  readonly slots: readonly Slot[];
  readonly openings: Opening[] = [];
  readonly slips = new Slips();

  constructor(shape: Shape) {
    this.shape = shape;
    this.slots = Array.from({ length: shape.units }, () => ({ state: 'waiting', rounds: [], until: null, told: [] }));
  }

  get open(): readonly Round[] {
    return this.slots.flatMap(({ rounds }) => rounds.filter(({ state }) => state === 'open'));
  }
  round({ slot, number }: At): Round | undefined {
    return this.slots[slot]?.rounds[number - 1];
  }
  get hasOpenedDoors(): boolean {
    return this.phase === 'signIn' || this.phase === 'inSession';
  }
  get isUntallied(): boolean {
    return this.phase === 'inSession' || this.phase === 'voted';
  }

  openSignIn(by: string): Answer {
    return this.when(secretaries.includes(by) && this.phase === 'drawn', () => {
      this.phase = 'signIn';
    });
  }
  signIn(by: string): Answer {
    return this.when(cardVoters.includes(by) && this.hasOpenedDoors && !this.present.has(by), () => this.present.add(by));
  }
  /** 登记来宾：不在名单上的都到了；投票期间不减人 */
  registerGuests(by: string, absent: readonly string[]): Answer {
    const leaves = absent.some((guest) => this.present.has(guest));
    return this.when(secretaries.includes(by) && this.hasOpenedDoors && !(leaves && this.open.length > 0), () => {
      for (const guest of guests)
        if (absent.includes(guest)) this.present.delete(guest);
        else this.present.add(guest);
    });
  }
  /** 离会：此后的测评不再投票，所以计票之前才有得登记；投票期间不减人 */
  leave(by: string, who: string): Answer {
    const may = this.present.has(who) && this.open.length === 0 && (this.hasOpenedDoors || this.phase === 'voted');
    return this.when(secretaries.includes(by) && may, () => {
      this.present.delete(who);
      this.left.add(who);
    });
  }
  /** 法定人数：全场、每一类都超过二分之一，或者都达到三分之二 */
  get isQuorate(): boolean {
    const isEnough = (here: number, people: number): boolean => (this.shape.quorum === 'half' ? here * 2 > people : here * 3 >= people * 2);
    const here = classes.map(({ letter, people }) => ({ people, here: peopleOf(letter).filter((who) => this.present.has(who)).length }));
    return [...here, { people: here.reduce((all, { people }) => all + people, 0), here: this.present.size }].every((one) =>
      isEnough(one.here, one.people),
    );
  }
  /** 印票：开场之前，先前的一批全部作废 */
  print(by: string): Answer {
    return this.when(secretaries.includes(by) && (this.phase === 'drawn' || this.phase === 'signIn'), () => this.slips.reprint());
  }
  start(by: string): Answer {
    return this.when(secretaries.includes(by) && this.phase === 'signIn' && this.isQuorate, () => {
      this.phase = 'inSession';
    });
  }

  /** 签到表：各类到了几位，谁没到 */
  get signInLines(): readonly string[] {
    return classes.map(({ name, letter, people }) => {
      const away = peopleOf(letter).filter((who) => !this.present.has(who));
      return `${name}：到会${people - away.length}/${people}${away.length === 0 ? '' : `，未到：${away.join('、')}`}`;
    });
  }
  /** 到了会、用卡片、开着的一轮还没有投（匿名的还没有领票）的；没有开着的为null */
  get unvoted(): readonly string[] | null {
    const at = this.slots.findIndex(({ rounds }) => rounds.some(({ state }) => state === 'open'));
    const round = this.slots[at]?.rounds.find(({ state }) => state === 'open');
    if (!round) return null;
    const has = (who: string): boolean => (this.shape.secrecy === 'blind' ? round.opening.issued.has(who) : round.ballots.has(who));
    return cardVoters.filter((who) => this.present.has(who) && !isOwn(this.shape, who, at) && !has(who));
  }
  /** 催投：没投的各收一句，一次开放只催一次 */
  remind(by: string): Answer {
    const names = this.unvoted;
    return this.when(secretaries.includes(by) && names !== null && names.length > 0, () => {
      for (const who of names ?? []) this.open[0]?.opening.reminded.add(who);
    });
  }

  protected when(may: boolean, change: () => unknown): Answer {
    if (!may) return 'refused';
    change();
    return 'done';
  }
}
