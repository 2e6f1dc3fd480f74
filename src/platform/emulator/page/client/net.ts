import type { ActDraft, ActOutcome } from '../perform.ts';
import type { ClockView } from '../view.ts';

/** 取 @throws Error with words for the visitor */
export async function getJson<T>(path: string, query: Readonly<Record<string, string | number | null>> = {}): Promise<T> {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== null) params.set(key, String(value));
  return read<T>(await fetch(`${path}?${params}`));
}

/** 送 @throws Error with words for the visitor */
export async function postJson<T>(path: string, body: unknown): Promise<T> {
  return read<T>(await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }));
}

/** 办一个举动 */
export function act(request: ActDraft): Promise<ActOutcome> {
  return postJson<ActOutcome>('/api/act', request);
}

/** 发文件 @throws Error with words for the visitor */
export async function upload(file: File, { as, chatId }: { as: string; chatId: string | null }): Promise<ActOutcome> {
  const query = new URLSearchParams({ as, name: file.name, ...(chatId === null ? {} : { chat: chatId }) });
  const headers = { 'content-type': 'application/octet-stream' };
  return read<ActOutcome>(await fetch(`/api/upload?${query}`, { method: 'POST', headers, body: file }));
}

async function read<T>(response: Response): Promise<T> {
  const value = (await response.json().catch(() => ({}))) as { error?: string };
  if (!response.ok) throw new Error(value.error ?? `模拟平台答复 ${response.status}`);
  return value as T;
}

export interface LiveListeners {
  readonly changed: () => void;
  readonly clock: (clock: ClockView) => void;
  /** false while the connection is lost */
  readonly connected: (connected: boolean) => void;
}

/** 收听变动 — reconnects by itself. @returns the function that stops it */
export function listen({ changed, clock, connected }: LiveListeners): () => void {
  const source = new EventSource('/api/live');
  source.addEventListener('open', () => connected(true));
  source.addEventListener('error', () => connected(false));
  source.addEventListener('change', changed);
  source.addEventListener('clock', (event) => clock(JSON.parse((event as MessageEvent<string>).data) as ClockView));
  return () => source.close();
}
