import {
  bells,
  cardVoters,
  classOf,
  heldOn,
  isOwn,
  type Level,
  levels,
  minutes,
  observers,
  releasers,
  secretaries,
  voteSeconds,
} from './hall-people.ts';
import { Promises, Questions } from './hall-questions.ts';
import { Roll } from './hall-roll.ts';
import { type Answer, type At, countsOf, type Entry, isOpen, isSound, type Opening, openRound, put, type Round, type Slot } from './hall-rounds.ts';

/** 没有这一家：什么也不能做 */
const nobody: Slot = { state: 'voted', rounds: [], until: null, told: [] };

/**
 * 述职现场的模型 — pure, by itself: it knows the rules of the hall from the requirements, not one line of src. Every method is
 * something that somebody does; it answers as the product must.
 */
export class Hall extends Roll {
  readonly confirmed = new Set<string>();
  readonly questions = new Questions();
  readonly promises = new Promises();
  /** 公布到哪一级 */
  released: Level = 'none';
  /** 各人手机里的匿名票 */
  readonly #wallets = new Map<string, string>();

  /** 台上的一家：在述的、在测的，然后是下一家；集中测评先把没述的述完 */
  get current(): number {
    const at = (...states: readonly Slot['state'][]): number => this.slots.findIndex(({ state }) => states.includes(state));
    const busy = at('reporting', 'questioning', 'voting');
    if (busy >= 0) return busy;
    return this.shape.method === 'together' && at('waiting') >= 0 ? at('waiting') : at('waiting', 'heard');
  }
  /** 问起来有他的卡片：场务有主持台，监督员有票数（抽签不在模型里），放行的人有结果，测评人有签到卡、测评卡；监督员也是测评人的，都有 */
  hasPart(who: string): boolean {
    if (this.phase === 'archived') return false;
    if (secretaries.includes(who)) return true;
    if (observers.includes(who) && (this.phase === 'tallied' || this.phase === 'published')) return true;
    if (releasers.includes(who)) return this.isConfirmed;
    return cardVoters.includes(who) && this.phase !== 'drawn';
  }
  /** 公布到了这一级没有 */
  isReleased(level: Level): boolean {
    return levels.indexOf(this.released) >= levels.indexOf(level);
  }
  begin(by: string, at: number, next: 'reporting' | 'questioning' | 'heard'): Answer {
    const slot = this.#slot(at);
    const from = { reporting: ['waiting'], questioning: ['reporting'], heard: ['reporting', 'questioning'] }[next];
    return this.when(secretaries.includes(by) && this.phase === 'inSession' && this.#isFree(at) && from.includes(slot.state), () => {
      slot.state = next;
      slot.until = next === 'heard' ? null : this.now + minutes[next] * 60;
    });
  }
  /** 退回待述：按错了，或者人走开了；计时清掉，重新开始 */
  stepBack(by: string, at: number): Answer {
    const slot = this.#slot(at);
    const isUp = slot.state === 'reporting' || slot.state === 'questioning';
    return this.when(secretaries.includes(by) && this.phase === 'inSession' && isUp, () => {
      slot.state = 'waiting';
      slot.until = null;
    });
  }
  /** 记缺席：没有来，先请下一家；人人都缺席就不叫一场了 */
  markAbsent(by: string, at: number): Answer {
    const slot = this.#slot(at);
    const others = this.slots.some((each) => each !== slot && each.state !== 'absent');
    return this.when(secretaries.includes(by) && this.phase === 'inSession' && slot.state === 'waiting' && others, () => {
      slot.state = 'absent';
      this.#finish();
    });
  }
  /** 补述：计票之前到了，回到他的次序 */
  makeUp(by: string, at: number): Answer {
    const slot = this.#slot(at);
    return this.when(secretaries.includes(by) && this.isUntallied && slot.state === 'absent', () => {
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
    const legal = this.phase === 'inSession' && this.open.length === 0 && this.slots[at] !== undefined && chosen.length > 0;
    return this.when(secretaries.includes(by) && legal, () => {
      const paper = chosen.map((slot) => ({ slot, number: this.#slot(slot).rounds.length + 1 }));
      const opening: Opening = { paper, issued: new Map(), closesAt: this.now + voteSeconds, reminded: new Set() };
      this.openings.push(opening);
      for (const { slot } of paper) {
        this.#slot(slot).state = 'voting';
        this.#slot(slot).until = opening.closesAt;
        this.#slot(slot).rounds.push(openRound(opening));
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
    const round = paper.map((at) => this.round(at)).find((each) => each !== undefined && isOpen(each, this.now));
    const own = paper.some((at) => isOwn(this.shape, holder, at.slot));
    if (this.shape.secrecy !== 'blind' || !known || !round || own) return 'refused';
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
    return this.when(may && round?.state === 'open' && round.ballots.has(holder), () => round?.comments.set(holder, words));
  }
  /** 提出换票 */
  askSlip(by: string, name: string): Answer {
    return this.when(secretaries.includes(by) && this.phase !== 'archived' && this.slips.mayAsk(name), () => this.slips.ask(by, name));
  }
  /** 同意换票：另一位监督员；备用票接着旧票，开着的这几轮投过的不再投，领过的不再领 */
  agreeSlip(by: string, name: string): Answer {
    return this.when(observers.includes(by) && this.slips.mayAgree(by, name), () => {
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
    return this.when(secretaries.includes(by) && this.round(at)?.state === 'open', () => this.#closeAll());
  }
  /** 时间走了几秒：到了的提醒述职人，几个一起到的只说最后一个 */
  pass(seconds: number): void {
    const [from, to] = [this.now, this.now + seconds];
    this.now = to;
    for (const slot of this.slots) {
      const { state, until } = slot;
      if (until === null || (state !== 'reporting' && state !== 'questioning')) continue;
      const rung = bells.findLast(({ left }) => until - left > from && until - left <= to);
      if (rung) slot.told.push(`述职提醒：${state === 'reporting' ? '述职' : '问答'}${rung.words}`);
    }
  }
  /** 到点的关闭 */
  timeUp(): void {
    if (this.open.some((round) => !isOpen(round, this.now))) this.#closeAll();
  }
  #closeAll(): void {
    for (const slot of this.slots) for (const round of slot.rounds) if (round.state === 'open') this.#end(slot, round);
  }
  mayVoid(by: string, at: At): boolean {
    const round = this.round(at);
    return secretaries.includes(by) && round !== undefined && round.state !== 'voided' && round.askedBy === null && this.isUntallied;
  }
  askVoid(by: string, at: At): Answer {
    return this.when(this.mayVoid(by, at), () => {
      (this.round(at) as Round).askedBy = by;
    });
  }
  /** 同意作废：这一场的监督员，不是提出的人；计了票的不再作废 */
  agreeVoid(by: string, at: At): Answer {
    const round = this.round(at);
    const asked = round !== undefined && round.state !== 'voided' && round.askedBy !== null && round.askedBy !== by;
    return this.when(observers.includes(by) && asked && this.isUntallied, () => {
      (round as Round).state = 'voided';
      this.#slot(at.slot).state = 'heard';
      this.#slot(at.slot).until = null;
      this.phase = 'inSession';
    });
  }
  tally(by: string): Answer {
    return this.when(secretaries.includes(by) && this.phase === 'voted', () => {
      this.phase = 'tallied';
    });
  }
  confirm(by: string): Answer {
    return this.when(observers.includes(by) && this.phase === 'tallied' && !this.confirmed.has(by), () => this.confirmed.add(by));
  }
  /** 放行：一级一级来，全部监督员确认之后 */
  release(by: string, level: Level): Answer {
    const isNext = levels.indexOf(level) === levels.indexOf(this.released) + 1;
    const may = this.phase === 'tallied' || this.phase === 'published';
    return this.when(releasers.includes(by) && may && this.isConfirmed && isNext, () => {
      this.phase = 'published';
      this.released = level;
    });
  }
  get isConfirmed(): boolean {
    return this.confirmed.size === observers.length;
  }
  /** 归档：公布之后，公布到哪一级都行；此后不再放行 */
  archive(by: string): Answer {
    return this.when(secretaries.includes(by) && this.phase === 'published', () => {
      this.phase = 'archived';
    });
  }
  /** 再要一份纪要：归档之后也要得到 */
  askMinutes(by: string): Answer {
    return this.when(secretaries.includes(by) && this.isReleased('hall'), () => undefined);
  }

  /** 提问：到会的测评人，问台上的（下一家还没有上台，就是问下一家） */
  ask(by: string, text: string): Answer {
    const slot = this.slots[this.current];
    const may = cardVoters.includes(by) && this.present.has(by) && this.phase === 'inSession' && slot !== undefined && slot.state !== 'voting';
    return this.#queue(may ? this.current : null, { asker: by, voterClass: classOf(by), text });
  }
  /** 代为登记：在哪一家的问答记录上填的，就是问哪一家 */
  register(by: string, slot: number, given: { asker: string; voterClass: string; text: string }): Answer {
    return this.#queue(secretaries.includes(by) && this.phase === 'inSession' && this.slots[slot] ? slot : null, given);
  }
  /** 请提问 */
  putQuestion(by: string, slot: number, place: number): Answer {
    const question = this.questions.waiting(slot, place);
    return this.when(secretaries.includes(by) && this.phase === 'inSession' && question !== undefined, () => {
      if (question) question.asked = true;
    });
  }
  /** 记承诺：立为事项；双击只记一次 */
  recordPromise(by: string, slot: number, given: { content: string; dueOn: string }): Answer {
    const may = secretaries.includes(by) && this.phase === 'inSession' && this.slots[slot] !== undefined;
    return this.when(may && given.dueOn > heldOn && this.promises.mayRecord(slot, given), () => this.promises.record(slot, given));
  }
  #queue(slot: number | null, given: { asker: string; voterClass: string; text: string }): Answer {
    return this.when(slot !== null && this.questions.mayQueue(slot, given), () => this.questions.queue(slot ?? 0, given));
  }

  /** 审看评语：放行的人，计票之后，有得看的都看完；`holds`说哪些不放行 */
  judge(by: string, holds: (words: string) => boolean): Answer {
    const left = this.readable.flatMap((round) =>
      [...round.comments.values()].flatMap((words) => (round.judged.has(words) ? [] : [{ round, words }])),
    );
    return this.when(releasers.includes(by) && left.length > 0, () => {
      for (const { round, words } of left) round.judged.set(words, holds(words) ? 'held' : 'released');
    });
  }
  /** 评语看得的轮次：计了票的，作废的、票数少的谁也不给看 */
  get readable(): readonly Round[] {
    if (this.phase !== 'tallied' && this.phase !== 'published' && this.phase !== 'archived') return [];
    return this.slots.flatMap(({ rounds }) => rounds.filter(({ state, ballots }) => state === 'closed' && ballots.size >= this.shape.smallClass));
  }

  #put(key: string, entries: readonly Entry[]): Answer {
    return put({ key, entries }, { roundAt: (at) => this.round(at), now: this.now }, this.shape);
  }
  /** 关闭：票数对不上的当即作废，等重测 */
  #end(slot: Slot, round: Round): void {
    round.counts = countsOf(round, { slot: this.slots.indexOf(slot), present: this.present, shape: this.shape });
    const tooMany = !isSound(round.counts);
    round.state = tooMany ? 'voided' : 'closed';
    slot.state = tooMany ? 'heard' : 'voted';
    slot.until = null;
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
    return this.slots[at] ?? nobody;
  }
}
