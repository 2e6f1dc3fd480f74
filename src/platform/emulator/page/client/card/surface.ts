import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Seen } from '../../../click.ts';
import type { Json } from './read.ts';

export type Device = 'desktop' | 'phone';

/** 一次操作 — which component, and what was filled in or chosen. */
export interface Press {
  /** keys from the card's root, `body.elements.0.columns.1.elements.0` */
  readonly path: string;
  readonly form?: Json;
  readonly value?: unknown;
  /** asked before anything is sent */
  readonly confirm?: Json | undefined;
  /** opened beside the callback */
  readonly url?: string | undefined;
}

/** 卡片的台面 — what a card may ask of the page that it lies on. */
export interface Surface {
  readonly device: Device;
  readonly textSizes: Json;
  readonly nameOf: (openId: string) => string | null;
  /** members of the chat, for a person picker without candidates */
  readonly members: readonly string[];
  /** paths whose callback is not answered yet */
  readonly waiting: ReadonlySet<string>;
  /** @returns null when the person thought better of it */
  readonly press: (press: Press) => Promise<Seen | null>;
}

const none: Surface = {
  device: 'desktop',
  textSizes: {},
  nameOf: () => null,
  members: [],
  waiting: new Set(),
  press: () => Promise.resolve(null),
};

export const SurfaceContext = createContext<Surface>(none);

export function useSurface(): Surface {
  return useContext(SurfaceContext);
}

/** 表单 — what has been filled in since the card was drawn; what was not touched keeps its initial value. */
export interface FormState {
  readonly values: Json;
  readonly set: (name: string, value: unknown) => void;
  readonly reset: () => void;
  readonly submit: (press: Omit<Press, 'form'>) => Promise<void>;
  /** an attempt to submit has failed: empty required fields are marked */
  readonly checked: boolean;
  /** the answer to a submit is awaited */
  readonly locked: boolean;
}

export const FormContext = createContext<FormState | null>(null);

export function useForm(): FormState | null {
  return useContext(FormContext);
}
