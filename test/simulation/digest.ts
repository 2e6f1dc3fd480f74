import { plusDays, plusWorkingDays, works } from './calendar.ts';
import { dayOf, type Item, instant, type Model, timeOf } from './model.ts';
import type { World } from './world.ts';

/** 该发的简报 — what the district's digest must say, from the moment at which it was drawn. */
export interface DueDigest {
  readonly at: Date;
  readonly totals: ReturnType<Model['totals']>;
}

/** 一天之初 — the state and the light of every item before the day began: news is what is different from it. */
export function dayBefore(model: Model, day: string): ReadonlyMap<string, string> {
  const at = new Date(instant(day).getTime() - 1);
  return new Map([...model.items.values()].filter(({ issuedAt }) => issuedAt <= at).map((item) => [item.id, lookOf(model, item, at)]));
}

const lookOf = (model: Model, item: Item, at: Date): string => `${item.status} ${model.light(item, at).light}`;

/** 该不该发 — from 17:40 to 21:00 of a working day on which anything moved, was reported or falls due. @returns null: none */
export function dueDigest(model: Model, { at, before }: { at: Date; before: ReadonlyMap<string, string> }): DueDigest | null {
  const [day, time] = [dayOf(at), timeOf(at)];
  if (!works(day) || time < '17:40' || time >= '21:00') return null;
  const soon = plusWorkingDays(day, 1);
  const isNews = (item: Item): boolean =>
    before.get(item.id) !== lookOf(model, item, at) ||
    (item.report !== null && dayOf(item.report.at) === day) ||
    (item.dueOn >= day && item.dueOn <= soon && !['blue', 'grey'].includes(model.light(item, at).light));
  return [...model.items.values()].some(isNews) ? { at, totals: model.totals(at) } : null;
}

/** I3、B11-12、13：全区的简报到了，恰好一份，与模型的数一样 @param due what was due today, if anything was */
export function checkDigest(world: World, { day, due, districtChatId }: { day: string; due: DueDigest | null; districtChatId: string }): string[] {
  const [from, until] = [instant(day).getTime(), instant(plusDays(day, 1)).getTime()];
  const sent = world.emulator.store
    .messagesOf(districtChatId)
    .filter(({ createdAt, content }) => createdAt >= from && createdAt < until && content.includes('每日简报'));
  if (sent.length !== (due ? 1 : 0))
    return [`I3 ${sent.length} digests of the district${due ? `, one was due since ${timeOf(due.at)}` : ', none was due'}`];
  return due ? sent.flatMap(({ content }) => differences(content, due.totals)) : [];
}

const statusNames = ['total', 'completed', 'inProgress', 'green', 'yellow', 'red', 'suspended', 'declinePending', 'notStarted'] as const;
const rateNames = ['due', 'dueCompleted', 'onTime', 'overdue'] as const;

function differences(content: string, expected: DueDigest['totals']): string[] {
  const words = content
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/<[^>]+>/g, '')
    .replaceAll('\\', '');
  const line = /(\d+)项｜已办结(\d+)｜办理中(\d+)\(绿(\d+) 黄(\d+) 红(\d+)\)｜中止(\d+)｜退件待裁(\d+)｜未启动(\d+)/.exec(words);
  const rates = /应办结(\d+)｜办结(\d+)[^｜]*｜按时(\d+)[^｜]*｜逾期(\d+)/.exec(words);
  if (!line || !rates) return ["B11-13 the digest can't be read"];
  const told = new Map<string, number>([
    ...statusNames.map((name, index) => [name, Number(line[index + 1])] as const),
    ...rateNames.map((name, index) => [name, Number(rates[index + 1])] as const),
  ]);
  const wrong = [...told].filter(([name, value]) => expected[name] !== value).map(([name, value]) => `${name} ${value}, the model ${expected[name]}`);
  const parts = ['inProgress', 'completed', 'suspended', 'declinePending', 'notStarted'];
  const sum = parts.reduce((all, name) => all + (told.get(name) ?? 0), 0);
  return [...wrong.map((one) => `B11-13 digest: ${one}`), ...(sum === told.get('total') ? [] : [`B11-12 digest: ${sum} of ${told.get('total')}`])];
}
