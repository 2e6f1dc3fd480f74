import type { IncomingHttpHeaders } from 'node:http';

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

/** 文件或图片 — the platform keeps them apart when they are fetched. */
export type FileKind = 'file' | 'image';

export interface InboundMessage extends InboundBase {
  readonly kind: 'message';
  readonly messageId: string;
  readonly senderOpenId: string | null;
  readonly senderUserId: string | null;
  readonly chatId: string;
  readonly chatType: 'p2p' | 'group';
  /** text with mention placeholders replaced and the bot's own mention removed; null for other message types */
  readonly text: string | null;
  /** a picture has no name of its own */
  readonly file: { readonly fileKey: string; readonly fileName: string; readonly kind: FileKind } | null;
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

/** 拒绝的原因 — for the counter and the log line; the sender learns none of it. */
export type RefusalReason =
  | 'unsigned'
  | 'bad-signature'
  | 'outside-window'
  | 'replayed'
  | 'unreadable'
  | 'too-complex'
  | 'wrong-token'
  | 'wrong-app'
  | 'wrong-tenant'
  | 'outsider'
  | 'malformed'
  | 'challenge-limit';

/**
 * 开门的结果 — what became of one request. `late`: genuine, but signed so long ago that it may be carried out only when its
 * event id is unknown. `release` forgets the signature, so that the platform may send the very same request again.
 */
export type Opened =
  | { readonly kind: 'challenge'; readonly challenge: string }
  | { readonly kind: 'event'; readonly raw: unknown; readonly late: boolean; readonly release: () => void }
  | { readonly kind: 'refused'; readonly status: 400 | 401 | 429; readonly reason: RefusalReason };

/** 门 — decides from headers and the exact bytes of the body whether the platform sent this. */
export type Door = (headers: IncomingHttpHeaders, body: Buffer) => Opened;

/** 事件不成样子 — genuine, of a type that we use, and of a shape that nobody promised; answered 400. */
export class MalformedEvent extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MalformedEvent';
  }
}
