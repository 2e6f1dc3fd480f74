import type { Message, Person } from './model.ts';
import type { EmulatorStore } from './store.ts';

/** 投递给谁 — where our product listens, and the secrets that it shares with the platform. */
export interface WebhookTarget {
  readonly eventUrl: string;
  /** the developer console has a second address for callbacks; the same one by default */
  readonly callbackUrl?: string;
  readonly encryptKey: string;
  readonly verificationToken: string;
}

/** 事件信封 */
export interface Envelope {
  readonly schema: '2.0';
  readonly header: {
    readonly event_id: string;
    readonly token: string;
    readonly create_time: string;
    readonly event_type: string;
    readonly tenant_key: string;
    readonly app_id: string;
  };
  readonly event: Readonly<Record<string, unknown>>;
}

/** 装信封 — callbacks carry microseconds, events milliseconds unless the switch says otherwise. */
export function envelopeOf(
  store: EmulatorStore,
  target: Pick<WebhookTarget, 'verificationToken'>,
  { eventType, event }: { eventType: string; event: Readonly<Record<string, unknown>> },
): Envelope {
  const { appId, tenantKey } = store.app();
  const microseconds = eventType === 'card.action.trigger' || store.switches().eventTime === 'us';
  return {
    schema: '2.0',
    header: {
      event_id: store.mint(''),
      token: target.verificationToken,
      create_time: microseconds ? `${store.nowMs()}000` : String(store.nowMs()),
      event_type: eventType,
      tenant_key: tenantKey,
      app_id: appId,
    },
    event,
  };
}

/** 人的三种编号 — user_id only with its scope. */
export function idsOf(store: EmulatorStore, { openId, unionId, userId }: Person): Readonly<Record<string, string>> {
  const maySeeUserId = store.app().scopes.includes('contact:user.employee_id:readonly');
  return { open_id: openId, union_id: unionId, ...(maySeeUserId ? { user_id: userId } : {}) };
}

/** contract 4.6 */
export function messageReceived(store: EmulatorStore, sender: Person, message: Message): Readonly<Record<string, unknown>> {
  const { tenantKey, botName, botOpenId } = store.app();
  const mentions = message.mentions.map(({ key, openId, name }) =>
    openId === null
      ? { key, id: { open_id: botOpenId, union_id: '', user_id: '' }, mentioned_type: 'bot', name: botName, tenant_key: tenantKey }
      : { key, id: mentionedIds(store, openId), mentioned_type: 'user', name, tenant_key: tenantKey },
  );
  return {
    sender: { sender_id: idsOf(store, sender), sender_type: 'user', tenant_key: tenantKey },
    message: {
      message_id: message.messageId,
      ...(message.parentId === null ? {} : { root_id: message.rootId, parent_id: message.parentId }),
      create_time: String(message.createdAt),
      update_time: String(message.updatedAt),
      chat_id: message.chatId,
      chat_type: store.chat(message.chatId)?.kind ?? 'group',
      message_type: message.msgType,
      content: message.content,
      ...(mentions.length > 0 ? { mentions } : {}),
      user_agent: 'emulator',
    },
  };
}

function mentionedIds(store: EmulatorStore, openId: string): Readonly<Record<string, string>> {
  const person = store.person(openId);
  return person ? idsOf(store, person) : { open_id: openId, union_id: '', user_id: '' };
}

/** 群里机器人进出 contract 1.7 */
export function botMembership(store: EmulatorStore, operator: Person, chatId: string): Readonly<Record<string, unknown>> {
  const { tenantKey } = store.app();
  const name = store.chat(chatId)?.name ?? '';
  return {
    chat_id: chatId,
    operator_id: idsOf(store, operator),
    external: false,
    operator_tenant_key: tenantKey,
    name,
    i18n_names: { zh_cn: name },
  };
}
