import { cardVoters, classes, classOf, guests, observers, peopleOf, pointsOf, type Shape, secretaries, units } from './hall-people.ts';
import { Slips } from './hall-slips.ts';

/** done 办成了 · partly 其中有的没有赶上 · refused 没有办 */
export type Answer = 'done' | 'partly' | 'refused';

/** 哪一家的第几轮 */
export type At = { readonly slot: number; readonly number: number };
/** 单子上的一家：选了什么（弃权为null），随票写了什么（卡片上投了票才写） */
export interface Entry {
  readonly at: At;
  readonly choice: string | null;
  readonly comment?: string | undefined;
}

/** 一类的票数 */
interface Counts {
  readonly voterClass: string;
  readonly present: number;
  readonly issued: number;
  readonly used: number;
}

/** 一次开放：一起开的几轮，一张单子、一张匿名票 @property issued 谁领走了哪一张匿名票 */
export interface Opening {
  readonly paper: readonly At[];
  readonly issued: Map<string, string>;
}

/** 一轮：投过的人（匿名的是票）和各人的票、评语 */
export interface Round {
  state: 'open' | 'closed' | 'voided';
  readonly ballots: Map<string, string | null>;
  readonly comments: Map<string, string>;
  /** 审看过的评语 */
  readonly judged: Map<string, 'released' | 'held'>;
  readonly opening: Opening;
  askedBy: string | null;
  counts: readonly Counts[] | null;
}

interface Slot {
  state: 'waiting' | 'reporting' | 'questioning' | 'heard' | 'voting' | 'voted' | 'absent';
  readonly rounds: Round[];
}

/**
 * 述职现场的模型 — pure, by itself: it knows the rules of the hall from the requirements, not one line of src. Every method is
 * something that somebody does; it answers as the product must.
 */
export class Hall {
  readonly shape: Shape;
  phase: 'drawn' | 'signIn' | 'inSession' | 'voted' | 'tallied' | 'published' = 'drawn';
  readonly present = new Set<string>();
  readonly slots: readonly Slot[] = units.map(() => ({ state: 'waiting', rounds: [] }));
  readonly openings: Opening[] = [];
  readonly confirmed = new Set<string>();
  readonly slips = new Slips();
  /** 各人手机里的匿名票 */
  readonly #wallets = new Map<string, string>();

  constructor(shape: Shape) {
    this.shape = shape;
  }

  /** 台上的一家：在述的、在测的，然后是下一家；集中测评先把没述的述完 */
  get current(): number {
    const at = (...states: readonly Slot['state'][]): number => this.slots.findIndex(({ state }) => states.includes(state));
    const busy = at('reporting', 'questioning', 'voting');
    if (busy >= 0) return busy;
    return this.shape.method === 'together' && at('waiting') >= 0 ? at('waiting') : at('waiting', 'heard');
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
  get #isUntallied(): boolean {
    return this.phase === 'inSession' || this.phase === 'voted';
  }

  openSignIn(by: string): Answer {
    return this.#when(secretaries.includes(by) && this.phase === 'drawn', () => {
      this.phase = 'signIn';
    });
  }
  signIn(by: string): Answer {
    return this.#when(cardVoters.includes(by) && this.hasOpenedDoors && !this.present.has(by), () => this.present.add(by));
  }
  /** 登记来宾：不在名单上的都到了；投票期间不减人 */
  registerGuests(by: string, absent: readonly string[]): Answer {
    const leaves = absent.some((guest) => this.present.has(guest));
    return this.#when(secretaries.includes(by) && this.hasOpenedDoors && !(leaves && this.open.length > 0), () => {
      for (const guest of guests)
        if (absent.includes(guest)) this.present.delete(guest);
        else this.present.add(guest);
    });
  }
  /** 离会：此后的测评不再投票，所以计票之前才有得登记；投票期间不减人 */
  leave(by: string, who: string): Answer {
    const may = this.present.has(who) && this.open.length === 0 && (this.hasOpenedDoors || this.phase === 'voted');
    return this.#when(secretaries.includes(by) && may, () => this.present.delete(who));
  }
  start(by: string): Answer {
    const enough = classes.every(({ letter, people }) => peopleOf(letter).filter((who) => this.present.has(who)).length * 2 > people);
    return this.#when(secretaries.includes(by) && this.phase === 'signIn' && enough, () => {
      this.phase = 'inSession';
    });
  }
  begin(by: string, at: number, next: 'reporting' | 'questioning' | 'heard'): Answer {
    const slot = this.#slot(at);
    const from = { reporting: ['waiting'], questioning: ['reporting'], heard: ['reporting', 'questioning'] }[next];
    return this.#when(secretaries.includes(by) && this.phase === 'inSession' && this.#isFree(at) && from.includes(slot.state), () => {
      slot.state = next;
    });
  }
  /** 记缺席：没有来，先请下一家；人人都缺席就不叫一场了 */
  markAbsent(by: string, at: number): Answer {
    const slot = this.#slot(at);
    const others = this.slots.some((each) => each !== slot && each.state !== 'absent');
    return this.#when(secretaries.includes(by) && this.phase === 'inSession' && slot.state === 'waiting' && others, () => {
      slot.state = 'absent';
      this.#finish();
    });
  }
  /** 补述：计票之前到了，回到他的次序 */
  makeUp(by: string, at: number): Answer {
    const slot = this.#slot(at);
    return this.#when(secretaries.includes(by) && this.#isUntallied && slot.state === 'absent', () => {
      slot.state = 'waiting';
      this.phase = 'inSession';
    });
  }
  /** 开放：台上的一家，或者都述完了一起 */
  openVote(by: string, at: number): Answer {
    const together = this.shape.method === 'together';
    const isOver = ({ state }: Slot): boolean => state === 'voted' || state === 'absent' || state === 'heard';
    const own = this.#isFree(at) && ['reporting', 'questioning', 'heard'].includes(this.#slot(at).state) ? [at] : [];
    const all = this.slots.every(isOver) ? [...this.slots.keys()].filter((slot) => this.slots[slot]?.state === 'heard') : [];
    const chosen = together ? all : own;
    const legal = this.phase === 'inSession' && this.open.length === 0 && chosen.length > 0;
    return this.#when(secretaries.includes(by) && legal, () => {
      const paper = chosen.map((slot) => ({ slot, number: this.#slot(slot).rounds.length + 1 }));
      const opening: Opening = { paper, issued: new Map() };
      this.openings.push(opening);
      for (const { slot } of paper) {
        this.#slot(slot).state = 'voting';
        const empty = { ballots: new Map(), comments: new Map(), judged: new Map(), askedBy: null, counts: null };
        this.#slot(slot).rounds.push({ state: 'open', opening, ...empty });
      }
    });
  }
  /** 投一张单子：凭卡片的要到会，凭票的要启用；匿名的一场只收匿名票 */
  vote(holder: string, entries: readonly Entry[]): Answer {
    const known = this.slips.isValid(holder) || (cardVoters.includes(holder) && this.present.has(holder));
    return known && this.shape.secrecy === 'simple' ? this.#put(holder, entries) : 'refused';
  }
  /** 领匿名票：一次开放一人一张；断线重来还是那一张，换一部手机就没有了 */
  fetchTicket(holder: string, phone: string, paper: readonly At[]): Answer {
    const known = this.slips.isValid(holder) || (cardVoters.includes(holder) && this.present.has(holder));
    const round = paper.map((at) => this.round(at)).find((each) => each?.state === 'open');
    if (this.shape.secrecy !== 'blind' || !known || !round) return 'refused';
    const number = this.openings.indexOf(round.opening);
    const wallet = `${holder}/${phone}/${number}`;
    const issued = round.opening.issued.get(holder);
    if (issued !== undefined) return this.#wallets.get(wallet) === issued ? 'done' : 'refused';
    round.opening.issued.set(holder, `${holder}#${number}`);
    this.#wallets.set(wallet, `${holder}#${number}`);
    return 'done';
  }
  /** 投匿名票：认票不认人，票领走之后持票人的票换了也还投得出 */
  castTicket(holder: string, phone: string, entries: readonly Entry[]): Answer {
    const opening = this.round(entries[0]?.at ?? { slot: 0, number: 0 })?.opening;
    const ticket = opening && this.#wallets.get(`${holder}/${phone}/${this.openings.indexOf(opening)}`);
    return ticket === undefined ? 'refused' : this.#put(ticket, entries);
  }
  /** 评语：投过这一家的才有，重写的换掉前一条 */
  comment(holder: string, at: At | undefined, words: string): Answer {
    const round = at && this.round(at);
    const may = this.shape.comments && this.shape.secrecy === 'simple' && cardVoters.includes(holder);
    return this.#when(may && round?.state === 'open' && round.ballots.has(holder), () => round?.comments.set(holder, words));
  }
  /** 提出换票 */
  askSlip(by: string, name: string): Answer {
    return this.#when(secretaries.includes(by) && this.slips.mayAsk(name), () => this.slips.ask(by, name));
  }
  /** 同意换票：另一位监督员；备用票接着旧票，开着的这几轮投过的不再投，领过的不再领 */
  agreeSlip(by: string, name: string): Answer {
    return this.#when(observers.includes(by) && this.slips.mayAgree(by, name), () => {
      const spare = this.slips.agree(name);
      for (const { ballots, comments, opening } of this.open)
        for (const kept of [ballots, comments, opening.issued] as Map<string, unknown>[]) {
          if (!kept.has(name)) continue;
          kept.set(spare, kept.get(name));
          kept.delete(name);
        }
    });
  }
  /** 关闭：集中测评一按全部关闭 */
  close(by: string, at: At): Answer {
    return this.#when(secretaries.includes(by) && this.round(at)?.state === 'open', () => this.timeUp());
  }
  /** 到时自动关闭 */
  timeUp(): void {
    for (const slot of this.slots) for (const round of slot.rounds) if (round.state === 'open') this.#end(slot, round);
  }
  askVoid(by: string, at: At): Answer {
    const round = this.round(at);
    const legal = round !== undefined && round.state !== 'voided' && round.askedBy === null && this.#isUntallied;
    return this.#when(secretaries.includes(by) && legal, () => {
      (round as Round).askedBy = by;
    });
  }
  /** 同意作废：这一场的监督员，不是提出的人；计了票的不再作废 */
  agreeVoid(by: string, at: At): Answer {
    const round = this.round(at);
    const asked = round !== undefined && round.state !== 'voided' && round.askedBy !== null && round.askedBy !== by;
    return this.#when(observers.includes(by) && asked && this.#isUntallied, () => {
      (round as Round).state = 'voided';
      this.#slot(at.slot).state = 'heard';
      this.phase = 'inSession';
    });
  }
  tally(by: string): Answer {
    return this.#when(secretaries.includes(by) && this.phase === 'voted', () => {
      this.phase = 'tallied';
    });
  }
  confirm(by: string): Answer {
    return this.#when(observers.includes(by) && this.phase === 'tallied' && !this.confirmed.has(by), () => this.confirmed.add(by));
  }
  release(by: string): Answer {
    return this.#when(by === 'boss' && this.phase === 'tallied' && this.confirmed.size === observers.length, () => {
      this.phase = 'published';
    });
  }

  /** 审看评语：督查室主任，计票之后，有得看的都看完；`holds`说哪些不放行 */
  judge(by: string, holds: (words: string) => boolean): Answer {
    const left = this.readable.flatMap((round) =>
      [...round.comments.values()].flatMap((words) => (round.judged.has(words) ? [] : [{ round, words }])),
    );
    return this.#when(by === 'boss' && left.length > 0, () => {
      for (const { round, words } of left) round.judged.set(words, holds(words) ? 'held' : 'released');
    });
  }
  /** 评语看得的轮次：计了票的，作废的、票数少的谁也不给看 */
  get readable(): readonly Round[] {
    if (this.phase !== 'tallied' && this.phase !== 'published') return [];
    return this.slots.flatMap(({ rounds }) => rounds.filter(({ state, ballots }) => state === 'closed' && ballots.size >= 5));
  }

  /** 放进箱里：有一样认不出，一样也不收；首次有效的，第二次不算。卡片先看填得对不对，网页只看还开着的几家 */
  #put(key: string, entries: readonly Entry[]): Answer {
    const open = entries.flatMap(({ at, ...entry }) => {
      const round = this.round(at);
      return round?.state === 'open' ? [{ ...entry, round }] : [];
    });
    const judged: readonly { readonly choice: string | null }[] = cardVoters.includes(key) ? entries : open;
    if (open.length === 0 || judged.some(({ choice }) => choice !== null && pointsOf(this.shape, choice) === null)) return 'refused';
    const counted = open.filter(({ round }) => this.shape.press === 'last' || !round.ballots.has(key));
    for (const { round, choice, comment } of counted) {
      round.ballots.set(key, choice);
      if (comment !== undefined && this.shape.comments && !cardVoters.includes(key)) round.comments.set(key, comment);
    }
    if (open.length < entries.length) return 'partly';
    return counted.length > 0 ? 'done' : 'refused';
  }
  /** 票数：收回不多于发出，发出不多于实到；否则当即作废，等重测 */
  #end(slot: Slot, round: Round): void {
    const ofClass = (holders: Iterable<string>, name: string): number => [...holders].filter((holder) => classOf(holder) === name).length;
    round.counts = classes.map(({ name }) => {
      const present = ofClass(this.present, name);
      const issued = this.shape.secrecy === 'blind' ? ofClass(round.opening.issued.values(), name) : present;
      return { voterClass: name, present, issued, used: ofClass(round.ballots.keys(), name) };
    });
    const tooMany = round.counts.some(({ present, issued, used }) => used > issued || issued > present);
    round.state = tooMany ? 'voided' : 'closed';
    slot.state = tooMany ? 'heard' : 'voted';
    this.#finish();
  }
  #finish(): void {
    if (this.slots.every(({ state }) => state === 'voted' || state === 'absent')) this.phase = 'voted';
  }
  /** 台上只有一家：别的一家不在述、不在测 */
  #isFree(at: number): boolean {
    return this.slots.every(({ state }, slot) => slot === at || !['reporting', 'questioning', 'voting'].includes(state));
  }
  #slot(at: number): Slot {
    const slot = this.slots[at];
    if (!slot) throw new Error(`没有第${at + 1}家`);
    return slot;
  }
  #when(may: boolean, change: () => unknown): Answer {
    if (!may) return 'refused';
    change();
    return 'done';
  }
}
