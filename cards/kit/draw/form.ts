import type { CardJsonElement } from '../card.ts';
import type { Element, FormChild, FormElement } from '../elements.ts';
import { plain } from '../markdown.ts';
import { drawSubmit, sideBySide } from './buttons.ts';
import { type Drawing, isPresent, plainText } from './drawing.ts';

/** 表单 */
export function drawForm({ name, elements }: FormElement, drawing: Drawing): CardJsonElement {
  return {
    tag: 'form',
    name,
    direction: 'vertical',
    vertical_spacing: '12px',
    horizontal_spacing: '8px',
    elements: elements.filter(isPresent).flatMap((child) => drawFormChild(child, { form: name, drawing })),
  };
}

function drawFormChild(child: FormChild, inside: { form: string; drawing: Drawing }): CardJsonElement[] {
  switch (child.kind) {
    case 'submit':
      return [drawSubmit(child, inside)];
    case 'submits':
      return [sideBySide(child.buttons.map((button) => drawSubmit(button, inside)))];
    case 'input':
      return [
        {
          tag: 'input',
          name: child.name,
          label: plainText(child.label),
          label_position: 'top',
          required: child.required ?? false,
          width: 'fill',
          max_length: child.maxLength ?? 500,
          input_type: child.multiline ? 'multiline_text' : 'text',
          ...(child.multiline ? { rows: 3, auto_resize: true, max_rows: 8 } : {}),
          ...(child.placeholder ? { placeholder: plainText(child.placeholder) } : {}),
          ...(child.initial === undefined ? {} : { default_value: plain(child.initial) }),
        },
      ];
    case 'select':
      return [labelled(child.label), drawSelect(child)];
    case 'datePicker':
      return [
        labelled(child.label),
        {
          tag: 'date_picker',
          name: child.name,
          required: child.required ?? false,
          width: 'fill',
          placeholder: plainText(`请选择${child.label}`),
          ...(child.initial ? { initial_date: child.initial } : {}),
        },
      ];
    case 'personPicker':
      return [
        labelled(child.label),
        {
          tag: 'select_person',
          name: child.name,
          required: child.required ?? false,
          width: 'fill',
          type: 'default',
          placeholder: plainText(`请选择${child.label}`),
          options: child.candidates.map((value) => ({ value })),
          ...(child.initial ? { initial_option: child.initial } : {}),
        },
      ];
    case 'checker':
      return [{ tag: 'checker', name: child.name, checked: child.checked ?? false, text: plainText(child.text), overall_checkable: true }];
    case 'text':
    case 'fields':
    case 'divider':
    case 'note':
    case 'panel':
      return inside.drawing.draw(child);
    default:
      // 从表单外移进来的按钮
      return inside.drawing.draw(child as Element);
  }
}

/** 下拉、日期、选人没有自带的标签，前面补一行小字。 */
function labelled(label: string): CardJsonElement {
  return { tag: 'div', text: plainText(label, { text_size: 'notation', text_color: 'grey', text_align: 'left', lines: 1 }) };
}

function drawSelect(child: Extract<FormChild, { kind: 'select' }>): CardJsonElement {
  return {
    tag: child.multiple ? 'multi_select_static' : 'select_static',
    name: child.name,
    type: 'default',
    required: child.required ?? false,
    width: 'fill',
    placeholder: plainText(child.placeholder ?? `请选择${child.label}`),
    options: child.options.map(({ text, value }) => ({ text: plainText(text), value })),
    ...(child.initial === undefined ? {} : child.multiple ? { selected_values: [child.initial].flat() } : { initial_option: child.initial }),
  };
}
