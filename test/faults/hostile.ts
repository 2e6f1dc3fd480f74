import { features } from '#features/index';
import { fc, seed } from '../fast-check.ts';
import type { Press } from './press.ts';

/** 登记处的每个动作 */
export const actions = features.flatMap((feature) => feature.actions ?? []).map(({ action }) => action);

const hostileTexts = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  'NaN',
  '９９',
  '101',
  '2026-02-30',
  '9999-12-31',
  '0000-00-00',
  '__proto__',
  'constructor',
  'prototype',
  'headers',
  'null',
  '\'; DROP TABLE "WorkItem"; --',
  '<at id=all></at>',
  '[点我](https://x)',
  "=cmd|'/C calc'!A0",
  '\u0000',
  '\ud800',
  '\u202e反',
  '𠮷👨‍👩‍👧',
  '%00%0a',
  '../../etc/passwd',
  '一'.repeat(5_000),
  '<at id=all></at>'.repeat(500),
];
const hostileText = fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ maxLength: 60 }), fc.uuid());
const leaf = fc.oneof(hostileText, fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
/** 任意的值 — what no honest client sends: arrays for scalars, objects for texts, deep nests. */
const hostileValue = fc.oneof(
  { weight: 4, arbitrary: leaf },
  fc.array(leaf, { maxLength: 30 }),
  fc.dictionary(hostileText, leaf, { maxKeys: 5 }),
  fc.constant([[[[['x']]]]]),
);

/** 形状里的键 — those that the action itself knows, and some that nobody knows. */
function keysOf(shape: unknown): string[] {
  const { shape: fields } = shape as { shape?: Record<string, unknown> };
  return Object.keys(fields ?? {});
}

function recordOf(keys: readonly string[], known: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  const named = fc.record(
    Object.fromEntries(keys.map((key) => [key, fc.oneof({ weight: 3, arbitrary: known }, { weight: 2, arbitrary: hostileValue })])),
    { requiredKeys: [] },
  );
  const strange = fc.dictionary(
    fc.constantFrom('__proto__', 'constructor', 'prototype', 'headers', 'toString', 'percent', 'x', '内容', ''),
    hostileValue,
    { maxKeys: 3 },
  );
  return fc.tuple(named, strange).map(([own, other]) => ({ ...other, ...own }));
}

/** 恶意的按下 — every action of the registry, each as often as the others, with ids that exist and with rubbish. @param ids ids of real things, that a button might carry */
export function hostilePresses(people: readonly string[], ids: readonly string[], atLeast: number): Press[] {
  const known = fc.oneof(fc.constantFrom(...ids), fc.integer({ min: -2, max: 12 }), hostileText);
  return actions.flatMap((action, index) =>
    fc.sample(
      fc.record({
        openId: fc.constantFrom(...people),
        action: fc.constant(action.name),
        payload: recordOf(keysOf(action.payload), known),
        form: recordOf(keysOf(action.form), known),
      }),
      { numRuns: Math.ceil(atLeast / actions.length), seed: seed + index },
    ),
  );
}

/** 真有的按钮 — as a card carried it. */
export interface RealButton {
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** whose card it was on */
  readonly openId: string;
}

/** 卡片上的按钮 — all that stand in a text of cards, sealed. */
export function buttonsIn(text: string): RealButton[] {
  return [...text.matchAll(/\{"a":"[^"]+","p":\{[^{}]*\},"t":"person:[^"]+","e":\d+,"m":"[^"]+"\}/g)].map(([found]) => {
    const { a, p, t } = JSON.parse(found) as { a: string; p: Record<string, unknown>; t: string };
    return { action: a, payload: p, openId: t.slice('person:'.length) };
  });
}

const plausible: readonly unknown[] = ['核查属实', '2026-12-18', '50', '1', 'inspector', 'all', 'adopt', 'uphold', 'yes', true, ['核查属实'], 1];

interface Field {
  safeParse(value: unknown): { readonly success: boolean };
}

/** 填得过去的表单 — a value that its own field takes, or none: the right is to be what refuses, not the form. */
export function formFor(name: string): Record<string, unknown> {
  const form = actions.find((action) => action.name === name)?.form as { shape?: Record<string, Field> } | undefined;
  return Object.fromEntries(
    Object.entries(form?.shape ?? {}).flatMap(([key, field]) => {
      const value = plausible.find((each) => field.safeParse(each).success);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
