import { expect } from 'vitest';
import { addDays } from '#core/dates';
import { trailGaps } from '../trail.ts';
import { actsFor, holderOf, type Item, type Model, maySee, nominalHolder, receivers, waitingNow } from './posts-model.ts';
import { type Order, whyNoOrderButton } from './posts-orders.ts';
import { openDeeds } from './posts-requests.ts';
import { itemOf, seenIn, type World } from './posts-world.ts';

/** 补上编号：新立的退件、委托、任务书、反馈、子任务 */
export async function adopt(world: World, model: Model): Promise<void> {
  const seen = await seenIn(world, model);
  for (const row of seen.items) {
    const known = model.items.get(row.id);
    if (!known) model.items.set(row.id, itemOf(row));
    else if (known.book === '') {
      known.book = row.bookId;
      if (row.bookId !== null) model.books.set(row.bookId, { unit: known.lead, status: 'issued' });
    }
  }
  for (const item of model.items.values()) {
    const last = seen.last.get(item.id);
    if (item.report?.id === '' && last) item.report = { ...item.report, id: last.id };
    const [completion, extension] = [seen.completions.get(item.id), seen.extensions.get(item.id)];
    if (item.completion?.id === '' && completion) item.completion = { ...item.completion, id: completion.id };
    if (item.extension?.id === '' && extension) item.extension = { ...item.extension, id: extension.id };
  }
  const nameless = <T extends { readonly id: string }>(list: T[], found: readonly { readonly id: string }[]): void => {
    const taken = new Set(list.map(({ id }) => id));
    list.forEach((one, index) => {
      if (one.id === '') list[index] = { ...one, id: found.find(({ id }) => !taken.has(id))?.id ?? '' };
    });
  };
  for (const row of seen.orders) {
    const unnamed = model.orders.findIndex(({ id, item }) => id === '' && item === row.itemId);
    if (model.orders.some(({ id }) => id === row.id)) continue;
    if (unnamed >= 0) model.orders[unnamed] = { ...(model.orders[unnamed] as Order), id: row.id };
    // 到了督办令的一步，机器拟的。
    else if (row.origin === 'ladder')
      model.orders.push({
        id: row.id,
        item: row.itemId,
        status: 'draft',
        groundless: true,
        by: null,
        voiding: null,
        promised: null,
        dueBefore: null,
      });
  }
  nameless(model.declines, seen.declines);
  nameless(model.delegations, seen.delegations);
}

/** 台账、名册与模型逐项相同 */
export async function expectSame(world: World, model: Model, step: string): Promise<void> {
  const seen = await seenIn(world, model);
  const real = {
    items: seen.items
      .map((row) => {
        const report = seen.last.get(row.id) ?? null;
        return { ...shown(itemOf(row)), report, completion: seen.completions.get(row.id) ?? null, extension: seen.extensions.get(row.id) ?? null };
      })
      .sort((left, right) => (left.code < right.code ? -1 : 1)),
    books: seen.books.map(({ id, unitCode, status }) => `${id} ${unitCode} ${status}`).sort(),
    orders: seen.orders.map(({ id, itemId, status, voidAskedById }) => `${id} ${itemId} ${status} ${voidAskedById}`).sort(),
    declines: seen.declines.map(({ id, itemId, status }) => `${id} ${itemId} ${status}`).sort(),
    delegations: seen.delegations.map(({ id, personId, delegateId, fromOn, toOn }) => `${id} ${personId} ${delegateId} ${fromOn} ${toOn}`).sort(),
    holders: days(model).flatMap((day) =>
      world.movable.map((postId) => {
        const held = seen.holdings.filter((one) => one.postId === postId && one.fromOn <= day && (one.toOn === null || one.toOn >= day));
        return `${day} ${postId} ${held.map(({ personId }) => nameOf(model, personId)).join('、')}`;
      }),
    ),
  };
  const expected = {
    items: [...model.items.values()]
      .map((item) => ({ ...shown(item), report: item.report, completion: brief(item.completion), extension: brief(item.extension) }))
      .sort((left, right) => (left.code < right.code ? -1 : 1)),
    books: [...model.books].map(([id, { unit, status }]) => `${id} ${unit} ${status}`).sort(),
    orders: model.orders.map(({ id, item, status, voiding }) => `${id} ${item} ${status} ${voiding}`).sort(),
    declines: model.declines.map(({ id, item, status }) => `${id} ${item} ${status}`).sort(),
    delegations: model.delegations.map(({ id, by, to, from, until }) => `${id} ${by} ${to} ${from} ${until}`).sort(),
    holders: days(model).flatMap((day) =>
      world.movable.map((postId) => `${day} ${postId} ${nameOf(model, nominalHolder(model.posts.get(postId) as never, day) ?? '')}`),
    ),
  };
  expect({ step, ...real }).toEqual({ step, ...expected });
}

const shown = ({ id, code, lead, supporting, leader, responsible, liaison, status, due, book }: Item) => ({
  ...{ id, code, lead, supporting, leader, responsible, liaison, status, due, book },
});
const brief = (asked: { id: string; round: number; status: string } | null) => asked && { id: asked.id, round: asked.round, status: asked.status };
const days = ({ today }: Model): string[] => [0, 1, 2, 3, 4, 5].map((ahead) => addDays(today, ahead));
const nameOf = (model: Model, id: string): string => model.people.get(id)?.name ?? id;

/** 没有悬着的：等着的每一件，该收的人手上都有按得动的卡片 */
export function missingCards(world: World, model: Model): string[] {
  return waitingNow(model).flatMap(({ what, action, id, keys, people, any = false }) => {
    const code = model.items.get(id)?.code ?? '';
    const without = people.filter((personId) => {
      const buttons = world.buttonsOf(model.people.get(personId)?.openId ?? null);
      return !buttons.some(
        (button) =>
          ((button.action === action || (button.action === 'progress.open-report' && keys[0]?.startsWith('waiting:'))) &&
            Object.values(button.payload).includes(id)) ||
          // 交到手里的子任务、调整的责任人，上面是“我的任务”的按钮。
          (action === 'progress.open-form' && button.action === 'task-books.my-items' && button.content.includes(code)) ||
          // 几份拟稿并成的一张上，逐份打开。
          (action === 'orders.check' && button.action === 'orders.open' && button.payload['orderId'] === id) ||
          (button.action === 'system.reopen' && keys.some((key) => String(button.payload['cardKey']).startsWith(key))),
      );
    });
    return any && without.length < people.length ? [] : without.map((personId) => `${nameOf(model, personId)}手上没有：${what}`);
  });
}

/** 留在手上的：办结、延期申请上已经轮不到的按钮；督办令上过了的、不归他的 */
export function leftBehind(world: World, model: Model): string[] {
  const open = openDeeds(model);
  return [...model.people.values()].flatMap(({ id: personId, name, openId, bound, left }) =>
    world.buttonsOf(openId).flatMap(({ messageId, action, payload }) => {
      if (world.isParking(messageId)) return [];
      const orderId = String(payload['orderId'] ?? '');
      // 名册不认得他了，收不到更新，按了也不收。
      const stale = orderId === '' || !bound || left ? null : whyNoOrderButton(model, personId, { action, orderId });
      if (stale !== null) return [`${name}手上有${stale}：${action} ${orderId}`];
      const id = String(payload['requestId'] ?? '');
      return id === '' || action === 'extensions.view' || open.has(`${action} ${id}`) ? [] : [`${name}手上还有：${action} ${id}`];
    }),
  );
}

/** 没有人收得到的 */
export const unreachable = (model: Model): Set<string> =>
  new Set(waitingNow(model).flatMap(({ what, id, people }) => (people.length === 0 ? [`${what} ${id}`] : [])));

/** 各人手上的消息，此刻的样子 */
export function handsOf(world: World, model: Model): Map<string, ReadonlyMap<string, string>> {
  return new Map(
    [...model.people.values()].map(({ id, openId }) => [id, new Map(world.messagesOf(openId).map(({ messageId, content }) => [messageId, content]))]),
  );
}

/** 不该看到的：新来的消息里有他看不了的事项 */
export function leaks(
  model: Model,
  before: Map<string, ReadonlyMap<string, string>>,
  after: Map<string, ReadonlyMap<string, string>>,
): { readonly fresh: string[]; readonly updated: string[] } {
  const [fresh, updated]: [string[], string[]] = [[], []];
  for (const [personId, messages] of after) {
    for (const [messageId, content] of messages) {
      const former = before.get(personId)?.get(messageId);
      // 收起的只留着标题。
      if (former === content || content.includes('这张卡片不再更新')) continue;
      // 花名册上断了账号的，还是那个人、还在那一岗：他手上的照旧更新。
      const person = model.people.get(personId);
      if (former !== undefined && person?.bound === false && !person.left) continue;
      // 事项改派、不再由他分管的，告知他的那一句话。
      if (content.includes('，随单位改由') && actsFor(model, personId).some(({ role }) => role === 'leaderInCharge')) continue;
      // 令随改派销号的，下达时分管的领导手上那一份，写到已销号为止。
      if (former !== undefined && content.includes('：已销号') && actsFor(model, personId).some(({ role }) => role === 'leaderInCharge')) continue;
      for (const item of model.items.values()) {
        if (!content.includes(`${item.code} `) || (former?.includes(`${item.code} `) === true && former === content) || maySee(model, personId, item))
          continue;
        (former === undefined ? fresh : updated).push(`${nameOf(model, personId)}收到了${item.code}：${content.slice(0, 300)}`);
      }
    }
  }
  return { fresh, updated };
}

/** 今天的提醒找错了人的：发给今天在任的和代办的，一个不多、一个不少 */
export async function misdirected(world: World, model: Model): Promise<string[]> {
  const sends = await world.query<{ subjectId: string; kind: string; step: string; recipients: { personId: string }[] }>(
    `SELECT "subjectId", kind, step, recipients FROM "ReminderSend" WHERE (kind = 'feedback' OR level IN ('L0', 'L1')) AND at >= $1::timestamptz`,
    [`${model.today}T00:00:00+08:00`],
  );
  return sends.flatMap(({ subjectId, kind, step, recipients }) => {
    const item = model.items.get(subjectId);
    if (!item) return [];
    const [responsible, named] = [item.responsible, item.liaison].map((id) => (id === null ? undefined : model.posts.get(id)));
    const liaisons = [...model.posts.values()].filter(({ role, unit, backup }) => role === 'liaison' && unit === item.lead && !backup);
    const vacant = !named || holderOf(model, named) === null;
    const wanted = receivers(model, [...(responsible ? [responsible] : []), ...(vacant ? liaisons : [named])]);
    const told = recipients.map(({ personId }) => personId).filter((id) => model.people.get(id)?.bound === true);
    const names = (ids: readonly string[]): string =>
      [...new Set(ids)]
        .map((id) => nameOf(model, id))
        .sort((left, right) => left.localeCompare(right))
        .join('、');
    return names(told) === names(wanted) ? [] : [`${item.code} ${kind} ${step}：发给了${names(told)}，应是${names(wanted)}`];
  });
}

/** 留痕接得上 — of the items and books of the story; the others were laid aside by hand */
export async function expectTrail(world: World, model: Model): Promise<void> {
  const gaps = await trailGaps((sql, values = []) => world.query(sql, values), [...model.items.keys()]);
  const ours = gaps.filter((gap) => !gap.includes('taskBook') || [...model.books.keys()].some((id) => gap.includes(id)));
  expect(ours).toEqual([]);
}
