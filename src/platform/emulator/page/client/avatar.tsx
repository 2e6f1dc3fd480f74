import type { VNode } from 'preact';

const tones = ['blue', 'turquoise', 'violet', 'orange', 'indigo', 'carmine', 'wathet', 'green'];

export interface AvatarProps {
  readonly name: string;
  readonly size?: 'tiny' | 'small' | 'medium';
  readonly bot?: boolean;
  readonly group?: boolean;
}

/** 头像 — two characters of the name on a colour of its own: the last two of a person, the first two of a group. */
export function Avatar({ name, size = 'medium', bot = false, group = false }: AvatarProps): VNode {
  const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  const words = (group ? [...name].slice(0, 2) : [...name].slice(-2)).join('');
  return (
    <span class={`avatar ${size} ${bot ? 'bot' : ''} tone-${tones[sum % tones.length]}`} aria-hidden="true">
      {size === 'tiny' ? [...words].slice(-1).join('') : words}
    </span>
  );
}
