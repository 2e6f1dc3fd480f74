import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { callbackValue, linkOf } from '../../../components.ts';
import type { ElementProps } from './field.tsx';
import { type Json, listIn, objectIn, textIn, wordsOf } from './read.ts';
import { widthStyle } from './style.ts';
import { useForm, useSurface } from './surface.ts';
import { Icon } from './text.tsx';

/** 只认网页地址 */
export function webLink(json: Json): string | undefined {
  const url = linkOf(json) ?? textIn(objectIn(json, 'multi_url') ?? {}, 'url');
  return /^https?:\/\//.test(url) ? url : undefined;
}

/** 按钮 — callback, link, submit or reset. A disabled button can still be pressed: the client then says why. */
export function ButtonElement({ json, path }: ElementProps): VNode {
  const { press, waiting } = useSurface();
  const form = useForm();
  const busy = waiting.has(path);
  const url = webLink(json);
  const action = textIn(json, 'form_action_type');
  const disabled = json['disabled'] === true;
  const confirm = objectIn(json, 'confirm');
  const click = (): void => {
    if (busy) return;
    if (form && action === 'reset' && !disabled) form.reset();
    else if (form && action === 'submit') void form.submit({ path, confirm });
    else void press({ path, confirm, url });
  };
  const tips = disabled ? wordsOf(json['disabled_tips']) : wordsOf(json['hover_tips']);
  const common = {
    class: `card-button kind-${textIn(json, 'type') || 'default'} size-${textIn(json, 'size') || 'medium'}`,
    style: widthStyle(textIn(json, 'width')),
    title: tips || undefined,
  };
  const face = <ButtonFace json={json} busy={busy} />;
  if (url !== undefined && callbackValue(json) === null && !disabled && !confirm) {
    return (
      <a {...common} href={url} target="_blank" rel="noopener noreferrer">
        {face}
      </a>
    );
  }
  return (
    <button
      {...common}
      type="button"
      aria-disabled={disabled || busy || form?.locked === true ? 'true' : undefined}
      aria-busy={busy ? 'true' : undefined}
      onClick={click}
    >
      {face}
    </button>
  );
}

function ButtonFace({ json, busy }: { json: Json; busy: boolean }): ComponentChildren {
  const icon = objectIn(json, 'icon');
  return (
    <>
      {busy ? <span class="spinner" aria-hidden="true" /> : icon && <Icon icon={icon} />}
      <span>{wordsOf(json['text']) || '（无字按钮）'}</span>
    </>
  );
}

/** 更多 — a button with a menu. */
export function OverflowElement({ json, path }: ElementProps): VNode {
  const { press, waiting } = useSurface();
  const [open, setOpen] = useState(false);
  const options = listIn(json, 'options');
  const closeOnEscape = ({ key }: { key: string }): void => {
    if (key === 'Escape') setOpen(false);
  };
  return (
    <div class="overflow">
      <button
        type="button"
        class="card-button kind-default size-medium"
        aria-haspopup="menu"
        aria-expanded={open}
        disabled={waiting.has(path)}
        onClick={() => setOpen(!open)}
        onKeyDown={closeOnEscape}
      >
        <span aria-hidden="true">⋯</span>
        <span class="sr-only">更多操作</span>
      </button>
      {open && (
        <div class="overflow-menu" role="menu">
          {options.map((option) => (
            <button
              key={textIn(option, 'value') || wordsOf(option['text'])}
              type="button"
              role="menuitem"
              onKeyDown={closeOnEscape}
              onClick={() => {
                setOpen(false);
                void press({ path, value: textIn(option, 'value'), url: webLink(option) });
              }}
            >
              {wordsOf(option['text'])}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
