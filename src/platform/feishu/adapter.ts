import { openAsBlob } from 'node:fs';
import { type Clock, systemClock } from '#core/clock';
import type { ListedChat } from '#core/job';
import { PlatformError } from '../errors.ts';
import type { ChatPlatform, ChatReader, ChatWriter, CommandPanel, Sent } from '../port.ts';
import { findAccounts } from './accounts.ts';
import { attempt, type Call, createCall } from './call.ts';
import { toMessage, toReceiver } from './content.ts';
import { downloadFile } from './download.ts';
import { findSaid } from './history.ts';
import { createPlatformTime, type PlatformTime } from './platform-time.ts';
import { type Credentials, openSdk, type Sdk } from './sdk.ts';
import { createTokens, type IssuedToken } from './tokens.ts';

/** 飞书平台 — the port, and what only the real platform can tell about the app itself. */
export interface FeishuPlatform extends ChatPlatform {
  /** 已授予的权限，例如 `im:resource` @throws PlatformError */
  listGrantedScopes(): Promise<readonly string[]>;
  /** 对钟 — our clock beside the platform's */
  readonly time: Pick<PlatformTime, 'fastMs'>;
}

export interface FeishuPlatformConfig extends Credentials {
  readonly log: { warn(fields: object, message: string): void };
  /** ours, that is held beside the platform's; the machine's own by default */
  readonly clock?: Pick<Clock, 'now'>;
}

const uuidLengthMax = 50;
const pageSize = 100;
const pagesMax = 200;
const panelPageSize = 50;

/** 建飞书平台 — over the official SDK, which is loaded with the first call. */
export function createFeishuPlatform({ log, clock = systemClock, ...credentials }: FeishuPlatformConfig): FeishuPlatform {
  const time = createPlatformTime(clock, log);
  let opened: Promise<Sdk> | null = null;
  const sdk = (): Promise<Sdk> => {
    opened ??= openSdk(credentials, time);
    return opened;
  };
  const tokens = createTokens(() => issueToken(sdk, credentials), systemClock);
  const call = createCall(sdk, tokens, (api) => log.warn({ api }, 'feishu: the access token was refused, trying a fresh one'));
  return {
    writer: createWriter(call),
    reader: createReader(call, credentials.appId),
    panel: createPanel(call),
    listGrantedScopes: () => listGrantedScopes(call),
    time,
  };
}

async function issueToken(sdk: () => Promise<Sdk>, { appId, appSecret }: Credentials): Promise<IssuedToken> {
  const { client } = await sdk();
  const answer = await attempt('token', () => client.auth.v3.tenantAccessToken.internal({ data: { app_id: appId, app_secret: appSecret } }));
  // 这个接口的应答是平的，没有 data 这一层；SDK 的类型没有写全。
  const { tenant_access_token: token, expire } = answer as { tenant_access_token?: string; expire?: number };
  if (!token) throw new PlatformError('unauthorized', 'feishu token: the answer holds no token');
  return { token, lifeMs: (expire ?? 0) * 1000 };
}

function createWriter(call: Call): ChatWriter {
  return {
    send: async (to, content, uuid) => {
      const { id, type } = toReceiver(to);
      const data = { receive_id: id, ...toMessage(content), uuid: checkUuid(uuid) };
      const answer = await call('send', (client, options) => client.im.v1.message.create({ params: { receive_id_type: type }, data }, options));
      return toSent('send', answer.data);
    },
    reply: async (messageId, content, uuid) => {
      const path = { message_id: encodeURIComponent(messageId) };
      const data = { ...toMessage(content), uuid: checkUuid(uuid) };
      const answer = await call('reply', (client, options) => client.im.v1.message.reply({ path, data }, options));
      return toSent('reply', answer.data);
    },
    update: async (messageId, card) => {
      const path = { message_id: encodeURIComponent(messageId) };
      await call('update', (client, options) => client.im.v1.message.patch({ path, data: { content: JSON.stringify(card) } }, options));
    },
    urge: async (messageId, openIds) => {
      const path = { message_id: encodeURIComponent(messageId) };
      const data = { user_id_list: [...openIds] };
      const params = { user_id_type: 'open_id' as const };
      const answer = await call('urge', (client, options) => client.im.v1.message.urgentApp({ path, params, data }, options));
      return { unreached: answer.data?.invalid_user_id_list ?? [] };
    },
    uploadFile: async (fileName, content) => {
      // SDK 的 im.v1.file.create 把错误码吞掉只给 null，所以不用它。
      const headers = { 'Content-Type': 'multipart/form-data' };
      const file = 'path' in content ? await openAsBlob(content.path) : new Blob([Buffer.from(content)]);
      const request = { method: 'POST', url: '/open-apis/im/v1/files', data: { file_type: 'stream', file_name: fileName, file }, headers };
      const answer = await call('uploadFile', (client, options) => client.request<{ data?: { file_key?: string } }>(request, options));
      const fileKey = answer.data?.file_key;
      if (!fileKey) throw new PlatformError('unknown', 'feishu uploadFile: the answer holds no file_key');
      return { fileKey };
    },
  };
}

function createReader(call: Call, appId: string): ChatReader {
  return {
    downloadFile: (messageId, fileKey, kind = 'file') => downloadFile(call, { messageId, fileKey, kind }),
    findAccounts: (mobiles) => findAccounts(call, mobiles),
    listChats: () => listChats(call),
    findSaid: (place, said, from, to) => findSaid(call, { appId, place, said, from, to }),
    getBot: async () => {
      const request = { method: 'GET', url: '/open-apis/bot/v3/info' };
      const { bot } = await call('getBot', (client, options) => client.request<{ bot?: { open_id?: string; app_name?: string } }>(request, options));
      if (!bot?.open_id) throw new PlatformError('unknown', 'feishu getBot: the answer holds no bot');
      return { openId: bot.open_id, name: bot.app_name ?? '' };
    },
  };
}

async function listChats(call: Call): Promise<readonly ListedChat[]> {
  const chats: ListedChat[] = [];
  let pageToken = '';
  for (let page = 0; page < pagesMax; page += 1) {
    const params = { page_size: pageSize, ...(pageToken === '' ? {} : { page_token: pageToken }) };
    const { data } = await call('listChats', (client, options) => client.im.v1.chat.list({ params }, options));
    for (const { chat_id: chatId, name, owner_id: owner, external } of data?.items ?? [])
      if (chatId) chats.push({ chatId, name: name ?? '', ownerOpenId: owner || null, external: external ?? false });
    pageToken = data?.page_token ?? '';
    if (!data?.has_more || pageToken === '') break;
  }
  return chats;
}

const panelUrl = '/open-apis/application/v7/app_slash_commands';

/** 指令面板：SDK 里还没有这几个接口，用它的通用请求。 */
function createPanel(call: Call): CommandPanel {
  const described = (description: string) => ({ default_value: description, i18n: { zh_cn: description } });
  return {
    list: () => listPanel(call),
    add: async ({ name, description }) => {
      const request = { method: 'POST', url: panelUrl, data: { command: name, description: described(description) } };
      const { data } = await call('addCommand', (client, options) => client.request<{ data?: { command_id?: string } }>(request, options));
      if (!data?.command_id) throw new PlatformError('unknown', 'feishu addCommand: the answer holds no command_id');
      return { id: data.command_id };
    },
    describe: async (id, description) => {
      const request = { method: 'PATCH', url: `${panelUrl}/${encodeURIComponent(id)}`, data: { description: described(description) } };
      await call('describeCommand', (client, options) => client.request(request, options));
    },
    remove: async (id) => {
      const request = { method: 'DELETE', url: `${panelUrl}/${encodeURIComponent(id)}` };
      await call('removeCommand', (client, options) => client.request(request, options));
    },
  };
}

interface PanelPage {
  readonly data?: {
    readonly items?: readonly {
      readonly command_id?: string;
      readonly command?: string;
      readonly description?: { readonly default_value?: string };
    }[];
    readonly has_more?: boolean;
    readonly page_token?: string;
  };
}

async function listPanel(call: Call): Promise<readonly { id: string; name: string; description: string }[]> {
  const found: { id: string; name: string; description: string }[] = [];
  let pageToken = '';
  for (let page = 0; page < pagesMax; page += 1) {
    const params = { page_size: panelPageSize, ...(pageToken === '' ? {} : { page_token: pageToken }) };
    const { data } = await call('listCommands', (client, options) => client.request<PanelPage>({ method: 'GET', url: panelUrl, params }, options));
    for (const { command_id: id, command: name, description } of data?.items ?? [])
      if (id && name) found.push({ id, name, description: description?.default_value ?? '' });
    pageToken = data?.page_token ?? '';
    if (!data?.has_more || pageToken === '') break;
  }
  return found;
}

const granted = 1;

async function listGrantedScopes(call: Call): Promise<readonly string[]> {
  const { data } = await call('listGrantedScopes', (client, options) => client.application.v6.scope.list({}, options));
  return (data?.scopes ?? []).filter(({ grant_status: status }) => status === granted).map(({ scope_name: name }) => name);
}

function toSent(api: string, data: { readonly message_id?: string | undefined; readonly chat_id?: string | undefined } | undefined): Sent {
  const { message_id: messageId, chat_id: chatId } = data ?? {};
  if (!messageId || !chatId) throw new PlatformError('unknown', `feishu ${api}: the answer holds no message`);
  return { messageId, chatId };
}

/** 长了平台会拒收，空的就失去防重。 */
function checkUuid(uuid: string): string {
  if (uuid === '' || uuid.length > uuidLengthMax) throw new PlatformError('rejected', `feishu: a uuid of ${uuid.length} characters`);
  return uuid;
}
