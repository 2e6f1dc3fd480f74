import { existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Change } from './model.ts';
import { applyChange, restore, type Snapshot, type State, snapshotOf } from './state.ts';

/** 流水 — one JSON line per change, and the bytes of files beside it, so that a restart keeps everything. */
export interface Journal {
  append(change: Change): void;
  saveBytes(fileKey: string, bytes: Uint8Array): void;
  readBytes(fileKey: string): Uint8Array | undefined;
}

type Line = Change | { readonly kind: 'snapshot'; readonly snapshot: Snapshot };

const linesMaxBeforeRewrite = 2_000;

/**
 * 打开流水 — replays what is there onto the given state and returns the state to go on with.
 * A last line that was cut off by a crash is dropped; a broken line anywhere else stops the start.
 */
export function openJournal(path: string, fresh: State): { state: State; journal: Journal } {
  const filesDir = join(dirname(path), 'files');
  mkdirSync(filesDir, { recursive: true });
  const { state, lines, whole } = existsSync(path) ? replay(readFileSync(path, 'utf8'), fresh) : { state: fresh, lines: 0, whole: true };
  if (!whole || lines > linesMaxBeforeRewrite) rewrite(path, state);
  const file = openSync(path, 'a');
  const fileOf = (fileKey: string): string => join(filesDir, fileKey.replace(/[^\w-]/g, '_'));
  return {
    state,
    journal: {
      append: (change) => {
        writeSync(file, `${JSON.stringify(change)}\n`);
      },
      saveBytes: (fileKey, bytes) => writeFileSync(fileOf(fileKey), bytes),
      readBytes: (fileKey) => (existsSync(fileOf(fileKey)) ? readFileSync(fileOf(fileKey)) : undefined),
    },
  };
}

function replay(text: string, fresh: State): { state: State; lines: number; whole: boolean } {
  let state = fresh;
  const lines = text.split('\n');
  // 每一行都以换行收尾：最后一段不空，说明上次写到一半就断了。
  const tail = lines.pop() ?? '';
  for (const [index, text] of lines.entries()) {
    const line = parse(text, index + 1);
    if (line.kind === 'snapshot') state = restore(line.snapshot);
    else applyChange(state, line);
  }
  return { state, lines: lines.length, whole: tail === '' };
}

function parse(text: string, number: number): Line {
  try {
    return JSON.parse(text) as Line;
  } catch (error) {
    throw new Error(`模拟平台的流水第 ${number} 行已损坏；删除该文件可从头开始`, { cause: error });
  }
}

/** 先写旁边再改名：中途断电时旧流水还在。 */
function rewrite(path: string, state: State): void {
  const line: Line = { kind: 'snapshot', snapshot: snapshotOf(state) };
  writeFileSync(`${path}.new`, `${JSON.stringify(line)}\n`);
  renameSync(`${path}.new`, path);
}
