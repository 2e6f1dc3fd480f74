/** 岗位的模型 — who holds which post on which day, who stands in for whom, what waits for whom. From domain B2 alone: nothing of src's rules. */

import { type Order, ordersWaiting } from './posts-orders.ts';
import { type Completion, type Extension, requestsWaiting } from './posts-requests.ts';

export type Role =
  | 'principalLeader'
  | 'leaderInCharge'
  | 'chiefInspector'
  | 'inspector'
  | 'unitHead'
  | 'unitDeputy'
  | 'liaison'
  | 'responsiblePerson'
  | 'organisation'
  | 'sessionSecretary'
  | 'observer'
  | 'voter'
  | 'administrator';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly mobile: string;
  /** 平台上的账号；null：还没有开通 */
  openId: string | null;
  /** 名册认得这个账号 */
  bound: boolean;
  left: boolean;
}

export interface Holding {
  readonly person: string;
  readonly from: string;
  to: string | null;
}

export interface Post {
  readonly id: string;
  readonly unit: string | null;
  readonly role: Role;
  readonly title: string;
  /** 备用联络员：可以办，不收例行的 */
  readonly backup: boolean;
  holdings: Holding[];
}

export interface Delegation {
  readonly id: string;
  readonly by: string;
  readonly to: string;
  readonly from: string;
  until: string;
}

export interface Item {
  readonly id: string;
  readonly code: string;
  readonly parent: string | null;
  lead: string;
  supporting: string[];
  leader: string | null;
  responsible: string | null;
  liaison: string | null;
  status: 'issued' | 'declinePending' | 'inProgress' | 'underVerification' | 'onSiteVerification' | 'completed' | 'suspended' | 'cancelled';
  /** 中止之前在哪一步，随着哪一项停的 */
  stopped: { readonly former: Item['status']; readonly by: string } | null;
  due: string;
  book: string | null;
  /** 退件期限还没有过 */
  declinableUntil: string;
  report: { readonly id: string; round: number; status: 'submitted' | 'signedOff' | 'adopted' | 'returned'; readonly by: string } | null;
  /** 最近一次办结申请 */
  completion: Completion | null;
  /** 最近一次延期申请 */
  extension: Extension | null;
  /** 批准过几次延期 */
  extended: number;
}

export interface Decline {
  readonly id: string;
  readonly item: string;
  status: 'filed' | 'proposed' | 'upheld' | 'reassigned' | 'cancelled';
}

export interface Model {
  today: string;
  readonly people: Map<string, Person>;
  readonly posts: Map<string, Post>;
  readonly delegations: Delegation[];
  readonly items: Map<string, Item>;
  /** @property others 里面还有模型之外的，中止着 */
  readonly books: Map<string, { readonly unit: string; readonly others?: boolean; status: 'issued' | 'acknowledged' }>;
  readonly declines: Decline[];
  readonly orders: Order[];
  /** 单位 → 分管领导的姓名 */
  readonly fields: Map<string, string>;
  /** 分管领导的岗位 → 接过他的事的人 */
  readonly led: Map<string, string>;
}

const dayBefore = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

/** 那天在任的；离了职的不算 */
export function holderOf(model: Model, post: Post, day = model.today): string | null {
  const found = post.holdings.find(({ from, to }) => from <= day && (to === null || to >= day));
  return found && !model.people.get(found.person)?.left ? found.person : null;
}

/** 名义上在任的，离了职也算 */
export function nominalHolder(post: Post, day: string): string | null {
  return post.holdings.find(({ from, to }) => from <= day && (to === null || to >= day))?.person ?? null;
}

/** 今天代他办的 */
function delegatesOf(model: Model, person: string): string[] {
  return model.delegations.filter(({ by, from, until }) => by === person && from <= model.today && model.today <= until).map(({ to }) => to);
}

const personal: readonly Role[] = ['voter', 'observer'];

/** 这个人今天能以哪些岗位办事：自己的，和代人办的 */
export function actsFor(model: Model, personId: string): Post[] {
  const person = model.people.get(personId);
  if (!person || person.left || !person.bound) return [];
  const lenders = model.delegations
    .filter(({ to, from, until }) => to === personId && from <= model.today && model.today <= until)
    .map(({ by }) => by);
  return [...model.posts.values()].filter((post) => {
    const holder = nominalHolder(post, model.today);
    return holder === personId || (holder !== null && lenders.includes(holder) && !personal.includes(post.role));
  });
}

export type Act =
  | 'acknowledge'
  | 'decline'
  | 'propose'
  | 'decide'
  | 'breakDown'
  | 'assign'
  | 'report'
  | 'signOff'
  | 'adopt'
  | 'verify'
  | 'approve'
  | 'instruct'
  | 'handOver'
  | 'delegate'
  | 'delegateForOthers';

/** 有没有权 — domain B2: R3 decides, R4 proposes and adopts, R5 signs, R7 splits and forwards, R8 reports on his own. */
export function mayDo(model: Model, personId: string, act: Act, about: { unit?: string; item?: Item } = {}): boolean {
  const posts = actsFor(model, personId);
  const unit = about.item?.lead ?? about.unit ?? null;
  const inUnit = (...roles: Role[]): boolean => posts.some((post) => unit !== null && post.unit === unit && roles.includes(post.role));
  const office = (...roles: Role[]): boolean => posts.some(({ role }) => roles.includes(role));
  switch (act) {
    case 'acknowledge':
    case 'decline':
      return inUnit('unitHead', 'liaison');
    case 'propose':
    case 'adopt':
    case 'verify':
      return office('inspector', 'chiefInspector');
    case 'decide':
    case 'instruct':
      return office('chiefInspector');
    case 'approve':
      return office('principalLeader') || posts.some((post) => about.item !== undefined && isFieldOf(model, post, about.item));
    case 'breakDown':
    case 'assign':
      return inUnit('liaison');
    case 'report':
      return inUnit('liaison') || posts.some(({ id }) => id === about.item?.responsible || id === about.item?.liaison);
    case 'signOff':
      return inUnit('unitHead');
    case 'handOver':
    case 'delegateForOthers':
      return office('administrator', 'inspector', 'chiefInspector');
    case 'delegate':
      return posts.length > 0;
  }
}

/** 这件事是这位分管领导的 — whoever holds the post answers for the field, also when somebody stands in for him. */
const isFieldOf = (model: Model, { role, ...post }: Post, item: Item): boolean =>
  role === 'leaderInCharge' && item.leader !== null && model.people.get(nominalHolder({ role, ...post }, model.today) ?? '')?.name === item.leader;

/** 看得了 — R1、R3、R4 see all, R2 his field, a unit its own and those it supports, whoever answers for it. */
export function maySee(model: Model, personId: string, item: Item): boolean {
  const units = [item.lead, ...item.supporting];
  return actsFor(model, personId).some(
    (post) =>
      ['principalLeader', 'chiefInspector', 'inspector'].includes(post.role) ||
      post.id === item.responsible ||
      post.id === item.liaison ||
      (post.unit !== null && units.includes(post.unit) && ['unitHead', 'unitDeputy', 'liaison', 'responsiblePerson'].includes(post.role)) ||
      isFieldOf(model, post, item),
  );
}

/** 移交：那天起归他一人 */
export function handOver(post: Post, to: string, on: string): void {
  post.holdings = post.holdings.filter(({ from }) => from < on);
  for (const holding of post.holdings) if (holding.to === null || holding.to >= on) holding.to = dayBefore(on);
  post.holdings.push({ person: to, from: on, to: null });
}

/** 已安排的接任 */
export function plannedAfter(post: Post, today: string): Holding | null {
  return post.holdings.filter(({ from }) => from > today).sort((left, right) => (left.from < right.from ? -1 : 1))[0] ?? null;
}

export const children = (model: Model, item: Item): Item[] => [...model.items.values()].filter(({ parent }) => parent === item.id);

/** 报上来的还审签、采纳得了 */
export const decidable = ({ status }: Item): boolean => ['inProgress', 'underVerification', 'onSiteVerification'].includes(status);

/** 等着的一件事：按哪个按钮，该谁按 */
export interface Waiting {
  readonly what: string;
  readonly action: string;
  readonly id: string;
  /** 卡片键的开头：一张“等您办的”清单上有它也算 */
  readonly keys: readonly string[];
  readonly people: readonly string[];
  /** 有一个收到就行 */
  readonly any?: boolean;
}

/** 谁应当收到：在任的和代办的，名册认得账号的 */
export function receivers(model: Model, posts: readonly Post[]): string[] {
  const people = posts.flatMap((post) => {
    const nominal = nominalHolder(post, model.today);
    if (nominal === null) return [];
    return [nominal, ...(personal.includes(post.role) ? [] : delegatesOf(model, nominal))];
  });
  return [...new Set(people)].filter((id) => {
    const person = model.people.get(id);
    return person?.bound === true && !person.left;
  });
}

export const postsOf = (model: Model, roles: readonly Role[], unit?: string): Post[] =>
  [...model.posts.values()].filter((post) => roles.includes(post.role) && !post.backup && (unit === undefined || post.unit === unit));

/** 里面还有要办的：事项都改派走了、都了结了的任务书，不用谁签收 */
export const hasToDo = (model: Model, book: string): boolean =>
  model.books.get(book)?.others === true ||
  [...model.items.values()].some((item) => item.book === book && item.status !== 'completed' && item.status !== 'cancelled');

/** 等着的全部 */
export function waitingNow(model: Model): Waiting[] {
  const waiting: Waiting[] = ordersWaiting(model);
  for (const [id, { unit, status }] of model.books)
    if (status === 'issued' && hasToDo(model, id))
      waiting.push({
        what: `${unit}的任务书等签收`,
        ...{ action: 'task-books.acknowledge', id, keys: [`task-book:${id}`] },
        people: receivers(model, postsOf(model, ['unitHead', 'liaison'], unit)),
      });
  for (const { id, item, status } of model.declines) {
    const code = model.items.get(item)?.code ?? '';
    if (status === 'filed')
      waiting.push({
        what: `${code}的退件等意见`,
        ...{ action: 'task-books.propose-decline', id, keys: [`decline:${id}:inspector`] },
        people: receivers(model, postsOf(model, ['inspector'])),
      });
    if (status === 'proposed')
      waiting.push({
        what: `${code}的退件等裁定`,
        ...{ action: 'task-books.decide-decline', id, keys: [`decline:${id}:chief`] },
        people: receivers(model, postsOf(model, ['chiefInspector'])),
      });
  }
  for (const item of model.items.values()) {
    waiting.push(...requestsWaiting(model, item));
    // 核查的时候，报上来的照样审签、采纳；新的不报。
    if (!decidable(item)) continue;
    const { report } = item;
    if (report?.status === 'submitted')
      waiting.push({
        what: `${item.code}的反馈等审签`,
        ...{ action: 'progress.sign-off', id: report.id, keys: ['waiting:signOff:'] },
        people: receivers(model, postsOf(model, ['unitHead'], item.lead)),
      });
    else if (report?.status === 'signedOff')
      waiting.push({
        what: `${item.code}的反馈等采纳`,
        ...{ action: 'progress.adopt', id: report.id, keys: ['waiting:adopt:'] },
        people: receivers(model, postsOf(model, ['inspector'])),
      });
    else if (item.status === 'inProgress' && report?.status !== 'adopted' && children(model, item).length === 0) {
      // 退回的，反馈的人收到就行；头一次的，责任人手上要有。
      const ids = report === null ? [item.responsible] : [item.responsible, item.liaison];
      waiting.push({
        what: `${item.code}等反馈`,
        ...{ action: 'progress.open-form', id: item.id, keys: ['my-items:'], any: report !== null },
        people: receivers(
          model,
          ids.flatMap((id) => (id === null ? [] : (model.posts.get(id) ?? []))),
        ),
      });
    }
  }
  return waiting;
}
