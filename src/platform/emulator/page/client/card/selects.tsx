import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { controlProps, type ElementProps, Field, useEntry } from './field.tsx';
import { Picture } from './picture.tsx';
import { type Json, listIn, numberIn, textIn, wordsOf } from './read.ts';
import { useSurface } from './surface.ts';

interface Choice {
  readonly value: string;
  readonly words: string;
}

function choicesOf(json: Json): readonly Choice[] {
  return listIn(json, 'options').map((option) => ({ value: textIn(option, 'value'), words: wordsOf(option['text']) }));
}

/** 候选人 — without candidates: all members of the chat. */
function usePeople(json: Json): readonly Choice[] {
  const { nameOf, members } = useSurface();
  const given = listIn(json, 'options').map((option) => textIn(option, 'value'));
  const known = given.filter((id) => nameOf(id) !== null);
  return (known.length > 0 ? known : members).map((value) => ({ value, words: nameOf(value) ?? value }));
}

/** 单选下拉 */
export function SelectElement(props: ElementProps): VNode {
  return <OneOf {...props} choices={choicesOf(props.json)} />;
}

/** 选一个人 */
export function SelectPersonElement(props: ElementProps): VNode {
  return <OneOf {...props} choices={usePeople(props.json)} />;
}

function OneOf({ json, path, choices }: ElementProps & { choices: readonly Choice[] }): VNode {
  const index = numberIn(json, 'initial_index') ?? 0;
  const initial = textIn(json, 'initial_option') || (index > 0 ? (choices[index - 1]?.value ?? '') : '');
  const entry = useEntry<string>({ json, path }, { initial, isEmpty: (value) => value === '' });
  const [sent, setSent] = useState(initial);
  const change = (value: string): void => {
    setSent(value);
    entry.change(value);
    if (value !== '') entry.send(value);
  };
  return (
    <Field json={json} entry={entry}>
      <select
        {...controlProps(json, entry, '请选择')}
        value={entry.alone ? sent : entry.value}
        onChange={(event) => change(event.currentTarget.value)}
      >
        <option value="">{wordsOf(json['placeholder']) || '请选择'}</option>
        {choices.map(({ value, words }) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** 多选下拉 */
export function MultiSelectElement(props: ElementProps): VNode {
  return <ManyOf {...props} choices={choicesOf(props.json)} />;
}

/** 选几个人 */
export function MultiSelectPersonElement(props: ElementProps): VNode {
  return <ManyOf {...props} choices={usePeople(props.json)} />;
}

function stringsIn(json: Json, key: string): readonly string[] {
  const value = json[key];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function ManyOf({ json, path, choices }: ElementProps & { choices: readonly Choice[] }): VNode {
  const entry = useEntry<readonly string[]>({ json, path }, { initial: stringsIn(json, 'selected_values'), isEmpty: (value) => value.length === 0 });
  const chosen = choices.filter(({ value }) => entry.value.includes(value));
  const toggle = (value: string): void => {
    const next = entry.value.includes(value) ? entry.value.filter((other) => other !== value) : [...entry.value, value];
    entry.change(next);
  };
  const name = wordsOf(json['placeholder']) || '请选择';
  return (
    <Field json={json} entry={entry}>
      <details class={`many-of ${entry.disabled ? 'off' : ''}`}>
        <summary aria-label={`${name}，已选 ${chosen.length} 项`}>
          {chosen.length > 0 ? chosen.map(({ words }) => words).join('、') : <span class="placeholder">{name}</span>}
        </summary>
        <fieldset disabled={entry.disabled}>
          <legend class="sr-only">{name}</legend>
          {choices.map(({ value, words }) => (
            <label key={value}>
              <input type="checkbox" checked={entry.value.includes(value)} onChange={() => toggle(value)} />
              {words}
            </label>
          ))}
        </fieldset>
      </details>
    </Field>
  );
}

/** 图片选择 */
export function SelectImageElement({ json, path }: ElementProps): VNode {
  const multiple = json['multi_select'] === true;
  const entry = useEntry<readonly string[]>({ json, path }, { initial: [], isEmpty: (value) => value.length === 0 });
  const picked = Array.isArray(entry.value) ? entry.value : [String(entry.value)];
  const pick = (value: string): void => {
    const next = !multiple ? [value] : picked.includes(value) ? picked.filter((other) => other !== value) : [...picked, value];
    // 单选在表单里是一个字符串，多选是数组（contract 2.1）。
    entry.change(multiple ? next : (value as unknown as readonly string[]));
    entry.send(multiple ? next : (value as unknown as readonly string[]));
  };
  const layout = textIn(json, 'layout') || 'bisect';
  return (
    <Field json={json} entry={entry}>
      <fieldset class={`select-img ${layout}`} disabled={entry.disabled}>
        <legend class="sr-only">选择图片</legend>
        {listIn(json, 'options').map((option) => {
          const value = textIn(option, 'value') || textIn(option, 'img_key');
          return (
            <label key={value}>
              <input
                type={multiple ? 'checkbox' : 'radio'}
                name={entry.id}
                checked={picked.includes(value)}
                disabled={option['disabled'] === true}
                onChange={() => pick(value)}
              />
              <Picture
                imageKey={textIn(option, 'img_key')}
                alt={value}
                style={{ aspectRatio: (textIn(json, 'aspect_ratio') || '16:9').replace(':', ' / ') }}
              />
            </label>
          );
        })}
      </fieldset>
    </Field>
  );
}
