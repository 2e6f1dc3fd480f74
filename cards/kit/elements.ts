import type { ActionValue } from './action.ts';
import type { Markdown } from './markdown.ts';

/** 文字：纯文本按原样显示；Markdown 只能由 `md` 做出来 */
export type Words = string | Markdown;

export interface TextElement {
  readonly kind: 'text';
  readonly words: Words;
  readonly size?: 'heading' | 'normal' | 'notation' | undefined;
  readonly lines?: number | undefined;
  readonly color?: 'default' | 'grey' | 'red' | 'orange' | 'green' | 'blue' | undefined;
}
export interface FieldsElement {
  readonly kind: 'fields';
  readonly fields: readonly { readonly label: string; readonly value: Words; readonly wide?: boolean }[];
}
export interface TableElement {
  readonly kind: 'table';
  readonly columns: readonly {
    readonly name: string;
    readonly title: string;
    readonly type?: 'text' | 'number' | 'options';
    readonly width?: string;
    readonly align?: 'left' | 'center' | 'right';
  }[];
  /** an `options` cell is a list of coloured words */
  readonly rows: readonly Readonly<Record<string, string | number | readonly { readonly text: string; readonly color: string }[]>>[];
  readonly pageSize?: number | undefined;
}
export interface ButtonElement {
  readonly kind: 'button';
  readonly text: string;
  readonly style?: 'default' | 'primary' | 'danger' | 'text' | undefined;
  /** what a click does: an action, or a page to open */
  readonly action?: ActionValue | undefined;
  readonly url?: string | undefined;
  readonly confirm?: { readonly title: string; readonly text: string } | undefined;
  readonly disabled?: { readonly tips: string } | undefined;
  readonly wide?: boolean | undefined;
}
/** 按钮排 — stands side by side; on a narrow phone they wrap. */
export interface ButtonsElement {
  readonly kind: 'buttons';
  readonly buttons: readonly (ButtonElement | null | false)[];
}
export interface InputElement {
  readonly kind: 'input';
  readonly name: string;
  readonly label: string;
  readonly placeholder?: string | undefined;
  readonly initial?: string | undefined;
  readonly required?: boolean | undefined;
  readonly multiline?: boolean | undefined;
  /** characters, at most 1000 */
  readonly maxLength?: number | undefined;
}
export interface SelectElement {
  readonly kind: 'select';
  readonly name: string;
  readonly label: string;
  readonly placeholder?: string | undefined;
  readonly options: readonly { readonly text: string; readonly value: string }[];
  /** several where several may be chosen */
  readonly initial?: string | readonly string[] | undefined;
  readonly required?: boolean | undefined;
  readonly multiple?: boolean | undefined;
}
export interface DatePickerElement {
  readonly kind: 'datePicker';
  readonly name: string;
  readonly label: string;
  readonly initial?: string | undefined;
  readonly required?: boolean | undefined;
}
export interface PersonPickerElement {
  readonly kind: 'personPicker';
  readonly name: string;
  readonly label: string;
  /** open_ids; empty means all members of the chat */
  readonly candidates: readonly string[];
  readonly initial?: string | undefined;
  readonly required?: boolean | undefined;
}
export interface CheckerElement {
  readonly kind: 'checker';
  readonly name: string;
  readonly text: string;
  readonly checked?: boolean | undefined;
}
/** 提交按钮 — carries the action; form values arrive beside its payload. */
export interface SubmitElement {
  readonly kind: 'submit';
  readonly text: string;
  readonly style?: 'primary' | 'default' | 'danger' | undefined;
  readonly action: ActionValue;
  readonly confirm?: { readonly title: string; readonly text: string } | undefined;
}
export type FormChild =
  | TextElement
  | FieldsElement
  | InputElement
  | SelectElement
  | DatePickerElement
  | PersonPickerElement
  | CheckerElement
  | SubmitElement
  | DividerElement
  | NoteElement
  | PanelElement
  | { readonly kind: 'submits'; readonly buttons: readonly SubmitElement[] };
/** 表单 — `name` must change with every revision of the record: a re-used name stays locked on the client. */
export interface FormElement {
  readonly kind: 'form';
  /** letters, digits, underscore */
  readonly name: string;
  readonly elements: readonly (FormChild | null | false)[];
}
export interface ColumnsElement {
  readonly kind: 'columns';
  readonly columns: readonly { readonly weight: 1 | 2 | 3 | 4 | 5; readonly elements: readonly (Element | null | false)[] }[];
  readonly background?: 'grey' | undefined;
}
/** 折叠面板 — details that one person in ten opens. */
export interface PanelElement {
  readonly kind: 'panel';
  readonly title: string;
  readonly expanded?: boolean | undefined;
  readonly elements: readonly (TextElement | FieldsElement | NoteElement | DividerElement | ButtonsElement | ChartElement)[];
}
export interface ChartElement {
  readonly kind: 'chart';
  /** VChart spec: data only, no functions */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly aspectRatio?: '1:1' | '2:1' | '4:3' | '16:9' | undefined;
}
/** 进度 — bar, percentage and words; never colour alone. */
export interface ProgressElement {
  readonly kind: 'progress';
  readonly label: string;
  readonly percent: number;
  readonly detail?: string | undefined;
}
/** 一行：左边文字，右边一个按钮；按钮不止一个时排在文字下面。用于逐项办理的清单 */
export interface RowElement {
  readonly kind: 'row';
  readonly words: Words;
  readonly button?: ButtonElement | undefined;
  readonly more?: readonly ButtonElement[] | undefined;
}
export interface NoteElement {
  readonly kind: 'note';
  readonly words: Words;
}
export interface DividerElement {
  readonly kind: 'divider';
}
export type Element =
  | TextElement
  | FieldsElement
  | TableElement
  | ButtonsElement
  | FormElement
  | ColumnsElement
  | PanelElement
  | ChartElement
  | ProgressElement
  | RowElement
  | NoteElement
  | DividerElement;

type Rest<E extends { kind: string }, Given extends keyof E> = Omit<E, 'kind' | Given>;

/** 文字 */
export const text = (words: Words, options: Rest<TextElement, 'words'> = {}): TextElement => ({ kind: 'text', words, ...options });
/** 名目与值 */
export const fields = (list: FieldsElement['fields']): FieldsElement => ({ kind: 'fields', fields: list });
/** 表格 */
export const table = (options: Rest<TableElement, never>): TableElement => ({ kind: 'table', ...options });
/** 按钮 */
export const button = (label: string, options: Rest<ButtonElement, 'text'>): ButtonElement => ({ kind: 'button', text: label, ...options });
/** 按钮排 */
export const buttons = (...list: readonly (ButtonElement | null | false)[]): ButtonsElement => ({ kind: 'buttons', buttons: list });
/** 输入框 */
export const input = (name: string, label: string, options: Rest<InputElement, 'name' | 'label'> = {}): InputElement => ({
  kind: 'input',
  name,
  label,
  ...options,
});
/** 下拉 */
export const select = (name: string, label: string, options: Rest<SelectElement, 'name' | 'label'>): SelectElement => ({
  kind: 'select',
  name,
  label,
  ...options,
});
/** 日期 */
export const datePicker = (name: string, label: string, options: Rest<DatePickerElement, 'name' | 'label'> = {}): DatePickerElement => ({
  kind: 'datePicker',
  name,
  label,
  ...options,
});
/** 选人 @public part of the kit's vocabulary before any card needs it */
export const personPicker = (name: string, label: string, options: Rest<PersonPickerElement, 'name' | 'label'>): PersonPickerElement => ({
  kind: 'personPicker',
  name,
  label,
  ...options,
});
/** 勾选 @public part of the kit's vocabulary before any card needs it */
export const checker = (name: string, label: string, checked = false): CheckerElement => ({ kind: 'checker', name, text: label, checked });
/** 提交 */
export const submit = (label: string, action: ActionValue, options: Omit<SubmitElement, 'kind' | 'text' | 'action'> = {}): SubmitElement => ({
  kind: 'submit',
  text: label,
  action,
  ...options,
});
/** 并排的提交 */
export const submits = (...list: readonly SubmitElement[]): FormChild => ({ kind: 'submits', buttons: list });
/** 表单 */
export const form = (name: string, elements: FormElement['elements']): FormElement => ({ kind: 'form', name, elements });
/** 分栏 */
export const columns = (list: ColumnsElement['columns'], options: Rest<ColumnsElement, 'columns'> = {}): ColumnsElement => ({
  kind: 'columns',
  columns: list,
  ...options,
});
/** 折叠面板 */
export const panel = (title: string, elements: PanelElement['elements'], expanded = false): PanelElement => ({
  kind: 'panel',
  title,
  elements,
  expanded,
});
/** 图表 */
export const chart = (spec: ChartElement['spec'], aspectRatio: ChartElement['aspectRatio'] = '16:9'): ChartElement => ({
  kind: 'chart',
  spec,
  aspectRatio,
});
/** 进度 @param percent 0–100 */
export const progress = (label: string, percent: number, detail?: string): ProgressElement => ({ kind: 'progress', label, percent, detail });
/** 一行一钮，或一行几钮 */
export const row = (words: Words, rowButton?: ButtonElement, ...more: readonly ButtonElement[]): RowElement => ({
  kind: 'row',
  words,
  button: rowButton,
  more,
});
/** 附注 */
export const note = (words: Words): NoteElement => ({ kind: 'note', words });
/** 分隔线 */
export const divider = (): DividerElement => ({ kind: 'divider' });
