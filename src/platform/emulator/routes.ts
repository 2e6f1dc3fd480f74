import { createSlashCommand, deleteSlashCommand, getBotInfo, listScopes, listSlashCommands, updateSlashCommand } from './calls/application.ts';
import { listChatMembers, listChats } from './calls/chats.ts';
import { batchGetId } from './calls/contacts.ts';
import { createFile, createImage, getResource } from './calls/files.ts';
import { createMessage, getMessage, listMessages, patchMessage, replyMessage, urgeMessage } from './calls/messages.ts';
import type { Fields, Operation } from './calls/request.ts';
import { createToken } from './calls/token.ts';
import { tier4 } from './rate-limits.ts';

const sending = ['im:message', 'im:message:send_as_bot', 'im:message:send'];
const reading = ['im:message', 'im:message:readonly'];
const windows = tier4;

/** 接口表 — every call that the emulator answers; `coverage.ts` must say the same. */
export const routes: readonly Operation[] = [
  {
    name: 'token.create',
    method: 'POST',
    path: '/open-apis/auth/v3/tenant_access_token/internal',
    scopes: [],
    windows,
    withoutToken: true,
    run: createToken,
  },
  { name: 'message.create', method: 'POST', path: '/open-apis/im/v1/messages', scopes: sending, windows, run: createMessage },
  { name: 'message.reply', method: 'POST', path: '/open-apis/im/v1/messages/:message_id/reply', scopes: sending, windows, run: replyMessage },
  {
    name: 'message.patch',
    method: 'PATCH',
    path: '/open-apis/im/v1/messages/:message_id',
    scopes: [...sending, 'im:message:update'],
    windows,
    run: patchMessage,
  },
  {
    name: 'message.urgentApp',
    method: 'PATCH',
    path: '/open-apis/im/v1/messages/:message_id/urgent_app',
    scopes: ['im:message.urgent'],
    windows,
    run: urgeMessage,
  },
  { name: 'message.get', method: 'GET', path: '/open-apis/im/v1/messages/:message_id', scopes: reading, windows, run: getMessage },
  { name: 'message.list', method: 'GET', path: '/open-apis/im/v1/messages', scopes: reading, windows, run: listMessages },
  {
    name: 'resource.get',
    method: 'GET',
    path: '/open-apis/im/v1/messages/:message_id/resources/:file_key',
    scopes: reading,
    windows,
    run: getResource,
  },
  { name: 'file.create', method: 'POST', path: '/open-apis/im/v1/files', scopes: ['im:resource', 'im:resource:upload'], windows, run: createFile },
  { name: 'image.create', method: 'POST', path: '/open-apis/im/v1/images', scopes: ['im:resource', 'im:resource:upload'], windows, run: createImage },
  {
    name: 'chat.list',
    method: 'GET',
    path: '/open-apis/im/v1/chats',
    scopes: ['im:chat:readonly', 'im:chat', 'im:chat:read'],
    windows,
    run: listChats,
  },
  {
    name: 'chat-members.get',
    method: 'GET',
    path: '/open-apis/im/v1/chats/:chat_id/members',
    scopes: ['im:chat:readonly', 'im:chat', 'im:chat.members:read'],
    windows,
    run: listChatMembers,
  },
  {
    name: 'user.batchGetId',
    method: 'POST',
    path: '/open-apis/contact/v3/users/batch_get_id',
    scopes: ['contact:user.id:readonly'],
    windows,
    run: batchGetId,
  },
  { name: 'bot.info', method: 'GET', path: '/open-apis/bot/v3/info', scopes: [], windows, run: getBotInfo },
  {
    name: 'scope.list',
    method: 'GET',
    path: '/open-apis/application/v6/scopes',
    scopes: ['application:application:self_manage', 'admin:app.info:readonly'],
    windows,
    run: listScopes,
  },
  {
    name: 'slash-command.list',
    method: 'GET',
    path: '/open-apis/application/v7/app_slash_commands',
    scopes: ['application:app_slash_command:read', 'application:app_slash_command:write'],
    windows,
    run: listSlashCommands,
  },
  {
    name: 'slash-command.create',
    method: 'POST',
    path: '/open-apis/application/v7/app_slash_commands',
    scopes: ['application:app_slash_command:write'],
    windows,
    run: createSlashCommand,
  },
  {
    name: 'slash-command.update',
    method: 'PATCH',
    path: '/open-apis/application/v7/app_slash_commands/:command_id',
    scopes: ['application:app_slash_command:write'],
    windows,
    run: updateSlashCommand,
  },
  {
    name: 'slash-command.delete',
    method: 'DELETE',
    path: '/open-apis/application/v7/app_slash_commands/:command_id',
    scopes: ['application:app_slash_command:write'],
    windows,
    run: deleteSlashCommand,
  },
];

/** 找到的接口 */
export type Match =
  | { readonly kind: 'found'; readonly operation: Operation; readonly params: Fields }
  | { readonly kind: 'wrongMethod' }
  | { readonly kind: 'unknown' };

/** 对路径 */
export function matchRoute(method: string, path: string): Match {
  let known = false;
  for (const operation of routes) {
    const params = matchPath(operation.path, path);
    if (!params) continue;
    if (operation.method === method) return { kind: 'found', operation, params };
    known = true;
  }
  return known ? { kind: 'wrongMethod' } : { kind: 'unknown' };
}

/** @returns the params, or null when the path is another one */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const expected = pattern.split('/');
  const given = path.replace(/\/+$/, '').split('/');
  if (expected.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = safeDecode(value);
    else if (part !== value) return null;
  }
  return params;
}

function safeDecode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
