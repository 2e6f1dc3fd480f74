import type { SlashCommand } from '../model.ts';
import { type ApiAnswer, flat, ok, Refusal } from './answer.ts';
import { type ApiRequest, type CallContext, objectOf, pageOf } from './request.ts';

const commandsMax = 100;
const badRequest = 99992402;

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
export function listSlashCommands({ store }: CallContext, { query }: ApiRequest): ApiAnswer {
  const { items, ...page } = pageOf(store.app().commands, query, { sizeMax: commandsMax, sizeDefault: 20, code: badRequest });
  const described = items.map(({ commandId, name, description }) => ({
    command_id: commandId,
    command: name,
    description: { default_value: description },
  }));
  return ok({ items: described, ...page });
}

/** 新增斜杠指令 `POST /application/v7/app_slash_commands` @throws Refusal */
export function createSlashCommand({ store }: CallContext, { body }: ApiRequest): ApiAnswer {
  const { command, description } = objectOf(body, badRequest);
  if (typeof command !== 'string' || command === '') throw new Refusal(badRequest, 'command is required');
  const { commands } = store.app();
  if (commands.length >= commandsMax) throw new Refusal(badRequest, `at most ${commandsMax} commands`);
  if (commands.some(({ name }) => name === command)) throw new Refusal(badRequest, 'command exists');
  const added = { commandId: store.mint('cmd_'), name: command, description: wordsOf(description) };
  store.changeApp({ commands: [...commands, added] });
  return ok({ command_id: added.commandId });
}

/** 修改斜杠指令 `PATCH /application/v7/app_slash_commands/:command_id` @throws Refusal */
export function updateSlashCommand({ store }: CallContext, { params, body }: ApiRequest): ApiAnswer {
  const known = commandAt(store.app().commands, params['command_id']);
  const { description } = objectOf(body, badRequest);
  const changed = { ...known, description: wordsOf(description) };
  store.changeApp({ commands: store.app().commands.map((command) => (command === known ? changed : command)) });
  return ok({ command_id: known.commandId });
}

/** 删除斜杠指令 `DELETE /application/v7/app_slash_commands/:command_id` @throws Refusal */
export function deleteSlashCommand({ store }: CallContext, { params }: ApiRequest): ApiAnswer {
  const known = commandAt(store.app().commands, params['command_id']);
  store.changeApp({ commands: store.app().commands.filter((command) => command !== known) });
  return ok({});
}

function commandAt(commands: readonly SlashCommand[], id: string | undefined): SlashCommand {
  const known = commands.find(({ commandId }) => commandId === id);
  if (!known) throw new Refusal(badRequest, 'command does not exist');
  return known;
}

function wordsOf(description: unknown): string {
  const { default_value: words } = objectOf(description ?? {}, badRequest);
  return typeof words === 'string' ? words : '';
}
