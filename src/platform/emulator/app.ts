import type { App } from './model.ts';

/** 模拟应用 — what the developer console of a correctly set-up tenant would show. */
export const defaultApp: App = {
  appId: 'cli_emulator0000000',
  appSecret: 'emulator-secret-0000000000000000',
  tenantKey: 'emulatortenant00',
  botName: '督查助手',
  botOpenId: 'ou_bot00000000000000000000000000000',
  scopes: [
    'im:message',
    'im:message.urgent',
    'im:message.p2p_msg:readonly',
    'im:message.group_at_msg:readonly',
    'im:resource',
    'im:chat:readonly',
    'contact:user.id:readonly',
    'contact:user.employee_id:readonly',
    'contact:user.employee:readonly',
    'contact:contact.base:readonly',
    'application:application:self_manage',
    'application:app_slash_command:read',
    'application:app_slash_command:write',
  ],
  subscriptions: [
    'im.message.receive_v1',
    'im.message.recalled_v1',
    'im.message.message_read_v1',
    'im.chat.member.bot.added_v1',
    'im.chat.member.bot.deleted_v1',
    'im.chat.access_event.bot_p2p_chat_entered_v1',
    'im.chat.disbanded_v1',
    'application.bot.menu_v6',
    'contact.user.deleted_v3',
    'card.action.trigger',
  ],
  menu: [],
  commands: [],
};
