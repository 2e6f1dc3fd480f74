import type { ActionDefinition, ActionValue } from '#cards/kit/action';
import type { Card } from '#cards/kit/card';
import type { Context } from './context.ts';

/** 提示 — the short line that the platform shows after a click. */
export interface Toast {
  readonly type: 'success' | 'info' | 'warning' | 'error';
  readonly text: string;
}

/** 办成的提示 — what follows, or why nobody whose turn it is hears of it. @param next with its comma */
export function doneToast(done: string, unheard: string | null | undefined, next: string): string | Toast {
  return unheard ? { type: 'warning', text: `${done}；${unheard}` } : `${done}${next}`;
}

/**
 * 对点击的答复 — a plain string is a success toast; `card` replaces the card under the finger at once. With `cardKey` that message is a
 * card of this key from now on: it was another's (a list, a form) and shows this one's matter, so it follows what happens to it.
 */
export interface ActionReply {
  readonly toast?: string | Toast;
  readonly card?: Card;
  readonly cardKey?: string;
}

/** 点击 — what the platform told about the click besides the action's own payload. */
export interface Click {
  readonly messageId: string | null;
  readonly chatId: string | null;
}

export interface ActionHandler {
  readonly action: ActionDefinition<unknown, unknown>;
  readonly handle: (ctx: Context, payload: never, form: never, click: Click) => Promise<ActionReply>;
}

/** 接按钮 — binds a handler to an action declared in `cards/<feature>/actions.ts`. */
export function on<Payload, Form>(
  action: ActionDefinition<Payload, Form>,
  handle: (ctx: Context, payload: Payload, form: Form, click: Click) => Promise<ActionReply>,
): ActionHandler {
  return { action: action as ActionDefinition<unknown, unknown>, handle };
}

/**
 * 事项动作 — a button that a feature adds to the card of an item. `offer` gives what the button carries, or null where the
 * state or the right does not allow it.
 */
export interface ItemAction<Item> {
  readonly text: string;
  readonly offer: (ctx: Context, item: Item) => ActionValue | null | Promise<ActionValue | null>;
}

/** 可办的动作 — a button as it is offered. */
export interface OfferedAction {
  readonly text: string;
  readonly action: ActionValue;
}
