/** 覆盖面 — one line per endpoint or event of the platform that this product might meet. */
export interface Coverage {
  readonly kind: 'endpoint' | 'event' | 'callback';
  /** `METHOD /path` or the event_type */
  readonly name: string;
  readonly state: 'emulated' | 'partly' | 'not';
  readonly note: string;
}

const endpoint = (name: string, state: Coverage['state'], note: string): Coverage => ({ kind: 'endpoint', name, state, note });
const event = (name: string, state: Coverage['state'], note: string): Coverage => ({ kind: 'event', name, state, note });

/** 覆盖表 — a test compares it with the routes and with the events that people's acts send. */
export const coverage: readonly Coverage[] = [
  endpoint('POST /open-apis/auth/v3/tenant_access_token/internal', 'emulated', '30 分钟换发规则；新旧令牌同时有效；按虚拟时钟过期'),
  endpoint(
    'POST /open-apis/im/v1/messages',
    'partly',
    '文字、富文本、卡片 2.0、文件、图片；不含音视频、表情、名片、系统消息，不含卡片 1.0、模板卡片和卡片实体',
  ),
  endpoint('POST /open-apis/im/v1/messages/:message_id/reply', 'partly', '同上；不含话题内回复（reply_in_thread）'),
  endpoint('PATCH /open-apis/im/v1/messages/:message_id', 'emulated', '只限本机器人发的共享卡片，14 天内'),
  endpoint('GET /open-apis/im/v1/messages/:message_id', 'partly', '卡片默认只回简化内容；不含合并转发的子消息'),
  endpoint('GET /open-apis/im/v1/messages/:message_id/resources/:file_key', 'emulated', '消息与文件须成对；不含大文件分段下载'),
  endpoint('POST /open-apis/im/v1/files', 'emulated', '30 MB 以内，空文件拒收'),
  endpoint('POST /open-apis/im/v1/images', 'partly', '10 MB 以内，查格式和边长；不认 HEIC、TIFF、ICO'),
  endpoint('GET /open-apis/im/v1/chats', 'emulated', '机器人所在的群，不含单聊；分页'),
  endpoint('GET /open-apis/im/v1/chats/:chat_id/members', 'emulated', '不列机器人；分页'),
  endpoint('POST /open-apis/contact/v3/users/batch_get_id', 'emulated', '查不到或看不见的人没有 user_id'),
  endpoint('GET /open-apis/bot/v3/info', 'emulated', ''),
  endpoint('GET /open-apis/application/v6/scopes', 'emulated', '只列已授予的权限'),
  endpoint('GET /open-apis/application/v7/app_slash_commands', 'emulated', '分页'),
  endpoint('POST /open-apis/application/v7/app_slash_commands', 'emulated', '立即生效，平台约需 5 分钟'),
  endpoint('PATCH /open-apis/application/v7/app_slash_commands/:command_id', 'partly', '只改说明；图标不管'),
  endpoint('DELETE /open-apis/application/v7/app_slash_commands/:command_id', 'emulated', '立即生效，平台约需 5 分钟'),
  endpoint('PUT /open-apis/im/v1/messages/:message_id', 'not', '编辑文字消息'),
  endpoint('DELETE /open-apis/im/v1/messages/:message_id', 'not', '撤回；页面和测试里由人撤回'),
  endpoint('GET /open-apis/im/v1/messages', 'partly', '会话历史；只认 chat，不含话题；群里的要有 im:message.group_msg'),
  endpoint('GET /open-apis/im/v1/messages/:message_id/read_users', 'not', '已读名单'),
  endpoint('PATCH /open-apis/im/v1/messages/:message_id/urgent_app', 'partly', '应用内加急；只认 open_id，不计每人 200 条未读加急的上限'),
  endpoint('POST /open-apis/im/v1/messages/:message_id/forward', 'not', '转发；由人转发的副本已模拟'),
  endpoint('POST /open-apis/im/v1/messages/:message_id/reactions', 'not', ''),
  endpoint('POST /open-apis/im/v1/pins', 'not', ''),
  endpoint('POST /open-apis/message/v4/batch_send', 'not', ''),
  endpoint('POST /open-apis/ephemeral/v1/send', 'not', ''),
  endpoint('POST /open-apis/interactive/v1/card/update', 'not', '凭回调令牌延时更新；本产品用 PATCH'),
  endpoint('POST /open-apis/cardkit/v1/cards', 'not', ''),
  endpoint('POST /open-apis/im/v1/chats', 'not', '建群'),
  endpoint('POST /open-apis/im/v1/chats/:chat_id/members', 'not', '拉人进群'),
  endpoint('GET /open-apis/contact/v3/users/:user_id', 'not', ''),
  endpoint('GET /open-apis/contact/v3/users/find_by_department', 'not', ''),
  endpoint('GET /open-apis/contact/v3/scopes', 'not', ''),
  endpoint('POST /open-apis/authen/v2/oauth/token', 'not', '网页登录'),
  endpoint('GET /open-apis/authen/v1/user_info', 'not', '网页登录'),
  endpoint('GET /open-apis/event/v1/outbound_ip', 'not', ''),
  endpoint('POST /callback/ws/endpoint', 'not', '长连接'),
  event('url_verification', 'emulated', '加密或明文；1 秒'),
  event('im.message.receive_v1', 'partly', '文字、文件、图片；群里只投递 @机器人 的消息，除非有 im:message.group_msg'),
  event('im.message.recalled_v1', 'emulated', ''),
  event('im.message.message_read_v1', 'emulated', '只限单聊'),
  event('im.chat.member.bot.added_v1', 'emulated', ''),
  event('im.chat.member.bot.deleted_v1', 'emulated', ''),
  event('im.chat.access_event.bot_p2p_chat_entered_v1', 'emulated', ''),
  event('im.chat.disbanded_v1', 'emulated', ''),
  event('application.bot.menu_v6', 'emulated', ''),
  event('contact.user.deleted_v3', 'emulated', ''),
  event('contact.user.updated_v3', 'not', ''),
  event('contact.scope.updated_v3', 'not', ''),
  event('im.chat.updated_v1', 'not', ''),
  event('im.chat.member.user.added_v1', 'not', ''),
  event('im.chat.member.user.deleted_v1', 'not', ''),
  event('p2p_chat_create', 'not', '旧版事件'),
  { kind: 'callback', name: 'card.action.trigger', state: 'emulated', note: '3 秒，不重发；客户端先查必填、长度、名称和 14 天' },
];
