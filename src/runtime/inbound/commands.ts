import type { Command } from '#core/command';
import type { Actor } from '#core/context';

export type Understood =
  | { readonly kind: 'command'; readonly command: Command; readonly argument: string }
  | { readonly kind: 'unknown'; readonly nearest: readonly Command[] };

/**
 * 听懂口令 — Chinese first, with or without a slash, blanks optional; the longest command word wins.
 * Texts that carry no command word (`管-063`) are offered to the commands that recognise them.
 */
export function understand(text: string, commands: readonly Command[], actor: Actor): Understood {
  const spoken = text
    .normalize('NFKC')
    .trim()
    .replace(/^\/+\s*/, '');
  const exact = longestWord(spoken, commands, (rest) => rest === '' || /^\s/.test(rest));
  if (exact) return exact;
  for (const command of commands) {
    const argument = command.match?.(spoken) ?? null;
    if (argument !== null) return { kind: 'command', command, argument };
  }
  return longestWord(spoken, commands, () => true) ?? { kind: 'unknown', nearest: nearest(spoken, commands, actor) };
}

function longestWord(spoken: string, commands: readonly Command[], fits: (rest: string) => boolean): Understood | undefined {
  let best: { command: Command; word: string } | undefined;
  const folded = spoken.toLowerCase();
  for (const command of commands) {
    for (const word of command.words) {
      if (!folded.startsWith(word.toLowerCase()) || !fits(spoken.slice(word.length))) continue;
      if (!best || word.length > best.word.length) best = { command, word };
    }
  }
  return best && { kind: 'command', command: best.command, argument: spoken.slice(best.word.length).trim() };
}

/** 最接近的三个口令，只列说话人用得上的。 */
function nearest(spoken: string, commands: readonly Command[], actor: Actor): Command[] {
  const head = spoken.slice(0, 12);
  return commands
    .filter((command) => command.visibleTo?.(actor) ?? true)
    .map((command) => ({ command, distance: Math.min(...command.words.map((word) => distanceBetween(head.slice(0, word.length + 2), word))) }))
    .sort((left, right) => left.distance - right.distance)
    .slice(0, 3)
    .map(({ command }) => command);
}

/** 编辑距离 — Levenshtein over characters. */
function distanceBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const substitution = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
