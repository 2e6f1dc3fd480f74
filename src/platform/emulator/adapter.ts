import { readFileSync } from 'node:fs';
import type { Account, ListedChat } from '#core/job';
import { PlatformError } from '../errors.ts';
import { isSaid, toMessage, toReceiver } from '../feishu/content.ts';
import { staleTokenCodes, toPlatformError } from '../feishu/error-codes.ts';
import type { ChatPlatform, ChatReader, ChatWriter, CommandPanel, Sent } from '../port.ts';
import { type Api, type ApiInput, createApi } from './api.ts';
import type { ApiAnswer } from './calls/answer.ts';
import { createFaults } from './faults.ts';
import type { EmulatorStore } from './store.ts';

type Json = Readonly<Record<string, unknown>>;
type Draft = Omit<ApiInput, 'path' | 'query' | 'body'> & { readonly path: string; readonly query?: ApiInput['query']; readonly body?: unknown };

const messages = '/open-apis/im/v1/messages';
const mobilesPerCall = 50;
const chatsPerPage = 100;
const historyPageSize = 50;
const panelPageSize = 50;
/** as much as the real adapter reads */
const downloadMaxBytes = 10 * 1024 * 1024;

/**
 * 平台端口，接在模拟平台的存储上 — the same calls as over HTTP, without the wire; refusals become the same kinds of PlatformError.
 * @param api give the one that the HTTP door uses, so that both share faults and rate windows
 */
export function createEmulatorPlatform(store: EmulatorStore, api: Api = createApi({ store, faults: createFaults() })): ChatPlatform {
  const call = createCall(api);
  return { writer: createWriter(call), reader: createReader(call, store), panel: createPanel(call) };
}

/** @param member of the port, for the error's text @throws PlatformError */
type Call = (member: string, draft: Draft) => Promise<ApiAnswer>;

function createCall(api: Api): Call {
  const callOnce: Call = async (member, draft) => {
    const outcome = await api.perform({ query: {}, body: undefined, ...draft }, { door: 'adapter' });
    if (outcome.kind !== 'answered') throw new PlatformError('unknown', `emulator ${member}: no answer (${outcome.kind})`, { logId: outcome.logId });
    const { status, code, msg, headers, body } = outcome.answer;
    if (status === 200 && code === 0 && typeof body !== 'string') return outcome.answer;
    throw toPlatformError({
      api: member,
      code: typeof body === 'string' ? null : code,
      message: typeof body === 'string' ? body : msg,
      httpStatus: status,
      headers: { ...headers, 'x-tt-logid': outcome.logId },
    });
  };
  // 令牌失效时，真适配器会换一枚再试一次；这里没有令牌可换，同样再试一次。
  return (member, draft) =>
    callOnce(member, draft).catch((error: unknown) => {
      if (error instanceof PlatformError && error.code !== null && staleTokenCodes.has(error.code)) return callOnce(member, draft);
      throw error;
    });
}

function createWriter(call: Call): ChatWriter {
  return {
    async send(to, content, uuid) {
      const { id, type } = toReceiver(to);
      const body = { receive_id: id, uuid, ...toMessage(content) };
      return sentIn(dataIn(await call('send', { method: 'POST', path: messages, query: { receive_id_type: type }, body })));
    },
    async reply(messageId, content, uuid) {
      const body = { uuid, ...toMessage(content) };
      return sentIn(dataIn(await call('reply', { method: 'POST', path: `${pathOf(messageId)}/reply`, body })));
    },
    async update(messageId, card) {
      await call('update', { method: 'PATCH', path: pathOf(messageId), body: { content: JSON.stringify(card) } });
    },
    async urge(messageId, openIds) {
      const body = { user_id_list: [...openIds] };
      const draft = { method: 'PATCH', path: `${pathOf(messageId)}/urgent_app`, query: { user_id_type: 'open_id' }, body };
      return { unreached: (dataIn(await call('urge', draft))['invalid_user_id_list'] as string[] | undefined) ?? [] };
    },
    async uploadFile(fileName, content) {
      const bytes = 'path' in content ? readFileSync(content.path) : content;
      const upload = { fields: { file_type: 'stream', file_name: fileName }, file: bytes };
      const data = dataIn(await call('uploadFile', { method: 'POST', path: '/open-apis/im/v1/files', upload }));
      return { fileKey: String(data['file_key']) };
    },
  };
}

function createReader(call: Call, store: EmulatorStore): ChatReader {
  return {
    async downloadFile(messageId, fileKey, kind = 'file') {
      const path = `${pathOf(messageId)}/resources/${encodeURIComponent(fileKey)}`;
      const { body } = await call('downloadFile', { method: 'GET', path, query: { type: kind } });
      const bytes = body instanceof Uint8Array ? Uint8Array.from(body) : new Uint8Array();
      if (bytes.byteLength > downloadMaxBytes) throw new PlatformError('rejected', 'emulator downloadFile: the file is larger than 10 MB');
      return bytes;
    },
    async findAccounts(mobiles) {
      const openIds = await idsBy(call, 'open_id', mobiles);
      const maySeeUserIds = store.app().scopes.includes('contact:user.employee_id:readonly');
      const userIds = await idsBy(call, 'user_id', maySeeUserIds ? mobiles : []);
      const accounts = new Map<string, Account>();
      for (const [mobile, openId] of openIds) {
        const userId = userIds.get(mobile);
        accounts.set(mobile, { openId, ...(userId === undefined ? {} : { userId }) });
      }
      return accounts;
    },
    listChats: () => listChats(call),
    async findSaid(place, said, from, to) {
      const chatId = 'chat' in place ? place.chat : await chatOf(call, place.beside);
      const found: string[] = [];
      for (let pageToken = ''; ; ) {
        const query = { ...historyOf(chatId, from, to), page_token: pageToken };
        const data = dataIn(await call('findSaid', { method: 'GET', path: messages, query }));
        for (const { message_id: messageId, msg_type: type, sender, body } of data['items'] as HistoryItem[])
          if (sender.sender_type === 'app' && isSaid(said, type, body.content)) found.push(messageId);
        if (data['has_more'] !== true) return found;
        pageToken = String(data['page_token']);
      }
    },
    async getBot() {
      const { open_id: openId, app_name: name } = jsonIn(await call('getBot', { method: 'GET', path: '/open-apis/bot/v3/info' }))['bot'] as Json;
      return { openId: String(openId), name: String(name) };
    },
  };
}

interface HistoryItem {
  readonly message_id: string;
  readonly msg_type: string;
  readonly sender: { readonly sender_type: string };
  readonly body: { readonly content: string };
}

const historyOf = (chatId: string, from: Date, to: Date): Readonly<Record<string, string>> => ({
  container_id_type: 'chat',
  container_id: chatId,
  start_time: String(Math.floor(from.getTime() / 1000)),
  end_time: String(Math.ceil(to.getTime() / 1000)),
  page_size: String(historyPageSize),
  card_msg_content_type: 'user_card_content',
});

async function chatOf(call: Call, messageId: string): Promise<string> {
  const [message] = dataIn(await call('getMessage', { method: 'GET', path: pathOf(messageId) }))['items'] as { chat_id: string }[];
  return String(message?.chat_id);
}

const panelPath = '/open-apis/application/v7/app_slash_commands';

function createPanel(call: Call): CommandPanel {
  return {
    async list() {
      const found: { id: string; name: string; description: string }[] = [];
      for (let pageToken = ''; ; ) {
        const query = { page_size: String(panelPageSize), page_token: pageToken };
        const data = dataIn(await call('listCommands', { method: 'GET', path: panelPath, query }));
        const items = data['items'] as { command_id: string; command: string; description: { default_value: string } }[];
        for (const { command_id: id, command: name, description } of items) found.push({ id, name, description: description.default_value });
        if (data['has_more'] !== true) return found;
        pageToken = String(data['page_token']);
      }
    },
    async add({ name, description }) {
      const body = { command: name, description: { default_value: description } };
      return { id: String(dataIn(await call('addCommand', { method: 'POST', path: panelPath, body }))['command_id']) };
    },
    async describe(id, description) {
      const body = { description: { default_value: description } };
      await call('describeCommand', { method: 'PATCH', path: `${panelPath}/${encodeURIComponent(id)}`, body });
    },
    async remove(id) {
      await call('removeCommand', { method: 'DELETE', path: `${panelPath}/${encodeURIComponent(id)}` });
    },
  };
}

async function idsBy(call: Call, type: 'open_id' | 'user_id', mobiles: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let from = 0; from < mobiles.length; from += mobilesPerCall) {
    const body = { mobiles: mobiles.slice(from, from + mobilesPerCall) };
    const path = '/open-apis/contact/v3/users/batch_get_id';
    const data = dataIn(await call('findAccounts', { method: 'POST', path, query: { user_id_type: type }, body }));
    for (const { mobile, user_id: id } of data['user_list'] as { mobile: string; user_id?: string }[]) if (id !== undefined) found.set(mobile, id);
  }
  return found;
}

async function listChats(call: Call): Promise<readonly ListedChat[]> {
  const chats: ListedChat[] = [];
  for (let pageToken = ''; ; ) {
    const query = { page_size: String(chatsPerPage), page_token: pageToken };
    const data = dataIn(await call('listChats', { method: 'GET', path: '/open-apis/im/v1/chats', query }));
    for (const chat of data['items'] as { chat_id: string; name: string; owner_id?: string; external: boolean }[])
      chats.push({ chatId: chat.chat_id, name: chat.name, ownerOpenId: chat.owner_id ?? null, external: chat.external });
    if (data['has_more'] !== true) return chats;
    pageToken = String(data['page_token']);
  }
}

function pathOf(messageId: string): string {
  return `${messages}/${encodeURIComponent(messageId)}`;
}

function jsonIn({ body }: ApiAnswer): Json {
  return body instanceof Uint8Array || typeof body === 'string' ? {} : body;
}

function dataIn(answer: ApiAnswer): Json {
  return jsonIn(answer)['data'] as Json;
}

function sentIn(data: Json): Sent {
  return { messageId: String(data['message_id']), chatId: String(data['chat_id']) };
}
