import { useEffect, useState } from 'preact/hooks';
import type { Device } from './card/surface.ts';

/** 记住 — in this browser only; a browser that forbids it just forgets. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`emulator.${key}`, value);
  } catch {
    return;
  }
}

export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`emulator.${key}`);
  } catch {
    return null;
  }
}

export interface Looks {
  readonly dark: boolean;
  readonly toggleDark: () => void;
  readonly device: Device;
  /** null on a narrow screen, where there is nothing to choose */
  readonly toggleDevice: (() => void) | null;
}

const narrow = matchMedia('(max-width: 760px)');

/** 外观 — dark or light, phone or desktop width. */
export function useLooks(): Looks {
  const [dark, setDark] = useState(remembered('dark') === 'yes');
  const [phone, setPhone] = useState(remembered('phone') === 'yes');
  const [isNarrow, setNarrow] = useState(narrow.matches);
  useEffect(() => {
    const follow = (): void => setNarrow(narrow.matches);
    narrow.addEventListener('change', follow);
    return () => narrow.removeEventListener('change', follow);
  }, []);
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  useEffect(() => {
    remember('dark', dark ? 'yes' : 'no');
    remember('phone', phone ? 'yes' : 'no');
  }, [dark, phone]);
  return {
    dark,
    toggleDark: () => setDark(!dark),
    device: isNarrow || phone ? 'phone' : 'desktop',
    toggleDevice: isNarrow ? null : () => setPhone(!phone),
  };
}
