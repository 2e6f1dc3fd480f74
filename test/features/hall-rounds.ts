import { cardVoters, classes, classOf, isOwn, pointsOf, type Shape } from './hall-people.ts';

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
export interface Counts {
  readonly voterClass: string;
  readonly entitled: number;
  readonly present: number;
  readonly issued: number;
  readonly used: number;
  readonly abstained: number;
}

/** 一次开放：一起开的几轮，一张单子、一张匿名票 @property issued 谁领走了哪一张匿名票；closesAt 第几秒关闭；reminded 催过谁 */
export interface Opening {
  readonly paper: readonly At[];
  readonly issued: Map<string, string>;
  readonly closesAt: number;
  readonly reminded: Set<string>;
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

export interface Slot {
  state: 'waiting' | 'reporting' | 'questioning' | 'heard' | 'voting' | 'voted' | 'absent';
  readonly rounds: Round[];
  /** 第几秒到时；不计时为null */
  until: number | null;
  /** 述职人收到的提醒 */
  readonly told: string[];
}

/** 开一轮 */
export const openRound = (opening: Opening): Round => ({
  ...{ state: 'open', ballots: new Map(), comments: new Map(), judged: new Map(), opening, askedBy: null, counts: null },
});

/** 还投得进：开着，没有到点 */
export const isOpen = ({ state, opening }: Round, now: number): boolean => state === 'open' && now < opening.closesAt;

/** 算数的一轮 */
export const validRound = ({ rounds }: Slot): Round | undefined => rounds.findLast(({ state }) => state === 'closed');

/** 放进箱里：有一样认不出，一样也不收；首次有效的，第二次不算。卡片先看填得对不对，网页只看还开着的几家 */
export function put(
  { key, entries }: { key: string; entries: readonly Entry[] },
  { roundAt, now }: { roundAt: (at: At) => Round | undefined; now: number },
  { press, scale, comments, secrecy, method }: Shape,
): Answer {
  const reachable = entries.flatMap(({ at, ...entry }) => {
    const round = roundAt(at);
    return round && isOpen(round, now) ? [{ ...entry, round, own: isOwn({ secrecy, method }, key, at.slot) }] : [];
  });
  const open = reachable.filter(({ own }) => !own);
  const judged: readonly { readonly choice: string | null }[] = cardVoters.includes(key) ? entries : open;
  if (open.length === 0 || judged.some(({ choice }) => choice !== null && pointsOf({ scale }, choice) === null)) return 'refused';
  const counted = open.filter(({ round }) => press === 'last' || !round.ballots.has(key));
  for (const { round, choice, comment } of counted) {
    round.ballots.set(key, choice);
    if (comment !== undefined && comments && !cardVoters.includes(key)) round.comments.set(key, comment);
  }
  if (reachable.length < entries.length) return 'partly';
  return counted.length > 0 ? 'done' : 'refused';
}

/** 数票 */
export function countsOf(
  { ballots, opening }: Round,
  { slot, present, shape }: { slot: number; present: ReadonlySet<string>; shape: Shape },
): Counts[] {
  const ofClass = (holders: Iterable<string>, name: string): number => [...holders].filter((holder) => classOf(holder) === name).length;
  const blank = [...ballots].flatMap(([holder, choice]) => (choice === null ? [holder] : []));
  return classes.map(({ name, people }) => {
    const here = ofClass(present, name);
    const own = [...present].filter((who) => classOf(who) === name && isOwn(shape, who, slot)).length;
    const issued = shape.secrecy === 'blind' ? ofClass(opening.issued.values(), name) : here - own;
    return { voterClass: name, entitled: people, present: here, issued, used: ofClass(ballots.keys(), name), abstained: ofClass(blank, name) };
  });
}

/** 票数对得上：收回不多于发出，发出不多于实到；否则当即作废，等重测 */
export const isSound = (counts: readonly Counts[]): boolean => counts.every(({ present, issued, used }) => used <= issued && issued <= present);
