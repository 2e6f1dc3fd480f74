const known = new Map<string, readonly { action: string; payload: Record<string, unknown> }[]>();

/** 一条消息里的按钮 — the same content is read once. */
export function buttonsIn(content: string): readonly { action: string; payload: Record<string, unknown> }[] {
  const found = known.get(content) ?? valuesIn(content.startsWith('{') ? JSON.parse(content) : null);
  known.set(content, found);
  return found;
}

function valuesIn(node: unknown): { action: string; payload: Record<string, unknown> }[] {
  if (typeof node !== 'object' || node === null) return [];
  const { a, p, m } = node as { a?: unknown; p?: unknown; m?: unknown };
  if (typeof a === 'string' && typeof m === 'string') return [{ action: a, payload: p as Record<string, unknown> }];
  return Object.values(node).flatMap(valuesIn);
}
