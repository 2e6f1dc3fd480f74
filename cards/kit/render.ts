import type { ActionValue } from './action.ts';
import type { Card, CardJson, CardJsonElement } from './card.ts';
import { drawButton, drawButtons } from './draw/buttons.ts';
import { asMarkdown, type Drawing, drawWords, type Encode, isPresent, plainText } from './draw/drawing.ts';
import { drawForm } from './draw/form.ts';
import type { Element, FormChild, FormElement, TableElement, Words } from './elements.ts';
import { plain } from './markdown.ts';

/** 怎样写按钮的值 — the runtime puts its seal here; previews keep the plain form. */
export interface RenderOptions {
  readonly encode?: (value: ActionValue) => Record<string, unknown>;
}

/**
 * 渲染 — card data to card JSON 2.0. Plain strings become `plain_text`, which the platform never reads as markup.
 * When a card has exactly one form, buttons that stand outside it are moved into its end: a field report says that they do not fire
 * otherwise (contract 2.5).
 */
export function render(card: Card, { encode = plainValue }: RenderOptions = {}): CardJson {
  const drawing: Drawing = { encode, buttons: 0, draw: (element) => drawElement(element, drawing) };
  const elements = gatherButtons(card.elements.filter(isPresent)).flatMap(drawing.draw);
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

const plainValue: Encode = ({ action, payload }) => ({ action, payload });

function gatherButtons(elements: readonly Element[]): readonly Element[] {
  const forms = elements.filter((element) => element.kind === 'form');
  const [only] = forms;
  if (forms.length !== 1 || !only) return elements;
  const outside = elements.filter((element) => element.kind === 'buttons');
  if (outside.length === 0) return elements;
  const moved: FormElement = { ...only, elements: [...only.elements, ...(outside as unknown as FormChild[])] };
  return elements.filter((element) => element.kind !== 'buttons').map((element) => (element === only ? moved : element));
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
  // 带一个按钮的一行在手机上只有十四五个字宽：名字两行、时限两行、进度一行，少了就看不到办到哪里。
  const text = drawWords(words, { lines: more.length > 0 ? 8 : 5 });
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
