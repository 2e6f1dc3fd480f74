import type { Answer } from './command.ts';
import type { Context } from './context.ts';

/** 平台通知 — things that happen without a click or a text. */
export type Notice =
  | { readonly kind: 'chatEntered'; readonly chatId: string }
  /** 认不出的人开口 — an account that the roster does not know has written to the bot, alone */
  | { readonly kind: 'strangerSpoke' }
  | { readonly kind: 'botAdded'; readonly chatId: string; readonly chatName: string }
  | { readonly kind: 'botRemoved'; readonly chatId: string }
  | { readonly kind: 'menu'; readonly key: string }
  | { readonly kind: 'personLeft'; readonly openId: string };

export interface NoticeHandler {
  readonly kind: Notice['kind'];
  readonly handle: (ctx: Context, notice: never) => Promise<Answer | void>;
}

/** 接通知 */
export function onNotice<K extends Notice['kind']>(
  kind: K,
  handle: (ctx: Context, notice: Extract<Notice, { kind: K }>) => Promise<Answer | void>,
): NoticeHandler {
  return { kind, handle };
}
