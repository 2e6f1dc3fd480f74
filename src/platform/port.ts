import type { CardJson } from '#cards/kit/card';
import type { Account, ListedChat } from '#core/job';
import type { Recipient } from '#core/outbox';
import type { FileKind } from './inbound.ts';

/** 要上传的文件 — its bytes, or where a long one lies on the disk: it is sent from there and never whole in memory. */
export type FileContent = Uint8Array | { readonly path: string };

/** 可发的内容 */
export type Content = { readonly card: CardJson } | { readonly text: string } | { readonly fileKey: string };

/** 已发出的消息 */
export interface Sent {
  readonly messageId: string;
  readonly chatId: string;
}

/**
 * 写 — held by the outbox worker alone. Every member may throw `PlatformError` and nothing else.
 * `uuid` (≤ 50 characters) makes a retry within the hour send at most once.
 */
export interface ChatWriter {
  send(to: Recipient, content: Content, uuid: string): Promise<Sent>;
  /** Same content, as a reply to a message; its rate budget is separate from `send`. */
  reply(messageId: string, content: Content, uuid: string): Promise<Sent>;
  /** Replaces the whole card of a message of ours; possible for 14 days. */
  update(messageId: string, card: CardJson): Promise<void>;
  /** 加急 — asks people, inside the app, to look at a message of ours; whoever can't be asked comes back. */
  urge(messageId: string, openIds: readonly string[]): Promise<{ readonly unreached: readonly string[] }>;
  uploadFile(fileName: string, content: FileContent): Promise<{ fileKey: string }>;
}

/** 在哪个会话里 — by its id, or where one of its messages is. */
export type ChatPlace = { readonly chat: string } | { readonly beside: string };

/** 说过的话 — by which a message is known again: a card by its title. */
export type Said = { readonly card: CardJson } | { readonly text: string } | { readonly fileName: string };

/** 读 */
export interface ChatReader {
  /** A file or a picture that a person sent. @throws PlatformError */
  downloadFile(messageId: string, fileKey: string, kind?: FileKind): Promise<Uint8Array>;
  /** Accounts by mobile number (digits only); unknown or invisible numbers are missing. */
  findAccounts(mobiles: readonly string[]): Promise<Map<string, Account>>;
  /** The groups that the bot is in. */
  listChats(): Promise<readonly ListedChat[]>;
  /**
   * Ids of the messages in which the bot itself said this in a chat between two instants, oldest first; one that can't be read counts.
   * Groups need the scope `im:message.group_msg`. @throws PlatformError
   */
  findSaid(place: ChatPlace, said: Said, from: Date, to: Date): Promise<readonly string[]>;
  /** Who we are on the platform; also the cheapest proof that credentials work. */
  getBot(): Promise<{ openId: string; name: string }>;
}

/** 指令 — what people see in the list that opens when they type `/`. */
export interface PanelCommand {
  /** without the slash */
  readonly name: string;
  readonly description: string;
}

/** 指令面板 — the app's own list, at most a hundred; a change shows in the clients after some five minutes. Every member may throw `PlatformError`. */
export interface CommandPanel {
  list(): Promise<readonly (PanelCommand & { readonly id: string })[]>;
  add(command: PanelCommand): Promise<{ readonly id: string }>;
  describe(id: string, description: string): Promise<void>;
  remove(id: string): Promise<void>;
}

/** 平台端口 — narrow parts, two adapters (`feishu`, `emulator`), one contract suite. */
export interface ChatPlatform {
  readonly reader: ChatReader;
  readonly writer: ChatWriter;
  readonly panel: CommandPanel;
}
