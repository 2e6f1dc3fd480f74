import { type DigestLine, dailyDigestCard } from '#cards/digests/daily.card';
import type { Card } from '#cards/kit/card';
import { noticeCard } from '#cards/system/notice.card';
import { type Answer, type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { localTimeOf } from '#core/dates';
import { InvalidError } from '#core/errors';
import type { Recipient } from '#core/outbox';
import { schedule } from '#core/schedule';
import { findQuiet } from '#domain/burden/quiet/store';
import { countAutomaticOn, messagesPerDayMax } from '#domain/burden/store';
import { loadCalendar } from '#domain/calendar/store';
import { isWorkingDay } from '#domain/calendar/working-days';
import { type DailyDigest, type DayFigures, digestOf, olderWords, readDay } from '#domain/digests/daily';
import { leadersOfField } from '#domain/digests/fields';
import { minutesLate } from '#domain/digests/spread';
import { ownUnits, understandFilter, yearOf } from '#domain/ledger/ask';
import type { LedgerEntry } from '#domain/ledger/entries';
import { instantOf, unitsIn } from '#domain/ledger/filter';
import { type Holder, type Unit, unitChat } from '#domain/roster/model';
import { assertMay } from '#domain/roster/policy';
import { chatsOf, findHolders, listChatBindings, listUnits } from '#domain/roster/store';

/** 各口的群：`field:城建口` */
const fieldPrefix = 'field:';

/** 谁的简报 */
interface Scope {
  readonly key: string;
  readonly name: string;
  /** “查看台账”查什么 */
  readonly words: string;
  readonly holds: (entry: LedgerEntry) => boolean;
  /** 各单位的红黄灯分开列：单位自己的不必 */
  readonly byUnit: boolean;
}

/**
 * 每日简报 — as of 17:40 on working days, to the district's group, to each leader and each field's group about the field, to each unit's
 * group; nobody for whom nothing changed and nothing falls due gets one. The messages are spread over the next minutes.
 */
export const sendDigests = schedule('digests.daily', '40 17 * * *', async (ctx) => {
  // 停机错过的，晚上和第二天不补：那时的数已不是那天下班时的。
  const time = localTimeOf(ctx.now);
  if (time < '17:40' || time >= '21:00' || !isWorkingDay(await loadCalendar(ctx.tx), ctx.today)) return;
  const day = await readDay(ctx, ctx.now);
  if (day.now.length === 0) return;
  const units = await listUnits(ctx.tx);
  const fields = (await listChatBindings(ctx.tx)).map(({ purpose }) => purpose).filter((purpose) => purpose.startsWith(fieldPrefix));
  const chats = await chatsOf(ctx.tx, ['district', ...fields, ...units.map(({ code }) => unitChat(code))]);
  const toChat = async (purpose: string, scope: Scope): Promise<void> => {
    const chat = chats.get(purpose);
    if (chat) await send(ctx, { day, units, scope, to: { chat } });
  };
  await toChat('district', districtScope(ctx));
  const leaders = await findHolders(ctx.tx, { roles: ['leaderInCharge'] }, ctx.today);
  const received = await countAutomaticOn(
    ctx.tx,
    ctx.today,
    leaders.map(({ openId }) => openId),
  );
  const quiet = await findQuiet(ctx.tx, ctx.today);
  for (const [openId, { personId, fieldsOf }] of fieldsByPerson(leaders)) {
    // 今天已收满的、暂停了的不再打扰，“简报”随时可问。
    if (!quiet.has(personId) && (received.get(openId) ?? 0) < messagesPerDayMax)
      await send(ctx, { day, units, scope: fieldScope(fieldsOf), to: { person: openId } });
  }
  const heads = await findHolders(ctx.tx, { roles: ['leaderInCharge', 'principalLeader'] }, ctx.today);
  for (const purpose of fields) await toChat(purpose, fieldGroupScope(day, purpose.slice(fieldPrefix.length), heads));
  for (const unit of units) await toChat(unitChat(unit.code), unitScope(unit));
});

/** 各人看谁分管的 — one's own field and those one acts for, in one digest. */
function fieldsByPerson(leaders: readonly Holder[]): Map<string, { readonly personId: string; readonly fieldsOf: string[] }> {
  const people = new Map<string, { readonly personId: string; readonly fieldsOf: string[] }>();
  for (const { openId, personId, name, delegateFor } of leaders) {
    if (openId === null) continue;
    const person = people.get(openId) ?? { personId, fieldsOf: [] };
    if (delegateFor === null) person.fieldsOf.unshift(name);
    else person.fieldsOf.push(delegateFor);
    people.set(openId, person);
  }
  return people;
}

async function send(
  ctx: Context,
  { day, units, scope, to }: { day: DayFigures; units: readonly Unit[]; scope: Scope; to: Recipient },
): Promise<void> {
  const digest = digestOf(day, scope.holds);
  if (!digest.hasNews) return;
  const key = `digest:${day.day}:${scope.key}`;
  const dedupeKey = `${key}:${'chat' in to ? to.chat : to.person}`;
  const minutes = minutesLate(`${ctx.settings.districtName}|${scope.key}`, day.day);
  const notBefore = new Date(ctx.now.getTime() + minutes * 60_000);
  ctx.outbox.sendCard({ to, cardKey: key, card: await draw(ctx, { day, units, scope, digest }), dedupeKey, priority: 'digest', notBefore });
}

/** 简报 — the same card at any moment, and for any past day: `简报 截至8月31日`. */
export const showDigest: Command = command({
  words: ['简报', '日报', '今日简报', '每日简报', 'digest'],
  summary: '此刻的简报：全区、分管领域或本单位',
  example: '简报',
  handle: async (ctx, words): Promise<Answer> => {
    const { filter, units } = await understandFilter(ctx, words);
    const scope = scopeFor(ctx, units, unitsIn(filter));
    const at = instantOf(filter, ctx.now);
    if (filter.year !== null && filter.year !== (await yearOf(ctx, { ...filter, year: null }, at)))
      throw new InvalidError(`简报说的是当时在办的那一年。要看${filter.year}年的，请发“台账 ${filter.year}年”`);
    const day = await readDay(ctx, at);
    const digest = digestOf(day, scope.holds);
    if (digest.totals.total === 0) {
      return { card: noticeCard({ title: '简报', text: noItemsWords(scope, at < ctx.now), tone: 'info' }), privately: true };
    }
    return { card: await draw(ctx, { day, units, scope, digest }), privately: true };
  },
});

/** 没有事项 — not yet at that time, or not any more: a unit whose items went to another one finds its past by the day. */
function noItemsWords({ name, byUnit }: Scope, past: boolean): string {
  if (past) return `${name}那时没有下达的事项。`;
  return `${name}现在没有下达的事项。${byUnit ? '' : '改派走了的，写上日子可以看往日，例如“简报 截至5月30日”。'}`;
}

/** 看哪一份：说了单位的看单位；领导看自己分管的；督查室和主要领导看全区；其余看本单位。 */
function scopeFor(ctx: Context, units: readonly Unit[], asked: readonly string[] | undefined): Scope {
  const own = ownUnits(ctx.actor);
  const wanted = asked ?? own;
  if (wanted === undefined) {
    const fieldsOf = ctx.actor.posts.filter(({ role }) => role === 'leaderInCharge').map(({ onBehalfOf }) => onBehalfOf?.name ?? ctx.actor.name);
    const wide = ctx.actor.posts.some(({ role }) => role !== 'leaderInCharge' && ['principalLeader', 'chiefInspector', 'inspector'].includes(role));
    return fieldsOf.length > 0 && !wide ? fieldScope(fieldsOf) : districtScope(ctx);
  }
  const named = units.filter(({ code }) => wanted.includes(code));
  const [unit, ...others] = named;
  if (!unit || named.some(({ code }) => !own?.includes(code))) assertMay(ctx.actor, 'readTotals');
  if (!unit) return districtScope(ctx);
  return others.length === 0 ? unitScope(unit) : unitsScope(named);
}

const districtScope = (ctx: Context): Scope => ({ key: 'district', name: ctx.settings.districtName, words: '', holds: () => true, byUnit: true });
const fieldScope = (leaders: readonly string[]): Scope => {
  // 一人可以有两个领导岗位。
  const names = [...new Set(leaders)];
  const title = names.join('、');
  const holds = ({ leaderInCharge }: LedgerEntry): boolean => leaderInCharge !== null && names.includes(leaderInCharge);
  return { key: `field:${title}`, name: `${title}分管领域`, words: names.join(' '), holds, byUnit: true };
};
const fieldGroupScope = (day: DayFigures, field: string, holders: Parameters<typeof leadersOfField>[1]): Scope => {
  const leaders = leadersOfField(field, holders).filter((leader) => day.now.some(({ leaderInCharge }) => leaderInCharge === leader));
  const holds = ({ leaderInCharge }: LedgerEntry): boolean => leaderInCharge !== null && leaders.includes(leaderInCharge);
  return { key: `field-group:${field}`, name: field, words: leaders.join(' '), holds, byUnit: true };
};
const unitScope = ({ code, name }: Unit): Scope => ({
  key: `unit:${code}`,
  name,
  words: name,
  holds: ({ leadUnit }) => leadUnit === code,
  byUnit: false,
});

/** 几个单位合看一份 — of whoever stands in two units, or names them. */
const unitsScope = (units: readonly Unit[]): Scope => {
  const codes = units.map(({ code }) => code);
  const names = units.map(({ shortName }) => shortName);
  const holds = ({ leadUnit }: LedgerEntry): boolean => codes.includes(leadUnit);
  return { key: `units:${codes.join('+')}`, name: names.join('、'), words: names.join(' '), holds, byUnit: true };
};

async function draw(
  ctx: Context,
  { day, units, scope, digest }: { day: DayFigures; units: readonly Unit[]; scope: Scope; digest: DailyDigest },
): Promise<Card> {
  const names = new Map(units.map(({ code, shortName }) => [code, shortName]));
  // 往年没有办结的，在督的令、待批的延期也算。
  const itemIds = [...day.now, ...day.older].filter(scope.holds).map(({ id }) => id);
  const more: string[] = olderWords(day, scope.holds);
  for (const { digestLine } of ctx.contributions.features) {
    const line = (await digestLine?.(ctx, { itemIds, at: day.at })) ?? '';
    if (line !== '') more.push(line);
  }
  const count = (list: readonly LedgerEntry[], code: string): number => list.filter(({ leadUnit }) => leadUnit === code).length;
  const lights = units.map(({ code, shortName }) => ({ unitName: shortName, red: count(digest.red, code), yellow: count(digest.yellow, code) }));
  return dailyDigestCard({
    scope: scope.name,
    at: day.at.toISOString(),
    totals: digest.totals,
    today: { completed: digest.completedToday, reports: digest.reportsToday, newRed: digest.newRed, clearedRed: digest.clearedRed },
    byUnit: scope.byUnit ? lights.filter(({ red, yellow }) => red + yellow > 0) : [],
    red: digest.red.map((entry) => lineOf(entry, names)),
    dueSoon: digest.dueSoon.map((entry) => lineOf(entry, names)),
    more,
    words: scope.words,
  });
}

function lineOf({ code, title, leadUnit, dueOn, light, reasons }: LedgerEntry, names: ReadonlyMap<string, string>): DigestLine {
  return { code, title, unitName: names.get(leadUnit) ?? leadUnit, dueOn, light, reasons: reasons.map((reason) => ({ ...reason })) };
}
