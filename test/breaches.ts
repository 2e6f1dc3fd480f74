import type { ApiCall } from '#platform/emulator/model';
import type { EmulatorStore } from '#platform/emulator/store';

/** 超限的一次 — turned away for being too many: per API (429, or 400 with 99991400), per person, chat or message (230020). One that a fault ordered is not ours. */
export const isBreach = ({ status, code, fault }: ApiCall): boolean =>
  fault !== 'rate-limited' && fault !== 'rate-limited-400' && (status === 429 || code === 99991400 || code === 230020);

/** 看着超限 — a list that grows by one line with every such call from now on (I9: there must be none); the platform itself forgets all but its last calls. */
export function watchBreaches(store: EmulatorStore): readonly string[] {
  const seen: string[] = [];
  store.onChange((change) => {
    if (change.kind !== 'apiCall' || !isBreach(change.call)) return;
    const { at, method, path, status, code, message } = change.call;
    seen.push(`${new Date(at).toISOString()} ${method} ${path}: ${status} ${code} ${message}`);
  });
  return seen;
}
