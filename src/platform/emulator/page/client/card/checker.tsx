import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { callbackValue } from '../../../components.ts';
import { ButtonElement } from './button.tsx';
import { type ElementProps, useEntry } from './field.tsx';
import { listIn, numberIn, objectIn, textIn, wordsOf } from './read.ts';
import { useSurface } from './surface.ts';
import { Words } from './text.tsx';

/** 勾选 — with its own buttons beside it; without a callback the tick stays on this screen. */
export function CheckerElement({ json, path }: ElementProps): VNode {
  const { press } = useSurface();
  const entry = useEntry<boolean>({ json, path }, { initial: json['checked'] === true, isEmpty: () => false });
  const [ticked, setTicked] = useState(entry.value);
  const checked = entry.alone ? ticked : entry.value;
  const tick = (): void => {
    if (!entry.alone) {
      entry.change(!checked);
      return;
    }
    setTicked(!checked);
    if (callbackValue(json) === null) return;
    void press({ path, value: !checked, confirm: objectIn(json, 'confirm') }).then((seen) => {
      if (seen === null || seen.kind !== 'answered') setTicked(checked);
    });
  };
  const looks = objectIn(json, 'checked_style') ?? {};
  const area = objectIn(json, 'button_area') ?? {};
  return (
    <div
      class="checker"
      style={{ padding: textIn(json, 'padding') || undefined }}
      title={wordsOf(json[entry.disabled ? 'disabled_tips' : 'hover_tips']) || undefined}
    >
      <label>
        <input
          id={entry.id}
          type="checkbox"
          checked={checked}
          disabled={entry.disabled}
          onChange={tick}
          aria-label={wordsOf(json['text']) || '勾选'}
        />
        <span
          style={
            checked
              ? { opacity: numberIn(looks, 'opacity') ?? 1, textDecoration: looks['show_strikethrough'] === true ? 'line-through' : 'none' }
              : {}
          }
        >
          <Words text={json['text']} />
        </span>
      </label>
      <span class="checker-buttons">
        {listIn(area, 'buttons').map((button, index) => (
          <ButtonElement key={index} json={button} path={`${path}.button_area.buttons.${index}`} />
        ))}
      </span>
    </div>
  );
}
