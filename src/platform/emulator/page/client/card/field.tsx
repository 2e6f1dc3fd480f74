import type { ComponentChildren, VNode } from 'preact';
import { isRequired, type Json, objectIn, textIn, wordsOf } from './read.ts';
import { widthStyle } from './style.ts';
import { useForm, useSurface } from './surface.ts';

export interface ElementProps {
  readonly json: Json;
  /** keys from the card's root */
  readonly path: string;
}

/** 一项的填写状态 — in a form the value waits for the submit; alone it is sent at once. */
export interface Entry<T> {
  readonly id: string;
  readonly value: T;
  readonly change: (value: T) => void;
  /** sends a stand-alone value; does nothing in a form */
  readonly send: (value: T) => void;
  readonly alone: boolean;
  readonly required: boolean;
  readonly invalid: boolean;
  readonly disabled: boolean;
}

/** 取一项 @param initial what the card fills in */
export function useEntry<T>({ json, path }: ElementProps, { initial, isEmpty }: { initial: T; isEmpty: (value: T) => boolean }): Entry<T> {
  const form = useForm();
  const { press, waiting } = useSurface();
  const name = textIn(json, 'name');
  const value = form && name in form.values ? (form.values[name] as T) : initial;
  const required = form !== null && isRequired(json);
  return {
    id: `f-${path.replaceAll('.', '-')}-${name}`,
    value,
    change: (next) => form?.set(name, next),
    send: (next) => {
      if (form === null) void press({ path, value: next });
    },
    alone: form === null,
    required,
    invalid: required && form.checked && isEmpty(value),
    disabled: json['disabled'] === true || form?.locked === true || waiting.has(path),
  };
}

export interface FieldProps {
  readonly json: Json;
  readonly entry: Pick<Entry<unknown>, 'id' | 'required' | 'invalid' | 'disabled'>;
  readonly children: ComponentChildren;
  /** below the control: the counter */
  readonly below?: ComponentChildren;
}

/** 一项 — label, control, hint; a control without a label is named by its placeholder. */
export function Field({ json, entry, children, below }: FieldProps): VNode {
  const label = wordsOf(json['label']);
  const left = textIn(json, 'label_position') === 'left';
  return (
    <div class={`field ${left ? 'label-left' : ''} ${entry.invalid ? 'invalid' : ''}`} style={widthStyle(textIn(json, 'width'))}>
      {label !== '' && (
        <label for={entry.id}>
          {label}
          {entry.required && <Star />}
        </label>
      )}
      <div class="field-control" title={entry.disabled ? wordsOf(objectIn(json, 'disabled_tips')) : undefined}>
        {children}
        {label === '' && entry.required && <Star />}
        {below}
        {entry.invalid && (
          <p class="field-problem" id={`${entry.id}-problem`}>
            这一项必须填写
          </p>
        )}
      </div>
    </div>
  );
}

function Star(): VNode {
  return (
    <span class="star" title="必填">
      *
    </span>
  );
}

/** 控件的名字和状态 — the same for every control. */
export function controlProps(json: Json, entry: FieldProps['entry'], fallback: string): Record<string, string | boolean | undefined> {
  const labelled = wordsOf(json['label']) !== '';
  return {
    id: entry.id,
    disabled: entry.disabled,
    'aria-required': entry.required ? 'true' : undefined,
    'aria-invalid': entry.invalid ? 'true' : undefined,
    'aria-describedby': entry.invalid ? `${entry.id}-problem` : undefined,
    'aria-label': labelled ? undefined : wordsOf(json['placeholder']) || textIn(json, 'name') || fallback,
  };
}
