import type { Json } from './draw/drawing.ts';

/** 按名字找按钮的值 — for clicks whose client dropped `value` (contract 2.1): the name is looked up in the card that was sent. */
export function findButtonValue(json: unknown, name: string): Record<string, unknown> | null {
  if (typeof json !== 'object' || json === null) return null;
  const node = json as Json;
  if (node.tag === 'button' && node.name === name) return buttonValue(node);
  for (const child of Object.values(node)) {
    const found = Array.isArray(child) ? firstFound(child, name) : findButtonValue(child, name);
    if (found) return found;
  }
  return null;
}

function firstFound(children: readonly unknown[], name: string): Record<string, unknown> | null {
  for (const child of children) {
    const found = findButtonValue(child, name);
    if (found) return found;
  }
  return null;
}

function buttonValue(button: Json): Record<string, unknown> | null {
  if (typeof button.value === 'object' && button.value !== null) return button.value as Record<string, unknown>;
  const behaviors = Array.isArray(button.behaviors) ? (button.behaviors as Json[]) : [];
  const callback = behaviors.find((behavior) => behavior.type === 'callback');
  return callback ? (callback.value as Record<string, unknown>) : null;
}
