import type { VNode } from 'preact';

const tones = ['blue', 'turquoise', 'violet', 'orange', 'indigo', 'carmine', 'wathet', 'green'];

/** 头像 — the last two characters of the name on a colour of its own. */
export function Avatar({ name, size = 'medium', bot = false }: { name: string; size?: 'tiny' | 'small' | 'medium'; bot?: boolean }): VNode {
  const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  const words = [...name].slice(-2).join('');
  return (
    <span class={`avatar ${size} ${bot ? 'bot' : ''} tone-${tones[sum % tones.length]}`} aria-hidden="true">
      {size === 'tiny' ? [...words].slice(-1).join('') : words}
    </span>
  );
}
