import { type ApiAnswer, flat, ok, Refusal } from './answer.ts';
import { type ApiRequest, type CallContext, objectOf } from './request.ts';

const commandsMax = 100;

/** 机器人信息 `GET /bot/v3/info` — `bot` at top level, no `data`. */
export function getBotInfo({ store }: CallContext): ApiAnswer {
  const { botName, botOpenId } = store.app();
  return flat({ bot: { activate_status: 2, app_name: botName, avatar_url: '', ip_white_list: [], open_id: botOpenId } });
}

/** 已授权限 `GET /application/v6/scopes` */
export function listScopes({ store }: CallContext): ApiAnswer {
  return ok({ scopes: store.app().scopes.map((scope) => ({ scope_name: scope, grant_status: 1, scope_type: 'tenant' })) });
}

/** 斜杠指令一览 `GET /application/v7/app_slash_commands` */
export function listSlashCommands({ store }: CallContext): ApiAnswer {
  const items = store.app().commands.map(({ commandId, name, description }) => ({
    command_id: commandId,
    command: name,
    description: { default_value: description },
  }));
  return ok({ items, has_more: false });
}

/** 新增斜杠指令 `POST /application/v7/app_slash_commands` @throws Refusal */
export function createSlashCommand({ store }: CallContext, { body }: ApiRequest): ApiAnswer {
  const { command, description } = objectOf(body, 99992402);
  const { default_value: words } = objectOf(description ?? {}, 99992402);
  if (typeof command !== 'string' || command === '') throw new Refusal(99992402, 'command is required');
  const { commands } = store.app();
  if (commands.length >= commandsMax) throw new Refusal(99992402, `at most ${commandsMax} commands`);
  if (commands.some(({ name }) => name === command)) throw new Refusal(99992402, 'command exists');
  const added = { commandId: store.mint('cmd_'), name: command, description: typeof words === 'string' ? words : '' };
  store.changeApp({ commands: [...commands, added] });
  return ok({ command_id: added.commandId });
}
