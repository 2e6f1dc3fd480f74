import type { ActionDefinition } from '#cards/kit/action';
import { InvalidError } from '#core/errors';

/**
 * 读点击所带 — the shapes declared with the action. The payload was sealed by us, so a wrong one is a bug or an old card;
 * the form is hostile text, and the person is told which field is wrong.
 * @throws InvalidError
 */
export function parseInput<Payload, Form>(
  action: ActionDefinition<Payload, Form>,
  givenPayload: unknown,
  givenForm: Readonly<Record<string, unknown>>,
): { payload: Payload; form: Form } {
  const payload = action.payload.safeParse(givenPayload);
  if (!payload.success)
    throw new InvalidError('这张卡片的内容已经过时，请发送“我的任务”获取最新卡片', `payload of ${action.name}: ${payload.error.message}`);
  const form = action.form.safeParse(filledIn(givenForm));
  if (!form.success) {
    const messages = [...new Set(form.error.issues.map((issue) => issue.message))];
    throw new InvalidError(`填写有误：${messages.join('；')}`, `form of ${action.name}: ${form.error.message}`);
  }
  return { payload: payload.data, form: form.data };
}

/** 未填的选填项 — the platform may send absent, "", [] or null (contract 2.1): to a handler all of them are absent. */
function filledIn(form: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const filled: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of Object.entries(form)) {
    const empty = value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
    if (!empty) filled[key] = value;
  }
  return filled;
}
