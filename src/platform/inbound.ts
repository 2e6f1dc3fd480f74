/**
 * 入站事件 — what `normalize` makes of a verified platform event: our words, no platform envelope left.
 * `eventId` is unique per delivery chain; for messages `messageId` is the key that the platform tells to de-duplicate by.
 */
interface InboundBase {
  readonly eventId: string;
  /** when the platform says it happened */
  readonly at: Date;
}

export interface InboundCardAction extends InboundBase {
  readonly kind: 'cardAction';
  readonly operatorOpenId: string | null;
  readonly operatorUserId: string | null;
  readonly messageId: string | null;
  readonly chatId: string | null;
  /** the component's own `value` (an object), untrusted; null when the client dropped it */
  readonly value: Readonly<Record<string, unknown>> | null;
  /** the component's `name` (submit buttons) */
  readonly name: string | null;
  /** form_value, or the single value of a stand-alone component under its name; untrusted */
  readonly form: Readonly<Record<string, unknown>>;
  readonly tag: string;
}

export interface InboundMessage extends InboundBase {
  readonly kind: 'message';
  readonly messageId: string;
  readonly senderOpenId: string | null;
  readonly senderUserId: string | null;
  readonly chatId: string;
  readonly chatType: 'p2p' | 'group';
  /** text with mention placeholders replaced and the bot's own mention removed; null for other message types */
  readonly text: string | null;
  readonly file: { readonly fileKey: string; readonly fileName: string } | null;
  /** the platform's message_type, for the polite answer to unsupported ones */
  readonly messageType: string;
  readonly mentionsBot: boolean;
  readonly mentionsAll: boolean;
  /** the message that this one replies to */
  readonly parentId: string | null;
}

export interface InboundNotice extends InboundBase {
  readonly kind: 'notice';
  readonly notice:
    | { readonly kind: 'chatEntered'; readonly chatId: string }
    | { readonly kind: 'botAdded'; readonly chatId: string; readonly chatName: string }
    | { readonly kind: 'botRemoved'; readonly chatId: string }
    | { readonly kind: 'menu'; readonly key: string }
    | { readonly kind: 'personLeft'; readonly openId: string };
  readonly operatorOpenId: string | null;
}

/** A verified event of a type that we do not use: acknowledged, counted, nothing else. */
export interface InboundIgnored extends InboundBase {
  readonly kind: 'ignored';
  readonly eventType: string;
}

export type InboundEvent = InboundCardAction | InboundMessage | InboundNotice | InboundIgnored;

/** 对回调的答复 — the body of the HTTP 200; `{}` for events. */
export interface CallbackReply {
  readonly toast?: { readonly type: 'success' | 'info' | 'warning' | 'error'; readonly content: string };
  readonly card?: { readonly type: 'raw'; readonly data: unknown };
}
