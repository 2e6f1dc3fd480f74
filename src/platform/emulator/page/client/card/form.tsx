import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { ElementProps } from './field.tsx';
import type { Json } from './read.ts';
import { boxStyle } from './style.ts';
import { FormContext, type FormState, useSurface } from './surface.ts';

/**
 * 表单 — keeps what is typed until it is submitted. The client locks it while the answer is awaited; an answer with a new card
 * empties it, any other answer leaves what was typed.
 */
export function FormElement({ json, children }: ElementProps & { children: ComponentChildren }): VNode {
  const { press } = useSurface();
  const [values, setValues] = useState<Json>({});
  const [checked, setChecked] = useState(false);
  const [locked, setLocked] = useState(false);
  const reset = (): void => {
    setValues({});
    setChecked(false);
  };
  const state: FormState = {
    values,
    set: (name, value) => setValues((former) => ({ ...former, [name]: value })),
    reset,
    submit: async (submission) => {
      if (locked) return;
      setLocked(true);
      try {
        const seen = await press({ ...submission, form: values });
        if (seen?.kind === 'refused') setChecked(true);
        if (seen?.kind === 'answered' && seen.card) reset();
      } finally {
        setLocked(false);
      }
    },
    checked,
    locked,
  };
  return (
    <FormContext.Provider value={state}>
      <fieldset
        class={`card-form ${locked ? 'locked' : ''}`}
        aria-label="表单"
        style={boxStyle(json, { vertical: '12px', horizontal: '8px', padding: '0' })}
      >
        {children}
      </fieldset>
    </FormContext.Provider>
  );
}
