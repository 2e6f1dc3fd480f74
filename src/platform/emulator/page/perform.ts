import { z } from 'zod';
import { assertNever } from '#core/assert';
import type { Acts, Place, Said } from '../act.ts';
import type { ClickResult } from '../click.ts';
import { type FaultKind, type Faults, faultTerms } from '../faults.ts';
import type { Delivery } from '../model.ts';

const id = z.string().min(1).max(100);
const values = z.record(z.string(), z.unknown());

/** 举动的请求 — what the page may let a person do. */
const actRequest = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('say'),
    as: id,
    chatId: id.nullable(),
    text: z.string().min(1).max(20_000),
    mentionsBot: z.boolean().default(false),
    mentions: z.array(id).default([]),
    parentId: id.optional(),
  }),
  z.strictObject({
    kind: z.literal('click'),
    as: id,
    messageId: id,
    path: z.string().min(1),
    form: values.optional(),
    value: z.unknown().optional(),
  }),
  z.strictObject({ kind: z.literal('open'), as: id }),
  z.strictObject({ kind: z.literal('read'), as: id, chatId: id }),
  z.strictObject({ kind: z.literal('menu'), as: id, key: id }),
  z.strictObject({ kind: z.literal('addBot'), as: id, chatId: id }),
  z.strictObject({ kind: z.literal('removeBot'), as: id, chatId: id }),
  z.strictObject({ kind: z.literal('dissolve'), as: id, chatId: id }),
  z.strictObject({ kind: z.literal('recall'), as: id, messageId: id }),
  z.strictObject({ kind: z.literal('forward'), as: id, messageId: id, chatId: id }),
]);
export type ActRequest = z.infer<typeof actRequest>;
/** what the page sends: defaults may be left out */
export type ActDraft = z.input<typeof actRequest>;

/** 举动的结果 — only what belongs to the kind is there. */
export interface ActOutcome {
  readonly chatId?: string;
  readonly messageId?: string;
  readonly click?: ClickResult;
  /** null: the platform does not tell the bot about it */
  readonly delivery?: Delivery | null;
  readonly forwarded?: boolean;
}

/** 读举动 @throws ZodError */
export function parseAct(body: unknown): ActRequest {
  return actRequest.parse(body);
}

/** 办举动 @throws Error when there is no such person, chat, message or button */
export async function perform(acts: Acts, act: ActRequest): Promise<ActOutcome> {
  switch (act.kind) {
    case 'say': {
      const { as, text, mentionsBot, mentions, parentId } = act;
      const speech = { mentionsBot, mentions, ...(parentId === undefined ? {} : { parentId }) };
      return saidOutcome(await acts.says(as, placeOf(act.chatId), text, speech));
    }
    case 'click': {
      const { as, messageId, path, form, value } = act;
      const click = await acts.clicks(as, messageId, { button: path, ...(form ? { form } : {}), ...(value === undefined ? {} : { value }) });
      return { click, delivery: click.delivery };
    }
    case 'open': {
      const { chat, delivery } = await acts.opensChat(act.as);
      return { chatId: chat.chatId, delivery };
    }
    case 'read':
      await acts.reads(act.as, act.chatId);
      return {};
    case 'menu':
      return { delivery: await acts.choosesMenu(act.as, act.key) };
    case 'addBot':
      return { delivery: await acts.addsBot(act.as, act.chatId) };
    case 'removeBot':
      return { delivery: await acts.removesBot(act.as, act.chatId) };
    case 'dissolve':
      return { delivery: await acts.dissolvesGroup(act.as, act.chatId) };
    case 'recall':
      return { delivery: await acts.recalls(act.messageId) };
    case 'forward':
      return { forwarded: acts.forwards(act.as, act.messageId, act.chatId) !== null };
    default:
      return assertNever(act);
  }
}

/** 发文件 — pictures go as pictures, as the client does. */
export async function sendFile(
  acts: Acts,
  { as, chatId, name, bytes }: { as: string; chatId: string | null; name: string; bytes: Uint8Array },
): Promise<ActOutcome> {
  const send = /\.(png|jpe?g|gif|webp|bmp)$/i.test(name) ? acts.sendsImage : acts.sendsFile;
  return saidOutcome(await send(as, placeOf(chatId), { name, bytes }));
}

function placeOf(chatId: string | null): Place {
  return chatId === null ? 'bot' : { chatId };
}

function saidOutcome({ message, delivery }: Said): ActOutcome {
  return { messageId: message.messageId, chatId: message.chatId, delivery };
}

const faultKinds = Object.keys(faultTerms) as FaultKind[];
const faultRequest = z.union([
  z.strictObject({ arm: z.enum(faultKinds), times: z.number().int().min(1).max(1000).default(1) }),
  z.strictObject({ disarm: z.enum(faultKinds) }),
  z.strictObject({ clear: z.literal(true) }),
]);

/** 设或撤故障 @throws ZodError */
export function changeFaults(faults: Faults, body: unknown): void {
  const request = faultRequest.parse(body);
  if ('arm' in request) faults.arm(request.arm, { times: request.times });
  else if ('disarm' in request) faults.disarm(request.disarm);
  else faults.clear();
}

const clockRequest = z.union([
  z.strictObject({ to: z.number() }),
  z.strictObject({ nextWorkingDay: z.literal(true) }),
  z.strictObject({ plusMinutes: z.number().int().min(1).max(10_000) }),
]);

/** 读拨钟的请求 @throws ZodError */
export function parseClock(body: unknown): z.infer<typeof clockRequest> {
  return clockRequest.parse(body);
}
