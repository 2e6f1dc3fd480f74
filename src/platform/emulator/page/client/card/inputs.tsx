import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { controlProps, type ElementProps, Field, useEntry } from './field.tsx';
import { numberIn, textIn, wordsOf } from './read.ts';

const lengthMax = 1_000;

/** 输入框 — one line, several lines or a password; counts characters when they are limited. */
export function InputElement({ json, path }: ElementProps): VNode {
  const entry = useEntry<string>({ json, path }, { initial: textIn(json, 'default_value'), isEmpty: (value) => value === '' });
  const [draft, setDraft] = useState(entry.value);
  const value = entry.alone ? draft : entry.value;
  const max = numberIn(json, 'max_length') ?? lengthMax;
  const length = [...value].length;
  const type = textIn(json, 'input_type');
  const common = {
    ...controlProps(json, entry, '输入框'),
    value,
    placeholder: wordsOf(json['placeholder']),
    onInput: (event: { currentTarget: { value: string } }) => {
      if (entry.alone) setDraft(event.currentTarget.value);
      else entry.change(event.currentTarget.value);
    },
  };
  const send = (): void => entry.send(draft);
  const sendOnEnter = ({ key, isComposing }: { key: string; isComposing: boolean }): void => {
    if (key === 'Enter' && entry.alone && !isComposing) send();
  };
  const counter =
    numberIn(json, 'max_length') === undefined && length <= max ? null : (
      <span class={`counter ${length > max ? 'over' : ''}`}>
        {length} / {max}
      </span>
    );
  return (
    <Field json={json} entry={entry} below={counter}>
      {type === 'multiline_text' ? (
        <textarea {...common} rows={numberIn(json, 'rows') ?? 5} />
      ) : (
        <input {...common} {...secrecy[type === 'password' ? 'password' : 'text']} onKeyDown={sendOnEnter} />
      )}
      {entry.alone && (
        <button type="button" class="ghost" disabled={entry.disabled} onClick={send}>
          确定
        </button>
      )}
    </Field>
  );
}

const secrecy = { text: { type: 'text', autoComplete: 'off' }, password: { type: 'password', autoComplete: 'off' } } as const;

const zone = / \+0800$/;

/** 日期、时间、日期时间 — the browser's own picker; values as the platform writes them, the zone is added on the way. */
export function PickerElement({ json, path }: ElementProps): VNode {
  const [type, key] = pickers[textIn(json, 'tag') as keyof typeof pickers];
  const entry = useEntry<string>({ json, path }, { initial: textIn(json, key), isEmpty: (value) => value === '' });
  const [draft, setDraft] = useState(entry.value);
  const value = (entry.alone ? draft : entry.value).replace(zone, '');
  const change = (shown: string): void => {
    const next = shown.replace('T', ' ');
    if (!entry.alone) {
      entry.change(next);
      return;
    }
    setDraft(next);
    if (next !== '') entry.send(next);
  };
  return (
    <Field json={json} entry={entry}>
      <input
        {...controlProps(json, entry, '选择日期')}
        type={type}
        class={value === '' ? 'unset' : undefined}
        value={type === 'datetime-local' ? value.replace(' ', 'T') : value}
        onChange={(event) => change(event.currentTarget.value)}
      />
      {value === '' && (
        <span class="picker-hint" aria-hidden="true">
          {wordsOf(json['placeholder']) || '请选择'}
        </span>
      )}
    </Field>
  );
}

const pickers = {
  date_picker: ['date', 'initial_date'],
  picker_time: ['time', 'initial_time'],
  picker_datetime: ['datetime-local', 'initial_datetime'],
} as const;
