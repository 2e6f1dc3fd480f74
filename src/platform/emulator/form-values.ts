import type { CardJson } from '#cards/kit/card';
import { type Component, componentsOf, isJson, type Json, textOf } from './components.ts';
import type { Switches } from './switches.ts';

/** 填写有误，客户端当场拦下 */
export interface FieldProblem {
  readonly problem: 'required' | 'tooLong' | 'nameless';
  readonly field: string;
}

const fieldTags = [
  'input',
  'select_static',
  'multi_select_static',
  'select_person',
  'multi_select_person',
  'date_picker',
  'picker_time',
  'picker_datetime',
  'checker',
  'select_img',
];
const inputLengthMax = 1_000;

/**
 * 收集表单 — what the client sends as form_value, in the platform's shapes, after the platform's own checks (contract 2.2).
 * @param given by field name; dates as `YYYY-MM-DD`, options by value or by their words
 * @throws Error when a field or an option is given that the form does not offer: a mistake of who wrote the test
 */
export function collectForm(
  card: CardJson,
  form: { path: string },
  { given, unfilled }: { given: Json; unfilled: Switches['unfilledField'] },
): { values: Json } | FieldProblem {
  const fields = componentsOf(card).filter((component) => component.form?.path === form.path && fieldTags.includes(component.tag));
  const names = fields.map(({ json }) => String(json['name'] ?? ''));
  const stray = Object.keys(given).find((name) => !names.includes(name));
  if (stray !== undefined) throw new Error(`表单里没有「${stray}」，只有：${names.join('、')}`);
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const { name } = field.json;
    const shown = textOf(field.json);
    if (typeof name !== 'string' || name === '') return { problem: 'nameless', field: shown };
    const value = name in given ? chosen(field, given[name]) : initialOf(field);
    if (isEmpty(value)) {
      if (isRequired(field)) return { problem: 'required', field: shown };
      const shape = unfilledShape(field, unfilled);
      if (shape !== undefined) values[name] = shape;
      continue;
    }
    const max = typeof field.json['max_length'] === 'number' ? field.json['max_length'] : inputLengthMax;
    if (field.tag === 'input' && [...String(value)].length > max) return { problem: 'tooLong', field: shown };
    values[name] = value;
  }
  return { values };
}

/** 平台的写法 — dates and times get the zone, options their value. */
export function chosen(field: Component, given: unknown): unknown {
  switch (field.tag) {
    case 'date_picker':
    case 'picker_time':
    case 'picker_datetime':
      return typeof given === 'string' && given !== '' && !/ [+-]\d{4}$/.test(given) ? `${given} +0800` : given;
    case 'select_static':
      return isEmpty(given) ? given : optionValue(field, given);
    case 'multi_select_static':
      return Array.isArray(given) ? given.map((item) => optionValue(field, item)) : given;
    default:
      return given;
  }
}

function optionValue({ json }: Component, given: unknown): string {
  const options = Array.isArray(json['options']) ? json['options'].filter(isJson) : [];
  const option = options.find(({ value }) => value === given) ?? options.find((candidate) => textOf(candidate) === given);
  if (!option) throw new Error(`没有选项「${String(given)}」，只有：${options.map(textOf).join('、')}`);
  return String(option['value']);
}

function initialOf({ tag, json }: Component): unknown {
  switch (tag) {
    case 'input':
      return json['default_value'];
    case 'select_static':
    case 'select_person': {
      const options = Array.isArray(json['options']) ? json['options'].filter(isJson) : [];
      const index = typeof json['initial_index'] === 'number' ? json['initial_index'] : 0;
      return json['initial_option'] ?? (index > 0 ? options[index - 1]?.['value'] : undefined);
    }
    case 'multi_select_static':
    case 'multi_select_person':
      return json['selected_values'];
    case 'date_picker':
      return zoned(json['initial_date']);
    case 'picker_time':
      return zoned(json['initial_time']);
    case 'picker_datetime':
      return zoned(json['initial_datetime']);
    case 'checker':
      return json['checked'] === true;
    default:
      return undefined;
  }
}

function zoned(initial: unknown): unknown {
  return typeof initial === 'string' && initial !== '' ? `${initial} +0800` : undefined;
}

/** 多选不写 required 时是必填（contract 3.5）。 */
function isRequired({ tag, json }: Component): boolean {
  const multiple = tag === 'multi_select_static' || tag === 'multi_select_person';
  return typeof json['required'] === 'boolean' ? json['required'] : multiple;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function unfilledShape({ tag }: Component, unfilled: Switches['unfilledField']): unknown {
  if (unfilled === 'absent') return undefined;
  if (unfilled === 'null') return null;
  switch (tag) {
    case 'multi_select_static':
    case 'multi_select_person':
    case 'select_img':
      return [];
    case 'date_picker':
    case 'picker_time':
    case 'picker_datetime':
      return undefined;
    default:
      return '';
  }
}
