import { feedbackAfter, openedFeedback, plusWorkingDays, workingDaysFromTo, workingDayUpTo, works } from './calendar.ts';

/**
 * 模型 — what must be so, from the record of what was acknowledged and nothing else. It shares no line with `src`: its calendar, its
 * ladder, its lights and its numbers are written from the rules (domain.md B3–B5, B8) a second time.
 */
export interface Item {
  readonly id: string;
  readonly code: string;
  readonly originalDueOn: string;
  readonly period: string;
  readonly leader: string | null;
  readonly metrics: readonly { readonly name: string; readonly target: number }[];
  unit: string;
  bookId: string;
  status: string;
  /** 中止、退件之前 */
  former: string;
  dueOn: string;
  percent: number;
  issuedAt: Date;
  completedAt: Date | null;
  report: Report | null;
  completionRound: number;
  completion: 'none' | 'submitted' | 'signedOff' | 'sentBack' | 'returned' | 'accepted' | 'lapsed';
  sentBackAt: Date | null;
  extension: string | null;
  extensionRound: number;
  /** 由谁定的现时限 */
  extended: { readonly dueOn: string; readonly at: Date } | null;
  promise: { readonly on: string; readonly forDue: string; readonly at: Date } | null;
  /** 哪天停了表或改了时限：拟稿随之撤回 */
  withdrawnOn: string | null;
  /** 现时限不是原定的，因为 */
  moved: string | null;
  readonly sent: Map<string, { offset: number; readonly levels: Set<string> }>;
  remindedOn: string | null;
  /** 督办令押着，到这一刻再看 */
  heldUntil: Date | null;
  replied: 'none' | 'submitted' | 'incomplete';
  /** 回复里写的完成日期 */
  wish: string;
}

export interface Report {
  readonly round: number;
  readonly by: string;
  readonly at: Date;
  readonly percent: number;
  readonly content: string;
  readonly warned: boolean;
  status: 'submitted' | 'signedOff' | 'adopted' | 'returned';
  signedOffAt: Date | null;
}

export interface Book {
  readonly id: string;
  readonly unit: string;
  status: 'issued' | 'acknowledged';
  issuedAt: Date;
  remindedOn: string | null;
}

export interface Order {
  readonly id: string;
  readonly itemId: string;
  status: string;
  issuedAt: Date | null;
  replies: number;
  promisedOn: string;
  replyBy: Date | null;
}

/** 一条该发的 */
export interface Owed {
  readonly subjectId: string;
  readonly code: string;
  readonly kind: 'ladder' | 'feedback' | 'receipt';
  readonly step: string;
  readonly level: string | null;
  readonly baseOn: string;
}

/** 一天的数 */
export interface Totals {
  readonly [name: string]: number;
}

type Fields = Readonly<Record<string, unknown>>;
const text = (fields: Fields, name: string): string => (typeof fields[name] === 'string' ? (fields[name] as string) : '');

const beijingMs = 8 * 3_600_000;
/** 那一刻在北京是哪一天 */
export const dayOf = (at: Date): string => new Date(at.getTime() + beijingMs).toISOString().slice(0, 10);
/** 那一刻在北京是几点 */
export const timeOf = (at: Date): string => new Date(at.getTime() + beijingMs).toISOString().slice(11, 16);
const arrival = ({ report }: Item): number => (report?.signedOffAt ?? report?.at ?? new Date(0)).getTime();

/** 北京的这一刻 */
export const instant = (day: string, time = '00:00'): Date => new Date(`${day}T${time}:00+08:00`);

const ladder = [
  { level: 'L0', offset: -7 },
  { level: 'L0', offset: -3 },
  { level: 'L0', offset: -1 },
  { level: 'L1', offset: 0 },
  { level: 'L2', offset: 1 },
  { level: 'L3', offset: 3 },
  { level: 'L4', offset: 5 },
];
const nameOf = (offset: number): string => (offset === 0 ? 'T' : offset < 0 ? `T${offset}` : `T+${offset}`);
const open = new Set(['issued', 'inProgress', 'underVerification', 'onSiteVerification']);
const decidable = new Set(['inProgress', 'underVerification', 'onSiteVerification']);
const pending = new Set(['submitted', 'signedOff', 'checked', 'agreed', 'explained']);
const activeOrders = new Set(['signed', 'issued', 'acknowledged', 'replied', 'adopted']);

export class Model {
  readonly items = new Map<string, Item>();
  readonly books = new Map<string, Book>();
  readonly orders = new Map<string, Order>();
  /** 已办成的举动数 */
  acknowledged = 0;
  /** 那一天已收过提醒卡的人；他们的姓名，和提醒到的单位 */
  readonly #reached = { on: '', people: new Set<string>(), near: new Set<string>() };
  /** 因为有人当天已有一张，留到下一个工作日的 — with those who had one. */
  readonly #held = new Map<string, ReadonlySet<string>>();

  /** 做成了一件 — the person has an answer that says so. `about` is the item, or the book, that it was about. */
  done(
    action: string,
    { payload, form, about, by, at, words }: { payload: Fields; form: Fields; about: string; by: string; at: Date; words: string },
  ): string | null {
    this.acknowledged += 1;
    const item = this.items.get(about);
    switch (action) {
      case 'task-books.acknowledge':
        this.#signBook(text(payload, 'bookId'));
        return null;
      case 'progress.report':
      case 'progress.no-change':
        if (item) this.#reported(item, { payload, form, by, at, noChange: action === 'progress.no-change' });
        return null;
      case 'progress.sign-off':
        return this.#decide(item, { from: 'submitted', to: 'signedOff', at });
      case 'progress.adopt':
        return this.#decide(item, { from: 'signedOff', to: 'adopted', at });
      case 'progress.return':
        if (item?.report) item.report.status = 'returned';
        return null;
      case 'completion.request':
        if (item) [item.completion, item.completionRound] = ['submitted', item.completionRound + 1];
        return null;
      case 'completion.sign-off':
        if (item) [item.completion, item.status] = ['signedOff', 'underVerification'];
        return null;
      case 'completion.return':
        if (item) item.completion = 'returned';
        return null;
      case 'completion.require-on-site':
        if (item) item.status = 'onSiteVerification';
        return null;
      case 'completion.send-back':
        if (item) [item.completion, item.status, item.sentBackAt] = ['sentBack', 'inProgress', at];
        return null;
      case 'completion.complete':
        if (item) this.#close(item, 'completed', at);
        return null;
      case 'extensions.request':
      case 'extensions.explain':
        if (item) [item.extension, item.extensionRound] = [action === 'extensions.explain' ? 'explained' : 'submitted', item.extensionRound + 1];
        return null;
      case 'extensions.sign-off':
        if (item) item.extension = 'signedOff';
        return null;
      case 'extensions.check':
        if (item) item.extension = 'checked';
        return null;
      case 'extensions.agree':
        if (item) item.extension = 'agreed';
        return null;
      case 'extensions.reject':
        if (item) item.extension = 'rejected';
        return null;
      case 'extensions.withdraw':
        if (item) item.extension = 'withdrawn';
        return null;
      case 'extensions.approve':
      case 'extensions.instruct':
        if (item) {
          item.extension = 'approved';
          this.#moveDue(item, text(form, 'approvedOn'), { why: action, at });
          item.extended = { dueOn: item.dueOn, at };
        }
        return null;
      case 'reminders.reply':
        // 退回的那份，表单预填着：只改原因，日期还是上一份的。
        if (item) [item.replied, item.wish] = [words.startsWith('未停表') ? 'incomplete' : 'submitted', text(form, 'promisedOn') || item.wish];
        return null;
      case 'reminders.accept-reply':
        if (item) [item.promise, item.replied] = [{ on: item.wish, forDue: item.dueOn, at }, 'none'];
        if (item) this.#withdrawDrafts(item, at);
        return null;
      case 'reminders.return-reply':
        if (item) item.replied = 'none';
        return null;
      case 'halts.suspend':
        if (item) [item.former, item.status] = [item.status, 'suspended'];
        return null;
      case 'halts.resume':
        if (item) {
          item.status = item.former === 'onSiteVerification' ? 'underVerification' : item.former;
          this.#moveDue(item, text(form, 'dueOn'), { why: action, at });
        }
        return null;
      case 'halts.cancel':
        if (item) this.#close(item, 'cancelled', at);
        return null;
      case 'task-books.decline':
        if (item) [item.former, item.status] = [item.status, 'declinePending'];
        return null;
      case 'task-books.decide-decline':
        if (item) item.status = item.former;
        return null;
      default:
        return this.#orderDone(action, { payload, form, item, at });
    }
  }

  #orderDone(action: string, { payload, form, item, at }: { payload: Fields; form: Fields; item: Item | undefined; at: Date }): null {
    const id = text(payload, 'orderId');
    const order = this.orders.get(id);
    if (!order || !item) return null;
    const states: Readonly<Record<string, string>> = {
      'orders.check': 'checked',
      'orders.sign': 'signed',
      'orders.return': 'draft',
      'orders.drop': 'dropped',
      'orders.acknowledge': 'acknowledged',
      'orders.reply': 'replied',
      'orders.adopt': 'adopted',
      'orders.send-back': 'acknowledged',
    };
    order.status = states[action] ?? order.status;
    if (action === 'orders.sign') {
      order.issuedAt = at;
      order.replyBy = instant(plusWorkingDays(dayOf(at), 3), '18:00');
    }
    if (action === 'orders.reply') {
      order.replies += 1;
      order.promisedOn = text(form, 'promisedOn');
    }
    if (action === 'orders.send-back') {
      const another = instant(plusWorkingDays(dayOf(at), 1), '18:00');
      if (order.replyBy === null || order.replyBy < another) order.replyBy = another;
      // 退回重办的不算回复。
      order.replies = 0;
    }
    if (action === 'orders.adopt') this.#moveDue(item, order.promisedOn, { why: action, at });
    return null;
  }

  #signBook(bookId: string): void {
    const book = this.books.get(bookId);
    if (!book) return;
    book.status = 'acknowledged';
    for (const item of this.items.values()) {
      if (item.bookId !== bookId) continue;
      if (item.status === 'issued') item.status = 'inProgress';
      else if (item.former === 'issued') item.former = 'inProgress';
    }
  }

  #reported(item: Item, { payload, form, by, at, noChange }: { payload: Fields; form: Fields; by: string; at: Date; noChange: boolean }): void {
    const percent = noChange ? item.percent : Number(text(form, 'percent'));
    const short = percent === 100 && item.metrics.length > 0;
    item.report = {
      round: Number(payload['round']),
      ...{ by, at, percent, status: 'submitted', signedOffAt: null },
      content: noChange ? '本期无变化' : text(form, 'content'),
      warned: !noChange && (percent < item.percent || text(form, 'difficulties') !== '' || short),
    };
  }

  #decide(item: Item | undefined, { from, to, at }: { from: string; to: 'signedOff' | 'adopted'; at: Date }): string | null {
    if (!item?.report) return 'a decision about a report that nobody made';
    if (item.report.status !== from) return `${item.code}: decided twice, it was ${item.report.status}`;
    item.report.status = to;
    if (to === 'signedOff') item.report.signedOffAt = at;
    else item.percent = item.report.percent;
    return null;
  }

  /** 一并审签、一并采纳 — what must have been decided by that press; those with a warning are left. */
  decidedTogether(to: 'signedOff' | 'adopted', { among, until, at }: { among: ReadonlySet<string> | null; until: Date | null; at: Date }): number {
    const today = dayOf(at);
    let count = 0;
    // 先到的先办，一次至多五十件。
    const inOrder = [...this.items.values()].sort((a, b) => arrival(a) - arrival(b) || (a.code < b.code ? -1 : 1));
    for (const item of inOrder) {
      if (count === 50) break;
      const { report } = item;
      if (!report || report.status !== (to === 'signedOff' ? 'submitted' : 'signedOff') || !decidable.has(item.status)) continue;
      if (report.warned || today > item.dueOn || (among && !among.has(`${item.id}/${report.round}`))) continue;
      if (until && (report.signedOffAt ?? report.at) > until) continue;
      this.#decide(item, { from: report.status, to, at });
      count += 1;
    }
    return count;
  }

  #moveDue(item: Item, dueOn: string, { why, at }: { why: string; at: Date }): void {
    if (dueOn === item.dueOn) return;
    item.dueOn = dueOn;
    item.moved = why;
    this.#withdrawDrafts(item, at);
  }

  /** 停了表，或时限推后了：机器拟的、还没有签发的督办令随之撤回（I5）。 */
  #withdrawDrafts(item: Item, at: Date): void {
    item.withdrawnOn = dayOf(at);
    for (const order of this.orders.values()) if (order.itemId === item.id && ['draft', 'checked'].includes(order.status)) order.status = 'dropped';
  }

  #close(item: Item, status: 'completed' | 'cancelled', at: Date): void {
    item.status = status;
    if (status === 'completed') [item.completedAt, item.percent, item.completion] = [at, 100, 'accepted'];
    else if (item.completion === 'submitted' || item.completion === 'signedOff') item.completion = 'lapsed';
    if (item.extension !== null && pending.has(item.extension)) item.extension = 'lapsed';
    for (const order of this.orders.values()) {
      if (order.itemId !== item.id) continue;
      if (activeOrders.has(order.status)) order.status = 'closed';
    }
  }

  /** 申请办结一审签，等着的延期申请就没有可定的了 */
  lapse(item: Item): void {
    if (
      item.extension !== null &&
      pending.has(item.extension) &&
      item.status !== 'issued' &&
      item.status !== 'inProgress' &&
      item.status !== 'suspended'
    )
      item.extension = 'lapsed';
  }

  /** 该发的提醒 — at this instant, if the program runs its reminders now. */
  owed(now: Date): Owed[] {
    const [today, time] = [dayOf(now), timeOf(now)];
    if (!works(today) || time < '09:05' || time >= '21:00' || Number(time.slice(3)) < 5 || Number(time.slice(3)) > 14) return [];
    return [...[...this.items.values()].flatMap((item) => this.#owedFor(item, now)), ...this.#receipts(today)];
  }

  #owedFor(item: Item, now: Date): Owed[] {
    const owed: Owed[] = [];
    const base = { subjectId: item.id, code: item.code };
    const baseOn = baseOf(item);
    const step = this.#stepDue(item, baseOn, now);
    if (step) owed.push({ ...base, kind: 'ladder', step: nameOf(step.offset), level: step.level, baseOn });
    const feedback = openedFeedback(item.period, dayOf(item.issuedAt), dayOf(now));
    const reported = item.report !== null && feedback !== null && dayOf(item.report.at) >= feedback.opensOn;
    const isOpen = feedback !== null && dayOf(now) <= feedback.on && instant(feedback.opensOn, '09:05') <= now;
    if (item.status === 'inProgress' && isOpen && !reported && (item.remindedOn ?? '') < feedback.on)
      owed.push({ ...base, kind: 'feedback', step: 'F', level: null, baseOn: feedback.on });
    return owed;
  }

  #stepDue(item: Item, baseOn: string, now: Date): (typeof ladder)[number] | null {
    if (item.status !== 'issued' && item.status !== 'inProgress') return null;
    const isHeld = item.extension !== null && pending.has(item.extension);
    const at = (offset: number): Date => instant(plusWorkingDays(workingDayUpTo(baseOn), offset), '09:05');
    const highest = ladder.filter(({ level, offset }) => !(isHeld && level === 'L4') && at(offset) <= now).at(-1);
    if (isHeld && at(5) <= now) item.heldUntil = instant(plusWorkingDays(dayOf(now), 1), '09:05');
    if (!highest) return null;
    if (highest.level === 'L4' && item.heldUntil !== null && now < item.heldUntil) return null;
    const sent = item.sent.get(baseOn);
    if (sent && (highest.offset <= sent.offset || (highest.level !== 'L0' && sent.levels.has(highest.level)))) return null;
    const promised = item.promise !== null && item.promise.forDue === item.dueOn ? item.promise.at : null;
    const since = promised ?? (item.extended?.dueOn === item.dueOn ? item.extended.at : null) ?? item.issuedAt;
    return at(highest.offset) <= since ? null : highest;
  }

  #receipts(today: string): Owed[] {
    return [...this.books.values()]
      .filter(({ status, issuedAt, remindedOn }) => status === 'issued' && remindedOn === null && plusWorkingDays(dayOf(issuedAt), 2) <= today)
      .map(({ id, unit, issuedAt }) => ({
        subjectId: id,
        code: unit,
        kind: 'receipt',
        step: 'R',
        level: null,
        baseOn: plusWorkingDays(dayOf(issuedAt), 2),
      }));
  }

  /** 发过了 */
  sent({ subjectId, kind, step, level, baseOn }: Owed): void {
    const [item, book] = [this.items.get(subjectId), this.books.get(subjectId)];
    if (book) book.remindedOn = baseOn;
    if (!item) return;
    if (kind === 'feedback') item.remindedOn = baseOn;
    if (kind !== 'ladder' || level === null) return;
    const offset = step === 'T' ? 0 : Number(step.slice(1));
    const known = item.sent.get(baseOn) ?? { offset, levels: new Set<string>() };
    known.offset = Math.max(known.offset, offset);
    known.levels.add(level);
    item.sent.set(baseOn, known);
  }

  /** 一人一天一张提醒卡 — may this wait for the next working day? Only where somebody of its unit, or its leader, had a card today. */
  mayWait({ subjectId, code, level }: Owed, today: string): boolean {
    const item = this.items.get(subjectId);
    if (this.#reached.on !== today || level === 'L4') return false;
    if (!this.#reached.near.has(item?.unit ?? code) && !this.#reached.near.has(item?.leader ?? '')) return false;
    this.#held.set(subjectId, new Set(this.#reached.people));
    return true;
  }

  /** 一批发完 — who has had a card today; says who got a second one, and what waited though nobody it goes to had one. */
  reached(sent: readonly { subjectId: string; code: string | null; told: readonly { openId: string; name: string }[] }[], today: string): string[] {
    const problems: string[] = [];
    if (this.#reached.on !== today) {
      this.#reached.on = today;
      this.#reached.people.clear();
      this.#reached.near.clear();
    }
    for (const { subjectId, code, told } of sent) {
      const twice = told.find(({ openId }) => this.#reached.people.has(openId));
      if (twice) problems.push(`B9 ${code ?? subjectId}: ${twice.name} had a reminder card today already`);
      const waited = this.#held.get(subjectId);
      if (waited && !told.some(({ openId }) => waited.has(openId)))
        problems.push(`I3 ${code ?? subjectId} waited a day though nobody it goes to had a card`);
      this.#held.delete(subjectId);
    }
    for (const { subjectId, told } of sent) {
      const unit = this.items.get(subjectId)?.unit ?? this.books.get(subjectId)?.unit;
      for (const { openId, name } of told) {
        this.#reached.people.add(openId);
        this.#reached.near.add(name);
        if (unit !== undefined) this.#reached.near.add(unit);
      }
    }
    return problems;
  }

  /** 亮灯 */
  light(item: Item, now: Date): { readonly light: string; readonly overdue: boolean } {
    const today = dayOf(now);
    if (item.status === 'suspended' || item.status === 'declinePending') return { light: 'grey', overdue: false };
    if (!open.has(item.status)) return { light: 'blue', overdue: false };
    const startOn = dayOf(item.issuedAt);
    const left = workingDaysFromTo(today, item.dueOn);
    const whole = workingDaysFromTo(startOn, item.dueOn);
    const planned = whole <= 0 ? (today >= item.dueOn ? 100 : 0) : clamp(Math.floor((workingDaysFromTo(startOn, today) * 100) / whole));
    const behind = planned - item.percent;
    const answered = item.report ? (openedFeedback(item.period, startOn, dayOf(item.report.at))?.on ?? null) : null;
    const late = item.status === 'inProgress' ? Math.max(0, workingDaysFromTo(feedbackAfter(item.period, answered ?? startOn), today)) : 0;
    const rework =
      item.status === 'inProgress' && item.completion === 'sentBack' && item.sentBackAt ? workingDaysFromTo(dayOf(item.sentBackAt), today) : 0;
    const unanswered = [...this.orders.values()].some(
      (order) => order.itemId === item.id && activeOrders.has(order.status) && order.replies === 0 && order.replyBy !== null && order.replyBy < now,
    );
    const red = left < 0 || behind > 30 || late > 3 || unanswered;
    const yellow = (left >= 0 && left <= 3) || (behind >= 10 && behind <= 30) || (late >= 1 && late <= 3) || rework > 3;
    return { light: red ? 'red' : yellow ? 'yellow' : 'green', overdue: left < 0 };
  }

  /** 台账的数 — domain B8. */
  totals(now: Date): Totals {
    const today = dayOf(now);
    const live = [...this.items.values()].filter(({ status }) => status !== 'cancelled');
    const lit = new Map(live.map((item) => [item.id, this.light(item, now)]));
    const count = (test: (item: Item) => boolean): number => live.filter(test).length;
    const lights = (wanted: string): number => count(({ id }) => lit.get(id)?.light === wanted);
    const isDue = ({ dueOn, status }: Item): boolean => dueOn <= today && status !== 'suspended';
    const isClosed = ({ status }: Item): boolean => status === 'completed' || status === 'archived';
    const [green, yellow, red] = [lights('green'), lights('yellow'), lights('red')];
    return {
      total: live.length,
      completed: count(isClosed),
      inProgress: green + yellow + red,
      ...{ green, yellow, red },
      suspended: count(({ status }) => status === 'suspended'),
      declinePending: count(({ status }) => status === 'declinePending'),
      notStarted: 0,
      due: count(isDue),
      dueCompleted: count((item) => isDue(item) && isClosed(item)),
      onTime: count((item) => isDue(item) && isClosed(item) && item.completedAt !== null && dayOf(item.completedAt) <= item.dueOn),
      overdue: count(({ id }) => lit.get(id)?.overdue === true),
    };
  }
}

/** 提醒所按的日子 */
function baseOf(item: Item): string {
  return item.promise !== null && item.promise.forDue === item.dueOn ? item.promise.on : item.dueOn;
}

/** 离时限还有几个工作日 */
export const daysLeft = (item: Item, today: string): number => workingDaysFromTo(today, baseOf(item));

/** 反馈正开着而没有报 */
export function owesFeedback(item: Item, today: string): boolean {
  const feedback = openedFeedback(item.period, dayOf(item.issuedAt), today);
  return feedback !== null && (item.report === null || dayOf(item.report.at) < feedback.opensOn);
}

const clamp = (value: number): number => Math.max(0, Math.min(100, value));
