import type { ActionValue } from './action.ts';
import type { Card, CardJson, CardJsonElement } from './card.ts';
import type { ButtonElement, Element, FormChild, FormElement, SubmitElement, TableElement, Words } from './elements.ts';
import { escape, plain } from './markdown.ts';

/** 怎样写按钮的值 — the runtime puts its seal here; previews keep the plain form. */
export interface RenderOptions {
  readonly encode?: (value: ActionValue) => Record<string, unknown>;
}

type Json = Record<string, unknown>;
type Encode = (value: ActionValue) => Record<string, unknown>;

/** 一张卡片渲染时的上下文：按钮名要在整张卡里不重样。 */
interface Drawing {
  readonly encode: Encode;
  buttons: number;
}

/**
 * 渲染 — card data to card JSON 2.0. Plain strings become `plain_text`, which the platform never reads as markup.
 * When a card has exactly one form, buttons that stand outside it are moved into its end: a field report says that they do not fire
 * otherwise (contract 2.5).
 */
export function render(card: Card, { encode = plainValue }: RenderOptions = {}): CardJson {
  const drawing: Drawing = { encode, buttons: 0 };
  const elements = gatherButtons(card.elements.filter(isPresent)).flatMap((element) => drawElement(element, drawing));
  const { title, subtitle, color, tags = [], summary } = card;
  return {
    schema: '2.0',
    config: {
      update_multi: true,
      enable_forward: false,
      enable_forward_interaction: false,
      width_mode: 'default',
      summary: { content: plain(summary).replace(/\s*\n\s*/g, ' ') },
    },
    header: {
      title: plainText(title),
      ...(subtitle ? { subtitle: plainText(subtitle) } : {}),
      ...(tags.length > 0
        ? { text_tag_list: tags.slice(0, 3).map((tag) => ({ tag: 'text_tag', text: plainText(tag.text), color: tag.color })) }
        : {}),
      template: color,
      padding: '12px',
    },
    body: { direction: 'vertical', padding: '12px', vertical_spacing: '8px', horizontal_spacing: '8px', elements },
  };
}

/** 按名字找按钮的值 — for clicks whose client dropped `value` (contract 2.1): the name is looked up in the card that was sent. */
export function findButtonValue(json: unknown, name: string): Record<string, unknown> | null {
  if (typeof json !== 'object' || json === null) return null;
  const node = json as Json;
  if (node.tag === 'button' && node.name === name) return buttonValue(node);
  for (const child of Object.values(node)) {
    const found = Array.isArray(child) ? firstFound(child, name) : findButtonValue(child, name);
    if (found) return found;
  }
  return null;
}

function firstFound(children: readonly unknown[], name: string): Record<string, unknown> | null {
  for (const child of children) {
    const found = findButtonValue(child, name);
    if (found) return found;
  }
  return null;
}

function buttonValue(button: Json): Record<string, unknown> | null {
  if (typeof button.value === 'object' && button.value !== null) return button.value as Record<string, unknown>;
  const behaviors = Array.isArray(button.behaviors) ? (button.behaviors as Json[]) : [];
  const callback = behaviors.find((behavior) => behavior.type === 'callback');
  return callback ? (callback.value as Record<string, unknown>) : null;
}

const plainValue: Encode = ({ action, payload }) => ({ action, payload });
const isPresent = <T>(element: T | null | false | undefined): element is T => element !== null && element !== false && element !== undefined;

function gatherButtons(elements: readonly Element[]): readonly Element[] {
  const forms = elements.filter((element) => element.kind === 'form');
  const [only] = forms;
  if (forms.length !== 1 || !only) return elements;
  const outside = elements.filter((element) => element.kind === 'buttons');
  if (outside.length === 0) return elements;
  const moved: FormElement = { ...only, elements: [...only.elements, ...(outside as unknown as FormChild[])] };
  return elements.filter((element) => element.kind !== 'buttons').map((element) => (element === only ? moved : element));
}

function plainText(content: string, extra: Json = {}): Json {
  return { tag: 'plain_text', content: plain(content), ...extra };
}

/** 文字块：纯文本用 div，已转义的 Markdown 用 markdown。 */
function drawWords(
  words: Words,
  { size = 'normal', color, lines }: { size?: string | undefined; color?: string | undefined; lines?: number | undefined } = {},
): CardJsonElement {
  if (typeof words !== 'string') {
    const content = color && color !== 'default' ? `<font color='${color}'>${words.markdown}</font>` : words.markdown;
    return { tag: 'markdown', content, text_size: size, text_align: 'left' };
  }
  return { tag: 'div', text: plainText(words, { text_size: size, text_color: color ?? 'default', text_align: 'left', lines: lines ?? 8 }) };
}

function drawElement(element: Element, drawing: Drawing): CardJsonElement[] {
  switch (element.kind) {
    case 'text':
      return [drawWords(element.words, element)];
    case 'note':
      return [drawWords(element.words, { size: 'notation', color: 'grey', lines: 4 })];
    case 'divider':
      return [{ tag: 'hr' }];
    case 'fields':
      return element.fields.length === 0 ? [] : [drawFields(element.fields)];
    case 'table':
      return element.rows.length === 0 ? [] : [drawTable(element)];
    case 'buttons':
      return drawButtons(element.buttons.filter(isPresent), drawing);
    case 'form':
      return [drawForm(element, drawing)];
    case 'columns':
      return [drawColumns(element, drawing)];
    case 'panel':
      return [drawPanel(element, drawing)];
    case 'chart':
      return [{ tag: 'chart', chart_spec: element.spec, aspect_ratio: element.aspectRatio ?? '16:9', color_theme: 'brand', preview: true }];
    case 'progress':
      return [drawProgress(element)];
    case 'row':
      return [drawRow(element, drawing)];
  }
}

/** 名目与值：两列一排，宽的独占一排；名目灰、值深，标点不用再打。 */
function drawFields(fields: readonly { label: string; value: Words; wide?: boolean }[]): CardJsonElement {
  return {
    tag: 'div',
    fields: fields.map(({ label, value, wide }) => ({
      is_short: !wide,
      text: { tag: 'lark_md', content: `<font color='grey'>${asMarkdown(label)}</font>\n${asMarkdown(value)}`, text_size: 'normal' },
    })),
  };
}

function asMarkdown(words: Words): string {
  return typeof words === 'string' ? escape(words).markdown : words.markdown;
}

function drawTable({ columns, rows, pageSize }: TableElement): CardJsonElement {
  return {
    tag: 'table',
    page_size: Math.min(10, Math.max(1, pageSize ?? 5)),
    row_height: 'auto',
    header_style: { text_align: 'left', text_size: 'normal', background_style: 'grey', text_color: 'grey', bold: true, lines: 1 },
    columns: columns.map(({ name, title, type = 'text', width = 'auto', align = 'left' }) => ({
      name,
      display_name: plain(title),
      data_type: type,
      width,
      horizontal_align: align,
      vertical_align: 'center',
    })),
    rows: rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, cell]) => [key, drawCell(cell)]))),
  };
}

function drawCell(cell: string | number | readonly { readonly text: string; readonly color: string }[]): unknown {
  if (typeof cell === 'string') return plain(cell);
  return Array.isArray(cell) ? cell.map(({ text, color }) => ({ text: plain(text), color })) : cell;
}

function drawButtons(buttons: readonly ButtonElement[], drawing: Drawing): CardJsonElement[] {
  if (buttons.length === 0) return [];
  const drawn = buttons.map((button) => drawButton(button, drawing));
  const [only] = drawn;
  if (drawn.length === 1 && only) return [only];
  return [sideBySide(drawn)];
}

function sideBySide(elements: readonly CardJsonElement[]): CardJsonElement {
  return {
    tag: 'column_set',
    flex_mode: 'flow',
    horizontal_spacing: '8px',
    columns: elements.map((element) => ({ tag: 'column', width: 'auto', vertical_align: 'center', elements: [element] })),
  };
}

/** 主要动作用实心按钮，一眼看得出按哪里；其余只有线框或文字。 */
const strength = { primary: 'primary_filled', default: 'default', danger: 'danger', text: 'text' } as const;

function drawButton({ text, style = 'default', action, url, confirm, disabled, wide }: ButtonElement, drawing: Drawing): CardJsonElement {
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

function drawForm({ name, elements }: FormElement, drawing: Drawing): CardJsonElement {
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
      return drawElement(child, inside.drawing);
    default:
      // 从表单外移进来的按钮
      return drawElement(child as Element, inside.drawing);
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
    ...(child.initial === undefined ? {} : child.multiple ? { selected_values: [child.initial] } : { initial_option: child.initial }),
  };
}

/** 提交按钮：名字、顶层 value、不带 behaviors（contract 2.5、3.8）。 */
function drawSubmit(
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

function drawColumns({ columns, background }: Extract<Element, { kind: 'columns' }>, drawing: Drawing): CardJsonElement {
  return {
    tag: 'column_set',
    flex_mode: 'none',
    horizontal_spacing: '8px',
    horizontal_align: 'left',
    background_style: background ?? 'default',
    columns: columns.map(({ weight, elements }) => ({
      tag: 'column',
      width: 'weighted',
      weight,
      vertical_align: 'top',
      vertical_spacing: '4px',
      ...(background ? { padding: '8px' } : {}),
      elements: elements.filter(isPresent).flatMap((child) => drawElement(child, drawing)),
    })),
  };
}

function drawPanel({ title, expanded, elements }: Extract<Element, { kind: 'panel' }>, drawing: Drawing): CardJsonElement {
  return {
    tag: 'collapsible_panel',
    expanded: expanded ?? false,
    vertical_spacing: '8px',
    padding: '8px',
    border: { color: 'grey', corner_radius: '5px' },
    header: {
      title: plainText(title),
      width: 'fill',
      vertical_align: 'center',
      padding: '4px 8px',
      icon: { tag: 'standard_icon', token: 'down-small-ccm_outlined', size: '16px 16px' },
      icon_position: 'right',
      icon_expanded_angle: -180,
    },
    elements: elements.flatMap((child) => drawElement(child, drawing)),
  };
}

/** 进度：字符画的条、百分数和文字都在，看不清颜色的人也读得懂。 */
function drawProgress({ label, percent, detail }: Extract<Element, { kind: 'progress' }>): CardJsonElement {
  const clamped = Math.max(0, Math.min(100, percent));
  const filled = Math.round(clamped / 10);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(10 - filled)}`;
  const shown = Number.isInteger(clamped) ? String(clamped) : clamped.toFixed(2);
  const tail = detail ? `　${asMarkdown(detail)}` : '';
  return {
    tag: 'markdown',
    content: `${asMarkdown(label)}　<font color='blue'>${bar}</font>　**${shown}%**${tail}`,
    text_size: 'normal',
    text_align: 'left',
  };
}

function drawRow({ words, button, more = [] }: Extract<Element, { kind: 'row' }>, drawing: Drawing): CardJsonElement {
  const text = drawWords(words, { lines: more.length > 0 ? 8 : 3 });
  if (!button) return text;
  if (more.length > 0) {
    // 几个按钮与文字挤在一行，手机上文字就没有地方了。
    const buttons = drawButtons([button, ...more], drawing);
    return {
      tag: 'column_set',
      flex_mode: 'none',
      columns: [{ tag: 'column', width: 'weighted', weight: 1, vertical_spacing: '4px', elements: [text, ...buttons] }],
    };
  }
  return {
    tag: 'column_set',
    flex_mode: 'none',
    horizontal_spacing: '8px',
    columns: [
      { tag: 'column', width: 'weighted', weight: 5, vertical_align: 'center', elements: [text] },
      { tag: 'column', width: 'auto', vertical_align: 'center', elements: [drawButton(button, drawing)] },
    ],
  };
}
