import type { ApiUse, Candidate, Usage } from './store.ts';

/**
 * 平台的限额（contract 5）：每个 API 50 次/秒且 1000 次/分；同一个人、同一个群、同一条消息 5 次/秒。
 * 我们各留几次余量：记账在认领时，到达平台时可能挤在一起。
 */
interface Window {
  readonly ms: number;
  /** for what somebody is waiting for */
  readonly max: number;
  /** for everything else: a quarter of the budget is never theirs (quality 5.5) */
  readonly bulkMax: number;
}
const apiWindows: readonly Window[] = [
  { ms: 200, max: 10, bulkMax: 8 },
  { ms: 1_050, max: 47, bulkMax: 35 },
  { ms: 60_500, max: 980, bulkMax: 735 },
];
const targetWindow: Window = { ms: 1_100, max: 5, bulkMax: 4 };

/** 有人等着的 */
const isInteractive = (entry: { priority: number }): boolean => entry.priority === 0;

/** 挑选 — which of the due rows fit into what is left of every budget, in their order; and the calls that they will make. */
export function pickWithin(candidates: readonly Candidate[], usage: readonly Usage[], entriesMax: number): { picked: Candidate[]; uses: ApiUse[] } {
  const used: Usage[] = [...usage];
  const picked: Candidate[] = [];
  const uses: ApiUse[] = [];
  for (const candidate of candidates) {
    if (picked.length >= entriesMax) break;
    const needs = usesOf(candidate);
    if (!fits(needs, used, isInteractive(candidate))) continue;
    picked.push(candidate);
    uses.push(...needs);
    used.push(...needs.map((use) => ({ ...use, ageMs: 0 })));
  }
  return { picked, uses };
}

/** 要用到的调用 */
function usesOf({ kind, replyTo, recipient, messageIds, priority }: Candidate): ApiUse[] {
  const interactive = isInteractive({ priority });
  const target = recipient ?? '';
  switch (kind) {
    case 'job':
      return [];
    case 'updateCard':
      return messageIds.map((id) => ({ api: 'patch', target: `message:${id}`, interactive }));
    case 'sendFile':
      return [
        { api: 'upload', target: '', interactive },
        { api: replyTo ? 'reply' : 'create', target, interactive },
      ];
    case 'sendCard':
    case 'sendText':
      return [{ api: replyTo ? 'reply' : 'create', target, interactive }];
  }
}

function fits(needs: readonly ApiUse[], used: readonly Usage[], interactive: boolean): boolean {
  const limitOf = (window: Window): number => (interactive ? window.max : window.bulkMax);
  const byApi = new Map<string, number>();
  const byTarget = new Map<string, number>();
  for (const { api, target } of needs) {
    byApi.set(api, (byApi.get(api) ?? 0) + 1);
    if (target !== '') byTarget.set(target, (byTarget.get(target) ?? 0) + 1);
  }
  for (const [api, count] of byApi) {
    for (const window of apiWindows) {
      // 一次更新牵涉的消息可能多过一个小窗口：窗口空着就放行，交给后面的窗口去拦。
      const spent = used.filter((use) => use.api === api && use.ageMs < window.ms).length;
      if (spent > 0 && spent + count > limitOf(window)) return false;
    }
  }
  for (const [target, count] of byTarget) {
    const spent = used.filter((use) => use.target === target && use.ageMs < targetWindow.ms).length;
    if (spent + count > limitOf(targetWindow)) return false;
  }
  return true;
}
