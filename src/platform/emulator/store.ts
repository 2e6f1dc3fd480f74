import { type Clock, systemClock } from '#core/clock';
import { newId } from '#core/ids';
import { defaultApp } from './app.ts';
import { type Journal, openJournal } from './journal.ts';
import type { ApiCall, App, Change, Chat, CoverageGap, Delivery, IssuedToken, Message, Person, StoredFile } from './model.ts';
import { applyChange, emptyState, type Snapshot, type State, snapshotOf } from './state.ts';
import { type Switches, strict } from './switches.ts';

export interface StoreOptions {
  /** virtual time: 14 days, one hour of uuid, the life of tokens */
  readonly clock: Clock;
  /** milliseconds for the rate windows; the machine's own by default */
  readonly monotonicMs?: () => number;
  /** source of ids, without prefix; deterministic in simulations */
  readonly ids?: () => string;
  readonly app?: Partial<App>;
  readonly switches?: Partial<Switches>;
  /** path of the journal; without one everything is forgotten at exit */
  readonly journal?: string;
}

export type PersonDraft = Partial<Person> & { readonly name: string };
export type MessageDraft = Pick<Message, 'chatId' | 'sender' | 'msgType' | 'content'> &
  Partial<Pick<Message, 'mentions' | 'parentId' | 'uuid' | 'forwardedFrom'>>;

/** 模拟平台的存储 — one tenant, one app; two doors (adapter and HTTP) and the acts of people work on it. */
export class EmulatorStore {
  readonly clock: Clock;
  readonly monotonicMs: () => number;
  /** message_ids of cards whose click has not been answered yet */
  readonly pendingClicks = new Set<string>();
  readonly #ids: () => string;
  readonly #state: State;
  readonly #journal: Journal | undefined;
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #listeners = new Set<(change: Change) => void>();
  #switches: Switches;
  #revision = 0;

  /** @throws Error when the journal is damaged */
  constructor({ clock, monotonicMs = systemClock.monotonicMs, ids = newId, app = {}, switches = {}, journal }: StoreOptions) {
    this.clock = clock;
    this.monotonicMs = monotonicMs;
    this.#ids = ids;
    this.#switches = { ...strict, ...switches };
    const fresh = emptyState({ ...defaultApp, ...app });
    const opened = journal === undefined ? { state: fresh, journal: undefined } : openJournal(journal, fresh);
    this.#state = opened.state;
    this.#journal = opened.journal;
    // 流水里记着上次的应用设置；这次启动时给的优先。
    this.#state.app = { ...this.#state.app, ...app };
  }

  /** The only way in. */
  #apply(change: Change): void {
    applyChange(this.#state, change);
    if (change.kind !== 'apiCall') this.#journal?.append(change);
    this.#revision += 1;
    for (const listener of this.#listeners) listener(change);
  }

  /** 关注 — called after every change; returns the function that stops it. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** grows with every change */
  get revision(): number {
    return this.#revision;
  }

  /** 新编号 @param prefix `om_`, `oc_`, … */
  mint(prefix: string): string {
    return `${prefix}${this.#ids().replaceAll('-', '')}`;
  }

  nowMs(): number {
    return this.clock.now().getTime();
  }

  app = (): App => this.#state.app;
  switches = (): Switches => this.#switches;
  person = (openId: string): Person | undefined => this.#state.people.get(openId);
  people = (): Person[] => [...this.#state.people.values()];
  chat = (chatId: string): Chat | undefined => this.#state.chats.get(chatId);
  chats = (): Chat[] => [...this.#state.chats.values()];
  message = (messageId: string): Message | undefined => this.#state.messages.get(messageId);
  file = (fileKey: string): StoredFile | undefined => this.#state.files.get(fileKey);
  tokens = (): readonly IssuedToken[] => this.#state.tokens;
  delivery = (eventId: string): Delivery | undefined => this.#state.deliveries.get(eventId);
  deliveries = (): Delivery[] => [...this.#state.deliveries.values()];
  apiCalls = (): readonly ApiCall[] => this.#state.apiCalls;
  gaps = (): CoverageGap[] => [...this.#state.gaps.values()];
  isForeignOpenId = (openId: string): boolean => this.#state.foreignOpenIds.has(openId);
  /** by any of the three ids */
  knowsPerson = (id: string): boolean => this.#state.people.has(id) || this.people().some(({ unionId, userId }) => unionId === id || userId === id);
  snapshot = (): Snapshot => snapshotOf(this.#state);

  /** 某人看得见的会话 — newest message first. */
  chatsOf(openId: string): Chat[] {
    const lastAt = (chat: Chat): number => this.messagesOf(chat.chatId).at(-1)?.createdAt ?? chat.createdAt;
    return this.chats()
      .filter((chat) => chat.members.includes(openId) && !chat.dissolved)
      .sort((left, right) => lastAt(right) - lastAt(left));
  }

  /** 会话里的消息 — in the order of posting. */
  messagesOf(chatId: string): Message[] {
    const ids = this.#state.messageIdsByChat.get(chatId) ?? [];
    return ids.flatMap((id) => this.#state.messages.get(id) ?? []);
  }

  /** 未读数 */
  unreadOf(openId: string, chatId: string): number {
    const isUnread = ({ sender, reads, recalled }: Message): boolean =>
      !recalled && !(sender.kind === 'person' && sender.openId === openId) && reads[openId] === undefined;
    return this.messagesOf(chatId).filter(isUnread).length;
  }

  /** The message that an earlier call with this uuid sent. */
  messageByUuid(uuid: string): Message | undefined {
    const id = this.#state.messageIdByUuid.get(uuid);
    return id === undefined ? undefined : this.message(id);
  }

  fileBytes(fileKey: string): Uint8Array | undefined {
    return this.#journal ? this.#journal.readBytes(fileKey) : this.#bytes.get(fileKey);
  }

  setSwitches(patch: Partial<Switches>): void {
    this.#switches = { ...this.#switches, ...patch };
  }

  changeApp(patch: Partial<App>): void {
    this.#apply({ kind: 'app', app: { ...this.app(), ...patch } });
  }

  /** 加人 — ids that are not given are made. */
  addPerson(draft: PersonDraft): Person {
    const person: Person = {
      openId: draft.openId ?? this.mint('ou_'),
      unionId: draft.unionId ?? this.mint('on_'),
      userId: draft.userId ?? this.mint('').slice(0, 8),
      name: draft.name,
      mobile: draft.mobile ?? null,
      email: draft.email ?? null,
      unit: draft.unit ?? '',
      title: draft.title ?? '',
      resigned: draft.resigned ?? false,
      seesBot: draft.seesBot ?? true,
      visible: draft.visible ?? true,
      mutedBot: draft.mutedBot ?? false,
    };
    this.#apply({ kind: 'person', person });
    return person;
  }

  /** @throws Error when nobody has this open_id */
  changePerson(openId: string, patch: Partial<Omit<Person, 'openId'>>): void {
    this.#apply({ kind: 'person', person: { ...required(this.person(openId), openId), ...patch } });
  }

  /** 别的应用的 open_id — known to the platform, not usable by this app. */
  addForeignOpenId(openId: string): void {
    this.#apply({ kind: 'foreignOpenId', openId });
  }

  /** 建群 */
  addGroup(draft: { name: string; members: readonly string[]; botIn?: boolean; chatId?: string }): Chat {
    const chat: Chat = {
      chatId: draft.chatId ?? this.mint('oc_'),
      kind: 'group',
      name: draft.name,
      members: draft.members,
      botIn: draft.botIn ?? false,
      dissolved: false,
      muted: false,
      createdAt: this.nowMs(),
    };
    this.#apply({ kind: 'chat', chat });
    return chat;
  }

  /** @throws Error when there is no such chat */
  changeChat(chatId: string, patch: Partial<Omit<Chat, 'chatId' | 'kind'>>): void {
    this.#apply({ kind: 'chat', chat: { ...required(this.chat(chatId), chatId), ...patch } });
  }

  addBotToGroup(chatId: string): void {
    this.changeChat(chatId, { botIn: true });
  }

  removeBotFromGroup(chatId: string): void {
    this.changeChat(chatId, { botIn: false });
  }

  findDirectChat(openId: string): Chat | undefined {
    const chatId = this.#state.directChats.get(openId);
    return chatId === undefined ? undefined : this.chat(chatId);
  }

  /** 与机器人的单聊 — made when it is first needed. @throws Error when nobody has this open_id */
  directChat(openId: string): Chat {
    const found = this.findDirectChat(openId);
    if (found) return found;
    const { name } = required(this.person(openId), openId);
    const chat: Chat = {
      chatId: this.mint('oc_'),
      kind: 'p2p',
      name,
      members: [openId],
      botIn: true,
      dissolved: false,
      muted: false,
      createdAt: this.nowMs(),
    };
    this.#apply({ kind: 'chat', chat });
    return chat;
  }

  /** 发出一条消息 */
  post({ mentions = [], parentId = null, uuid = null, forwardedFrom = null, ...draft }: MessageDraft): Message {
    const now = this.nowMs();
    const parent = parentId === null ? undefined : this.message(parentId);
    const message: Message = {
      ...draft,
      messageId: this.mint('om_'),
      mentions,
      parentId,
      rootId: parent ? (parent.rootId ?? parent.messageId) : null,
      uuid,
      createdAt: now,
      updatedAt: now,
      revision: 1,
      recalled: false,
      urgentTo: [],
      forwardedFrom,
      reads: draft.sender.kind === 'person' ? { [draft.sender.openId]: now } : {},
      views: {},
    };
    this.#apply({ kind: 'message', message });
    return message;
  }

  /** 换卡片 — for everybody, or only in the view of one person. */
  /** 加急 — the message is marked for these people until they have read it. */
  urge(messageId: string, openIds: readonly string[]): void {
    const urgentTo = [...new Set([...(this.message(messageId)?.urgentTo ?? []), ...openIds])];
    this.#apply({ kind: 'messagePatched', messageId, patch: { urgentTo } });
  }

  replaceCard(messageId: string, content: string, { onlyFor }: { onlyFor?: string } = {}): void {
    const message = required(this.message(messageId), messageId);
    const shown = onlyFor === undefined ? { content, views: {} } : { views: { ...message.views, [onlyFor]: content } };
    this.#apply({ kind: 'messagePatched', messageId, patch: { ...shown, revision: message.revision + 1, updatedAt: this.nowMs() } });
  }

  /** 撤回 */
  recall(messageId: string): void {
    this.#apply({ kind: 'messagePatched', messageId, patch: { recalled: true, updatedAt: this.nowMs() } });
  }

  /** 已读 — all messages of a chat that the person has not read. @returns those that the bot sent */
  markRead(openId: string, chatId: string): Message[] {
    const unread = this.messagesOf(chatId).filter(({ reads, recalled }) => !recalled && reads[openId] === undefined);
    if (unread.length > 0) this.#apply({ kind: 'read', openId, messageIds: unread.map(({ messageId }) => messageId), at: this.nowMs() });
    return unread.filter(({ sender }) => sender.kind === 'bot');
  }

  /** 存文件 */
  addFile(draft: Pick<StoredFile, 'kind' | 'type' | 'name' | 'owner'>, bytes: Uint8Array): StoredFile {
    const file: StoredFile = { ...draft, fileKey: this.mint(draft.kind === 'image' ? 'img_v3_' : 'file_v3_'), size: bytes.byteLength };
    if (this.#journal) this.#journal.saveBytes(file.fileKey, bytes);
    else this.#bytes.set(file.fileKey, Uint8Array.from(bytes));
    this.#apply({ kind: 'file', file });
    return file;
  }

  addToken(token: IssuedToken): void {
    this.#apply({ kind: 'token', token });
  }

  /** 令牌全部作废 */
  revokeTokens(): void {
    this.#apply({ kind: 'tokensRevoked' });
  }

  saveDelivery(delivery: Delivery): void {
    this.#apply({ kind: 'delivery', delivery });
  }

  recordCall(call: ApiCall): void {
    this.#apply({ kind: 'apiCall', call });
  }

  recordGap(method: string, path: string): void {
    this.#apply({ kind: 'gap', method, path });
  }
}

function required<T>(found: T | undefined, id: string): T {
  if (found === undefined) throw new Error(`模拟平台里没有 ${id}`);
  return found;
}
