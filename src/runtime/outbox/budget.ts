import type { ApiSpent, ApiUse, BookedUse, Candidate, Exhausted, Reply, Spent } from './claims/store.ts';

/**
 * 平台的限额（contract 5）：每个 API 50 次/秒且 1000 次/分；同一个人、同一个群、同一条消息 5 次/秒。
 * 记账在认领时，占到了结之后一个窗口，几个进程合着算（claims/store.ts）；窗口放长一点，一秒里留一点。本进程的出门时再数一遍（throttle.ts）。
 */
interface Window {
  readonly name: 'burst' | 'second' | 'minute';
  readonly ms: number;
  /** for what somebody is waiting for */
  readonly max: number;
  /** for everything else, when nobody has been waiting for this API in the last minute */
  readonly bulkMax: number;
}
const burst: Window = { name: 'burst', ms: 200, max: 12, bulkMax: 12 };
const second: Window = { name: 'second', ms: 1_020, max: 49, bulkMax: 48 };
const minute: Window = { name: 'minute', ms: 60_250, max: 1_000, bulkMax: 1_000 };
const apiWindows: readonly Window[] = [burst, second, minute];
const targetWindow = { ms: 1_100, max: 5, bulkMax: 4 };
/** 会动的预留：有人等着用过的 API，一分钟之内给他们留四分之一（quality 5.5） */
const reservedShare = 0.25;

/** 各窗口的长短，毫秒 */
export const windowsMs = { burstMs: burst.ms, secondMs: second.ms, minuteMs: minute.ms, targetMs: targetWindow.ms };

/** 额度用完之后多久再看，毫秒 */
const tryAgainMs: Record<Window['name'] | 'target', number> = { burst: 30, second: 60, minute: 500, target: 120 };

/** 有人等着的 */
const isInteractive = (entry: { priority: number }): boolean => entry.priority === 0;

/** 这一秒已经满了的对象 — for all, and for whatever nobody is waiting for: its share is smaller, so it is full earlier. */
export function exhaustedTargets({ targets }: Spent): Exhausted {
  const full = (max: number): string[] => targets.filter(({ count }) => count >= max).map(({ target }) => target);
  return { forAll: full(targetWindow.max), forBulk: full(targetWindow.bulkMax) };
}

export interface Picked {
  readonly picked: readonly Candidate[];
  readonly uses: readonly BookedUse[];
  readonly replies: readonly Reply[];
  /** when what did not fit should be looked at again; null: everything fitted */
  readonly againMs: number | null;
}

/**
 * 挑选 — which of the due rows fit into what is left of every budget, in their order; and the calls that they will make.
 * “发送”和“回复”各有一份额度，所以各让一步：成批的在发、一分钟之内就要发、或刚发满，等着的人改由“回复”他手上最近的一张卡片送到；成批的这一分钟发满了，
 * 也改为回复，用到四分之三为止，等着的人照样不等。
 */
export function pickWithin(candidates: readonly Candidate[], spent: Spent, entriesMax: number, expectsBulk = false): Picked {
  const apis = new Map(spent.apis.map((api) => [api.api, { ...api }]));
  const targets = new Map(spent.targets.map(({ target, count }) => [target, count]));
  const picked: Candidate[] = [];
  const uses: BookedUse[] = [];
  const replies: Reply[] = [];
  const bulky =
    expectsBulk || candidates.some((candidate) => !isInteractive(candidate) && usesOf(candidate, null).some(({ api }) => api === 'create'));
  let againMs: number | null = null;
  for (const candidate of candidates) {
    if (picked.length >= entriesMax) break;
    const { reply, needs, full } = routeOf(candidate, bulky, { apis, targets });
    if (full !== null) {
      againMs = Math.min(againMs ?? Number.POSITIVE_INFINITY, tryAgainMs[full]);
      continue;
    }
    picked.push(candidate);
    if (reply !== null) replies.push({ id: candidate.id, messageId: reply });
    uses.push(...needs.map((use) => ({ ...use, entryId: candidate.id })));
    for (const use of needs) spend(use, { apis, targets });
  }
  return { picked, uses, replies, againMs };
}

interface Route {
  readonly reply: string | null;
  readonly needs: readonly ApiUse[];
  readonly full: Window['name'] | 'target' | null;
}

/** 走哪条路 — as it was meant, or as a reply to the last card of the same person. */
function routeOf(candidate: Candidate, bulky: boolean, ledger: Ledger): Route {
  const interactive = isInteractive(candidate);
  const by = (reply: string | null): Route => {
    const needs = usesOf(candidate, reply);
    return { reply, needs, full: firstFull(needs, ledger, { interactive, spares: reply !== null }) };
  };
  const plain = by(null);
  if (interactive) return candidate.lastMessageId !== null && (bulky || plain.full !== null) ? by(candidate.lastMessageId) : plain;
  // 只等一会儿的，等；要等到下一分钟的，才换一条路。
  return plain.full === 'minute' && candidate.lastMessageId !== null ? by(candidate.lastMessageId) : plain;
}

/** 要用到的调用 @param reply 改为回复的那一条；能这样改的，用不着为它预留 */
function usesOf({ kind, replyTo, recipient, messageIds, priority, lastMessageId }: Candidate, reply: string | null): ApiUse[] {
  const interactive = isInteractive({ priority }) && lastMessageId === null;
  const target = recipient ?? '';
  const api = replyTo !== null || reply !== null ? 'reply' : 'create';
  switch (kind) {
    case 'job':
      return [];
    case 'updateCard':
      return messageIds.map((id) => ({ api: 'patch', target: `message:${id}`, interactive }));
    case 'urgent':
      return [{ api: 'urgent', target: '', interactive }];
    case 'sendFile':
      return [
        { api: 'upload', target: '', interactive },
        { api, target, interactive },
      ];
    case 'sendCard':
    case 'sendText':
      return [{ api, target, interactive }];
    default:
      // 新版写下的种类，这里发不了，也就不用额度；要是认领因它出错，别的就一条也发不出了。
      return [];
  }
}

interface Ledger {
  readonly apis: Map<string, Mutable<ApiSpent>>;
  readonly targets: Map<string, number>;
}
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** 哪个窗口先满；null 是都放得下 @param spares 成批的总要留下四分之一，不论近来有没有人等着用过 */
function firstFull(
  needs: readonly ApiUse[],
  { apis, targets }: Ledger,
  { interactive, spares }: { readonly interactive: boolean; readonly spares: boolean },
): Window['name'] | 'target' | null {
  const byApi = countBy(needs, ({ api }) => api);
  for (const [api, count] of byApi) {
    const spent = apis.get(api);
    for (const { name, max, bulkMax } of apiWindows) {
      const bulk = spares || spent?.waitedFor === true ? Math.floor(max * (1 - reservedShare)) : bulkMax;
      if ((spent?.[name] ?? 0) + count > (interactive ? max : bulk)) return name;
    }
  }
  const byTarget = countBy(needs, ({ target }) => target);
  for (const [target, count] of byTarget) {
    if (target !== '' && (targets.get(target) ?? 0) + count > (interactive ? targetWindow.max : targetWindow.bulkMax)) return 'target';
  }
  return null;
}

function spend({ api, target, interactive }: ApiUse, { apis, targets }: Ledger): void {
  const spent = apis.get(api) ?? { api, burst: 0, second: 0, minute: 0, waitedFor: false };
  apis.set(api, {
    api,
    burst: spent.burst + 1,
    second: spent.second + 1,
    minute: spent.minute + 1,
    waitedFor: spent.waitedFor || interactive,
  });
  targets.set(target, (targets.get(target) ?? 0) + 1);
}

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}
