import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sabotage } from './patches.ts';

/** 拆除 — changes the files below a root and returns how to put them back. @throws Error when an edit does not stand exactly once */
export function apply({ name, edits }: Sabotage, root: string): () => void {
  const before = new Map<string, string>();
  const undo = (): void => {
    for (const [path, text] of before) writeFileSync(path, text);
  };
  for (const { file, from, to } of edits) {
    const path = join(root, file);
    const text = readFileSync(path, 'utf8');
    const times = text.split(from).length - 1;
    if (times !== 1) {
      undo();
      throw new Error(`拆除“${name}”对不上了：${file} 里这一段出现${times}次，应为1次\n${from}`);
    }
    if (!before.has(path)) before.set(path, text);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
  }
  return undo;
}
