import { inParts } from '#core/breathe';
import type { Tx } from '#core/context';
import { addDays, instantAt, type LocalDate, localDateOf } from '#core/dates';
import { newId } from '#core/ids';
import { findQuiet } from '../burden/quiet/store.ts';
import { nextSendingInstant } from '../calendar/sending-hours.ts';
import type { Calendar } from '../calendar/working-days.ts';
import { findHolders } from '../roster/store.ts';
import { afterwards, type Due, dueAt, nextLook, passedSteps } from './ladder.ts';
import { stepName } from './ladder-policy.ts';
import { findDueItemIds, findPlanned, type NextLook, type PlannedItem } from './plan/store.ts';
import { recipientsOf, type Told } from './recipients.ts';
import { type AwaitingBook, findAwaitingBooks, type ReminderRecord } from './sends/store.ts';

/** 一次要发的一条 — its record, and what the card line is drawn from. */
export interface Sending extends ReminderRecord {
  readonly item: PlannedItem | null;
  readonly book: AwaitingBook | null;
}

/** 一次提醒 — everything that one moment owes. */
export interface Run {
  readonly at: Date;
  readonly sendings: readonly Sending[];
  /** the items that were looked at, as they stand after it */
  readonly looked: readonly PlannedItem[];
}

/** 此刻该发的 — O(due): the plans by their index, the books by theirs. */
export async function collectRun(tx: Tx, calendar: Calendar, now: Date): Promise<Run> {
  const planned = await findPlanned(tx, await findDueItemIds(tx, now));
  return planRun(tx, calendar, { planned, books: await findAwaitingBooks(tx, endOf(localDateOf(now))), at: now });
}

/** 预演 — the same run for each of the coming sending times, as if nothing else happened. */
export async function rehearse(tx: Tx, calendar: Calendar, { now, days }: { now: Date; days: number }): Promise<Run[]> {
  const slots: Date[] = [];
  for (let at = nextSendingInstant(calendar, now); slots.length < days; at = nextSendingInstant(calendar, at)) slots.push(at);
  const last = slots.at(-1) ?? now;
  let planned = await findPlanned(tx, await findDueItemIds(tx, last));
  let books = await findAwaitingBooks(tx, endOf(localDateOf(last)));
  const runs: Run[] = [];
  for (const at of slots) {
    const run = await planRun(tx, calendar, { planned, books: books.filter(({ acknowledgeBy }) => acknowledgeBy < endOf(localDateOf(at))), at });
    const sent = new Set(run.sendings.map(({ subjectId }) => subjectId));
    planned = [...run.looked];
    books = books.filter(({ id }) => !sent.has(id));
    runs.push(run);
  }
  return runs;
}

/** 一口气算这么多项，再让一让 */
const atOnce = 100;

/** 下一次要看的时刻 — for every item of the run. */
export async function looksAfter(calendar: Calendar, { looked, at }: Run): Promise<NextLook[]> {
  const looks: NextLook[] = [];
  await inParts(looked, atOnce, (part) => {
    looks.push(...part.map(({ id, facts, woken }) => ({ itemId: id, woken, nextAt: nextLook(calendar, facts, at) })));
  });
  return looks;
}

async function planRun(
  tx: Tx,
  calendar: Calendar,
  { planned, books, at }: { planned: readonly PlannedItem[]; books: readonly AwaitingBook[]; at: Date },
): Promise<Run> {
  const today = localDateOf(at);
  const due: { item: PlannedItem; due: Due }[] = [];
  await inParts(planned, atOnce, (part) => {
    due.push(...part.map((item) => ({ item, due: dueAt(calendar, item.facts, at) })));
  });
  const owed = due.filter((entry) => entry.due.step !== null || entry.due.feedbackOn !== null);
  const told = await recipientsOf(
    tx,
    today,
    owed.map(({ item, due: { step } }) => ({ ...item, level: step?.level ?? null })),
  );
  const quiet = owed.length > 0 ? await findQuiet(tx, today) : new Set<string>();
  const sendings: Sending[] = [];
  await inParts(owed, atOnce, (part) => {
    for (const { item, due: what } of part) {
      const passed = what.step ? passedSteps(calendar, item.facts, what.step).map(stepName) : [];
      sendings.push(...sendingsOf(item, what, { at, passed, recipients: awake(told.get(item.id) ?? [], what, quiet) }));
    }
  });
  sendings.push(...(await receipts(tx, books, at)));
  return { at, sendings, looked: due.map(({ item, due: what }) => ({ ...item, facts: afterwards(item.facts, what) })) };
}

/** 不打扰的人 — is left out of what can wait, as long as somebody else hears of it. */
function awake(recipients: readonly Told[], { step }: Due, quiet: ReadonlySet<string>): readonly Told[] {
  if (step !== null && step.level !== 'L0') return recipients;
  const rest = recipients.filter(({ personId }) => !quiet.has(personId));
  return rest.some(({ openId }) => openId !== null) ? rest : recipients;
}

function sendingsOf(
  item: PlannedItem,
  { step, feedbackOn }: Due,
  { at, passed, recipients }: { at: Date; passed: readonly string[]; recipients: readonly Told[] },
): Sending[] {
  const { status, percent, dueOn, promisedOn, lastReport } = item;
  const known = { status, percent, dueOn, promisedOn, lastReport };
  const base = { subjectId: item.id, at, byName: '系统', known, item, book: null, recipients } as const;
  const sendings: Sending[] = [];
  if (step) {
    const ladder = { ...base, ...step, id: newId(), kind: 'ladder', step: stepName(step), baseOn: item.facts.baseOn } as const;
    sendings.push(passed.length > 0 ? { ...ladder, known: { ...known, passed } } : ladder);
  }
  if (feedbackOn) {
    const near = recipients.filter(({ part }) => part === 'responsible' || part === 'liaison');
    sendings.push({ ...base, id: newId(), kind: 'feedback', step: 'F', level: null, offset: null, baseOn: feedbackOn, recipients: near });
  }
  return sendings;
}

/** 签收提醒 — one to the liaison of each unit that has not signed; without a liaison it goes to the head. */
async function receipts(tx: Tx, books: readonly AwaitingBook[], at: Date): Promise<Sending[]> {
  if (books.length === 0) return [];
  const unitCodes = [...new Set(books.map(({ unitCode }) => unitCode))];
  const holders = await findHolders(tx, { unitCodes, roles: ['liaison', 'unitHead'], backup: false }, localDateOf(at));
  return books.map((book) => {
    const ofUnit = holders.filter(({ unitCode }) => unitCode === book.unitCode);
    const liaisons = ofUnit.filter(({ role, openId }) => role === 'liaison' && openId !== null);
    const chosen = liaisons.length > 0 ? liaisons : ofUnit.filter(({ role }) => role === 'unitHead');
    return {
      id: newId(),
      subjectId: book.id,
      kind: 'receipt',
      step: 'R',
      level: null,
      offset: null,
      baseOn: localDateOf(book.acknowledgeBy),
      at,
      byName: '系统',
      recipients: chosen.map(({ personId, name, openId, role }) => ({
        personId,
        name,
        openId,
        part: role === 'liaison' ? 'liaison' : 'head',
        copy: false,
      })),
      known: { status: 'issued' },
      item: null,
      book,
    };
  });
}

function endOf(day: LocalDate): Date {
  return instantAt(addDays(day, 1));
}
