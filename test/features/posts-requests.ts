import { type Act, children, holderOf, type Item, type Model, mayDo, type Post, postsOf, receivers, type Waiting } from './posts-model.ts';

// 办结申请和延期申请：怎样走，轮到谁。只照 domain A3、B2、B3，不看 src 的规矩。

export interface Completion {
  readonly id: string;
  readonly round: number;
  status: 'submitted' | 'signedOff' | 'accepted' | 'sentBack' | 'returned' | 'lapsed';
  /** 子任务没有全办结的书面说明 */
  readonly waived: boolean;
}

export interface Extension {
  readonly id: string;
  readonly round: number;
  status: 'submitted' | 'signedOff' | 'checked' | 'agreed' | 'approved' | 'rejected' | 'withdrawn' | 'lapsed' | 'explained';
  /** 申请时已经批准过几次 */
  readonly former: number;
  readonly to: string;
}

/** 还没有结果的办结申请 */
export const isAsked = ({ completion }: Item): boolean => completion?.status === 'submitted' || completion?.status === 'signedOff';

/** 延期待批 */
export const isExtending = ({ extension }: Item): boolean =>
  extension !== null && ['submitted', 'signedOff', 'checked', 'agreed', 'explained'].includes(extension.status);

/** 必办的子任务都办结了，或者写了书面说明 */
export const isClosable = (model: Model, item: Item, waived: boolean): boolean =>
  waived || children(model, item).every(({ status }) => status === 'completed' || status === 'cancelled');

/** 一步：按哪个按钮，凭什么权，从哪一步到哪一步 */
export interface Deed<Status extends string> {
  readonly action: string;
  readonly act: Act;
  readonly from: readonly Status[];
  readonly to: Status;
  /** 这一步是再往前走 */
  readonly forward: boolean;
}

/** 办结申请上的每一步 */
export const completionDeeds: readonly Deed<Completion['status']>[] = [
  { action: 'completion.sign-off', act: 'signOff', from: ['submitted'], to: 'signedOff', forward: true },
  { action: 'completion.return', act: 'signOff', from: ['submitted'], to: 'returned', forward: false },
  { action: 'completion.require-on-site', act: 'verify', from: ['signedOff'], to: 'signedOff', forward: false },
  { action: 'completion.complete', act: 'verify', from: ['signedOff'], to: 'accepted', forward: true },
  { action: 'completion.send-back', act: 'verify', from: ['signedOff'], to: 'sentBack', forward: false },
];

/** 延期申请上的每一步 */
export const extensionDeeds: readonly Deed<Extension['status']>[] = [
  { action: 'extensions.sign-off', act: 'signOff', from: ['submitted'], to: 'signedOff', forward: true },
  { action: 'extensions.check', act: 'verify', from: ['signedOff'], to: 'checked', forward: true },
  { action: 'extensions.agree', act: 'instruct', from: ['checked'], to: 'agreed', forward: true },
  { action: 'extensions.approve', act: 'approve', from: ['checked', 'agreed'], to: 'approved', forward: true },
  { action: 'extensions.instruct', act: 'instruct', from: ['explained'], to: 'approved', forward: true },
  { action: 'extensions.reject', act: 'approve', from: ['submitted', 'signedOff', 'checked', 'agreed', 'explained'], to: 'rejected', forward: false },
  {
    action: 'extensions.withdraw',
    act: 'report',
    from: ['submitted', 'signedOff', 'checked', 'agreed', 'explained'],
    to: 'withdrawn',
    forward: false,
  },
];

/** 延期轮到哪一步：第二次起，主任先同意，分管领导再批准；过了期限说明情况的，看主任有没有批示 */
export function nextDeedOf({ status, former }: Extension): Deed<Extension['status']> | null {
  const action = {
    submitted: 'extensions.sign-off',
    signedOff: 'extensions.check',
    checked: former > 0 ? 'extensions.agree' : 'extensions.approve',
    agreed: 'extensions.approve',
    explained: 'extensions.instruct',
  }[status as string];
  return extensionDeeds.find((deed) => deed.action === action) ?? null;
}

/** 延期的一步现在走不走得 */
export const isNow = (extension: Extension, { action, from }: Deed<Extension['status']>): boolean =>
  from.includes(extension.status) && (action === 'extensions.reject' || action === 'extensions.withdraw' || nextDeedOf(extension)?.action === action);

/** 轮到过、轮到着、还会轮到这张延期申请的 — a button that came too late is answered with how it stands, not with “您无权”. */
export const hasPart = (model: Model, personId: string, item: Item): boolean =>
  (['signOff', 'verify', 'instruct', 'approve'] as const).some((act) => mayDo(model, personId, act, { item }));

/** 批延期的领导：分管的；没有在任的分管领导，是主要领导 */
function leadersOf(model: Model, item: Item): Post[] {
  const own = postsOf(model, ['leaderInCharge', 'principalLeader']).filter((post) => {
    const holder = holderOf(model, post);
    return item.leader !== null && holder !== null && model.people.get(holder)?.name === item.leader;
  });
  return own.length > 0 ? own : postsOf(model, ['principalLeader']);
}

/** 一件事项上等着的申请 */
export function requestsWaiting(model: Model, item: Item): Waiting[] {
  const { completion, extension } = item;
  const waiting: Waiting[] = [];
  if (completion?.status === 'submitted')
    waiting.push({
      what: `${item.code}的办结申请等审签`,
      ...{ action: 'completion.sign-off', id: completion.id, keys: [`completion:${completion.id}:head`] },
      people: receivers(model, postsOf(model, ['unitHead'], item.lead)),
    });
  if (completion?.status === 'signedOff')
    waiting.push({
      what: `${item.code}的办结申请等核查`,
      ...{ action: 'completion.complete', id: completion.id, keys: [`completion:${completion.id}:inspector`] },
      people: receivers(model, postsOf(model, ['inspector'])),
    });
  const next = extension && nextDeedOf(extension);
  if (extension && next) {
    const [audience, posts] = {
      'extensions.sign-off': ['head', postsOf(model, ['unitHead'], item.lead)] as const,
      'extensions.check': ['inspector', postsOf(model, ['inspector'])] as const,
      'extensions.approve': ['leader', leadersOf(model, item)] as const,
    }[next.action] ?? ['chief', postsOf(model, ['chiefInspector'])];
    waiting.push({
      what: `${item.code}的延期等${audience}`,
      ...{ action: next.action, id: extension.id, keys: [`extension:${extension.id}:${audience}`] },
      people: receivers(model, posts),
    });
  }
  return waiting;
}

/** 现在按得动的：按钮和它的申请 */
export function openDeeds(model: Model): Set<string> {
  const open = new Set<string>();
  for (const { completion, extension } of model.items.values()) {
    if (completion) for (const { action, from } of completionDeeds) if (from.includes(completion.status)) open.add(`${action} ${completion.id}`);
    if (extension) for (const deed of extensionDeeds) if (isNow(extension, deed)) open.add(`${deed.action} ${extension.id}`);
  }
  return open;
}
