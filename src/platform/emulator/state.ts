import { assertNever } from '#core/assert';
import type { ApiCall, App, Change, Chat, CoverageGap, Delivery, IssuedToken, Message, Person, StoredFile } from './model.ts';

/** 全部状态 — plain data; only `applyChange` writes it. */
export interface State {
  app: App;
  readonly people: Map<string, Person>;
  readonly foreignOpenIds: Set<string>;
  readonly chats: Map<string, Chat>;
  readonly messages: Map<string, Message>;
  /** chat_id → message_ids in the order in which they were posted */
  readonly messageIdsByChat: Map<string, string[]>;
  /** open_id → chat_id of the direct chat */
  readonly directChats: Map<string, string>;
  /** uuid → the newest message sent with it */
  readonly messageIdByUuid: Map<string, string>;
  readonly files: Map<string, StoredFile>;
  tokens: readonly IssuedToken[];
  readonly deliveries: Map<string, Delivery>;
  readonly gaps: Map<string, CoverageGap>;
  readonly apiCalls: ApiCall[];
}

/** 状态快照 — what the journal starts with after it was rewritten; the window on the last API calls is left out. */
export interface Snapshot {
  readonly app: App;
  readonly people: readonly Person[];
  readonly foreignOpenIds: readonly string[];
  readonly chats: readonly Chat[];
  readonly messages: readonly Message[];
  readonly files: readonly StoredFile[];
  readonly tokens: readonly IssuedToken[];
  readonly deliveries: readonly Delivery[];
  readonly gaps: readonly CoverageGap[];
}

const apiCallsMax = 500;
const deliveriesMax = 2_000;

/** 空状态 */
export function emptyState(app: App): State {
  return {
    app,
    people: new Map(),
    foreignOpenIds: new Set(),
    chats: new Map(),
    messages: new Map(),
    messageIdsByChat: new Map(),
    directChats: new Map(),
    messageIdByUuid: new Map(),
    files: new Map(),
    tokens: [],
    deliveries: new Map(),
    gaps: new Map(),
    apiCalls: [],
  };
}

/** 应用变更 — the only function that writes the state; replaying the journal calls nothing else. */
export function applyChange(state: State, change: Change): void {
  switch (change.kind) {
    case 'app':
      state.app = change.app;
      return;
    case 'person':
      state.people.set(change.person.openId, change.person);
      return;
    case 'foreignOpenId':
      state.foreignOpenIds.add(change.openId);
      return;
    case 'chat':
      state.chats.set(change.chat.chatId, change.chat);
      if (change.chat.kind === 'p2p') for (const openId of change.chat.members) state.directChats.set(openId, change.chat.chatId);
      return;
    case 'message':
      addMessage(state, change.message);
      return;
    case 'messagePatched':
      patchMessage(state, change.messageId, change.patch);
      return;
    case 'read':
      for (const messageId of change.messageIds) {
        const message = state.messages.get(messageId);
        if (message) patchMessage(state, messageId, { reads: { ...message.reads, [change.openId]: change.at } });
      }
      return;
    case 'file':
      state.files.set(change.file.fileKey, change.file);
      return;
    case 'token':
      state.tokens = [...state.tokens.slice(-9), change.token];
      return;
    case 'tokensRevoked':
      state.tokens = [];
      return;
    case 'delivery':
      state.deliveries.set(change.delivery.eventId, change.delivery);
      forgetOldest(state.deliveries);
      return;
    case 'gap': {
      const key = `${change.method} ${change.path}`;
      state.gaps.set(key, { method: change.method, path: change.path, count: (state.gaps.get(key)?.count ?? 0) + 1 });
      return;
    }
    case 'apiCall':
      state.apiCalls.push(change.call);
      if (state.apiCalls.length > apiCallsMax) state.apiCalls.splice(0, state.apiCalls.length - apiCallsMax);
      return;
    default:
      assertNever(change);
  }
}

function addMessage(state: State, message: Message): void {
  state.messages.set(message.messageId, message);
  const ids = state.messageIdsByChat.get(message.chatId) ?? [];
  ids.push(message.messageId);
  state.messageIdsByChat.set(message.chatId, ids);
  if (message.uuid !== null) state.messageIdByUuid.set(message.uuid, message.messageId);
}

function patchMessage(state: State, messageId: string, patch: Partial<Message>): void {
  const message = state.messages.get(messageId);
  if (message) state.messages.set(messageId, { ...message, ...patch });
}

/** 投递记录有界：先忘掉已经了结的最早的那些。 */
function forgetOldest(deliveries: Map<string, Delivery>): void {
  if (deliveries.size <= deliveriesMax) return;
  for (const [eventId, { state }] of deliveries) {
    if (state === 'waiting' || state === 'held') continue;
    deliveries.delete(eventId);
    if (deliveries.size <= deliveriesMax) return;
  }
}

/** 取快照 */
export function snapshotOf(state: State): Snapshot {
  return {
    app: state.app,
    people: [...state.people.values()],
    foreignOpenIds: [...state.foreignOpenIds],
    chats: [...state.chats.values()],
    messages: [...state.messages.values()],
    files: [...state.files.values()],
    tokens: state.tokens,
    deliveries: [...state.deliveries.values()],
    gaps: [...state.gaps.values()],
  };
}

/** 由快照还原 */
export function restore(snapshot: Snapshot): State {
  const state = emptyState(snapshot.app);
  for (const person of snapshot.people) applyChange(state, { kind: 'person', person });
  for (const openId of snapshot.foreignOpenIds) applyChange(state, { kind: 'foreignOpenId', openId });
  for (const chat of snapshot.chats) applyChange(state, { kind: 'chat', chat });
  for (const message of snapshot.messages) applyChange(state, { kind: 'message', message });
  for (const file of snapshot.files) applyChange(state, { kind: 'file', file });
  for (const token of snapshot.tokens) applyChange(state, { kind: 'token', token });
  for (const delivery of snapshot.deliveries) applyChange(state, { kind: 'delivery', delivery });
  for (const gap of snapshot.gaps) state.gaps.set(`${gap.method} ${gap.path}`, gap);
  return state;
}
