/** 述职现场的模型 — pure, by itself: it knows the rules of the hall from the requirements, not one line of src. */
export const grades = ['优秀', '良好', '一般', '较差'] as const;
export const points: Readonly<Record<string, number>> = { 优秀: 100, 良好: 80, 一般: 60, 较差: 40 };

/** 各类：几个人，占多少，怎样投 */
export const classes = [
  { name: '领导', letter: 'l', people: 3, weight: 50 },
  { name: '两代表一委员', letter: 'd', people: 6, weight: 30 },
  { name: '群众代表', letter: 'g', people: 6, weight: 20 },
] as const;
const numbered = (letter: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
const peopleOf = (letter: string): string[] => numbered(letter, classes.find((each) => each.letter === letter)?.people ?? 0);

/** 用卡片投票的，来宾，来宾的票（最后两张备用）；场务（c2又是监督员），监督员（o3不在这一场），领导，旁人 */
export const cardVoters: readonly string[] = [...peopleOf('l'), ...peopleOf('d')];
export const guests: readonly string[] = peopleOf('g');
export const slips: readonly string[] = numbered('s', guests.length + 2);
const valid = slips.slice(0, guests.length);
export const staff = ['c1', 'c2', 'o1', 'o2', 'o3', 'boss', 'x'] as const;
const secretaries: readonly string[] = ['c1', 'c2'];
export const observers: readonly string[] = ['c2', 'o1', 'o2'];

/** 票属于哪一类 */
export const classOf = (holder: string): string => classes.find(({ letter }) => letter === (holder[0] === 's' ? 'g' : holder[0]))?.name ?? '';

export type Answer = 'done' | 'refused';

/** 一轮：投过的人和各人的票（弃权为null） */
export interface Round {
  state: 'open' | 'closed' | 'voided';
  readonly ballots: Map<string, string | null>;
  askedBy: string | null;
}

interface Slot {
  state: 'waiting' | 'reporting' | 'questioning' | 'heard' | 'voting' | 'voted';
  readonly rounds: Round[];
}

/** 会场 — every method is something that somebody does; it answers as the product must. */
export class Hall {
  readonly press: 'first' | 'last';
  phase: 'drawn' | 'signIn' | 'inSession' | 'voted' | 'tallied' | 'published' = 'drawn';
  readonly present = new Set<string>();
  readonly slots: readonly Slot[] = [
    { state: 'waiting', rounds: [] },
    { state: 'waiting', rounds: [] },
  ];
  readonly confirmed = new Set<string>();

  constructor(press: 'first' | 'last') {
    this.press = press;
  }

  /** 台上的一家：在述的、重测的，然后是下一家 */
  get current(): number {
    const at = (fits: (slot: Slot) => boolean): number => this.slots.findIndex(fits);
    const busy = at(({ state }) => state !== 'waiting' && state !== 'heard' && state !== 'voted');
    return busy >= 0 ? busy : at(({ state }) => state !== 'voted');
  }
  get open(): { slot: number; round: Round } | null {
    const slot = this.slots.findIndex(({ rounds }) => rounds.at(-1)?.state === 'open');
    const round = this.slots[slot]?.rounds.at(-1);
    return round ? { slot, round } : null;
  }
  round(slot: number, number: number): Round | undefined {
    return this.slots[slot]?.rounds[number - 1];
  }
  get hasOpenedDoors(): boolean {
    return this.phase === 'signIn' || this.phase === 'inSession';
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
    return this.#when(secretaries.includes(by) && this.hasOpenedDoors && !(leaves && this.open), () => {
      for (const guest of guests)
        if (absent.includes(guest)) this.present.delete(guest);
        else this.present.add(guest);
    });
  }
  start(by: string): Answer {
    const enough = classes.every(({ letter, people }) => peopleOf(letter).filter((who) => this.present.has(who)).length * 2 > people);
    return this.#when(secretaries.includes(by) && this.phase === 'signIn' && enough, () => {
      this.phase = 'inSession';
    });
  }
  begin(by: string, at: number, next: 'reporting' | 'questioning'): Answer {
    const slot = this.#slot(at);
    const others = this.slots.filter((each) => each !== slot);
    const free = others.every(({ state }) => state !== 'reporting' && state !== 'questioning' && state !== 'voting');
    const legal = slot.state === (next === 'reporting' ? 'waiting' : 'reporting');
    return this.#when(secretaries.includes(by) && this.phase === 'inSession' && free && legal, () => {
      slot.state = next;
    });
  }
  openVote(by: string, at: number): Answer {
    const slot = this.#slot(at);
    const legal = slot.state === 'reporting' || slot.state === 'questioning' || slot.state === 'heard';
    return this.#when(secretaries.includes(by) && this.phase === 'inSession' && !this.open && legal, () => {
      slot.state = 'voting';
      slot.rounds.push({ state: 'open', ballots: new Map(), askedBy: null });
    });
  }
  /** 一按：凭卡片的要到会，凭票的要启用；首次有效的，第二次不算 */
  vote(holder: string, at: { slot: number; number: number }, choice: string | null): Answer {
    const round = this.round(at.slot, at.number);
    const known = valid.includes(holder) || (cardVoters.includes(holder) && this.present.has(holder));
    const good = choice === null || points[choice] !== undefined;
    if (round?.state !== 'open' || !known || !good) return 'refused';
    return this.#when(this.press === 'last' || !round.ballots.has(holder), () => round.ballots.set(holder, choice));
  }
  close(by: string, at: { slot: number; number: number }): Answer {
    const round = this.round(at.slot, at.number);
    return this.#when(secretaries.includes(by) && round?.state === 'open', () => this.#end(this.#slot(at.slot), round as Round));
  }
  /** 到时自动关闭 */
  timeUp(): void {
    const { open } = this;
    if (open) this.#end(this.#slot(open.slot), open.round);
  }
  askVoid(by: string, at: { slot: number; number: number }): Answer {
    const round = this.round(at.slot, at.number);
    const legal = round !== undefined && round.state !== 'voided' && round.askedBy === null && (this.phase === 'inSession' || this.phase === 'voted');
    return this.#when(secretaries.includes(by) && legal, () => {
      (round as Round).askedBy = by;
    });
  }
  /** 同意作废：这一场的监督员，不是提出的人；计了票的不再作废 */
  agreeVoid(by: string, at: { slot: number; number: number }): Answer {
    const round = this.round(at.slot, at.number);
    const asked = round !== undefined && round.state !== 'voided' && round.askedBy !== null && round.askedBy !== by;
    return this.#when(observers.includes(by) && asked && (this.phase === 'inSession' || this.phase === 'voted'), () => {
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

  /** 某一类现在到会几人 */
  presentOf(name: string): number {
    return [...this.present].filter((who) => classOf(who) === name).length;
  }
  /** 收回多于发出的当即作废，等重测 */
  #end(slot: Slot, round: Round): void {
    const usedOf = (name: string): number => [...round.ballots.keys()].filter((holder) => classOf(holder) === name).length;
    const tooMany = classes.some(({ name }) => usedOf(name) > this.presentOf(name));
    round.state = tooMany ? 'voided' : 'closed';
    slot.state = tooMany ? 'heard' : 'voted';
    if (this.slots.every(({ state }) => state === 'voted')) this.phase = 'voted';
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
