import { z } from 'zod';
import { parseStorable } from '#core/storable-text';
import type { InboundCardAction } from '../inbound.ts';
import { type Heading, optionalId, parseShape } from './shapes.ts';

const text = z.string().nullish();
const record = z.custom<Readonly<Record<string, unknown>>>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
const placeShape = z.object({ open_message_id: optionalId, open_chat_id: optionalId });
const eventShape = z.object({
  operator: z.object({ open_id: optionalId, user_id: optionalId }),
  action: z.object({
    tag: z.string().max(100),
    value: z.unknown().optional(),
    name: text,
    form_value: record.nullish(),
    input_value: text,
    option: text,
    options: z.union([z.array(z.string()), z.string()]).nullish(),
    checked: z.union([z.boolean(), z.enum(['true', 'false'])]).nullish(),
  }),
  context: placeShape.nullish(),
  open_message_id: optionalId,
  open_chat_id: optionalId,
});
type Action = z.output<typeof eventShape>['action'];

/** 卡片点击 — contract 2.1; `value` is a hint and `form` is hostile text, both are checked later. @throws MalformedEvent */
export function readCardAction({ eventId, at }: Heading, event: unknown): InboundCardAction {
  const { operator, action, context, ...outside } = parseShape(eventShape, event, 'card.action.trigger');
  // 旧式请求把消息和群放在 event 这一层。
  const place = context ?? outside;
  return {
    kind: 'cardAction',
    eventId,
    at,
    operatorOpenId: operator.open_id,
    operatorUserId: operator.user_id,
    messageId: place.open_message_id,
    chatId: place.open_chat_id,
    value: record.safeParse(action.value).data ?? null,
    name: action.name || null,
    form: readForm(action),
    tag: action.tag,
  };
}

/** 填写的内容 — a form as it is; a component that stands alone under its own name. */
function readForm({ form_value: filled, name, ...action }: Action): Readonly<Record<string, unknown>> {
  const form: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const alone = readAlone(action);
  if (name && alone !== undefined) form[name] = alone;
  if (filled) Object.assign(form, filled);
  return form;
}

function readAlone({ input_value: input, option, options, checked }: Omit<Action, 'form_value' | 'name'>): unknown {
  if (typeof input === 'string') return input;
  if (typeof checked === 'boolean') return checked;
  if (typeof checked === 'string') return checked === 'true';
  if (options !== null && options !== undefined) return readOptions(options);
  return typeof option === 'string' ? option : undefined;
}

/** 多选 — a list, a list written as JSON text, or one bare value (contract 2.1). */
function readOptions(options: readonly string[] | string): readonly string[] {
  if (typeof options !== 'string') return options;
  if (!options.startsWith('[')) return options === '' ? [] : [options];
  try {
    return z.array(z.string()).parse(parseStorable(options));
  } catch {
    return [options];
  }
}
