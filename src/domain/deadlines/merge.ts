import type { Sending } from './run.ts';
import type { ReminderEntry } from './sends/store.ts';

/** 一个人的提醒 — everything that one run has for him, an item in one line. */
export interface Bundle {
  readonly personId: string;
  readonly openId: string;
  readonly name: string;
  readonly lines: readonly ReminderEntry[];
}

/** 先急后缓 */
const order = ['L3', 'L2', 'manual', 'L1', 'L0', 'receipt', 'feedback'];

/** 按人合并 — one card per person, whatever the number of items and of reasons. */
export function mergeByPerson(sendings: readonly Sending[]): Bundle[] {
  const people = new Map<string, { openId: string; name: string; lines: Map<string, ReminderEntry & { dueOn: string; code: string }> }>();
  for (const sending of sendings) {
    for (const { personId, openId, name, copy, part } of sending.recipients) {
      if (openId === null) continue;
      const person = people.get(personId) ?? { openId, name, lines: new Map() };
      people.set(personId, person);
      const known = person.lines.get(sending.subjectId);
      const feedbackOn = sending.kind === 'feedback' ? sending.baseOn : (known?.feedbackOn ?? null);
      person.lines.set(
        sending.subjectId,
        known ? { ...known, feedbackOn } : { ...lineOf(sending, personId), feedbackOn, copy, ...(part === 'support' ? { support: true } : {}) },
      );
    }
  }
  return [...people].map(([personId, { openId, name, lines }]) => ({
    personId,
    openId,
    name,
    lines: [...lines.values()].sort(bySeverity).map(({ dueOn: _due, code: _code, ...line }) => line),
  }));
}

function lineOf({ subjectId, kind, level, recipients, item }: Sending, personId: string): ReminderEntry & { dueOn: string; code: string } {
  const others = recipients.filter((other) => other.personId !== personId);
  return {
    subjectId,
    kind,
    level,
    feedbackOn: null,
    copy: false,
    others: others.filter(({ openId }) => openId !== null).map(({ name }) => name),
    unreached: others.filter(({ openId }) => openId === null).map(({ name }) => name),
    dueOn: item?.dueOn ?? '',
    code: item?.code ?? '',
  };
}

function bySeverity(left: ReminderEntry & { dueOn: string; code: string }, right: ReminderEntry & { dueOn: string; code: string }): number {
  const rank = ({ level, kind }: ReminderEntry): number => order.indexOf(level ?? kind);
  return rank(left) - rank(right) || (left.dueOn < right.dueOn ? -1 : left.dueOn > right.dueOn ? 1 : 0) || (left.code < right.code ? -1 : 1);
}
