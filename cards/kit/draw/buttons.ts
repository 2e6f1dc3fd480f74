import type { CardJsonElement } from '../card.ts';
import type { ButtonElement, SubmitElement } from '../elements.ts';
import { type Drawing, type Json, plainText } from './drawing.ts';

/** 一排按钮 — they flow onto the next line when the phone is narrow. */
export function drawButtons(buttons: readonly ButtonElement[], drawing: Drawing): CardJsonElement[] {
  if (buttons.length === 0) return [];
  const drawn = buttons.map((button) => drawButton(button, drawing));
  const [only] = drawn;
  if (drawn.length === 1 && only) return [only];
  return [sideBySide(drawn)];
}

/** 并排 — each as wide as its words. */
export function sideBySide(elements: readonly CardJsonElement[]): CardJsonElement {
  return {
    tag: 'column_set',
    flex_mode: 'flow',
    horizontal_spacing: '8px',
    columns: elements.map((element) => ({ tag: 'column', width: 'auto', vertical_align: 'center', elements: [element] })),
  };
}

/** 主要动作用实心按钮，一眼看得出按哪里；其余只有线框或文字。 */
const strength = { primary: 'primary_filled', default: 'default', danger: 'danger', text: 'text' } as const;

/** 按钮 */
export function drawButton({ text, style = 'default', action, url, confirm, disabled, wide }: ButtonElement, drawing: Drawing): CardJsonElement {
  drawing.buttons += 1;
  const behaviors = [
    ...(action ? [{ type: 'callback', value: drawing.encode(action) }] : []),
    ...(url ? [{ type: 'open_url', default_url: url }] : []),
  ];
  return {
    tag: 'button',
    name: `b${drawing.buttons}`,
    text: plainText(text),
    type: strength[style],
    size: 'medium',
    width: wide ? 'fill' : 'default',
    ...(behaviors.length > 0 ? { behaviors } : {}),
    ...(confirm ? { confirm: drawConfirm(confirm) } : {}),
    ...(disabled ? { disabled: true, disabled_tips: plainText(disabled.tips) } : {}),
  };
}

function drawConfirm({ title, text }: { title: string; text: string }): Json {
  return { title: plainText(title), text: plainText(text) };
}

/** 提交按钮 — a name, `value` on top, no behaviors (contract 2.5, 3.8). */
export function drawSubmit(
  { text, style = 'primary', action, confirm }: SubmitElement,
  { form, drawing }: { form: string; drawing: Drawing },
): CardJsonElement {
  drawing.buttons += 1;
  return {
    tag: 'button',
    name: `s${drawing.buttons}_${form}`.slice(0, 60),
    text: plainText(text),
    type: strength[style],
    size: 'medium',
    width: 'default',
    form_action_type: 'submit',
    value: drawing.encode(action),
    ...(confirm ? { confirm: drawConfirm(confirm) } : {}),
  };
}
