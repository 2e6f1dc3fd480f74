/** 一项要求 — what has to be ticked in the developer console, and why; the reason is for the operator. */
export interface Requirement {
  readonly name: string;
  readonly reason: string;
}

export interface ScopeRequirement extends Requirement {
  /** wider scopes that include this one */
  readonly coveredBy: readonly string[];
}

/** 权限 */
export const requiredScopes: readonly ScopeRequirement[] = [
  { name: 'im:message:send_as_bot', reason: '发送和更新卡片', coveredBy: ['im:message', 'im:message:send'] },
  { name: 'im:message.urgent', reason: '督办令下达时，应用内加急提醒单位主要负责人', coveredBy: [] },
  { name: 'im:message:readonly', reason: '下载用户发来的文件（如任务书、花名册）', coveredBy: ['im:message'] },
  { name: 'im:message.p2p_msg:readonly', reason: '接收单聊消息；没有它，单聊里连输入框也不出现', coveredBy: ['im:message.p2p_msg'] },
  { name: 'im:message.group_at_msg:readonly', reason: '接收群里 @ 机器人的消息', coveredBy: ['im:message.group_at_msg'] },
  { name: 'im:resource', reason: '上传要发出的文件（如台账）', coveredBy: [] },
  { name: 'im:chat:readonly', reason: '列出机器人所在的群，按群名绑定单位', coveredBy: ['im:chat', 'im:chat:read'] },
  { name: 'contact:user.id:readonly', reason: '按手机号把花名册里的人对应到飞书账号', coveredBy: [] },
  { name: 'contact:user.employee_id:readonly', reason: '取得租户内的用户编号：个别回调不带 open_id，靠它认人', coveredBy: [] },
  {
    name: 'contact:contact.base:readonly',
    reason: '订阅“人员离职”事件',
    coveredBy: ['contact:contact:readonly_as_app', 'contact:contact:access_as_app'],
  },
  { name: 'application:app_slash_command:read', reason: '核对输入“/”时列出的指令', coveredBy: ['application:app_slash_command:write'] },
  { name: 'application:app_slash_command:write', reason: '把口令登记成输入“/”时列出的指令；没有它，口令照样能用', coveredBy: [] },
  { name: 'application:application:self_manage', reason: '诊断时核对已授予的权限', coveredBy: ['admin:app.info:readonly'] },
];

/** 事件 */
export const requiredEvents: readonly Requirement[] = [
  { name: 'im.message.receive_v1', reason: '接收消息和文件' },
  { name: 'im.chat.access_event.bot_p2p_chat_entered_v1', reason: '有人打开与机器人的单聊时给出欢迎和待办' },
  { name: 'im.chat.member.bot.added_v1', reason: '机器人进群，提示绑定单位' },
  { name: 'im.chat.member.bot.deleted_v1', reason: '机器人被移出群，解除绑定' },
  { name: 'im.chat.disbanded_v1', reason: '群解散了，解除绑定' },
  { name: 'application.bot.menu_v6', reason: '机器人菜单' },
  { name: 'contact.user.deleted_v3', reason: '人员离职，提示移交岗位' },
];

/** 回调 */
export const requiredCallbacks: readonly Requirement[] = [{ name: 'card.action.trigger', reason: '卡片上的按钮和表单' }];

/** 还缺的权限 — a wider scope counts for the narrower one. */
export function missingScopes(granted: readonly string[]): readonly ScopeRequirement[] {
  const held = new Set(granted);
  return requiredScopes.filter(({ name, coveredBy }) => !held.has(name) && !coveredBy.some((wider) => held.has(wider)));
}
