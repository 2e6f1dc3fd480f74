import type { CardJson } from '#cards/kit/card';

/** 人 — somebody of the tenant. */
export interface Person {
  readonly openId: string;
  readonly unionId: string;
  readonly userId: string;
  readonly name: string;
  /** digits only */
  readonly mobile: string | null;
  readonly email: string | null;
  /** unit and post in one line, for the page's search */
  readonly unit: string;
  readonly title: string;
  /** 已离职 */
  readonly resigned: boolean;
  /** 在应用的可用范围内 */
  readonly seesBot: boolean;
  /** 在应用的通讯录范围内 */
  readonly visible: boolean;
  /** 已停止接收机器人的消息 */
  readonly mutedBot: boolean;
}

/** 会话 — direct chats have one member, the person; the bot is on the other side. */
export interface Chat {
  readonly chatId: string;
  readonly kind: 'p2p' | 'group';
  readonly name: string;
  /** open_ids; the bot is not listed */
  readonly members: readonly string[];
  readonly botIn: boolean;
  readonly dissolved: boolean;
  /** 全员禁言 */
  readonly muted: boolean;
  /** ms */
  readonly createdAt: number;
}

export type MessageType = 'text' | 'post' | 'interactive' | 'file' | 'image';

/** @提及 */
export interface Mention {
  /** placeholder in the text, `@_user_1` */
  readonly key: string;
  /** null for the bot; `all` for everybody */
  readonly openId: string | null;
  readonly name: string;
}

export interface Message {
  readonly messageId: string;
  readonly chatId: string;
  readonly sender: { readonly kind: 'bot' } | { readonly kind: 'person'; readonly openId: string };
  readonly msgType: MessageType;
  /** JSON text, as the platform keeps it */
  readonly content: string;
  readonly mentions: readonly Mention[];
  readonly parentId: string | null;
  readonly rootId: string | null;
  readonly uuid: string | null;
  /** ms */
  readonly createdAt: number;
  /** ms */
  readonly updatedAt: number;
  /** grows by one with every replacement of the card */
  readonly revision: number;
  readonly recalled: boolean;
  /** 转发而来的副本，其原件 */
  readonly forwardedFrom: string | null;
  /** 加急给谁 */
  readonly urgentTo: readonly string[];
  /** open_id → ms of reading */
  readonly reads: Readonly<Record<string, number>>;
  /** open_id → card content that only this person sees (switch `returnedCardReaches: 'clicker'`) */
  readonly views: Readonly<Record<string, string>>;
}

export interface StoredFile {
  readonly fileKey: string;
  readonly kind: 'file' | 'image';
  /** file_type of the upload: xls, pdf, stream, mp4 …; `message` for images */
  readonly type: string;
  readonly name: string;
  /** bytes */
  readonly size: number;
  /** `bot`, another app's id, or the open_id of the person who sent it */
  readonly owner: string;
}

export interface IssuedToken {
  readonly token: string;
  /** ms */
  readonly expiresAt: number;
}

/** 一次投递 — one attempt to hand an event or a callback to our webhook. */
export interface Attempt {
  /** ms, virtual */
  readonly at: number;
  /** null: no HTTP answer at all */
  readonly status: number | null;
  /** the answer's body, or the reason why there is none */
  readonly answer: string;
  /** real milliseconds */
  readonly tookMs: number;
  readonly acknowledged: boolean;
}

/** 投递 — an event (re-sent until acknowledged) or a callback (sent once). */
export interface Delivery {
  readonly eventId: string;
  readonly kind: 'event' | 'callback' | 'challenge' | 'hostile';
  readonly eventType: string;
  /** the envelope before encryption */
  readonly body: unknown;
  readonly attempts: readonly Attempt[];
  readonly state: 'held' | 'waiting' | 'acknowledged' | 'failed';
  /** ms, virtual; null when no attempt will follow */
  readonly nextAttemptAt: number | null;
  /** signature time of the first attempt, seconds */
  readonly signedAt: number;
}

/** 接口调用 */
export interface ApiCall {
  readonly logId: string;
  readonly door: 'http' | 'adapter';
  /** ms, virtual */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** null: the caller got no answer */
  readonly status: number | null;
  readonly code: number | null;
  readonly message: string;
  readonly tookMs: number;
  /** shortened; without tokens and secrets */
  readonly request: string;
  readonly fault: string | null;
}

/** 斜杠指令、菜单 */
export interface MenuEntry {
  readonly key: string;
  readonly name: string;
}
export interface SlashCommand {
  readonly commandId: string;
  readonly name: string;
  readonly description: string;
}

/** 应用 — the app as the developer console shows it. */
export interface App {
  readonly appId: string;
  readonly appSecret: string;
  readonly tenantKey: string;
  readonly botName: string;
  readonly botOpenId: string;
  readonly scopes: readonly string[];
  /** subscribed events and callbacks */
  readonly subscriptions: readonly string[];
  readonly menu: readonly MenuEntry[];
  readonly commands: readonly SlashCommand[];
}

/** 未模拟的接口被调用 */
export interface CoverageGap {
  readonly method: string;
  readonly path: string;
  readonly count: number;
}

/** 变更 — everything that ever happens to the store; the journal is a list of these. */
export type Change =
  | { readonly kind: 'app'; readonly app: App }
  | { readonly kind: 'person'; readonly person: Person }
  | { readonly kind: 'foreignOpenId'; readonly openId: string }
  | { readonly kind: 'chat'; readonly chat: Chat }
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'messagePatched'; readonly messageId: string; readonly patch: Partial<Message> }
  | { readonly kind: 'read'; readonly openId: string; readonly messageIds: readonly string[]; readonly at: number }
  | { readonly kind: 'file'; readonly file: StoredFile }
  | { readonly kind: 'token'; readonly token: IssuedToken }
  | { readonly kind: 'tokensRevoked' }
  | { readonly kind: 'delivery'; readonly delivery: Delivery }
  | { readonly kind: 'gap'; readonly method: string; readonly path: string }
  /** not kept in the journal: a window on the last calls */
  | { readonly kind: 'apiCall'; readonly call: ApiCall };

/** 消息里的卡片 @returns null when the message is none */
export function cardOf(message: Message, openId?: string): CardJson | null {
  if (message.msgType !== 'interactive') return null;
  const own = openId === undefined ? undefined : message.views[openId];
  return JSON.parse(own ?? message.content) as CardJson;
}
